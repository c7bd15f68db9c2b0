//! Conversations with people who have been here before: they look up, confirm, move and cancel what stands, or may not.

use super::Expected::{Booked, Callback, Nothing};
use super::script::{Script, Talk, Whose, YES, asks, caller};
use super::talks::{COLLECT, NAME, SERVICE};

const CANCEL: &str = "cancel_appointment";
const CHANGE: &str = "change_appointment";
const FIND: &str = "find_appointments";

/// All of them, in the order they are played.
pub(super) const ALL: &[&Script] =
    &[&CANCELS, &MOVES, &WHICH_ONE, &FINDS, &CONFIRMS, &HIDDEN_NUMBER, &WRONG_NAME, &GOES_ON];

/// The first call of these stories: a plain booking.
const BOOKS: &[super::script::Line] = &[
    asks(
        COLLECT,
        &[("datum", "{tag.iso}"), ("uhrzeit", "{zeit.iso}"), SERVICE, NAME],
        "held",
        &["{tag.gesagt}", "{zeit.gesagt}"],
    ),
    YES,
];

const CANCELS: Script = Script {
    name: "ruft wieder an und sagt ab",
    talks: &[
        Talk::own(Nothing, BOOKS),
        Talk::own(
            Nothing,
            &[
                caller("Ich muss meinen Termin leider absagen."),
                asks(CANCEL, &[NAME], "confirm_cancel", &["{tag.gesagt}", "{zeit.gesagt}"]),
                asks(CANCEL, &[("bestaetigung", "true")], "cancelled", &[]),
            ],
        )
        .later(),
    ],
};

const MOVES: Script = Script {
    name: "ruft wieder an und verschiebt",
    talks: &[
        Talk::own(Booked, BOOKS),
        Talk::own(
            Nothing,
            &[
                caller("Können wir das eine halbe Stunde nach hinten legen?"),
                asks(
                    CHANGE,
                    &[NAME, ("neues_datum", "{tag.iso}"), ("neue_uhrzeit", "{andere.uhr}")],
                    "held",
                    &["{zeit.gesagt}", "{andere.gesagt}"],
                ),
                asks(CHANGE, &[("bestaetigung", "true")], "changed", &["{andere.gesagt}"]),
            ],
        )
        .later(),
    ],
};

const WHICH_ONE: Script = Script {
    name: "hat zwei Termine und sagt einen ab",
    talks: &[
        Talk::own(
            Booked,
            &[
                asks(
                    COLLECT,
                    &[("datum", "{tag.iso}"), ("uhrzeit", "{zeit.iso}"), SERVICE, NAME],
                    "held",
                    &[],
                ),
                YES,
                asks(
                    COLLECT,
                    &[("termin", "2"), ("datum", "{tag.iso}"), ("uhrzeit", "{andere.iso}"), SERVICE, NAME],
                    "held",
                    &[],
                ),
                asks(COLLECT, &[("termin", "2"), ("bestaetigung", "true")], "confirmed", &[]),
            ],
        ),
        Talk::own(
            Nothing,
            &[
                asks(CANCEL, &[NAME], "which_one", &["{zeit.gesagt}", "{andere.gesagt}"]),
                asks(CANCEL, &[("booking", "{termin}")], "confirm_cancel", &["{tag.gesagt}"]),
                asks(CANCEL, &[("bestaetigung", "true")], "cancelled", &[]),
            ],
        )
        .later_with(2),
    ],
};

const FINDS: Script = Script {
    name: "fragt, wann sein Termin ist",
    talks: &[
        Talk::own(Booked, BOOKS),
        Talk::own(
            Nothing,
            &[
                caller("Wann war noch einmal mein Termin?"),
                asks(FIND, &[], "identity_needed", &[]),
                asks(FIND, &[NAME], "found", &["{tag.gesagt}", "{zeit.gesagt}"]),
            ],
        )
        .later(),
    ],
};

const CONFIRMS: Script = Script {
    name: "bestätigt, dass er kommt",
    talks: &[
        Talk::own(Booked, BOOKS),
        Talk::own(Nothing, &[asks("confirm_appointment", &[NAME], "confirmed", &["{tag.gesagt}"])]).later(),
    ],
};

const HIDDEN_NUMBER: Script = Script {
    name: "will mit unterdrückter Nummer absagen",
    talks: &[
        Talk::own(Booked, BOOKS),
        Talk::own(
            Callback,
            &[
                asks(CANCEL, &[NAME], "identity_needed", &[]),
                asks(CANCEL, &[NAME, ("code", "000000")], "identity_needed", &[]),
                asks(
                    "request_callback",
                    &[NAME, ("grund", "Termin absagen"), ("telefonnummer", "030 12345678")],
                    "callback_noted",
                    &[],
                ),
            ],
        )
        .from(Whose::Hidden)
        .later(),
    ],
};

const WRONG_NAME: Script = Script {
    name: "ruft von fremder Nummer unter fremdem Namen an",
    talks: &[
        Talk::own(Booked, BOOKS),
        Talk::own(
            Nothing,
            &[
                asks(FIND, &[("name", "Quirin Unbekanntmann")], "identity_needed", &[]),
                asks(CANCEL, &[NAME], "identity_needed", &[]),
            ],
        )
        .from(Whose::Strange)
        .later(),
    ],
};

const GOES_ON: Script = Script {
    name: "ruft nach dem Abbruch wieder an",
    talks: &[
        Talk::own(
            Nothing,
            &[asks(
                COLLECT,
                &[("datum", "{tag.iso}"), ("uhrzeit", "{zeit.iso}"), SERVICE, NAME],
                "held",
                &["{zeit.gesagt}"],
            )],
        )
        .broken(),
        Talk::own(
            Booked,
            &[
                caller("Wir sind unterbrochen worden. {name}."),
                asks(COLLECT, &[NAME], "held", &["unterbrochen", "{tag.gesagt}", "{zeit.gesagt}"]),
                YES,
            ],
        ),
    ],
};
