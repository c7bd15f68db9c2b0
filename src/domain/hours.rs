//! Opening hours and closures: when a branch is open, on the clock of its own zone.

mod special;

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};
use serde::{Deserialize, Serialize};

pub use special::{NotSpecialHours, SpecialHours};

use super::holidays::{Holiday, Region};

const MINUTES_A_DAY: u16 = 24 * 60;
/// A branch closed longer than this gives no deadline in opening time.
const SEARCH_DAYS_MAX: i32 = 30;
const DAY_NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY_WORDS: [&[&str]; 7] = [
    &["mon", "monday", "mo", "montag"],
    &["tue", "tues", "tuesday", "di", "dienstag"],
    &["wed", "wednesday", "mi", "mittwoch"],
    &["thu", "thur", "thurs", "thursday", "do", "donnerstag"],
    &["fri", "friday", "fr", "freitag"],
    &["sat", "saturday", "sa", "samstag", "sonnabend"],
    &["sun", "sunday", "so", "sonntag"],
];

/// The weekly hours of a branch, Monday first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OpeningHours {
    days: [Vec<Block>; 7],
}

/// Days on which a branch stays closed, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DateRange {
    first: Date,
    last: Date,
}

/// All that decides whether a branch is open.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Opening {
    pub hours: OpeningHours,
    #[serde(default)]
    pub closures: Vec<DateRange>,
    /// On whose public holidays it is closed.
    #[serde(default)]
    pub holidays: Option<Region>,
    /// Days with hours of their own, before all of the others.
    #[serde(default)]
    pub special: Vec<SpecialHours>,
}

/// Why a text is no opening hours, and what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotHours {
    #[error("no hours given; expected for example \"mon-fri 09:00-18:00, sat 09:00-14:00\"")]
    Empty,
    #[error("\"{0}\" is no day; expected mon, tue, wed, thu, fri, sat, sun or a range like mon-fri")]
    UnknownDay(String),
    #[error("\"{0}\" has no hours; expected for example \"{0} 09:00-18:00\"")]
    NoHours(String),
    #[error("\"{0}\" is no block of time; expected for example 09:00-18:00")]
    NoBlock(String),
    #[error(
        "\"{0}\" does not end after it begins; hours over midnight are two blocks, up to 24:00 and from 00:00"
    )]
    EndsTooEarly(String),
    #[error("two blocks on {0} overlap")]
    Overlap(&'static str),
}

/// Why a text is no day or range of days.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotADateRange {
    #[error("\"{0}\" is no date; expected for example 2026-12-24 or 2026-12-24/2027-01-02")]
    NoDate(String),
    #[error("\"{0}\" ends before it begins")]
    EndsTooEarly(String),
}

/// Minutes since midnight; `closes` may be 24:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Block {
    opens: u16,
    closes: u16,
}

impl OpeningHours {
    /// The hours of a text like "mon-fri 09:00-18:00, sat 09:00-14:00"; the error says what is wrong.
    pub fn parse(text: &str) -> Result<Self, NotHours> {
        let text = tidy(text);
        let mut days: [Vec<Block>; 7] = Default::default();
        for entry in text.split([',', ';']).map(str::trim).filter(|entry| !entry.is_empty()) {
            let (named, blocks) = parse_entry(entry)?;
            for day in named {
                days[day].extend_from_slice(&blocks);
            }
        }
        if days.iter().all(Vec::is_empty) {
            return Err(NotHours::Empty);
        }

        for (blocks, name) in days.iter_mut().zip(DAY_NAMES) {
            *blocks = joined(blocks).ok_or(NotHours::Overlap(name))?;
        }
        Ok(Self { days })
    }

    /// The blocks of a weekday in order; a block up to midnight ends at the last moment of the day.
    pub fn blocks(&self, weekday: Weekday) -> Vec<(Time, Time)> {
        self.on(weekday).iter().copied().map(Block::times).collect()
    }

    fn on(&self, weekday: Weekday) -> &[Block] {
        let day = usize::try_from(weekday.to_monday_zero_offset()).unwrap_or_default();
        &self.days[day]
    }
}

impl DateRange {
    /// The days of "2026-12-24/2027-01-02" or of a single date.
    pub fn parse(text: &str) -> Result<Self, NotADateRange> {
        let text = text.trim();
        let (first, last) = text.split_once('/').unwrap_or((text, text));
        let date = |part: &str| {
            Date::strptime("%Y-%m-%d", part.trim()).map_err(|_| NotADateRange::NoDate(part.trim().to_owned()))
        };
        let (first, last) = (date(first)?, date(last)?);
        if last < first {
            return Err(NotADateRange::EndsTooEarly(text.to_owned()));
        }
        Ok(Self { first, last })
    }

