//! Tests of what is kept about calls that may have been lost: who has gone silent, what was said about it, how far a list went.

use super::*;
use crate::domain::ids::CallId;
use crate::store::lost::{Known, Progress};

fn enquiry(story: &Story, asked: i32, again_minute: i64) -> entities::enquiry::Model {
    entities::enquiry::Model {
        call_id: story.call.id.into(),
        company_id: story.tenant.company.into(),
        asked,
        answer: "ongoing".into(),
        asked_at: at(10).into(),
        again_at: at(again_minute).into(),
    }
}

async fn silent(books: &Books, since: i64, now: i64) -> Vec<(CallId, Option<i32>)> {
    let silent = books.store.lost().silent(at(since), at(now), 9).await.unwrap();
    silent.into_iter().map(|one| (one.call.id.into(), one.enquiry.map(|enquiry| enquiry.asked))).collect()
}

#[tokio::test]
async fn live_calls_are_silent_once_nothing_was_heard_of_them_and_until_they_are_to_be_asked_about_again() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let mut stories = ["call_1", "call_2", "call_3"].map(|id| Story::new(tenant, id));
    for (minute, story) in (0..).zip(&mut stories) {
        let began = story.began();
        story.happens(&books.store, &[began], minute).await;
    }
    let [first, second, third] = &mut stories;
    third.happens(&books.store, &[Event::Ended { ending: Ending::HungUp }], 2).await;

    assert_eq!(silent(&books, 0, 10).await, [(first.call.id, None)]);
    assert_eq!(silent(&books, 5, 10).await, [(first.call.id, None), (second.call.id, None)]);
    books.store.lost().note(enquiry(first, 1, 12)).await.unwrap();
    assert_eq!(silent(&books, 5, 11).await, [(second.call.id, None)]);
    books.store.lost().note(enquiry(first, 2, 12)).await.unwrap();
    assert_eq!(silent(&books, 5, 12).await, [(first.call.id, Some(2)), (second.call.id, None)]);
}

#[tokio::test]
async fn what_retell_said_about_a_call_is_seen_by_its_company_only() {
    let books = Books::new().await;
    let (anna, praxis) = (books.anna().await, books.praxis().await);
    let mut story = Story::new(anna, "call_1");
    story.begins(&books.store).await;
    books.store.lost().note(enquiry(&story, 1, 12)).await.unwrap();

    let seen = async |scope: Scope| books.store.enquiries(scope).of_call(story.call.id).await.unwrap();

    assert_eq!(seen(Scope::one(anna.company)).await, Some(enquiry(&story, 1, 12)));
    assert_eq!(seen(Scope::one(praxis.company)).await, None);
}

#[tokio::test]
async fn how_far_a_workspace_was_gone_through_is_known_again_page_and_all() {
    let books = Books::new().await;
    let under_way = Progress { known_until: at(0), round: Some((at(5), Some("invented page".to_owned()))) };
    let through = Progress { known_until: at(5), round: None };

    assert_eq!(books.store.lost().progress("workspace").await.unwrap(), None);
    for progress in [under_way, through] {
        books.store.lost().go_on("workspace", progress.clone()).await.unwrap();
        assert_eq!(books.store.lost().progress("workspace").await.unwrap(), Some(progress));
    }
    assert_eq!(books.store.lost().progress("another").await.unwrap(), None);
}

#[tokio::test]
async fn which_calls_of_a_list_are_known_and_seen_to_is_asked_of_everybody() {
    let books = Books::new().await;
    let (anna, praxis) = (books.anna().await, books.praxis().await);
    let [mut live, mut over, mut asked] = ["call_1", "call_2", "call_3"].map(|id| Story::new(anna, id));
    for story in [&mut live, &mut over, &mut asked] {
        story.begins(&books.store).await;
    }
    over.happens(&books.store, &[Event::Ended { ending: Ending::HungUp }], 4).await;
    books.store.lost().note(enquiry(&asked, 1, 12)).await.unwrap();
    let mut theirs = Story::new(praxis, "call_1");
    theirs.begins(&books.store).await;

    let mut known = books.store.lost().known(&["call_1", "call_2", "call_3", "call_4"]).await.unwrap();

    let of = |company, is_seen_to| Known { company, is_seen_to };
    for several in known.values_mut() {
        several.sort_by_key(|known| known.company != anna.company);
    }
    assert_eq!(known.len(), 3);
    assert_eq!(known["call_1"], [of(anna.company, false), of(praxis.company, false)]);
    assert_eq!(known["call_2"], [of(anna.company, true)]);
    assert_eq!(known["call_3"], [of(anna.company, true)]);
    assert_eq!(books.store.lost().last_heard(&[anna.company]).await.unwrap(), Some(at(4)));
    assert_eq!(books.store.lost().last_heard(&[]).await.unwrap(), None);
}
