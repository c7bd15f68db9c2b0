//! Stories and the one sentence that says why: for every way a call can end and every state a booking can be in.

use serde_json::{Value, json};

use super::house::{berlin, local};
use super::line::{Line, collected, whole, whole_but};
use crate::domain::answer::{Answer, Status};
use crate::domain::booking::{Booking, Standing, State};
use crate::domain::call::why::{Case, Enquiry, Given, Item, Promise, why};
use crate::domain::callback::Reason;
use crate::domain::ids::BookingId;

/// How the booking of each intent stands.
pub(super) struct Books<'a> {
    pub(super) states: &'a [State],
    pub(super) sent_maybe: u32,
    pub(super) hung_up_because: Option<&'a str>,
    /// Callback items that belong to the first booking.
    pub(super) told: &'a [Reason],
    pub(super) enquiry: Option<Enquiry>,
}

pub(super) const NOTHING: Books<'_> =
    Books { states: &[], sent_maybe: 0, hung_up_because: Some("user_hangup"), told: &[], enquiry: None };

fn given((function, answer): &(String, Answer)) -> Given {
    let missing = answer.field("missing").and_then(Value::as_array).cloned().unwrap_or_default();
    Given {
        function: function.clone(),
        status: answer.status,
        missing: missing.iter().map(|field| field.as_str().unwrap().to_owned()).collect(),
        paused: answer.field("paused").is_some(),
    }
}

pub(super) fn sentence(line: &Line, books: &Books<'_>) -> String {
    let promises = line.intents.iter().zip(books.states).map(|(intent, state)| Promise {
        appointment: intent.appointment,
        service: intent.service_name.clone(),
        staff: intent.slot.staff.clone(),
        booking: Booking {
            attempts: 1,
            sent_maybe: books.sent_maybe,
            state: state.clone(),
            ..Booking::new(intent.booking, intent.slot.start, line.now)
        },
        since: local("2026-10-14T10:06"),
    });
    let item = |reason, booking, has_number| Item {
        reason,
        booking,
        due: local("2026-10-14T12:05"),
        is_open: true,
        has_number,
    };
    let noted = line.callbacks.iter().map(|one| item(one.reason, one.booking, one.phone.is_some()));
    let first = line.intents.first().map(|intent| intent.booking);
    let told = books.told.iter().map(|reason| item(*reason, first, true));
    let case = Case {
        blank: line.blank.clone(),
        journal: line.journal.clone(),
        answers: line.answers.iter().map(given).collect(),
        promises: promises.collect(),
        spoken_of: line.calendar.standing.values().cloned().collect(),
        callbacks: noted.chain(told).collect(),
        hung_up_because: books.hung_up_because.map(str::to_owned),
        company: Some(&line.company),
        zone: berlin(),
        analysis_wait_ms: 600_000,
        silent_after_ms: 900_000,
        enquiry: books.enquiry,
        now: line.now,
    };
    why(&case)
}

pub(super) fn over(line: &mut Line, words: &Value) {
    line.hang_up(words);
    line.analyzed(words);
}

fn promised() -> Line {
    let mut line = Line::new();
    line.collect(&whole());
    line.yes();
    over(&mut line, &json!({}));
    line
}

fn booked() -> State {
    State::Booked { uid: "u".into(), standing: Standing::Accepted }
}

pub(super) const CUT: &str = "Haarschnitt with Anna on Tue 20 Oct 2026, 14:30";

