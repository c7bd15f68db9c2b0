//! The two files of words say the same things, and say all that pages and program ask for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::http::dashboard::frame::Place;

fn file(language: Language) -> String {
    let name = format!("templates/desk/words/{}.ftl", language.code());
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// Every key, with the names of what it tells.
fn keys(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = String::new();
    for line in file(language).lines() {
        if let Some((name, _)) = line.split_once(" =").filter(|_| !line.starts_with([' ', '#'])) {
            name.clone_into(&mut key);
            assert!(keys.insert(key.clone(), BTreeSet::new()).is_none(), "{key} is said twice");
        }
        for told in line.split('$').skip(1) {
            let told: String = told.chars().take_while(|sign| sign.is_alphanumeric()).collect();
            keys.get_mut(&key).unwrap().insert(told);
        }
    }
    keys
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| if path.is_dir() { files(&path, extension) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|own| own == extension))
        .collect()
}

#[test]
fn both_languages_say_the_same_things_and_tell_the_same() {
    assert_eq!(keys(Language::German), keys(Language::English));
}

#[test]
fn both_files_can_be_read_whole() {
    for language in Language::ALL {
        let read = FluentResource::try_new(file(language));
        assert!(read.is_ok(), "{:?}", read.err().map(|(_, errors)| errors));
    }
}

#[test]
fn whatever_a_page_says_has_its_words() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let known = keys(Language::German);
    let mut places = files(&root.join("templates/desk"), "html");
    places.extend(
        files(&root.join("src/http/dashboard"), "rs").into_iter().filter(|it| !it.ends_with("tests.rs")),
    );

    for place in places {
        let text = fs::read_to_string(&place).unwrap();
        for (call, told) in [(".t(\"", None), (".count(\"", Some("n")), (".with(\"", Some("it"))] {
            for part in text.split(call).skip(1) {
                let key = part.split('"').next().unwrap();
                let tells =
                    known.get(key).unwrap_or_else(|| panic!("{}: no words for {key}", place.display()));
                assert_eq!(
                    tells.iter().map(String::as_str).collect::<Vec<_>>(),
                    Vec::from_iter(told),
                    "{key}"
                );
            }
        }
    }
}

#[test]
fn every_place_weekday_and_month_has_a_name() {
    let weekdays = (1..=7).map(|day| format!("weekday-{day}"));
    let months = (1..=12).map(|month| format!("month-{month}"));
    let places = Place::ALL.map(|place| place.key().to_owned());

    for key in weekdays.chain(months).chain(places) {
        assert!(Words(Language::English).has(&key), "{key}");
    }
}

#[test]
fn a_browser_gets_the_language_it_asks_for_most_and_german_for_what_nobody_speaks() {
    let asked = |accepted| Language::asked_for(accepted).code();

    assert_eq!(asked("en-GB,en;q=0.9,de;q=0.8"), "en");
    assert_eq!(asked("fr, de-AT;q=0.7, en;q=0.3"), "de");
    assert_eq!(asked("fr"), "de");
    assert_eq!(asked(""), "de");
    assert_eq!(asked("de,en"), "de");
}

#[test]
fn a_time_is_written_as_it_is_said_in_the_branch() {
    let at: Timestamp = "2026-10-20T12:30:00Z".parse().unwrap();
    let berlin = TimeZone::get("Europe/Berlin").unwrap();

    assert_eq!(Words(Language::German).when(at, &berlin), "Di. 20. Okt. 2026, 14:30");
    assert_eq!(Words(Language::English).when(at, &berlin), "Tue 20 Oct 2026, 14:30");
    assert_eq!(Words(Language::English).clock(at, &TimeZone::UTC), "12:30");
}
