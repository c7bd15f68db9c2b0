//! The date and time grammar, row by row, seen from Wednesday 14 October 2026, 10:05 in Berlin.

use jiff::civil::{DateTime, date, time};
use jiff::{ToSpan, Zoned};
use proptest::prelude::*;
use serde_json::json;

mod doubts;
mod properties;
mod rows;

use super::super::say;
use super::*;
use crate::domain::hours::OpeningHours;

fn berlin(text: &str) -> Zoned {
    text.parse::<DateTime>().unwrap().in_tz("Europe/Berlin").unwrap()
}

fn opening(hours: &str) -> Opening {
    Opening {
        hours: OpeningHours::parse(hours).unwrap(),
        closures: Vec::new(),
        holidays: None,
        special: Vec::new(),
    }
}

fn understood(words: &str, now: &str, hours: Option<&str>, language: Language) -> Understood {
    let (now, opening) = (berlin(now), hours.map(opening));
    understand(words, &Reference { now: &now, opening: opening.as_ref(), language })
}

const NOW: &str = "2026-10-14T10:05";
const HOURS: &str = "mon-fri 09:00-18:00, sat 09:00-14:00";

fn de(words: &str) -> Understood {
    understood(words, NOW, Some(HOURS), Language::De)
}

fn en(words: &str) -> Understood {
    understood(words, NOW, Some(HOURS), Language::En)
}

fn day(text: &str) -> Understood {
    Understood::Day { date: text.parse().unwrap() }
}

fn exact(text: &str) -> Understood {
    Understood::Exact { start: berlin(text) }
}

fn clock(hour: i8, minute: i8) -> Understood {
    Understood::Time { time: time(hour, minute, 0, 0) }
}

fn clocks((from_hour, from): (i8, i8), (to_hour, to): (i8, i8)) -> Understood {
    let edge = |hour, minute| Edge::Clock(time(hour, minute, 0, 0));
    Understood::Window { from: edge(from_hour, from), to: edge(to_hour, to) }
}

fn moments(from: &str, to: &str) -> Understood {
    Understood::Window { from: Edge::Moment(berlin(from)), to: Edge::Moment(berlin(to)) }
}

fn either(options: impl Into<Vec<Understood>>) -> Understood {
    Understood::Candidates { options: options.into() }
}

fn invalid(why: Why) -> Understood {
    Understood::Invalid { why }
}

#[track_caller]
fn all(understand: fn(&str) -> Understood, words: &[&str], expected: &Understood) {
    for words in words {
        assert_eq!(&understand(words), expected, "{words}");
    }
}

#[test]
fn dates_in_figures() {
    let spellings = [
        "2026-10-20",
        "20.10.",
        "20.10",
        "20.10.2026",
        "20.10.26",
        "20. 10. 2026",
        "20. 10.",
        "20/10/2026",
        "20/10",
        "20-10-2026",
        "20102026",
        "20261020",
        "am 20.10.",
        "20.10.2026.",
        "  bitte am 20.10.!",
    ];
    all(de, &spellings, &day("2026-10-20"));
    all(de, &["15.1.", "15.1", "15.01."], &day("2027-01-15"));
    all(de, &["14.10.", "14.10"], &day("2026-10-14"));
}

#[test]
fn dates_with_the_name_of_the_month() {
    let german =
        ["20. Oktober", "am 20. Oktober 2026", "20 Oktober", "20.Oktober", "den 20. Okt.", "20. OKT. 2026"];
    let english =
        ["October 20", "20 October 2026", "October 20th, 2026", "the 20th of October", "Oct. 20", "20 oct"];

    all(de, &german, &day("2026-10-20"));
    all(de, &["7. November 2026", "7. November", "der 7. November"], &day("2026-11-07"));
    all(de, &["5. März", "5. maerz", "5. MÄRZ 2027"], &day("2027-03-05"));
    all(en, &english, &day("2026-10-20"));
}

#[test]
fn english_slashes_are_asked_where_both_readings_exist() {
    assert_eq!(en("10/20/2026"), day("2026-10-20"));
    assert_eq!(en("20/10/2026"), day("2026-10-20"));
    assert_eq!(en("11/12"), either([day("2026-12-11"), day("2026-11-12")]));
    assert_eq!(de("11/12"), day("2026-12-11"));
}

