//! What may come of a request to Cal.com, and how sure one may be of it.

use super::wire::Booking;

/// Why Cal.com has certainly not done it and will not, however often it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum No {
    #[error("Cal.com does not accept the key")]
    BadKey,
    #[error("the time is too soon or too far ahead for this event type")]
    OutOfBounds,
    #[error("the time has passed")]
    Past,
    #[error("the limit of bookings or of booked hours for this period is reached")]
    LimitReached,
    #[error("the event type does not exist")]
    UnknownEventType,
    #[error("the event type is set up so that it cannot be booked by telephone or with this key")]
    EventTypeMisconfigured,
    #[error("the booking form asks for something that was not given or does not fit")]
    FieldMissing,
    #[error("Cal.com found the request malformed")]
    Malformed,
    #[error("the booking does not exist")]
    UnknownBooking,
    #[error("the booking was cancelled before")]
    AlreadyCancelled,
    #[error("Cal.com refused with status {status}")]
    Refused { status: u16 },
}

impl No {
    /// A stable word for this reason, for storing and counting.
    pub fn code(self) -> &'static str {
        match self {
            Self::BadKey => "bad_key",
            Self::OutOfBounds => "out_of_bounds",
            Self::Past => "past",
            Self::LimitReached => "limit_reached",
            Self::UnknownEventType => "unknown_event_type",
            Self::EventTypeMisconfigured => "event_type_misconfigured",
            Self::FieldMissing => "field_missing",
            Self::Malformed => "malformed",
            Self::UnknownBooking => "unknown_booking",
            Self::AlreadyCancelled => "already_cancelled",
            Self::Refused { .. } => "refused",
        }
    }
}

/// Why nothing was carried out, so that the same request may be sent again later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Unsent {
    #[error("Cal.com asks to wait {retry_after_s} s")]
    Throttled { retry_after_s: u32 },
    #[error("no connection to Cal.com: {0}")]
    Offline(Offline),
}

impl Unsent {
    /// A stable word for this reason, for storing and counting.
    pub fn code(self) -> &'static str {
        match self {
            Self::Throttled { .. } => "throttled",
            Self::Offline(kind) => kind.code(),
        }
    }
}

/// How a connection failed before a byte of the request was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Offline {
    #[error("refused")]
    Refused,
    #[error("not made in time")]
    TimedOut,
    #[error("the name was not found")]
    NoAddress,
    #[error("not made")]
    Other,
}

impl Offline {
    /// A stable word for this reason, for storing and counting.
    pub fn code(self) -> &'static str {
        match self {
            Self::Refused => "connection_refused",
            Self::TimedOut => "connect_timed_out",
            Self::NoAddress => "no_address",
            Self::Other => "not_connected",
        }
    }
}

/// Why it is open whether it was done: one has to look before doing anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Doubt {
    #[error("the time is taken or the host not available, perhaps by this very booking")]
    NotAvailable,
    #[error("two bookings met in Cal.com's database")]
    Race,
    #[error("this attendee already has a booking, perhaps this very one")]
    AlreadyThere,
    #[error("the booking was moved already, perhaps by this very request")]
    AlreadyMoved,
    #[error("Cal.com failed at a step after it had stored the booking")]
    AfterInsert,
    #[error("Cal.com failed with status {status}")]
    ServerError { status: u16 },
    #[error("Cal.com did not answer in time")]
    TimedOut,
    #[error("the connection broke before the answer was complete")]
    Broken,
    #[error("Cal.com agreed, but its answer could not be read")]
    Unreadable,
    #[error("Cal.com answered status {status} with a text that is not known")]
    UnknownText { status: u16 },
}

impl Doubt {
    /// A stable word for this reason, for storing and counting.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAvailable => "not_available",
            Self::Race => "race",
            Self::AlreadyThere => "already_there",
            Self::AlreadyMoved => "already_moved",
            Self::AfterInsert => "after_insert",
            Self::ServerError { .. } => "server_error",
            Self::TimedOut => "timed_out",
            Self::Broken => "broken",
            Self::Unreadable => "unreadable",
            Self::UnknownText { .. } => "unknown_text",
        }
    }

    /// Whether the wire itself failed, as opposed to an answer one did not like.
    pub fn counts_against_wire(self) -> bool {
        match self {
            Self::ServerError { .. } | Self::TimedOut | Self::Broken => true,
            Self::NotAvailable
            | Self::Race
            | Self::AlreadyThere
            | Self::AlreadyMoved
            | Self::AfterInsert
            | Self::Unreadable
            | Self::UnknownText { .. } => false,
        }
    }
}

