//! Holidays against lists written down by hand, with their weekdays, for 2025 to 2030.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};
use proptest::prelude::*;

use super::*;

const ALL: [&str; 16] =
    ["BW", "BY", "BE", "BB", "HB", "HH", "HE", "MV", "NI", "NW", "RP", "SL", "SN", "ST", "SH", "TH"];

/// Days that move, as the published calendars have them: Karfreitag, Ostermontag, Himmelfahrt, Pfingstmontag,
/// Fronleichnam, Buß- und Bettag.
const MOVING: [(i16, [&str; 6]); 6] = [
    (2025, ["04-18", "04-21", "05-29", "06-09", "06-19", "11-19"]),
    (2026, ["04-03", "04-06", "05-14", "05-25", "06-04", "11-18"]),
    (2027, ["03-26", "03-29", "05-06", "05-17", "05-27", "11-17"]),
    (2028, ["04-14", "04-17", "05-25", "06-05", "06-15", "11-22"]),
    (2029, ["03-30", "04-02", "05-10", "05-21", "05-31", "11-21"]),
    (2030, ["04-19", "04-22", "05-30", "06-10", "06-20", "11-20"]),
];

fn region(code: &str) -> Region {
    Region::parse(code).unwrap()
}

fn kept(code: &str, year: i16) -> Vec<String> {
    let days = date(year, 1, 1).series(1.day()).take_while(|day| day.year() == year);
    let holidays = days.filter(|day| region(code).holiday_on(*day).is_some());
    holidays.map(|day| day.strftime("%m-%d").to_string()).collect()
}

/// What a Land keeps in a year, put together from the fixed days of its law and the moving ones above.
fn expected(land: &str, year: i16) -> Vec<String> {
    let [good_friday, easter_monday, ascension, whit_monday, corpus_christi, repentance] =
        MOVING.iter().find(|(known, _)| *known == year).unwrap().1;
    let mut days = vec!["01-01", "05-01", "10-03", "12-25", "12-26"];
    days.extend([good_friday, easter_monday, ascension, whit_monday]);
    let mut add = |laender: &str, day: &'static str| {
        if laender.split(' ').any(|one| one == land) {
            days.push(day);
        }
    };
    add("BW BY ST", "01-06");
    add("BE MV", "03-08");
    add("BW BY HE NW RP SL", corpus_christi);
    add("SL", "08-15");
    add("TH", "09-20");
    add("BB HB HH MV NI SN ST SH TH", "10-31");
    add("BW BY NW RP SL", "11-01");
    add("SN", repentance);
    if year == 2025 {
        add("BE", "05-08");
    }
    if year == 2028 {
        add("BE", "06-17");
    }
    let mut days: Vec<String> = days.into_iter().map(str::to_owned).collect();
    if land == "BB" {
        let day_before = |day: &str| {
            let monday: Date = format!("{year}-{day}").parse().unwrap();
            monday.yesterday().unwrap().strftime("%m-%d").to_string()
        };
        days.extend([day_before(easter_monday), day_before(whit_monday)]);
    }
    days.sort();
    days
}

#[test]
fn each_land_keeps_the_days_of_its_law() {
    for (year, _) in MOVING {
        for land in ALL {
            assert_eq!(kept(&format!("DE-{land}"), year), expected(land, year), "{land} {year}");
        }
        assert_eq!(kept("DE", year).len(), 9, "{year}");
    }
}

#[test]
fn moving_days_fall_on_their_weekdays() {
    use Weekday::{Friday, Monday, Thursday, Wednesday};
    let weekdays = [Friday, Monday, Thursday, Monday, Thursday, Wednesday];

    for (year, days) in MOVING {
        for (day, weekday) in days.iter().zip(weekdays) {
            let day: Date = format!("{year}-{day}").parse().unwrap();
            assert_eq!(day.weekday(), weekday, "{day}");
        }
    }
}

#[test]
fn austria_keeps_thirteen_days() {
    let days = [
        "01-01", "01-06", "04-06", "05-01", "05-14", "05-25", "06-04", "08-15", "10-26", "11-01", "12-08",
        "12-25", "12-26",
    ];

    assert_eq!(kept("AT", 2026), days);
}

#[test]
fn all_of_switzerland_keeps_four_days() {
    assert_eq!(kept("CH", 2026), ["01-01", "05-14", "08-01", "12-25"]);
}

#[test]
fn what_was_decreed_for_one_year_or_from_a_year_on_holds_then() {
    let berlin = region("DE-BE");

    assert!(berlin.holiday_on(date(2018, 3, 8)).is_none() && berlin.holiday_on(date(2019, 3, 8)).is_some());
    assert!(berlin.holiday_on(date(2025, 5, 8)).is_some() && berlin.holiday_on(date(2026, 5, 8)).is_none());
    assert!(region("DE-MV").holiday_on(date(2022, 3, 8)).is_none());
    assert!(region("DE-HH").holiday_on(date(2016, 10, 31)).is_none());
    assert!(region("DE-BY").holiday_on(date(2026, 8, 15)).is_none(), "in some communes only");
}

#[test]
fn the_eves_are_no_holidays() {
    for code in ["DE", "DE-BE", "AT", "CH"] {
        assert!(region(code).holiday_on(date(2026, 12, 24)).is_none(), "{code}");
        assert!(region(code).holiday_on(date(2026, 12, 31)).is_none(), "{code}");
    }
}

#[test]
fn a_holiday_has_a_name_in_both_languages() {
    let unity = region("DE-SN").holiday_on(date(2026, 10, 3)).unwrap();

    assert_eq!(unity.name(Language::De), "Tag der Deutschen Einheit");
    assert_eq!(unity.name(Language::En), "the Day of German Unity");
}

#[test]
fn regions_are_read_and_printed_and_a_wrong_one_is_told_all() {
    for code in codes() {
        assert_eq!(region(&code).to_string(), code);
    }
    assert_eq!(region(" de-be ").to_string(), "DE-BE");
    let told = Region::parse("DE-XX").unwrap_err().to_string();
    assert!(told.contains("\"DE-XX\"") && told.contains("DE-BE") && told.contains("AT, CH"), "{told}");
    assert!(Region::parse("").is_err() && Region::parse("BE").is_err() && Region::parse("DE-").is_err());
}

proptest! {
    #[test]
    fn easter_is_a_sunday_in_spring(year in 1583i16..3000) {
        let sunday = easter(year).unwrap();
        prop_assert_eq!(sunday.weekday(), Weekday::Sunday);
        prop_assert!(date(year, 3, 22) <= sunday && sunday <= date(year, 4, 25));
    }

    #[test]
    fn no_text_is_a_region_by_chance(text in "\\PC{0,12}") {
        prop_assert!(Region::parse(&text).is_ok_and(|region| region.to_string() == text.trim().to_uppercase())
            || Region::parse(&text).is_err());
    }
}
