//! Calls played again from their journals: answered as they were then, or told apart where something has changed since.

use serde_json::json;

use super::house::{CUT_BY_ANNA, CUT_BY_BEA};
use super::line::{Line, whole};
use crate::domain::answer::{Answer, Status};
use crate::domain::call::Function;
use crate::domain::call::replayed::{Anew, Played, Unknown, replay};

fn played(line: &Line) -> Vec<Played> {
    replay(line.blank.clone(), &line.journal, &line.invoked, Some(&line.company))
}

fn anew(played: &[Played]) -> Vec<&Anew> {
    played.iter().filter_map(|turn| turn.anew.as_ref()).collect()
}

fn given(line: &Line) -> Vec<Answer> {
    line.answers.iter().map(|(_, answer)| answer.clone()).collect()
}

fn same(line: &Line) {
    let played = played(line);
    let answers: Vec<(Status, String)> =
        given(line).into_iter().map(|answer| (answer.status, answer.message)).collect();
    let again: Vec<(Status, String)> = anew(&played)
        .into_iter()
        .map(|anew| match anew {
            Anew::Answered(answer) => (answer.status, answer.message.clone()),
            Anew::HangsOn(unknown) => panic!("hangs on {unknown:?}"),
        })
        .collect();
    assert_eq!(again, answers);
    assert_eq!(played.last().unwrap().after, line.call, "the last turn leaves the call as it stands");
}

#[test]
fn a_call_from_the_question_to_the_yes_is_answered_as_it_was() {
    let mut line = Line::new();
    line.check(&json!({"dienstleistung": "Haarschnitt", "datum": "20.10."}));
    line.wait(1);
    line.collect(&whole());
    line.wait(1);
    line.yes();
    line.wait(1);
    line.hang_up(&json!({}));

    same(&line);
}

#[test]
fn a_time_that_was_taken_and_a_calendar_that_was_silent_are_so_again() {
    let mut line = Line::new();
    line.calendar.book_out(&[CUT_BY_ANNA, CUT_BY_BEA], "2026-10-20T14:30");
    line.collect(&whole());

    same(&line);

    let mut line = Line::new();
    line.calendar.reachable = false;
    line.check(&json!({"dienstleistung": "Haarschnitt", "datum": "20.10."}));

    same(&line);
}

#[test]
fn with_other_settings_the_answer_of_today_is_another() {
    let mut line = Line::new();
    line.collect(&whole());
    for branch in &mut line.company.branches {
        branch.paused = true;
    }

    let played = played(&line);

    let [Anew::Answered(answer)] = anew(&played)[..] else { panic!("{played:?}") };
    assert_eq!((given(&line)[0].status, answer.status), (Status::Held, Status::Closed));
}

#[test]
fn whom_the_house_knew_then_is_not_made_up() {
    let mut line = Line::new();
    line.invoke(&Function::FindAppointments, &json!({"name": "Erika Beispiel"}));

    let played = played(&line);

    assert_eq!(anew(&played), [&Anew::HangsOn(Unknown::Customer)]);
}

#[test]
fn what_a_function_was_called_with_and_is_not_kept_is_only_told() {
    let mut line = Line::new();
    line.collect(&whole());
    line.invoked.clear();

    let played = played(&line);

    assert_eq!(anew(&played), Vec::<&Anew>::new());
    assert_eq!(played.last().unwrap().answered.as_ref().unwrap().1, Status::Held);
}
