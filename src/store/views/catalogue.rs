//! The views there are: what is not listed here cannot be asked for, neither secrets nor codes nor what was said in a call.

use super::{Column, Join, Kind, View};
use crate::store::calls::AT_DESK;

const fn column(name: &'static str, kind: Kind, table: &'static str, column: &'static str) -> Column {
    Column { name, kind, table, field: column, is_optional: false }
}

/// One that may be empty.
const fn optional(name: &'static str, kind: Kind, table: &'static str, column: &'static str) -> Column {
    Column { name, kind, table, field: column, is_optional: true }
}

const BRANCH: Join = Join { table: "branches", theirs: "id", ours: "branch_id" };
const CALENDAR: Join = Join { table: "calendars", theirs: "id", ours: "calendar_id" };
const MEASURES: Join = Join { table: "measures", theirs: "call_id", ours: "id" };

/// All views.
pub static VIEWS: &[View] = &[CALLS, BOOKINGS, CALLBACKS, DELIVERIES, REQUESTS, BRANCHES, NUMBERS, CUSTOMERS];

const CALLS: View = View {
    name: "calls",
    about: "telephone calls, conversations that programs have led (their retell_call_id begins with gateway:), and what came of them",
    table: "calls",
    // What was entered at the desk was no call.
    but: Some(("retell_call_id", AT_DESK)),
    joins: &[BRANCH, MEASURES],
    key: "id",
    order: "started_at",
    is_for_staff: false,
    columns: &[
        column("id", Kind::Id, "calls", "id"),
        column("retell_call_id", Kind::Text, "calls", "retell_call_id"),
        optional("branch", Kind::Text, "branches", "slug"),
        column("phase", Kind::Text, "calls", "phase"),
        optional("outcome", Kind::Text, "calls", "outcome"),
        optional("customer_id", Kind::Id, "calls", "customer_id"),
        column("started_at", Kind::Time, "calls", "started_at"),
        column("last_event_at", Kind::Time, "calls", "last_event_at"),
        optional("ended_at", Kind::Time, "calls", "ended_at"),
        optional("disconnection_reason", Kind::Text, "calls", "disconnection_reason"),
        optional("imported", Kind::Flag, "measures", "imported"),
        optional("duration_ms", Kind::Large, "measures", "duration_ms"),
        optional("cost_millicents", Kind::Large, "measures", "cost_millicents"),
        optional("answer_p50_ms", Kind::Large, "measures", "answer_p50_ms"),
        optional("answer_p95_ms", Kind::Large, "measures", "answer_p95_ms"),
    ],
};

const BOOKINGS: View = View {
    name: "bookings",
    about: "appointments that were promised, and how they stand",
    table: "bookings",
    but: None,
    joins: &[BRANCH, CALENDAR],
    key: "id",
    order: "created_at",
    is_for_staff: true,
    columns: &[
        column("id", Kind::Id, "bookings", "id"),
        column("call_id", Kind::Id, "bookings", "call_id"),
        column("appointment", Kind::Number, "bookings", "appointment"),
        optional("branch", Kind::Text, "branches", "slug"),
        optional("calendar", Kind::Text, "calendars", "slug"),
        column("customer_id", Kind::Id, "bookings", "customer_id"),
        optional("customer_name", Kind::Text, "bookings", "attendee_name"),
        optional("customer_phone", Kind::Text, "bookings", "attendee_phone"),
        column("service", Kind::Text, "bookings", "service_name"),
        optional("staff", Kind::Text, "bookings", "staff"),
        column("event_type_id", Kind::Large, "bookings", "event_type_id"),
        column("starts_at", Kind::Time, "bookings", "starts_at"),
        column("ends_at", Kind::Time, "bookings", "ends_at"),
        column("state", Kind::Text, "bookings", "state"),
        column("state_since", Kind::Time, "bookings", "state_since"),
        optional("reason", Kind::Text, "bookings", "reason"),
        column("attempts", Kind::Number, "bookings", "attempts"),
        column("created_at", Kind::Time, "bookings", "created_at"),
        column("updated_at", Kind::Time, "bookings", "updated_at"),
    ],
};

