//! What Cal.com answers: bookings, slots, reservations and whose key it is, read tolerantly.

use std::collections::BTreeMap;
use std::fmt::{self, Debug, Display, Formatter};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::json::{items, moment, text, texts_by_name, whole};

const UID_SHOWN_CHARS: usize = 4;

/// A booking's uid, which lets anybody move or cancel it; only its beginning is ever shown.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uid(String);

impl Uid {
    pub fn new(uid: impl Into<String>) -> Self {
        Self(uid.into())
    }

    /// The whole uid, for the store and for Cal.com, never for a log or a caller.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Display for Uid {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let shown: String = self.0.chars().take(UID_SHOWN_CHARS).collect();
        write!(formatter, "{shown}…")
    }
}

impl Debug for Uid {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, formatter)
    }
}

/// Where a booking stands at Cal.com; the list may grow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    Accepted,
    Pending,
    Cancelled,
    Rejected,
    Other(String),
}

impl Status {
    fn read(of: &Value) -> Self {
        let name = text(of, "status").unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "accepted" => Self::Accepted,
            "pending" => Self::Pending,
            "cancelled" => Self::Cancelled,
            "rejected" => Self::Rejected,
            _ => Self::Other(name),
        }
    }
}

/// A person of the business; the id is "unknown" once the account is gone.
#[derive(Clone, PartialEq, Eq)]
pub struct Host {
    pub id: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub username: Option<String>,
    pub zone: Option<String>,
}

/// An attendee as Cal.com has it on record.
#[derive(Clone, PartialEq, Eq)]
pub struct Guest {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub zone: Option<String>,
    /// Where seats are booked, what we sent along is kept here and not at the booking.
    pub metadata: BTreeMap<String, String>,
}

/// A booking as it was when it was read.
#[derive(Clone, PartialEq, Eq)]
pub struct Booking {
    pub uid: Uid,
    pub status: Status,
    pub start: Timestamp,
    pub end: Timestamp,
    pub event_type_id: Option<i64>,
    pub hosts: Vec<Host>,
    pub attendees: Vec<Guest>,
    pub metadata: BTreeMap<String, String>,
    pub rescheduled_to: Option<Uid>,
    pub rescheduled_from: Option<Uid>,
    pub cancellation_reason: Option<String>,
    pub created_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
}

impl Booking {
    /// The first value under this metadata key, at the booking or at one of its seats.
    pub fn metadata_value(&self, key: &str) -> Option<&str> {
        let at_seats = self.attendees.iter().filter_map(|guest| guest.metadata.get(key));
        self.metadata.get(key).into_iter().chain(at_seats).map(String::as_str).next()
    }

    /// Whether this metadata entry stands at the booking or at one of its seats.
    pub fn carries(&self, key: &str, value: &str) -> bool {
        let fits =
            |metadata: &BTreeMap<String, String>| metadata.get(key).is_some_and(|found| found == value);
        fits(&self.metadata) || self.attendees.iter().any(|guest| fits(&guest.metadata))
    }

    pub(super) fn read(of: &Value) -> Option<Self> {
        let start = moment(of, "start")?;
        Some(Self {
            uid: Uid(text(of, "uid")?),
            status: Status::read(of),
            start,
            end: moment(of, "end").or_else(|| end_by_duration(of, start))?,
            event_type_id: whole(of, "eventTypeId").or_else(|| whole(&of["eventType"], "id")),
            hosts: items(of, "hosts").iter().map(Host::read).collect(),
            attendees: items(of, "attendees").iter().map(Guest::read).collect(),
            metadata: texts_by_name(of, "metadata"),
            rescheduled_to: text(of, "rescheduledToUid").map(Uid),
            rescheduled_from: text(of, "rescheduledFromUid").map(Uid),
            cancellation_reason: text(of, "cancellationReason"),
            created_at: moment(of, "createdAt"),
            updated_at: moment(of, "updatedAt"),
        })
    }