    /// The range between two days, if the second is not before the first.
    pub fn between(first: Date, last: Date) -> Option<Self> {
        (first <= last).then_some(Self { first, last })
    }

    pub fn first(&self) -> Date {
        self.first
    }

    pub fn last(&self) -> Date {
        self.last
    }

    pub fn contains(&self, date: Date) -> bool {
        self.first <= date && date <= self.last
    }
}

impl Opening {
    /// The blocks of a day in order; none when it is closed.
    pub fn blocks_on(&self, date: Date) -> Vec<(Time, Time)> {
        self.on(date).iter().copied().map(Block::times).collect()
    }

    pub fn is_closed_on(&self, date: Date) -> bool {
        self.on(date).is_empty()
    }

    fn on(&self, date: Date) -> &[Block] {
        let is_closed = || {
            self.closures.iter().any(|range| range.contains(date))
                || self.holidays.is_some_and(|region| region.holiday_on(date).is_some())
        };
        match self.special.iter().find(|special| special.is_about(date)) {
            Some(special) => &special.blocks,
            None if is_closed() => &[],
            None => self.hours.on(date.weekday()),
        }
    }

    /// The holiday for which it is closed on a day on which it would be open.
    pub fn holiday_on(&self, date: Date) -> Option<&'static Holiday> {
        let would_be_open = self.is_closed_on(date) && !self.hours.on(date.weekday()).is_empty();
        let region = self.holidays.filter(|_| would_be_open)?;
        region.holiday_on(date)
    }

    pub fn is_open_at(&self, moment: &Zoned) -> bool {
        let now = moment.timestamp();
        self.instants_on(moment.date(), moment.time_zone())
            .iter()
            .any(|&(opens, closes)| opens <= now && now < closes)
    }

    /// Whether a service of so many minutes begun then ends before the branch closes.
    pub fn fits(&self, start: &Zoned, minutes: u32) -> bool {
        let begin = start.timestamp();
        let Some(end) = later(begin, i64::from(minutes) * 60) else { return false };
        let blocks = self.instants_on(start.date(), start.time_zone());
        blocks.iter().any(|&(opens, closes)| opens <= begin && begin < closes && end <= closes)
    }

    /// The first moment of opening time at or after this one, within the next thirty days.
    pub fn next_open(&self, from: &Zoned) -> Option<Zoned> {
        let blocks = self.open_after(from);
        let begin = blocks.first().map(|&(begin, _)| begin)?;
        Some(begin.to_zoned(from.time_zone().clone()))
    }

    /// The moment when so many minutes of opening time have passed; plain time if thirty days are not enough.
    pub fn after_open_time(&self, from: &Zoned, minutes: u32) -> Zoned {
        let wanted = i64::from(minutes) * 60;
        let mut left = wanted;
        let blocks = if left == 0 { Vec::new() } else { self.open_after(from) };
        for (begin, end) in blocks {
            let open = end.duration_since(begin).as_secs();
            if left <= open {
                let reached = later(begin, left).unwrap_or(end);
                return reached.to_zoned(from.time_zone().clone());
            }
            left -= open;
        }
        from.checked_add(SignedDuration::from_secs(wanted)).unwrap_or_else(|_| from.clone())
    }

    /// What is left of the open blocks from this moment on, as instants.
    fn open_after(&self, from: &Zoned) -> Vec<(Timestamp, Timestamp)> {
        let now = from.timestamp();
        (0..=SEARCH_DAYS_MAX)
            .filter_map(|days| from.date().checked_add(days.days()).ok())
            .flat_map(|date| self.instants_on(date, from.time_zone()))
            .filter(|&(_, closes)| now < closes)
            .map(|(opens, closes)| (opens.max(now), closes))
            .collect()
    }

    /// The blocks as instants, since on a day of change an hour of the clock is none or two.
    fn instants_on(&self, date: Date, zone: &TimeZone) -> Vec<(Timestamp, Timestamp)> {
        let instant = |minutes| {
            let moment = zone.to_ambiguous_zoned(at(date, minutes)?).compatible().ok()?;
            Some(moment.timestamp())
        };
        let blocks = self.on(date).iter();
        blocks
            .filter_map(|block| instant(block.opens).zip(instant(block.closes)))
            .filter(|(o, c)| o < c)
            .collect()
    }
}

impl Block {
    fn times(self) -> (Time, Time) {
        (clock(self.opens), clock(self.closes))
    }
}

