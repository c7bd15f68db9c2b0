//! What Cal.com's error texts mean: it sends no business codes, so status and wording are all there is.

use jiff::Timestamp;
use serde_json::Value;

use self::Wording::{Contains, Exact, Prefix};
use super::outcome::{Doubt, No, Offline, ReadFailure, Setback, Unsent};

/// A complete answer of any status.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    /// The wait to keep to if this answer is a 429.
    pub(super) retry_after_s: u32,
    /// What the other side's clock said.
    pub(super) date: Option<Timestamp>,
}

/// Why there is no complete answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Offline(Offline),
    TimedOut,
    Broken,
    TooLarge,
}

impl Fault {
    /// A stable word for it, for counting.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Offline(kind) => kind.code(),
            Self::TimedOut => "timed_out",
            Self::Broken => "broken",
            Self::TooLarge => "too_large",
        }
    }
}

impl From<Fault> for Setback {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Offline(kind) => Self::NotExecuted(Unsent::Offline(kind)),
            Fault::TimedOut => Self::Ambiguous(Doubt::TimedOut),
            Fault::Broken => Self::Ambiguous(Doubt::Broken),
            Fault::TooLarge => Self::Ambiguous(Doubt::Unreadable),
        }
    }
}

impl From<Fault> for ReadFailure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Offline(kind) => Self::Unreachable(kind),
            Fault::TimedOut => Self::TimedOut,
            Fault::Broken => Self::Broken,
            Fault::TooLarge => Self::Unreadable,
        }
    }
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The class of its status, for counting.
    pub(super) fn class(&self) -> &'static str {
        match self.status {
            200..=299 => "2xx",
            429 => "429",
            400..=499 => "4xx",
            500..=599 => "5xx",
            _ => "other",
        }
    }

    /// `ok`, or the code of what was answered instead.
    pub(super) fn code(&self) -> &'static str {
        if self.is_success() { "ok" } else { self.setback().code() }
    }

    /// The `data` of a good answer.
    pub(super) fn data(&self) -> Option<Value> {
        let mut json: Value = serde_json::from_slice(&self.body).ok()?;
        json.get_mut("data").map(Value::take)
    }

    /// The whole body of a good answer, for what stands beside `data`.
    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// What an answer without success says about a write.
    pub(super) fn setback(&self) -> Setback {
        if self.status == 429 {
            // The limit is kept before anything is carried out.
            return Setback::NotExecuted(Unsent::Throttled { retry_after_s: self.retry_after_s });
        }
        let text = message(&self.body);
        let known = KNOWN.iter().find(|known| known.fits(self.status, &text));
        known.map_or_else(|| by_status(self.status), |known| known.means)
    }

    /// What an answer without success says about a read.
    pub(super) fn read_failure(&self) -> ReadFailure {
        match self.setback() {
            Setback::DefiniteNo(No::BadKey) => ReadFailure::BadKey,
            Setback::NotExecuted(Unsent::Throttled { retry_after_s }) => {
                ReadFailure::Throttled { retry_after_s }
            }
            Setback::Ambiguous(Doubt::ServerError { status }) => ReadFailure::ServerError { status },
            Setback::Ambiguous(Doubt::TimedOut) => ReadFailure::TimedOut,
            other @ (Setback::DefiniteNo(_) | Setback::NotExecuted(_) | Setback::Ambiguous(_)) => {
                ReadFailure::Refused { status: self.status, code: other.code() }
            }
        }
    }

    /// Whether the thing asked for does not exist, as opposed to the route.
    pub(super) fn is_not_found(&self) -> bool {
        let text = message(&self.body);
        self.status == 404 && !text.is_empty() && !text.starts_with("Cannot ")
    }
}

