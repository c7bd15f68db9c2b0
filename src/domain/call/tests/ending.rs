//! Stories of how calls end: what is booked, who is called back, and what the outcome is.

use serde_json::{Value, json};

use super::house::{CUT_BY_ANNA, CUT_BY_BEA, local, nord};
use super::line::{Line, caller, collected, whole, whole_but};
use crate::domain::answer::Status;
use crate::domain::call::{News, Outcome, Phase};
use crate::domain::callback::{Priority, Reason};
use crate::domain::ids::{BookingId, CustomerId};

pub(super) fn collected_but(changes: &Value) -> Value {
    let mut words = collected();
    words.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    words
}

#[test]
fn a_call_with_variables_only_is_booked_like_any_other() {
    let mut line = Line::new();
    line.hang_up(&collected());

    assert_eq!(line.starts(), [local("2026-10-20T14:30")]);
    assert_eq!(line.outcome(), Some(Outcome::Promised));
    assert_eq!(line.intents[0].booking, BookingId::of(line.call.id, 1));
    assert_eq!(line.intents[0].person.phone.as_ref(), caller().number());
    assert!(line.intents[0].customer_is_new);
}

#[test]
fn the_same_with_the_analysis_first_is_booked_once() {
    let mut line = Line::new();
    line.analyzed(&collected());
    line.hang_up(&collected());

    assert_eq!(line.intents.len(), 1);
    assert_eq!(line.outcome(), Some(Outcome::Promised));
}

#[test]
fn the_names_of_the_analysis_are_read_too() {
    let mut line = Line::new();
    line.hang_up(&json!({}));
    line.analyzed(&json!({
        "booking_confirmed": 1, "_datum__termin": "20.10.2026", "_uhrzeit__termin": "14:30",
        "_name": "Erika Beispiel", "_dienstleistung": "Haarschnitt", "_telefonnummer__anrufer": "030 901821"
    }));

    assert_eq!(line.starts(), [local("2026-10-20T14:30")]);
    assert_eq!(line.intents[0].person.phone.as_ref().unwrap().e164(), "+4930901821");
}

#[test]
fn every_spelling_of_yes_counts_and_no_other() {
    for (said, counts) in [
        (json!(true), true),
        (json!("Ja"), true),
        (json!(1), true),
        (json!("yes"), true),
        (json!("no"), false),
        (json!(false), false),
    ] {
        let mut line = Line::new();
        line.hang_up(&collected_but(&json!({"booking_confirmed": said})));

        assert_eq!(line.intents.len() == 1, counts, "{said}");
    }
}

#[test]
fn the_yes_in_the_variables_is_to_the_person_who_was_read_back() {
    let mut line = Line::new();
    line.collect(&whole());
    line.wait(2);
    line.calendar.book_out(&[CUT_BY_ANNA], "2026-10-20T14:30");
    line.hang_up(&json!({"booking_confirmed": "true"}));
    line.analyzed(&json!({"booking_confirmed": "true"}));

    assert!(line.intents.is_empty());
    assert_eq!(line.reasons(), [Reason::SlotTaken]);
}

#[test]
fn the_yes_in_the_variables_finds_the_calendar_silent_and_is_still_kept() {
    let mut line = Line::new();
    line.calendar.reachable = false;
    line.hang_up(&collected());

    assert_eq!(line.intents.len(), 1);
}

#[test]
fn cut_off_after_the_read_back_somebody_calls_back_when_there_is_time() {
    let mut line = Line::new();
    line.collect(&whole());
    line.hang_up(&json!({}));
    let before = line.outcome();
    line.analyzed(&json!({}));

    assert_eq!((before, line.outcome()), (None, Some(Outcome::Callback)));
    assert_eq!(line.reasons(), [Reason::CutOff]);
    assert_eq!(line.callbacks[0].priority(), Priority::Low);
    assert_eq!(line.callbacks[0].wish.as_ref().unwrap().0, "Haarschnitt, Dienstag, 20. Oktober, 14 Uhr 30");
    assert!(line.calendar.holds.is_empty());
}

