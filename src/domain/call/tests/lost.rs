//! Calls whose end nobody told, that were never connected, put through, or heard of too late.

use serde_json::json;

use super::line::{Line, collected, gathered, whole, whole_but};
use super::why::{Books, CUT, NOTHING, sentence};
use crate::domain::appointment::Stage;
use crate::domain::call::why::{Answer, Enquiry};
use crate::domain::call::{Function, News, Outcome, Parting, Phase, Words};
use crate::domain::callback::{Priority, Reason};
use crate::domain::speech::claims::Claim;

const SILENT: &str = "Retell has not reported the end of the call, last heard of at Wed 14 Oct 2026, 10:05";
const CALL: &str = "a person is to call back by Wed 14 Oct 2026, 12:05";

fn nothing() -> Words {
    gathered(&json!({}))
}

#[test]
fn where_retell_cannot_tell_what_was_agreed_is_booked_and_the_rest_waits() {
    let mut line = Line::new();
    line.collect(&whole());
    line.yes();
    line.collect(&whole_but(&json!({"termin": 2, "uhrzeit": "16:00"})));
    for _ in 0..2 {
        line.hear(News::NoAnswer, &nothing());
    }

    assert_eq!((line.intents.len(), line.intents[0].appointment), (1, 1));
    assert_eq!((line.call.phase, line.stage(2)), (Phase::Live, Stage::ReadBack));
    assert!(line.callbacks.is_empty());
}

