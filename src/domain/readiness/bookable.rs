//! Which event types are never booked by telephone: what cannot be booked exactly once, and what Cal.com refuses a caller.

use super::{EventType, Scheduling};

/// Why an event type is not booked, and what to do about it at Cal.com.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unbookable {
    pub why: String,
    pub fix: String,
}

/// Everything that stands against booking this event type; nothing where it can be booked.
pub fn unbookable(of: &EventType) -> Vec<Unbookable> {
    let told = [
        (
            of.is_recurring,
            "it repeats: one yes would make a whole series, and after a lost answer nobody could tell how much of it stands",
            "switch off \"Recurring event\"",
        ),
        (
            of.seats.is_some(),
            "it offers seats: several callers share one booking, and after a lost answer nobody could tell whose seat stands",
            "switch off \"Offer seats\"",
        ),
        (of.price > 0, "it costs money, which a caller cannot pay on the telephone", "take the price away"),
        (
            of.requires_email_verification,
            "it wants the e-mail address verified, which a caller cannot do",
            "switch off \"Require booker email verification\"",
        ),
        (
            of.requires_authentication,
            "only people with a Cal.com log-in may book it",
            "switch off \"Booking requires authentication\"",
        ),
        (
            of.is_instant,
            "it is for instant meetings, which have no time to offer",
            "switch off \"Instant meeting\"",
        ),
        (
            of.scheduling == Scheduling::Managed,
            "it is a template for others (managed), which cannot be booked itself",
            "use the number of one member's own copy as event_type_id",
        ),
    ];
    let told = told.into_iter().filter(|(is_so, _, _)| *is_so);
    let mut unbookable: Vec<Unbookable> =
        told.map(|(_, why, fix)| Unbookable { why: why.to_owned(), fix: fix.to_owned() }).collect();
    if !of.required_questions.is_empty() {
        let questions = of.required_questions.join(", ");
        unbookable.push(Unbookable {
            why: format!("its form wants answers that callers are not asked for: {questions}"),
            fix: format!("under Advanced, make {questions} optional"),
        });
    }
    unbookable
}
