//! What must hold of any words: no panic, no past, no day but the one said, nothing by default, and what is said aloud is understood.

use jiff::civil::Weekday;
use proptest::sample::select;

use super::*;

const ZONES: [&str; 3] = ["Europe/Berlin", "Europe/Vienna", "Europe/Zurich"];

/// Words about the day, none of which takes another back or makes it an end.
const DAYS: [&str; 39] = [
    "heute",
    "übermorgen",
    "am Montag",
    "Mittwoch",
    "Freitag",
    "nächsten Freitag",
    "übernächsten Dienstag",
    "kommenden Sonntag",
    "am 20.",
    "der zwanzigste",
    "am einunddreißigsten",
    "20. Oktober",
    "31.11.",
    "29.2.",
    "15.1.",
    "14.10.2025",
    "2026-10-20",
    "in einer Woche",
    "in 14 Tagen",
    "in acht Tagen",
    "in drei Monaten",
    "nächste Woche",
    "diese Woche",
    "Ende nächster Woche",
    "Anfang November",
    "im Dezember",
    "nächsten Monat",
    "KW 43",
    "in der 53. Woche",
    "am Wochenende",
    "erster Montag im November",
    "letzter Freitag im Monat",
    "in der ersten Novemberwoche",
    "Heiligabend",
    "Ostern",
    "gestern",
    "tomorrow",
    "next Friday",
    "October twentieth",
];

const CLOCKS: [&str; 26] = [
    "um drei",
    "halb drei",
    "viertel drei",
    "dreiviertel drei",
    "Viertel nach acht",
    "fünf vor halb eins",
    "14:30",
    "14.30 Uhr",
    "neun Uhr null fünf",
    "um zehn zehn",
    "24 Uhr",
    "früh",
    "vormittags",
    "mittags",
    "am Nachmittag",
    "abends",
    "nach der Arbeit",
    "ab vier",
    "bis elf",
    "zwischen zwei und vier",
    "gegen vier",
    "kurz nach vier",
    "half past two",
    "at noon",
    "2 pm",
    "in the evening",
];

const GLUE: [&str; 25] = [
    "morgen",
    "bitte",
    "um",
    "am",
    "der",
    "oder",
    "nein",
    "lieber",
    "bis",
    "ab",
    "vor",
    "nach",
    "von",
    "zwischen",
    "und",
    "nicht vor",
    "außer",
    ",",
    ".",
    "-",
    "Uhr",
    "30",
    "or",
    "no",
    "the",
];

/// Every date that would be booked or offered.
fn dates(understood: &Understood) -> Vec<Date> {
    match understood {
        Understood::Exact { start } => vec![start.date()],
        Understood::Day { date } => vec![*date],
        Understood::Candidates { options } => options.iter().flat_map(dates).collect(),
        Understood::Window { from, to } => [from, to]
            .into_iter()
            .filter_map(|edge| match edge {
                Edge::Moment(at) => Some(at.date()),
                Edge::Day(date) => Some(*date),
                Edge::Clock(_) => None,
            })
            .collect(),
        Understood::Time { .. } | Understood::Invalid { .. } | Understood::Soonest | Understood::Unknown => {
            Vec::new()
        }
    }
}

fn times(understood: &Understood) -> usize {
    match understood {
        Understood::Exact { .. }
        | Understood::Time { .. }
        | Understood::Window { from: Edge::Moment(_) | Edge::Clock(_), .. } => 1,
        Understood::Candidates { options } => options.iter().map(times).sum(),
        Understood::Window { .. }
        | Understood::Day { .. }
        | Understood::Invalid { .. }
        | Understood::Soonest
        | Understood::Unknown => 0,
    }
}

/// Days and times are the language of German callers and models; both are read in either.
fn at_any(words: &str, (now, zone, hours): (&Zoned, usize, bool), english: bool) -> (Zoned, Understood) {
    let now = now.with_time_zone(jiff::tz::TimeZone::get(ZONES[zone % 3]).unwrap());
    let language = if english { Language::En } else { Language::De };
    let opening = hours.then(|| opening(HOURS));
    let result = understand(words, &Reference { now: &now, opening: opening.as_ref(), language });
    (now, result)
}

/// Any minute of four years, the nights of the changed clocks among them.
fn moments_of_years() -> impl Strategy<Value = Zoned> {
    let minutes = prop_oneof![
        0..4 * 366 * 24 * 60i64,
        select(&[("2026-03-29T00:30"), ("2026-10-25T00:30"), ("2027-03-28T00:30"), ("2027-10-31T00:30")][..])
            .prop_flat_map(|night| {
                let night = berlin(night).duration_since(&berlin("2025-01-01T00:00")).as_mins();
                night..night + 240
            }),
    ];
    minutes.prop_map(|minutes| berlin("2025-01-01T00:00") + minutes.minutes())
}

