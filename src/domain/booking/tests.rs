//! The protocol by example, and its promises whatever comes in whatever order.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::retry::Backoff;

/// When the appointment begins.
const START: i64 = 10_000_000;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap()
}

pub(crate) fn rules() -> Rules {
    Rules {
        look_after_ms: vec![2_000, 5_000, 15_000],
        look_again_ms: 60_000,
        quiet_horizon_ms: 180_000,
        watch_after_ms: vec![60_000, 300_000],
        sent_max: 2,
        backoff: Backoff { first_ms: 1_000, longest_ms: 30_000 },
        give_up_after_ms: 7_200_000,
    }
}

pub(crate) fn waiting() -> Booking {
    Booking::new(Uuid::from_u128(5).into(), at(START), at(0))
}

fn sent() -> Booking {
    waiting().step(Input::Turn, &rules(), at(1_000)).next.unwrap()
}

fn ours() -> Seen {
    Seen {
        uid: "abc".into(),
        start: at(START),
        marked: Some(Uuid::from_u128(5).into()),
        attendee_fits: true,
        fate: Fate::Stands(Standing::Accepted),
        created_at: Some(at(1_500)),
        changed_at: None,
        was: vec![],
    }
}

/// Another of ours.
fn other(created_ms: i64) -> Seen {
    Seen { uid: "def".into(), created_at: Some(at(created_ms)), ..ours() }
}

fn surplus_of(booking: &Booking) -> Vec<&str> {
    booking.surplus.iter().map(|surplus| surplus.uid.as_str()).collect()
}

fn booked() -> Booking {
    next(&end(&sent(), Outcome::Created(ours())))
}

fn unsure() -> Booking {
    next(&end(&sent(), Outcome::Doubt("timed_out".into())))
}

/// A second request has left after the first ended in doubt.
fn sent_again() -> Booking {
    let waits = next(&look(&unsure(), vec![], 182_000));
    let turn = waits.step(Input::Turn, &rules(), at(182_000));
    assert_eq!(turn.actions, [Action::LookFirst]);
    next(&waits.step(Input::LookedFirst { found: Some(vec![]), told: false }, &rules(), at(182_000)))
}

fn end(booking: &Booking, outcome: Outcome) -> Step {
    booking.step(Input::Ended { attempt: booking.attempts, outcome }, &rules(), at(2_000))
}

fn look(booking: &Booking, found: Vec<Seen>, ms: i64) -> Step {
    booking.step(Input::Looked { found: Some(found), told: false }, &rules(), at(ms))
}

fn blind(booking: &Booking, ms: i64) -> Step {
    booking.step(Input::Looked { found: None, told: false }, &rules(), at(ms))
}

fn next(step: &Step) -> Booking {
    step.next.clone().unwrap()
}

fn due_ms(booking: &Booking) -> Option<(i64, Job)> {
    booking.due().map(|due| (due.at.as_millisecond(), due.job))
}

fn call_back(reason: Reason) -> Action {
    Action::CallBack { reason }
}

#[test]
fn a_created_booking_with_our_mark_is_booked() {
    let step = end(&sent(), Outcome::Created(ours()));

    let booking = next(&step);
    assert_eq!(booking.state, State::Booked { uid: "abc".into(), standing: Standing::Accepted });
    assert_eq!(step.actions, [Action::Settled]);
    assert_eq!((booking.sent_maybe, booking.due()), (0, None));
}

#[test]
fn somebody_elses_booking_in_the_answer_means_the_slot_is_taken() {
    let foreign =
        [Seen { marked: None, ..ours() }, Seen { marked: Some(Uuid::from_u128(6).into()), ..ours() }];
    for seen in foreign {
        let step = end(&sent(), Outcome::Created(seen));

        assert_eq!(next(&step).state.as_str(), "refused");
        assert_eq!(step.actions[0], call_back(Reason::SlotTaken));
    }
}

