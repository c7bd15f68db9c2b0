//! Stories of a yes that is found at the end: to what was read back, to something else, or heard by the analysis alone.

use serde_json::{Value, json};

use super::ending::collected_but;
use super::house::local;
use super::line::{Line, collected, gathered, whole};
use crate::domain::call::{Event, News, Outcome, Words, Yes};
use crate::domain::callback::Reason;

/// What only Retell's analysis says.
fn analysis(words: &Value) -> Words {
    let map =
        words.as_object().unwrap().iter().map(|(name, value)| {
            (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        });
    Words::default().and_of_the_analysis(map.collect())
}

#[test]
fn a_yes_beside_another_day_time_service_or_person_than_was_read_back_is_given_to_a_person() {
    let stories = [
        json!({"datum": "22.10.2026"}),
        json!({"uhrzeit": "15:00"}),
        json!({"uhrzeit": "vormittags"}),
        json!({"datum": "nach den Ferien"}),
        json!({"datum": "Montag, 20.10."}),
        json!({"datum": "20.10. um 16 Uhr", "uhrzeit": null}),
        json!({"dienstleistung": "Färben"}),
        json!({"dienstleistung": "Reifenwechsel"}),
        json!({"mitarbeiter": "Bea"}),
    ];
    for changes in stories {
        for news in [News::Ended, News::Analyzed] {
            let mut line = Line::new();
            line.collect(&whole());
            line.news(news, &collected_but(&changes));
            line.time_is_up(&collected_but(&changes));
            line.analyzed(&collected_but(&changes));

            assert!(line.intents.is_empty(), "{changes}");
            assert_eq!(
                (line.outcome(), line.reasons()),
                (Some(Outcome::Callback), vec![Reason::UnclearWish])
            );
            let wish = &line.callbacks[0].wish.as_ref().unwrap().0;
            assert!(wish.starts_with("Haarschnitt, Dienstag, 20. Oktober, 14 Uhr 30 / "), "{wish}");
            assert!(line.calendar.holds.is_empty());
        }
    }
}

#[test]
fn a_yes_beside_words_that_may_mean_what_was_read_back_is_to_that() {
    let stories = [
        json!({"datum": "Dienstag", "uhrzeit": "halb drei"}),
        json!({"datum": "nächste Woche", "uhrzeit": "nachmittags"}),
        json!({"datum": "20.10. um 14:30", "uhrzeit": null}),
        json!({"datum": null, "uhrzeit": null, "dienstleistung": "Schnitt"}),
        json!({"mitarbeiter": "Anna"}),
        json!({"mitarbeiter": "egal", "name": "Max Muster"}),
    ];
    for changes in stories {
        let mut line = Line::new();
        line.collect(&whole());
        line.hang_up(&collected_but(&changes));

        assert_eq!(line.starts(), [local("2026-10-20T14:30")], "{changes}");
        assert_eq!(line.intents[0].person.name.as_deref(), Some("Erika Beispiel"), "{changes}");
    }
}

#[test]
fn of_half_a_wish_another_day_in_the_variables_is_given_to_a_person_too() {
    let mut line = Line::new();
    line.collect(&json!({"dienstleistung": "Haarschnitt", "datum": "22.10."}));
    line.hang_up(&collected());
    line.time_is_up(&collected());

    assert_eq!((line.intents.len(), line.reasons()), (0, vec![Reason::UnclearWish]));
    let wish = &line.callbacks[0].wish.as_ref().unwrap().0;
    assert_eq!(wish, "Haarschnitt, 22.10.2026 / Haarschnitt, 20.10.2026, 14:30");
    assert_eq!(line.callbacks[0].name.as_ref().unwrap().0, "Erika Beispiel");
}

#[test]
fn a_yes_that_only_the_analysis_has_heard_books_nothing_that_functions_would_have_heard_of() {
    for words in [json!({"booking_confirmed": true}), collected()] {
        let mut line = Line::new();
        line.collect(&whole());
        line.hang_up(&json!({}));
        line.hear(News::Analyzed, &analysis(&words));

        assert_eq!((line.intents.len(), line.reasons()), (0, vec![Reason::UnclearWish]));
        let wish = &line.callbacks[0].wish.as_ref().unwrap().0;
        assert_eq!(wish, "Haarschnitt, Dienstag, 20. Oktober, 14 Uhr 30");
    }
}

#[test]
fn a_yes_that_only_the_analysis_has_heard_counts_where_the_agent_has_no_functions() {
    let mut line = Line::new();
    line.hang_up(&json!({}));
    line.hear(News::Analyzed, &analysis(&collected()));

    assert_eq!(line.starts(), [local("2026-10-20T14:30")]);
    let yes = line
        .journal
        .iter()
        .find_map(|(event, _)| if let Event::Confirmed { yes, .. } = event { Some(*yes) } else { None });
    assert_eq!(yes, Some(Yes::InAnalysis));
}

#[test]
fn what_the_analysis_makes_of_a_yes_in_the_variables_changes_nothing() {
    let mut line = Line::new();
    line.collect(&whole());
    let guessed = analysis(&collected_but(&json!({"datum": "22.10.2026"})));
    line.hear(News::Analyzed, &gathered(&json!({"booking_confirmed": "true"})).or(guessed));

    assert_eq!(line.starts(), [local("2026-10-20T14:30")]);
}
