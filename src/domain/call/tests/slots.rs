//! Stories of slots: what is offered, what is taken, and what is said while the calendar is silent.

use serde_json::json;

use super::house::{CUT_BY_ANNA, CUT_BY_BEA, DYE_BY_BEA, anna, bea, local};
use super::line::{Line, slots_of, whole, whole_but};
use crate::domain::answer::Status;
use crate::domain::call::{Need, Outcome};
use crate::domain::slot::Kept;

const BOTH: [i64; 2] = [CUT_BY_ANNA, CUT_BY_BEA];

fn starts(answer: &crate::domain::answer::Answer) -> Vec<String> {
    slots_of(answer).into_iter().map(|(_, start)| start).collect()
}

#[test]
fn a_time_somebody_else_has_is_unavailable_and_the_nearest_are_offered() {
    let mut line = Line::new();
    line.calendar.book_out(&BOTH, "2026-10-20T14:30");
    let answer = line.collect(&whole());

    assert_eq!(answer.status, Status::Unavailable);
    assert_eq!(starts(&answer), ["2026-10-19T14:30", "2026-10-20T14:00", "2026-10-20T15:00"]);
    assert_eq!(
        answer.message,
        "Dienstag, 20. Oktober, 14 Uhr 30 ist leider nicht frei. Frei wären Montag, 19. Oktober, 14 Uhr 30, Dienstag, 20. Oktober, 14 Uhr und 15 Uhr. Passt Ihnen etwas davon?"
    );
}

#[test]
fn a_slot_offered_here_but_taken_since_is_slot_taken_and_none_of_the_others_clashes() {
    let mut line = Line::new();
    let offered = line.check(&json!({"dienstleistung": "Färben", "datum": "20.10.", "uhrzeit": "14:00"}));
    let kept = Kept { calendar: bea(), start: local("2026-10-20T14:30"), end: local("2026-10-20T15:00") };
    line.calendar.others.push((kept, local("2026-10-14T10:30")));
    let handle = slots_of(&offered)[0].0.clone();
    let answer = line.collect(&json!({"slot_id": handle, "name": "Erika Beispiel"}));

    assert_eq!(answer.status, Status::SlotTaken);
    assert_eq!(starts(&answer), ["2026-10-19T14:00", "2026-10-20T13:00", "2026-10-20T15:00"]);
}

#[test]
fn when_another_caller_is_faster_the_alternatives_do_not_clash_with_theirs() {
    let mut line = Line::new();
    let stretch = Kept { calendar: bea(), start: local("2026-10-20T14:00"), end: local("2026-10-20T15:30") };
    line.calendar.faster.push(stretch);
    let answer = line.collect(&whole_but(&json!({"dienstleistung": "Färben", "uhrzeit": "14:00"})));

    assert_eq!(answer.status, Status::Unavailable);
    assert_eq!(starts(&answer), ["2026-10-19T14:00", "2026-10-20T12:30", "2026-10-21T14:00"]);
}

#[test]
fn the_second_person_takes_the_caller_when_the_first_is_held_by_another() {
    let mut line = Line::new();
    let kept = Kept { calendar: anna(), start: local("2026-10-20T14:30"), end: local("2026-10-20T15:00") };
    line.calendar.faster.push(kept);
    let answer = line.collect(&whole());

    assert_eq!(
        (answer.status, &answer.field("appointment").unwrap()["staff"]),
        (Status::Held, &json!("Bea"))
    );
}

#[test]
fn at_most_so_many_alternatives_as_the_company_wants() {
    for most in [0, 1, 2] {
        let mut line = Line::new();
        line.company.policy.alternatives_max = most;
        line.calendar.book_out(&BOTH, "2026-10-20T14:30");

        assert_eq!(starts(&line.collect(&whole())).len(), usize::from(most));
    }
}

#[test]
fn with_nothing_else_that_day_the_days_after_are_offered() {
    let mut line = Line::new();
    line.calendar
        .only(&BOTH, &["2026-10-20T09:00", "2026-10-22T10:00", "2026-10-23T10:00", "2026-11-05T10:00"]);
    let answer = line.collect(&whole());

    assert_eq!(starts(&answer), ["2026-10-20T09:00", "2026-10-22T10:00", "2026-10-23T10:00"]);
}