#[test]
fn our_mark_on_what_does_not_fit_is_no_foreign_booking_but_looked_at() {
    for seen in [Seen { start: at(START + 1), ..ours() }, Seen { attendee_fits: false, ..ours() }] {
        let doubtful = next(&end(&sent(), Outcome::Created(seen)));

        assert_eq!((doubtful.state.as_str(), doubtful.sent_maybe), ("unsure", 1));
    }
}

#[test]
fn what_a_person_changed_before_it_was_answered_is_ours_and_is_looked_for() {
    let answered = end(&sent(), Outcome::Created(Seen { fate: Fate::Cancelled, ..ours() }));

    let doubtful = next(&answered);
    assert_eq!((doubtful.state.as_str(), doubtful.sent_maybe), ("unsure", 1));
    let elsewhere = Seen { uid: "def".into(), start: at(START + 60_000), was: vec!["abc".into()], ..ours() };
    let followed = next(&look(&doubtful, vec![elsewhere], 4_000));
    assert_eq!((followed.state.as_str(), followed.start), ("booked", at(START + 60_000)));
    let cancelled = look(&doubtful, vec![Seen { fate: Fate::Cancelled, ..ours() }], 4_000);
    assert_eq!((next(&cancelled).state.as_str(), cancelled.actions), ("cancelled", vec![Action::Settled]));
    let declined = look(&doubtful, vec![Seen { fate: Fate::Rejected, ..ours() }], 4_000);
    assert_eq!(next(&declined).state.as_str(), "cancelled");
    assert!(declined.actions.contains(&call_back(Reason::BookingRefused)), "the caller believes in it");
}

#[test]
fn not_available_at_first_is_final_after_one_quick_look() {
    let doubtful = next(&end(&sent(), Outcome::NotAvailable));

    assert_eq!(due_ms(&doubtful), Some((2_000, Job::Look)));
    let over = next(&look(&doubtful, vec![], 2_100));
    assert_eq!((over.state, over.watch), (State::Refused { why: "slot_taken".into() }, None));
}

#[test]
fn not_available_at_first_but_ours_is_there_is_booked() {
    let doubtful = next(&end(&sent(), Outcome::NotAvailable));

    assert_eq!(next(&look(&doubtful, vec![ours()], 2_100)).state.as_str(), "booked");
}

#[test]
fn doubt_is_looked_into_on_schedule_until_the_horizon() {
    let (mut booking, mut now, mut looks) = (unsure(), 2_000, Vec::new());
    while let Some((at, Job::Look)) = due_ms(&booking) {
        looks.push(at - now);
        now = at;
        let step = look(&booking, vec![], now);
        assert_eq!(step.actions, []);
        booking = next(&step);
    }

    assert_eq!(looks, [2_000, 3_000, 10_000, 60_000, 60_000, 45_000], "the last one at the horizon");
    assert_eq!(due_ms(&booking), Some((0, Job::Turn)), "now it takes its turn again");
}

#[test]
fn before_it_is_sent_again_it_is_looked_for_within_the_same_turn() {
    let waits = next(&look(&unsure(), vec![], 182_000));

    assert_eq!(waits.step(Input::Turn, &rules(), at(182_000)).actions, [Action::LookFirst]);
    let first = |found| waits.step(Input::LookedFirst { found, told: false }, &rules(), at(182_100));
    assert_eq!(first(Some(vec![])).actions, [Action::Send { attempt: 2 }]);
    assert_eq!(next(&first(Some(vec![ours()]))).state.as_str(), "booked");
    let could_not = first(None);
    assert_eq!(
        (next(&could_not).state.as_str(), could_not.actions),
        ("unsure", vec![]),
        "nobody waits behind it"
    );
}

#[test]
fn a_look_out_of_turn_never_has_anything_sent() {
    let waits = next(&look(&unsure(), vec![], 182_000));

    assert_eq!(look(&waits, vec![], 182_100), Step::nothing());
}

#[test]
fn no_more_requests_leave_than_may_be_then_a_person_is_told() {
    let twice = next(&end(&sent_again(), Outcome::Doubt("timed_out".into())));

    let given_up = look(&twice, vec![], 190_000);

    let booking = next(&given_up);
    assert_eq!(booking.state.as_str(), "failed");
    assert_eq!(given_up.actions, [call_back(Reason::BookingUnsure), Action::Settled]);
    assert_eq!(due_ms(&booking), Some((250_000, Job::Look)), "it may still come late");
}

