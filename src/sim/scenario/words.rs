//! How callers say a day, a time and a name: written from what people say, not from what the house understands.

use jiff::ToSpan;
use jiff::civil::{Date, Time};

const WEEKDAYS: [&str; 7] = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"];
const MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const ENGLISH_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const ONES: [&str; 20] = [
    "null",
    "ein",
    "zwei",
    "drei",
    "vier",
    "fünf",
    "sechs",
    "sieben",
    "acht",
    "neun",
    "zehn",
    "elf",
    "zwölf",
    "dreizehn",
    "vierzehn",
    "fünfzehn",
    "sechzehn",
    "siebzehn",
    "achtzehn",
    "neunzehn",
];
/// DIN 5009 of 2022.
const TOWNS: [(char, &str); 30] = [
    ('A', "Aachen"),
    ('B', "Berlin"),
    ('C', "Chemnitz"),
    ('D', "Düsseldorf"),
    ('E', "Essen"),
    ('F', "Frankfurt"),
    ('G', "Goslar"),
    ('H', "Hamburg"),
    ('I', "Ingelheim"),
    ('J', "Jena"),
    ('K', "Köln"),
    ('L', "Leipzig"),
    ('M', "München"),
    ('N', "Nürnberg"),
    ('O', "Offenbach"),
    ('P', "Potsdam"),
    ('Q', "Quickborn"),
    ('R', "Rostock"),
    ('S', "Salzwedel"),
    ('T', "Tübingen"),
    ('U', "Unna"),
    ('V', "Völklingen"),
    ('W', "Wuppertal"),
    ('X', "Xanten"),
    ('Y', "Ypsilon"),
    ('Z', "Zwickau"),
    ('Ä', "Umlaut Aachen"),
    ('Ö', "Umlaut Offenbach"),
    ('Ü', "Umlaut Unna"),
    ('ß', "Eszett"),
];

/// A day in the manner asked for; None: there is no such manner.
pub(super) fn day(day: Date, today: Date, manner: &str) -> Option<String> {
    let month = MONTHS[index(day.month()) - 1];
    Some(match manner {
        "iso" => day.to_string(),
        "zahl" => format!("{}.{}.", day.day(), day.month()),
        "datum" => format!("am {}. {month}", day.day()),
        "ordinal" => format!("der {} {}", ordinal(day.day()), capital(&ordinal(day.month()))),
        "voll" => in_full(day),
        "falsch" => format!("{}, der {}. {month}", weekday(day.saturating_add(1.day())), day.day()),
        "in" => in_days(day, today),
        "woche" => in_week(day, today),
        "gesagt" => format!("{}, {}. {month}", weekday(day), day.day()),
        "en" => format!("on {} {}", ENGLISH_MONTHS[index(day.month()) - 1], english_ordinal(day.day())),
        _ => return None,
    })
}

/// A time of day in the manner asked for; None: there is no such manner.
pub(super) fn time(time: Time, manner: &str) -> Option<String> {
    let (hour, minute) = (time.hour(), time.minute());
    let on_the_dial = |hour: i8| number(i8::max((hour + 11) % 12 + 1, 1), "eins");
    Some(match manner {
        "iso" => format!("{hour:02}:{minute:02}"),
        "gesagt" if minute == 0 => format!("{hour} Uhr"),
        "gesagt" => format!("{hour} Uhr {minute}"),
        "en" if minute == 0 => format!("at {} {}", (hour + 11) % 12 + 1, half_of_day(hour)),
        "en" => format!("at {}:{minute:02} {}", (hour + 11) % 12 + 1, half_of_day(hour)),
        "wort" if minute == 0 => format!("{} Uhr", number(hour, "ein")),
        "wort" => format!("{} Uhr {}", number(hour, "ein"), number(minute, "eins")),
        "uhr" if minute == 0 => format!("um {}", on_the_dial(hour)),
        "uhr" if minute == 30 => format!("halb {}", on_the_dial(hour + 1)),
        "uhr" if minute == 15 => format!("Viertel nach {}", on_the_dial(hour)),
        "uhr" => format!("{minute} nach {}", on_the_dial(hour)),
        _ => return None,
    })
}