#[test]
fn a_slot_named_by_its_handle_is_chosen() {
    let mut line = Line::new();
    let day = line.check(&json!({"dienstleistung": "Haarschnitt", "datum": "20.10."}));
    let handle = slots_of(&day)[1].0.to_uppercase();
    let answer = line.collect(&json!({"slot_id": format!(" {handle} "), "name": "Erika Beispiel"}));

    assert_eq!(starts(&day), ["2026-10-20T09:00", "2026-10-20T13:00", "2026-10-20T17:30"]);
    assert_eq!(answer.status, Status::Held);
    assert_eq!(line.draft(1).chosen.unwrap().slot.start, local("2026-10-20T13:00"));
}

#[test]
fn a_handle_that_contradicts_the_words_is_asked_about() {
    let contradictions = [
        json!({"datum": "21.10."}),
        json!({"uhrzeit": "14:00"}),
        json!({"datum": "21.10.", "uhrzeit": "9:00"}),
        json!({"datum": "31.11."}),
        json!({"dienstleistung": "Färben"}),
        json!({"mitarbeiter": "Bea"}),
    ];
    for contradiction in contradictions {
        let mut line = Line::new();
        line.check(&json!({"dienstleistung": "Haarschnitt", "datum": "20.10."}));
        let mut args = json!({"slot_id": "a1", "name": "Erika Beispiel"});
        args.as_object_mut().unwrap().extend(contradiction.as_object().unwrap().clone());
        let answer = line.collect(&args);

        assert_eq!(answer.status, Status::Clarify, "{contradiction}");
        assert_eq!(line.draft(1).chosen, None, "{contradiction}");
    }
}

#[test]
fn a_handle_whose_words_agree_is_chosen() {
    let agreeing = [
        json!({"datum": "20.10.", "uhrzeit": "9 Uhr"}),
        json!({"datum": "Dienstag"}),
        json!({"datum": "der erste Vorschlag"}),
        json!({"datum": "so bald wie möglich"}),
        json!({"mitarbeiter": "egal"}),
    ];
    for words in agreeing {
        let mut line = Line::new();
        line.check(&json!({"dienstleistung": "Haarschnitt", "datum": "20.10."}));
        let mut args = json!({"slot_id": "a1", "name": "Erika Beispiel"});
        args.as_object_mut().unwrap().extend(words.as_object().unwrap().clone());

        assert_eq!(line.collect(&args).status, Status::Held, "{words}");
        assert_eq!(line.draft(1).chosen.unwrap().slot.start, local("2026-10-20T09:00"), "{words}");
    }
}

#[test]
fn a_handle_nobody_gave_is_asked_about() {
    let mut line = Line::new();
    let answer = line.collect(&json!({"slot_id": "z7", "dienstleistung": "Haarschnitt"}));

    assert_eq!(answer.status, Status::Clarify);
    assert_eq!(line.draft(1).chosen, None);
}

#[test]
fn the_next_listing_has_other_handles() {
    let mut line = Line::new();
    let first = line.check(&json!({"dienstleistung": "Haarschnitt", "datum": "20.10."}));
    let second = line.check(&json!({"datum": "21.10."}));

    assert_eq!((slots_of(&first)[0].0.as_str(), slots_of(&second)[0].0.as_str()), ("a1", "b1"));
}

#[test]
fn what_can_be_had_soonest_is_of_the_first_day_with_anything_free() {
    let mut line = Line::new();
    line.calendar
        .only(&BOTH, &["2026-10-16T10:00", "2026-10-16T11:00", "2026-10-19T09:00", "2026-10-20T09:00"]);
    let answer = line.collect(&json!({"dienstleistung": "Haarschnitt", "datum": "so bald wie möglich"}));

    assert_eq!(answer.status, Status::Available);
    assert_eq!(starts(&answer), ["2026-10-16T10:00", "2026-10-16T11:00"]);
}

#[test]
fn on_a_day_at_any_time_the_slots_of_that_day_are_offered() {
    let mut line = Line::new();
    let answer =
        line.collect(&json!({"dienstleistung": "Haarschnitt", "datum": "22.10.", "uhrzeit": "egal"}));

    assert_eq!(answer.status, Status::Available);
    assert_eq!(starts(&answer), ["2026-10-22T09:00", "2026-10-22T13:00", "2026-10-22T17:30"]);
}

