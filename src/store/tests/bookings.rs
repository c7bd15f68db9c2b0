//! Tests of bookings: a stale change is refused whole, every state reads back, the call's outcome follows.

use entities::attempt;

use super::*;
use crate::domain::booking::{
    self as rules, Booking, Cause, Changed, Order, Phase, Standing, State, Surplus, Watch,
};
use crate::domain::ids::CallId;
use crate::store::bookings::{Attempt, AttemptKind, Change, machine};
use crate::store::holds::Owner;

/// A call that promised one appointment in each of these calendars.
async fn promised(books: &Books, tenant: Tenant, calendars: &[CalendarId]) -> Story {
    let mut story = Story::new(tenant, "call_1");
    story.begins(&books.store).await;
    let end = story.promise(calendars);
    assert_eq!(story.tell(&books.store, end).await.unwrap(), Appended::Done);
    story
}

async fn row(books: &Books, story: &Story, appointment: u8) -> booking::Model {
    let id = BookingId::of(story.call.id, appointment);
    books.store.bookings(Scope::All).find(id).await.unwrap().unwrap()
}

fn next(row: &booking::Model, state: State) -> Booking {
    Booking { state, ..machine(row).unwrap() }
}

async fn record(store: &Store, row: &booking::Model, next: &Booking, minute: i64) -> bool {
    let change = Change {
        row,
        next,
        at: at(minute),
        attempts: Vec::new(),
        callbacks: Vec::new(),
        messages: Vec::new(),
    };
    store.bookings(Scope::one(row.company_id.into())).record(change).await.unwrap().is_some()
}

/// Moves an appointment of the call on and tells the call's outcome then.
async fn outcome_after(books: &Books, story: &Story, appointment: u8, state: State) -> String {
    let row = row(books, story, appointment).await;
    assert!(record(&books.store, &row, &next(&row, state), 5).await);
    story.row(&books.store).await.outcome.unwrap()
}

fn booked(uid: &str) -> State {
    State::Booked { uid: uid.into(), standing: Standing::Accepted }
}

fn refused() -> State {
    State::Refused { why: "slot_taken".into() }
}

#[tokio::test]
async fn a_stale_change_is_refused_and_leaves_nothing() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let story = promised(&books, tenant, &[tenant.calendar]).await;
    let old = row(&books, &story, 1).await;
    let sent = Booking { attempts: 1, sent_maybe: 1, ..next(&old, State::Sent { attempt: 1, since: at(4) }) };
    assert!(record(&books.store, &old, &sent, 4).await);
    let before = (row(&books, &story, 1).await, story.row(&books.store).await, books.rows().await);

    let late = Change {
        row: &old,
        next: &next(&old, refused()),
        at: at(5),
        attempts: vec![Attempt { kind: AttemptKind::Create, at: at(5), result: None }],
        callbacks: vec![story.callback(Reason::SlotTaken, 30)],
        messages: Vec::new(),
    };
    assert!(books.store.bookings(Scope::All).record(late).await.unwrap().is_none());

    let after = (row(&books, &story, 1).await, story.row(&books.store).await, books.rows().await);
    assert_eq!(after, before);
    assert_eq!(attempt::Entity::find().count(&books.store.read).await.unwrap(), 0);
}

#[tokio::test]
async fn of_two_nodes_that_move_a_booking_on_one_wins() {
    let books = Books::new().await;
    let other = books.another_node().await;
    let tenant = books.anna().await;
    let story = promised(&books, tenant, &[tenant.calendar]).await;
    let old = row(&books, &story, 1).await;
    let sent = Booking { attempts: 1, sent_maybe: 1, ..next(&old, State::Sent { attempt: 1, since: at(4) }) };

    let (here, there) = tokio::join!(record(&books.store, &old, &sent, 4), record(&other, &old, &sent, 4));

    assert!(here ^ there);
    assert_eq!(row(&books, &story, 1).await.version, 2);
}

