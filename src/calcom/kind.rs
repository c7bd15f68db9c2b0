//! What kind of request to Cal.com it is, for logs and metrics: its path without the uids that stand in it.

use reqwest::Method;

/// A word from a short list; anything new is "other" until it has a word here.
pub(super) fn kind_of(method: &Method, path: &str) -> &'static str {
    let inside = path.rsplit_once("/v2/").map_or("", |(_, inside)| inside);
    let parts: Vec<&str> = inside.trim_end_matches('/').split('/').collect();
    match (method.as_str(), parts.as_slice()) {
        ("GET", ["me"]) => "me",
        ("GET", ["slots"]) => "slots",
        ("POST", ["slots", "reservations"]) => "reserve",
        ("DELETE", ["slots", "reservations", _]) => "release",
        ("GET", ["bookings"]) => "find_bookings",
        ("POST", ["bookings"]) => "create_booking",
        ("GET", ["bookings", _]) => "read_booking",
        ("POST", ["bookings", _, "cancel"]) => "cancel_booking",
        ("POST", ["bookings", _, "reschedule"]) => "reschedule_booking",
        ("GET", ["event-types"] | ["teams", _, "event-types"]) => "list_event_types",
        ("GET", ["webhooks"]) => "list_webhooks",
        ("GET", ["teams"]) => "list_teams",
        ("GET", ["event-types", _]) => "read_event_type",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_a_word_of_ours_and_holds_no_uid() {
        let kind = |method: Method, path: &str| kind_of(&method, path);

        assert_eq!(kind(Method::POST, "/v2/bookings"), "create_booking");
        assert_eq!(kind(Method::POST, "/cal/v2/bookings/bmXQ93kqWjxHX1zaWnTkvx/cancel"), "cancel_booking");
        assert_eq!(kind(Method::GET, "/v2/bookings/bmXQ93kqWjxHX1zaWnTkvx"), "read_booking");
        assert_eq!(kind(Method::GET, "/v2/event-types/1001"), "read_event_type");
        assert_eq!(kind(Method::PUT, "/v2/bookings/bmXQ93kqWjxHX1zaWnTkvx"), "other");
    }
}
