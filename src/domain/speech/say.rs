//! Sentences: dates, times, lists and addresses as a voice reads them without doubt.

use jiff::Zoned;
use jiff::civil::{Date, Time, Weekday};

use super::{Language, digit_word};

/// "Dienstag, 20. Oktober"; with the year where it is not the one seen from.
pub fn date(date: Date, seen_from: Date, language: Language) -> String {
    spoken_date(date, (date.year() != seen_from.year()).then_some(date.year()), language)
}

/// "Dienstag, 20. Oktober 2026".
pub fn date_in_full(date: Date, language: Language) -> String {
    spoken_date(date, Some(date.year()), language)
}

/// "Dienstag".
pub fn weekday(day: Weekday, language: Language) -> &'static str {
    language.words().weekdays[usize::try_from(day.to_monday_zero_offset()).unwrap_or_default()]
}

/// "14 Uhr 30", "2:30 pm".
pub fn time(time: Time, language: Language) -> String {
    let (hour, minute) = (time.hour(), time.minute());
    match language {
        Language::De if minute == 0 => format!("{hour} Uhr"),
        Language::De => format!("{hour} Uhr {minute}"),
        Language::En => {
            let half = if hour < 12 { "am" } else { "pm" };
            let hour = (hour + 11) % 12 + 1;
            if minute == 0 { format!("{hour} {half}") } else { format!("{hour}:{minute:02} {half}") }
        }
    }
}

/// "Dienstag, 20. Oktober, 14 Uhr 30", on the clock of the moment's own zone.
pub fn moment(moment: &Zoned, seen_from: Date, language: Language) -> String {
    format!("{}, {}", date(moment.date(), seen_from, language), time(moment.time(), language))
}

/// "bei Anna", "bei Herrn Winter", "with Anna".
pub fn by(name: &str, language: Language) -> String {
    match (language, name.strip_prefix("Herr ")) {
        (Language::De, Some(name)) => format!("bei Herrn {name}"),
        (Language::De, None) => format!("bei {name}"),
        (Language::En, _) => format!("with {name}"),
    }
}

/// Days that follow each other: "24. bis 31. Dezember", "December 24 to January 2"; the year only where it is another.
pub fn days(first: Date, last: Date, seen_from: Date, language: Language) -> String {
    let months = language.words().months;
    let month = |date: Date| months[usize::try_from(date.month() - 1).unwrap_or_default()];
    let year = |date: Date, sign: &str| {
        if date.year() == seen_from.year() { String::new() } else { format!("{sign} {}", date.year()) }
    };
    let is_one_month = (first.year(), first.month()) == (last.year(), last.month());
    match language {
        Language::De => {
            let to = format!("{}. {}{}", last.day(), month(last), year(last, ""));
            let from =
                if is_one_month { String::new() } else { format!(" {}{}", month(first), year(first, "")) };
            format!("{}.{from} bis {to}", first.day())
        }
        Language::En => {
            let from = format!("{} {}", month(first), first.day());
            if is_one_month {
                return format!("{from} to {}{}", last.day(), year(last, ","));
            }
            let to = format!("{} {}{}", month(last), last.day(), year(last, ","));
            format!("{from}{} to {to}", year(first, ","))
        }
    }
}

/// "A bis B".
pub fn range(from: &str, to: &str, language: Language) -> String {
    let middle = match language {
        Language::De => "bis",
        Language::En => "to",
    };
    format!("{from} {middle} {to}")
}

/// "A, B und C".
pub fn list(items: &[String], language: Language) -> String {
    let and = language.words().and;
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [all @ .., last] => format!("{} {and} {last}", all.join(", ")),
    }
}

/// An address sign by sign: "m, a, r, t, a, at, …"; other signs stay as they are.
pub fn email_spelled(address: &str, language: Language) -> String {
    let signs = language.words().signs;
    let sign = |letter: char| {
        let said = signs.iter().find(|(sign, _)| *sign == letter);
        match said {
            Some((_, word)) => (*word).to_owned(),
            None if letter.is_ascii_digit() => digit_word(letter, language).to_owned(),
            None => letter.to_lowercase().to_string(),
        }
    };
    address.trim().chars().filter(|letter| !letter.is_whitespace()).map(sign).collect::<Vec<_>>().join(", ")
}

