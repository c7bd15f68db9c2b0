//! Public holidays of the German Länder, of Austria and of Switzerland, computed from the laws that name them.

use jiff::civil::{Date, Weekday};

/// Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876).
pub(crate) fn easter(year: i16) -> Option<Date> {
    let year = i32::from(year);
    let (century, of_century) = (year / 100, year % 100);
    let golden = year % 19;
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let shift = (golden + 11 * epact + 22 * weekday) / 451;
    let days = epact + weekday - 7 * shift + 114;
    let part = |number: i32| i8::try_from(number).ok();
    Date::new(i16::try_from(year).ok()?, part(days / 31)?, part(days % 31 + 1)?).ok()
}

/// Buß- und Bettag: the Wednesday before 23 November.
pub(crate) fn repentance_day(year: i16) -> Option<Date> {
    Date::new(year, 11, 23).ok()?.nth_weekday(-1, Weekday::Wednesday).ok()
}
