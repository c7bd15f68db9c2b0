//! The rows of the specification and their kin, one line each: words, and what they are understood as.

use super::*;

/// "20.10." → "2026-10-20", a moment "2026-10-20T14:30", a time "14:30", a window "A..B", several "A | B", else the word for it.
fn short(understood: &Understood) -> String {
    let edge = |edge: &Edge| match edge {
        Edge::Moment(at) => at.strftime("%m-%dT%H:%M").to_string(),
        Edge::Day(date) => date.to_string()[2..].to_owned(),
        Edge::Clock(time) => time.strftime("%H:%M").to_string(),
    };
    match understood {
        Understood::Exact { start } => start.strftime("%Y-%m-%dT%H:%M").to_string()[2..].to_owned(),
        Understood::Day { date } => date.to_string()[2..].to_owned(),
        Understood::Time { time } => time.strftime("%H:%M").to_string(),
        Understood::Window { from, to } => format!("{}..{}", edge(from), edge(to)),
        Understood::Candidates { options } => options.iter().map(short).collect::<Vec<_>>().join(" | "),
        Understood::Invalid { why } => format!("{why:?}").to_lowercase(),
        Understood::Soonest => "soonest".into(),
        Understood::Unknown => "unknown".into(),
    }
}

pub(super) fn check(language: Language, hours: Option<&str>, now: &str, rows: &str) {
    let mut wrong = Vec::new();
    for row in rows.lines().map(str::trim).filter(|row| !row.is_empty()) {
        let (words, expected) = row.split_once("=>").unwrap();
        for words in words.split(" / ").map(str::trim) {
            let got = short(&understood(words, now, hours, language));
            if got != expected.trim() {
                wrong.push(format!("{words} => {got}, expected {}", expected.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

const DAYS: &str = "
    heute => 26-10-14
    morgen => 26-10-15
    übermorgen => 26-10-16
    morgen früh / morgen in der Früh / gleich morgen früh => 10-15T09:00..10-15T10:00
    morgen Vormittag / Donnerstagvormittag => 10-15T09:00..10-15T12:00
    heute Nachmittag => 10-14T13:00..10-14T17:00
    heute Abend => 10-14T17:00..10-14T18:00
    morgen Mittag => 10-15T12:00..10-15T13:00
    heute früh / heute Morgen => past
    morgens / am Morgen / früh => 09:00..10:00
    am Freitag / diesen Freitag / kommenden Freitag / Freitag bitte => 26-10-16
    nächsten Freitag / am nächsten Freitag => 26-10-16 | 26-10-23
    nächsten Dienstag / am Dienstag / nächste Woche Dienstag / Dienstag nächste Woche / Dienstag nächster Woche => 26-10-20
    übernächste Woche Dienstag / übernächsten Dienstag => 26-10-27
    übernächsten Freitag => 26-10-23 | 26-10-30
    Mittwoch / diesen Mittwoch => 26-10-14 | 26-10-21
    kommenden Mittwoch / nächsten Mittwoch => 26-10-21
    Freitag in einer Woche / Freitag in acht Tagen => 26-10-23
    Freitag in 14 Tagen / Freitag in zwei Wochen / in zwei Wochen am Freitag => 26-10-30
    Dienstag in einer Woche => 26-10-20 | 26-10-27
    heute in einer Woche / heute in acht Tagen / in einer Woche / in 8 Tagen / in acht Tagen => 26-10-21
    in 14 Tagen / in vierzehn Tagen / in zwei Wochen / heute in 14 Tagen => 26-10-28
    morgen in einer Woche => 26-10-22
    in drei Tagen / in 3 Tagen => 26-10-17
    in einem Tag => 26-10-15
    in einem Monat => 26-11-14
    in drei Monaten / in einem Vierteljahr => 27-01-14
    in einem halben Jahr => 27-04-14
    in einem Jahr => 27-10-14
    fünfzehnter Erster / der fünfzehnte Erste / am fünfzehnten Ersten / 15.1. / 15.1 => 27-01-15
    zwanzigster Zehnter / am zwanzigsten zehnten / zwanzigster Oktober / am zwanzigsten Oktober zweitausendsechsundzwanzig => 26-10-20
    am 20. / am zwanzigsten / den zwanzigsten / am Zwanzigsten bitte => 26-10-20
    am einunddreißigsten => 26-10-31
    Dienstag, der 20. / Dienstag, den zwanzigsten / nächsten Dienstag, den 20. => 26-10-20
    Montag, der 20. / Montag, den zwanzigsten Oktober => weekdaymismatch
    31.11. / einunddreißigster Elfter / 31. November => nosuchdate
    14.10.2025 / 2023-10-20 / gestern / letzten Freitag / vorige Woche Freitag => past
    14.10. um 9 Uhr => past
    am 20. nächsten Monats / am zwanzigsten nächsten Monats => 26-11-20
    am 5. dieses Monats => past
    diese Woche => 26-10-14..26-10-17
    nächste Woche / in der nächsten Woche / kommende Woche => 26-10-19..26-10-24
    übernächste Woche => 26-10-26..26-10-31
    noch diese Woche => 26-10-14..26-10-17
    diese Woche Freitag / Freitag diese Woche => 26-10-16
    diese Woche Dienstag => past
    Anfang November => 26-11-01..26-11-10
    Mitte November => 26-11-11..26-11-20
    Ende November / gegen Ende November => 26-11-21..26-11-30
    Ende Oktober => 26-10-21..26-10-31
    Mitte Oktober => 26-10-14..26-10-20
    Anfang der Woche => past
    Anfang nächster Woche / Anfang der nächsten Woche => 26-10-19..26-10-20
    Mitte nächster Woche => 26-10-20..26-10-22
    Ende nächster Woche => 26-10-22..26-10-24
    Ende der Woche => 26-10-15..26-10-17
    Ende des Monats / Monatsende / Ende dieses Monats => 26-10-21..26-10-31
    Anfang nächsten Monats => 26-11-01..26-11-10
    am Wochenende / dieses Wochenende / kommendes Wochenende => 26-10-17
    nächstes Wochenende => 26-10-17 | 26-10-24
    nächsten Monat / im nächsten Monat / im November / November => 26-11-01..26-11-30
    im Dezember / Dezember => 26-12-01..26-12-31
    im März 2027 / März 2027 => 27-03-01..27-03-31
    Ende März 2027 => 27-03-21..27-03-31
    im März 2026 => past
    erster Montag im März 2027 => 27-03-01
    erster Montag im März 2026 => past
    diesen Monat => 26-10-14..26-10-31
    im Frühjahr / im Frühling => 27-03-01..27-05-31
    im Winter => 26-12-01..27-02-28
    im Herbst => 26-10-14..26-11-30
    nächstes Jahr => 27-01-01..27-12-31
    Anfang nächsten Jahres => 27-01-01..27-01-31
    KW 43 / in KW 43 / in der 43. Woche / in der dreiundvierzigsten Kalenderwoche / Kalenderwoche 43 => 26-10-19..26-10-24
    KW 42 => 26-10-14..26-10-17
    KW 41 => 27-10-11..27-10-16
    KW 54 => nosuchdate
    Freitag KW 43 / Freitag in der 43. Woche => 26-10-23
    erster Montag im November / am ersten Montag im November => 26-11-02
    letzter Freitag im November / am letzten Freitag im November => 26-11-27
    der letzte Freitag des Monats => 26-10-30
    der erste Montag im Oktober => 27-10-04
    in der ersten Novemberwoche / erste Woche im November / in der ersten Woche im November => 26-11-02..26-11-07
    freitags => 26-10-16 | 26-10-23 | 26-10-30
    nach den Herbstferien / wenn Vollmond ist => unknown
    so bald wie möglich / egal / egal welcher Tag / sofort / der nächste freie / der erste freie Termin / möglichst bald => soonest
    ab Montag / nicht vor Montag / frühestens Montag / erst ab Montag => 26-10-19..27-10-15
    ab nächster Woche => 26-10-19..27-10-15
    bis Freitag / bis spätestens Freitag / spätestens Freitag / spätestens am Freitag => 26-10-14..26-10-16
    vor Freitag => 26-10-14..26-10-15
    nach dem 20. => 26-10-21..27-10-15
    Montag bis Mittwoch / von Montag bis Mittwoch / zwischen Montag und Mittwoch / Mo-Mi => 26-10-19..26-10-21
    vom 20. bis 25. Oktober / zwischen dem 20. und dem 25. Oktober / 20. bis 25. Oktober => 26-10-20..26-10-25
    vom 28. bis zum 3. => 26-10-28..26-11-03
    nächste Woche außer Mittwoch / nächste Woche, aber nicht am Mittwoch / nächste Woche, außer mittwochs => 26-10-19..26-10-20 | 26-10-22..26-10-24
    nächste Woche ab Mittwoch => 26-10-21..26-10-24
    außer mittwochs => unknown
    Freitag oder Samstag => 26-10-16 | 26-10-17
    Freitag, nein, doch lieber Montag / Freitag - ach nein, Montag / Freitag nee lieber Montag => 26-10-19
    Freitag, nein => unknown
    Freitag geht nicht / Freitag geht nicht, Montag / Freitag kann ich nicht / nicht am Freitag => unknown
    am Montag und Dienstag => unknown
    Heiligabend / an Heiligabend / am Heiligen Abend => 26-12-24
    an Silvester => 26-12-31
    Ostermontag => 27-03-29
    Karfreitag => 27-03-26
    Pfingsten => 27-05-16..27-05-17
    an Ostern => 27-03-28..27-03-29
    nach Ostern => 27-03-30..27-10-15
    Buß- und Bettag => 26-11-18
    erster Advent / am ersten Advent => 26-11-29
    zwischen den Jahren => 26-12-27..26-12-30
    Rosenmontag => 27-02-08
    Tag der Deutschen Einheit => 27-10-03
    Christi Himmelfahrt => 27-05-06
    kurz vor Weihnachten => 26-12-17..26-12-23
";

const CLOCK: &str = "
    nicht vor zehn und nicht nach zwölf / nach zehn und vor zwölf => 10:00..12:00
    egal welcher Tag, nur vormittags => 09:00..12:00
    heute noch irgendwann am Nachmittag => 10-14T13:00..10-14T17:00
    ich bräuchte einen Termin am nächsten Dienstag um halb drei => 26-10-20T14:30
    halb drei / um halb drei / so gegen halb drei nein um halb drei / halb 3 => 14:30
    viertel drei / viertel 3 => 14:15
    dreiviertel drei / drei viertel drei => 14:45
    Viertel nach drei / viertel ab drei / Viertel über drei => 15:15
    Viertel vor drei => 14:45
    fünf vor halb drei => 14:25
    fünf nach halb drei => 14:35
    zehn vor drei / zehn Minuten vor drei => 14:50
    zwanzig nach drei => 15:20
    um drei / drei Uhr / drei / um Punkt drei / genau um drei => 15:00
    zehn Uhr / zehn / um zehn => 10:00
    ein Uhr / um eins => 13:00
    halb eins => 12:30
    zwölf / um zwölf / zwölf Uhr / zwölf Uhr mittags => 12:00
    vierzehn Uhr dreißig / 14:30 / 14.30 Uhr / vierzehn dreißig => 14:30
    neun Uhr null fünf => 09:05
    zehn Uhr fünfzehn => 10:15
    siebzehn Uhr fünfundvierzig => 17:45
    14.10. => 26-10-14
    zehn zehn => 10:10 | 27-10-10
    um zehn zehn => 10:10
    mittags / in der Mittagspause / über Mittag => 12:00..13:00
    vormittags => 09:00..12:00
    nachmittags / am Nachmittag => 13:00..17:00
    abends / nach der Arbeit / nach Feierabend => 17:00..18:00
    früh => 09:00..10:00
    ab 16 Uhr / nach vier / ab vier / frühestens um vier / nicht vor vier / erst ab 16 Uhr / von 16 Uhr an => 16:00..18:00
    bis elf / spätestens um elf / bis elf Uhr / um elf spätestens / bis spätestens elf => 09:00..11:00
    vor zehn => 09:00..10:00
    zwischen zwei und vier / von zwei bis vier / zwei bis vier / 14 bis 16 Uhr / 14-16 Uhr / zwischen 14 und 16 Uhr / 14–16 Uhr => 14:00..16:00
    von neun bis drei => 09:00..15:00
    ab halb drei => 14:30..18:00
    gegen vier / so um vier / ungefähr um vier / um vier herum / circa 16 Uhr => 15:30..16:30
    kurz nach vier => 16:00..16:30
    kurz vor vier => 15:30..16:00
    um vier oder später => 16:00..18:00
    nachmittags um vier / um vier nachmittags / vier Uhr nachmittags => 16:00
    früh um sieben / sieben Uhr früh / morgens um sieben / sieben Uhr morgens => 07:00
    acht Uhr abends / abends um acht => 20:00
    nachmittags um zehn => unknown
    24 Uhr / 25 Uhr / 14:75 / um fünfundzwanzig Uhr => nosuchtime
    Freitag um halb drei / Freitag halb drei / am Freitag um 14 Uhr 30 => 26-10-16T14:30
    Freitag Nachmittag gegen vier / Freitagnachmittag gegen vier => 10-16T15:30..10-16T16:30
    Freitag ab 16 Uhr => 10-16T16:00..10-16T18:00
    Freitag bis elf => 10-16T09:00..10-16T11:00
    Freitag zwischen zwei und vier => 10-16T14:00..10-16T16:00
    Samstag früh um neun => 26-10-17T09:00
    Samstag ab zwölf => 10-17T12:00..10-17T14:00
    Freitag um drei oder vier => 26-10-16T15:00 | 26-10-16T16:00
    Freitag oder Samstag um zehn => 26-10-16T10:00 | 26-10-17T10:00
    Freitag um drei, nein, lieber um vier => 26-10-16T16:00
    Freitag um drei, nein, doch lieber Montag => 26-10-19T15:00
    Dienstag, den zwanzigsten Oktober, um Viertel nach zwei => 26-10-20T14:15
    20.10.2026 um halb drei => 26-10-20T14:30
    nächsten Dienstag halb drei => 26-10-20T14:30
    ich hätte gern am Dienstag um halb drei einen Termin => 26-10-20T14:30
    haben Sie am Freitag um zehn noch was frei? => 26-10-16T10:00
    heute in einer Woche um drei => 26-10-21T15:00
    Heiligabend um zehn => 26-12-24T10:00
    nächste Woche nachmittags => 10-19T13:00..10-19T17:00 | 10-20T13:00..10-20T17:00 | 10-21T13:00..10-21T17:00 | 10-22T13:00..10-22T17:00 | 10-23T13:00..10-23T17:00 | 10-24T13:00..10-24T17:00
    Samstag um fünf => 26-10-17T17:00
";

#[test]
fn german_days_are_understood_row_by_row() {
    check(Language::De, Some(HOURS), NOW, DAYS);
}

#[test]
fn german_times_are_understood_row_by_row() {
    check(Language::De, Some(HOURS), NOW, CLOCK);
}

#[test]
fn hours_from_eight_to_eight_leave_the_eight_open() {
    let rows = "
        um acht => 08:00 | 20:00
        acht Uhr früh => 08:00
        abends => 17:00..20:00
        zwischen acht und zehn => 08:00..10:00
        ab acht => 08:00..20:00
    ";
    check(Language::De, Some("mon-fri 08:00-20:00"), NOW, rows);
}

const ENGLISH: &str = "
    today => 26-10-14
    tomorrow / tomorrow please => 26-10-15
    the day after tomorrow => 26-10-16
    tomorrow morning => 10-15T09:00..10-15T12:00
    this afternoon / today in the afternoon => 10-14T13:00..10-14T17:00
    tonight => 10-14T17:00..10-14T18:00
    in the morning / morning => 09:00..12:00
    Friday / on Friday / this Friday / coming Friday => 26-10-16
    next Friday => 26-10-16 | 26-10-23
    next Tuesday / Tuesday next week / next week Tuesday / on Tuesday of next week => 26-10-20
    Tuesday after next / Tuesday the week after next => 26-10-27
    after tomorrow => 26-10-16..27-10-15
    tomorrow Friday / Friday tomorrow => weekdaymismatch
    Friday week / a week on Friday / a week from Friday => 26-10-23
    two weeks on Friday / a fortnight on Friday => 26-10-30
    Wednesday => 26-10-14 | 26-10-21
    a week today / today week / in a week / in a week's time / a week from today => 26-10-21
    a week tomorrow / a week from tomorrow => 26-10-22
    in a fortnight / a fortnight today / in two weeks / two weeks from now => 26-10-28
    in three days / in three days' time / three days from now => 26-10-17
    in a month => 26-11-14
    in half a year / in six months => 27-04-14
    the twentieth / on the twentieth / the 20th => 26-10-20
    Jan 15th / January 15 / the fifteenth of January / January the fifteenth / 15 January => 27-01-15
    the twenty-first / the twenty first => 26-10-21
    October twenty-first / the twenty-first of October => 26-10-21
    Tuesday the twentieth => 26-10-20
    Monday the twentieth => weekdaymismatch
    next week => 26-10-19..26-10-24
    this week => 26-10-14..26-10-17
    the week after next => 26-10-26..26-10-31
    early November / beginning of November / the start of November => 26-11-01..26-11-10
    mid-November / the middle of November => 26-11-11..26-11-20
    late November / the end of November => 26-11-21..26-11-30
    the end of next week => 26-10-22..26-10-24
    the end of the month => 26-10-21..26-10-31
    this weekend / at the weekend => 26-10-17
    next weekend => 26-10-17 | 26-10-24
    next month / in November => 26-11-01..26-11-30
    in the spring / in spring => 27-03-01..27-05-31
    week 43 => 26-10-19..26-10-24
    the first Monday in November / first Monday of November => 26-11-02
    the last Friday of the month => 26-10-30
    last Friday / yesterday => past
    as soon as possible / asap / the next available => soonest
    not before Monday / from Monday / from Monday onwards => 26-10-19..27-10-15
    by Friday / until Friday / no later than Friday => 26-10-14..26-10-16
    before Friday => 26-10-14..26-10-15
    Monday to Wednesday / from Monday to Wednesday / between Monday and Wednesday => 26-10-19..26-10-21
    Friday or Saturday => 26-10-16 | 26-10-17
    Friday, no, Monday / Friday, actually make that Monday / Friday, sorry, I mean Monday => 26-10-19
    next week except Wednesday / next week but not on Wednesday => 26-10-19..26-10-20 | 26-10-22..26-10-24
    Christmas Eve => 26-12-24
    New Year's Eve => 26-12-31
    Good Friday => 27-03-26
    Boxing Day => 26-12-26
    half two / half past two / at half past two => 14:30
    quarter past three / a quarter past three / quarter after three => 15:15
    quarter to three / a quarter to three => 14:45
    ten to three / ten minutes to three => 14:50
    twenty past two => 14:20
    half past two in the afternoon => 14:30
    two thirty / 2:30 / at two thirty pm => 14:30
    nine oh five => 09:05
    three o'clock / at three / three pm / three in the afternoon => 15:00
    noon / at noon / midday / twelve noon => 12:00
    lunchtime / over lunch => 12:00..13:00
    after work / in the evening => 17:00..18:00
    first thing / first thing in the morning => 09:00..10:00
    afternoon / in the afternoon => 13:00..17:00
    after four / from four / after 4 pm / four or later / from four onwards => 16:00..18:00
    until eleven / by eleven / before eleven / no later than eleven => 09:00..11:00
    between two and four / from two to four / two to four / 2 to 4 pm => 14:00..16:00
    around four / about four / at around four / four or so => 15:30..16:30
    after ten and before twelve => 10:00..12:00
    in March 2027 => 27-03-01..27-03-31
    shortly after four / just after four => 16:00..16:30
    Friday at half two / Friday half two => 26-10-16T14:30
    Friday afternoon around four => 10-16T15:30..10-16T16:30
    Friday at three or four => 26-10-16T15:00 | 26-10-16T16:00
    first thing tomorrow => 10-15T09:00..10-15T10:00
    I'd like to come on Friday at ten please => 26-10-16T10:00
    do you have anything free on Friday afternoon => 10-16T13:00..10-16T17:00
";

#[test]
fn english_idioms_are_understood_row_by_row() {
    check(Language::En, Some(HOURS), NOW, ENGLISH);
}