#[test]
fn what_was_sent_twice_is_watched_and_the_younger_of_two_is_cancelled() {
    let booking = next(&end(&sent_again(), Outcome::Created(ours())));
    assert_eq!(due_ms(&booking), Some((62_000, Job::Trace)));

    let younger = Seen { uid: "def".into(), created_at: Some(at(9_000)), ..ours() };
    let seen = next(&look(&booking, vec![younger, ours()], 62_000));

    assert_eq!(seen.surplus.iter().map(|surplus| surplus.uid.as_str()).collect::<Vec<_>>(), ["def"]);
    let turn = seen.step(Input::Turn, &rules(), at(62_100));
    assert_eq!(turn.actions, [Action::Tidy { uid: "def".into() }]);
    let tidy = next(&next(&turn).step(Input::Tidied { uid: "def".into(), done: true }, &rules(), at(62_200)));
    assert_eq!((tidy.surplus, tidy.state), (vec![], booking.state));
}

#[test]
fn of_two_found_in_doubt_the_elder_stays() {
    let younger = Seen { uid: "def".into(), created_at: Some(at(9_000)), ..ours() };

    let found = next(&look(&unsure(), vec![younger, ours()], 4_000));

    assert_eq!(found.state, State::Booked { uid: "abc".into(), standing: Standing::Accepted });
    assert_eq!(found.surplus[0].uid, "def");
}

#[test]
fn what_cannot_be_cancelled_becomes_a_persons_matter_once() {
    let younger = Seen { uid: "def".into(), created_at: Some(at(9_000)), ..ours() };
    let (mut booking, mut now, mut told) = (next(&look(&unsure(), vec![younger, ours()], 4_000)), 4_000, 0);
    for round in 0..20 {
        now += 30_000;
        booking = next(&booking.step(Input::Turn, &rules(), at(now)));
        // Once a process dies before it has written down how the cancellation ended.
        if round == TIDIES_MAX - 1 {
            continue;
        }
        let failed = booking.step(Input::Tidied { uid: "def".into(), done: false }, &rules(), at(now));
        booking = failed.next.unwrap_or(booking);
        told += failed.actions.iter().filter(|action| **action == call_back(Reason::BookedTwice)).count();
    }

    assert_eq!(told, 1);
}

#[test]
fn a_late_success_is_taken_unless_somebody_was_told_otherwise() {
    let given_up = next(&look(&next(&end(&sent_again(), Outcome::Doubt("x".into()))), vec![], 190_000));

    let taken = look(&given_up, vec![ours()], 250_000);
    let told = given_up.step(Input::Looked { found: Some(vec![ours()]), told: true }, &rules(), at(250_000));

    assert_eq!(next(&taken).state.as_str(), "booked");
    assert!(taken.actions.contains(&Action::StandsAfterAll));
    assert_eq!(next(&told).state.as_str(), "failed");
    assert_eq!(next(&told).surplus[0].uid, "abc");
}

#[test]
fn a_person_is_told_in_time_even_if_nobody_could_look() {
    let step = blind(&unsure(), 182_000);

    assert_eq!(step.actions, [call_back(Reason::BookingUnsure)]);
    assert_eq!(next(&step).state.as_str(), "unsure");
}

#[test]
fn a_doubt_ends_when_the_time_has_passed() {
    let over = blind(&unsure(), START);

    assert_eq!(next(&over).state.as_str(), "failed");
    assert_eq!(over.actions, [call_back(Reason::BookingUnsure), Action::Settled]);
}

#[test]
fn what_surely_never_left_waits_and_goes_again() {
    let outcome = Outcome::NotExecuted { why: "connection refused".into(), not_before: None };

    let waits = next(&end(&sent(), outcome));

    assert_eq!((waits.sent_maybe, due_ms(&waits)), (0, Some((3_000, Job::Turn))));
    assert_eq!(waits.step(Input::Turn, &rules(), at(3_000)).actions, [Action::Send { attempt: 2 }]);
}

