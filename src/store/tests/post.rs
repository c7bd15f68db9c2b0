//! Tests of channels and the outbox: declared twice is once, taken by one at a time, told once, and only with what it is
//! about.

use super::*;
use crate::domain::alert::{Alert, Kind};
use crate::domain::booking::{Booking, Standing, State};
use crate::domain::channel::Address;
use crate::domain::outbox::{About, Message, Next, Occasion, Topic};
use crate::domain::plan::keys::Source;
use crate::store::bookings::{Change, machine};
use crate::store::outbox::{Filter, Taken};

const HOOK: &str = r#"
    [[company.channel]]
    name = "hook"
    webhook = "https://hook.example/a"
    secret = "whsec_geheim"
"#;

fn with(channels: &str) -> String {
    let (head, tail) = ANNA.split_at(ANNA.find("[[branch]]").unwrap());
    format!("{head}{channels}{tail}")
}

fn about(company: CompanyId, topic: Topic, about: About) -> Message {
    Message { company, channel: None, topic, about, due: at(0) }
}

async fn states(store: &Store) -> Vec<(String, String)> {
    let page = store.outbox(Scope::All).list(Filter::default(), None, 100).await.unwrap();
    page.items.into_iter().map(|row| (row.kind, row.state)).collect()
}

async fn take(store: &Store, minute: i64) -> Vec<Taken> {
    store.outbox(Scope::All).take(at(minute), at(minute + 2), 10).await.unwrap()
}

#[tokio::test]
async fn a_channel_is_declared_once_changed_by_name_and_removed_with_its_lines() {
    let books = Books::new().await;
    books.apply(ANNA, false).await.unwrap();

    let created = books.apply(&with(HOOK), false).await.unwrap();
    let again = books.apply(&with(HOOK), false).await.unwrap();
    let other_secret = books.apply(&with(&HOOK.replace("geheim", "anders")), false).await.unwrap();
    let mailbox = "[[company.channel]]\nname = \"hook\"\nemail = \"a@b.example\"\n";
    let another = books.apply(&with(mailbox), false).await.unwrap();
    let gone = books.apply(ANNA, false).await.unwrap();

    assert_eq!(created, ["channel hook: created"]);
    assert_eq!(again, [] as [String; 0]);
    assert_eq!(other_secret, ["channel hook: secret changes"]);
    assert_eq!(
        another,
        [
            "channel hook: email: none → \"a@b.example\"",
            "channel hook: webhook: \"https://hook.example/a\" → none",
            "channel hook: secret is taken out"
        ]
    );
    assert_eq!(gone, ["channel hook: removed"]);
}

#[tokio::test]
async fn a_secret_stands_sealed_in_the_books_and_as_a_reference_in_an_export() {
    let books = Books::new().await;
    books.apply(&with(HOOK), false).await.unwrap();

    let directory = books.store.directory().load().await.unwrap();
    let channel = directory.company_by_slug("salon-anna").unwrap().channels[0].clone();
    let mut standing = books.store.directory().standing("salon-anna").await.unwrap().unwrap().plan;
    let filled = standing.refer_to_all_keys();

    let Address::Webhook { secret, .. } = &channel.to else { panic!("a webhook") };
    assert_eq!(secrecy::ExposeSecret::expose_secret(secret), "whsec_geheim");
    let exported = standing.company.channel[0].secret.as_deref().map(Source::of);
    assert_eq!(exported, Some(Source::Variable("SALON_ANNA_CHANNEL_HOOK".into())));
    assert!(filled.contains(&"SALON_ANNA_CHANNEL_HOOK".to_owned()));
    if let Some(bytes) = books.bytes() {
        assert!(!bytes.windows(12).any(|window| window == b"whsec_geheim"));
    }
}

#[tokio::test]
async fn a_channel_that_was_closed_stays_so_until_its_address_changes() {
    let books = Books::new().await;
    books.apply(&with(HOOK), false).await.unwrap();
    let channel = async || {
        let directory = books.store.directory().load().await.unwrap();
        directory.company_by_slug("salon-anna").unwrap().channels[0].clone()
    };
    let directory = books.store.directory().load().await.unwrap();
    let id = (directory.company_by_slug("salon-anna").unwrap().id, channel().await.id);

    assert!(books.store.directory().close_channel(id, Some(at(1))).await.unwrap());
    assert!(!books.store.directory().close_channel(id, Some(at(2))).await.unwrap(), "it was closed already");
    books.apply(&with(HOOK), false).await.unwrap();
    let closed = channel().await.is_gone;
    books.apply(&with(&HOOK.replace("/a", "/b")), false).await.unwrap();

    assert!(closed);
    assert!(!channel().await.is_gone);
}

#[tokio::test]
async fn a_message_is_taken_by_one_and_by_the_next_only_when_that_one_does_not_come_back() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let other = books.another_node().await;
    let message = about(tenant.company, Topic::Test, About::Test);
    for _ in 0..2 {
        books.store.outbox(Scope::All).send(&message, at(0)).await.unwrap();
    }

    let first = take(&books.store, 0).await;
    let meanwhile = take(&other, 1).await;
    let after = take(&other, 3).await;
    // The one that was thought lost comes back too late to say anything.
    let failed = Next::Failed { why: "late".into() };
    books.store.outbox(Scope::All).settle(&first[0], &failed, None, at(3)).await.unwrap();
    let before = states(&books.store).await;
    other.outbox(Scope::All).settle(&after[0], &Next::Sent, None, at(3)).await.unwrap();

    assert_eq!((first.len(), meanwhile.len(), after.len()), (1, 0, 1));
    assert_eq!((first[0].attempt, after[0].attempt), (1, 2));
    assert_eq!(first[0].id, after[0].id);
    assert_eq!(before, [("test".to_owned(), "waiting".to_owned())]);
    assert_eq!(states(&books.store).await, [("test".to_owned(), "sent".to_owned())]);
    assert!(take(&books.store, 100).await.is_empty());
}