fn joined(pieces: &'static [&'static str], most: usize) -> impl Strategy<Value = String> {
    proptest::collection::vec(select(pieces), 1..most).prop_map(|pieces| pieces.join(" "))
}

fn anything() -> impl Strategy<Value = String> {
    let piece = prop_oneof![select(&DAYS[..]), select(&CLOCKS[..]), select(&GLUE[..])];
    proptest::collection::vec(piece, 1..9).prop_map(|pieces| pieces.join(" "))
}

fn weekday_said(words: &str) -> Option<Weekday> {
    let named = [
        ("Montag", Weekday::Monday),
        ("Dienstag", Weekday::Tuesday),
        ("Mittwoch", Weekday::Wednesday),
        ("Freitag", Weekday::Friday),
        ("Friday", Weekday::Friday),
        ("Sonntag", Weekday::Sunday),
    ];
    named.into_iter().find(|(name, _)| words.contains(name)).map(|(_, day)| day)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_said_nothing_lies_in_the_past(
        words in anything(), now in moments_of_years(), zone in 0..3usize, hours: bool, english: bool,
    ) {
        let (now, result) = at_any(&words, (&now, zone, hours), english);
        prop_assert!(is_never_past(&result, &now), "{words}: {result:?}");
        prop_assert!(dates(&result).iter().all(|date| *date >= now.date()), "{words}: {result:?}");
        let (first, last) = (dates(&result).into_iter().min(), dates(&result).into_iter().max());
        prop_assert!(first <= last);
    }

    #[test]
    fn a_weekday_that_was_said_is_the_weekday_that_is_meant(
        words in joined(&DAYS, 4), clock in select(&CLOCKS[..]), now in moments_of_years(), zone in 0..3usize,
    ) {
        let words = format!("{words} {clock}");
        let (_, result) = at_any(&words, (&now, zone, true), false);
        if let Some(weekday) = weekday_said(&words) {
            prop_assert!(dates(&result).iter().all(|date| date.weekday() == weekday), "{words}: {result:?}");
        }
    }

    #[test]
    fn who_says_no_time_is_given_none(words in joined(&DAYS, 4), now in moments_of_years(), hours: bool) {
        let (_, result) = at_any(&words, (&now, 0, hours), false);
        prop_assert_eq!(times(&result), 0, "{}: {:?}", words, result);
    }

    #[test]
    fn who_says_no_day_is_given_none(words in joined(&CLOCKS, 4), now in moments_of_years(), hours: bool) {
        let (_, result) = at_any(&words, (&now, 0, hours), false);
        prop_assert!(dates(&result).is_empty(), "{words}: {result:?}");
    }

    #[test]
    fn a_day_and_a_time_said_apart_are_what_they_are_together(
        day in select(&DAYS[..]), clock in select(&CLOCKS[..]), now in moments_of_years(),
    ) {
        let opening = opening("mon-sun 09:00-18:00");
        let reference = Reference { now: &now, opening: Some(&opening), language: Language::De };
        let together = understand(&format!("{day} {clock}"), &reference);
        let apart = combine(&understand(day, &reference), &understand(clock, &reference), &reference);
        if together != Understood::Unknown {
            prop_assert_eq!(together, apart, "{} {}", day, clock);
        }
    }

    #[test]
    fn any_moment_said_aloud_is_that_moment_or_one_of_those_asked_about(
        start in moments_of_years(), ahead in 0..700i64, zone in 0..3usize, english: bool, hours: bool,
    ) {
        let zone = jiff::tz::TimeZone::get(ZONES[zone]).unwrap();
        let start = start.with_time_zone(zone);
        let now = &start - ahead.days();
        let language = if english { Language::En } else { Language::De };
        let opening = hours.then(|| opening("mon-sun 00:00-24:00"));
        let reference = Reference { now: &now, opening: opening.as_ref(), language };
        let words = say::moment(&start, now.date(), language);
        let start = start.with().second(0).build().unwrap();
        let options = flat(understand(&words, &reference));
        let is_there = options.contains(&Understood::Exact { start: start.clone() });
        prop_assert!(is_there || start < now, "{words}: {options:?}");
        prop_assert!(options.len() <= 3, "{words}: {options:?}");
    }
}