#[test]
fn a_time_that_has_passed_is_never_booked() {
    let step = waiting().step(Input::Turn, &rules(), at(START));

    assert_eq!(next(&step).state.as_str(), "failed");
    assert_eq!(step.actions[0], call_back(Reason::CalendarUnreachable));
}

#[test]
fn a_late_answer_to_an_earlier_attempt_changes_nothing_unless_it_is_a_success() {
    let late = |outcome| sent_again().step(Input::Ended { attempt: 1, outcome }, &rules(), at(183_000));

    assert_eq!(late(Outcome::DefiniteNo("x".into())), Step::nothing());
    assert_eq!(next(&late(Outcome::Created(ours()))).state.as_str(), "booked");
}

#[test]
fn the_calendars_own_word_is_a_second_witness() {
    let witnessed = sent().step(Input::Witnessed(ours()), &rules(), at(1_200));

    assert_eq!(next(&witnessed).state.as_str(), "booked");
    let again = next(&witnessed).step(Input::Witnessed(ours()), &rules(), at(1_300));
    assert_eq!(again, Step::nothing());
    let foreign = Seen { marked: None, ..ours() };
    assert_eq!(sent().step(Input::Witnessed(foreign), &rules(), at(1_200)), Step::nothing());
}

#[test]
fn after_a_restart_looks_before_sending_again() {
    let woken = next(&sent().step(Input::Woke, &rules(), at(50_000)));

    assert_eq!((woken.state.as_str(), due_ms(&woken)), ("unsure", Some((52_000, Job::Look))));
    assert_eq!(woken.step(Input::Woke, &rules(), at(51_000)), Step::nothing());
}

#[test]
fn a_retry_by_a_person_keeps_what_was_never_accounted_for() {
    let given_up = next(&look(&next(&end(&sent_again(), Outcome::Doubt("x".into()))), vec![], 190_000));

    let again = next(&given_up.step(Input::RetryOrdered, &rules(), at(200_000)));

    assert_eq!(again.step(Input::Turn, &rules(), at(200_000)).actions, [Action::LookFirst]);
    assert_eq!(booked().step(Input::RetryOrdered, &rules(), at(200_000)), Step::nothing());
}

fn ordered(order: Order) -> Booking {
    next(&booked().step(Input::Ordered(order), &rules(), at(3_000)))
}

fn changing(order: Order) -> Booking {
    next(&ordered(order).step(Input::Turn, &rules(), at(3_000)))
}

fn change_ended(booking: &Booking, outcome: ChangeOutcome) -> Step {
    booking.step(Input::ChangeEnded { attempt: 1, outcome }, &rules(), at(4_000))
}

const TO: Order = Order::Move { to: Timestamp::constant(20_000, 0) };

fn there() -> Seen {
    Seen { uid: "def".into(), start: at(20_000_000), ..ours() }
}

#[test]
fn a_move_gets_the_new_uid_and_time() {
    let booking = next(&change_ended(&changing(TO), ChangeOutcome::Done(Some(there()))));

    assert_eq!(booking.state, State::Booked { uid: "def".into(), standing: Standing::Accepted });
    assert_eq!((booking.start, booking.past_uids), (at(20_000_000), vec!["abc".to_owned()]));
    assert_eq!(booking.changed.unwrap().failed, None);
}

#[test]
fn a_taken_time_leaves_what_stood_and_tells_a_person() {
    let step = change_ended(&changing(TO), ChangeOutcome::NotAvailable);

    assert_eq!(next(&step).state, booked().state);
    assert!(step.actions.contains(&call_back(Reason::ChangeFailed)));
}

