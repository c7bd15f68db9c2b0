//! What customers are told of their appointments, and when they are reminded.

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp, Zoned};

use super::Occasion;
use crate::domain::speech::{Language, say};

/// What is told, as it leaves. Hides nothing: it lives no longer than it takes to send it.
#[derive(Clone)]
pub struct Told<'a> {
    pub occasion: Occasion,
    pub language: Language,
    pub company: &'a str,
    /// Where to come to.
    pub place: &'a str,
    pub start: Zoned,
    /// When it was before.
    pub was: Option<Zoned>,
    /// None: the company's policy leaves it out.
    pub service: Option<&'a str>,
    pub staff: Option<&'a str>,
    /// Shows on the telephone who is calling.
    pub code: Option<&'a str>,
    /// Where to call to change it.
    pub number: Option<&'a str>,
}

impl std::fmt::Debug for Told<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Told({:?})", self.occasion)
    }
}

/// A mail's words, and the same in a line for a text message.
#[derive(Clone, PartialEq, Eq)]
pub struct Words {
    pub subject: String,
    pub text: String,
    pub short: String,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Words(hidden)")
    }
}

/// Hours of the day in which nobody is reminded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    pub from: Time,
    pub to: Time,
}

impl Quiet {
    /// "20:00-08:00"; None where it is not two times of day that differ.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        let time = |text: &str| Time::strptime("%H:%M", text.trim()).ok();
        let quiet = Self { from: time(from)?, to: time(to)? };
        (quiet.from != quiet.to).then_some(quiet)
    }

    fn holds(self, time: Time) -> bool {
        if self.from < self.to {
            (self.from..self.to).contains(&time)
        } else {
            time >= self.from || time < self.to
        }
    }
}

/// When a customer is reminded: so many hours before; where that is in the quiet hours, just before they begin, since later
/// may be too late. None: there is no time left for it.
pub fn reminder_at(start: &Zoned, hours: u32, quiet: Option<Quiet>, now: Timestamp) -> Option<Timestamp> {
    let before = start.checked_sub(SignedDuration::from_hours(i64::from(hours))).ok()?;
    let at = match quiet.filter(|quiet| quiet.holds(before.time())) {
        None => before,
        Some(quiet) => {
            let began_yesterday = before.time() < quiet.from;
            let day = if began_yesterday { before.date().yesterday().ok()? } else { before.date() };
            let begins = day.to_datetime(quiet.from).to_zoned(start.time_zone().clone()).ok()?;
            begins.checked_sub(SignedDuration::from_mins(1)).ok()?
        }
    };
    Some(at.timestamp()).filter(|at| *at > now)
}