impl fmt::Display for OpeningHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = 0;
        let mut entries = Vec::new();
        while first < 7 {
            let alike = self.days[first..].iter().take_while(|day| **day == self.days[first]).count();
            let blocks: Vec<String> = self.days[first].iter().map(Block::to_string).collect();
            let blocks = blocks.join(" ");
            let (from, to) = (DAY_NAMES[first], DAY_NAMES[first + alike - 1]);
            match alike {
                _ if blocks.is_empty() => {}
                1 => entries.push(format!("{from} {blocks}")),
                _ => entries.push(format!("{from}-{to} {blocks}")),
            }
            first += alike;
        }
        f.write_str(&entries.join(", "))
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (opens, closes) = (self.opens, self.closes);
        write!(f, "{:02}:{:02}-{:02}:{:02}", opens / 60, opens % 60, closes / 60, closes % 60)
    }
}

impl fmt::Display for DateRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{}/{}", self.first, self.last)
        }
    }
}

impl FromStr for OpeningHours {
    type Err = NotHours;

    fn from_str(text: &str) -> Result<Self, NotHours> {
        Self::parse(text)
    }
}

impl TryFrom<String> for OpeningHours {
    type Error = NotHours;

    fn try_from(text: String) -> Result<Self, NotHours> {
        Self::parse(&text)
    }
}

impl From<OpeningHours> for String {
    fn from(hours: OpeningHours) -> Self {
        hours.to_string()
    }
}

impl FromStr for DateRange {
    type Err = NotADateRange;

    fn from_str(text: &str) -> Result<Self, NotADateRange> {
        Self::parse(text)
    }
}

impl TryFrom<String> for DateRange {
    type Error = NotADateRange;

    fn try_from(text: String) -> Result<Self, NotADateRange> {
        Self::parse(&text)
    }
}

impl From<DateRange> for String {
    fn from(range: DateRange) -> Self {
        range.to_string()
    }
}

/// Lower case, plain dashes and no blanks round them, so that "Mo – Fr 9 – 18" reads like "mo-fr 9-18".
fn tidy(text: &str) -> String {
    let text = text.to_lowercase().replace(['–', '—'], "-");
    text.split('-').map(str::trim).collect::<Vec<_>>().join("-")
}

fn parse_entry(entry: &str) -> Result<(Vec<usize>, Vec<Block>), NotHours> {
    let mut parts = entry.split_whitespace();
    let days = parse_days(parts.next().unwrap_or_default())?;
    let blocks = parts.map(parse_block).collect::<Result<Vec<_>, _>>()?;
    if blocks.is_empty() {
        return Err(NotHours::NoHours(entry.to_owned()));
    }
    Ok((days, blocks))
}

fn parse_days(text: &str) -> Result<Vec<usize>, NotHours> {
    let day = |word: &str| {
        let word = word.trim_end_matches(['.', ':']);
        let found = DAY_WORDS.iter().position(|words| words.contains(&word));
        found.ok_or_else(|| NotHours::UnknownDay(text.to_owned()))
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (day(first)?, day(last)?);
    // A range may run over the end of the week: "sat-mon".
    Ok((0..=(last + 7 - first) % 7).map(|step| (first + step) % 7).collect())
}

fn parse_block(text: &str) -> Result<Block, NotHours> {
    let ends = text.split_once('-').and_then(|(opens, closes)| minutes(opens).zip(minutes(closes)));
    let (opens, closes) = ends.ok_or_else(|| NotHours::NoBlock(text.to_owned()))?;
    if closes <= opens {
        return Err(NotHours::EndsTooEarly(text.to_owned()));
    }
    Ok(Block { opens, closes })
}

fn minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':').unwrap_or((text, "00"));
    let plain = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(hour) || !plain(minute) || minute.len() != 2 {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= MINUTES_A_DAY).then_some(total)
}

/// Blocks in order, touching ones as one; none if two overlap.
fn joined(blocks: &[Block]) -> Option<Vec<Block>> {
    let mut sorted = blocks.to_vec();
    sorted.sort_unstable();
    let mut joined: Vec<Block> = Vec::new();
    for block in sorted {
        match joined.last_mut() {
            Some(last) if block.opens < last.closes => return None,
            Some(last) if block.opens == last.closes => last.closes = block.closes,
            _ => joined.push(block),
        }
    }
    Some(joined)
}

fn clock(minutes: u16) -> Time {
    if minutes >= MINUTES_A_DAY { Time::MAX } else { Time::midnight() + i64::from(minutes).minutes() }
}

fn at(date: Date, minutes: u16) -> Option<DateTime> {
    date.to_datetime(Time::midnight()).checked_add(i64::from(minutes).minutes()).ok()
}

