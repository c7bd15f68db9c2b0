//! Which times a host works and is not yet booked, for offering slots and for accepting bookings.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::books::{Books, Status};
use super::settings::{Block, EventType, Host, Kind, Settings};

/// The accounts and the rows a question about free time is asked of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Diary<'a> {
    pub(super) settings: &'a Settings,
    pub(super) books: &'a Books,
    /// The booking that is being moved and must not stand in its own way.
    pub(super) except: Option<&'a str>,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    from: Timestamp,
    until: Timestamp,
}

impl Diary<'_> {
    /// The hosts of an event type who could take a booking at this start; reservations do not count.
    pub(super) fn free_hosts(&self, event_type: &EventType, start: Timestamp) -> Vec<i64> {
        let wanted = Span { from: start, until: start + minutes(event_type.length_minutes) };
        let is_free = |id: &&i64| {
            self.settings.host(**id).is_some_and(|host| works_during(host, wanted))
                && self.is_unbooked(event_type, **id, wanted)
        };
        event_type.host_ids.iter().filter(is_free).copied().collect()
    }

    /// The starts that GET /v2/slots offers between two instants, in order.
    pub(super) fn offered(
        &self,
        event_type: &EventType,
        (from, until): (Timestamp, Timestamp),
        now: Timestamp,
    ) -> Vec<Timestamp> {
        let earliest = from.max(now + minutes(event_type.minimum_notice_minutes));
        let latest = event_type
            .window_days
            .map_or(until, |days| until.min(now + SignedDuration::from_hours(24 * days)));
        let mut hosts_at: BTreeMap<Timestamp, usize> = BTreeMap::new();
        for host in event_type.host_ids.iter().filter_map(|id| self.settings.host(*id)) {
            let is_free = |start: &Timestamp| {
                let wanted = Span { from: *start, until: *start + minutes(event_type.length_minutes) };
                self.is_unbooked(event_type, host.id, wanted) && !self.is_held(host.id, wanted, now)
            };
            for start in starts(event_type, host, earliest, latest).into_iter().filter(is_free) {
                *hosts_at.entry(start).or_default() += 1;
            }
        }
        let needed = if event_type.kind == Kind::Collective { event_type.host_ids.len() } else { 1 };
        hosts_at.into_iter().filter(|(_, free)| *free >= needed).map(|(start, _)| start).collect()
    }

    fn is_unbooked(&self, event_type: &EventType, host: i64, wanted: Span) -> bool {
        let padded = Span {
            from: wanted.from - minutes(event_type.before_buffer_minutes),
            until: wanted.until + minutes(event_type.after_buffer_minutes),
        };
        self.books
            .rows
            .iter()
            .filter(|row| row.status == Status::Accepted && row.concerns(host))
            .filter(|row| self.except != Some(row.uid.as_str()))
            .all(|row| {
                let booked = Span { from: row.start, until: row.end };
                let (before, after) = self
                    .settings
                    .event_type(row.event_type)
                    .map_or((0, 0), |kind| (kind.before_buffer_minutes, kind.after_buffer_minutes));
                let guarded = Span { from: row.start - minutes(before), until: row.end + minutes(after) };
                !padded.touches(booked) && !wanted.touches(guarded)
            })
    }

    fn is_held(&self, host: i64, wanted: Span, now: Timestamp) -> bool {
        self.books
            .reservations
            .iter()
            .filter(|held| held.host == host && held.until > now)
            .any(|held| wanted.touches(Span { from: held.start, until: held.end }))
    }
}

impl Span {
    fn touches(self, other: Self) -> bool {
        self.from < other.until && other.from < self.until
    }
}

/// A length of time in minutes.
pub(super) fn minutes(n: i64) -> SignedDuration {
    SignedDuration::from_mins(n)
}

fn zone_of(host: &Host) -> TimeZone {
    TimeZone::get(&host.time_zone).unwrap_or(TimeZone::UTC)
}

fn works_during(host: &Host, wanted: Span) -> bool {
    let zone = zone_of(host);
    let date = wanted.from.to_zoned(zone.clone()).date();
    blocks_on(host, &zone, date).iter().any(|block| block.from <= wanted.from && wanted.until <= block.until)
}

fn blocks_on(host: &Host, zone: &TimeZone, date: Date) -> Vec<Span> {
    let to_span = |block: &Block| {
        let from = date.to_datetime(block.from).to_zoned(zone.clone()).ok()?.timestamp();
        let until = date.to_datetime(block.until).to_zoned(zone.clone()).ok()?.timestamp();
        Some(Span { from, until })
    };
    host.hours.iter().filter(|block| block.weekday == date.weekday()).filter_map(to_span).collect()
}

fn starts(event_type: &EventType, host: &Host, earliest: Timestamp, latest: Timestamp) -> Vec<Timestamp> {
    let zone = zone_of(host);
    let length = minutes(event_type.length_minutes);
    let step = minutes(event_type.slot_interval_minutes.unwrap_or(event_type.length_minutes).max(1));
    let last = latest.to_zoned(zone.clone()).date();
    let mut date = earliest.to_zoned(zone.clone()).date();
    let mut found = Vec::new();
    while date <= last {
        for block in blocks_on(host, &zone, date) {
            let starts = std::iter::successors(Some(block.from), |start| start.checked_add(step).ok());
            found.extend(starts.take_while(|start| *start + length <= block.until));
        }
        let Ok(next) = date.tomorrow() else { break };
        date = next;
    }
    found.retain(|start| earliest <= *start && *start <= latest);
    found
}