enum Wording {
    Exact(&'static str),
    Prefix(&'static str),
    Contains(&'static str),
}

struct Known {
    /// Any status where empty: a doubt stays one, however Cal.com's next version numbers it.
    statuses: &'static [u16],
    wording: Wording,
    means: Setback,
}

impl Known {
    fn fits(&self, status: u16, text: &str) -> bool {
        let is_wording = match self.wording {
            Exact(wording) => text == wording,
            Prefix(wording) => text.starts_with(wording),
            Contains(wording) => text.contains(wording),
        };
        is_wording && (self.statuses.is_empty() || self.statuses.contains(&status))
    }
}

const ANY: &[u16] = &[];
const REFUSALS: &[u16] = &[400, 403, 404, 422];
const AUTH: &[u16] = &[401, 403];

const fn doubt(wording: Wording, why: Doubt) -> Known {
    Known { statuses: ANY, wording, means: Setback::Ambiguous(why) }
}

const fn no(wording: Wording, why: No) -> Known {
    Known { statuses: REFUSALS, wording, means: Setback::DefiniteNo(why) }
}

const fn auth(wording: Wording, why: No) -> Known {
    Known { statuses: AUTH, wording, means: Setback::DefiniteNo(why) }
}

/// Read from the top, the first that fits counts; what fits none is decided by status alone.
const KNOWN: &[Known] = &[
    // These also answer the repetition of a request that succeeded before.
    doubt(Contains("either already has booking at this time or is not available"), Doubt::NotAvailable),
    doubt(Contains("hosts_unavailable_for_booking"), Doubt::NotAvailable),
    doubt(Contains("host_unavailable_for_booking"), Doubt::NotAvailable),
    doubt(Contains("no_available_users_found"), Doubt::NotAvailable),
    doubt(Prefix("No more seats left at this seated booking"), Doubt::NotAvailable),
    doubt(Exact("booking_conflict_error"), Doubt::Race),
    doubt(Prefix("An error occurred while querying the database"), Doubt::Race),
    doubt(Exact("already_signed_up_for_this_booking_error"), Doubt::AlreadyThere),
    doubt(Contains("maximum number of active bookings has been reached"), Doubt::AlreadyThere),
    doubt(Prefix("Missing payment credentials"), Doubt::AfterInsert),
    // Moved comes before cancelled, since a moved booking is a cancelled one with a successor.
    doubt(Contains("because it has been cancelled and rescheduled already"), Doubt::AlreadyMoved),
    no(Contains("because it has been cancelled"), No::AlreadyCancelled),
    no(Prefix("Cannot cancel a booking that has already ended"), No::Past),
    no(Prefix("Cancellation reason is required"), No::Malformed),
    no(Prefix("Booking with uid="), No::UnknownBooking),
    no(Prefix("The event type can't be booked at the \"start\" time provided"), No::OutOfBounds),
    no(Prefix("Attempting to book a meeting in the past"), No::Past),
    no(Exact("booking_limit_reached"), No::LimitReached),
    no(Exact("duration_limit_reached"), No::LimitReached),
    no(Contains("is the parent managed event type that can't be booked"), No::EventTypeMisconfigured),
    no(Prefix("Event type with id "), No::UnknownEventType),
    no(Prefix("Event Type not found"), No::UnknownEventType),
    no(Prefix("Event Type with ID="), No::UnknownEventType),
    no(Prefix("The requested event-types do not exist"), No::UnknownEventType),
    no(Prefix("User with username "), No::UnknownEventType),
    no(Prefix("Team with slug "), No::UnknownEventType),
    no(Prefix("Can't book this team event type because it has no hosts"), No::EventTypeMisconfigured),
    no(Exact("email_verification_required"), No::EventTypeMisconfigured),
    no(Exact("invalid_verification_code"), No::EventTypeMisconfigured),
    no(Exact("Invalid event length"), No::EventTypeMisconfigured),
    no(Exact("recurring_event_seats_error"), No::EventTypeMisconfigured),
    no(Prefix("Provided recurrence count is higher"), No::EventTypeMisconfigured),
    no(Prefix("Missing required booking field response"), No::FieldMissing),
    no(Prefix("Invalid type for booking field"), No::FieldMissing),
    no(Prefix("Invalid option"), No::FieldMissing),
    no(Prefix("Missing attendee phone number"), No::FieldMissing),
    no(Contains("must have at least one contact method"), No::FieldMissing),
    no(Contains("error_required_field"), No::FieldMissing),
    no(Prefix("responses - "), No::FieldMissing),
    no(Contains(" property is wrong,"), No::Malformed),
    no(Contains(" should not exist"), No::Malformed),
    // One event type that this key may not book is no reason to stop the whole account.
    auth(Contains("checkBookingRequiresAuthentication"), No::EventTypeMisconfigured),
    auth(Prefix("CustomThrottlerGuard - "), No::BadKey),
    auth(Prefix("ApiAuthStrategy - "), No::BadKey),
    auth(Exact("Forbidden resource"), No::BadKey),
    auth(Exact("Forbidden"), No::BadKey),
];

fn by_status(status: u16) -> Setback {
    match status {
        // An expired token is 498 in places.
        401 | 498 => Setback::DefiniteNo(No::BadKey),
        403 | 404 | 422 => Setback::DefiniteNo(No::Refused { status }),
        408 => Setback::Ambiguous(Doubt::TimedOut),
        500.. => Setback::Ambiguous(Doubt::ServerError { status }),
        _ => Setback::Ambiguous(Doubt::UnknownText { status }),
    }
}

/// The message of either envelope, the one with `error` in it or the bare one; empty if there is none.
fn message(body: &[u8]) -> String {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let places = [&json["error"]["message"], &json["message"], &json["error"]["details"]["message"]];
    let texts = places.into_iter().map(text_of);
    texts.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
}

/// Some versions of the framework send validation messages as a list.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Array(parts) => parts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::sample;
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, body: body.as_bytes().to_vec(), retry_after_s: 30, date: None }
    }