#[test]
fn a_day_of_the_month_is_the_next_such_day() {
    all(de, &["am 20.", "der 20.", "20.", "Dienstag, der 20.", "am 20"], &day("2026-10-20"));
    all(de, &["am 5."], &day("2026-11-05"));
    all(en, &["the 20th", "on the 20th", "Tuesday the 20th"], &day("2026-10-20"));
    assert_eq!(de("am 31. um 14 Uhr"), exact("2026-10-31T14:00"));
    assert_eq!(de("am 32."), invalid(Why::NoSuchDate));
}

#[test]
fn weekdays_are_the_next_such_day() {
    all(
        de,
        &["Freitag", "am Freitag", "diesen Freitag", "kommenden Freitag", "FR", "Fr."],
        &day("2026-10-16"),
    );
    all(en, &["Friday", "on Friday", "this Friday", "fri"], &day("2026-10-16"));
    all(de, &["Dienstag", "am Dienstag"], &day("2026-10-20"));
    assert_eq!(de("Sonnabend"), day("2026-10-17"));
}

#[test]
fn a_weekday_said_on_that_day_is_asked_while_there_is_time_left() {
    let late = |words| understood(words, "2026-10-14T18:00", Some(HOURS), Language::De);
    let without_hours = |words| understood(words, "2026-10-14T22:00", None, Language::De);

    assert_eq!(de("Mittwoch"), either([day("2026-10-14"), day("2026-10-21")]));
    assert_eq!(late("Mittwoch"), day("2026-10-21"));
    assert_eq!(without_hours("Mittwoch"), either([day("2026-10-14"), day("2026-10-21")]));
    assert_eq!(de("Mittwoch 14:30"), either([exact("2026-10-14T14:30"), exact("2026-10-21T14:30")]));
    assert_eq!(de("Mittwoch um 9"), exact("2026-10-21T09:00"));
}

#[test]
fn a_weekday_must_agree_with_its_date() {
    all(
        de,
        &["Dienstag, 20. Oktober", "Dienstag 20.10.", "20.10. Dienstag", "Di., 20.10.2026"],
        &day("2026-10-20"),
    );
    all(
        de,
        &["Montag, 20. Oktober", "Montag, der 20.", "Montag 20.10. 14 Uhr"],
        &invalid(Why::WeekdayMismatch),
    );
    assert_eq!(en("Monday, October 20"), invalid(Why::WeekdayMismatch));
}

#[test]
fn days_counted_from_today() {
    assert_eq!(de("heute"), day("2026-10-14"));
    all(de, &["morgen", "Morgen bitte", "morgen, Donnerstag"], &day("2026-10-15"));
    all(de, &["übermorgen", "ÜBERMORGEN", "uebermorgen", "u\u{308}bermorgen"], &day("2026-10-16"));
    assert_eq!(en("today"), day("2026-10-14"));
    assert_eq!(en("tomorrow, please"), day("2026-10-15"));
    all(en, &["the day after tomorrow", "day after tomorrow"], &day("2026-10-16"));
    assert_eq!(de("morgen, Montag"), invalid(Why::WeekdayMismatch));
}

#[test]
fn the_morning_is_not_tomorrow() {
    let early = |day: &str| moments(&format!("2026-10-{day}T09:00"), &format!("2026-10-{day}T10:00"));

    all(de, &["am Morgen", "morgens"], &clocks((9, 0), (10, 0)));
    all(de, &["Freitag morgen", "Freitagmorgen", "am Freitag Morgen"], &early("16"));
    all(de, &["morgen früh", "Donnerstag morgen", "morgen, Donnerstag, früh"], &early("15"));
    assert_eq!(de("heute morgen"), invalid(Why::Past));
    assert_eq!(de("Guten Morgen, am Freitag bitte"), day("2026-10-16"));
}

#[test]
fn times_of_the_clock() {
    all(
        de,
        &[
            "14:30",
            "14.30 Uhr",
            "14 Uhr 30",
            "14.30",
            "um 14:30 Uhr",
            "14:30:00",
            "14 Uhr 30.",
            "14:30 h",
            "14h30",
        ],
        &clock(14, 30),
    );
    all(de, &["14 Uhr", "14", "um 14", "um 14.", "gerne um 14 Uhr"], &clock(14, 0));
    all(en, &["2:30 pm", "2:30pm", "2.30 p.m.", "14:30", "at 2:30", "02:30 PM"], &clock(14, 30));
    all(en, &["2pm", "2 pm", "2 p.m.", "at 2", "2 o'clock", "at 2 o’clock"], &clock(14, 0));
    assert_eq!(en("12 pm"), clock(12, 0));
    assert_eq!(en("12 am"), clock(0, 0));
    assert_eq!(de("12 Uhr"), clock(12, 0));
    assert_eq!(de("0 Uhr 30"), clock(0, 30));
}