#[test]
#[expect(clippy::too_many_lines, reason = "a table: each state with its sentence")]
fn every_state_of_a_promise_has_its_sentence() {
    let agreed = "the caller said yes to what was read back";
    let call = "a person is to call back by Wed 14 Oct 2026, 12:05";
    let stories: Vec<(State, u32, &[Reason], String)> = vec![
        (
            booked(),
            1,
            &[],
            format!("{CUT} was booked: {agreed}, and Cal.com accepted it (Wed 14 Oct 2026, 10:06)."),
        ),
        (
            State::Booked { uid: "u".into(), standing: Standing::Pending },
            1,
            &[],
            format!(
                "{CUT} was requested: {agreed}, and Cal.com took it (Wed 14 Oct 2026, 10:06), but its owner must still confirm it."
            ),
        ),
        (
            State::Waiting { not_before: None },
            0,
            &[],
            format!(
                "{CUT} is promised and not booked yet: {agreed}, and it waits for its turn in the calendar's queue."
            ),
        ),
        (
            State::Waiting { not_before: Some(local("2026-10-14T10:07")) },
            0,
            &[],
            format!(
                "{CUT} is promised and not booked yet: {agreed}, and Cal.com cannot be asked just now, next try at 10:07:00."
            ),
        ),
        (
            State::Sent { attempt: 2, since: local("2026-10-14T10:05") },
            1,
            &[],
            format!("{CUT} is being booked: attempt 2 left for Cal.com at 10:05:00 and is not answered yet."),
        ),
        (
            State::Unsure {
                since: local("2026-10-14T10:05"),
                looks: 0,
                why: "timed_out".into(),
                look_at: local("2026-10-14T10:06"),
            },
            1,
            &[],
            format!(
                "{CUT} may stand in the calendar or not: the request to Cal.com ended in doubt at 10:05:00 (Cal.com did not answer in time), and it is to be looked for at 10:06:00."
            ),
        ),
        (
            State::Unsure {
                since: local("2026-10-14T10:05"),
                looks: 3,
                why: "restarted".into(),
                look_at: local("2026-10-14T10:09"),
            },
            1,
            &[Reason::BookingUnsure],
            format!(
                "{CUT} may stand in the calendar or not: the request to Cal.com ended in doubt at 10:05:00 (this program was stopped before the answer arrived), and it was looked for 3 times without being found and is to be looked for at 10:09:00, and {call}."
            ),
        ),
        (
            State::Refused { why: "slot_taken".into() },
            1,
            &[Reason::SlotTaken],
            format!(
                "{CUT} was not booked: Cal.com says that the time is taken or not available, and {call}."
            ),
        ),
        (
            State::Refused { why: "bad_key".into() },
            1,
            &[Reason::BookingRefused],
            format!("{CUT} was not booked: Cal.com does not accept the account's key, and {call}."),
        ),
        (
            State::Failed { why: "the calendar could not be reached in time".into() },
            0,
            &[Reason::CalendarUnreachable],
            format!(
                "{CUT} was not booked and is given up: the calendar could not be reached in time, and {call}."
            ),
        ),
        (
            State::Failed { why: "nobody knows whether it stood (broken)".into() },
            1,
            &[Reason::BookingUnsure],
            format!(
                "{CUT} was given up and may stand in the calendar all the same: the connection broke before the answer was complete, and it was not found before its time had come, and {call}."
            ),
        ),
        (
            State::Cancelled { why: "cancelled at Cal.com".into() },
            1,
            &[],
            format!("{CUT} does not stand any more: cancelled at Cal.com."),
        ),
        (
            State::Cancelled { why: "test mode: nothing is written at Cal.com".into() },
            0,
            &[],
            format!("{CUT} was not booked: the company is in test mode, so nothing is written at Cal.com."),
        ),
    ];
    for (state, sent_maybe, told, expected) in stories {
        let books = Books { states: &[state], sent_maybe, told, ..NOTHING };

        assert_eq!(sentence(&promised(), &books), expected);
    }
}

#[test]
fn the_sentence_says_how_the_caller_agreed() {
    let mut variables = Line::new();
    over(&mut variables, &collected());
    let mut unasked = Line::new();
    unasked.company.policy.require_confirmation = false;
    unasked.collect(&whole());
    over(&mut unasked, &json!({}));
    let books = Books { states: &[booked()], ..NOTHING };

    assert_eq!(
        sentence(&variables, &books),
        format!(
            "{CUT} was booked: the yes stood in the call's variables when it ended, and Cal.com accepted it (Wed 14 Oct 2026, 10:06)."
        )
    );
    assert_eq!(
        sentence(&unasked, &books),
        format!(
            "{CUT} was booked: the wish was complete, and this company asks for no further yes, and Cal.com accepted it (Wed 14 Oct 2026, 10:06)."
        )
    );
}

