//! Whatever is said, in whatever order: no panic, no second intent, nothing confirmed that was not read back.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::house::{CUT_BY_ANNA, CUT_BY_BEA, anna, bea, local};
use super::line::{Line, collected, whole_but};
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::Stage;
use crate::domain::call::{Event, Function, News};
use crate::domain::slot::Kept;

#[derive(Clone, Debug)]
enum Turn {
    Collect(Value),
    Check(Value),
    CallBack,
    News(News, bool),
    Wait(i64),
    /// Cal.com answers, or does not.
    Calendar(bool),
    /// A visitor books the favourite time on the web.
    Visitor,
    /// Another caller holds it for a while.
    Rival(bool),
}

fn said() -> impl Strategy<Value = Value> {
    let word = |words: &'static [&'static str]| prop_oneof![2 => Just(None), 1 => prop::sample::select(words).prop_map(Some)];
    let truth = prop_oneof![3 => Just(None), 2 => Just(Some(true)), 1 => Just(Some(false))];
    (
        word(&["20.10.", "22.10.", "18.10.", "Mittwoch", "20.10.2023", "egal", "31.11."]),
        word(&["14:30", "15:00", "11:00", "egal", "25 Uhr"]),
        word(&["Haarschnitt", "Färben", "Massage"]),
        word(&["Anna", "Bea", "Zoe", "egal"]),
        word(&["Erika Beispiel", "Max Beispiel", "unbekannt"]),
        word(&["a1", "b2", "z9"]),
        word(&["030 901820", "keine Ahnung"]),
        (truth, 1..=3_u8),
    )
        .prop_map(|(datum, uhrzeit, dienstleistung, mitarbeiter, name, slot_id, telefonnummer, last)| {
            let (bestaetigung, termin) = last;
            json!({
                "datum": datum, "uhrzeit": uhrzeit, "dienstleistung": dienstleistung, "mitarbeiter": mitarbeiter,
                "name": name, "slot_id": slot_id, "telefonnummer": telefonnummer,
                "bestaetigung": bestaetigung, "termin": termin
            })
        })
}

fn turn() -> impl Strategy<Value = Turn> {
    let whole = (1..=2_u8, any::<bool>()).prop_map(|(termin, early)| {
        whole_but(&json!({"termin": termin, "bestaetigung": early.then_some(true)}))
    });
    let answer = (1..=2_u8, prop::bool::weighted(0.8))
        .prop_map(|(termin, yes)| json!({"termin": termin, "bestaetigung": yes}));
    let news = prop::sample::select(vec![
        News::Started,
        News::Ended,
        News::Analyzed,
        News::Found { analyzed: false },
        News::Found { analyzed: true },
        News::NoAnswer,
        News::GivenUp,
        News::TimeIsUp,
    ]);
    prop_oneof![
        3 => whole.prop_map(Turn::Collect),
        4 => answer.prop_map(Turn::Collect),
        5 => said().prop_map(Turn::Collect),
        2 => said().prop_map(Turn::Check),
        1 => Just(Turn::CallBack),
        2 => (news, any::<bool>()).prop_map(|(news, confirmed)| Turn::News(news, confirmed)),
        2 => (1..15_i64).prop_map(Turn::Wait),
        1 => any::<bool>().prop_map(Turn::Calendar),
        1 => Just(Turn::Visitor),
        1 => any::<bool>().prop_map(Turn::Rival),
    ]
}

/// What was last read back for an appointment, and what was last confirmed.
#[derive(Default)]
struct Witness {
    read_back: BTreeMap<u8, String>,
    confirmed: BTreeMap<u8, String>,
}

impl Witness {
    fn watch(&mut self, line: &Line, number: u8, answer: &Answer) {
        let fingerprint = fingerprint(line, number, answer);
        let status = answer.status;
        if matches!(status, Status::Held | Status::Noted) && line.stage(number) == Stage::ReadBack {
            self.confirmed.remove(&number);
            self.read_back.insert(number, fingerprint);
        } else if matches!(status, Status::Confirmed | Status::Noted) {
            let known = [self.read_back.get(&number), self.confirmed.get(&number)];
            let needs_a_yes = line.company.policy.require_confirmation;
            assert!(
                !needs_a_yes || known.contains(&Some(&fingerprint)),
                "{fingerprint} was confirmed, read back was {known:?}"
            );
            self.confirmed.insert(number, fingerprint);
        } else if status != Status::Incomplete {
            // Only a question about the number or the address does not touch what the yes is about.
            assert_ne!(status, Status::Held, "held without a read-back");
            self.read_back.remove(&number);
        }
    }
}

