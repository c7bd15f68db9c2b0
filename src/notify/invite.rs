//! An appointment as a calendar takes it in (RFC 5545): the same uid however often it moves, a sequence that grows.

use icalendar::{Calendar, Component as _, Event, EventLike as _, Property};
use jiff::Timestamp;

/// What a calendar is told.
#[derive(Clone, Debug)]
pub struct Invite<'a> {
    /// Stays the same for one booking.
    pub uid: &'a str,
    pub sequence: i32,
    /// When it is told.
    pub at: Timestamp,
    pub start: Timestamp,
    pub end: Timestamp,
    pub title: &'a str,
    pub place: &'a str,
    pub organizer: &'a str,
    pub is_cancelled: bool,
}

impl Invite<'_> {
    /// The method it is sent with.
    pub fn method(&self) -> &'static str {
        if self.is_cancelled { "CANCEL" } else { "PUBLISH" }
    }
}

/// The text of the file. Times are in UTC, which every calendar shows on its owner's clock.
pub fn ics(invite: &Invite<'_>) -> String {
    let utc = |at: Timestamp| at.strftime("%Y%m%dT%H%M%SZ").to_string();
    let status = if invite.is_cancelled { "CANCELLED" } else { "CONFIRMED" };
    let mut event = Event::new();
    event
        .uid(invite.uid)
        .summary(invite.title)
        .location(invite.place)
        .append_property(Property::new("DTSTAMP", utc(invite.at)))
        .append_property(Property::new("DTSTART", utc(invite.start)))
        .append_property(Property::new("DTEND", utc(invite.end)))
        .append_property(Property::new("SEQUENCE", invite.sequence.to_string()))
        .append_property(Property::new("STATUS", status))
        .append_property(Property::new("ORGANIZER", format!("mailto:{}", invite.organizer)));
    let mut calendar = Calendar::empty();
    calendar.append_property(Property::new("VERSION", "2.0"));
    calendar.append_property(Property::new("PRODID", "-//Fernamt//DE"));
    calendar.append_property(Property::new("METHOD", invite.method()));
    calendar.push(event.done());
    calendar.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invite(is_cancelled: bool) -> String {
        ics(&Invite {
            uid: "0199@fernamt",
            sequence: 3,
            at: "2026-10-14T08:05:00Z".parse().unwrap(),
            start: "2026-10-20T12:30:00Z".parse().unwrap(),
            end: "2026-10-20T13:00:00Z".parse().unwrap(),
            title: "Termin: Salon Morgenrot, Mitte",
            place: "Salon Morgenrot; Mitte",
            organizer: "fernamt@agentur.example",
            is_cancelled,
        })
    }

    #[test]
    fn an_appointment_has_its_uid_sequence_and_times_in_utc() {
        let text = invite(false);
        let lines: Vec<&str> = text.lines().collect();

        for line in [
            "METHOD:PUBLISH",
            "UID:0199@fernamt",
            "SEQUENCE:3",
            "DTSTAMP:20261014T080500Z",
            "DTSTART:20261020T123000Z",
            "DTEND:20261020T130000Z",
            "STATUS:CONFIRMED",
            "SUMMARY:Termin: Salon Morgenrot\\, Mitte",
            "LOCATION:Salon Morgenrot\\; Mitte",
        ] {
            assert_eq!(lines.iter().filter(|own| **own == line).count(), 1, "{line}: {text}");
        }
        assert_eq!(text.matches("PRODID").count(), 1, "{text}");
        assert!(text.ends_with("END:VCALENDAR\r\n"));
    }

    #[test]
    fn a_cancelled_one_takes_the_same_uid_back() {
        let text = invite(true);

        assert!(text.contains("METHOD:CANCEL\r\n") && text.contains("STATUS:CANCELLED\r\n"), "{text}");
        assert!(text.contains("UID:0199@fernamt\r\n"), "{text}");
    }
}