#[test]
fn on_any_day_at_a_time_the_first_days_with_that_time_are_offered() {
    let mut line = Line::new();
    line.calendar.book_out(&BOTH, "2026-10-14T17:00");
    let args = json!({"dienstleistung": "Haarschnitt", "datum": "egal", "uhrzeit": "17:00"});
    let answer = line.collect(&args);

    assert_eq!(starts(&answer), ["2026-10-15T17:00", "2026-10-16T17:00", "2026-10-19T17:00"]);
}

#[test]
fn with_nothing_free_for_weeks_a_callback_is_offered() {
    let mut line = Line::new();
    line.calendar.only(&BOTH, &[]);
    let answer = line.check(&json!({"dienstleistung": "Haarschnitt", "datum": "egal"}));

    assert_eq!((answer.status, starts(&answer).len()), (Status::Unavailable, 0));
}

#[test]
fn a_full_day_is_said_to_be_full() {
    let mut line = Line::new();
    line.calendar.only(&BOTH, &["2026-10-21T09:00"]);
    let answer = line.check(&json!({"dienstleistung": "Haarschnitt", "datum": "20.10."}));

    assert_eq!((answer.status, starts(&answer)), (Status::Unavailable, vec!["2026-10-21T09:00".to_owned()]));
    assert!(answer.message.contains("Frei wäre Mittwoch, 21. Oktober, 9 Uhr."), "{}", answer.message);
}

#[test]
fn while_the_calendar_is_silent_the_wish_is_noted_and_nothing_claimed() {
    let mut line = Line::new();
    line.calendar.reachable = false;
    let checked = line.check(&json!({"dienstleistung": "Haarschnitt", "datum": "20.10."}));
    let read_back = line.collect(&whole());
    let noted = line.yes();
    line.hang_up(&json!({}));

    assert_eq!(checked.status, Status::CalendarUnreachable);
    assert_eq!((read_back.status, noted.status), (Status::Noted, Status::Noted));
    assert!(
        read_back.message.contains("noch keine Zusage") && noted.message.contains("noch nicht bestätigt")
    );
    assert_eq!((line.intents.len(), line.outcome()), (1, Some(Outcome::Promised)));
}

#[test]
fn a_yes_while_the_calendar_has_fallen_silent_is_only_noted() {
    let mut line = Line::new();
    let held = line.collect(&whole());
    line.wait(2);
    line.calendar.reachable = false;
    let noted = line.yes();
    line.hang_up(&json!({}));

    assert_eq!((held.status, noted.status), (Status::Held, Status::Noted));
    assert_eq!(line.intents.len(), 1);
}

#[test]
fn a_yes_when_the_calendar_speaks_again_is_confirmed_even_if_it_counts_the_length_otherwise() {
    let mut line = Line::new();
    line.calendar.reachable = false;
    line.collect(&whole());
    line.wait(2);
    line.calendar.reachable = true;
    line.calendar.longer_by = 15;
    let confirmed = line.yes();

    assert_eq!(confirmed.status, Status::Confirmed);
    assert_eq!(line.draft(1).chosen.unwrap().slot.end, local("2026-10-20T15:15"));
}

#[test]
fn while_the_calendar_is_silent_another_callers_hold_still_counts() {
    let mut line = Line::new();
    line.calendar.reachable = false;
    let kept = |calendar| Kept { calendar, start: local("2026-10-20T14:00"), end: local("2026-10-20T15:30") };
    line.calendar.faster.extend([kept(anna()), kept(bea())]);
    let answer = line.collect(&whole());

    assert_eq!((answer.status, starts(&answer).len()), (Status::Unavailable, 0));
}

#[test]
fn the_chosen_slot_is_read_fresh() {
    let mut line = Line::new();
    line.collect(&whole());

    let after_who_rang = |need: &&Need| !matches!(need, Need::Earlier { .. });
    let asked: Vec<&Need> = line.calendar.asked.iter().filter(after_who_rang).collect();
    assert!(matches!(asked[0], Need::Slots { fresh: true, days: 1, .. }));
    assert!(matches!(asked[1], Need::Hold { appointment: 1, .. }));
}

#[test]
fn another_time_lets_go_of_the_first() {
    let mut line = Line::new();
    line.collect(&whole());
    line.calendar.book_out(&[CUT_BY_ANNA, CUT_BY_BEA, DYE_BY_BEA], "2026-10-21T09:00");
    line.collect(&json!({"datum": "21.10.", "uhrzeit": "9:00"}));

    assert!(line.calendar.holds.is_empty());
}
