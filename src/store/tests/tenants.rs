//! Tests of the walls: what one company has in the books, another company's question does not see.

use super::*;
use crate::domain::ids::CallId;
use crate::domain::speech::names;
use crate::store::bookings::{Attempt, AttemptKind, Change, machine};
use crate::store::holds::Owner;
use crate::store::{bookings, calls};

/// A call of Anna's that has left a row of every kind.
async fn full_story(books: &Books, tenant: Tenant) -> Story {
    let mut story = Story::new(tenant, "call_1");
    story.begins(&books.store).await;
    let (event, invocation) = answered("tool_1");
    let asked = Append { invocation: Some(invocation), ..story.append(&[event, heard(erika())], 1) };
    story.tell(&books.store, asked).await.unwrap();
    let owner = Owner { call: story.call.id, appointment: 1 };
    let wanted = slot(tenant.calendar, 60, 90);
    assert!(books.store.holds(tenant.company).claim(owner, (&wanted, 1), at(999), at(1)).await.unwrap());
    let ended = Append {
        delivery: Some(delivery("call_ended", Some("call_ended call_1"))),
        callbacks: vec![story.callback(Reason::CallersWish, 30)],
        ..story.promise(&[tenant.calendar])
    };
    assert_eq!(story.tell(&books.store, ended).await.unwrap(), Appended::Done);
    let bookings = books.store.bookings(Scope::one(tenant.company));
    let row = bookings.find(BookingId::of(story.call.id, 1)).await.unwrap().unwrap();
    let next = machine(&row).unwrap();
    let attempts = vec![Attempt { kind: AttemptKind::Look, at: at(4), result: None }];
    let change =
        Change { row: &row, next: &next, at: at(4), attempts, callbacks: Vec::new(), messages: Vec::new() };
    assert!(bookings.record(change).await.unwrap().is_some());
    story
}

/// What every finder of calls, bookings and callbacks sees of the story: a count for each.
async fn seen(books: &Books, id: CallId, scope: &Scope) -> Vec<(&'static str, usize)> {
    let booking = BookingId::of(id, 1);
    let calls = books.store.calls(scope.clone());
    let bookings = books.store.bookings(scope.clone());
    let callbacks = books.store.callbacks(scope.clone());
    let every_call = calls::Filter::default();
    let every_booking = bookings::Filter::default();
    vec![
        ("call", usize::from(calls.find(id).await.unwrap().is_some())),
        ("by retell id", usize::from(calls.find_by_retell_id("call_1").await.unwrap().is_some())),
        ("companies", calls.companies_of("call_1").await.unwrap().len()),
        ("calls", calls.list(&every_call, None, 9).await.unwrap().items.len()),
        ("journal", usize::from(!calls.journal(id).await.unwrap().is_empty())),
        ("answer", usize::from(calls.answer(id, "tool_1").await.unwrap().is_some())),
        ("body", usize::from(calls.last_body(id).await.unwrap().is_some())),
        ("invocations", calls.invocations(id).await.unwrap().len()),
        ("booking", usize::from(bookings.find(booking).await.unwrap().is_some())),
        ("of call", bookings.of_call(id).await.unwrap().len()),
        ("bookings", bookings.list(&every_booking, None, 9).await.unwrap().items.len()),
        ("attempts", bookings.attempts(booking).await.unwrap().len()),
        ("counts", bookings.counts().await.unwrap().len()),
        (
            "callbacks",
            callbacks.list(&crate::store::callbacks::Filter::default(), None, 9).await.unwrap().items.len(),
        ),
        ("callbacks of call", callbacks.of_call(id).await.unwrap().len()),
    ]
}

#[tokio::test]
async fn another_company_sees_nothing_and_the_own_one_all() {
    let books = Books::new().await;
    let (anna, praxis) = (books.anna().await, books.praxis().await);
    let story = full_story(&books, anna).await;
    let both = Scope::Companies(vec![praxis.company, anna.company]);

    for scope in [Scope::one(praxis.company), Scope::Companies(Vec::new()), both.clone().and(praxis.company)]
    {
        for (what, count) in seen(&books, story.call.id, &scope).await {
            assert_eq!(count, 0, "{what} through {scope:?}");
        }
    }
    for scope in [Scope::one(anna.company), Scope::All, both.and(anna.company)] {
        for (what, count) in seen(&books, story.call.id, &scope).await {
            assert_eq!(count, 1, "{what} through {scope:?}");
        }
    }
}

#[tokio::test]
async fn a_call_replayed_through_another_company_has_no_events() {
    let books = Books::new().await;
    let (anna, praxis) = (books.anna().await, books.praxis().await);
    let story = full_story(&books, anna).await;
    let row = story.row(&books.store).await;

    let foreign = books.store.calls(Scope::one(praxis.company)).replay(&row).await.unwrap();

    assert_eq!((foreign.version, foreign.drafts.len()), (0, 0));
}