#[test]
fn a_move_in_doubt_is_judged_by_the_chain() {
    let doubt = next(&change_ended(&changing(TO), ChangeOutcome::Doubt("timed_out".into())));
    assert_eq!(due_ms(&doubt), Some((6_000, Job::Trace)));
    let stands = Fate::Stands(Standing::Accepted);
    let trace = |uid: &str, start| {
        let trace = Trace { uid: uid.into(), start: at(start), fate: stands, changed_at: None };
        doubt.step(Input::Traced(Some(trace)), &rules(), at(6_000))
    };

    assert_eq!(next(&trace("def", 20_000_000)).changed.unwrap().failed, None);
    let elsewhere = trace("ghi", 30_000_000);
    assert_eq!(next(&elsewhere).start, at(30_000_000));
    assert!(elsewhere.actions.contains(&call_back(Reason::ChangeFailed)), "a person there was quicker");
    assert_eq!(next(&trace("abc", START)).change.unwrap().sent_maybe, 1, "still in doubt");
}

#[test]
fn a_cancellation_of_what_is_gone_already_is_done() {
    let step = change_ended(&changing(Order::Cancel), ChangeOutcome::Done(None));

    assert_eq!(next(&step).state.as_str(), "cancelled");
    assert_eq!(step.actions, [Action::Settled]);
}

#[test]
fn what_waits_is_cancelled_without_a_request() {
    let step = waiting().step(Input::Ordered(Order::Cancel), &rules(), at(500));

    assert_eq!((next(&step).state.as_str(), step.actions), ("cancelled", vec![Action::Settled]));
}

#[test]
fn what_is_in_doubt_is_cancelled_once_it_is_found() {
    let unwanted = next(&unsure().step(Input::Ordered(Order::Cancel), &rules(), at(3_000)));

    let found = next(&look(&unwanted, vec![ours()], 4_000));

    let turn = found.step(Input::Turn, &rules(), at(4_100));
    assert_eq!(turn.actions, [Action::SendChange { attempt: 1, uid: "abc".into(), order: Order::Cancel }]);
}

#[test]
fn what_a_person_moves_at_the_calendar_is_moved_here() {
    let hinted = next(&booked().step(Input::Hinted, &rules(), at(5_000)));
    assert_eq!(due_ms(&hinted), Some((5_000, Job::Trace)));
    let trace = traced(("def", 30_000_000), Fate::Stands(Standing::Accepted), None);

    let moved = next(&hinted.step(Input::Traced(Some(trace)), &rules(), at(5_100)));

    assert_eq!(moved.start, at(30_000_000));
    assert!(moved.changed.unwrap().by_person);
}

#[test]
fn what_the_owner_declines_is_told_to_a_person() {
    let trace = traced(("abc", START), Fate::Rejected, None);

    let step = booked().step(Input::Traced(Some(trace)), &rules(), at(5_100));

    assert_eq!(next(&step).state.as_str(), "cancelled");
    assert!(step.actions.contains(&call_back(Reason::BookingRefused)));
}

fn traced((uid, start): (&str, i64), fate: Fate, changed_ms: Option<i64>) -> Trace {
    Trace { uid: uid.into(), start: at(start), fate, changed_at: changed_ms.map(at) }
}

/// Stands twice, once too often as it seems.
fn doubled() -> Booking {
    let booking = next(&end(&sent_again(), Outcome::Created(ours())));
    next(&look(&booking, vec![other(9_000), ours()], 62_000))
}

#[test]
fn what_was_moved_between_two_readings_is_no_second_booking() {
    let elsewhere = Seen { uid: "def".into(), start: at(30_000_000), was: vec!["abc".into()], ..ours() };

    let moved = next(&look(&booked(), vec![elsewhere], 5_000));

    assert_eq!((moved.start, surplus_of(&moved)), (at(30_000_000), vec![]));
    assert_eq!(moved.state, State::Booked { uid: "def".into(), standing: Standing::Accepted });
}

#[test]
fn a_look_that_was_under_way_when_an_order_came_tells_nothing() {
    assert_eq!(look(&changing(TO), vec![there()], 5_000), Step::nothing());
}

#[test]
fn of_two_a_person_ends_one_and_the_other_stands() {
    let gone = traced(("abc", START), Fate::Cancelled, Some(63_000));

    let ended = next(&doubled().step(Input::Traced(Some(gone)), &rules(), at(63_500)));

    assert_eq!((ended.state.as_str(), surplus_of(&ended)), ("cancelled", vec![]));
    assert!(ended.due().is_some(), "the other is looked for");
    let found = look(&ended, vec![Seen { fate: Fate::Cancelled, ..ours() }, other(9_000)], 64_000);
    assert_eq!(next(&found).state, State::Booked { uid: "def".into(), standing: Standing::Accepted });
    assert!(found.actions.contains(&Action::StandsAfterAll));
}