#[tokio::test]
async fn an_attempt_is_there_when_it_leaves_and_ended_when_it_ends() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let story = promised(&books, tenant, &[tenant.calendar]).await;
    let old = row(&books, &story, 1).await;
    let sent = Booking { attempts: 1, sent_maybe: 1, ..next(&old, State::Sent { attempt: 1, since: at(4) }) };
    let note = |result: Option<&str>, minute| {
        let result = result.map(str::to_owned);
        vec![Attempt { kind: AttemptKind::Create, at: at(minute), result }]
    };
    let bookings = books.store.bookings(Scope::one(tenant.company));
    let leaves = Change {
        row: &old,
        next: &sent,
        at: at(4),
        attempts: note(None, 4),
        callbacks: Vec::new(),
        messages: Vec::new(),
    };
    assert!(bookings.record(leaves).await.unwrap().is_some());
    let open = bookings.attempts(old.id.into()).await.unwrap();
    assert_eq!((open.len(), open[0].ended_at), (1, None));

    let sent_row = row(&books, &story, 1).await;
    let ends = Change {
        row: &sent_row,
        next: &next(&sent_row, refused()),
        at: at(5),
        attempts: note(Some("not_available"), 5),
        callbacks: vec![story.callback(Reason::SlotTaken, 30)],
        messages: Vec::new(),
    };
    assert!(bookings.record(ends).await.unwrap().is_some());

    let attempts = bookings.attempts(old.id.into()).await.unwrap();
    assert_eq!(attempts.len(), 1);
    assert_eq!((attempts[0].started_at, attempts[0].ended_at), (at(4).into(), Some(at(5).into())));
    assert_eq!(attempts[0].result.as_deref(), Some("not_available"));
    assert_eq!(books.rows().await[4], 1);
}

#[tokio::test]
async fn every_state_reads_back_from_the_books_as_it_went_in() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let story = promised(&books, tenant, &[tenant.calendar]).await;
    let why = || "weil".to_owned();
    let states = [
        State::Waiting { not_before: None },
        State::Waiting { not_before: Some(at(9)) },
        State::Sent { attempt: 3, since: at(8) },
        State::Unsure { since: at(8), looks: 2, why: why(), look_at: at(9) },
        State::Booked { uid: "uid1".into(), standing: Standing::Pending },
        booked("uid1"),
        State::Refused { why: why() },
        State::Failed { why: why() },
        State::Cancelled { why: why() },
    ];
    for state in states {
        let old = row(&books, &story, 1).await;
        let next =
            Booking { attempts: 3, sent_maybe: 2, sent_for: Some(old.starts_at.into()), ..next(&old, state) };

        assert!(record(&books.store, &old, &next, 7).await);

        assert_eq!(machine(&row(&books, &story, 1).await).unwrap(), next);
    }
}

#[tokio::test]
async fn what_a_machine_remembers_beside_its_state_reads_back_too() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let story = promised(&books, tenant, &[tenant.calendar]).await;
    let old = row(&books, &story, 1).await;
    let order = Order::Move { to: at(90) };
    let phase = Phase::Unsure { since: at(6), looks: 1, why: "timed_out".into(), look_at: at(8) };
    let full = Booking {
        start: at(80),
        requested_at: at(5),
        change: Some(rules::Change {
            order: order.clone(),
            phase,
            attempts: 1,
            sent_maybe: 1,
            requested_at: at(5),
            cause: Cause::DESK,
        }),
        changed: Some(Changed { order, by_person: true, failed: Some("weil".into()), at: at(4) }),
        surplus: vec![Surplus { uid: "uid3".into(), attempts: 2, at: at(9), told: true }],
        past_uids: vec!["uid0".into()],
        watch: Some(Watch { at: at(10), looks: 1, hinted: true }),
        given: vec![Uuid::from_u128(7).into()],
        ..next(&old, booked("uid1"))
    };

    assert!(record(&books.store, &old, &full, 7).await);

    let kept = row(&books, &story, 1).await;
    assert_eq!(machine(&kept).unwrap(), full);
    assert_eq!(kept.due_at, Some(at(8).into()), "the change's own look comes first");
    let lasts = |row: &booking::Model| Timestamp::from(row.ends_at).duration_since(row.starts_at.into());
    assert_eq!(lasts(&kept), lasts(&old), "a moved appointment is as long as it was");
}

