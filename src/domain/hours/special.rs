//! Days with hours of their own: a half holiday, a Sunday that is open.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Block, DateRange, NotADateRange, NotHours, joined, parse_block, tidy};

/// When it is open on a day or some days; they count before the week's hours, closures and holidays.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SpecialHours {
    days: DateRange,
    pub(super) blocks: Vec<Block>,
}

/// Why a text is no special hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSpecialHours {
    #[error("\"{0}\" names no day with its hours; expected for example \"2026-12-24 09:00-13:00\"")]
    Incomplete(String),
    #[error(transparent)]
    Days(#[from] NotADateRange),
    #[error(transparent)]
    Hours(#[from] NotHours),
    #[error("\"{0}\" has hours that overlap")]
    Overlap(String),
}

impl SpecialHours {
    /// The hours of "2026-12-24 09:00-13:00", "2026-12-27/2026-12-30 09:00-12:00 14:00-16:00"; the error says what is wrong.
    pub fn parse(text: &str) -> Result<Self, NotSpecialHours> {
        let text = tidy(text);
        let incomplete = || NotSpecialHours::Incomplete(text.clone());
        let (days, hours) = text.split_once(' ').ok_or_else(incomplete)?;
        let days = DateRange::parse(days)?;
        let blocks = hours.split([' ', ',']).filter(|block| !block.is_empty()).map(parse_block);
        let blocks = blocks.collect::<Result<Vec<_>, _>>()?;
        let blocks = joined(&blocks).ok_or_else(|| NotSpecialHours::Overlap(text.clone()))?;
        if blocks.is_empty() {
            return Err(incomplete());
        }
        Ok(Self { days, blocks })
    }

    pub(super) fn is_about(&self, date: Date) -> bool {
        self.days.contains(date)
    }
}

impl fmt::Display for SpecialHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.days)?;
        self.blocks.iter().try_for_each(|block| write!(f, " {block}"))
    }
}

impl FromStr for SpecialHours {
    type Err = NotSpecialHours;

    fn from_str(text: &str) -> Result<Self, NotSpecialHours> {
        Self::parse(text)
    }
}

impl TryFrom<String> for SpecialHours {
    type Error = NotSpecialHours;

    fn try_from(text: String) -> Result<Self, NotSpecialHours> {
        Self::parse(&text)
    }
}

impl From<SpecialHours> for String {
    fn from(hours: SpecialHours) -> Self {
        hours.to_string()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{DateTime, date, time};

    use super::*;
    use crate::domain::holidays::Region;
    use crate::domain::hours::{Opening, OpeningHours};

    fn salon() -> Opening {
        let special =
            ["2026-12-24 09:00-13:00", "2026-12-25 10:00-12:00 14:00-16:00", "2026-12-27 11:00-15:00"];
        Opening {
            hours: OpeningHours::parse("mon-fri 09:00-18:00").unwrap(),
            closures: vec![DateRange::parse("2026-12-24/2027-01-02").unwrap()],
            holidays: Some(Region::parse("DE-BE").unwrap()),
            special: special.map(|text| SpecialHours::parse(text).unwrap()).to_vec(),
        }
    }

    #[test]
    fn special_hours_count_before_the_week_closures_and_holidays() {
        let opening = salon();
        let at = |hour| time(hour, 0, 0, 0);

        assert_eq!(opening.blocks_on(date(2026, 12, 23)), [(at(9), at(18))]);
        assert_eq!(opening.blocks_on(date(2026, 12, 24)), [(at(9), at(13))]);
        assert_eq!(opening.blocks_on(date(2026, 12, 25)), [(at(10), at(12)), (at(14), at(16))]);
        assert_eq!(opening.blocks_on(date(2026, 12, 27)), [(at(11), at(15))], "a Sunday");
        assert!(opening.is_closed_on(date(2026, 12, 28)));
        assert!(!opening.is_closed_on(date(2026, 12, 25)));
        assert_eq!(opening.holiday_on(date(2026, 12, 25)), None, "it is not closed for it");
    }

    #[test]
    fn a_service_has_to_end_within_them() {
        let opening = salon();
        let start = |text: &str| text.parse::<DateTime>().unwrap().in_tz("Europe/Berlin").unwrap();

        assert!(opening.fits(&start("2026-12-24T12:30"), 30));
        assert!(!opening.fits(&start("2026-12-24T12:30"), 60));
        assert!(!opening.is_open_at(&start("2026-12-25T13:00")));
    }

    #[test]
    fn they_are_printed_as_they_are_read() {
        for text in ["2026-12-24 09:00-13:00", "2026-12-27/2026-12-30 09:00-12:00 14:00-16:00"] {
            assert_eq!(SpecialHours::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_with_an_example() {
        for wrong in
            ["", "2026-12-24", "24.12. 09:00-13:00", "2026-12-24 13:00-09:00", "2026-12-24 9-12 11-13"]
        {
            assert!(SpecialHours::parse(wrong).is_err(), "{wrong}");
        }
        let error = SpecialHours::parse("2026-12-24").unwrap_err();
        assert!(error.to_string().contains("2026-12-24 09:00-13:00"), "{error}");
    }
}