#[tokio::test]
async fn of_two_nodes_one_tells_what_was_gathered_and_what_happens_anew_is_untold_again() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let other = books.another_node().await;
    let alerts = books.store.alerts(Scope::All);
    let failed = |number| Alert::booking_failed(Uuid::from_u128(number).into());
    for number in 1..=3 {
        alerts.raise(tenant.company, failed(number), at(0)).await.unwrap();
    }
    let about = (tenant.company, Kind::BookingFailed);
    let messages = |subjects: Vec<String>, count| {
        let about = About::Alerts { subjects, count };
        vec![Message { about, ..self::about(tenant.company, Topic::Alert(Kind::BookingFailed), About::Test) }]
    };

    let told = alerts.tell(about, at(1), messages).await.unwrap();
    let told_twice = other.alerts(Scope::All).tell(about, at(1), messages).await.unwrap();
    let nothing_left = alerts.untold().await.unwrap();
    alerts.raise(tenant.company, failed(2), at(2)).await.unwrap();
    let untold = alerts.untold().await.unwrap();
    let once = alerts.raise_once(tenant.company, &failed(2), at(3)).await.unwrap();

    assert_eq!((told, told_twice), (true, false));
    assert!(nothing_left.is_empty());
    assert_eq!(untold.len(), 1);
    assert_eq!((untold[0].kind, untold[0].told), (Kind::BookingFailed, Some(at(1))));
    assert!(!once, "it was raised before");
    let page = books.store.outbox(Scope::All).list(Filter::default(), None, 100).await.unwrap();
    assert_eq!(page.items.len(), 1);
    assert_eq!(page.items[0].about["count"], 3);
}

#[tokio::test]
async fn what_is_told_of_a_booking_enters_the_books_with_its_step_or_not_at_all() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let mut story = Story::new(tenant, "call_1");
    story.begins(&books.store).await;
    let end = story.promise(&[tenant.calendar]);
    story.tell(&books.store, end).await.unwrap();
    let id = BookingId::of(story.call.id, 1);
    let row = books.store.bookings(Scope::All).find(id).await.unwrap().unwrap();
    let message = |occasion, start, sequence| {
        let about = About::Appointment { booking: id, start, was: None, sequence };
        Message { about, ..self::about(tenant.company, Topic::Appointment(occasion), About::Test) }
    };
    let next = |row: &booking::Model, start| Booking {
        state: State::Booked { uid: "abc".into(), standing: Standing::Accepted },
        start,
        ..machine(row).unwrap()
    };
    let record = async |row: &booking::Model, start, messages: Vec<Message>| {
        let next = next(row, start);
        let change =
            Change { row, next: &next, at: at(5), attempts: Vec::new(), callbacks: Vec::new(), messages };
        books.store.bookings(Scope::All).record(change).await.unwrap()
    };
    let start = Timestamp::from(row.starts_at);

    let booked = vec![message(Occasion::Booked, start, 1), message(Occasion::Reminder, start, 1)];
    let stands = record(&row, start, booked.clone()).await.unwrap();
    let stale = record(&row, start, vec![message(Occasion::Cancelled, start, 9)]).await;
    let later = start + SignedDuration::from_mins(60);
    let moved = vec![message(Occasion::Moved, later, 2), message(Occasion::Reminder, later, 2)];
    record(&stands, later, moved).await.unwrap();

    assert!(stale.is_none());
    let mut states = states(&books.store).await;
    states.sort();
    let states: Vec<String> = states.iter().map(|(kind, state)| format!("{kind} {state}")).collect();
    assert_eq!(
        states,
        [
            "appointment.booked waiting",
            "appointment.moved waiting",
            "appointment.reminder dropped",
            "appointment.reminder waiting"
        ]
    );
}

#[tokio::test]
async fn a_tenant_sees_and_sends_again_its_own_messages_alone() {
    let books = Books::new().await;
    let (anna, praxis) = (books.anna().await, books.praxis().await);
    let message = about(anna.company, Topic::Test, About::Test);
    books.store.outbox(Scope::All).send(&message, at(0)).await.unwrap();
    let taken = take(&books.store, 0).await.remove(0);
    let failed = Next::Failed { why: "answered 500".into() };
    books.store.outbox(Scope::All).settle(&taken, &failed, None, at(1)).await.unwrap();
    let (own, foreign) =
        (books.store.outbox(Scope::one(anna.company)), books.store.outbox(Scope::one(praxis.company)));

    assert_eq!(foreign.list(Filter::default(), None, 9).await.unwrap().items.len(), 0);
    assert!(foreign.find(taken.id).await.unwrap().is_none());
    assert!(!foreign.retry(taken.id, at(2)).await.unwrap());
    assert_eq!(own.list(Filter::default(), None, 9).await.unwrap().items.len(), 1);
    assert!(own.retry(taken.id, at(2)).await.unwrap());
    assert_eq!(take(&books.store, 2).await.len(), 1);
    assert_eq!(own.forget(at(99)).await.unwrap(), 0, "what has not left is kept");
}
