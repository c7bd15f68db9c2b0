//! Tests of lists, tokens and the inbox: every row once over the pages, and what is forgotten is gone.

use entities::booking;

use super::*;
use crate::domain::callback::State;
use crate::domain::ids::TokenId;
use crate::domain::retention::Kind;
use crate::store::tokens::Token;
use crate::store::{Cursor, Page, bookings, callbacks, calls};

/// Calls that began at these minutes, each with one booking and one callback item due then.
async fn calls_at(books: &Books, tenant: Tenant, minutes: &[i64]) -> Vec<Story> {
    let mut stories = Vec::new();
    for (number, minute) in minutes.iter().enumerate() {
        let mut story = Story::new(tenant, &format!("call_{number}"));
        story.call.began_at = at(*minute);
        let append = Append {
            intents: vec![story.intent(1, tenant.calendar)],
            callbacks: vec![story.callback(Reason::CutOff, *minute)],
            ..story.append(&[story.began()], *minute)
        };
        assert_eq!(story.tell(&books.store, append).await.unwrap(), Appended::Done);
        stories.push(story);
    }
    stories
}

/// All pages one after the other, through the text of their cursors.
async fn pages<T, F: Future<Output = Result<Page<T>, Error>>>(
    limit: usize,
    page: impl Fn(Option<Cursor>) -> F,
) -> Vec<T> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let part = page(after).await.unwrap();
        assert!(part.items.len() <= limit);
        all.extend(part.items);
        let Some(next) = part.next else { return all };
        assert_eq!(all.len() % limit, 0, "only the last page is short");
        after = Some(next.to_string().parse().unwrap());
    }
}

const TIES: [i64; 9] = [5, 3, 3, 3, 8, 3, 3, 1, 8];

#[tokio::test]
async fn over_the_pages_of_calls_every_row_comes_once_the_newest_first() {
    let books = Books::new().await;
    calls_at(&books, books.anna().await, &TIES).await;
    let (calls, filter) = (books.store.calls(Scope::All), calls::Filter::default());

    for limit in 1..=10 {
        let all = pages(limit, |after| calls.list(&filter, after, u64::try_from(limit).unwrap_or(1))).await;

        assert_eq!(all.len(), TIES.len());
        assert!(all.is_sorted_by(|a, b| (a.started_at, a.id) > (b.started_at, b.id)), "{limit}");
    }
}

#[tokio::test]
async fn over_the_pages_of_bookings_every_row_comes_once_the_newest_first() {
    let books = Books::new().await;
    calls_at(&books, books.anna().await, &TIES).await;
    let (list, filter) = (books.store.bookings(Scope::All), bookings::Filter::default());

    for limit in 1..=10 {
        let all: Vec<booking::Model> =
            pages(limit, |after| list.list(&filter, after, u64::try_from(limit).unwrap_or(1))).await;

        assert_eq!(all.len(), TIES.len());
        assert!(all.is_sorted_by(|a, b| (a.created_at, a.id) > (b.created_at, b.id)), "{limit}");
    }
}

#[tokio::test]
async fn over_the_pages_of_several_companies_bookings_every_row_comes_once_the_newest_first() {
    let books = Books::new().await;
    let (anna, praxis) = (books.anna().await, books.praxis().await);
    calls_at(&books, anna, &TIES).await;
    calls_at(&books, praxis, &TIES).await;
    let both = Scope::Companies(vec![anna.company, praxis.company]);
    let (list, filter) = (books.store.bookings(both), bookings::Filter::default());

    for limit in [1, 2, 5, 17, 18, 19] {
        let all: Vec<booking::Model> =
            pages(limit, |after| list.list(&filter, after, u64::try_from(limit).unwrap_or(1))).await;

        assert_eq!(all.len(), 2 * TIES.len());
        assert!(all.is_sorted_by(|a, b| (a.created_at, a.id) > (b.created_at, b.id)), "{limit}");
    }
}

#[tokio::test]
async fn over_the_pages_of_callbacks_every_row_comes_once_the_first_due_first() {
    let books = Books::new().await;
    calls_at(&books, books.anna().await, &TIES).await;
    let list = books.store.callbacks(Scope::All);
    let open = callbacks::Filter { state: Some(State::Open), ..callbacks::Filter::default() };

    for limit in 1..=10 {
        let all = pages(limit, |after| list.list(&open, after, u64::try_from(limit).unwrap_or(1))).await;

        assert_eq!(all.len(), TIES.len());
        assert!(all.is_sorted_by(|a, b| (a.due_at, a.id) < (b.due_at, b.id)), "{limit}");
    }
    let done = callbacks::Filter { state: Some(State::Done), ..callbacks::Filter::default() };
    assert_eq!(list.list(&done, None, 10).await.unwrap().items, []);
}

#[tokio::test]
async fn a_list_of_calls_is_narrowed_by_what_is_asked() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let mut stories = calls_at(&books, tenant, &[1, 2, 3]).await;
    let done = [Event::Ended { ending: Ending::HungUp }, Event::Settled { outcome: Outcome::Abandoned }];
    stories[0].happens(&books.store, &done, 9).await;
    let none = calls::Filter::default;
    let cases = [
        (none(), 3),
        (calls::Filter { live: Some(true), ..none() }, 2),
        (calls::Filter { live: Some(false), ..none() }, 1),
        (calls::Filter { branch: Some(tenant.branch), ..none() }, 3),
        (calls::Filter { branch: Some(mint().into()), ..none() }, 0),
        (calls::Filter { from: Some(at(2)), to: Some(at(3)), ..none() }, 1),
        (calls::Filter { outcome: Some("abandoned".into()), ..none() }, 1),
    ];
    for (filter, count) in cases {
        let page = books.store.calls(Scope::All).list(&filter, None, 10).await.unwrap();

        assert_eq!(page.items.len(), count, "{filter:?}");
    }
}

