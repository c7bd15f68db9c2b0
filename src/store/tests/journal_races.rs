//! Tests of the journal under crowds: batches, races, a poisoned neighbour, two nodes.

use futures_util::future::join_all;

use super::*;

fn crowd(tenant: Tenant, size: usize) -> Vec<Story> {
    (0..size).map(|number| Story::new(tenant, &format!("call_{number}"))).collect()
}

#[tokio::test]
async fn two_hundred_calls_at_once_are_all_acknowledged_and_readable() {
    let books = Books::new().await;
    let mut stories = crowd(books.anna().await, 200);

    join_all(stories.iter_mut().map(|story| story.begins(&books.store))).await;
    let words = [heard(erika())];
    join_all(stories.iter_mut().map(|story| story.happens(&books.store, &words, 1))).await;

    assert_eq!(books.rows().await, [200, 600, 0, 0, 0]);
    for story in &stories {
        assert_eq!(story.read_again(&books.store).await, story.call);
    }
}

#[tokio::test]
async fn of_two_appends_of_one_call_at_once_one_wins() {
    let books = Books::new().await;
    let mut story = Story::new(books.anna().await, "call_1");
    story.begins(&books.store).await;
    let journal = books.store.journal();

    let (one, other) = tokio::join!(
        journal.append(story.append(&[Event::Analyzed], 1)),
        journal.append(story.append(&[heard(erika())], 1)),
    );

    assert_eq!((one.unwrap(), other.unwrap()), (Appended::Done, Appended::Conflict));
    assert_eq!(books.rows().await, [1, 3, 0, 0, 0]);
}

#[tokio::test]
async fn of_two_beginnings_of_one_call_one_wins() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let (one, other) = (Story::new(tenant, "call_1"), Story::new(tenant, "call_1"));
    let journal = books.store.journal();

    let (first, second) = tokio::join!(
        journal.append(one.append(&[one.began()], 0)),
        journal.append(other.append(&[other.began()], 0)),
    );

    assert_eq!((first.unwrap(), second.unwrap()), (Appended::Done, Appended::Conflict));
    assert_eq!(books.rows().await, [1, 1, 0, 0, 0]);
}

#[tokio::test]
async fn two_nodes_at_the_same_calls_never_both_win() {
    let books = Books::new().await;
    let other = books.another_node().await;
    let mut stories = crowd(books.anna().await, 40);
    join_all(stories.iter_mut().map(|story| story.begins(&books.store))).await;
    let tell = |store: &Store, event: Event| {
        let journal = store.journal().clone();
        let appends: Vec<Append> =
            stories.iter().map(|story| story.append(std::slice::from_ref(&event), 1)).collect();
        async move { join_all(appends.into_iter().map(|append| journal.append(append))).await }
    };

    let (here, there) = tokio::join!(tell(&books.store, Event::Analyzed), tell(&other, heard(erika())));

    for (here, there) in here.into_iter().zip(there) {
        let won = [here.unwrap(), there.unwrap()].iter().filter(|told| **told == Appended::Done).count();
        assert_eq!(won, 1);
    }
    assert_eq!(books.rows().await, [40, 120, 0, 0, 0]);
}

#[tokio::test]
async fn a_poisoned_append_does_not_spoil_its_batch() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let stories = crowd(tenant, 20);
    let appends = stories.iter().enumerate().map(|(number, story)| {
        // Nobody has a calendar of this id: the foreign key refuses the booking.
        let calendar = if number == 7 { mint().into() } else { tenant.calendar };
        Append { intents: vec![story.intent(1, calendar)], ..story.append(&[story.began()], 0) }
    });

    let told = join_all(appends.map(|append| books.store.journal().append(append))).await;

    for (number, told) in told.into_iter().enumerate() {
        match number {
            7 => assert!(matches!(told, Err(Error::Database(_))), "{told:?}"),
            _ => assert_eq!(told.unwrap(), Appended::Done, "{number}"),
        }
    }
    assert_eq!(books.rows().await, [19, 19, 0, 19, 0]);
    assert!(books.store.calls(Scope::All).find(stories[7].call.id).await.unwrap().is_none());
}

#[tokio::test]
async fn a_crowd_of_promises_larger_than_one_statement_can_bind_goes_in() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let stories = crowd(tenant, 250);
    let appends = stories.iter().map(|story| Append {
        intents: (1..=9).map(|number| story.intent(number, tenant.calendar)).collect(),
        ..story.append(&[story.began()], 0)
    });

    let told = join_all(appends.map(|append| books.store.journal().append(append))).await;

    assert!(told.into_iter().all(|told| told.unwrap() == Appended::Done));
    assert_eq!(books.rows().await, [250, 250, 0, 2_250, 0]);
}

#[tokio::test]
async fn a_journal_whose_writer_is_gone_says_so() {
    let (settings, _folder) = fresh_place().await;
    let (store, writer) = open(&settings, keyring(), true).await.unwrap();
    drop(writer);
    let nobody = Tenant {
        company: mint().into(),
        branch: mint().into(),
        calendar: mint().into(),
        calendars: [mint().into(); 2],
    };

    let told = store.journal().append(Story::new(nobody, "call_1").append(&[Event::Started], 0)).await;

    assert!(matches!(told, Err(Error::Closed)));
}
