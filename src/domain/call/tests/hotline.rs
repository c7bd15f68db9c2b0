//! Stories of a hotline: what is said before the branch is known stays, and a question about another branch moves nothing.

use serde_json::json;

use super::house::{cut, local, mitte, nord};
use super::line::{Line, whole, whole_but};
use super::why::{NOTHING, over, sentence};
use crate::domain::answer::Status;
use crate::domain::appointment::Stage;
use crate::domain::call::{Function, Outcome};
use crate::domain::callback::Reason;

#[test]
fn what_was_said_before_the_branch_is_known_stays() {
    let mut line = Line::hotline();
    let asked = line.collect(&whole());
    let read_back = line.collect(&json!({"filiale": "in Mitte bitte"}));

    assert_eq!(asked.field("missing"), Some(&json!(["filiale"])));
    assert_eq!(read_back.status, Status::Held, "{}", read_back.message);
    assert_eq!((line.draft(1).wish.service, line.call.branch), (Some(cut()), Some(mitte())));
    assert_eq!(line.draft(1).chosen.unwrap().slot.start, local("2026-10-20T14:30"));
}

#[test]
fn what_the_branch_does_not_give_is_asked_about_once_it_is_known() {
    let mut line = Line::hotline();
    line.collect(&json!({"dienstleistung": "Färben", "datum": "20.10."}));
    let at_nord = line.collect(&json!({"filiale": "Nord", "name": "Erika Beispiel"}));

    // In the north only one thing is offered.
    assert_eq!(at_nord.field("missing"), Some(&json!(["uhrzeit"])), "{}", at_nord.message);
    assert_eq!(line.draft(1).person.name.as_deref(), Some("Erika Beispiel"));
}

#[test]
fn what_is_checked_before_the_branch_is_known_is_remembered_and_so_is_a_window() {
    let mut line = Line::hotline();
    line.check(&json!({"dienstleistung": "Haarschnitt", "datum": "20.10.", "uhrzeit": "vormittags"}));
    let offered = line.collect(&json!({"filiale": "Mitte"}));

    assert_eq!(offered.status, Status::Available, "{}", offered.message);
}

#[test]
fn a_service_is_wanted_at_the_other_branch_too_if_it_is_given_there() {
    let mut line = Line::new();
    line.collect(&whole());
    let moved = line.collect(&json!({"filiale": "nein, lieber Nord"}));

    assert_eq!(moved.status, Status::Held, "{}", moved.message);
    assert_eq!(line.call.branch, Some(nord()));
    assert!(moved.message.contains("Nord"), "{}", moved.message);
}

#[test]
fn a_callback_that_is_wanted_before_the_branch_is_known_is_noted() {
    let mut line = Line::hotline();
    let noted = line.invoke(
        &Function::RequestCallback,
        &json!({"grund": "Rezept", "name": "Rita Ott", "wunschzeit": "morgen um 10 Uhr"}),
    );
    over(&mut line, &json!({}));

    assert_eq!(noted.status, Status::CallbackNoted, "{}", noted.message);
    assert_eq!(line.callbacks[0].wish.as_ref().unwrap().0, "Rezept / morgen um 10 Uhr");
    assert_eq!(line.callbacks[0].name.as_ref().unwrap().0, "Rita Ott");
    assert_eq!((line.reasons(), line.outcome()), (vec![Reason::CallersWish], Some(Outcome::Callback)));
}

#[test]
fn whoever_hangs_up_with_everything_said_but_the_branch_is_called_back() {
    let mut line = Line::hotline();
    line.collect(&whole());
    over(&mut line, &json!({}));

    assert_eq!((line.reasons(), line.outcome()), (vec![Reason::CutOff], Some(Outcome::Callback)));
    assert_eq!(line.callbacks[0].wish.as_ref().unwrap().0, "Haarschnitt, 20.10.2026, 14:30");
    assert_eq!(line.callbacks[0].name.as_ref().unwrap().0, "Erika Beispiel");
    let why = sentence(&line, &NOTHING);
    assert!(why.contains("before the branch was known") && why.contains("a person is to call back"), "{why}");
}

#[test]
fn whoever_hangs_up_with_half_a_wish_and_no_branch_has_given_up() {
    let mut line = Line::hotline();
    line.collect(&json!({"dienstleistung": "Haarschnitt"}));
    over(&mut line, &json!({}));

    assert_eq!((line.reasons(), line.outcome()), (vec![], Some(Outcome::Abandoned)));
}

#[test]
fn what_stands_already_is_found_and_called_off_without_naming_a_branch() {
    let mut line = Line::hotline();
    let found = line.invoke(&Function::FindAppointments, &json!({"name": "Erika Beispiel"}));

    assert_eq!(found.status, Status::IdentityNeeded, "who it is comes first: {}", found.message);
    assert_eq!(line.call.branch, None);
}

#[test]
fn a_question_about_another_branch_moves_nothing_and_is_answered_after_a_yes_too() {
    let mut line = Line::new();
    line.company.branches[1].opening.as_mut().unwrap().hours = "mon 08:00-09:00".parse().unwrap();
    line.collect(&whole());
    for stage in [Stage::ReadBack, Stage::Confirmed] {
        assert_eq!(line.stage(1), stage);
        let hours = line.invoke(&Function::OpeningHours, &json!({"filiale": "Nord"}));
        let services = line.invoke(&Function::ListServices, &json!({"filiale": "Nord"}));

        assert_eq!(hours.message, "Wir haben Montag von 8 Uhr bis 9 Uhr geöffnet.");
        assert_eq!((services.status, line.call.branch), (Status::Services, Some(mitte())));
        assert_eq!(line.stage(1), stage);
        assert_eq!(line.yes().status, Status::Confirmed);
    }
}

#[test]
fn whoever_does_not_mind_where_is_asked_with_the_names() {
    let mut line = Line::hotline();
    let asked = line.collect(&whole_but(&json!({"filiale": "egal"})));

    assert_eq!(
        asked.message,
        "Für welche Filiale darf ich schauen: Salon Beispiel Mitte oder Salon Beispiel Nord?"
    );
}