#[tokio::test]
async fn a_list_of_bookings_is_narrowed_by_what_is_asked() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let stories = calls_at(&books, tenant, &[1, 2, 3]).await;
    let none = bookings::Filter::default;
    let cases = [
        (bookings::Filter { call: Some(stories[1].call.id), ..none() }, 1),
        (bookings::Filter { calendar: Some(tenant.calendar), ..none() }, 3),
        (bookings::Filter { calendar: Some(tenant.calendars[1]), ..none() }, 0),
        (bookings::Filter { state: Some("waiting".into()), ..none() }, 3),
        (bookings::Filter { state: Some("booked".into()), ..none() }, 0),
        (bookings::Filter { from: Some(at(60)), to: Some(at(61)), ..none() }, 3),
        (bookings::Filter { from: Some(at(61)), ..none() }, 0),
        (bookings::Filter { to: Some(at(60)), ..none() }, 0),
    ];
    let list = books.store.bookings(Scope::All);
    for (filter, count) in cases {
        assert_eq!(list.list(&filter, None, 10).await.unwrap().items.len(), count, "{filter:?}");
    }
    assert_eq!(list.counts().await.unwrap(), [("waiting".to_owned(), 3)].into());
}

#[tokio::test]
async fn a_token_is_found_by_its_text_until_it_is_revoked() {
    let books = Books::new().await;
    let token = Token {
        id: TokenId::from(mint()),
        name: "Empfang".into(),
        role: "staff".into(),
        companies: vec![mint().into(), mint().into()],
        created_at: at(0),
        revoked_at: None,
    };
    let tokens = books.store.tokens();
    tokens.enter(&token, "fernamt-geheim-7").await.unwrap();

    assert_eq!(tokens.find("fernamt-geheim-7").await.unwrap(), Some(token.clone()));
    assert_eq!(tokens.find("fernamt-geheim-8").await.unwrap(), None);
    let same_text = Token { id: mint().into(), ..token.clone() };
    assert!(tokens.enter(&same_text, "fernamt-geheim-7").await.is_err());
    if let Some(bytes) = books.bytes() {
        assert!(bytes.windows(7).any(|window| window == b"Empfang"));
        assert!(!bytes.windows(16).any(|window| window == b"fernamt-geheim-7"));
    }

    assert!(tokens.revoke(token.id, at(9)).await.unwrap());
    assert!(!tokens.revoke(token.id, at(10)).await.unwrap());
    assert_eq!(tokens.find("fernamt-geheim-7").await.unwrap(), None);
    assert_eq!(tokens.list().await.unwrap(), [Token { revoked_at: Some(at(9)), ..token }]);
}

#[tokio::test]
async fn unknown_numbers_are_counted_the_latest_first() {
    let books = Books::new().await;
    let deliveries = books.store.deliveries();
    for (number, minute) in [("+4930111", 1), ("+4930222", 2), ("+4930111", 3)] {
        let delivery = Delivery { our_number: Some(number.into()), ..delivery("call_started", Some("x")) };
        deliveries.keep(delivery, None, None, "unknown_number", at(minute)).await.unwrap();
    }
    deliveries.keep(delivery("call_started", None), None, None, "ignored", at(4)).await.unwrap();

    let unknown = deliveries.unknown_numbers().await.unwrap();

    let seen: Vec<_> = unknown.iter().map(|one| (one.number.as_str(), one.deliveries, one.last_at)).collect();
    assert_eq!(seen, [("+4930111", 2, at(3)), ("+4930222", 1, at(2))]);
    assert_eq!(deliveries.count().await.unwrap(), 4);
}

#[tokio::test]
async fn bodies_are_forgotten_in_time_and_the_deliveries_stay() {
    let books = Books::new().await;
    let mut story = Story::new(books.anna().await, "call_1");
    for (event, minute) in [("call_ended", 1), ("call_analyzed", 5)] {
        let append =
            Append { delivery: Some(delivery(event, None)), ..story.append(&[Event::Started], minute) };
        story.tell(&books.store, append).await.unwrap();
    }
    let (deliveries, calls) = (books.store.deliveries(), books.store.calls(Scope::All));
    let kept = books.store.kept(story.tenant.company);
    let forget = async |minute| kept.forget(Kind::Transcripts, at(minute), at(minute)).await.unwrap();
    let last = calls.last_body(story.call.id).await.unwrap().unwrap();
    assert_eq!(last, br#"{"event":"call_analyzed"}"#);

    assert_eq!(forget(6).await, 0, "a call that is not settled may still be decided by them");
    let over = [Event::Ended { ending: Ending::HungUp }, Event::Settled { outcome: Outcome::Nothing }];
    story.happens(&books.store, &over, 6).await;
    assert_eq!(forget(5).await, 1);
    assert_eq!(calls.last_body(story.call.id).await.unwrap().unwrap(), last);
    assert_eq!(forget(6).await, 1);

    assert_eq!(calls.last_body(story.call.id).await.unwrap(), None);
    assert_eq!((deliveries.count().await.unwrap(), forget(6).await), (2, 0));
    deliveries.keep(delivery("call_started", None), None, None, "unknown_number", at(4)).await.unwrap();
    assert_eq!(
        deliveries.forget_bodies(at(5)).await.unwrap(),
        1,
        "what belongs to nobody goes in its time, too"
    );
}