    /// Both envelopes Cal.com uses, since its cloud may use the one where its source uses the other.
    fn envelopes(status: u16, message: &str) -> [Answer; 2] {
        let details = json!({"message": message, "error": "Bad Request", "statusCode": status});
        let error = json!({"code": "BadRequestException", "message": message, "details": details});
        let full = json!({"status": "error", "timestamp": "2026-11-21T20:01:12.345Z", "path": "/v2/bookings", "error": error});
        let bare = json!({"statusCode": status, "message": message});
        [answer(status, &full.to_string()), answer(status, &bare.to_string())]
    }

    fn check(rows: &[(u16, &str, Setback)]) {
        for (status, message, expected) in rows {
            for answer in envelopes(*status, message) {
                assert_eq!(answer.setback(), *expected, "{status} {message}");
            }
        }
    }

    #[test]
    fn texts_that_may_hide_our_own_success_are_ambiguous() {
        let open = Setback::Ambiguous;
        check(&[
            (
                400,
                "User either already has booking at this time or is not available",
                open(Doubt::NotAvailable),
            ),
            (
                400,
                "One of the hosts either already has booking at this time or is not available",
                open(Doubt::NotAvailable),
            ),
            (409, "No more seats left at this seated booking.", open(Doubt::NotAvailable)),
            (500, "fixed_hosts_unavailable_for_booking", open(Doubt::NotAvailable)),
            (500, "round_robin_host_unavailable_for_booking", open(Doubt::NotAvailable)),
            (400, "no_available_users_found_error", open(Doubt::NotAvailable)),
            (409, "booking_conflict_error", open(Doubt::Race)),
            (400, "An error occurred while querying the database.", open(Doubt::Race)),
            (409, "already_signed_up_for_this_booking_error", open(Doubt::AlreadyThere)),
            (
                400,
                "Attendee with this email can't book because the maximum number of active bookings has been reached.",
                open(Doubt::AlreadyThere),
            ),
            (
                400,
                "Attendee with this email can't book because the maximum number of active bookings has been reached. You can reschedule your existing booking (abcd) instead",
                open(Doubt::AlreadyThere),
            ),
            (400, "Missing payment credentials", open(Doubt::AfterInsert)),
            (500, "Internal server error", open(Doubt::ServerError { status: 500 })),
            (502, "Bad gateway", open(Doubt::ServerError { status: 502 })),
            (503, "", open(Doubt::ServerError { status: 503 })),
            (504, "Gateway timeout", open(Doubt::ServerError { status: 504 })),
        ]);
    }

    #[test]
    fn texts_about_the_time_and_its_limits_are_final() {
        let no = Setback::DefiniteNo;
        let bounds = "The event type can't be booked at the \"start\" time provided. This could be because it's too soon \
                      (violating the minimum booking notice) or too far in the future";
        check(&[
            (400, bounds, no(No::OutOfBounds)),
            (400, "Attempting to book a meeting in the past.", no(No::Past)),
            (403, "booking_limit_reached", no(No::LimitReached)),
            (403, "duration_limit_reached", no(No::LimitReached)),
        ]);
    }

