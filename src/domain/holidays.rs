//! Public holidays of the German Länder, of Austria and of Switzerland, computed from the laws that name them.

mod table;

#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use serde::{Deserialize, Serialize};

use super::speech::Language;
use table::{AUSTRIA, EVERYWHERE, LAENDER, SWITZERLAND};

/// Where holidays are kept: a Land ("DE-BE"), Germany ("DE": only those of all Länder), Austria or Switzerland.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(Place);

/// A public holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holiday {
    german: &'static str,
    english: &'static str,
    falls: Falls,
    since: i16,
}

/// Why a text is no region.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no region whose holidays are known; expected {all}", all = codes().join(", "))]
pub struct NotARegion(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    Germany,
    /// Where it stands in the table.
    Land(usize),
    Austria,
    Switzerland,
}

/// On which day of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Falls {
    On(i8, i8),
    /// Days from Easter Sunday.
    Easter(i32),
    /// The Wednesday before 23 November.
    Repentance,
    /// Once only: the year, month and day.
    Once(i16, i8, i8),
}

impl Region {
    /// The region of a code such as "DE-BE"; the error lists all codes.
    pub fn parse(code: &str) -> Result<Self, NotARegion> {
        let wanted = code.trim().to_ascii_uppercase();
        let land = || {
            let at = LAENDER.iter().position(|(land, _)| Some(*land) == wanted.strip_prefix("DE-"))?;
            Some(Place::Land(at))
        };
        let place = match wanted.as_str() {
            "DE" => Some(Place::Germany),
            "AT" => Some(Place::Austria),
            "CH" => Some(Place::Switzerland),
            _ => land(),
        };
        place.map(Self).ok_or_else(|| NotARegion(code.trim().to_owned()))
    }

    /// The holiday of a day, if it is one there.
    pub fn holiday_on(self, date: Date) -> Option<&'static Holiday> {
        let (national, own): (&[Holiday], &[Holiday]) = match self.0 {
            Place::Germany => (EVERYWHERE, &[]),
            Place::Land(at) => (EVERYWHERE, LAENDER.get(at).map(|(_, own)| *own).unwrap_or_default()),
            Place::Austria => (AUSTRIA, &[]),
            Place::Switzerland => (SWITZERLAND, &[]),
        };
        national.iter().chain(own).find(|holiday| holiday.is_on(date))
    }
}

impl Holiday {
    pub fn name(&self, language: Language) -> &'static str {
        match language {
            Language::De => self.german,
            Language::En => self.english,
        }
    }

    fn is_on(&self, date: Date) -> bool {
        let year = date.year();
        let day = match self.falls {
            Falls::On(month, day) => Date::new(year, month, day).ok(),
            Falls::Easter(days) => easter(year).and_then(|sunday| moved(sunday, days.days())),
            Falls::Repentance => repentance_day(year),
            Falls::Once(year, month, day) => Date::new(year, month, day).ok(),
        };
        year >= self.since && day == Some(date)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Place::Germany => f.write_str("DE"),
            Place::Land(at) => {
                write!(f, "DE-{}", LAENDER.get(at).map(|(land, _)| *land).unwrap_or_default())
            }
            Place::Austria => f.write_str("AT"),
            Place::Switzerland => f.write_str("CH"),
        }
    }
}

impl FromStr for Region {
    type Err = NotARegion;

    fn from_str(code: &str) -> Result<Self, NotARegion> {
        Self::parse(code)
    }
}

impl TryFrom<String> for Region {
    type Error = NotARegion;

    fn try_from(code: String) -> Result<Self, NotARegion> {
        Self::parse(&code)
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.to_string()
    }
}

/// All codes a region may have.
fn codes() -> Vec<String> {
    let laender = (0..LAENDER.len()).map(Place::Land);
    let all = std::iter::once(Place::Germany).chain(laender).chain([Place::Austria, Place::Switzerland]);
    all.map(|place| Region(place).to_string()).collect()
}

/// Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876).
pub(crate) fn easter(year: i16) -> Option<Date> {
    let number = i32::from(year);
    let (century, of_century) = (number / 100, number % 100);
    let golden = number % 19;
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let shift = (golden + 11 * epact + 22 * weekday) / 451;
    let days = epact + weekday - 7 * shift + 114;
    let part = |number: i32| i8::try_from(number).ok();
    Date::new(year, part(days / 31)?, part(days % 31 + 1)?).ok()
}

/// Buß- und Bettag: the Wednesday before 23 November.
pub(crate) fn repentance_day(year: i16) -> Option<Date> {
    Date::new(year, 11, 23).ok()?.nth_weekday(-1, Weekday::Wednesday).ok()
}

fn moved(date: Date, by: Span) -> Option<Date> {
    date.checked_add(by).ok()
}