    /// A booking as a webhook tells of it, whose fields have other names.
    pub(super) fn read_told(of: &Value) -> Option<Self> {
        let (start, uid) = (moment(of, "startTime")?, text(of, "uid")?);
        Some(Self {
            uid: Uid(uid),
            status: Status::read(of),
            start,
            end: moment(of, "endTime")?,
            event_type_id: whole(of, "eventTypeId"),
            hosts: Vec::new(),
            attendees: items(of, "attendees").iter().map(Guest::read).collect(),
            metadata: texts_by_name(of, "metadata"),
            rescheduled_to: None,
            rescheduled_from: text(of, "rescheduleUid").map(Uid),
            cancellation_reason: text(of, "cancellationReason"),
            created_at: None,
            updated_at: None,
        })
    }

    /// A booking, or the first of a series.
    pub(super) fn read_first(data: &Value) -> Option<Self> {
        Self::read(data.as_array().and_then(|series| series.first()).unwrap_or(data))
    }

    /// All bookings of a list; one that cannot be read spoils it, since it might be the one looked for.
    pub(super) fn read_all(data: &Value) -> Option<Vec<Self>> {
        data.as_array()?.iter().map(Self::read).collect()
    }
}

impl Host {
    fn read(of: &Value) -> Self {
        Self {
            id: text(of, "id").unwrap_or_else(|| "unknown".to_owned()),
            name: text(of, "name"),
            email: text(of, "email"),
            username: text(of, "username"),
            zone: text(of, "timeZone"),
        }
    }
}

impl Guest {
    fn read(of: &Value) -> Self {
        Self {
            name: text(of, "name"),
            email: text(of, "email"),
            phone: text(of, "phoneNumber"),
            zone: text(of, "timeZone"),
            metadata: texts_by_name(of, "metadata"),
        }
    }
}

impl Debug for Booking {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Booking")
            .field("uid", &self.uid)
            .field("status", &self.status)
            .field("start", &self.start)
            .field("event_type_id", &self.event_type_id)
            .finish_non_exhaustive()
    }
}

impl Debug for Host {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Host").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Debug for Guest {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Guest").finish_non_exhaustive()
    }
}

/// A time that looked free when it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    pub start: Timestamp,
    pub end: Option<Timestamp>,
}

impl Slot {
    /// The slots of a map of days, sorted and without the full ones; nothing if the answer has another shape.
    pub(super) fn read_all(data: &Value) -> Option<Vec<Self>> {
        let days: Option<Vec<&Vec<Value>>> = data.as_object()?.values().map(Value::as_array).collect();
        let is_full = |slot: &Value| whole(slot, "seatsRemaining").is_some_and(|seats| seats <= 0);
        let open = days?.into_iter().flatten().filter(|slot| !is_full(slot));
        let mut slots: Vec<Self> = open.map(Self::read).collect::<Option<_>>()?;
        slots.sort_unstable();
        slots.dedup_by_key(|slot| slot.start);
        Some(slots)
    }

    fn read(of: &Value) -> Option<Self> {
        // The vendor's schema announces bare texts; what is sent are objects.
        match of.as_str() {
            Some(start) => Some(Self { start: start.parse().ok()?, end: None }),
            None => Some(Self { start: moment(of, "start")?, end: moment(of, "end") }),
        }
    }
}

/// A slot hidden from others for some minutes; it does not keep anybody from booking it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    pub uid: Uid,
    pub until: Option<Timestamp>,
}

impl Reservation {
    pub(super) fn read(of: &Value) -> Option<Self> {
        Some(Self { uid: Uid(text(of, "reservationUid")?), until: moment(of, "reservationUntil") })
    }
}

/// Whose key it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Me {
    pub id: String,
    pub username: Option<String>,
    pub email: Option<String>,
    pub zone: Option<String>,
}

