//! Stories of names: whose word counts, what is spelled back, what is a title and what is no name at all.

use serde_json::{Value, json};

use super::line::{Line, collected, whole, whole_but};
use crate::domain::answer::{Answer, Status};
use crate::domain::call::News;
use crate::domain::speech::Language;
use crate::domain::speech::names::Source;

fn named(name: &str) -> Value {
    whole_but(&json!({"name": name}))
}

/// The name and how surely it is known.
fn known(line: &Line) -> (String, Source) {
    let draft = line.draft(1);
    (draft.person.name.unwrap_or_default(), draft.name_mark.by)
}

fn reads_back(answer: &Answer, name: &str) -> bool {
    answer.status == Status::Held && answer.message.contains(&format!("auf den Namen {name}"))
}

#[test]
fn a_spelled_name_is_not_overwritten_by_another_hearing_of_it() {
    let mut line = Line::new();
    line.collect(&named("Erika Maier, M, e, y, e, r"));
    line.collect(&json!({"name": "Erika Maier"}));
    let read_back = line.collect(&json!({"name": "Frau Mayr"}));
    line.yes();
    line.hang_up(&json!({}));

    assert!(reads_back(&read_back, "Erika Meyer"), "{}", read_back.message);
    assert_eq!(line.intents[0].person.name.as_deref(), Some("Erika Meyer"));
}

#[test]
fn another_hearing_that_comes_with_the_yes_does_not_take_it_back() {
    let mut line = Line::new();
    line.collect(&named("Erika Meyer"));
    line.collect(&json!({"name": "M, e, y, e, r"}));
    let agreed = line.collect(&json!({"name": "Erika Maier", "bestaetigung": true}));

    assert_eq!(agreed.status, Status::Confirmed, "{}", agreed.message);
    assert_eq!(known(&line), ("Erika Meyer".into(), Source::Spelled));
}

#[test]
fn the_surname_alone_is_spelled_and_the_given_name_stays() {
    let mut line = Line::new();
    line.collect(&named("Erika Maier"));
    let read_back = line.collect(&json!({"name": "Martha Emil Ypsilon Emil Richard"}));

    assert!(reads_back(&read_back, "Erika Meyer"), "{}", read_back.message);
}

#[test]
fn what_was_spelled_otherwise_than_understood_is_spelled_back_once() {
    let mut line = Line::new();
    line.collect(&named("Erika Maier"));
    let spelled = line.collect(&json!({"name": "M, e, y, e, r"}));
    let later = line.collect(&json!({"uhrzeit": "15:00"}));

    let letters = "buchstabiert M wie Martha, E wie Emil, Ypsilon, E wie Emil, R wie Richard";
    assert!(spelled.message.contains(letters), "{}", spelled.message);
    assert!(
        reads_back(&later, "Erika Meyer") && !later.message.contains("buchstabiert"),
        "{}",
        later.message
    );
}

#[test]
fn what_was_spelled_as_it_was_understood_is_not_spelled_back() {
    let mut line = Line::new();
    line.collect(&named("Erika Meyer"));
    let read_back = line.collect(&json!({"name": "M, e, y, e, r"}));

    assert!(reads_back(&read_back, "Erika Meyer"), "{}", read_back.message);
    assert!(!read_back.message.contains("buchstabiert"), "{}", read_back.message);
}

#[test]
fn in_english_it_is_spelled_as_there() {
    let mut line = Line::new();
    line.company.language = Language::En;
    let args = json!({"dienstleistung": "Haarschnitt", "datum": "2026-10-20", "uhrzeit": "14:30", "name": "Mayer, M, e, y, e, r"});
    let read_back = line.collect(&args);

    assert!(
        read_back.message.contains("spelled M for Mike, E for Echo, Y for Yankee"),
        "{}",
        read_back.message
    );
}

#[test]
fn whoever_corrects_a_spelled_name_is_read_back_the_new_one_and_it_counts() {
    let mut line = Line::new();
    line.company.policy.require_confirmation = false;
    line.collect(&json!({"name": "M, e, y, e, r"}));
    let corrected = line.collect(&named("Jonas Muster"));
    line.yes();
    line.hang_up(&json!({}));

    assert!(reads_back(&corrected, "Jonas Muster"), "{:?} {}", corrected.status, corrected.message);
    assert!(corrected.message.contains("buchstabiert M wie Martha, U wie Ulrich"), "{}", corrected.message);
    assert_eq!(line.intents[0].person.name.as_deref(), Some("Jonas Muster"));
}