#[tokio::test]
async fn what_is_due_is_found_again_and_what_is_not_is_left_alone() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let story = promised(&books, tenant, &[tenant.calendar]).await;
    let due_by = async |minute| books.store.recovery().due_bookings(at(minute)).await.unwrap().len();
    let looks = State::Unsure { since: at(6), looks: 0, why: "timed_out".into(), look_at: at(9) };
    let steps = [
        (State::Sent { attempt: 1, since: at(6) }, [0, 1, 1]),
        (looks, [0, 0, 1]),
        (booked("uid1"), [0, 0, 0]),
    ];
    for (state, found) in steps {
        let old = row(&books, &story, 1).await;
        assert!(record(&books.store, &old, &next(&old, state), 6).await);

        assert_eq!([due_by(5).await, due_by(8).await, due_by(9).await], found);
    }
}

#[tokio::test]
async fn a_row_that_makes_no_sense_is_named() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let story = promised(&books, tenant, &[tenant.calendar]).await;
    let sound = row(&books, &story, 1).await;

    for wrong in [
        booking::Model { state: "teleported".into(), ..sound.clone() },
        booking::Model { state: "booked".into(), calcom_uid: None, ..sound.clone() },
    ] {
        assert!(matches!(machine(&wrong), Err(Error::Corrupt { table: "bookings", .. })));
    }
}

#[tokio::test]
async fn the_outcome_of_a_call_follows_its_bookings() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let story = promised(&books, tenant, &tenant.calendars).await;
    assert_eq!(story.row(&books.store).await.outcome.as_deref(), Some("promised"));

    let pending = State::Booked { uid: "uid2".into(), standing: Standing::Pending };
    let steps = [
        (1, booked("uid1"), "promised"),
        (2, pending, "booked"),
        (2, refused(), "failed"),
        (2, State::Cancelled { why: "abgesagt".into() }, "booked"),
        (1, State::Cancelled { why: "abgesagt".into() }, "cancelled"),
    ];
    for (appointment, state, outcome) in steps {
        assert_eq!(outcome_after(&books, &story, appointment, state).await, outcome);
    }
}

#[tokio::test]
async fn news_after_the_end_do_not_take_the_outcome_back() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let mut story = promised(&books, tenant, &[tenant.calendar]).await;
    assert_eq!(outcome_after(&books, &story, 1, booked("uid1")).await, "booked");

    story.happens(&books.store, &[Event::Analyzed], 6).await;

    assert_eq!(story.row(&books.store).await.outcome.as_deref(), Some("booked"));
}

#[tokio::test]
async fn a_call_settled_after_its_booking_has_the_bookings_outcome() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let mut story = Story::new(tenant, "call_1");
    story.begins(&books.store).await;
    let intent = story.intent(1, tenant.calendar);
    let requested = Event::Requested { appointment: 1, booking: intent.booking };
    let ended = [Event::Ended { ending: Ending::HungUp }, requested];
    let append = Append { intents: vec![intent], ..story.append(&ended, 3) };
    story.tell(&books.store, append).await.unwrap();
    let old = row(&books, &story, 1).await;
    assert!(record(&books.store, &old, &next(&old, booked("uid1")), 4).await);
    assert_eq!(story.row(&books.store).await.outcome, None);

    story.happens(&books.store, &[Event::Settled { outcome: Outcome::Promised }], 9).await;

    assert_eq!(story.row(&books.store).await.outcome.as_deref(), Some("booked"));
}

#[tokio::test]
async fn a_call_that_promised_nothing_keeps_its_own_outcome() {
    let books = Books::new().await;
    let mut story = Story::new(books.anna().await, "call_1");
    story.begins(&books.store).await;
    let settled = Event::Settled { outcome: Outcome::Callback };
    story.happens(&books.store, &[Event::Ended { ending: Ending::HungUp }, settled], 3).await;

    story.happens(&books.store, &[Event::Analyzed], 6).await;

    assert_eq!(story.row(&books.store).await.outcome.as_deref(), Some("callback"));
}

