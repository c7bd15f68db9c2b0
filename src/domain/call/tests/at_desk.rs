//! What is entered at the desk reads back as a call that was settled with a promise, and says so.

use uuid::Uuid;

use super::house::{CUT_BY_ANNA, anna, berlin, company, local};
use crate::domain::appointment::{Person, Stage};
use crate::domain::booking::{Booking, Standing, State};
use crate::domain::call::why::{Case, Promise, why};
use crate::domain::call::{Call, Entry, Event, Outcome, Phase};
use crate::domain::directory::Company;
use crate::domain::ids::CallId;
use crate::domain::phone::Caller;
use crate::domain::slot::Slot;

fn entry(company: &Company) -> Entry<'_> {
    let branch = &company.branches[0];
    let start = local("2026-10-20T14:30");
    Entry {
        call: CallId::at_desk(company.id, "web-17", "content"),
        branch,
        service: &branch.services[0],
        staff: None,
        slot: Slot {
            start,
            end: local("2026-10-20T15:00"),
            event_type_id: CUT_BY_ANNA,
            calendar: anna(),
            staff: Some("Anna".into()),
        },
        verified: true,
        person: Person { name: Some("Erika Beispiel".into()), ..Person::default() },
        may_notify: None,
        customer: None,
        test_mode: false,
    }
}

#[test]
fn an_entry_is_a_settled_call_with_one_booking_and_tells_where_it_came_from() {
    let company = company();
    let (entry, now) = (entry(&company), local("2026-10-14T10:05"));

    let decision = entry.decide(now);

    let blank = Call::new(entry.call, company.id, Caller::Withheld, now);
    let mut call = blank.clone();
    decision.events.iter().for_each(|event| call.apply(event, now));
    assert_eq!(call.phase, Phase::Settled { outcome: Outcome::Promised });
    assert_eq!(call.drafts[&1].stage, Stage::Requested(entry.booking()));
    assert_eq!(decision.intents[0].booking, entry.booking());
    assert!(decision.intents[0].customer_is_new);
    let state = State::Booked { uid: "x".into(), standing: Standing::Accepted };
    let booking = Booking { attempts: 1, state, ..Booking::new(entry.booking(), entry.slot.start, now) };
    let sentence = why(&Case {
        spoken_of: Vec::new(),
        blank,
        journal: decision.events.into_iter().map(|event| (event, now)).collect(),
        answers: Vec::new(),
        promises: vec![Promise {
            appointment: 1,
            service: "Haarschnitt".into(),
            staff: None,
            booking,
            since: now,
        }],
        callbacks: Vec::new(),
        hung_up_because: None,
        company: Some(&company),
        zone: berlin(),
        analysis_wait_ms: 0,
        silent_after_ms: 0,
        enquiry: None,
        now,
    });
    assert_eq!(
        sentence,
        "Haarschnitt on Tue 20 Oct 2026, 14:30 was booked: it was entered at the desk, and Cal.com accepted it \
         (Wed 14 Oct 2026, 10:05)."
    );
}

#[test]
fn what_a_customer_has_agreed_to_is_entered_with_the_appointment() {
    let company = company();
    let entry = Entry { may_notify: Some(true), ..entry(&company) };

    let decision = entry.decide(local("2026-10-14T10:05"));

    let agreed = Event::MayNotify { appointment: 1, allowed: true };
    assert!(decision.events.contains(&agreed));
    assert_eq!(decision.intents[0].may_notify, Some(true));
}

#[test]
fn the_same_key_with_other_content_is_another_entry() {
    let company = Uuid::from_u128(2).into();

    assert_eq!(CallId::at_desk(company, "a", "x"), CallId::at_desk(company, "a", "x"));
    assert_ne!(CallId::at_desk(company, "a", "x"), CallId::at_desk(company, "a", "y"));
    assert_ne!(CallId::at_desk(company, "a", "x"), CallId::at_desk(Uuid::from_u128(3).into(), "a", "x"));
}