#[test]
fn cut_off_without_any_number_is_abandoned() {
    let mut line = Line::withheld();
    line.collect(&whole_but(&json!({"telefonnummer": "030 901820"})));
    let mut unknown = Line::withheld();
    unknown.collect(&whole());
    for line in [&mut line, &mut unknown] {
        line.hang_up(&json!({}));
        line.time_is_up(&json!({}));
    }

    assert_eq!(line.outcome(), Some(Outcome::Callback));
    assert_eq!(unknown.outcome(), Some(Outcome::Abandoned));
    assert!(unknown.callbacks.is_empty());
}

#[test]
fn half_a_wish_is_abandoned_and_none_is_nothing() {
    let mut half = Line::new();
    half.collect(&json!({"dienstleistung": "Haarschnitt"}));
    let mut none = Line::new();
    for line in [&mut half, &mut none] {
        line.hang_up(&json!({}));
        line.analyzed(&json!({}));
    }

    assert_eq!((half.outcome(), none.outcome()), (Some(Outcome::Abandoned), Some(Outcome::Nothing)));
}

#[test]
fn a_yes_to_something_unclear_is_called_back_about_with_the_words_that_were_said() {
    let words = collected_but(&json!({"datum": "nach den Ferien"}));
    let mut line = Line::new();
    line.hang_up(&words);
    let before = line.outcome();
    line.analyzed(&words);

    assert_eq!((before, line.outcome()), (None, Some(Outcome::Callback)));
    assert_eq!(line.reasons(), [Reason::UnclearWish]);
    assert_eq!(line.callbacks[0].name.as_ref().unwrap().0, "Erika Beispiel");
    assert_eq!(line.callbacks[0].wish.as_ref().unwrap().0, "Haarschnitt, nach den Ferien, 14:30");
}

#[test]
fn a_yes_to_what_cannot_be_is_called_back_about() {
    let stories = [
        json!({"datum": "20.10.2023"}),
        json!({"datum": "18.10."}),
        json!({"name": "unbekannt"}),
        json!({"dienstleistung": "Reifenwechsel"}),
        json!({"mitarbeiter": "Anna", "dienstleistung": "Färben"}),
    ];
    for changes in stories {
        let mut line = Line::new();
        line.analyzed(&collected_but(&changes));

        assert_eq!(line.reasons(), [Reason::UnclearWish], "{changes}");
        assert_eq!(line.outcome(), Some(Outcome::Callback), "{changes}");
        assert!(line.intents.is_empty(), "{changes}");
    }
}

#[test]
fn a_yes_to_a_slot_that_is_gone_is_called_back_about() {
    let mut line = Line::new();
    line.calendar.book_out(&[CUT_BY_ANNA, CUT_BY_BEA], "2026-10-20T14:30");
    line.hang_up(&collected());
    line.time_is_up(&collected());

    assert_eq!(line.reasons(), [Reason::SlotTaken]);
    assert_eq!(line.outcome(), Some(Outcome::Callback));
}

#[test]
fn a_no_in_the_call_is_stronger_than_a_yes_in_the_variables() {
    let mut line = Line::new();
    line.collect(&whole());
    line.no();
    line.hang_up(&collected());

    assert!(line.intents.is_empty() && line.callbacks.is_empty());
    assert_eq!(line.outcome(), Some(Outcome::Withdrawn));
}

#[test]
fn a_hotline_learns_the_branch_from_the_variables() {
    let mut line = Line::hotline();
    line.hang_up(&collected_but(&json!({"filiale": "Nord"})));

    assert_eq!(line.intents[0].branch, nord());
}

#[test]
fn a_yes_on_a_hotline_without_a_branch_is_called_back_about() {
    let mut line = Line::hotline();
    line.hang_up(&collected());
    line.analyzed(&collected());

    assert_eq!(line.reasons(), [Reason::UnclearWish]);
    assert_eq!(line.callbacks[0].name.as_ref().unwrap().0, "Erika Beispiel");
    assert_eq!(line.outcome(), Some(Outcome::Callback));
}