pub(super) fn spoken_date(date: Date, year: Option<i16>, language: Language) -> String {
    let words = language.words();
    let nth = |number: i8| usize::try_from(number).unwrap_or_default();
    let weekday = weekday(date.weekday(), language);
    let month = words.months[nth(date.month() - 1)];
    let day = date.day();
    match (language, year) {
        (Language::De, None) => format!("{weekday}, {day}. {month}"),
        (Language::De, Some(year)) => format!("{weekday}, {day}. {month} {year}"),
        (Language::En, None) => format!("{weekday}, {month} {day}"),
        (Language::En, Some(year)) => format!("{weekday}, {month} {day}, {year}"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil;

    use super::*;

    const TODAY: Date = civil::date(2026, 10, 14);

    #[test]
    fn a_date_names_its_year_only_where_it_is_another() {
        let tuesday = civil::date(2026, 10, 20);
        let january = civil::date(2027, 1, 15);

        assert_eq!(date(tuesday, TODAY, Language::De), "Dienstag, 20. Oktober");
        assert_eq!(date(january, TODAY, Language::De), "Freitag, 15. Januar 2027");
        assert_eq!(date(tuesday, TODAY, Language::En), "Tuesday, October 20");
        assert_eq!(date(january, TODAY, Language::En), "Friday, January 15, 2027");
    }

    #[test]
    fn a_time_is_said_in_full() {
        let at = |hour, minute| civil::time(hour, minute, 0, 0);

        assert_eq!(time(at(14, 30), Language::De), "14 Uhr 30");
        assert_eq!(time(at(14, 0), Language::De), "14 Uhr");
        assert_eq!(time(at(9, 5), Language::De), "9 Uhr 5");
        assert_eq!(time(at(14, 30), Language::En), "2:30 pm");
        assert_eq!(time(at(0, 0), Language::En), "12 am");
        assert_eq!(time(at(12, 0), Language::En), "12 pm");
        assert_eq!(time(at(9, 5), Language::En), "9:05 am");
    }

    #[test]
    fn a_moment_is_date_and_time() {
        let start = civil::date(2026, 10, 20).at(14, 30, 0, 0).in_tz("Europe/Berlin").unwrap();

        assert_eq!(moment(&start, TODAY, Language::De), "Dienstag, 20. Oktober, 14 Uhr 30");
        assert_eq!(moment(&start, TODAY, Language::En), "Tuesday, October 20, 2:30 pm");
    }

    #[test]
    fn days_in_a_row_name_month_and_year_once_where_that_is_enough() {
        let (eve, end, after) =
            (civil::date(2026, 12, 24), civil::date(2026, 12, 31), civil::date(2027, 1, 2));

        assert_eq!(days(eve, end, TODAY, Language::De), "24. bis 31. Dezember");
        assert_eq!(days(eve, after, TODAY, Language::De), "24. Dezember bis 2. Januar 2027");
        assert_eq!(days(eve, end, TODAY, Language::En), "December 24 to 31");
        assert_eq!(days(eve, after, TODAY, Language::En), "December 24 to January 2, 2027");
    }

    #[test]
    fn a_gentleman_is_declined_in_german() {
        assert_eq!(by("Herr Winter", Language::De), "bei Herrn Winter");
        assert_eq!(by("Frau Sommer", Language::De), "bei Frau Sommer");
        assert_eq!(by("Herr Winter", Language::En), "with Herr Winter");
    }

    #[test]
    fn a_list_ends_in_and() {
        let items = ["A", "B", "C"].map(str::to_owned);

        assert_eq!(list(&items, Language::De), "A, B und C");
        assert_eq!(list(&items[..2], Language::En), "A and B");
        assert_eq!(list(&items[..1], Language::De), "A");
        assert_eq!(list(&[], Language::De), "");
    }

    #[test]
    fn an_address_is_spelled_sign_by_sign() {
        assert_eq!(
            email_spelled("Marta.K-2@post.example", Language::De),
            "m, a, r, t, a, Punkt, k, Bindestrich, zwei, at, p, o, s, t, Punkt, e, x, a, m, p, l, e"
        );
        assert_eq!(
            email_spelled("a_b@c.example", Language::En),
            "a, underscore, b, at, c, dot, e, x, a, m, p, l, e"
        );
    }
}