/// Every outcome of a write but the good one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setback {
    DefiniteNo(No),
    NotExecuted(Unsent),
    Ambiguous(Doubt),
}

impl Setback {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::DefiniteNo(why) => why.code(),
            Self::NotExecuted(why) => why.code(),
            Self::Ambiguous(why) => why.code(),
        }
    }

    fn counts_against_wire(self) -> bool {
        match self {
            Self::DefiniteNo(_) | Self::NotExecuted(Unsent::Throttled { .. }) => false,
            Self::NotExecuted(Unsent::Offline(_)) => true,
            Self::Ambiguous(why) => why.counts_against_wire(),
        }
    }
}

/// The outcome of an attempt to book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// To be compared with what was asked: it may be somebody's earlier booking.
    Created(Box<Booking>),
    DefiniteNo {
        why: No,
    },
    NotExecuted {
        why: Unsent,
    },
    Ambiguous {
        why: Doubt,
    },
}

/// The outcome of an attempt to move or cancel a booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The booking afterwards, under its new uid if it was moved; none if it had been cancelled before.
    Done(Option<Box<Booking>>),
    DefiniteNo {
        why: No,
    },
    NotExecuted {
        why: Unsent,
    },
    Ambiguous {
        why: Doubt,
    },
}

impl Attempt {
    /// The class of the outcome, for counting.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Created(_) => "created",
            Self::DefiniteNo { .. } => "definite_no",
            Self::NotExecuted { .. } => "not_executed",
            Self::Ambiguous { .. } => "ambiguous",
        }
    }

    /// A stable word for the outcome, for storing and counting.
    pub fn code(&self) -> &'static str {
        self.setback().map_or("created", Setback::code)
    }

    /// Whether the breaker counts this as a failure of the wire.
    pub fn counts_against_wire(&self) -> bool {
        self.setback().is_some_and(Setback::counts_against_wire)
    }

    /// How long the account must pause, if Cal.com asked for it.
    pub fn throttled_s(&self) -> Option<u32> {
        self.setback().and_then(throttled_s)
    }

    pub fn is_bad_key(&self) -> bool {
        self.setback() == Some(Setback::DefiniteNo(No::BadKey))
    }

    fn setback(&self) -> Option<Setback> {
        match self {
            Self::Created(_) => None,
            Self::DefiniteNo { why } => Some(Setback::DefiniteNo(*why)),
            Self::NotExecuted { why } => Some(Setback::NotExecuted(*why)),
            Self::Ambiguous { why } => Some(Setback::Ambiguous(*why)),
        }
    }
}

impl Change {
    /// A stable word for the outcome, for storing and counting.
    pub fn code(&self) -> &'static str {
        self.setback().map_or("done", Setback::code)
    }

    /// Whether the breaker counts this as a failure of the wire.
    pub fn counts_against_wire(&self) -> bool {
        self.setback().is_some_and(Setback::counts_against_wire)
    }

    /// How long the account must pause, if Cal.com asked for it.
    pub fn throttled_s(&self) -> Option<u32> {
        self.setback().and_then(throttled_s)
    }

    pub fn is_bad_key(&self) -> bool {
        self.setback() == Some(Setback::DefiniteNo(No::BadKey))
    }

    fn setback(&self) -> Option<Setback> {
        match self {
            Self::Done(_) => None,
            Self::DefiniteNo { why } => Some(Setback::DefiniteNo(*why)),
            Self::NotExecuted { why } => Some(Setback::NotExecuted(*why)),
            Self::Ambiguous { why } => Some(Setback::Ambiguous(*why)),
        }
    }
}

impl From<Setback> for Attempt {
    fn from(setback: Setback) -> Self {
        match setback {
            Setback::DefiniteNo(why) => Self::DefiniteNo { why },
            Setback::NotExecuted(why) => Self::NotExecuted { why },
            Setback::Ambiguous(why) => Self::Ambiguous { why },
        }
    }
}

impl From<Setback> for Change {
    fn from(setback: Setback) -> Self {
        match setback {
            Setback::DefiniteNo(why) => Self::DefiniteNo { why },
            Setback::NotExecuted(why) => Self::NotExecuted { why },
            Setback::Ambiguous(why) => Self::Ambiguous { why },
        }
    }
}