#[test]
fn a_yes_together_with_another_name_is_no_yes_to_that_name() {
    let mut line = Line::new();
    line.collect(&whole());
    let answer = line.collect(&json!({"name": "Jonas Muster", "bestaetigung": true}));

    assert!(reads_back(&answer, "Jonas Muster"), "{:?} {}", answer.status, answer.message);
}

#[test]
fn what_was_read_back_and_agreed_to_is_surer_than_what_is_merely_heard() {
    let mut line = Line::new();
    line.collect(&named("Erika Meyer"));
    line.yes();
    let again = line.collect(&json!({"name": "Erika Maier"}));

    assert_eq!(again.status, Status::Confirmed, "{}", again.message);
    assert_eq!(known(&line), ("Erika Meyer".into(), Source::ReadBack));
}

#[test]
fn what_nobody_said_yes_to_in_person_was_not_agreed_to() {
    let mut line = Line::new();
    line.company.policy.require_confirmation = false;
    line.collect(&named("Erika Meyer"));

    assert_eq!(known(&line), ("Erika Meyer".into(), Source::Said));
}

#[test]
fn variables_and_the_analysis_name_only_who_has_not_been_named() {
    let mut line = Line::new();
    line.collect(&json!({"name": "Erika Meyer"}));
    line.hang_up(&collected());
    assert_eq!(known(&line), ("Erika Meyer".into(), Source::Said));

    let mut line = Line::new();
    line.hang_up(&collected());
    assert_eq!(known(&line), ("Erika Beispiel".into(), Source::Variables));
}

#[test]
fn what_was_collected_in_the_call_goes_before_the_analysis_whichever_came_first() {
    let map = |name: &str| [("name".to_owned(), name.to_owned())].into();
    let analysis = || crate::domain::call::Words::default().and_of_the_analysis(map("Sir Klein"));
    let collected = || crate::domain::call::Words::gather([map("Erika Beispiel")]);
    let confirmed = || super::line::gathered(&json!({"booking_confirmed": "true"}));

    for words in [analysis().or(collected()), collected().or(analysis())] {
        let mut line = Line::new();
        line.hear(News::Analyzed, &confirmed().or(words));
        assert_eq!(known(&line), ("Erika Beispiel".into(), Source::Variables));
    }
    let mut line = Line::new();
    line.hear(News::Analyzed, &confirmed().or(analysis()));
    assert_eq!(known(&line), ("Sir Klein".into(), Source::Analysis));
}

#[test]
fn a_form_of_address_is_used_where_it_was_given_and_is_no_part_of_the_name() {
    let mut line = Line::new();
    let first = line.collect(&named("Frau Beispiel"));
    let whole_name = line.collect(&json!({"name": "Dr. Erika Beispiel"}));
    let agreed = line.collect(&json!({"name": "Frau Beispiel", "bestaetigung": true}));

    assert!(reads_back(&first, "Frau Beispiel"), "{}", first.message);
    assert!(reads_back(&whole_name, "Frau Dr. Erika Beispiel"), "{}", whole_name.message);
    assert_eq!(agreed.status, Status::Confirmed, "{}", agreed.message);
}

#[test]
fn the_agents_own_name_is_nobodys() {
    let mut line = Line::new();
    line.company.policy.agent_name = Some("Clara".into());
    let asked = line.collect(&named("Clara"));
    let read_back = line.collect(&json!({"name": "Clara Muster"}));

    assert_eq!(asked.field("missing"), Some(&json!(["name"])));
    assert!(reads_back(&read_back, "Clara Muster"), "{}", read_back.message);
}

#[test]
fn old_journals_without_marks_are_read_as_what_the_agent_passed_on() {
    let stored = r#"{"kind":"heard","appointment":1}"#;
    let event: crate::domain::call::Event = serde_json::from_str(stored).unwrap();
    let person =
        crate::domain::appointment::Person { name: Some("Erika Beispiel".into()), ..Default::default() };
    let mut line = Line::new();
    line.write(vec![event.with_person(person)]);

    assert_eq!(known(&line), ("Erika Beispiel".into(), Source::Said));
}
