//! What an agent is told, held against a Wednesday morning and a Saturday after closing time.

use jiff::civil::Weekday;

use super::*;
use crate::domain::call::tests::house::{company, local};
use crate::domain::habit::PartOfDay;
use crate::domain::hours::{DateRange, OpeningHours, SpecialHours};

fn told(variables: &[Variable], name: &str) -> String {
    variables.iter().find(|(known, _)| *known == name).map(|(_, text)| text.clone()).unwrap()
}

#[test]
fn on_a_working_day_the_agent_knows_the_day_the_hours_and_what_is_offered_by_whom() {
    let mut company = company();
    let closed = DateRange::parse("2026-10-15/2026-10-16").unwrap();
    company.branches[0].opening.as_mut().unwrap().closures.push(closed);

    let told =
        |name| told(&variables(&company, company.branches.first(), None, local("2026-10-14T10:05")), name);

    assert_eq!(told("heute"), "Mittwoch, 14. Oktober");
    assert_eq!((told("wochentag").as_str(), told("heute_datum").as_str()), ("Mittwoch", "2026-10-14"));
    assert_eq!((told("geoeffnet").as_str(), told("oeffnungsstatus").as_str()), ("ja", "geöffnet bis 18 Uhr"));
    assert_eq!(told("oeffnungszeiten_heute"), "9 Uhr bis 18 Uhr");
    assert_eq!(told("dienstleistungen"), "Haarschnitt, Färben");
    assert_eq!(told("mitarbeiter"), "Anna, Bea");
    assert_eq!(told("stammkunde_hinweis"), "");
    let days: Vec<String> = told("naechste_tage").split("; ").map(str::to_owned).collect();
    assert_eq!(days.len(), 14);
    assert_eq!(
        days[..5],
        [
            "Mittwoch, 14. Oktober = 2026-10-14",
            "Donnerstag, 15. Oktober = 2026-10-15 (geschlossen)",
            "Freitag, 16. Oktober = 2026-10-16 (geschlossen)",
            "Samstag, 17. Oktober = 2026-10-17",
            "Sonntag, 18. Oktober = 2026-10-18 (geschlossen)",
        ]
    );
}

#[test]
fn holidays_are_told_by_their_name_and_special_hours_as_they_are() {
    let mut company = company();
    let opening = company.branches[0].opening.as_mut().unwrap();
    opening.holidays = Some("DE-BE".parse().unwrap());
    opening.special = vec![SpecialHours::parse("2026-12-24 09:00-13:00").unwrap()];

    let all = variables(&company, company.branches.first(), None, local("2026-12-24T10:05"));

    let days: Vec<String> = told(&all, "naechste_tage").split("; ").map(str::to_owned).collect();
    assert_eq!(
        days[..4],
        [
            "Donnerstag, 24. Dezember = 2026-12-24 (9 Uhr bis 13 Uhr)",
            "Freitag, 25. Dezember = 2026-12-25 (geschlossen, Erster Weihnachtstag)",
            "Samstag, 26. Dezember = 2026-12-26 (geschlossen, Zweiter Weihnachtstag)",
            "Sonntag, 27. Dezember = 2026-12-27 (geschlossen)",
        ]
    );
    assert_eq!(told(&all, "oeffnungsstatus"), "geöffnet bis 13 Uhr");
    assert_eq!(told(&all, "oeffnungszeiten_heute"), "9 Uhr bis 13 Uhr");
}

#[test]
fn when_it_is_closed_the_agent_knows_when_it_opens_again() {
    let mut company = company();
    let told = |company: &Company, at| {
        told(&variables(company, company.branches.first(), None, local(at)), "oeffnungsstatus")
    };

    assert_eq!(told(&company, "2026-10-17T16:00"), "geschlossen, öffnet wieder Montag, 19. Oktober, 9 Uhr");
    company.branches[0].opening.as_mut().unwrap().hours = OpeningHours::parse("sat 18:00-24:00").unwrap();
    assert_eq!(told(&company, "2026-10-17T20:00"), "geöffnet bis 24 Uhr");
}

#[test]
fn a_hotline_names_its_branches_and_promises_nothing_of_any() {
    let company = company();

    let all = variables(&company, None, None, local("2026-10-14T10:05"));

    assert_eq!(told(&all, "filialen"), "Salon Beispiel Mitte, Salon Beispiel Nord");
    assert_eq!((told(&all, "filiale").as_str(), told(&all, "geoeffnet").as_str()), ("", "unbekannt"));
    let here = variables(&company, company.branches.first(), None, local("2026-10-14T10:05"));
    let names = |variables: &[Variable]| variables.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    assert_eq!(names(&all), names(&here), "an agent reads out a variable that is not there");
}

#[test]
fn a_habit_is_told_as_far_as_it_can_still_be_met_here() {
    let company = company();
    let habit = Habit {
        service: Some("Haarschnitt".into()),
        staff: Some("Clara".into()),
        weekday: Some(Weekday::Tuesday),
        part: Some(PartOfDay::Afternoon),
    };

    let all = variables(&company, company.branches.first(), Some(&habit), local("2026-10-14T10:05"));

    assert_eq!(
        told(&all, "stammkunde_hinweis"),
        "Von dieser Nummer bisher meist gebucht: Haarschnitt, dienstags, nachmittags. Nur als Vorschlag, ohne einen Namen zu nennen."
    );
}
