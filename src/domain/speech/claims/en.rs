//! How English agents claim that something is done, and how they take it back.

use super::Claim::{Booked, Cancelled, Moved};
use super::{Manner, Phrase, Tongue, voice};

pub(super) const APPOINTMENT: &[&str] =
    &["appointment", "appointments", "booking", "reservation", "visit", "slot", "haircut", "session"];
const PARTICULARS: &[&str] =
    &["name", "names", "number", "phone", "email", "e-mail", "mail", "address", "details"];
/// What is noted down in place of an appointment, whatever day is said with it.
const INSTEAD: &[&str] = &["note", "message", "request", "callback", "call"];
const DAY: &[&str] = &[
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
    "pm",
    "noon",
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
    Phrase { done: &["booked", "scheduled"], unless: INSTEAD, ..Phrase::of(Booked) },
    Phrase {
        done: &["reserved", "confirmed", "secured", "arranged", "made", "entered"],
        about: APPOINTMENT,
        unless: INSTEAD,
        ..Phrase::of(Booked)
    },
    // "I've put you down for Tuesday", "I've got you down for two o'clock"
    Phrase {
        words: &[
            &[
                "put you down",
                "got you down",
                "have you down",
                "put you in for",
                "got you in for",
                "have you in for",
            ],
            WHEN,
        ],
        ..Phrase::of(Booked)
    },
    Phrase {
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
        ..Phrase::of(Booked)
    },
    Phrase {
        words: &[
            &["appointment", "booking"],
            &["is", "are"],
            &["set", "complete", "done", "successful", "final"],
        ],
        unless: &["name"],
        ..Phrase::of(Booked)
    },
    Phrase { words: &[&["you"], &["have"], &["appointment"], &["now"]], ..Phrase::of(Booked) },
    // "See you on Tuesday", "we look forward to seeing you tomorrow", but not "I see you prefer Tuesday"
    Phrase {
        words: &[&["see you", "seeing you", "expect you", "expecting you"], WHEN],
        unless: &["that", "i see", "we see"],
        ..Phrase::of(Booked)
    },
    Phrase { done: &["cancelled", "canceled"], ..Phrase::of(Cancelled) },
    Phrase { done: &["deleted", "removed"], about: APPOINTMENT, unless: INSTEAD, ..Phrase::of(Cancelled) },
    Phrase { done: &["rescheduled", "rebooked"], unless: INSTEAD, ..Phrase::of(Moved) },
    Phrase {
        done: &["moved", "changed", "shifted", "updated"],
        about: APPOINTMENT,
        unless: INSTEAD,
        ..Phrase::of(Moved)
    },
];

pub(super) const TONGUE: Tongue = Tongue {
    phrases: PHRASES,
    is_done: voice::is_done_in_english,
    particulars: PARTICULARS,
    appointment: &[APPOINTMENT, DAY],
    manner: Manner {
        prepositions: &["under", "with", "by", "via", "at", "to", "in"],
        articles: &["the", "your", "my", "that", "this", "his", "her"],
        and: &["and"],
    },
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