/// The last part of a name, letter by letter.
pub(super) fn spelled(name: &str) -> String {
    let last = name.split([' ', '-']).next_back().unwrap_or(name);
    let letters = last.chars().map(|letter| {
        let letter = if letter == 'ß' { letter } else { letter.to_uppercase().next().unwrap_or(letter) };
        let town = TOWNS.iter().find(|(first, _)| *first == letter);
        town.map_or_else(|| letter.to_string(), |(_, town)| (*town).to_owned())
    });
    letters.collect::<Vec<_>>().join(", ")
}

/// "Dienstag, der 20. Oktober".
fn in_full(day: Date) -> String {
    format!("{}, der {}. {}", weekday(day), day.day(), MONTHS[index(day.month()) - 1])
}

/// "in fünf Tagen"; what people say of eight and fifteen days means a week or two, so these are said otherwise.
fn in_days(day: Date, today: Date) -> String {
    let ahead = day.duration_since(today).as_hours() / 24;
    match (i8::try_from(ahead), ahead) {
        (Ok(days), 2..=20) if !matches!(days, 8 | 14 | 15) => format!("in {} Tagen", number(days, "eins")),
        _ => in_full(day),
    }
}

/// "Dienstag nächste Woche", where it is one of the next two weeks.
fn in_week(day: Date, today: Date) -> String {
    let monday = |date: Date| date.saturating_sub(i64::from(date.weekday().to_monday_zero_offset()).days());
    match monday(day).duration_since(monday(today)).as_hours() / 24 {
        0 => format!("diesen {}", weekday(day)),
        7 => format!("{} nächste Woche", weekday(day)),
        14 => format!("übernächste Woche {}", weekday(day)),
        _ => format!("am {}. {}", day.day(), MONTHS[index(day.month()) - 1]),
    }
}

fn weekday(day: Date) -> &'static str {
    WEEKDAYS[index(day.weekday().to_monday_zero_offset())]
}

/// A number below a hundred; one is said as given.
fn number(number: i8, one: &str) -> String {
    match number {
        1 => one.to_owned(),
        0 | 2..20 => ONES[index(number)].to_owned(),
        _ => {
            let ten = ["", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig"][index(number / 10)];
            match number % 10 {
                0 => ten.to_owned(),
                one => format!("{}und{ten}", ONES[index(one)]),
            }
        }
    }
}

fn ordinal(n: i8) -> String {
    match n {
        1 => "erste".into(),
        3 => "dritte".into(),
        7 => "siebte".into(),
        8 => "achte".into(),
        2..20 => format!("{}te", number(n, "ein")),
        _ => format!("{}ste", number(n, "ein")),
    }
}

fn english_ordinal(day: i8) -> String {
    let ending = match (day, day % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{day}{ending}")
}

fn half_of_day(hour: i8) -> &'static str {
    if hour < 12 { "am" } else { "pm" }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn index(n: i8) -> usize {
    usize::try_from(n).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use jiff::civil;

    use super::*;

    const WEDNESDAY: Date = civil::date(2026, 10, 14);

    #[test]
    fn a_day_is_said_in_every_manner() {
        let tuesday = civil::date(2026, 10, 20);
        let said = |manner| day(tuesday, WEDNESDAY, manner).unwrap();

        assert_eq!(said("zahl"), "20.10.");
        assert_eq!(said("ordinal"), "der zwanzigste Zehnte");
        assert_eq!(said("voll"), "Dienstag, der 20. Oktober");
        assert_eq!(said("falsch"), "Mittwoch, der 20. Oktober");
        assert_eq!(said("in"), "in sechs Tagen");
        assert_eq!(said("woche"), "Dienstag nächste Woche");
        assert_eq!(said("gesagt"), "Dienstag, 20. Oktober");
    }

    #[test]
    fn a_time_is_said_in_every_manner() {
        let said = |hour, minute, manner| time(civil::time(hour, minute, 0, 0), manner).unwrap();

        assert_eq!(said(14, 30, "uhr"), "halb drei");
        assert_eq!(said(12, 30, "uhr"), "halb eins");
        assert_eq!(said(13, 0, "uhr"), "um eins");
        assert_eq!(said(14, 30, "wort"), "vierzehn Uhr dreißig");
        assert_eq!(said(9, 0, "gesagt"), "9 Uhr");
    }

    #[test]
    fn a_name_is_spelled_by_its_last_part() {
        assert_eq!(spelled("Karl-Heinz Öhr"), "Umlaut Offenbach, Hamburg, Rostock");
    }
}