#[tokio::test]
async fn two_bookings_of_a_call_that_end_at_the_same_time_settle_it() {
    let books = Books::new().await;
    let other = books.another_node().await;
    let tenant = books.anna().await;
    for _ in 0..10 {
        let mut story = Story::new(tenant, &mint().to_string());
        story.begins(&books.store).await;
        let end = story.promise(&tenant.calendars);
        story.tell(&books.store, end).await.unwrap();
        let (one, two) = (row(&books, &story, 1).await, row(&books, &story, 2).await);
        let (one_next, two_next) = (next(&one, booked("uid1")), next(&two, booked("uid2")));

        let (first, second) =
            tokio::join!(record(&books.store, &one, &one_next, 4), record(&other, &two, &two_next, 4));

        assert!(first && second);
        assert_eq!(story.row(&books.store).await.outcome.as_deref(), Some("booked"));
    }
}

#[tokio::test]
async fn in_test_mode_the_intent_is_kept_and_nothing_waits() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let mut story = Story::new(tenant, "call_1");
    story.begins(&books.store).await;
    let mut end = story.promise(&[tenant.calendar]);
    end.intents[0].test_mode = true;

    story.tell(&books.store, end).await.unwrap();

    let row = row(&books, &story, 1).await;
    assert!(matches!(machine(&row).unwrap().state, State::Cancelled { .. }));
    assert_eq!(books.store.recovery().due_bookings(at(499)).await.unwrap(), []);
    assert_eq!(story.row(&books.store).await.outcome.as_deref(), Some("cancelled"));
}

#[tokio::test]
async fn bookings_that_have_been_quiet_too_long_are_found_again() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let story = promised(&books, tenant, &tenant.calendars).await;
    outcome_after(&books, &story, 1, booked("uid1")).await;
    let recovery = books.store.recovery();

    assert_eq!(recovery.due_bookings(at(2)).await.unwrap(), []);
    let found = recovery.due_bookings(at(3)).await.unwrap();

    assert_eq!(found, [row(&books, &story, 2).await]);
}

#[tokio::test]
async fn what_is_held_for_a_booking_that_is_tried_again_is_held_until_it_is_settled() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let story = promised(&books, tenant, &[tenant.calendar]).await;
    let old = row(&books, &story, 1).await;
    assert!(record(&books.store, &old, &next(&old, refused()), 4).await);
    let slot = slot(tenant.calendar, 60, 90);
    let [owner, other] = [story.call.id, CallId::from(mint())].map(|call| Owner { call, appointment: 1 });
    let holds = books.store.holds(tenant.company);
    assert!(holds.claim(owner, (&slot, 1), at(10), at(5)).await.unwrap());

    let lost = row(&books, &story, 1).await;
    assert!(record(&books.store, &lost, &next(&lost, State::Waiting { not_before: None }), 5).await);

    assert!(!holds.claim(other, (&slot, 1), at(30), at(20)).await.unwrap());
    let waiting = row(&books, &story, 1).await;
    assert!(record(&books.store, &waiting, &next(&waiting, refused()), 21).await);
    assert!(holds.claim(other, (&slot, 1), at(30), at(22)).await.unwrap());
}

#[tokio::test]
async fn what_is_called_off_later_was_booked_all_the_same_where_calls_are_counted() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let story = promised(&books, tenant, &[tenant.calendar]).await;
    outcome_after(&books, &story, 1, booked("uid1")).await;
    let called_off = State::Cancelled { why: "called off".into() };
    assert_eq!(outcome_after(&books, &story, 1, called_off).await, "cancelled");

    let statistics = books.store.statistics(Scope::one(tenant.company));
    let counted = statistics.calls((at(-100), at(100)), None, 9).await.unwrap().items;

    assert_eq!((counted[0].booked, counted[0].outcome.as_deref()), (1, Some("booked")));
}