fn fingerprint(line: &Line, number: u8, answer: &Answer) -> String {
    let row = answer.field("appointment").cloned().unwrap_or_default();
    let name = line.draft(number).person.name;
    format!("{} {} {} {name:?}", row["service"], row["start"], row["staff"])
}

fn play(line: &mut Line, turn: &Turn, witness: &mut Witness) {
    match turn {
        Turn::Collect(args) => {
            let number = u8::try_from(args["termin"].as_u64().unwrap()).unwrap();
            // What stands in the books, perhaps by a yes in the variables, is only told again.
            let is_in_the_books = matches!(line.stage(number), Stage::Requested(_));
            let answer = line.collect(args);
            if !is_in_the_books {
                witness.watch(line, number, &answer);
            }
        }
        Turn::Check(args) => drop(line.check(args)),
        Turn::CallBack => drop(line.invoke(&Function::RequestCallback, &json!({"grund": "Frage"}))),
        Turn::News(news, true) => line.news_again(*news, &collected()),
        Turn::News(news, false) => line.news_again(*news, &json!({})),
        Turn::Wait(minutes) => line.wait(*minutes),
        Turn::Calendar(reachable) => line.calendar.reachable = *reachable,
        Turn::Visitor => line.calendar.book_out(&[CUT_BY_ANNA, CUT_BY_BEA], "2026-10-20T14:30"),
        Turn::Rival(is_anna) => {
            let calendar = if *is_anna { anna() } else { bea() };
            let (start, end) = (local("2026-10-20T14:00"), local("2026-10-20T15:00"));
            if !line.calendar.holds.values().any(|(slot, _)| slot.calendar == calendar) {
                let until = line.now + jiff::SignedDuration::from_mins(8);
                line.calendar.others.push((Kept { calendar, start, end }, until));
            }
        }
    }
}

fn assert_books_are_sound(line: &Line) {
    let mut confirmed = BTreeSet::new();
    let mut requested = BTreeSet::new();
    for (event, _) in &line.journal {
        if let Event::Confirmed { appointment, .. } = event {
            confirmed.insert(*appointment);
        }
        if let Event::Requested { appointment, .. } = event {
            assert!(confirmed.contains(appointment), "an intent without a yes");
            assert!(requested.insert(*appointment), "a second intent for one appointment");
        }
    }
    assert_eq!(line.intents.len(), requested.len());
    let as_kept =
        |slot: &crate::domain::slot::Slot| Kept { calendar: slot.calendar, start: slot.start, end: slot.end };
    for (n, one) in line.intents.iter().enumerate() {
        let clashes = line.intents[n + 1..].iter().any(|other| one.slot.clashes_with(&as_kept(&other.slot)));
        assert!(!clashes, "two appointments of a call in one slot");
    }
}

/// A promise that was made in the call stands in the books once everything is over.
fn assert_promises_are_kept(line: &mut Line) {
    let promised: Vec<u8> = (1..=9).filter(|number| line.stage(*number) == Stage::Confirmed).collect();
    for news in [News::Ended, News::TimeIsUp] {
        line.news(news, &json!({}));
    }
    assert!(line.call.is_settled());
    for number in promised {
        assert!(line.intents.iter().any(|intent| intent.appointment == number), "a promise nobody keeps");
    }
    for (number, draft) in &line.call.drafts {
        let in_the_books = matches!(draft.stage, Stage::Requested(_));
        // What is read back only after everything was settled runs out by itself.
        let runs_out = draft.chosen.as_ref().is_none_or(|chosen| chosen.until.is_some());
        let is_kept = runs_out || line.company.policy.hold_minutes == 0;
        assert!(in_the_books || is_kept, "appointment {number} keeps a slot for nobody");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_words_and_news_breaks_a_promise(
        turns in prop::collection::vec(turn(), 1..14),
        (withheld, requires, holds) in (any::<bool>(), prop::bool::weighted(0.8), prop::bool::weighted(0.8)),
    ) {
        let mut line = if withheld { Line::withheld() } else { Line::new() };
        line.company.policy.require_confirmation = requires;
        line.company.policy.hold_minutes = if holds { 10 } else { 0 };
        let mut witness = Witness::default();

        for turn in &turns {
            play(&mut line, turn, &mut witness);
            assert_books_are_sound(&line);
        }

        assert_promises_are_kept(&mut line);
        assert_books_are_sound(&line);
    }
}