#[test]
fn hours_of_doubt_follow_the_opening_hours() {
    let till_eight = |words| understood(words, NOW, Some("mon-fri 08:00-20:00"), Language::De);
    let without_hours = |words| understood(words, NOW, None, Language::De);

    all(de, &["9", "9 Uhr", "um 9", "9:00", "09:00"], &clock(9, 0));
    all(de, &["3 Uhr", "um 3", "3", "15 Uhr"], &clock(15, 0));
    assert_eq!(de("2:30"), clock(14, 30));
    assert_eq!(de("8.15"), clock(8, 15));
    assert_eq!(till_eight("um 8"), either([clock(8, 0), clock(20, 0)]));
    assert_eq!(till_eight("morgen um 8"), either([exact("2026-10-15T08:00"), exact("2026-10-15T20:00")]));
    assert_eq!(till_eight("um 3"), clock(15, 0));
    assert_eq!(without_hours("um 3"), either([clock(3, 0), clock(15, 0)]));
    assert_eq!(without_hours("um 9"), clock(9, 0));
    assert_eq!(without_hours("halb drei"), either([clock(2, 30), clock(14, 30)]));
    assert_eq!(de("5 Uhr morgen"), exact("2026-10-15T17:00"));
}

#[test]
fn nothing_begins_at_closing_time_and_so_it_is_never_what_was_meant() {
    let till_seven = |words| understood(words, NOW, Some("mon-thu 08:00-19:00"), Language::De);

    assert_eq!(till_seven("morgen 7 Uhr"), exact("2026-10-15T07:00"));
    assert_eq!(till_seven("morgen um sieben"), exact("2026-10-15T07:00"));
    assert_eq!(till_seven("um 7"), clock(7, 0));
    assert_eq!(till_seven("morgen um 19 Uhr"), exact("2026-10-15T19:00"));
}

#[test]
fn the_hours_of_the_day_said_decide() {
    let two_rhythms = |words| understood(words, NOW, Some("thu 08:00-13:00, fri 13:00-21:00"), Language::De);

    assert_eq!(two_rhythms("um 8"), either([clock(8, 0), clock(20, 0)]));
    assert_eq!(two_rhythms("morgen um 8"), exact("2026-10-15T08:00"));
    assert_eq!(two_rhythms("Freitag um 8"), exact("2026-10-16T20:00"));
    assert_eq!(de("Samstag um 5"), exact("2026-10-17T17:00"));
}

#[test]
fn a_leading_zero_is_meant() {
    all(de, &["02:30", "02:30 Uhr", "02.30 Uhr"], &clock(2, 30));
    assert_eq!(de("morgen 03:00"), exact("2026-10-15T03:00"));
}

#[test]
fn times_that_are_none_are_said_so() {
    all(
        de,
        &["24 Uhr", "25 Uhr", "14:75", "14.75", "14 Uhr 75", "24:00", "morgen um 25 Uhr"],
        &invalid(Why::NoSuchTime),
    );
    all(en, &["13 am", "0 pm", "25:00"], &invalid(Why::NoSuchTime));
}

#[test]
fn dates_that_are_none_are_said_so() {
    let none = [
        "31.11.",
        "31.11",
        "31. November",
        "30.2.2027",
        "29.2.",
        "2026-02-30",
        "31.11. um 9 Uhr",
        "99999999",
    ];
    all(de, &none, &invalid(Why::NoSuchDate));
    assert_eq!(de("2027-02-30T10:00"), invalid(Why::NoSuchDate));
    assert_eq!(de("2026-10-20T25:00"), invalid(Why::NoSuchTime));
}

#[test]
fn what_is_past_is_said_so() {
    let past = [
        "14.10.2025",
        "2023-10-20",
        "13.10.2026",
        "14.10. um 9 Uhr",
        "heute 9 Uhr",
        "20. Oktober 2025",
        "20102025",
    ];
    all(de, &past, &invalid(Why::Past));
    assert_eq!(de("heute 10:04"), invalid(Why::Past));
    assert_eq!(de("heute 10:05"), exact("2026-10-14T10:05"));
    assert_eq!(de("2026-10-14T08:04:59Z"), invalid(Why::Past));
}