impl Told<'_> {
    pub fn words(&self) -> Words {
        match self.language {
            Language::De => self.in_german(),
            Language::En => self.in_english(),
        }
    }

    fn moment(&self, at: &Zoned) -> String {
        let date = say::date_in_full(at.date(), self.language);
        let clock = at.strftime("%H:%M");
        match self.language {
            Language::De => format!("{date}, {clock} Uhr"),
            Language::En => format!("{date}, {clock}"),
        }
    }

    fn in_german(&self) -> Words {
        let when = self.moment(&self.start);
        let (subject, first) = match self.occasion {
            Occasion::Booked => ("Ihr Termin", "Ihr Termin ist eingetragen."),
            Occasion::Moved => ("Ihr Termin wurde verschoben", "Ihr Termin wurde verschoben."),
            Occasion::Cancelled => ("Ihr Termin wurde abgesagt", "Ihr Termin wurde abgesagt."),
            Occasion::Reminder => ("Erinnerung an Ihren Termin", "Wir erinnern Sie an Ihren Termin."),
        };
        let mut lines = vec!["Guten Tag,".to_owned(), String::new(), first.to_owned(), String::new()];
        lines.push(format!("Wann: {when}"));
        lines.extend(self.was.as_ref().map(|was| format!("Bisher: {}", self.moment(was))));
        lines.push(format!("Wo: {}", self.place));
        lines.extend(self.service.map(|service| format!("Was: {service}")));
        lines.extend(self.staff.map(|staff| format!("Bei: {staff}")));
        if self.occasion != Occasion::Cancelled {
            lines.extend(self.code.map(|code| format!("Code: {code}")));
        }
        lines.push(String::new());
        if let Some(number) = self.number {
            let to_change = match self.occasion {
                Occasion::Cancelled => "Für einen neuen Termin rufen Sie uns an:",
                Occasion::Booked | Occasion::Moved | Occasion::Reminder => {
                    "Zum Verschieben oder Absagen rufen Sie uns an und nennen den Code:"
                }
            };
            lines.push(format!("{to_change} {number}"));
            lines.push(
                "Möchten Sie keine Nachrichten mehr erhalten, sagen Sie es uns unter dieser Nummer.".into(),
            );
            lines.push(String::new());
        }
        lines.push(self.company.to_owned());
        let short = match self.occasion {
            Occasion::Booked => format!("{}: Ihr Termin am {when} ist eingetragen.", self.company),
            Occasion::Moved => format!("{}: Ihr Termin wurde verschoben auf {when}.", self.company),
            Occasion::Cancelled => format!("{}: Ihr Termin am {when} wurde abgesagt.", self.company),
            Occasion::Reminder => format!("{}: Wir erinnern an Ihren Termin am {when}.", self.company),
        };
        Words { subject: format!("{subject}: {when}"), text: lines.join("\n") + "\n", short }
    }

    fn in_english(&self) -> Words {
        let when = self.moment(&self.start);
        let (subject, first) = match self.occasion {
            Occasion::Booked => ("Your appointment", "Your appointment is booked."),
            Occasion::Moved => ("Your appointment was moved", "Your appointment was moved."),
            Occasion::Cancelled => ("Your appointment was cancelled", "Your appointment was cancelled."),
            Occasion::Reminder => ("Reminder of your appointment", "This is a reminder of your appointment."),
        };
        let mut lines = vec!["Hello,".to_owned(), String::new(), first.to_owned(), String::new()];
        lines.push(format!("When: {when}"));
        lines.extend(self.was.as_ref().map(|was| format!("Before: {}", self.moment(was))));
        lines.push(format!("Where: {}", self.place));
        lines.extend(self.service.map(|service| format!("What: {service}")));
        lines.extend(self.staff.map(|staff| format!("With: {staff}")));
        if self.occasion != Occasion::Cancelled {
            lines.extend(self.code.map(|code| format!("Code: {code}")));
        }
        lines.push(String::new());
        if let Some(number) = self.number {
            let to_change = match self.occasion {
                Occasion::Cancelled => "For another appointment please call us:",
                Occasion::Booked | Occasion::Moved | Occasion::Reminder => {
                    "To move or cancel it please call us and give the code:"
                }
            };
            lines.push(format!("{to_change} {number}"));
            lines.push("If you want no more messages, tell us at that number.".into());
            lines.push(String::new());
        }
        lines.push(self.company.to_owned());
        let short = match self.occasion {
            Occasion::Booked => format!("{}: your appointment on {when} is booked.", self.company),
            Occasion::Moved => format!("{}: your appointment was moved to {when}.", self.company),
            Occasion::Cancelled => format!("{}: your appointment on {when} was cancelled.", self.company),
            Occasion::Reminder => format!("{}: a reminder of your appointment on {when}.", self.company),
        };
        Words { subject: format!("{subject}: {when}"), text: lines.join("\n") + "\n", short }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Zoned {
        text.parse().unwrap()
    }

    fn told(occasion: Occasion) -> Told<'static> {
        Told {
            occasion,
            language: Language::De,
            company: "Salon Morgenrot",
            place: "Salon Morgenrot Mitte",
            start: at("2026-10-20T14:30:00+02:00[Europe/Berlin]"),
            was: None,
            service: Some("Haarschnitt"),
            staff: Some("Anna"),
            code: Some("123456"),
            number: Some("+493083793369"),
        }
    }

    #[test]
    fn a_customer_reads_when_where_what_with_whom_and_how_to_change_it() {
        let words = told(Occasion::Booked).words();

        assert_eq!(words.subject, "Ihr Termin: Dienstag, 20. Oktober 2026, 14:30 Uhr");
        for line in [
            "Wann: Dienstag, 20. Oktober 2026, 14:30 Uhr",
            "Wo: Salon Morgenrot Mitte",
            "Was: Haarschnitt",
            "Bei: Anna",
            "Code: 123456",
        ] {
            assert!(words.text.lines().any(|own| own == line), "{line}: {}", words.text);
        }
        assert!(words.text.contains("+493083793369"));
        let short = "Salon Morgenrot: Ihr Termin am Dienstag, 20. Oktober 2026, 14:30 Uhr ist eingetragen.";
        assert_eq!(words.short, short);
    }

    #[test]
    fn what_the_policy_leaves_out_stands_nowhere() {
        let words = Told { service: None, ..told(Occasion::Reminder) }.words();

        assert!(!format!("{}{}{}", words.subject, words.text, words.short).contains("Haarschnitt"));
    }

    #[test]
    fn a_moved_appointment_says_when_it_was_before() {
        let was = Some(at("2026-10-19T10:00:00+02:00[Europe/Berlin]"));

        let words = Told { was, language: Language::En, ..told(Occasion::Moved) }.words();

        assert!(words.text.contains("Before: Monday, October 19, 2026, 10:00\n"), "{}", words.text);
    }

    #[test]
    fn the_code_of_a_cancelled_appointment_is_not_repeated() {
        assert!(!told(Occasion::Cancelled).words().text.contains("123456"));
    }

    #[test]
    fn a_reminder_comes_so_many_hours_before_and_never_in_quiet_hours() {
        let now = at("2026-10-14T10:05:00+02:00[Europe/Berlin]").timestamp();
        let quiet = Quiet::parse("20:00-08:00");
        let remind = |start: &str, quiet| reminder_at(&at(start), 24, quiet, now).map(|at| at.to_string());

        let afternoon = remind("2026-10-20T14:30:00+02:00[Europe/Berlin]", quiet);
        let early = remind("2026-10-20T07:30:00+02:00[Europe/Berlin]", quiet);
        let late = remind("2026-10-20T20:30:00+02:00[Europe/Berlin]", quiet);
        let anytime = remind("2026-10-20T07:30:00+02:00[Europe/Berlin]", None);

        assert_eq!(afternoon.as_deref(), Some("2026-10-19T12:30:00Z"));
        assert_eq!(early.as_deref(), Some("2026-10-18T17:59:00Z"));
        assert_eq!(late.as_deref(), Some("2026-10-19T17:59:00Z"));
        assert_eq!(anytime.as_deref(), Some("2026-10-19T05:30:00Z"));
    }

    #[test]
    fn what_is_nearer_than_the_reminder_would_be_is_not_reminded_of() {
        let now = at("2026-10-14T10:05:00+02:00[Europe/Berlin]").timestamp();
        let start = at("2026-10-15T09:00:00+02:00[Europe/Berlin]");

        assert_eq!(reminder_at(&start, 24, None, now), None);
    }

    #[test]
    fn on_the_day_the_clocks_change_a_day_before_is_as_many_hours() {
        let now = at("2026-10-14T10:05:00+02:00[Europe/Berlin]").timestamp();
        let start = at("2026-10-25T10:00:00+01:00[Europe/Berlin]");

        let at = reminder_at(&start, 24, None, now).map(|at| at.to_string());

        assert_eq!(at.as_deref(), Some("2026-10-24T09:00:00Z"));
    }

    #[test]
    fn quiet_hours_are_two_times_of_day() {
        assert!(Quiet::parse("22:00-07:00").is_some());
        for text in ["", "22", "22:00-22:00", "25:00-07:00", "nachts"] {
            assert_eq!(Quiet::parse(text), None, "{text}");
        }
    }
}