proptest! {
    #[test]
    fn no_text_of_any_length_makes_it_panic_or_takes_long(
        text in prop_oneof!["\\PC{0,300}", "(?s).{0,10000}", proptest::collection::vec(any::<char>(), 0..3000).prop_map(String::from_iter)],
        repeated in anything(), times in 1..400usize,
    ) {
        for text in [text, repeated.repeat(times)] {
            let (_, result) = at_any(&text, (&berlin(NOW), 0, true), false);
            prop_assert!(is_never_past(&result, &berlin(NOW)), "{result:?}");
            if text.chars().count() > WORDS_CHARS_MAX {
                prop_assert_eq!(result, Understood::Unknown);
            }
        }
    }

    #[test]
    fn there_are_no_more_tokens_than_letters_and_no_more_phrases_than_tokens(words in anything()) {
        for language in [Language::De, Language::En] {
            let (table, idioms) = (language.words(), idioms::of(language));
            let tokens = tokens::of(&words, table, idioms);
            prop_assert!(tokens.len() <= words.chars().count() + 1);
            let place = place::Place { tokens: &tokens, at: 0, words: table, idioms };
            let phrases = rules::read(place).map_or(0, |said| said.iter().map(Vec::len).sum());
            prop_assert!(phrases <= tokens.len());
        }
    }
}

#[test]
fn every_slot_of_two_years_is_understood_as_it_is_said_in_german() {
    understood_as_said(Language::De);
}

#[test]
fn every_slot_of_two_years_is_understood_as_it_is_said_in_english() {
    understood_as_said(Language::En);
}

fn understood_as_said(language: Language) {
    let (now, opening) = (berlin(NOW), opening(HOURS));
    let first = now.date().at(0, 0, 0, 0);
    let quarters = (0..2 * 365 * 24 * 4).map(|quarter| first + (quarter * 15i64).minutes());
    let starts = quarters.map(|local| local.in_tz("Europe/Berlin").unwrap());
    let slots: Vec<Zoned> = starts.filter(|start| opening.is_open_at(start) && *start >= now).collect();
    assert!(slots.len() > 20_000);

    let reference = Reference { now: &now, opening: Some(&opening), language };
    for start in slots {
        let words = say::moment(&start, now.date(), language);
        assert_eq!(understand(&words, &reference), Understood::Exact { start }, "{words}");
    }
}

#[test]
fn seen_from_other_days_and_zones_a_slot_is_understood_as_it_is_said() {
    let opening = opening(HOURS);
    for (now, zone) in
        [("2026-02-28T23:59", ZONES[1]), ("2026-12-31T08:00", ZONES[2]), ("2027-10-30T12:00", ZONES[0])]
    {
        let now = now.parse::<DateTime>().unwrap().in_tz(zone).unwrap();
        let days = (0..730i64).step_by(3).map(|days| now.date() + days.days());
        let starts =
            days.flat_map(|day| [(9, 0), (11, 45), (12, 15), (17, 30)].map(|(h, m)| day.at(h, m, 0, 0)));
        let starts = starts.map(|local| local.in_tz(zone).unwrap());
        for start in starts.filter(|start| opening.is_open_at(start) && *start >= now) {
            for language in [Language::De, Language::En] {
                let reference = Reference { now: &now, opening: Some(&opening), language };
                let words = say::moment(&start, now.date(), language);
                assert_eq!(
                    understand(&words, &reference),
                    Understood::Exact { start: start.clone() },
                    "{words}"
                );
            }
        }
    }
}

#[test]
fn every_zone_knows_the_hour_that_is_missing_and_the_one_that_comes_twice() {
    for zone in ZONES {
        let now = NOW.parse::<DateTime>().unwrap().in_tz(zone).unwrap();
        let reference = Reference { now: &now, opening: None, language: Language::De };
        for gap in ["28.3.2027 um 02:30", "am 28. März 2027, 02:30 Uhr", "2027-03-28T02:30"] {
            assert_eq!(understand(gap, &reference), invalid(Why::NoSuchTime), "{zone} {gap}");
        }
        for (night, offsets) in [("25.10.2026", ["+02:00", "+01:00"]), ("31.10.2027", ["+02:00", "+01:00"])] {
            let Understood::Candidates { options } = understand(&format!("{night} 02:30"), &reference) else {
                panic!("{zone} {night}")
            };
            let told: Vec<_> = options.iter().map(|option| to_json(option, Language::De)).collect();
            let ends = told
                .iter()
                .zip(offsets)
                .all(|(told, offset)| told["start"].as_str().unwrap().ends_with(offset));
            assert!(ends && told.len() == 2, "{zone} {told:?}");
        }
    }
}