#[test]
fn a_day_and_a_time_stand_in_any_order() {
    let spellings = [
        "20.10. 14:30",
        "14:30 am 20.10.",
        "20.10.2026 14.30 Uhr",
        "20.10 14.30",
        "Dienstag, 20. Oktober, 14 Uhr 30",
        "14 Uhr 30 20. Oktober",
        "am 20. um 14:30 Uhr",
        "Dienstag um 14 Uhr 30",
        "2026-10-20 14:30",
        "2026-10-20T14:30",
        "2026-10-20T14:30:00+02:00",
        "2026-10-20T12:30:00Z",
        "2026-10-20T14:30:00+02:00[Europe/Berlin]",
        "20.10.26 14:30",
        "20.10.14:30",
    ];
    all(de, &spellings, &exact("2026-10-20T14:30"));
    all(
        de,
        &["20.10. 14 Uhr", "20.10.14 Uhr", "20. 14 Uhr", "14 Uhr 20. Oktober", "20.10. um 2"],
        &exact("2026-10-20T14:00"),
    );
    all(en, &["October 20, 2:30 pm", "2:30 pm on October 20", "Tuesday at 2:30"], &exact("2026-10-20T14:30"));
    all(en, &["October 20, 2026, 2 pm", "2pm, 20 October 2026"], &exact("2026-10-20T14:00"));
}

#[test]
fn a_dotted_pair_is_a_date_where_it_can_be() {
    assert_eq!(de("14.30"), clock(14, 30));
    assert_eq!(de("14.10"), day("2026-10-14"));
    assert_eq!(de("14.10 Uhr"), clock(14, 10));
    assert_eq!(de("um 14.10"), clock(14, 10));
    assert_eq!(de("morgen 14.10"), exact("2026-10-15T14:10"));
    assert_eq!(de("20.10. 14.10"), exact("2026-10-20T14:10"));
    assert_eq!(de("20.10. 14.10 Uhr"), exact("2026-10-20T14:10"));
}

#[test]
fn a_bare_number_after_a_weekday_is_asked_where_both_fit() {
    assert_eq!(de("Freitag 16"), either([exact("2026-10-16T16:00"), day("2026-10-16")]));
    assert_eq!(de("Freitag 14"), exact("2026-10-16T14:00"));
    assert_eq!(de("Freitag um 16"), exact("2026-10-16T16:00"));
}

#[test]
fn as_soon_as_possible_names_no_day() {
    all(
        de,
        &["so bald wie möglich", "egal", "ist mir egal", "So schnell wie möglich, bitte"],
        &Understood::Soonest,
    );
    all(en, &["as soon as possible", "ASAP please", "as soon as possible, thanks"], &Understood::Soonest);
    assert_eq!(de("morgen, egal wann"), day("2026-10-15"));
}

#[test]
fn what_is_left_over_makes_it_unknown() {
    let unknown = [
        "",
        "{{datum}}",
        "None",
        "unknown",
        "N/A",
        "bitte",
        "nach den Herbstferien",
        "wenn Vollmond ist",
        "Freitag geht nicht",
        "nicht am Freitag",
        "Freitag Montag",
        "heute morgen 20.10.",
        "14:00 15:00",
        "1430",
        "2026",
        "20. 10",
        "-5",
        "14:30:15",
        "20.10. 21.10.",
        "Freitag und Samstag",
        "²",
        "१४ Uhr",
    ];
    all(de, &unknown, &Understood::Unknown);
    all(en, &["for 2 hours", "in 3", "may"], &Understood::Unknown);
    assert_eq!(de(&"heute ".repeat(60)), Understood::Unknown);
}

#[test]
fn the_missing_hour_is_no_time_and_the_repeated_one_is_asked() {
    let first = "2026-10-25T02:30:00+02:00[Europe/Berlin]".parse().unwrap();
    let second = "2026-10-25T02:30:00+01:00[Europe/Berlin]".parse().unwrap();
    let both = either([Understood::Exact { start: first }, Understood::Exact { start: second }]);

    assert_eq!(de("28.3.2027 02:30"), invalid(Why::NoSuchTime));
    assert_eq!(de("2027-03-28T02:30"), invalid(Why::NoSuchTime));
    assert_eq!(de("25.10. 02:30"), both);
    assert_eq!(de("2026-10-25T02:30"), both);
    assert_eq!(de("28.3.2027 03:00"), exact("2027-03-28T03:00"));
}