fn later(moment: Timestamp, seconds: i64) -> Option<Timestamp> {
    moment.checked_add(SignedDuration::from_secs(seconds)).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use proptest::prelude::*;

    use super::*;
    use crate::domain::speech::Language;

    fn salon() -> Opening {
        Opening {
            hours: OpeningHours::parse("mon-fri 09:00-18:00, sat 09:00-14:00").unwrap(),
            closures: vec![DateRange::parse("2026-12-24/2027-01-02").unwrap()],
            holidays: None,
            special: Vec::new(),
        }
    }

    fn open(hours: &str) -> Opening {
        Opening {
            hours: OpeningHours::parse(hours).unwrap(),
            closures: Vec::new(),
            holidays: None,
            special: Vec::new(),
        }
    }

    fn berlin(text: &str) -> Zoned {
        text.parse::<DateTime>().unwrap().in_tz("Europe/Berlin").unwrap()
    }

    #[test]
    fn the_canonical_form_is_printed_back() {
        let printed = |text: &str| OpeningHours::parse(text).unwrap().to_string();

        assert_eq!(printed("Mo – Fr 9:00 – 18:00; Sa 9-14"), "mon-fri 09:00-18:00, sat 09:00-14:00");
        assert_eq!(
            printed("mon 13:00-18:00 09:00-12:00, tue 09:00-12:00"),
            "mon 09:00-12:00 13:00-18:00, tue 09:00-12:00"
        );
        assert_eq!(printed("mon 09:00-12:00, mon 12:00-15:00"), "mon 09:00-15:00");
        assert_eq!(printed("fri-mon 20:00-24:00"), "mon 20:00-24:00, fri-sun 20:00-24:00");
    }

    #[test]
    fn wrong_hours_say_what_is_wrong() {
        let why = |text: &str| OpeningHours::parse(text).unwrap_err();

        assert_eq!(why(" "), NotHours::Empty);
        assert_eq!(why("mon-xyz 09:00-18:00"), NotHours::UnknownDay("mon-xyz".into()));
        assert_eq!(why("mon"), NotHours::NoHours("mon".into()));
        assert_eq!(why("mon 09:00-25:00"), NotHours::NoBlock("09:00-25:00".into()));
        assert_eq!(why("mon 09:60-18:00"), NotHours::NoBlock("09:60-18:00".into()));
        assert_eq!(why("mon 18:00-09:00"), NotHours::EndsTooEarly("18:00-09:00".into()));
        assert_eq!(why("mon-tue 09:00-12:00, tue 11:00-13:00"), NotHours::Overlap("tue"));
        assert!(why("tag 09:00-18:00").to_string().contains("expected mon, tue"));
    }

    #[test]
    fn date_ranges_are_read_and_printed() {
        let feast = DateRange::parse("2026-12-24/2027-01-02").unwrap();

        assert!(feast.contains(date(2026, 12, 24)) && feast.contains(date(2027, 1, 2)));
        assert!(!feast.contains(date(2026, 12, 23)) && !feast.contains(date(2027, 1, 3)));
        assert_eq!(feast.to_string(), "2026-12-24/2027-01-02");
        assert_eq!(DateRange::parse("2026-12-24").unwrap().to_string(), "2026-12-24");
        assert_eq!(DateRange::parse("2026-02-30"), Err(NotADateRange::NoDate("2026-02-30".into())));
        assert!(matches!(DateRange::parse("2027-01-02/2026-12-24"), Err(NotADateRange::EndsTooEarly(_))));
    }

    #[test]
    fn a_closed_day_has_no_blocks() {
        assert_eq!(salon().blocks_on(date(2026, 10, 14)), [(time(9, 0, 0, 0), time(18, 0, 0, 0))]);
        assert_eq!(salon().blocks_on(date(2026, 10, 18)), []);
        assert_eq!(salon().blocks_on(date(2026, 12, 28)), []);
    }

    #[test]
    fn the_door_is_open_from_the_first_minute_to_before_the_last() {
        assert!(!salon().is_open_at(&berlin("2026-10-14T08:59:59")));
        assert!(salon().is_open_at(&berlin("2026-10-14T09:00")));
        assert!(salon().is_open_at(&berlin("2026-10-14T17:59:59")));
        assert!(!salon().is_open_at(&berlin("2026-10-14T18:00")));
    }

    #[test]
    fn a_service_fits_only_inside_one_block() {
        let practice = open("mon-fri 09:00-12:00 13:00-18:00");

        assert!(practice.fits(&berlin("2026-10-14T11:30"), 30));
        assert!(!practice.fits(&berlin("2026-10-14T11:31"), 30));
        assert!(!practice.fits(&berlin("2026-10-14T12:30"), 30));
        assert!(practice.fits(&berlin("2026-10-14T17:30"), 30));
        assert!(open("mon-sun 00:00-24:00").fits(&berlin("2026-10-14T23:30"), 30));
    }

    #[test]
    fn opening_time_runs_on_over_closed_hours_and_days() {
        let from = berlin("2026-10-16T17:00");

        assert_eq!(salon().after_open_time(&from, 30), berlin("2026-10-16T17:30"));
        assert_eq!(salon().after_open_time(&from, 60), berlin("2026-10-16T18:00"));
        assert_eq!(salon().after_open_time(&from, 120), berlin("2026-10-17T10:00"));
        assert_eq!(salon().after_open_time(&from, 420), berlin("2026-10-19T10:00"));
        assert_eq!(salon().next_open(&berlin("2026-10-17T14:00")), Some(berlin("2026-10-19T09:00")));
    }

    #[test]
    fn a_holiday_is_closed_wherever_hours_are_asked() {
        let mut salon = salon();
        salon.holidays = Some(Region::parse("DE-ST").unwrap());
        let (eve, feast) = (berlin("2026-10-30T17:00"), date(2026, 10, 31));

        assert_eq!(salon.blocks_on(feast), []);
        assert!(!salon.is_open_at(&berlin("2026-10-31T10:00")));
        assert!(!salon.fits(&berlin("2026-10-31T10:00"), 30));
        assert_eq!(salon.after_open_time(&eve, 120), berlin("2026-11-02T10:00"));
        assert_eq!(salon.holiday_on(feast).map(|day| day.name(Language::De)), Some("Reformationstag"));
        assert_eq!(salon.holiday_on(date(2026, 11, 1)), None, "kept elsewhere");
        assert!(
            salon.holiday_on(date(2027, 1, 6)).is_some() && salon.holiday_on(date(2027, 5, 23)).is_none()
        );
    }

    #[test]
    fn a_branch_closed_for_long_gives_plain_time() {
        let mut shut = salon();
        shut.closures.push(DateRange::parse("2026-10-01/2027-03-01").unwrap());

        assert_eq!(shut.after_open_time(&berlin("2026-10-14T10:05"), 120), berlin("2026-10-14T12:05"));
        assert_eq!(shut.next_open(&berlin("2026-10-14T10:05")), None);
    }

    #[test]
    fn the_night_of_the_repeated_hour_is_an_hour_longer() {
        let night = open("sun 01:00-04:00");

        assert!(night.fits(&berlin("2026-10-25T01:00"), 240));
        assert!(!night.fits(&berlin("2026-10-25T01:00"), 241));
        assert_eq!(night.after_open_time(&berlin("2026-10-25T01:00"), 210), berlin("2026-10-25T03:30"));
    }

    #[test]
    fn the_night_of_the_missing_hour_is_an_hour_shorter() {
        let night = open("sun 01:00-04:00");

        assert!(night.fits(&berlin("2027-03-28T01:00"), 120));
        assert!(!night.fits(&berlin("2027-03-28T01:00"), 121));
        assert_eq!(night.after_open_time(&berlin("2027-03-28T01:00"), 90), berlin("2027-03-28T03:30"));
        assert!(!open("sun 02:00-03:00").is_open_at(&berlin("2027-03-28T03:00")));
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_the_same(raw in proptest::collection::vec((0..7usize, 0..1440u16, 1..600u16), 1..6)) {
            let entry = |(day, opens, length): &(usize, u16, u16)| {
                let closes = (opens + length).min(1440);
                format!("{} {}", DAY_NAMES[*day], Block { opens: *opens, closes })
            };
            let text = raw.iter().map(entry).collect::<Vec<_>>().join(", ");
            if let Ok(hours) = OpeningHours::parse(&text) {
                prop_assert_eq!(OpeningHours::parse(&hours.to_string()), Ok(hours));
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            prop_assert!(OpeningHours::parse(&text).is_err() || !text.trim().is_empty());
            prop_assert!(DateRange::parse(&text).is_err() || text.contains('-'));
        }

        #[test]
        fn what_fits_is_open_at_its_start(hour in 0..24i8, minute in 0..60i8, day in 1..31i8, length in 1..200u32) {
            let start = date(2026, 10, day).at(hour, minute, 0, 0).in_tz("Europe/Berlin").unwrap();
            if salon().fits(&start, length) {
                prop_assert!(salon().is_open_at(&start));
            }
        }
    }
}
