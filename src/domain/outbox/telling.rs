//! Who is told when a booking changes: the company's channels that want to know, and the customer who has agreed to it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::appointments::reminder_at;
use super::{About, Message, Occasion, Topic};
use crate::domain::booking::Booking;
use crate::domain::directory::Company;
use crate::domain::ids::ChannelId;

/// What has to be known of a booking to tell of it.
#[derive(Clone, Debug)]
pub struct Telling<'a> {
    pub company: &'a Company,
    /// On whose clock its customer lives.
    pub zone: &'a TimeZone,
    /// The customer has agreed to it and has an address.
    pub may_write: bool,
    /// Grows with every change of the booking.
    pub sequence: i32,
}

impl Telling<'_> {
    /// What leaves because of a step of a booking; nothing about what lies in the past.
    pub fn messages(&self, before: &Booking, after: &Booking, now: Timestamp) -> Vec<Message> {
        let Some(occasion) = Occasion::of(before, after).filter(|_| after.start > now) else {
            return Vec::new();
        };
        let was = (occasion == Occasion::Moved).then_some(before.start);
        let about =
            About::Appointment { booking: after.id, start: after.start, was, sequence: self.sequence };
        let mut messages = self.to_all(occasion, &about, now);
        if let Some(due) = self.reminder(occasion, after.start, now) {
            messages.extend(self.to_all(Occasion::Reminder, &about, due));
        }
        messages
    }

    fn reminder(&self, occasion: Occasion, start: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let policy = &self.company.policy;
        if occasion == Occasion::Cancelled || policy.reminder_hours == 0 {
            return None;
        }
        reminder_at(&start.to_zoned(self.zone.clone()), policy.reminder_hours, policy.quiet(), now)
    }

    fn to_all(&self, occasion: Occasion, about: &About, due: Timestamp) -> Vec<Message> {
        let topic = Topic::Appointment(occasion);
        let writes = self.company.policy.confirmations && self.may_write;
        let channels = self.company.channels.iter().filter(|channel| channel.wants(topic));
        let to: Vec<Option<ChannelId>> =
            channels.map(|channel| Some(channel.id)).chain(writes.then_some(None)).collect();
        let message =
            |channel| Message { company: self.company.id, channel, topic, about: about.clone(), due };
        to.into_iter().map(message).collect()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::booking::{Standing, State};
    use crate::domain::call::tests::house::company;
    use crate::domain::channel::{Address, Channel, Pattern};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn now() -> Timestamp {
        at("2026-10-14T08:05:00Z")
    }

    fn booking(start: &str, state: State) -> Booking {
        Booking { state, ..Booking::new(Uuid::from_u128(7).into(), at(start), now()) }
    }

    fn booked(start: &str, standing: Standing) -> Booking {
        booking(start, State::Booked { uid: "abc".into(), standing })
    }

    fn salon(confirmations: bool) -> Company {
        let mut company = company();
        company.policy.confirmations = confirmations;
        company.channels = vec![Channel {
            id: Uuid::from_u128(9).into(),
            name: "sms".into(),
            to: Address::Email(String::new()),
            kinds: Pattern::parse("appointment.*").into_iter().collect(),
            is_gone: false,
        }];
        company
    }

    fn told(company: &Company, may_write: bool, (before, after): (&Booking, &Booking)) -> Vec<String> {
        let telling =
            Telling { company, zone: &TimeZone::get("Europe/Berlin").unwrap(), may_write, sequence: 1 };
        let line = |message: Message| {
            let to = if message.channel.is_some() { "channel" } else { "customer" };
            format!("{to} {} {}", message.topic.as_str(), message.due)
        };
        telling.messages(before, after, now()).into_iter().map(line).collect()
    }

    const TUESDAY: &str = "2026-10-20T12:30:00Z";
    const FRIDAY: &str = "2026-10-23T12:30:00Z";

    #[test]
    fn a_booking_is_told_at_once_and_reminded_of_the_day_before() {
        let (before, after) =
            (booking(TUESDAY, State::Waiting { not_before: None }), booked(TUESDAY, Standing::Accepted));

        let lines = told(&salon(true), true, (&before, &after));

        assert_eq!(
            lines,
            [
                "channel appointment.booked 2026-10-14T08:05:00Z",
                "customer appointment.booked 2026-10-14T08:05:00Z",
                "channel appointment.reminder 2026-10-19T12:30:00Z",
                "customer appointment.reminder 2026-10-19T12:30:00Z",
            ]
        );
    }

    #[test]
    fn nobody_is_written_to_who_has_not_agreed_or_whose_company_does_not_write() {
        let (before, after) =
            (booking(TUESDAY, State::Waiting { not_before: None }), booked(TUESDAY, Standing::Accepted));

        for (confirmations, may_write) in [(true, false), (false, true)] {
            let lines = told(&salon(confirmations), may_write, (&before, &after));
            assert!(lines.iter().all(|line| line.starts_with("channel ")), "{lines:?}");
            assert_eq!(lines.len(), 2);
        }
    }

    #[test]
    fn a_move_is_told_and_reminded_of_anew_and_a_cancellation_only_told() {
        let stands = booked(TUESDAY, Standing::Accepted);
        let moved = booked(FRIDAY, Standing::Accepted);
        let cancelled = booking(TUESDAY, State::Cancelled { why: "by the caller".into() });

        let move_lines = told(&salon(false), false, (&stands, &moved));
        let cancel_lines = told(&salon(false), false, (&stands, &cancelled));

        assert_eq!(
            move_lines,
            [
                "channel appointment.moved 2026-10-14T08:05:00Z",
                "channel appointment.reminder 2026-10-22T12:30:00Z"
            ]
        );
        assert_eq!(cancel_lines, ["channel appointment.cancelled 2026-10-14T08:05:00Z"]);
    }

    #[test]
    fn what_waits_for_the_calendars_owner_is_told_once_they_have_agreed() {
        let waiting = booking(TUESDAY, State::Waiting { not_before: None });
        let pending = booked(TUESDAY, Standing::Pending);
        let accepted = booked(TUESDAY, Standing::Accepted);

        assert!(told(&salon(true), true, (&waiting, &pending)).is_empty());
        assert_eq!(told(&salon(true), true, (&pending, &accepted)).len(), 4);
        assert!(told(&salon(true), true, (&accepted, &booked(FRIDAY, Standing::Pending))).is_empty());
    }

    #[test]
    fn steps_that_change_nothing_for_the_customer_and_the_past_are_not_told() {
        let accepted = booked(TUESDAY, Standing::Accepted);
        let over = booked("2026-10-13T12:30:00Z", Standing::Accepted);
        let waiting = booking("2026-10-13T12:30:00Z", State::Waiting { not_before: None });

        assert!(told(&salon(true), true, (&accepted, &accepted)).is_empty());
        assert!(told(&salon(true), true, (&waiting, &over)).is_empty());
    }
}
