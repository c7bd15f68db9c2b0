//! The one sentence that says why, for every way a call can end without a promise.

use serde_json::{Value, json};

use super::house::{CUT_BY_ANNA, CUT_BY_BEA};
use super::line::{Line, collected, whole, whole_but};
use super::why::{Books, CUT, NOTHING, over, sentence};
use crate::domain::call::Function;

/// A story of a call that ends without a promise, how it ended, and the sentence it has to have.
type Ending = (fn(&mut Line), Value, Option<&'static str>, String);

#[expect(clippy::too_many_lines, reason = "a table: each story with its sentence")]
fn endings() -> Vec<Ending> {
    let call = "a person is to call back by Wed 14 Oct 2026, 12:05";
    let hung_up = Some("user_hangup");
    vec![
        (|line| drop((line.collect(&whole()), line.no())), json!({}), hung_up, format!("the caller said no to {CUT}")),
        (
            |line| drop(line.collect(&whole())),
            json!({}),
            Some("error_asr"),
            format!("{CUT} was read back, and the line broke (error_asr) before a yes, and {call}"),
        ),
        (
            |line| drop(line.collect(&whole_but(&json!({"name": null})))),
            json!({}),
            hung_up,
            format!("the call ended before a name was known (wished: {CUT})"),
        ),
        (
            |line| drop(line.collect(&json!({"dienstleistung": "Haarschnitt"}))),
            json!({}),
            hung_up,
            "the call ended before the day, the time and a name was known (wished: Haarschnitt)".into(),
        ),
        (
            |line| {
                line.calendar.book_out(&[CUT_BY_ANNA, CUT_BY_BEA], "2026-10-20T14:30");
                line.collect(&whole());
            },
            json!({}),
            hung_up,
            "the wished time was not free and no other was chosen (wished: Haarschnitt on Tue 20 Oct 2026, 14:30)".into(),
        ),
        (
            |line| {
                line.collect(&whole());
                line.wait(2);
                line.calendar.book_out(&[CUT_BY_ANNA], "2026-10-20T14:30");
                line.yes();
            },
            json!({}),
            hung_up,
            "somebody else was faster and no other time was chosen (wished: Haarschnitt on Tue 20 Oct 2026, 14:30)".into(),
        ),
        (
            |line| drop(line.check(&json!({"dienstleistung": "Haarschnitt", "datum": "20.10."}))),
            json!({}),
            hung_up,
            "free times were named and none of them was chosen (wished: Haarschnitt on Tue 20 Oct 2026)".into(),
        ),
        (
            |line| {
                line.calendar.reachable = false;
                line.check(&json!({"dienstleistung": "Haarschnitt", "datum": "20.10."}));
            },
            json!({}),
            hung_up,
            "the calendar could not be asked and nothing was chosen (wished: Haarschnitt on Tue 20 Oct 2026)".into(),
        ),
        (
            |line| drop(line.collect(&whole_but(&json!({"datum": "18.10."})))),
            json!({}),
            hung_up,
            "the branch is closed at the wished time and no other was chosen (wished: Haarschnitt on Sun 18 Oct 2026, 14:30)".into(),
        ),
        (
            |line| {
                line.company.branches[0].paused = true;
                line.collect(&whole());
            },
            json!({}),
            hung_up,
            "the branch is paused and took no new appointments".into(),
        ),
        (
            |line| drop(line.collect(&json!({"dienstleistung": "Reifenwechsel"}))),
            json!({}),
            hung_up,
            "no service that is offered here was named".into(),
        ),
        (
            |line| drop(line.invoke(&Function::RequestCallback, &json!({"grund": "Frage zur Rechnung"}))),
            json!({}),
            hung_up,
            format!("the caller asked to be called back, and {call}"),
        ),
        (
            |line| drop(line.invoke(&Function::ListServices, &json!({}))),
            json!({}),
            hung_up,
            "only what is offered was asked about".into(),
        ),
        (
            |line| drop(line.invoke(&Function::Unknown("order_pizza".into()), &json!({}))),
            json!({}),
            hung_up,
            "the agent called the function order_pizza, which does not exist here".into(),
        ),
        (
            |line| drop(line.collect(&json!(17))),
            json!({}),
            hung_up,
            "what the agent passed on could not be used".into(),
        ),
        (
            |_| {},
            json!({}),
            hung_up,
            "the caller hung up without any function being called or a yes in the call's variables".into(),
        ),
        (|_| {}, json!({}), Some("dial_no_answer"), "the call was never connected (dial_no_answer)".into()),
        (
            |line| line.calendar.book_out(&[CUT_BY_ANNA, CUT_BY_BEA], "2026-10-20T14:30"),
            collected(),
            hung_up,
            format!("a yes to Haarschnitt on Tue 20 Oct 2026, 14:30 stood in the call's variables when it ended, but that time was not free then, and {call}"),
        ),
        (
            |_| {},
            json!({"booking_confirmed": "true", "name": "Erika Beispiel", "datum": "nach den Ferien"}),
            hung_up,
            format!("a yes was found at the end of the call, but what it was to is unclear, contradicts what was spoken of, or cannot be booked (last spoken of: an appointment), and {call}"),
        ),
    ]
}

#[test]
fn every_way_to_end_without_a_promise_has_its_sentence() {
    let mut wrong = Vec::new();
    for (story, words, hung_up_because, expected) in endings() {
        let mut line = Line::new();
        story(&mut line);
        over(&mut line, &words);

        assert!(line.intents.is_empty());
        let (told, expected) = (
            sentence(&line, &Books { hung_up_because, ..NOTHING }),
            format!("Nothing was booked: {expected}."),
        );
        wrong.extend((told != expected).then(|| format!("{told}\n  expected: {expected}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