#[test]
fn a_known_customer_is_recognised_by_the_number_of_the_line_alone() {
    let known = CustomerId::from(uuid::Uuid::from_u128(99));
    let number = caller().number().unwrap().clone();
    let mut line = Line::new();
    line.calendar.customers.push(("erika beispiel".into(), number.clone(), known));
    line.hang_up(&collected());
    let mut claimed = Line::withheld();
    claimed.calendar.customers.push(("erika beispiel".into(), number.clone(), known));
    claimed.hang_up(&collected_but(&json!({"telefonnummer": number.e164()})));

    assert_eq!((line.intents[0].customer, line.intents[0].customer_is_new), (known, false));
    assert!(claimed.intents[0].customer_is_new);
}

#[test]
fn news_told_again_in_any_order_change_nothing_twice() {
    let orders = [
        [News::Started, News::Ended, News::Analyzed],
        [News::Analyzed, News::Ended, News::Started],
        [News::Ended, News::Started, News::Analyzed],
    ];
    for order in orders {
        let mut line = Line::new();
        line.collect(&whole());
        line.yes();
        for news in order.into_iter().chain(order) {
            line.news(news, &collected());
            line.news_again(news, &collected());
        }

        assert!(order.into_iter().all(|news| line.call.knows(news)), "{order:?}");
        assert_eq!((line.intents.len(), line.callbacks.len()), (1, 0), "{order:?}");
        assert_eq!(line.outcome(), Some(Outcome::Promised), "{order:?}");
    }
}

#[test]
fn a_callback_is_not_noted_twice_for_one_reason() {
    let mut line = Line::new();
    line.collect(&whole());
    for news in [News::Ended, News::Analyzed, News::Ended, News::Analyzed, News::TimeIsUp] {
        line.news_again(news, &json!({}));
    }

    assert_eq!(line.reasons(), [Reason::CutOff]);
}

#[test]
fn a_started_call_is_not_settled() {
    let mut line = Line::new();
    line.news(News::Started, &collected());
    line.time_is_up(&collected());

    assert_eq!(line.call.phase, Phase::Live);
}

#[test]
fn a_change_that_comes_after_the_end_is_given_to_a_person() {
    let mut line = Line::new();
    line.collect(&whole());
    line.yes();
    line.hang_up(&json!({}));
    let again = line.collect(&json!({"datum": "22.10.", "bestaetigung": false}));

    assert_eq!(again.status, Status::CallbackNoted);
    assert_eq!(line.intents.len(), 1);
    assert_eq!(line.yes().status, Status::Confirmed, "what stands in the books is said as it stands");
}

#[test]
fn a_yes_that_arrives_after_everything_was_settled_is_booked_all_the_same() {
    let mut line = Line::new();
    line.collect(&whole());
    line.hang_up(&json!({}));
    line.analyzed(&json!({}));
    let held = line.yes();
    let confirmed = line.yes();

    assert_eq!((held.status, confirmed.status), (Status::Held, Status::Confirmed));
    assert_eq!(line.intents.len(), 1);
    assert_eq!(line.outcome(), Some(Outcome::Promised));
}

#[test]
fn a_yes_between_the_end_and_the_analysis_is_booked_with_the_analysis() {
    let mut line = Line::new();
    line.collect(&whole());
    line.hang_up(&json!({}));
    line.yes();
    line.analyzed(&json!({}));

    assert_eq!((line.intents.len(), line.callbacks.len()), (1, 0));
}

#[test]
fn whether_the_caller_may_be_written_to_is_what_they_said_last_and_no_news_about_the_appointment() {
    let agreed = |answers: &[Option<bool>]| {
        let mut line = Line::new();
        line.collect(&whole());
        for answer in answers.iter().flatten() {
            line.collect(&json!({"benachrichtigung_erlaubt": answer}));
        }
        let yes = line.yes();
        line.hang_up(&json!({}));
        (yes.status, line.intents[0].may_notify)
    };

    assert_eq!(agreed(&[None]), (Status::Confirmed, None));
    assert_eq!(agreed(&[Some(true)]), (Status::Confirmed, Some(true)));
    assert_eq!(agreed(&[Some(true), Some(false)]), (Status::Confirmed, Some(false)));
}
