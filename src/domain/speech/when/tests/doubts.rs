//! What could be misread, and is therefore asked about or read in the one way it can be meant.

use super::rows::check;
use super::*;

const IN_DOUBT_GERMAN: &str = "
    Dienstag zehn, elf Uhr / Dienstag 10, 11 Uhr / Dienstag zehn halb elf / Freitag dreizehn, vierzehn Uhr => unknown
    Dienstag drei gegen vier / Dienstag zehn nachmittags / Freitag 13 abends => unknown
    Dienstag drei nachmittags => 26-10-20T15:00
    Montag neun vormittags => 26-10-19T09:00
    in einer Woche, am 21. => 26-10-21
    in zwei Wochen am 30. => unknown
    Freitag in einer Woche, also den 23. => 26-10-23
    Freitag vor Weihnachten / am Montag vor Weihnachten / Freitag vor Ostern / Freitag vor dem 30. => unknown
    Freitag um drei ist zu früh / zu früh / das ist mir zu früh / haben Sie Freitag zu => unknown
    den ersten Termin / zum zweiten Mal / das erste / den zweiten bitte / erster Termin am Morgen => unknown
    am zweiten / Montag, den zweiten => 26-11-02
    am ersten November / Sonntag, den ersten => 26-11-01
    Termin für zwei am Freitag / zwei Mal Freitag / wir kommen zu zwei / die eins bitte => unknown
    20 10. / 3 11. / zwanzigsten Oktober zwanzig sechsundzwanzig => unknown
    übernächste Woche Montag, nein Dienstag / nächste Woche Freitag, nein lieber Donnerstag => unknown
    am 20. November, nein, am 21. / abends um sechs nein um sieben / bis drei, nein, vier => unknown
    zwischen drei und vier, nein fünf / bis Freitag, nein, Montag / Montag oder Dienstag, nein, Mittwoch => unknown
    nächste Woche Freitag, nein nächste Woche Donnerstag => 26-10-22
    nächste Woche Freitag um drei, nein um vier => 26-10-23T16:00
    bis drei, nein, bis vier => 09:00..16:00
    in zwei Wochen, nein drei / in zwei Wochen oder drei => unknown
    bis Freitag, den 23. Oktober / ab Dienstag, dem 20. / nicht vor Dienstag, dem 20. => unknown
    bis nächste Woche Freitag / ab nächster Woche Dienstag => unknown
    fünf vor / zehn nach / Freitag zehn nach / um drei bis => unknown
    übernächste Woche Dienstag oder Donnerstag => 26-10-27 | 26-10-29
    am 20. oder 21. November => 26-11-20 | 26-11-21
    am 20. oder am 21. November um drei => 26-11-20T15:00 | 26-11-21T15:00
    Freitag oder Samstag nächste Woche / am 30. oder 2. November / am 20. November oder am 21. => unknown
    vom 5. bis 10 => unknown
    am 20., nein 21 => unknown
    ich brauche einen Termin für Freitag / haben Sie Freitag Zeit / Freitag, wenn's geht / geht's am Freitag => 26-10-16
    am 20sten => 26-10-20
    am 21sten => 26-10-21
    eher vormittags => 09:00..12:00
    am besten nachmittags => 13:00..17:00
    zwei Tage später / eine Woche später / Freitag zwei Tage später => unknown
    14.5.85 / 20.10.2199 / in 99 Jahren => unknown
";

#[test]
fn what_is_in_doubt_is_asked_in_german() {
    check(Language::De, Some(HOURS), NOW, IN_DOUBT_GERMAN);
    check(Language::De, Some(HOURS), "2026-11-02T10:05", "am 31. => nosuchdate");
    check(Language::De, Some(HOURS), "2027-02-02T10:05", "am 29. => nosuchdate");
    check(Language::De, Some(HOURS), "2027-01-31T10:05", "in einem Monat => unknown");
    check(Language::De, Some(HOURS), "2027-03-27T10:05", "morgen ab 02:30 => nosuchtime");
}

const IN_DOUBT_ENGLISH: &str = "
    Tuesday three four / Friday before Christmas / Monday instead of Friday => unknown
    first available => soonest
    just a second / one second, Friday / the first one => unknown
    for two on Friday / twentieth of October twenty twenty-six / October twentieth twenty twenty-six => unknown
    in two weeks or three / in a week or two => unknown
    the first one / the Friday one / one on Friday / the one at three / one afternoon next week => unknown
    at one / one o'clock / one pm => 13:00
    Friday one thirty => 26-10-16T13:30
    by Friday the 23rd => unknown
    Friday at two-fifteen => 26-10-16T14:15
    at two-thirty => 14:30
    ten past / ten to => unknown
    November 5 or 6 / November 5 to 10 => unknown
    this coming Friday => 26-10-16
    two days later / two days after Friday => unknown
";

#[test]
fn what_is_in_doubt_is_asked_in_english() {
    check(Language::En, Some(HOURS), NOW, IN_DOUBT_ENGLISH);
}