    #[test]
    fn texts_about_the_event_type_are_final() {
        let no = Setback::DefiniteNo;
        check(&[
            (404, "Event type with id 999999 not found.", no(No::UnknownEventType)),
            (404, "Event Type not found", no(No::UnknownEventType)),
            (404, "Event Type with ID=5 not found", no(No::UnknownEventType)),
            (400, "The requested event-types do not exist.", no(No::UnknownEventType)),
            (404, "User with username anna not found", no(No::UnknownEventType)),
            (404, "Team with slug mitte not found", no(No::UnknownEventType)),
            (
                400,
                "Event type with id=5 is the parent managed event type that can't be booked. Use a child.",
                no(No::EventTypeMisconfigured),
            ),
            (
                422,
                "Can't book this team event type because it has no hosts. Please add some.",
                no(No::EventTypeMisconfigured),
            ),
            (400, "email_verification_required", no(No::EventTypeMisconfigured)),
            (400, "invalid_verification_code", no(No::EventTypeMisconfigured)),
            (400, "Invalid event length", no(No::EventTypeMisconfigured)),
            (400, "recurring_event_seats_error", no(No::EventTypeMisconfigured)),
            (
                400,
                "Provided recurrence count is higher than the event type's recurring event count.",
                no(No::EventTypeMisconfigured),
            ),
            (
                401,
                "checkBookingRequiresAuthentication - user must be owner or host",
                no(No::EventTypeMisconfigured),
            ),
            (
                403,
                "checkBookingRequiresAuthentication - user must be owner or host",
                no(No::EventTypeMisconfigured),
            ),
        ]);
    }

    #[test]
    fn texts_about_what_was_asked_are_final() {
        let no = Setback::DefiniteNo;
        check(&[
            (
                400,
                "Missing required booking field response: reason - it is required by the event type",
                no(No::FieldMissing),
            ),
            (400, "Invalid type for booking field response: reason", no(No::FieldMissing)),
            (400, "Invalid option for booking field: reason", no(No::FieldMissing)),
            (400, "Missing attendee phone number - it is required by the event type.", no(No::FieldMissing)),
            (
                400,
                "Attendee must have at least one contact method (email or phone number)",
                no(No::FieldMissing),
            ),
            (400, "responses - {email}error_required_field, ", no(No::FieldMissing)),
            (400, "responses - {grund}invalid_input, ", no(No::FieldMissing)),
            (
                400,
                "attendee property is wrong, timeZone property is wrong,timeZone must be a valid IANA time-zone ",
                no(No::Malformed),
            ),
            (
                400,
                "idempotencyKey property is wrong,property idempotencyKey should not exist ",
                no(No::Malformed),
            ),
            (403, "This e-mail address belongs to a protected user", no(No::Refused { status: 403 })),
        ]);
    }

    #[test]
    fn a_bad_key_is_told_from_other_refusals() {
        let no = Setback::DefiniteNo;
        check(&[
            (401, "CustomThrottlerGuard - Invalid API Key", no(No::BadKey)),
            (401, "ApiAuthStrategy - No authentication method provided.", no(No::BadKey)),
            (401, "Unauthorized", no(No::BadKey)),
            (401, "", no(No::BadKey)),
            (498, "Token expired", no(No::BadKey)),
            (403, "Forbidden resource", no(No::BadKey)),
            (403, "Forbidden", no(No::BadKey)),
            (404, "Cannot POST /v2/bookings", no(No::Refused { status: 404 })),
            (422, "Something new", no(No::Refused { status: 422 })),
        ]);
    }

    #[test]
    fn moving_and_cancelling_twice_is_recognised() {
        let moved = "Can't reschedule booking with uid=abcd because it has been cancelled and rescheduled already to \
                     booking with uid=efgh. You probably want to reschedule efgh instead";
        let cancelled =
            "Can't cancel booking with uid=abcd because it has been cancelled already. Please provide uid";
        let gone = "Can't reschedule booking with uid=abcd because it has been cancelled. Please provide uid";
        let no = Setback::DefiniteNo;
        check(&[
            (400, moved, Setback::Ambiguous(Doubt::AlreadyMoved)),
            (400, cancelled, no(No::AlreadyCancelled)),
            (400, gone, no(No::AlreadyCancelled)),
            (400, "Cannot cancel a booking that has already ended", no(No::Past)),
            (400, "Cancellation reason is required", no(No::Malformed)),
            (404, "Booking with uid=abcd was not found in the database", no(No::UnknownBooking)),
        ]);
    }