#[test]
fn what_comes_only_after_a_person_has_cancelled_is_too_much() {
    let gone = traced(("abc", START), Fate::Cancelled, Some(5_000));
    let ended = next(&booked().step(Input::Traced(Some(gone)), &rules(), at(5_500)));

    let late = next(&look(&ended, vec![other(6_000)], 65_500));

    assert_eq!((late.state.as_str(), surplus_of(&late)), ("cancelled", vec!["def"]));
}

#[test]
fn where_a_person_ended_one_of_two_and_the_other_was_cancelled_here_somebody_calls() {
    let tidied = next(&doubled().step(Input::Tidied { uid: "def".into(), done: true }, &rules(), at(62_200)));
    let ended = |changed_ms| {
        let gone = traced(("abc", START), Fate::Cancelled, Some(changed_ms));
        tidied.step(Input::Traced(Some(gone)), &rules(), at(70_000)).actions
    };

    assert!(ended(62_100).contains(&call_back(Reason::BookedTwice)));
    assert_eq!(ended(69_000), [Action::Settled], "who saw one only meant that one");
}

#[test]
fn what_a_person_has_settled_while_it_was_in_doubt_is_never_sent_again() {
    let told =
        |booking: &Booking, found| booking.step(Input::Looked { found, told: true }, &rules(), at(182_000));

    for found in [None, Some(vec![])] {
        let left = told(&unsure(), found);
        assert_eq!((next(&left).state.as_str(), left.actions), ("failed", vec![Action::Settled]));
    }
    let stands = told(&unsure(), Some(vec![ours()]));
    assert_eq!(next(&stands).state.as_str(), "booked");
    assert!(stands.actions.contains(&Action::StandsAfterAll));
    let waits = next(&look(&unsure(), vec![], 182_000));
    let first = waits.step(Input::LookedFirst { found: Some(vec![]), told: true }, &rules(), at(182_100));
    assert_eq!((next(&first).state.as_str(), first.actions), ("failed", vec![Action::Settled]));
}

#[test]
fn one_that_is_taken_after_all_is_no_longer_too_much() {
    let twice = next(&end(&sent_again(), Outcome::Doubt("timed_out".into())));
    let failed = next(&look(&twice, vec![], 190_000));
    let seen = Input::Looked { found: Some(vec![other(9_000)]), told: true };
    let too_much = next(&failed.step(seen, &rules(), at(250_000)));
    assert_eq!(surplus_of(&too_much), ["def"]);

    let wanted = next(&too_much.step(Input::RetryOrdered, &rules(), at(251_000)));
    let found = Input::LookedFirst { found: Some(vec![other(9_000)]), told: false };
    let booking = next(&wanted.step(found, &rules(), at(252_000)));

    assert_eq!((booking.state.as_str(), surplus_of(&booking)), ("booked", vec![]));
}

#[test]
fn while_the_line_is_shut_what_is_too_much_waits_like_everything_else() {
    let shut =
        next(&doubled().step(Input::Kept { until: at(90_000), why: "open".into() }, &rules(), at(62_100)));

    assert_eq!(shut.due().unwrap().at, at(90_000));
}

#[test]
fn what_nobody_wants_any_more_is_not_sent() {
    let unwanted = next(&sent().step(Input::Ordered(Order::Cancel), &rules(), at(1_500)));
    let outcome = Outcome::NotExecuted { why: "throttled".into(), not_before: None };
    let waits = next(&end(&unwanted, outcome));

    let turn = waits.step(Input::Turn, &rules(), at(60_000));

    assert_eq!((next(&turn).state.as_str(), turn.actions), ("cancelled", vec![Action::Settled]));
}