#[tokio::test]
async fn a_booking_is_not_moved_by_another_company() {
    let books = Books::new().await;
    let (anna, praxis) = (books.anna().await, books.praxis().await);
    let story = full_story(&books, anna).await;
    let find = async || {
        let bookings = books.store.bookings(Scope::All);
        bookings.find(BookingId::of(story.call.id, 1)).await.unwrap().unwrap()
    };
    let row = find().await;
    let next = machine(&row).unwrap();

    let change = Change {
        row: &row,
        next: &next,
        at: at(9),
        attempts: Vec::new(),
        callbacks: Vec::new(),
        messages: Vec::new(),
    };
    assert!(books.store.bookings(Scope::one(praxis.company)).record(change).await.unwrap().is_none());

    assert_eq!(find().await, row);
}

#[tokio::test]
async fn a_customer_is_known_to_one_company_only() {
    let books = Books::new().await;
    let (anna, praxis) = (books.anna().await, books.praxis().await);
    let story = full_story(&books, anna).await;
    let id = CustomerId::first_met(story.call.id, "1");
    let name = names::fold("Erika Beispiel");

    let ours = books.store.customers(anna.company);
    assert_eq!(ours.seen(&name, &phone(CALLER)).await.unwrap(), Some(id));
    assert_eq!(ours.find(id).await.unwrap().unwrap().name.as_deref(), Some("Erika Beispiel"));
    assert_eq!(ours.numbers(id).await.unwrap().len(), 1);

    let theirs = books.store.customers(praxis.company);
    assert_eq!(theirs.seen(&name, &phone(CALLER)).await.unwrap(), None);
    assert_eq!(theirs.find(id).await.unwrap(), None);
    assert_eq!(theirs.numbers(id).await.unwrap(), []);
}

#[tokio::test]
async fn a_number_that_was_only_spoken_opens_nobodys_record() {
    let books = Books::new().await;
    let anna = books.anna().await;
    let mut story = Story::new(anna, "call_1");
    story.begins(&books.store).await;
    let mut end = story.promise(&[anna.calendar]);
    end.intents[0].person.phone = Some(phone("+4915187654321"));
    story.tell(&books.store, end).await.unwrap();

    let customers = books.store.customers(anna.company);
    let name = names::fold("Erika Beispiel");
    assert_eq!(customers.seen(&name, &phone("+4915187654321")).await.unwrap(), None);
    let numbers = customers.numbers(CustomerId::first_met(story.call.id, "1")).await.unwrap();
    let kinds: Vec<(&str, &str)> =
        numbers.iter().map(|one| (one.number.as_str(), one.kind.as_str())).collect();
    assert!(kinds.contains(&("+4915187654321", "claimed")), "{kinds:?}");
    assert!(!kinds.contains(&("+4915187654321", "seen")), "{kinds:?}");
}

#[tokio::test]
async fn two_persons_at_one_number_are_two_customers() {
    let books = Books::new().await;
    let anna = books.anna().await;
    let mut story = Story::new(anna, "call_1");
    story.begins(&books.store).await;
    let mut end = story.promise(&anna.calendars);
    end.intents[1].person.name = Some("Emil Beispiel".into());
    story.tell(&books.store, end).await.unwrap();

    let customers = books.store.customers(anna.company);
    for (name, appointment) in [("Erika Beispiel", 1), ("Emil Beispiel", 2)] {
        let seen = customers.seen(&names::fold(name), &phone(CALLER)).await.unwrap();

        assert_eq!(seen, Some(CustomerId::first_met(story.call.id, &appointment.to_string())));
    }
    assert_eq!(customers.seen(&names::fold("Otto Beispiel"), &phone(CALLER)).await.unwrap(), None);
}

#[tokio::test]
async fn two_companies_may_have_a_call_of_the_same_retell_id() {
    let books = Books::new().await;
    let (anna, praxis) = (books.anna().await, books.praxis().await);
    let (mut ours, mut theirs) = (Story::new(anna, "call_1"), Story::new(praxis, "call_1"));
    ours.begins(&books.store).await;
    theirs.begins(&books.store).await;

    for story in [&ours, &theirs] {
        let calls = books.store.calls(Scope::one(story.tenant.company));
        let found = calls.find_by_retell_id("call_1").await.unwrap().unwrap();
        assert_eq!(found.id, Uuid::from(story.call.id));
    }
    assert_eq!(books.store.calls(Scope::All).companies_of("call_1").await.unwrap().len(), 2);
}
