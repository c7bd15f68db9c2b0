//! Stories of callers who were cut off and ring again.

use serde_json::json;

use super::house::local;
use super::line::{Line, collected, whole, whole_but};
use crate::domain::answer::Status;
use crate::domain::call::{Earlier, News, Outcome};
use crate::domain::callback::Reason;
use crate::domain::policy::CallerId;

/// A call that was cut off after the read-back.
fn cut_off() -> Line {
    let mut line = Line::new();
    line.collect(&whole());
    line.hang_up(&json!({}));
    line
}

/// The phone rings again, from the same number.
fn again(after: &Line) -> Line {
    let mut line = Line::new();
    line.calendar.earlier = after.call.left_open();
    line
}

fn left(line: &Line) -> Earlier {
    line.call.left_open().unwrap()
}

#[test]
fn whoever_says_the_same_name_goes_on_where_it_stopped_and_hears_it_read_back_anew() {
    let first = cut_off();
    let mut line = again(&first);

    let held = line.collect(&json!({"name": "Erika Beispiel"}));

    assert_eq!(held.status, Status::Held, "{}", held.message);
    assert!(held.message.starts_with("Wir waren eben unterbrochen"), "{}", held.message);
    assert!(held.message.contains("20. Oktober, 14 Uhr 30"), "{}", held.message);
    let agreed = line.yes();
    assert_eq!(agreed.status, Status::Confirmed);
    assert!(!agreed.message.contains("unterbrochen"), "{}", agreed.message);
    line.hang_up(&json!({}));
    assert_eq!(line.starts(), [local("2026-10-20T14:30")]);
}

#[test]
fn a_yes_given_at_once_does_not_count_before_it_is_read_back() {
    let mut line = again(&cut_off());
    line.company.policy.require_confirmation = false;

    let held = line.collect(&json!({"name": "Erika Beispiel", "bestaetigung": true}));

    assert_eq!(held.status, Status::Held, "{}", held.message);
    assert_eq!(line.yes().status, Status::Confirmed);
}

#[test]
fn somebody_else_at_that_number_and_another_wish_begin_anew() {
    for words in [json!({"name": "Max Beispiel"}), json!({"name": "Erika Beispiel", "datum": "22.10."})] {
        let mut line = again(&cut_off());

        let asked = line.collect(&words);

        assert_eq!(asked.status, Status::Incomplete, "{}", asked.message);
        assert!(!asked.message.contains("unterbrochen"), "{}", asked.message);
    }
}

#[test]
fn what_was_agreed_to_or_given_up_is_not_left_open() {
    let mut agreed = Line::new();
    agreed.collect(&whole());
    agreed.yes();
    agreed.hang_up(&json!({}));
    let mut given_up = Line::new();
    given_up.collect(&whole());
    given_up.no();
    given_up.hang_up(&json!({}));

    assert_eq!((agreed.call.left_open(), given_up.call.left_open()), (None, None));
    assert_eq!(left(&cut_off()).wish.time, Some(jiff::civil::time(14, 30, 0, 0)));
}

#[test]
fn the_call_that_was_cut_off_lets_go_and_nobody_calls_back_about_it() {
    let mut first = cut_off();
    first.news(News::TakenOver, &json!({}));
    first.analyzed(&collected());

    assert_eq!((first.calendar.holds.len(), first.reasons(), first.intents.len()), (0, vec![], 0));
    assert_eq!(first.outcome(), Some(Outcome::Abandoned));
    assert_eq!(first.call.left_open(), None);
}

#[test]
fn an_item_that_was_made_already_is_done_with() {
    let mut first = cut_off();
    first.analyzed(&json!({}));
    assert_eq!(first.reasons(), [Reason::CutOff]);

    first.news(News::TakenOver, &json!({}));

    assert_eq!(first.done, [first.callbacks[0].id()]);
}

#[test]
fn a_withheld_number_goes_on_with_nothing() {
    let mut line = Line::withheld();
    line.calendar.earlier = cut_off().call.left_open();

    let asked = line.collect(&whole_but(&json!({"datum": null})));

    assert_eq!(asked.status, Status::Incomplete);
}

#[test]
fn one_name_a_call_is_tried_and_nothing_that_was_dictated_is_told() {
    let mut first = Line::new();
    first.collect(&whole_but(&json!({"telefonnummer": "0151 12345678", "notiz": "Bitte leise"})));
    first.hang_up(&json!({}));
    let mut line = again(&first);

    line.collect(&json!({"name": "Max Beispiel"}));
    line.no();
    let second = line.collect(&json!({"name": "Erika Beispiel"}));
    assert_eq!(second.status, Status::Incomplete, "{}", second.message);

    let mut line = again(&first);
    let held = line.collect(&json!({"name": "Erika Beispiel"}));
    assert_eq!(held.status, Status::Held, "{}", held.message);
    assert!(!held.message.contains("null eins"), "{}", held.message);
    assert_eq!((line.draft(1).person.phone, line.draft(1).person.note), (None, None));
}

#[test]
fn where_codes_are_asked_for_a_name_goes_on_with_nothing() {
    let mut line = again(&cut_off());
    line.company.policy.caller_id = CallerId::Code;

    let asked = line.collect(&json!({"name": "Erika Beispiel"}));

    assert_eq!(asked.status, Status::Incomplete, "{}", asked.message);
}
