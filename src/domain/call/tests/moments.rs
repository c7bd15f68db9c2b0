//! Stories of days and times that cannot be had, or that only the caller can make clear.

use serde_json::{Value, json};

use super::house::{cut, local};
use super::line::{Line, whole, whole_but};
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::Stage;
use crate::domain::holidays::Region;

fn asked_for(args: &Value) -> Answer {
    Line::new().collect(&whole_but(args))
}

#[test]
fn what_is_past_is_past() {
    for args in [
        json!({"datum": "20.10.2023"}),
        json!({"datum": "2023-10-20"}),
        json!({"datum": "14.10.", "uhrzeit": "9:00"}),
        json!({"datum": "heute", "uhrzeit": "10:00"}),
    ] {
        let answer = asked_for(&args);

        assert_eq!(answer.status, Status::Past, "{args} {}", answer.message);
    }
}

#[test]
fn what_nobody_could_mean_is_asked_about() {
    for args in [
        json!({"datum": "Montag, 20.10."}),
        json!({"datum": "31.11."}),
        json!({"uhrzeit": "25 Uhr"}),
        json!({"datum": "nach den Herbstferien"}),
        json!({"datum": "Mittwoch"}),
    ] {
        let answer = asked_for(&args);

        assert_eq!(answer.status, Status::Clarify, "{args}");
        assert!(answer.field("candidates").is_some_and(Value::is_array), "{args}");
    }
}

#[test]
fn of_two_readings_the_caller_chooses() {
    let mut line = Line::new();
    let asked = line.collect(&whole_but(&json!({"datum": "Mittwoch"})));
    let chosen = line.collect(&json!({"datum": "21.10."}));

    assert_eq!(asked.field("candidates").unwrap().as_array().unwrap().len(), 2);
    assert!(asked.message.starts_with("Meinen Sie Mittwoch, 14. Oktober"), "{}", asked.message);
    assert_eq!(chosen.status, Status::Held, "the time was clear and is kept");
}

#[test]
fn a_closed_house_is_closed() {
    for args in [
        json!({"datum": "18.10."}),
        json!({"uhrzeit": "20:00"}),
        json!({"datum": "17.10.", "uhrzeit": "13:45"}),
        json!({"dienstleistung": "Färben", "uhrzeit": "17:00"}),
    ] {
        assert_eq!(asked_for(&args).status, Status::Closed, "{args}");
    }
    let answer = Line::new().check(&json!({"dienstleistung": "Haarschnitt", "datum": "18.10."}));

    assert_eq!(
        answer.message,
        "Am Sonntag, 18. Oktober, haben wir geschlossen. Welcher andere Tag passt Ihnen?"
    );
}

#[test]
fn notice_and_horizon_are_kept() {
    let too_soon = asked_for(&json!({"datum": "14.10.", "uhrzeit": "11:00"}));
    let in_time = asked_for(&json!({"datum": "14.10.", "uhrzeit": "11:30"}));
    let too_far = asked_for(&json!({"datum": "15.02.2027"}));

    assert_eq!((too_soon.status, in_time.status), (Status::TooSoon, Status::Held));
    assert_eq!(too_far.status, Status::TooFar);
    let day_too_far = Line::new().check(&json!({"dienstleistung": "Haarschnitt", "datum": "15.02.2027"}));
    assert_eq!(day_too_far.status, Status::TooFar);
}

#[test]
fn a_slot_that_is_held_does_not_become_too_soon_while_the_caller_says_yes() {
    let mut line = Line::new();
    line.collect(&whole_but(&json!({"datum": "14.10.", "uhrzeit": "11:30"})));
    line.wait(26);

    assert_eq!(line.yes().status, Status::Confirmed);
}

#[test]
fn an_objection_lets_go_of_what_was_held() {
    let mut line = Line::new();
    line.collect(&whole());
    let answer = line.collect(&json!({"datum": "18.10."}));

    assert_eq!(answer.status, Status::Closed);
    assert_eq!((line.draft(1).chosen, line.stage(1)), (None, Stage::Open));
    assert!(line.calendar.holds.is_empty());
}

#[test]
fn a_holiday_is_named_when_it_is_why_nothing_can_be_had() {
    let mut line = Line::new();
    line.company.branches[0].opening.as_mut().unwrap().holidays = Region::parse("DE-ST").ok();

    for args in [json!({"datum": "31.10."}), json!({"datum": "31.10.", "uhrzeit": "10 Uhr"})] {
        let whole = whole_but(&args);
        for answer in [line.check(&whole), line.collect(&whole)] {
            assert_eq!(answer.status, Status::Closed, "{args}");
            let because = "Am Samstag, 31. Oktober, ist Reformationstag, da haben wir geschlossen.";
            assert!(answer.message.starts_with(because), "{}", answer.message);
        }
    }
    assert_eq!(line.check(&json!({"datum": "30.10."})).status, Status::Available);
}

#[test]
fn tomorrow_is_counted_from_the_beginning_of_the_call() {
    let mut line = Line::new();
    line.collect(&json!({"dienstleistung": "Haarschnitt", "name": "Erika Beispiel", "uhrzeit": "14:30"}));
    line.now = local("2026-10-15T00:05");
    line.collect(&json!({"datum": "morgen"}));

    assert_eq!(line.draft(1).chosen.unwrap().slot.start, local("2026-10-15T14:30"));
}

#[test]
fn day_and_time_may_stand_in_either_argument() {
    for args in [
        json!({"datum": "20.10. um 14:30", "uhrzeit": null}),
        json!({"datum": null, "uhrzeit": "20.10. um 14:30"}),
        json!({"datum": "14:30", "uhrzeit": "20.10."}),
        json!({"datum": "2026-10-20T14:30:00+02:00", "uhrzeit": "14:30"}),
    ] {
        let mut line = Line::new();
        let answer = line.collect(&whole_but(&args));

        assert_eq!(answer.status, Status::Held, "{args} {}", answer.message);
        assert_eq!(line.draft(1).chosen.unwrap().slot.start, local("2026-10-20T14:30"), "{args}");
    }
}

#[test]
fn a_new_day_keeps_the_time_and_a_new_time_the_day() {
    let mut line = Line::new();
    line.collect(&whole());
    line.collect(&json!({"datum": "22.10."}));
    let other_day = line.draft(1).chosen.unwrap().slot.start;
    line.collect(&json!({"uhrzeit": "10:00"}));

    assert_eq!(other_day, local("2026-10-22T14:30"));
    assert_eq!(line.draft(1).chosen.unwrap().slot.start, local("2026-10-22T10:00"));
    assert_eq!(line.draft(1).wish.service, Some(cut()));
}

#[test]
fn the_house_in_another_zone_keeps_its_own_clock() {
    let mut line = Line::new();
    line.company.branches[0].zone = jiff::tz::TimeZone::get("Europe/Helsinki").unwrap();
    line.company.branches[0].zone_name = "Europe/Helsinki".into();
    let answer = line.collect(&whole());

    assert_eq!(answer.field("appointment").unwrap()["start"], "2026-10-20T14:30:00+03:00");
}