const CALLBACKS: View = View {
    name: "callbacks",
    about: "whom a person has to call back, and why",
    table: "callbacks",
    but: None,
    joins: &[BRANCH],
    key: "id",
    order: "due_at",
    is_for_staff: true,
    columns: &[
        column("id", Kind::Id, "callbacks", "id"),
        column("call_id", Kind::Id, "callbacks", "call_id"),
        optional("booking_id", Kind::Id, "callbacks", "booking_id"),
        optional("branch", Kind::Text, "branches", "slug"),
        column("reason", Kind::Text, "callbacks", "reason"),
        column("priority", Kind::Text, "callbacks", "priority"),
        column("state", Kind::Text, "callbacks", "state"),
        optional("name", Kind::Text, "callbacks", "name"),
        optional("phone", Kind::Text, "callbacks", "phone"),
        optional("wish", Kind::Text, "callbacks", "wish"),
        optional("owner", Kind::Text, "callbacks", "owner"),
        optional("note", Kind::Text, "callbacks", "note"),
        column("tries", Kind::Number, "callbacks", "tries"),
        column("due_at", Kind::Time, "callbacks", "due_at"),
        column("created_at", Kind::Time, "callbacks", "created_at"),
        column("updated_at", Kind::Time, "callbacks", "updated_at"),
    ],
};

const DELIVERIES: View = View {
    name: "deliveries",
    about: "what came through Retell's doors, without its body",
    table: "inbox",
    but: None,
    joins: &[],
    key: "id",
    order: "received_at",
    is_for_staff: false,
    columns: &[
        column("id", Kind::Id, "inbox", "id"),
        optional("call_id", Kind::Id, "inbox", "call_id"),
        column("route", Kind::Text, "inbox", "route"),
        column("event", Kind::Text, "inbox", "event"),
        column("status", Kind::Text, "inbox", "status"),
        optional("our_number", Kind::Text, "inbox", "our_number"),
        column("received_at", Kind::Time, "inbox", "received_at"),
        column("repeats", Kind::Number, "inbox", "repeats"),
        optional("last_at", Kind::Time, "inbox", "last_at"),
    ],
};

const REQUESTS: View = View {
    name: "requests",
    about: "requests to Cal.com that were made for calls and bookings",
    table: "exchanges",
    but: None,
    joins: &[],
    key: "id",
    order: "at",
    is_for_staff: false,
    columns: &[
        column("id", Kind::Id, "exchanges", "id"),
        optional("call_id", Kind::Id, "exchanges", "call_id"),
        optional("booking_id", Kind::Id, "exchanges", "booking_id"),
        column("at", Kind::Time, "exchanges", "at"),
        column("kind", Kind::Text, "exchanges", "kind"),
        column("method", Kind::Text, "exchanges", "method"),
        optional("status", Kind::Number, "exchanges", "status"),
        column("outcome", Kind::Text, "exchanges", "outcome"),
        column("duration_ms", Kind::Number, "exchanges", "duration_ms"),
    ],
};

const BRANCHES: View = View {
    name: "branches",
    about: "where people call and come to, also branches out of use",
    table: "branches",
    but: None,
    joins: &[],
    key: "id",
    order: "slug",
    is_for_staff: true,
    columns: &[
        column("id", Kind::Id, "branches", "id"),
        column("slug", Kind::Text, "branches", "slug"),
        column("name", Kind::Text, "branches", "name"),
        optional("timezone", Kind::Text, "branches", "timezone"),
        optional("retell_agent_id", Kind::Text, "branches", "retell_agent_id"),
        optional("hours", Kind::Text, "branches", "hours"),
        optional("holidays", Kind::Text, "branches", "holidays"),
        column("paused", Kind::Flag, "branches", "paused"),
        column("active", Kind::Flag, "branches", "active"),
    ],
};

const NUMBERS: View = View {
    name: "numbers",
    about: "telephone numbers, and the branch each rings at; none: a hotline",
    table: "numbers",
    but: None,
    joins: &[BRANCH],
    key: "number",
    order: "number",
    is_for_staff: true,
    columns: &[
        column("number", Kind::Text, "numbers", "number"),
        optional("branch", Kind::Text, "branches", "slug"),
    ],
};

const CUSTOMERS: View = View {
    name: "customers",
    about: "persons who have made an appointment",
    table: "customers",
    but: None,
    joins: &[],
    key: "id",
    order: "created_at",
    is_for_staff: true,
    columns: &[
        column("id", Kind::Id, "customers", "id"),
        optional("name", Kind::Text, "customers", "name"),
        optional("email", Kind::Text, "customers", "email"),
        column("created_at", Kind::Time, "customers", "created_at"),
    ],
};