    #[test]
    fn what_is_not_known_is_ambiguous() {
        let unknown = |status| Setback::Ambiguous(Doubt::UnknownText { status });
        check(&[
            (400, "A text of next year", unknown(400)),
            (400, "", unknown(400)),
            (409, "Invalid Input: Trying to create a record that already exists.", unknown(409)),
            (302, "", unknown(302)),
            (408, "Request timeout", Setback::Ambiguous(Doubt::TimedOut)),
        ]);
        assert_eq!(answer(400, "<html>Bad Request</html>").setback(), unknown(400));
    }

    #[test]
    fn a_final_text_under_an_unexpected_status_is_not_believed() {
        for answer in envelopes(500, "booking_limit_reached") {
            assert_eq!(answer.setback(), Setback::Ambiguous(Doubt::ServerError { status: 500 }));
        }
        for answer in envelopes(409, "Attempting to book a meeting in the past.") {
            assert_eq!(answer.setback(), Setback::Ambiguous(Doubt::UnknownText { status: 409 }));
        }
    }

    #[test]
    fn the_recorded_errors_have_their_codes() {
        let expected = [
            (400, sample!("error.400-slot-taken.json"), "not_available"),
            (400, sample!("error.400-slot-taken-team.json"), "not_available"),
            (400, sample!("error.400-race-production.json"), "race"),
            (409, sample!("error.409-race-nonproduction.json"), "race"),
            (400, sample!("error.400-out-of-bounds.json"), "out_of_bounds"),
            (400, sample!("error.400-past.json"), "past"),
            (400, sample!("error.400-missing-field.json"), "field_missing"),
            (400, sample!("error.400-zod.json"), "field_missing"),
            (400, sample!("error.400-body-validation.json"), "malformed"),
            (400, sample!("error.400-unknown-field.json"), "malformed"),
            (400, sample!("error.400-query-validation.json"), "unknown_text"),
            (400, sample!("error.400-cancel-twice.json"), "already_cancelled"),
            (400, sample!("error.400-cancel-reason.json"), "malformed"),
            (400, sample!("error.400-reschedule-twice.json"), "already_moved"),
            (401, sample!("error.401-bad-key.json"), "bad_key"),
            (401, sample!("error.401-no-auth.json"), "bad_key"),
            (403, sample!("error.403-booking-limit.json"), "limit_reached"),
            (404, sample!("error.404-booking.json"), "unknown_booking"),
            (404, sample!("error.404-event-type.json"), "unknown_event_type"),
            (404, sample!("error.404-route.json"), "refused"),
            (409, sample!("error.409-already-signed-up.json"), "already_there"),
            (409, sample!("error.409-prisma.json"), "unknown_text"),
            (409, sample!("error.409-seats-full.json"), "not_available"),
            (422, sample!("error.422-reserve-booked.json"), "refused"),
            (429, sample!("error.429.json"), "throttled"),
            (500, sample!("error.500.json"), "server_error"),
        ];

        for (status, body, code) in expected {
            assert_eq!(answer(status, body).setback().code(), code, "{status} {body}");
        }
    }

    #[test]
    fn for_a_read_only_key_pause_and_server_are_special() {
        let read = |status, text: &str| envelopes(status, text)[0].read_failure();

        assert_eq!(read(401, "x"), ReadFailure::BadKey);
        assert_eq!(read(429, "x"), ReadFailure::Throttled { retry_after_s: 30 });
        assert_eq!(read(503, "x"), ReadFailure::ServerError { status: 503 });
        assert_eq!(read(400, "x"), ReadFailure::Refused { status: 400, code: "unknown_text" });
        assert_eq!(read(404, "Cannot GET /v2/me"), ReadFailure::Refused { status: 404, code: "refused" });
    }

    #[test]
    fn a_missing_thing_is_told_from_a_missing_route() {
        assert!(answer(404, sample!("error.404-booking.json")).is_not_found());
        assert!(!answer(404, sample!("error.404-route.json")).is_not_found());
        assert!(!answer(404, "<html>").is_not_found());
        assert!(!answer(400, sample!("error.404-booking.json")).is_not_found());
    }

    #[test]
    fn every_known_wording_is_reached_by_itself() {
        for known in KNOWN {
            let (Exact(text) | Prefix(text) | Contains(text)) = known.wording;
            let status = known.statuses.first().copied().unwrap_or(400);
            let found =
                KNOWN.iter().find(|other| other.fits(status, text.trim()) || other.fits(status, text));
            assert_eq!(found.map(|found| found.means), Some(known.means), "{text}");
        }
    }
}
