//! What is said of alerts: what has happened, what to do, and where it is seen. Ids at most, never a name or a number.

use crate::domain::alert::Kind;
use crate::domain::speech::Language;

/// What somebody is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// In one line.
    pub what: String,
    /// What to do about it.
    pub fix: &'static str,
    /// Where it is seen, below the address of the house.
    pub path: String,
}

impl Notice {
    /// Of so many alerts of a kind, the newest first.
    pub fn of(kind: Kind, subjects: &[String], count: u64, language: Language) -> Self {
        let (what, fix) = words(kind, language);
        let what = match (count, language) {
            (0 | 1, _) => what.to_owned(),
            (2, Language::De) => format!("{what} (und 1 weitere Meldung)"),
            (2, Language::En) => format!("{what} (and 1 more)"),
            (_, Language::De) => format!("{what} (und {} weitere Meldungen)", count - 1),
            (_, Language::En) => format!("{what} (and {} more)", count - 1),
        };
        Self { what, fix, path: path(kind, if count > 1 { None } else { subjects.first() }) }
    }

    /// The whole text of a mail.
    pub fn text(&self, link: &str, language: Language) -> String {
        let (to_do, see) = match language {
            Language::De => ("Was zu tun ist", "Ansehen"),
            Language::En => ("What to do", "See"),
        };
        format!("{}.\n\n{to_do}: {}\n\n{see}: {link}\n", self.what, self.fix)
    }
}

/// Where alerts of a kind are seen; the one thing itself where there is one.
fn path(kind: Kind, subject: Option<&String>) -> String {
    let of = |list: &str| match subject {
        Some(id) => format!("/admin/{list}/{id}"),
        None => format!("/admin/{list}"),
    };
    match kind {
        Kind::BookingFailed | Kind::CalendarDiffers => of("bookings"),
        Kind::PromiseWithoutBooking => of("calls"),
        Kind::UnknownBooking => "/admin/bookings".into(),
        Kind::BreakerOpen | Kind::BreakerMisconfigured | Kind::BreakerClosed => "/admin/calendars".into(),
        Kind::SignatureFailures => "/admin/retell-webhook".into(),
        Kind::NoCalls | Kind::DeliveriesFailing => "/admin/setup".into(),
        Kind::CallbackOverdue => "/admin/callbacks".into(),
    }
}

fn words(kind: Kind, language: Language) -> (&'static str, &'static str) {
    match language {
        Language::De => in_german(kind),
        Language::En => in_english(kind),
    }
}

fn in_german(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::BookingFailed => (
            "Ein zugesagter Termin steht nicht im Kalender",
            "Bitte den Anrufer zurückrufen; ein Rückruf steht in der Liste.",
        ),
        Kind::PromiseWithoutBooking => (
            "Der Agent hat etwas zugesagt, das nicht gebucht ist",
            "Bitte das Gespräch ansehen und den Anrufer zurückrufen.",
        ),
        Kind::CalendarDiffers => (
            "Ein Termin wurde bei Cal.com geändert, ohne dass es gemeldet wurde",
            "Bitte prüfen, ob der Webhook bei Cal.com noch eingerichtet ist.",
        ),
        Kind::UnknownBooking => (
            "Bei Cal.com steht ein Termin von uns, den hier niemand kennt",
            "Bitte im Kalender nachsehen, ob er gewollt ist, und ihn sonst dort absagen.",
        ),
        Kind::BreakerOpen => (
            "Cal.com antwortet nicht; Termine werden vorgemerkt und später eingetragen",
            "Es wird von selbst weiter versucht. Hält es an, bitte den Zustand von Cal.com prüfen.",
        ),
        Kind::BreakerMisconfigured => (
            "Cal.com weist den Schlüssel des Kontos ab; es wird nichts gebucht",
            "Bitte den API-Schlüssel bei Cal.com erneuern und in den Einstellungen der Firma eintragen.",
        ),
        Kind::BreakerClosed => ("Cal.com antwortet wieder", "Nichts; was vorgemerkt war, wird eingetragen."),
        Kind::SignatureFailures => (
            "Viele Anfragen im Namen von Retell sind falsch signiert",
            "Bitte den Webhook-Schlüssel mit dem bei Retell vergleichen. Stimmt er, versucht es ein Fremder.",
        ),
        Kind::NoCalls => (
            "Während der Öffnungszeit ist ungewöhnlich lange kein Anruf angekommen",
            "Bitte die Nummer anrufen und die Prüfung in den Einstellungen ansehen.",
        ),
        Kind::CallbackOverdue => {
            ("Ein zugesagter Rückruf ist überfällig", "Bitte zurückrufen und den Eintrag erledigen.")
        }
        Kind::DeliveriesFailing => (
            "Nachrichten an einen Kanal kommen nicht an",
            "Bitte Adresse und Empfänger des Kanals prüfen und eine Probe senden.",
        ),
    }
}

