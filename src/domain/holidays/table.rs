//! What the laws name: the holidays of each Land, of Austria, and those kept in all of Switzerland.

use super::Falls::{Easter, On, Once, Repentance};
use super::{Falls, Holiday};

/// Of all Länder.
pub(super) static EVERYWHERE: &[Holiday] = &[
    NEW_YEAR,
    GOOD_FRIDAY,
    EASTER_MONDAY,
    holiday("Tag der Arbeit", "Labour Day", On(5, 1)),
    ASCENSION,
    WHIT_MONDAY,
    holiday("Tag der Deutschen Einheit", "the Day of German Unity", On(10, 3)),
    holiday("Erster Weihnachtstag", "Christmas Day", On(12, 25)),
    holiday("Zweiter Weihnachtstag", "Boxing Day", On(12, 26)),
];

/// By the Länder themselves. What holds in some of their communes only (Mariä Himmelfahrt in Bavaria, Fronleichnam in
/// Saxony and Thuringia, Augsburg's Friedensfest) is a closure to be named in the file.
pub(super) static LAENDER: &[(&str, &[Holiday])] = &[
    ("BW", &[EPIPHANY, CORPUS_CHRISTI, ALL_SAINTS]),
    ("BY", &[EPIPHANY, CORPUS_CHRISTI, ALL_SAINTS]),
    (
        "BE",
        &[
            since(2019, WOMENS_DAY),
            holiday("Tag der Befreiung", "Liberation Day", Once(2025, 5, 8)),
            holiday("Jahrestag des Volksaufstandes", "the anniversary of the uprising", Once(2028, 6, 17)),
        ],
    ),
    ("BB", &[EASTER_SUNDAY, WHIT_SUNDAY, REFORMATION]),
    ("HB", &[since(2018, REFORMATION)]),
    ("HH", &[since(2018, REFORMATION)]),
    ("HE", &[CORPUS_CHRISTI]),
    ("MV", &[since(2023, WOMENS_DAY), REFORMATION]),
    ("NI", &[since(2018, REFORMATION)]),
    ("NW", &[CORPUS_CHRISTI, ALL_SAINTS]),
    ("RP", &[CORPUS_CHRISTI, ALL_SAINTS]),
    ("SL", &[CORPUS_CHRISTI, ASSUMPTION, ALL_SAINTS]),
    ("SN", &[REFORMATION, holiday("Buß- und Bettag", "Repentance Day", Repentance)]),
    ("ST", &[EPIPHANY, REFORMATION]),
    ("SH", &[since(2018, REFORMATION)]),
    ("TH", &[since(2019, holiday("Weltkindertag", "World Children's Day", On(9, 20))), REFORMATION]),
];

pub(super) static AUSTRIA: &[Holiday] = &[
    NEW_YEAR,
    EPIPHANY,
    EASTER_MONDAY,
    holiday("Staatsfeiertag", "Labour Day", On(5, 1)),
    ASCENSION,
    WHIT_MONDAY,
    CORPUS_CHRISTI,
    ASSUMPTION,
    holiday("Nationalfeiertag", "the National Day", On(10, 26)),
    ALL_SAINTS,
    holiday("Mariä Empfängnis", "the Immaculate Conception", On(12, 8)),
    holiday("Christtag", "Christmas Day", On(12, 25)),
    holiday("Stefanitag", "St Stephen's Day", On(12, 26)),
];

/// The one of the Confederation and those that all cantons keep; the others are closures to be named in the file.
pub(super) static SWITZERLAND: &[Holiday] = &[
    NEW_YEAR,
    holiday("Auffahrt", "Ascension Day", Easter(39)),
    holiday("Bundesfeier", "the Swiss National Day", On(8, 1)),
    holiday("Weihnachten", "Christmas Day", On(12, 25)),
];

const NEW_YEAR: Holiday = holiday("Neujahr", "New Year's Day", On(1, 1));
const EPIPHANY: Holiday = holiday("Heilige Drei Könige", "Epiphany", On(1, 6));
const WOMENS_DAY: Holiday = holiday("Frauentag", "Women's Day", On(3, 8));
const GOOD_FRIDAY: Holiday = holiday("Karfreitag", "Good Friday", Easter(-2));
const EASTER_SUNDAY: Holiday = holiday("Ostersonntag", "Easter Sunday", Easter(0));
const EASTER_MONDAY: Holiday = holiday("Ostermontag", "Easter Monday", Easter(1));
const ASCENSION: Holiday = holiday("Christi Himmelfahrt", "Ascension Day", Easter(39));
const WHIT_SUNDAY: Holiday = holiday("Pfingstsonntag", "Whit Sunday", Easter(49));
const WHIT_MONDAY: Holiday = holiday("Pfingstmontag", "Whit Monday", Easter(50));
const CORPUS_CHRISTI: Holiday = holiday("Fronleichnam", "Corpus Christi", Easter(60));
const ASSUMPTION: Holiday = holiday("Mariä Himmelfahrt", "Assumption Day", On(8, 15));
const REFORMATION: Holiday = holiday("Reformationstag", "Reformation Day", On(10, 31));
const ALL_SAINTS: Holiday = holiday("Allerheiligen", "All Saints' Day", On(11, 1));

const fn holiday(german: &'static str, english: &'static str, falls: Falls) -> Holiday {
    Holiday { german, english, falls, since: 0 }
}

const fn since(year: i16, holiday: Holiday) -> Holiday {
    Holiday { since: year, ..holiday }
}