#[test]
fn an_offset_names_the_instant() {
    let second = "2026-10-25T02:30:00+01:00[Europe/Berlin]".parse().unwrap();

    assert_eq!(de("2026-10-25T01:30:00Z"), Understood::Exact { start: second });
    assert_eq!(de("Dienstag 2026-10-20T12:30:00Z"), exact("2026-10-20T14:30"));
    assert_eq!(de("Montag 2026-10-20T12:30:00Z"), invalid(Why::WeekdayMismatch));
    assert_eq!(de("2026-10-20T12:30:00Z um 9"), Understood::Unknown);
}

#[track_caller]
fn combined(date: &str, time: &str) -> Understood {
    let (now, opening) = (berlin(NOW), opening("mon-fri 08:00-20:00"));
    let reference = Reference { now: &now, opening: Some(&opening), language: Language::De };
    combine(&understand(date, &reference), &understand(time, &reference), &reference)
}

#[test]
fn a_day_and_a_time_said_apart_are_one_moment() {
    assert_eq!(combined("20.10.", "14:30"), exact("2026-10-20T14:30"));
    assert_eq!(combined("14:30", "20.10."), exact("2026-10-20T14:30"));
    assert_eq!(combined("20.10.", "um 8"), either([exact("2026-10-20T08:00"), exact("2026-10-20T20:00")]));
    assert_eq!(combined("Mittwoch", "14:30"), either([exact("2026-10-14T14:30"), exact("2026-10-21T14:30")]));
    assert_eq!(combined("Mittwoch", "09:00"), exact("2026-10-21T09:00"));
    assert_eq!(combined("heute", "09:00"), invalid(Why::Past));
    assert_eq!(combined("28.3.2027", "02:30"), invalid(Why::NoSuchTime));
    assert_eq!(combined("31.11.", "14:30"), invalid(Why::NoSuchDate));
    assert_eq!(combined("20.10.", "irgendwann"), Understood::Unknown);
    assert_eq!(combined("20.10.", "egal"), day("2026-10-20"));
    assert_eq!(combined("egal", "14:30"), clock(14, 30));
}

#[test]
fn a_moment_said_twice_is_one_and_a_contradiction_is_asked() {
    assert_eq!(combined("20.10. 14:30", "14:30"), exact("2026-10-20T14:30"));
    assert_eq!(combined("20.10. 20:00", "um 8"), exact("2026-10-20T20:00"));
    assert_eq!(combined("20.10.", "20.10. 14:30"), exact("2026-10-20T14:30"));
    assert_eq!(
        combined("20.10. 14:30", "15:00"),
        either([exact("2026-10-20T14:30"), exact("2026-10-20T15:00")])
    );
    assert_eq!(combined("Mittwoch", "21.10. 09:00"), exact("2026-10-21T09:00"));
}

#[test]
fn a_window_of_the_clock_falls_on_its_day() {
    let now = berlin(NOW);
    let reference = Reference { now: &now, opening: None, language: Language::De };
    let window = |from, to| Understood::Window {
        from: Edge::Clock(time(from, 0, 0, 0)),
        to: Edge::Clock(time(to, 0, 0, 0)),
    };
    assert_eq!(
        combine(&day("2026-10-15"), &window(13, 17), &reference),
        moments("2026-10-15T13:00", "2026-10-15T17:00")
    );
    assert_eq!(combine(&day("2026-10-14"), &window(9, 12), &reference), moments(NOW, "2026-10-14T12:00"));
    assert_eq!(combine(&day("2026-10-14"), &window(8, 10), &reference), invalid(Why::Past));
}