fn in_english(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::BookingFailed => (
            "A promised appointment does not stand in the calendar",
            "Please call the caller back; a callback is on the list.",
        ),
        Kind::PromiseWithoutBooking => (
            "The agent promised something that is not booked",
            "Please look at the call and call the caller back.",
        ),
        Kind::CalendarDiffers => (
            "An appointment was changed at Cal.com without our being told",
            "Please check whether the webhook at Cal.com is still set up.",
        ),
        Kind::UnknownBooking => (
            "An appointment of ours stands at Cal.com that nobody here knows",
            "Please see in the calendar whether it is wanted, and cancel it there if not.",
        ),
        Kind::BreakerOpen => (
            "Cal.com does not answer; appointments are noted and entered later",
            "It is tried again by itself. If it lasts, please look at the status of Cal.com.",
        ),
        Kind::BreakerMisconfigured => (
            "Cal.com refuses the key of the account; nothing is booked",
            "Please renew the API key at Cal.com and enter it in the settings of the company.",
        ),
        Kind::BreakerClosed => ("Cal.com answers again", "Nothing; what was noted is being entered."),
        Kind::SignatureFailures => (
            "Many requests in the name of Retell are wrongly signed",
            "Please compare the webhook key with the one at Retell. If it is right, a stranger is trying.",
        ),
        Kind::NoCalls => (
            "For unusually long no call has arrived in opening time",
            "Please ring the number and look at the check in the settings.",
        ),
        Kind::CallbackOverdue => {
            ("A promised callback is overdue", "Please call back and mark the item as done.")
        }
        Kind::DeliveriesFailing => (
            "Messages to a channel do not arrive",
            "Please check the channel's address and whoever receives there, and send a test.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_gathered_is_counted_behind_the_first() {
        let subjects = vec!["1".to_owned(), "2".to_owned()];
        let of = |count, language| Notice::of(Kind::CallbackOverdue, &subjects, count, language).what;

        assert_eq!(of(1, Language::De), "Ein zugesagter Rückruf ist überfällig");
        assert_eq!(of(2, Language::De), "Ein zugesagter Rückruf ist überfällig (und 1 weitere Meldung)");
        assert_eq!(of(7, Language::En), "A promised callback is overdue (and 6 more)");
    }

    #[test]
    fn one_alert_leads_to_the_thing_itself_and_several_to_their_list() {
        let subjects = vec!["0199".to_owned()];
        let path = |count| Notice::of(Kind::BookingFailed, &subjects, count, Language::En).path;

        assert_eq!((path(1).as_str(), path(2).as_str()), ("/admin/bookings/0199", "/admin/bookings"));
    }

    #[test]
    fn every_kind_says_what_to_do_in_both_languages() {
        for kind in Kind::ALL {
            for language in [Language::De, Language::En] {
                let text = Notice::of(kind, &[], 1, language).text("https://fernamt.example/admin", language);

                assert!(text.ends_with("https://fernamt.example/admin\n"), "{text}");
                assert!(text.lines().count() >= 5, "{text}");
            }
        }
    }
}