impl Me {
    pub(super) fn read(of: &Value) -> Option<Self> {
        Some(Self {
            id: text(of, "id")?,
            username: text(of, "username"),
            email: text(of, "email"),
            zone: text(of, "timeZone"),
        })
    }
}

impl Debug for Me {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Me").field("id", &self.id).finish_non_exhaustive()
    }
}

fn end_by_duration(of: &Value, start: Timestamp) -> Option<Timestamp> {
    let minutes = whole(of, "duration")?;
    start.checked_add(SignedDuration::from_mins(minutes)).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::sample;
    use super::*;

    fn data(sample: &str) -> Value {
        serde_json::from_str::<Value>(sample).unwrap()["data"].clone()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_new_booking_is_read_in_full() {
        let booking = Booking::read_first(&data(sample!("booking.create.201.json"))).unwrap();

        assert_eq!(booking.uid.expose(), "hQ2v9rT7cXb4N1kLm8Zs5p");
        assert_eq!(booking.status, Status::Accepted);
        assert_eq!(booking.start, at("2026-12-01T09:00:00Z"));
        assert_eq!(booking.end, at("2026-12-01T09:30:00Z"));
        assert_eq!(booking.event_type_id, Some(4711));
        assert_eq!(booking.hosts[0].id, "1201");
        assert_eq!(booking.attendees[0].email.as_deref(), Some("marta.ruiz@example.com"));
        assert_eq!(booking.attendees[0].phone.as_deref(), Some("+34600111222"));
        assert!(booking.carries("orchestrator_key", "bk_01JD8Z6Q4M9C2H7T5V3X1K0R8N"));
        assert_eq!(booking.rescheduled_to, None);
        assert_eq!(booking.cancellation_reason, None);
        assert_eq!(booking.updated_at, Some(at("2026-11-21T20:01:13.020Z")));
    }

    #[test]
    fn every_booking_sample_is_read_with_its_status() {
        let expected = [
            (sample!("booking.create.requires-confirmation.201.json"), Status::Pending),
            (sample!("booking.create.phone-only.201.json"), Status::Accepted),
            (sample!("booking.create.recurring.201.json"), Status::Accepted),
            (sample!("booking.create.seated.201.json"), Status::Accepted),
            (sample!("booking.get.200.json"), Status::Accepted),
            (sample!("booking.get.rescheduled-old.200.json"), Status::Cancelled),
            (sample!("booking.reschedule.201.json"), Status::Accepted),
            (sample!("booking.cancel.200.json"), Status::Cancelled),
            (sample!("booking.confirm.200.json"), Status::Accepted),
            (sample!("booking.decline.200.json"), Status::Rejected),
        ];

        for (sample, status) in expected {
            assert_eq!(Booking::read_first(&data(sample)).unwrap().status, status, "{sample}");
        }
    }

    #[test]
    fn a_moved_booking_points_to_its_successor_and_back() {
        let old = Booking::read(&data(sample!("booking.get.rescheduled-old.200.json"))).unwrap();
        let new = Booking::read(&data(sample!("booking.reschedule.201.json"))).unwrap();

        assert_eq!(old.rescheduled_to.as_ref(), Some(&new.uid));
        assert_eq!(new.rescheduled_from.as_ref(), Some(&old.uid));
    }

    #[test]
    fn metadata_of_a_seat_is_found_through_its_booking() {
        let booking = Booking::read(&data(sample!("booking.create.seated.201.json"))).unwrap();

        assert!(booking.metadata.is_empty());
        assert_eq!(booking.metadata_value("orchestrator_key"), Some("bk_01JD8Z6Q4M9C2H7T5V3X1K0R8N"));
        assert!(!booking.carries("orchestrator_key", "bk_other"));
    }

    #[test]
    fn nulls_unknown_values_and_mixed_types_do_not_matter() {
        let booking = Booking::read(&json!({
            "uid": "abcdefgh", "status": "awaiting_host", "start": "2026-12-01T10:00:00.000+01:00", "duration": 45,
            "eventTypeId": null, "eventType": null, "hosts": [{"id": "unknown", "name": null}],
            "attendees": null, "metadata": {"a": 1, "b": true, "c": null, "d": {"e": 1}, "f": "g"},
            "updatedAt": null, "description": null, "new": [1]
        }));

        let booking = booking.unwrap();
        assert_eq!(booking.status, Status::Other("awaiting_host".into()));
        assert_eq!(booking.start, at("2026-12-01T09:00:00Z"));
        assert_eq!(booking.end, at("2026-12-01T09:45:00Z"));
        assert_eq!(booking.hosts[0].id, "unknown");
        let expected = [("a", "1"), ("b", "true"), ("f", "g")];
        assert_eq!(
            booking.metadata,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
        );
    }

    #[test]
    fn without_uid_or_start_there_is_no_booking() {
        assert_eq!(Booking::read(&json!({"start": "2026-12-01T09:00:00Z", "duration": 30})), None);
        assert_eq!(Booking::read(&json!({"uid": "abc", "duration": 30})), None);
        assert_eq!(Booking::read_first(&json!([])), None);
        assert_eq!(Booking::read_all(&json!([{"uid": "abc"}])), None);
    }

    #[test]
    fn lists_are_read_and_an_empty_one_is_no_failure() {
        assert_eq!(Booking::read_all(&data(sample!("bookings.list.200.json"))).unwrap().len(), 1);
        assert_eq!(Booking::read_all(&data(sample!("bookings.list.empty.200.json"))).unwrap().len(), 0);
    }

    #[test]
    fn a_uid_shows_only_its_beginning() {
        let uid = Uid::new("hQ2v9rT7cXb4N1kLm8Zs5p");
        let booking = Booking::read(&data(sample!("booking.create.201.json"))).unwrap();

        assert_eq!(uid.to_string(), "hQ2v…");
        assert_eq!(format!("{uid:?}"), "hQ2v…");
        let shown = format!("{booking:?} {:?} {:?}", booking.hosts, booking.attendees);
        assert!(!shown.contains("9rT7") && !shown.contains("arta") && !shown.contains("ana@"), "{shown}");
    }

    #[test]
    fn slots_are_instants_with_or_without_an_end() {
        let slots = |sample| Slot::read_all(&data(sample)).unwrap();
        let nine = at("2026-12-01T09:00:00Z");

        let ranged = slots(sample!("slots.range.200.json"));
        assert_eq!(ranged, [Slot { start: nine, end: Some(at("2026-12-01T09:30:00Z")) }]);
        assert_eq!(slots(sample!("slots.utc-no-timezone.200.json")), [Slot { start: nine, end: None }]);
        assert_eq!(slots(sample!("slots.empty.200.json")), []);
        assert_eq!(slots(sample!("slots.seated.200.json")).len(), 2);
    }

    #[test]
    fn a_full_slot_is_left_out_and_a_strange_shape_is_not_taken_for_no_slots() {
        let full = json!({"2026-12-01": [{"start": "2026-12-01T09:00:00Z", "seatsRemaining": 0}]});

        assert_eq!(Slot::read_all(&full), Some(vec![]));
        assert_eq!(Slot::read_all(&json!({"slots": {"2026-12-01": []}})), None);
        assert_eq!(Slot::read_all(&json!({"2026-12-01": [{"time": "2026-12-01T09:00:00Z"}]})), None);
        assert_eq!(Slot::read_all(&json!([])), None);
    }

    #[test]
    fn the_owner_of_a_key_and_a_reservation_are_read() {
        let me = Me::read(&data(sample!("me.200.json"))).unwrap();
        let reservation = Reservation::read(&data(sample!("reservation.create.201.json"))).unwrap();

        assert_eq!((me.id.as_str(), me.zone.as_deref()), ("1201", Some("Europe/Madrid")));
        assert!(reservation.until.is_some());
        assert_eq!(Me::read(&json!({})), None);
    }
}