#[test]
fn what_was_given_up_and_may_stand_can_be_cancelled_all_the_same() {
    let twice = next(&end(&sent_again(), Outcome::Doubt("timed_out".into())));
    let failed = next(&look(&twice, vec![], 190_000));

    let cancelled = next(&failed.step(Input::Ordered(Order::Cancel), &rules(), at(200_000)));

    assert_eq!(cancelled.state.as_str(), "cancelled");
    assert_eq!(surplus_of(&next(&look(&cancelled, vec![other(9_000)], 250_000))), ["def"]);
}

#[test]
fn a_late_one_at_the_first_time_is_seen_though_it_was_moved() {
    let booking = next(&end(&sent_again(), Outcome::Created(ours())));
    let head = traced(("ghi", 30_000_000), Fate::Stands(Standing::Accepted), None);
    let moved = next(&booking.step(Input::Traced(Some(head)), &rules(), at(183_000)));
    assert_eq!((moved.start, moved.looks_from()), (at(30_000_000), at(START)));

    let seen = next(&look(&moved, vec![other(9_000)], 184_000));

    assert_eq!(surplus_of(&seen), ["def"]);
}

#[test]
fn an_owner_who_confirms_is_heard_from_the_webhook() {
    let pending = Seen { fate: Fate::Stands(Standing::Pending), ..ours() };
    let requested = next(&end(&sent(), Outcome::Created(pending)));

    let heard = next(&requested.step(Input::Witnessed(ours()), &rules(), at(5_000)));

    assert_eq!(due_ms(&heard), Some((5_000, Job::Trace)));
    assert_eq!(booked().step(Input::Witnessed(ours()), &rules(), at(5_000)), Step::nothing());
}

#[test]
fn what_was_settled_while_a_request_was_under_way_is_watched_from_when_that_ends_in_doubt() {
    let witnessed = next(&sent_again().step(Input::Witnessed(ours()), &rules(), at(182_500)));
    let outcome = Outcome::Doubt("timed_out".into());

    let over = next(&witnessed.step(Input::Ended { attempt: 2, outcome }, &rules(), at(242_000)));

    assert_eq!(over.state.as_str(), "booked");
    assert_eq!(due_ms(&over), Some((302_000, Job::Trace)));
}

#[test]
fn a_person_is_told_once_that_nobody_can_look() {
    let told = blind(&unsure(), 182_000);
    assert_eq!(told.actions, [call_back(Reason::BookingUnsure)]);

    assert_eq!(blind(&next(&told), 242_000).actions, []);
}

#[test]
fn what_is_over_is_not_looked_at_for_an_old_word() {
    assert_eq!(booked().step(Input::Hinted, &rules(), at(START + 1)), Step::nothing());
}

fn any_seen() -> impl Strategy<Value = Seen> {
    let uid = prop_oneof![Just("abc"), Just("def"), Just("ghi")];
    let was = prop_oneof![Just(vec![]), Just(vec!["abc".to_owned()])];
    (uid, any_fate(), any::<bool>(), was).prop_map(|(uid, fate, is_marked, was)| Seen {
        uid: uid.into(),
        fate,
        was,
        marked: is_marked.then(|| Uuid::from_u128(5).into()),
        ..ours()
    })
}

fn any_fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        Just(Fate::Stands(Standing::Accepted)),
        Just(Fate::Stands(Standing::Pending)),
        Just(Fate::Cancelled),
        Just(Fate::Rejected),
    ]
}

fn any_outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        any_seen().prop_map(Outcome::Created),
        Just(Outcome::DefiniteNo("no".into())),
        Just(Outcome::NotExecuted { why: "refused".into(), not_before: None }),
        Just(Outcome::NotAvailable),
        Just(Outcome::Doubt("timed_out".into())),
    ]
}

fn any_change_outcome() -> impl Strategy<Value = ChangeOutcome> {
    prop_oneof![
        prop::option::of(any_seen()).prop_map(ChangeOutcome::Done),
        Just(ChangeOutcome::DefiniteNo("no".into())),
        Just(ChangeOutcome::NotAvailable),
        Just(ChangeOutcome::Doubt("timed_out".into())),
    ]
}

