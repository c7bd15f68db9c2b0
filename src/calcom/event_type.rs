//! What an event type of Cal.com demands, as far as it decides whether the telephone can book it.

use jiff::civil::Date;
use serde_json::Value;

use super::json::{count, is_enabled, is_true, items, text, whole};

/// How hosts are chosen for a team's event type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchedulingType {
    RoundRobin,
    Collective,
    Managed,
    Other(String),
}

/// A question of the booking form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookingField {
    pub slug: String,
    pub kind: String,
    pub is_required: bool,
    pub is_hidden: bool,
    /// Built in, such as name and e-mail, as opposed to the owner's own questions.
    pub is_default: bool,
}

/// An event type as its owner set it up.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches of Cal.com's form, each asked by itself"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventType {
    pub id: i64,
    pub slug: String,
    pub title: String,
    pub length_minutes: Option<u32>,
    /// The lengths to choose from; empty where there is only one, which must then not be sent.
    pub length_options: Vec<u32>,
    pub owner_id: Option<String>,
    pub host_ids: Vec<String>,
    pub team_id: Option<i64>,
    pub scheduling_type: Option<SchedulingType>,
    pub requires_confirmation: bool,
    pub seats: Option<u32>,
    pub is_recurring: bool,
    /// In the smallest unit of the currency.
    pub price: i64,
    pub minimum_notice_minutes: u32,
    pub buffer_before_minutes: u32,
    pub buffer_after_minutes: u32,
    pub booking_fields: Vec<BookingField>,
    pub requires_email_verification: bool,
    pub requires_authentication: bool,
    pub is_instant: bool,
    pub is_hidden: bool,
    pub disables_cancelling: bool,
    pub disables_rescheduling: bool,
    /// How many days ahead it can be booked at least; none: as far as one likes.
    pub window_days: Option<u32>,
    /// The last day for which it can be booked, where one is set.
    pub window_until: Option<Date>,
}

impl EventType {
    /// The questions that must be answered.
    pub fn required_fields(&self) -> impl Iterator<Item = &BookingField> {
        self.booking_fields.iter().filter(|field| field.is_required)
    }

    /// Whether an attendee may be booked without an e-mail address.
    pub fn allows_phone_only(&self) -> bool {
        !self.required_fields().any(|field| field.kind == "email" && !field.is_hidden)
    }

    pub(super) fn read(of: &Value) -> Option<Self> {
        Some(Self {
            id: whole(of, "id")?,
            slug: text(of, "slug").unwrap_or_default(),
            title: text(of, "title").unwrap_or_default(),
            length_minutes: count(of, "lengthInMinutes"),
            length_options: lengths(of),
            owner_id: text(of, "ownerId"),
            host_ids: host_ids(of),
            team_id: whole(of, "teamId"),
            scheduling_type: text(of, "schedulingType").map(scheduling_type),
            requires_confirmation: is_enabled(of, "confirmationPolicy"),
            seats: count(of, "seatsPerTimeSlot").or_else(|| count(&of["seats"], "seatsPerTimeSlot")),
            is_recurring: is_enabled(of, "recurrence"),
            price: price(of),
            minimum_notice_minutes: count(of, "minimumBookingNotice").unwrap_or(0),
            buffer_before_minutes: count(of, "beforeEventBuffer").unwrap_or(0),
            buffer_after_minutes: count(of, "afterEventBuffer").unwrap_or(0),
            booking_fields: items(of, "bookingFields").iter().filter_map(BookingField::read).collect(),
            requires_email_verification: is_true(of, "requiresBookerEmailVerification"),
            requires_authentication: is_true(of, "bookingRequiresAuthentication"),
            is_instant: is_true(of, "isInstantEvent"),
            is_hidden: is_true(of, "hidden"),
            disables_cancelling: is_forbidden(of, "disableCancelling"),
            disables_rescheduling: is_forbidden(of, "disableRescheduling"),
            window_days: count(&of["bookingWindow"], "value").filter(|_| is_enabled(of, "bookingWindow")),
            window_until: window_until(of),
        })
    }

    /// All event types of a list; nothing if one cannot be read, which no list has shown so far.
    pub(super) fn read_all(data: &Value) -> Option<Vec<Self>> {
        data.as_array()?.iter().map(Self::read).collect()
    }
}

impl BookingField {
    fn read(of: &Value) -> Option<Self> {
        // A type Cal.com's own API does not know is wrapped once more.
        let of = if of["bookingField"].is_object() { &of["bookingField"] } else { of };
        let kind = text(of, "type").unwrap_or_default();
        Some(Self {
            slug: text(of, "slug").or_else(|| text(of, "name")).or_else(|| Some(kind.clone()))?,
            kind,
            is_required: is_true(of, "required"),
            is_hidden: is_true(of, "hidden"),
            is_default: is_true(of, "isDefault"),
        })
    }
}

