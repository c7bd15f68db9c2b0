//! How English agents claim that something is done, and how they take it back.

use super::Claim::{Booked, Cancelled, Moved};
use super::{Phrase, Tongue};

/// What turns a participle into something that has been done.
const DONE: &[&str] =
    &["is", "are", "am", "was", "were", "been", "has", "have", "had", "got", "i", "we", "all"];
const APPOINTMENT: &[&str] =
    &["appointment", "appointments", "booking", "reservation", "visit", "slot", "haircut", "session"];
/// What else can be noted down.
const OTHER: &[&str] = &[
    "name", "number", "phone", "email", "e-mail", "address", "note", "message", "request", "callback",
    "call", "details",
];
const WHEN: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "tomorrow",
    "today",
    "tonight",
    "o'clock",
    "am",
    "pm",
    "a.m",
    "p.m",
    "noon",
];

const PHRASES: &[Phrase] = &[
    // "you're booked", "I have booked you in", "it has been scheduled"
    Phrase { claim: Booked, words: &[DONE, &["booked", "scheduled"]], about: &[], unless: OTHER },
    Phrase {
        claim: Booked,
        words: &[DONE, &["reserved", "confirmed", "secured", "arranged", "made", "entered"]],
        about: APPOINTMENT,
        unless: OTHER,
    },
    // "I've put you down for Tuesday", "I've got you down for two o'clock"
    Phrase {
        claim: Booked,
        words: &[&["put", "got", "have"], &["you"], &["down", "in"], WHEN],
        about: &[],
        unless: OTHER,
    },
    Phrase {
        claim: Booked,
        words: &[&["all"], &["set"]],
        about: &[
            "appointment",
            "booking",
            "reservation",
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
            "tomorrow",
            "today",
        ],
        unless: &[],
    },
    Phrase {
        claim: Booked,
        words: &[
            &["appointment", "booking"],
            &["is", "are"],
            &["set", "complete", "done", "successful", "final"],
        ],
        about: &[],
        unless: &["name"],
    },
    Phrase {
        claim: Booked,
        words: &[&["you"], &["have"], &["appointment"], &["now"]],
        about: &[],
        unless: &[],
    },
    // "See you on Tuesday", "we look forward to seeing you tomorrow"
    Phrase {
        claim: Booked,
        words: &[&["see", "seeing", "expect", "expecting"], &["you"], WHEN],
        about: &[],
        unless: &["that"],
    },
    Phrase {
        claim: Cancelled,
        words: &[DONE, &["cancelled", "canceled"]],
        about: &[],
        unless: &["name", "number"],
    },
    Phrase { claim: Cancelled, words: &[DONE, &["deleted", "removed"]], about: APPOINTMENT, unless: OTHER },
    Phrase { claim: Moved, words: &[DONE, &["rescheduled", "rebooked"]], about: &[], unless: OTHER },
    Phrase {
        claim: Moved,
        words: &[DONE, &["moved", "changed", "shifted", "updated"]],
        about: APPOINTMENT,
        unless: OTHER,
    },
];

pub(super) const TONGUE: Tongue = Tongue {
    phrases: PHRASES,
    bare: &[
        ("booked", Booked),
        ("scheduled", Booked),
        ("cancelled", Cancelled),
        ("canceled", Cancelled),
        ("rescheduled", Moved),
    ],
    harmless: &[
        &["no", "problem"],
        &["no", "worries"],
        &["not", "a", "problem"],
        &["not", "only"],
        &["not", "to", "worry"],
        &["do", "not", "worry"],
        &["if", "you", "will"],
    ],
    denials: &[
        "not", "no", "never", "cannot", "without", "none", "nothing", "neither", "nor", "almost", "nearly",
        "yet", "instead", "unable",
    ],
    pending: &[
        "will", "would", "can", "could", "should", "shall", "might", "must", "want", "wants", "like", "let",
        "be", "being", "getting", "get", "going", "trying", "try", "need", "needs", "whether", "wish",
    ],
    conditions: &["if", "once", "unless", "until", "soon"],
    openings: &["when", "whenever", "before", "after", "provided", "assuming", "till"],
    courtesies: &[
        "question",
        "questions",
        "change",
        "changes",
        "cancel",
        "reschedule",
        "call",
        "need",
        "anything",
        "late",
        "prefer",
        "comes",
        "arrive",
        "come",
    ],
    taken: &[
        "fully",
        "completely",
        "unfortunately",
        "someone",
        "somebody",
        "else",
        "else's",
        "up",
        "out",
        "taken",
        "others",
        "afraid",
        "previously",
    ],
    already: &["already"],
    yours: &["you", "your", "i", "have"],
    verbs: &[
        "is", "are", "am", "was", "were", "has", "have", "had", "will", "would", "can", "could", "should",
        "shall", "may", "might", "must", "do", "does", "did", "see", "look", "put", "got", "let", "want",
        "need", "call", "get", "give", "take", "say", "tell", "know", "come", "be", "confirm", "check",
        "hear", "think", "hope", "wait", "works", "suits", "seeing",
    ],
    asking: &[
        "is", "are", "was", "were", "has", "have", "had", "did", "do", "does", "shall", "should", "can",
        "could", "would", "will", "may", "what", "when", "who", "how", "where", "which", "why",
    ],
    tags: &[
        "right", "correct", "yes", "no", "okay", "ok", "is", "that", "it", "not", "yeah", "are", "you",
        "alright",
    ],
    joints: &["and", "but", "so", "or", "because", "otherwise"],
};