#[test]
fn the_json_has_the_shape_of_the_contract() {
    let german = |understood: &Understood| to_json(understood, Language::De);

    assert_eq!(
        german(&exact("2026-10-20T14:30")),
        json!({"kind": "exact", "start": "2026-10-20T14:30:00+02:00", "spoken": "Dienstag, 20. Oktober, 14 Uhr 30"})
    );
    assert_eq!(
        german(&day("2026-10-20")),
        json!({"kind": "day", "date": "2026-10-20", "spoken": "Dienstag, 20. Oktober"})
    );
    assert_eq!(german(&clock(14, 30)), json!({"kind": "time", "time": "14:30", "spoken": "14 Uhr 30"}));
    assert_eq!(german(&invalid(Why::WeekdayMismatch)), json!({"kind": "invalid", "why": "weekday_mismatch"}));
    assert_eq!(german(&Understood::Soonest), json!({"kind": "soonest"}));
    assert_eq!(german(&Understood::Unknown), json!({"kind": "unknown"}));
    assert_eq!(
        german(&either([day("2026-10-14"), day("2026-10-21")])),
        json!({"kind": "candidates", "options": [
            {"kind": "day", "date": "2026-10-14", "spoken": "Mittwoch, 14. Oktober"},
            {"kind": "day", "date": "2026-10-21", "spoken": "Mittwoch, 21. Oktober"},
        ]})
    );
}

#[test]
fn the_json_of_a_window_has_days_alone_or_moments() {
    let days = Understood::Window { from: Edge::Day(date(2026, 10, 19)), to: Edge::Day(date(2026, 10, 24)) };
    let moments = Understood::Window {
        from: Edge::Moment(berlin("2026-10-15T09:00")),
        to: Edge::Moment(berlin("2026-10-15T12:00")),
    };

    assert_eq!(
        to_json(&days, Language::De),
        json!({"kind": "window", "from": "2026-10-19", "to": "2026-10-24",
            "spoken": "Montag, 19. Oktober bis Samstag, 24. Oktober"})
    );
    assert_eq!(
        to_json(&moments, Language::De),
        json!({"kind": "window", "from": "2026-10-15T09:00:00+02:00", "to": "2026-10-15T12:00:00+02:00",
            "spoken": "Donnerstag, 15. Oktober, 9 Uhr bis 12 Uhr"})
    );
}

#[test]
fn seen_from_today_the_json_speaks_another_year() {
    let spoken = &to_json_seen_from(&day("2027-01-15"), date(2026, 10, 14), Language::En)["spoken"];

    assert_eq!(spoken, "Friday, January 15, 2027");
}

/// Nothing that would be booked or offered as a day lies behind the caller.
fn is_never_past(understood: &Understood, now: &Zoned) -> bool {
    match understood {
        Understood::Exact { start } => start >= now,
        Understood::Day { date } => *date >= now.date(),
        Understood::Candidates { options } => {
            options.len() > 1 && options.iter().all(|option| is_never_past(option, now))
        }
        Understood::Time { .. }
        | Understood::Window { .. }
        | Understood::Invalid { .. }
        | Understood::Soonest
        | Understood::Unknown => true,
    }
}

const PIECES: [&str; 34] = [
    "heute",
    "morgen",
    "Mittwoch",
    "Fr.",
    "am",
    "um",
    "der",
    "20.",
    "14.10",
    "31.11.",
    "2025",
    "2026-10-20",
    "14:30",
    "9 Uhr",
    "30",
    "Uhr",
    "Oktober",
    "20. März",
    "egal",
    ",",
    ".",
    "2026-10-14T09:00:00Z",
    "10:05",
    "-",
    "29.2.",
    "20102026",
    "tomorrow",
    "October 20",
    "2 pm",
    "the",
    "20th",
    "Sunday",
    "11/12",
    "at 9",
];

proptest! {
    #[test]
    fn no_text_makes_it_panic(words in "\\PC{0,40}", english: bool) {
        let language = if english { Language::En } else { Language::De };
        let result = understood(&words, NOW, Some(HOURS), language);
        prop_assert!(is_never_past(&result, &berlin(NOW)));
    }

    #[test]
    fn nothing_understood_is_past(
        picked in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 1..5),
        english: bool,
        with_hours: bool,
    ) {
        let language = if english { Language::En } else { Language::De };
        let result = understood(&picked.join(" "), NOW, with_hours.then_some(HOURS), language);
        prop_assert!(is_never_past(&result, &berlin(NOW)), "{:?}", result);
        prop_assert!(to_json(&result, language)["kind"].is_string());
    }
}

#[test]
fn languages_may_be_mixed() {
    assert_eq!(de("tomorrow"), en("tomorrow"));
    assert_eq!(en("morgen"), de("morgen"));
    all(de, &["3am", "3 am", "3 a.m."], &clock(3, 0));
    all(de, &["2:30 pm", "2:30pm"], &clock(14, 30));
    assert_eq!(de("12am"), clock(0, 0));
    assert_eq!(de("15 Uhr am 20.10."), de("20.10. um 15 Uhr"));
}