fn lengths(of: &Value) -> Vec<u32> {
    let options = items(of, "lengthInMinutesOptions").iter();
    options.filter_map(|minutes| minutes.as_u64()?.try_into().ok()).collect()
}

/// The hosts of a team's type, else the users of a personal one.
fn host_ids(of: &Value) -> Vec<String> {
    let hosts: Vec<String> = items(of, "hosts").iter().filter_map(|host| text(host, "userId")).collect();
    if hosts.is_empty() {
        return items(of, "users").iter().filter_map(|user| text(user, "id")).collect();
    }
    hosts
}

/// A price that is no whole number is still a price.
fn price(of: &Value) -> i64 {
    let is_free = of["price"].as_f64().is_none_or(|price| price <= 0.0);
    whole(of, "price").unwrap_or(i64::from(!is_free))
}

/// A range of dates has its last one at the end.
fn window_until(of: &Value) -> Option<Date> {
    let last = items(&of["bookingWindow"], "value").last()?.as_str()?;
    last.get(..10)?.parse().ok()
}

/// Here `disabled` speaks of the deed, not of the rule: true means that nobody may do it.
fn is_forbidden(of: &Value, field: &str) -> bool {
    is_true(of, field) || is_true(&of[field], "disabled")
}

fn scheduling_type(name: String) -> SchedulingType {
    match name.as_str() {
        "roundRobin" => SchedulingType::RoundRobin,
        "collective" => SchedulingType::Collective,
        "managed" => SchedulingType::Managed,
        _ => SchedulingType::Other(name),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::sample;
    use super::*;

    fn first(sample: &str) -> EventType {
        let all: Value = serde_json::from_str(sample).unwrap();
        EventType::read_all(&all["data"]).unwrap().remove(0)
    }

    #[test]
    fn a_personal_type_is_read_with_its_owner() {
        let event_type = first(sample!("event-types.list.200.json"));

        assert_eq!((event_type.id, event_type.slug.as_str()), (4711, "consultation"));
        assert_eq!(event_type.length_minutes, Some(30));
        assert_eq!(event_type.owner_id.as_deref(), Some("1201"));
        assert_eq!(event_type.host_ids, ["1201"]);
        assert_eq!(event_type.scheduling_type, None);
        assert_eq!(event_type.minimum_notice_minutes, 120);
        assert!(!event_type.requires_confirmation && !event_type.is_recurring);
        assert_eq!((event_type.seats, event_type.price), (None, 0));
        let required: Vec<_> = event_type.required_fields().map(|field| field.slug.as_str()).collect();
        assert_eq!(required, ["name", "email"]);
        assert!(!event_type.allows_phone_only());
    }

    #[test]
    fn a_teams_type_is_read_with_its_hosts() {
        let event_type = first(sample!("team-event-types.list.200.json"));

        assert_eq!(event_type.owner_id, None);
        assert_eq!(event_type.host_ids, ["1201", "1202"]);
        assert_eq!(event_type.scheduling_type, Some(SchedulingType::RoundRobin));
        assert_eq!(event_type.team_id, Some(77));
    }

    #[test]
    fn a_window_of_dates_ends_with_its_last_and_one_that_is_switched_off_is_none() {
        let until = |window: Value| {
            let read = EventType::read(&json!({"id": 5, "bookingWindow": window})).unwrap();
            (read.window_days, read.window_until.map(|last| last.to_string()))
        };

        let dates = json!({"type": "range", "value": ["2026-11-01", "2026-11-30"]});
        assert_eq!(until(dates), (None, Some("2026-11-30".to_owned())));
        assert_eq!(until(json!({"disabled": true})), (None, None));
        assert_eq!(until(Value::Null), (None, None));
    }

    #[test]
    fn what_makes_a_type_unfit_for_the_telephone_is_seen() {
        let event_type = EventType::read(&json!({
            "id": "5", "confirmationPolicy": {"type": "time"}, "seats": {"seatsPerTimeSlot": 4}, "price": 0.5,
            "recurrence": {"interval": 1}, "disableCancelling": {"disabled": true},
            "disableRescheduling": {"disabled": false, "minutesBefore": 60}, "lengthInMinutesOptions": [15, 30],
            "bookingWindow": {"type": "calendarDays", "value": 30, "rolling": false},
            "bookingFields": [{"type": "unknown", "bookingField": {"type": "text", "name": "grund", "required": true}}]
        }));

        let event_type = event_type.unwrap();
        assert!(event_type.requires_confirmation && event_type.is_recurring);
        assert_eq!((event_type.seats, event_type.price), (Some(4), 1));
        assert_eq!(event_type.length_options, [15, 30]);
        assert!(event_type.disables_cancelling);
        assert!(!event_type.disables_rescheduling);
        assert_eq!((event_type.window_days, event_type.window_until), (Some(30), None));
        assert_eq!(event_type.booking_fields[0].slug, "grund");
        assert!(event_type.allows_phone_only());
    }
}
