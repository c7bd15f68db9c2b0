//! Stories of wishes that leave room: any day of a week, any time of a morning, more to choose from, another branch.

use jiff::civil::{date, time};
use serde_json::{Value, json};

use super::house::{CUT_BY_ANNA, CUT_BY_BEA, CUT_IN_THE_NORTH, local, nord};
use super::line::{Line, slots_of, whole_but};
use crate::domain::alternatives::{Days, Times};
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::{StaffWish, Wish};
use crate::domain::call::{Event, Function};

const BOTH: [i64; 2] = [CUT_BY_ANNA, CUT_BY_BEA];
/// Monday to Saturday after the call.
const NEXT_WEEK: Days = Days { first: date(2026, 10, 19), last: date(2026, 10, 24) };
const MORNING: Times = Times { from: time(9, 0, 0, 0), until: time(12, 0, 0, 0) };

fn starts(answer: &Answer) -> Vec<String> {
    slots_of(answer).into_iter().map(|(_, start)| start).collect()
}

fn cut() -> Value {
    json!({"dienstleistung": "Haarschnitt"})
}

/// The caller has said so much about when.
fn wishing(wish: Wish) -> Line {
    let mut line = Line::new();
    line.write(vec![Event::heard(1, wish)]);
    line
}

fn next_week() -> Wish {
    Wish { days: Some(NEXT_WEEK), ..Wish::default() }
}

#[test]
fn of_a_week_three_times_are_offered_from_its_beginning_to_its_end() {
    let mut line = wishing(next_week());
    let answer = line.check(&cut());

    assert_eq!(answer.status, Status::Available);
    assert_eq!(starts(&answer), ["2026-10-19T09:00", "2026-10-21T15:30", "2026-10-24T13:30"]);
}

#[test]
fn however_a_window_is_said_it_is_the_same_window() {
    let monday_to_saturday_mornings = ["2026-10-19T09:00", "2026-10-21T11:30", "2026-10-24T11:30"];
    let at_ten = ["2026-10-19T10:00", "2026-10-21T10:00", "2026-10-24T10:00"];
    for (datum, uhrzeit, offered) in [
        ("nächste Woche", Some("vormittags"), monday_to_saturday_mornings),
        ("nächste Woche vormittags", None, monday_to_saturday_mornings),
        ("nächste Woche", Some("um zehn Uhr"), at_ten),
        ("nächste Woche um zehn Uhr", None, at_ten),
        ("Freitag Nachmittag", None, ["2026-10-16T13:00", "2026-10-16T14:30", "2026-10-16T16:30"]),
        ("Freitag", Some("ab 16 Uhr"), ["2026-10-16T16:00", "2026-10-16T16:30", "2026-10-16T17:30"]),
        (
            "Freitag",
            Some("zwischen zwei und vier"),
            ["2026-10-16T14:00", "2026-10-16T14:30", "2026-10-16T15:30"],
        ),
        ("egal", Some("vormittags"), ["2026-10-14T11:30", "2026-10-15T09:00", "2026-10-16T09:00"]),
        ("vormittags", None, ["2026-10-14T11:30", "2026-10-15T09:00", "2026-10-16T09:00"]),
        ("ab Montag", None, ["2026-10-19T09:00", "2026-10-19T13:00", "2026-10-19T17:30"]),
        ("Anfang November", None, ["2026-11-02T09:00", "2026-11-05T15:30", "2026-11-10T17:30"]),
    ] {
        for function in [Function::CheckAvailability, Function::CollectAppointment] {
            let args = json!({"dienstleistung": "Haarschnitt", "datum": datum, "uhrzeit": uhrzeit});
            let answer = Line::new().invoke(&function, &args);

            assert_eq!(
                (answer.status, starts(&answer)),
                (Status::Available, offered.map(str::to_owned).to_vec()),
                "{datum} {uhrzeit:?}"
            );
        }
    }
}

#[test]
fn around_a_time_is_half_an_hour_on_either_side() {
    let args = json!({"dienstleistung": "Haarschnitt", "datum": "Freitag", "uhrzeit": "gegen vier"});

    assert_eq!(starts(&Line::new().check(&args)), ["2026-10-16T15:30", "2026-10-16T16:00"]);
}