pub(crate) fn any_input() -> impl Strategy<Value = Input> {
    let found = || prop::option::of(prop::collection::vec(any_seen(), 0..3));
    let trace = (prop_oneof![Just("abc"), Just("def")], any_fate())
        .prop_map(|(uid, fate)| traced((uid, START), fate, Some(2_000)));
    prop_oneof![
        3 => Just(Input::Turn),
        3 => (1u32..4, any_outcome()).prop_map(|(attempt, outcome)| Input::Ended { attempt, outcome }),
        2 => (found(), any::<bool>()).prop_map(|(found, told)| Input::Looked { found, told }),
        1 => (found(), any::<bool>()).prop_map(|(found, told)| Input::LookedFirst { found, told }),
        1 => Just(Input::RetryOrdered),
        1 => any_seen().prop_map(Input::Witnessed),
        1 => Just(Input::Hinted),
        1 => prop::option::of(trace).prop_map(Input::Traced),
        1 => Just(Input::Ordered(Order::Cancel)),
        1 => Just(Input::Ordered(TO)),
        1 => (1u32..4, any_change_outcome())
            .prop_map(|(attempt, outcome)| Input::ChangeEnded { attempt, outcome }),
        1 => any::<bool>().prop_map(|done| Input::Tidied { uid: "def".into(), done }),
        1 => Just(Input::Woke),
        1 => (0i64..9_000_000).prop_map(|ms| Input::Kept { until: at(ms), why: "open".into() }),
    ]
}

proptest! {
    /// Whatever comes in whatever order: no request leaves beside one whose fate is open without the look right before it, no
    /// more leave than may, what is open goes on, and what settles without an appointment has asked for a person or was
    /// cancelled by one.
    #[test]
    fn never_two_and_never_none(inputs in prop::collection::vec((any_input(), 0i64..60_000), 1..60)) {
        let (mut booking, mut now, mut told) = (waiting(), 0, false);
        for (input, pause) in inputs {
            now += pause;
            let looked_first = matches!(input, Input::LookedFirst { found: Some(_), told: false });
            let kept_until = if let Input::Kept { until, .. } = &input { Some(*until) } else { None };
            told |= matches!(input, Input::Looked { told: true, .. } | Input::LookedFirst { told: true, .. });
            let step = booking.step(input, &rules(), at(now));
            for action in &step.actions {
                if let Action::Send { .. } = action {
                    prop_assert!(booking.sent_maybe == 0 || looked_first);
                    prop_assert!(booking.sent_maybe < rules().sent_max);
                }
                told |= matches!(action, Action::CallBack { .. });
            }
            booking = step.next.unwrap_or(booking);
            prop_assert!(booking.is_settled() || booking.due().is_some() || booking.is_under_way());
            let turn = booking.due().filter(|due| due.job == Job::Turn);
            prop_assert!(kept_until.zip(turn).is_none_or(|(until, turn)| turn.at >= until));
            if matches!(booking.state, State::Refused { .. } | State::Failed { .. }) {
                prop_assert!(told);
            }
        }
    }

    /// A process that ends at any moment and starts again from what it has written down comes back to something to do, and
    /// sends nothing before it has looked.
    #[test]
    fn whatever_was_written_last_goes_on_after_a_restart(
        inputs in prop::collection::vec((any_input(), 0i64..60_000), 0..30)
    ) {
        let (mut booking, mut now) = (waiting(), 0);
        for (input, pause) in inputs {
            now += pause;
            booking = booking.step(input, &rules(), at(now)).next.unwrap_or(booking);
            let woken = booking.step(Input::Woke, &rules(), at(now));
            let after = woken.next.unwrap_or_else(|| booking.clone());
            prop_assert!(!after.is_under_way());
            prop_assert!(after.is_settled() || after.due().is_some());
            prop_assert_eq!(after.sent_maybe, booking.sent_maybe);
            let turn = after.step(Input::Turn, &rules(), at(now));
            let sends = turn.actions.iter().any(|action| matches!(action, Action::Send { .. }));
            prop_assert!(!sends || after.sent_maybe == 0);
        }
    }
}