#[test]
fn a_call_that_still_goes_on_after_that_ends_like_any_other() {
    let mut line = Line::new();
    line.collect(&whole());
    line.yes();
    line.hear(News::NoAnswer, &nothing());
    line.collect(&whole_but(&json!({"termin": 2, "uhrzeit": "16:00"})));
    line.collect(&json!({"termin": 2, "bestaetigung": true}));
    line.hang_up(&json!({}));

    assert_eq!(line.intents.iter().map(|intent| intent.appointment).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(line.outcome(), Some(Outcome::Promised));
}

#[test]
fn where_nothing_more_is_expected_a_person_is_told_of_what_was_wanted() {
    let mut held = Line::new();
    held.collect(&whole());
    let mut wished = Line::new();
    wished.collect(&json!({"dienstleistung": "Haarschnitt", "datum": "20.10."}));
    let mut idle = Line::new();
    for line in [&mut held, &mut wished, &mut idle] {
        line.hear(News::GivenUp, &nothing());
        line.news(News::GivenUp, &json!({}));
    }

    assert_eq!((held.reasons(), held.outcome()), (vec![Reason::NeverReported], Some(Outcome::Callback)));
    assert_eq!((wished.reasons(), wished.outcome()), (vec![Reason::NeverReported], Some(Outcome::Callback)));
    assert_eq!(wished.callbacks[0].wish.as_ref().unwrap().0, "Haarschnitt, 20.10.2026");
    assert_eq!((idle.reasons(), idle.outcome()), (vec![], Some(Outcome::Nothing)));
    assert!(held.calendar.holds.is_empty());
    let unheard = Books { hung_up_because: None, ..NOTHING };
    let said = "was read back, and nothing more was heard of the call before a yes";
    assert_eq!(sentence(&held, &unheard), format!("Nothing was booked: {CUT} {said}, and {CALL}."));
    assert_eq!(
        sentence(&wished, &unheard),
        format!(
            "Nothing was booked: nothing was agreed about Haarschnitt on Tue 20 Oct 2026 when the call was last heard of, and {CALL}."
        )
    );
    assert_eq!(
        sentence(&idle, &unheard),
        "Nothing was booked: Retell never reported the end of the call, and until then no function was called."
    );
}

#[test]
fn nobody_is_told_to_call_back_somebody_without_a_number() {
    let mut line = Line::withheld();
    line.collect(&json!({"dienstleistung": "Haarschnitt", "datum": "20.10."}));
    line.hear(News::GivenUp, &nothing());

    assert_eq!((line.reasons(), line.outcome()), (vec![], Some(Outcome::Abandoned)));
}

#[test]
fn a_promise_of_a_call_that_is_given_up_on_is_kept() {
    let mut line = Line::new();
    line.collect(&whole());
    line.yes();
    line.hear(News::GivenUp, &nothing());

    assert_eq!((line.intents.len(), line.reasons()), (1, vec![]));
    assert_eq!(line.outcome(), Some(Outcome::Promised));
}

#[test]
fn a_yes_that_comes_to_light_after_a_call_was_given_up_on_is_booked_if_nobody_sees_to_it_yet() {
    let mut unattended = Line::new();
    unattended.hear(News::GivenUp, &nothing());
    unattended.hear(News::Found { analyzed: false }, &gathered(&collected()));
    unattended.hang_up(&collected());
    unattended.analyzed(&collected());
    let mut attended = Line::new();
    attended.agent_words.push("Ihr Termin ist gebucht!");
    attended.hang_up(&json!({}));
    attended.time_is_up(&json!({}));
    attended.analyzed(&collected());

    assert_eq!((unattended.intents.len(), unattended.outcome()), (1, Some(Outcome::Promised)));
    assert_eq!((attended.intents.len(), attended.reasons()), (0, vec![Reason::PromiseWithoutBooking]));
}

#[test]
fn a_callback_about_something_else_keeps_no_yes_from_being_booked_or_told_of() {
    let mut asked = Line::new();
    asked.invoke(&Function::RequestCallback, &json!({"grund": "Frage zur Rechnung"}));
    let mut unheard = Line::new();
    unheard.collect(&json!({"dienstleistung": "Haarschnitt"}));
    for (line, reason) in [(&mut asked, Reason::CallersWish), (&mut unheard, Reason::NeverReported)] {
        line.hear(News::GivenUp, &nothing());
        assert_eq!((line.reasons(), line.outcome()), (vec![reason], Some(Outcome::Callback)));
        line.hang_up(&collected());

        assert_eq!((line.intents.len(), line.reasons()), (1, vec![reason]));
        assert_eq!(line.outcome(), Some(Outcome::Promised));
    }
    let mut late = Line::new();
    late.invoke(&Function::RequestCallback, &json!({"grund": "Frage zur Rechnung"}));
    late.hear(News::GivenUp, &nothing());
    for _ in 0..2 {
        late.hear(News::Ended, &gathered(&collected()).heard_late(true));
    }

    assert_eq!((late.intents.len(), late.reasons()), (0, vec![Reason::CallersWish, Reason::LateYes]));
}

#[test]
fn what_is_kept_of_a_call_adds_to_what_its_webhook_said_and_counts_before_it() {
    let told = gathered(&json!({"booking_confirmed": "true", "name": "Erika Beispiel"}))
        .parted(Parting::PutThrough)
        .with_claims([Claim::Booked].into());
    let kept = gathered(&json!({"booking_confirmed": "false"})).with_claims([Claim::Moved].into());

    let words = kept.or(told);

    let both = gathered(&json!({"booking_confirmed": "false", "name": "Erika Beispiel"}));
    let both = both.parted(Parting::PutThrough).with_claims([Claim::Booked, Claim::Moved].into());
    assert!(words == both, "{words:?}");
}

#[test]
fn a_yes_in_an_analysis_that_comes_after_its_time_is_booked_once() {
    let mut line = Line::new();
    line.hang_up(&json!({}));
    line.time_is_up(&json!({}));
    let before = line.outcome();
    for _ in 0..2 {
        line.hear(News::Analyzed, &gathered(&collected()));
    }

    assert_eq!((before, line.outcome()), (Some(Outcome::Nothing), Some(Outcome::Promised)));
    assert_eq!(line.intents.len(), 1);
}

#[test]
fn an_end_found_by_asking_and_the_webhook_after_it_settle_the_call_once() {
    let mut line = Line::new();
    line.collect(&whole());
    line.yes();
    for news in [News::Found { analyzed: false }, News::Ended, News::Found { analyzed: true }, News::Analyzed]
    {
        line.news(news, &collected());
    }

    assert_eq!((line.intents.len(), line.callbacks.len()), (1, 0));
    assert_eq!(line.outcome(), Some(Outcome::Promised));
}

#[test]
fn a_call_found_to_be_analysed_waits_for_nothing_more() {
    let mut waiting = Line::new();
    waiting.collect(&whole());
    waiting.hear(News::Found { analyzed: false }, &nothing());
    let mut settled = Line::new();
    settled.collect(&whole());
    settled.hear(News::Found { analyzed: true }, &nothing());

    assert_eq!(waiting.outcome(), None);
    assert_eq!((settled.reasons(), settled.outcome()), (vec![Reason::CutOff], Some(Outcome::Callback)));
}

#[test]
fn in_a_call_that_never_connected_nobody_said_yes_and_nobody_is_called_back() {
    for news in [News::Ended, News::Analyzed, News::Found { analyzed: false }] {
        let mut line = Line::new();
        line.hear(news, &gathered(&collected()).parted(Parting::NeverConnected));

        assert_eq!(line.outcome(), Some(Outcome::Nothing), "{news:?}");
        assert!(line.intents.is_empty() && line.callbacks.is_empty(), "{news:?}");
        let because = Books { hung_up_because: Some("dial_no_answer"), ..NOTHING };
        assert_eq!(
            sentence(&line, &because),
            "Nothing was booked: the call was never connected (dial_no_answer)."
        );
    }
}

#[test]
fn a_call_in_which_functions_were_called_was_connected_whatever_is_said_about_its_end() {
    let mut line = Line::new();
    line.collect(&whole());
    line.hear(News::Analyzed, &nothing().parted(Parting::NeverConnected));

    assert_eq!(line.reasons(), [Reason::CutOff]);
}

#[test]
fn whoever_was_put_through_is_not_called_back_but_gets_what_was_agreed() {
    let mut held = Line::new();
    held.collect(&whole());
    held.hear(News::Analyzed, &nothing().parted(Parting::PutThrough));
    let mut agreed = Line::new();
    agreed.collect(&whole());
    agreed.yes();
    agreed.hear(News::Ended, &nothing().parted(Parting::PutThrough));

    assert_eq!((held.reasons(), held.outcome()), (vec![], Some(Outcome::Abandoned)));
    assert_eq!((agreed.intents.len(), agreed.outcome()), (1, Some(Outcome::Promised)));
    let because = Books { hung_up_because: Some("call_transfer"), ..NOTHING };
    assert_eq!(
        sentence(&held, &because),
        format!(
            "Nothing was booked: {CUT} was read back, and the call was put through to somebody else before a yes."
        )
    );
}

#[test]
fn a_callback_that_was_asked_for_is_kept_whoever_the_caller_was_put_through_to() {
    let mut line = Line::new();
    line.invoke(&Function::RequestCallback, &json!({"grund": "Farbe"}));
    line.hear(News::Analyzed, &nothing().parted(Parting::PutThrough));

    assert_eq!((line.reasons(), line.outcome()), (vec![Reason::CallersWish], Some(Outcome::Callback)));
}

#[test]
fn a_yes_in_the_variables_that_is_a_day_old_is_given_to_a_person_with_name_and_wish() {
    let mut line = Line::new();
    line.hear(News::Found { analyzed: true }, &gathered(&collected()).heard_late(true));

    assert!(line.intents.is_empty() && line.calendar.holds.is_empty());
    assert_eq!((line.reasons(), line.outcome()), (vec![Reason::LateYes], Some(Outcome::Callback)));
    assert_eq!(line.callbacks[0].name.as_ref().unwrap().0, "Erika Beispiel");
    assert_eq!(line.callbacks[0].wish.as_ref().unwrap().0, "Haarschnitt, 20.10.2026, 14:30");
    assert_eq!(line.callbacks[0].priority(), Priority::High);
    assert_eq!(
        sentence(&line, &NOTHING),
        format!(
            "Nothing was booked: a yes stood in the call's variables (last spoken of: Haarschnitt on Tue 20 Oct 2026, 14:30), but it came to light only at Wed 14 Oct 2026, 10:05, too late to be booked unasked, and {CALL}."
        )
    );
}

#[test]
fn a_yes_to_what_was_read_back_is_booked_however_late_the_end_is_heard_of() {
    let mut line = Line::new();
    line.collect(&whole());
    line.yes();
    line.hear(News::Found { analyzed: true }, &gathered(&collected()).heard_late(true));

    assert_eq!((line.intents.len(), line.reasons()), (1, vec![]));
}

#[test]
fn while_a_call_is_silent_the_sentence_says_what_retell_answered() {
    let mut line = Line::new();
    line.wait(20);
    let (at, again_at) = (line.now, line.now + jiff::SignedDuration::from_mins(2));
    let asked = |answer| Books { enquiry: Some(Enquiry { answer, at, again_at }), ..NOTHING };

    for (answer, said) in [
        (Answer::Ongoing, "and said at 10:25:00 that it still goes on"),
        (Answer::Unknown, "and knew no such call when asked at 10:25:00"),
        (Answer::Unreachable, "and could not be asked at 10:25:00"),
    ] {
        assert_eq!(
            sentence(&line, &asked(answer)),
            format!(
                "Nothing is booked yet: {SILENT}, {said} (asked again at 10:27:00); nothing has been agreed so far."
            )
        );
    }
    assert!(sentence(&line, &NOTHING).contains(&format!("{SILENT}; ")));
}