#[test]
fn a_window_and_a_time_that_is_said_later_go_together() {
    let mut line = Line::new();
    line.collect(&json!({"dienstleistung": "Haarschnitt", "datum": "nächste Woche"}));

    let at_ten = line.collect(&json!({"uhrzeit": "10 Uhr"}));
    let held = line.collect(&json!({"datum": "Donnerstag, der 22.10.", "name": "Erika Beispiel"}));

    assert_eq!(starts(&at_ten), ["2026-10-19T10:00", "2026-10-21T10:00", "2026-10-24T10:00"]);
    assert_eq!(held.field("appointment").unwrap()["start"], "2026-10-22T10:00:00+02:00");
}

#[test]
fn of_the_mornings_of_a_week_only_mornings_are_offered() {
    let mut line = wishing(Wish { times: Some(MORNING), ..next_week() });

    assert_eq!(starts(&line.check(&cut())), ["2026-10-19T09:00", "2026-10-21T11:30", "2026-10-24T11:30"]);
}

#[test]
fn any_day_of_a_week_at_one_time_is_that_time() {
    let at_ten = Wish { time: Some(time(10, 0, 0, 0)), ..next_week() };

    let answer = wishing(at_ten).collect(&cut());

    assert_eq!(answer.status, Status::Available);
    assert_eq!(starts(&answer), ["2026-10-19T10:00", "2026-10-21T10:00", "2026-10-24T10:00"]);
}

#[test]
fn with_nothing_in_the_window_the_nearest_outside_is_offered_and_said_to_be() {
    let mut line = wishing(Wish { date: Some(date(2026, 10, 20)), times: Some(MORNING), ..Wish::default() });
    line.calendar.only(&BOTH, &["2026-10-20T12:30", "2026-10-20T17:30", "2026-10-22T09:30"]);
    let answer = line.check(&cut());

    assert_eq!(answer.status, Status::Unavailable);
    assert_eq!(starts(&answer), ["2026-10-20T12:30", "2026-10-20T17:30", "2026-10-22T09:30"]);
    assert_eq!(
        answer.message,
        "In dieser Zeit ist leider nichts frei. Frei wären Dienstag, 20. Oktober, 12 Uhr 30, 17 Uhr 30 und Donnerstag, 22. Oktober, 9 Uhr 30. Passt Ihnen etwas davon?"
    );
}

#[test]
fn a_window_that_is_partly_over_is_what_is_left_of_it_and_one_that_is_over_is_past() {
    let this_week = Days { first: date(2026, 10, 12), last: date(2026, 10, 14) };
    let mut line = wishing(Wish { days: Some(this_week), ..Wish::default() });
    let last_week = Days { first: date(2026, 10, 5), last: date(2026, 10, 10) };
    let mut late = wishing(Wish { days: Some(last_week), ..Wish::default() });
    let next_year = Days { first: date(2027, 3, 1), last: date(2027, 3, 31) };
    let mut early = wishing(Wish { days: Some(next_year), ..Wish::default() });

    assert_eq!(starts(&line.check(&cut()))[0], "2026-10-14T11:30", "an hour is needed beforehand");
    assert_eq!(late.check(&cut()).status, Status::Past);
    assert_eq!(early.check(&cut()).status, Status::TooFar);
}

#[test]
fn whoever_asks_the_same_again_hears_of_other_times_until_there_are_none() {
    let free =
        ["2026-10-20T09:00", "2026-10-20T10:00", "2026-10-20T11:00", "2026-10-20T16:00", "2026-10-21T09:00"];
    let mut line = Line::new();
    line.calendar.only(&BOTH, &free);
    let tuesday = json!({"dienstleistung": "Haarschnitt", "datum": "20.10."});

    let (first, second, third) = (line.check(&tuesday), line.check(&tuesday), line.check(&tuesday));

    assert_eq!(starts(&first), ["2026-10-20T09:00", "2026-10-20T10:00", "2026-10-20T16:00"]);
    assert_eq!(starts(&second), ["2026-10-20T11:00"]);
    assert_eq!((third.status, starts(&third)), (Status::Unavailable, vec!["2026-10-21T09:00".to_owned()]));
    assert!(third.message.starts_with("Mehr ist in dieser Zeit nicht frei."), "{}", third.message);
    let fourth = line.check(&tuesday);
    assert_eq!((fourth.status, starts(&fourth).len()), (Status::Unavailable, 0), "{}", fourth.message);
}