/// Why nothing could be read; reading again is always safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ReadFailure {
    #[error("no connection to Cal.com: {0}")]
    Unreachable(Offline),
    #[error("the connection to Cal.com broke before the answer was complete")]
    Broken,
    #[error("Cal.com did not answer in time")]
    TimedOut,
    #[error("Cal.com asks to wait {retry_after_s} s")]
    Throttled { retry_after_s: u32 },
    #[error("Cal.com does not accept the key")]
    BadKey,
    #[error("Cal.com refused with status {status} ({code})")]
    Refused { status: u16, code: &'static str },
    #[error("Cal.com failed with status {status}")]
    ServerError { status: u16 },
    #[error("Cal.com's answer could not be read")]
    Unreadable,
}

impl ReadFailure {
    /// A stable word for this reason, for storing and counting.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreachable(kind) => kind.code(),
            Self::Broken => "broken",
            Self::TimedOut => "timed_out",
            Self::Throttled { .. } => "throttled",
            Self::BadKey => "bad_key",
            Self::Refused { code, .. } => code,
            Self::ServerError { .. } => "server_error",
            Self::Unreadable => "unreadable",
        }
    }

    /// Whether the breaker counts this as a failure of the wire.
    pub fn counts_against_wire(self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Broken | Self::TimedOut | Self::ServerError { .. } => true,
            Self::Throttled { .. } | Self::BadKey | Self::Refused { .. } | Self::Unreadable => false,
        }
    }

    pub fn is_throttled(self) -> bool {
        matches!(self, Self::Throttled { .. })
    }

    pub fn is_bad_key(self) -> bool {
        self == Self::BadKey
    }
}

fn throttled_s(setback: Setback) -> Option<u32> {
    match setback {
        Setback::NotExecuted(Unsent::Throttled { retry_after_s }) => Some(retry_after_s),
        Setback::NotExecuted(Unsent::Offline(_)) | Setback::DefiniteNo(_) | Setback::Ambiguous(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THROTTLED: Unsent = Unsent::Throttled { retry_after_s: 12 };
    const REFUSED: Unsent = Unsent::Offline(Offline::Refused);

    #[test]
    fn only_failures_of_the_wire_count_against_it() {
        let against = |attempt: Attempt| attempt.counts_against_wire();

        assert!(against(Attempt::NotExecuted { why: REFUSED }));
        assert!(against(Attempt::Ambiguous { why: Doubt::TimedOut }));
        assert!(against(Attempt::Ambiguous { why: Doubt::Broken }));
        assert!(against(Attempt::Ambiguous { why: Doubt::ServerError { status: 503 } }));
        assert!(!against(Attempt::NotExecuted { why: THROTTLED }));
        assert!(!against(Attempt::DefiniteNo { why: No::BadKey }));
        for why in [Doubt::NotAvailable, Doubt::Race, Doubt::Unreadable, Doubt::UnknownText { status: 400 }] {
            assert!(!against(Attempt::Ambiguous { why }), "{why}");
        }
        assert!(ReadFailure::TimedOut.counts_against_wire());
        assert!(!ReadFailure::Throttled { retry_after_s: 1 }.counts_against_wire());
        assert!(!ReadFailure::BadKey.counts_against_wire());
    }

    #[test]
    fn a_pause_and_a_bad_key_are_seen_from_outside() {
        let throttled = Change::NotExecuted { why: THROTTLED };
        let bad_key = Change::DefiniteNo { why: No::BadKey };

        assert_eq!((throttled.throttled_s(), throttled.is_bad_key()), (Some(12), false));
        assert_eq!((bad_key.throttled_s(), bad_key.is_bad_key()), (None, true));
        assert_eq!((throttled.code(), bad_key.code()), ("throttled", "bad_key"));
        assert_eq!(Change::Done(None).code(), "done");
    }

    #[test]
    fn reasons_can_be_read_by_people() {
        assert_eq!(REFUSED.to_string(), "no connection to Cal.com: refused");
        assert_eq!(THROTTLED.to_string(), "Cal.com asks to wait 12 s");
        assert_eq!(No::Refused { status: 403 }.to_string(), "Cal.com refused with status 403");
    }
}