#[test]
fn several_appointments_share_one_sentence() {
    let mut line = Line::new();
    line.collect(&whole());
    line.yes();
    line.collect(&whole_but(&json!({"termin": 2, "datum": "22.10."})));
    line.collect(&json!({"termin": 2, "bestaetigung": true}));
    line.collect(&whole_but(&json!({"termin": 3, "datum": "23.10."})));
    over(&mut line, &json!({}));
    let books =
        Books { states: &[booked(), State::Refused { why: "slot_taken".into() }], told: &[], ..NOTHING };

    assert_eq!(
        sentence(&line, &books),
        format!(
            "{CUT} was booked: the caller said yes to what was read back, and Cal.com accepted it (Wed 14 Oct 2026, 10:06); \
             Haarschnitt with Anna on Thu 22 Oct 2026, 14:30 was not booked: Cal.com says that the time is taken or not \
             available; nothing was booked for appointment 3: Haarschnitt with Anna on Fri 23 Oct 2026, 14:30 was read back, \
             and the caller hung up before a yes, and a person is to call back by Wed 14 Oct 2026, 12:05."
        )
    );
}

#[test]
fn while_nothing_is_decided_the_sentence_says_how_far_it_is() {
    let mut line = Line::new();
    assert_eq!(
        sentence(&line, &NOTHING),
        "Nothing is booked yet: the call is still under way; nothing has been agreed so far."
    );
    line.collect(&whole_but(&json!({"name": null})));
    assert_eq!(
        sentence(&line, &NOTHING),
        format!(
            "Nothing is booked yet: the call is still under way; {CUT} is held and not read back so far."
        )
    );
    line.collect(&whole());
    assert_eq!(
        sentence(&line, &NOTHING),
        format!(
            "Nothing is booked yet: the call is still under way; {CUT} was read back and the caller has not said yes so far."
        )
    );
    line.yes();
    assert_eq!(
        sentence(&line, &NOTHING),
        format!(
            "Nothing is booked yet: the call is still under way; the caller has agreed to {CUT}, which is booked when the call ends."
        )
    );
    line.wait(20);
    assert_eq!(
        sentence(&line, &NOTHING),
        format!(
            "Nothing is booked yet: Retell has not reported the end of the call, last heard of at Wed 14 Oct 2026, 10:05; the caller has agreed to {CUT}, which is booked when the call ends."
        )
    );
}

#[test]
fn an_ended_call_without_a_yes_waits_for_its_analysis() {
    let mut line = Line::new();
    line.collect(&whole());
    line.hang_up(&json!({}));

    assert_eq!(
        sentence(&line, &NOTHING),
        format!(
            "Nothing is booked yet: the call ended at Wed 14 Oct 2026, 10:05 and waits until 10:15:00 for Retell's analysis; {CUT} was read back and the caller has not said yes so far."
        )
    );
    line.wait(11);
    assert!(sentence(&line, &NOTHING).contains("is due to be settled without Retell's analysis"));
}

#[test]
fn without_any_number_the_sentence_says_that_nobody_can_call_back() {
    let mut line = Line::withheld();
    line.collect(&whole_but(&json!({"telefonnummer": "030 901821"})));
    let mut unknown = Line::withheld();
    unknown.collect(&whole());
    over(&mut unknown, &json!({}));

    assert_eq!(
        sentence(&unknown, &NOTHING),
        format!("Nothing was booked: the call ended before a number to call back was known (wished: {CUT}).")
    );
}

#[test]
fn a_second_appointment_does_not_borrow_the_answer_about_the_first() {
    let mut line = Line::new();
    line.collect(&whole());
    line.collect(&json!({"termin": 2, "dienstleistung": "Färben"}));
    let held = line.yes();
    over(&mut line, &json!({}));
    let books = Books { states: &[booked()], ..NOTHING };

    assert_eq!(held.status, Status::Confirmed);
    assert!(
        sentence(&line, &books)
            .ends_with("; nothing was booked for appointment 2: nothing was agreed about Färben."),
        "{}",
        sentence(&line, &books)
    );
}

#[test]
fn an_overdue_callback_is_not_announced_as_if_it_were_to_come() {
    let mut line = promised();
    line.wait(180);
    let state = State::Refused { why: "slot_taken".into() };
    let books = Books { states: &[state], told: &[Reason::SlotTaken], ..NOTHING };

    assert!(
        sentence(&line, &books)
            .ends_with("a person was to call back by Wed 14 Oct 2026, 12:05, which is still open."),
        "{}",
        sentence(&line, &books)
    );
    assert_eq!(line.intents[0].booking, BookingId::of(line.call.id, 1));
}