#[test]
fn whoever_asks_for_the_soonest_again_hears_of_later_times() {
    let mut line = Line::new();
    line.calendar
        .only(&BOTH, &["2026-10-15T09:00", "2026-10-15T10:00", "2026-10-16T11:00", "2026-10-19T09:00"]);
    let soonest = json!({"dienstleistung": "Haarschnitt", "datum": "egal"});

    let heard: Vec<Vec<String>> = (0..4).map(|_| starts(&line.check(&soonest))).collect();

    assert_eq!(heard[0], ["2026-10-15T09:00", "2026-10-15T10:00"]);
    assert_eq!(
        (heard[1].as_slice(), heard[2].as_slice()),
        (&["2026-10-16T11:00".into()][..], &["2026-10-19T09:00".into()][..])
    );
    assert_eq!(heard[3].len(), 0);
}

#[test]
fn another_question_between_begins_the_first_anew() {
    let mut line = Line::new();
    let (tuesday, thursday) =
        (json!({"dienstleistung": "Haarschnitt", "datum": "20.10."}), json!({"datum": "22.10."}));
    let first = line.check(&tuesday);
    line.check(&thursday);

    assert_eq!(starts(&line.check(&json!({"datum": "20.10."}))), starts(&first));
}

#[test]
fn a_time_that_is_said_at_last_takes_the_place_of_the_window() {
    let mut line = wishing(Wish { times: Some(MORNING), ..next_week() });
    let offered = line.collect(&cut());
    let held = line.collect(&whole_but(&json!({})));

    assert_eq!((offered.status, held.status), (Status::Available, Status::Held));
    assert_eq!((line.draft(1).wish.days, line.draft(1).wish.times), (None, None));
}

#[test]
fn a_window_said_after_a_time_voids_the_yes_that_was_to_that_time() {
    let mut line = Line::new();
    line.collect(&whole_but(&json!({})));
    line.write(vec![Event::heard(1, next_week())]);
    let answer = line.yes();

    assert_ne!(answer.status, Status::Confirmed);
    assert_eq!(line.draft(1).wish.date, None);
}

#[test]
fn when_the_wished_person_has_no_time_somebody_else_at_that_time_is_offered_by_name() {
    let mut line = Line::new();
    line.calendar.book_out(&[CUT_BY_ANNA], "2026-10-20T14:30");
    let answer = line.collect(&whole_but(&json!({"mitarbeiter": "bei der Anna"})));

    assert_eq!(answer.status, Status::Unavailable);
    assert_eq!(starts(&answer), ["2026-10-20T14:00", "2026-10-20T14:30", "2026-10-20T15:00"]);
    assert!(answer.message.contains("14 Uhr, 14 Uhr 30 bei Bea und 15 Uhr"), "{}", answer.message);
    let handle = slots_of(&answer)[1].0.clone();
    let held = line.collect(&json!({"slot_id": handle}));
    assert_eq!(held.field("appointment").unwrap()["staff"], "Bea");
    assert_eq!(line.draft(1).wish.staff, Some(StaffWish::Named("Bea".into())));
}

#[test]
fn where_this_branch_has_nothing_another_one_is_offered_and_what_is_taken_there_is_there() {
    let mut line = Line::new();
    line.calendar.only(&[CUT_IN_THE_NORTH], &["2026-10-20T15:00", "2026-10-21T09:00"]);
    let answer = line.collect(&whole_but(&json!({})));

    assert_eq!(answer.status, Status::Unavailable);
    assert_eq!(answer.field("slots").unwrap()[0]["branch"], "Salon Beispiel Nord");
    assert_eq!(
        answer.message,
        "Dienstag, 20. Oktober, 14 Uhr 30 ist leider nicht frei. In der Filiale Salon Beispiel Nord wären Dienstag, 20. Oktober, 15 Uhr und Mittwoch, 21. Oktober, 9 Uhr frei. Passt Ihnen etwas davon?"
    );
    let handle = slots_of(&answer)[0].0.clone();
    let held = line.collect(&json!({"slot_id": handle}));
    assert_eq!(held.status, Status::Held, "{}", held.message);
    assert!(held.message.contains("Salon Beispiel Nord"), "{}", held.message);
    line.yes();
    line.hang_up(&json!({}));
    assert_eq!((line.intents[0].branch, line.starts()[0]), (nord(), local("2026-10-20T15:00")));
}

#[test]
fn with_a_promise_at_this_branch_no_other_is_offered() {
    let mut line = Line::new();
    line.collect(&whole_but(&json!({})));
    line.yes();
    line.calendar.only(&[CUT_IN_THE_NORTH], &["2026-10-20T15:00"]);

    let answer = line.collect(&whole_but(&json!({"termin": 2, "datum": "21.10."})));

    assert_eq!((answer.status, starts(&answer).len()), (Status::Unavailable, 0));
}
