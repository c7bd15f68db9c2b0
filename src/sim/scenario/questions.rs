//! Conversations in which something has to be asked back, told or refused.

use super::Expected::{Booked, Callback, Nothing, Unknown};
use super::script::{Script, Talk, Whose, YES, agent, asks, caller};
use super::talks::{CHECK, COLLECT, NAME, SERVICE};

/// All of them, in the order they are played.
pub(super) const ALL: &[&Script] = &[
    &WRONG_WEEKDAY,
    &YESTERDAY,
    &ON_SUNDAY,
    &TOO_FAR,
    &UNKNOWN_SERVICE,
    &THINKS_IT_OVER,
    &LISTS_SERVICES,
    &AGENT_PROMISES,
    &NOBODYS_NUMBER,
    &NOT_UNDERSTOOD,
    &OPENING_HOURS,
    &EMERGENCY,
];

const WRONG_WEEKDAY: Script = Script {
    name: "Wochentag und Datum widersprechen sich",
    talks: &[Talk::own(
        Booked,
        &[
            caller("{tag.falsch}, {zeit.uhr}."),
            asks(
                COLLECT,
                &[("datum", "{tag.falsch}"), ("uhrzeit", "{zeit.uhr}"), SERVICE, NAME],
                "clarify",
                &[],
            ),
            caller("Ach so, {tag.voll}."),
            asks(COLLECT, &[("datum", "{tag.voll}")], "held", &["{tag.gesagt}", "{zeit.gesagt}"]),
            YES,
        ],
    )],
};

const YESTERDAY: Script = Script {
    name: "möchte gestern kommen",
    talks: &[Talk::own(
        Booked,
        &[
            asks(CHECK, &[("datum", "{gestern.iso}"), SERVICE], "past", &[]),
            caller("Dann eben {tag.datum} {zeit.uhr}."),
            asks(
                COLLECT,
                &[("datum", "{tag.datum}"), ("uhrzeit", "{zeit.uhr}"), SERVICE, NAME],
                "held",
                &["{tag.gesagt}"],
            ),
            YES,
        ],
    )],
};

const ON_SUNDAY: Script = Script {
    name: "möchte am Sonntag kommen",
    talks: &[Talk::own(
        Nothing,
        &[
            caller("Haben Sie am Sonntag etwas frei?"),
            asks(CHECK, &[("datum", "{sonntag.voll}"), SERVICE], "closed", &["Sonntag"]),
            caller("Dann melde ich mich wieder."),
        ],
    )],
};

const TOO_FAR: Script = Script {
    name: "möchte in zehn Monaten kommen",
    talks: &[Talk::own(Nothing, &[asks(CHECK, &[("datum", "{fern.iso}"), SERVICE], "too_far", &[])])],
};

const UNKNOWN_SERVICE: Script = Script {
    name: "möchte etwas, das es nicht gibt",
    talks: &[Talk::own(
        Booked,
        &[
            asks(
                CHECK,
                &[("datum", "{tag.iso}"), ("dienstleistung", "Hundeschule")],
                "unknown_service",
                &["{leistung}"],
            ),
            caller("Dann {leistung}."),
            asks(
                COLLECT,
                &[("datum", "{tag.iso}"), ("uhrzeit", "{zeit.iso}"), SERVICE, NAME],
                "held",
                &["{leistung}"],
            ),
            YES,
        ],
    )],
};

const THINKS_IT_OVER: Script = Script {
    name: "überlegt es sich noch",
    talks: &[Talk::own(
        Nothing,
        &[
            asks(CHECK, &[("datum", "{tag.iso}"), SERVICE], "available", &[]),
            caller("Ich überlege noch und rufe wieder an."),
        ],
    )],
};

const LISTS_SERVICES: Script = Script {
    name: "fragt nur, was es gibt",
    talks: &[Talk::own(Nothing, &[asks("list_services", &[], "services", &["{leistung}"])])],
};

const AGENT_PROMISES: Script = Script {
    name: "der Agent sagt gebucht, ohne zu buchen",
    talks: &[Talk::own(
        Callback,
        &[
            caller("Ich möchte {tag.voll} {zeit.uhr} kommen."),
            agent("Sehr gern, Ihr Termin ist gebucht."),
            caller("Wunderbar, danke."),
        ],
    )],
};

const NOBODYS_NUMBER: Script = Script {
    name: "ruft eine Nummer an, die niemandem gehört",
    talks: &[Talk::own(
        Unknown,
        &[asks(COLLECT, &[("datum", "{tag.iso}"), SERVICE, NAME], "unknown_number", &[])],
    )
    .from(Whose::NobodysNumber)],
};

const NOT_UNDERSTOOD: Script = Script {
    name: "sagt einen Tag, den niemand versteht",
    talks: &[Talk::own(
        Booked,
        &[
            caller("Wenn Vollmond ist."),
            asks(CHECK, &[("datum", "wenn Vollmond ist"), SERVICE], "clarify", &[]),
            asks(
                COLLECT,
                &[("datum", "{tag.datum}"), ("uhrzeit", "{zeit.uhr}"), SERVICE, NAME],
                "held",
                &["{tag.gesagt}", "{zeit.gesagt}"],
            ),
            YES,
        ],
    )],
};

const OPENING_HOURS: Script = Script {
    name: "fragt nur, wann offen ist",
    talks: &[Talk::own(
        Nothing,
        &[asks("opening_hours", &[("datum", "{tag.voll}")], "hours", &["{tag.gesagt}", "9 Uhr", "18 Uhr"])],
    )],
};

const EMERGENCY: Script = Script {
    name: "ein Notfall ist keine Terminsuche",
    talks: &[Talk::own(
        Nothing,
        &[
            caller("Ich habe einen Notfall, ich brauche sofort Hilfe!"),
            asks(
                CHECK,
                &[("datum", "{tag.iso}"), ("dienstleistung", "Notfall"), ("notiz", "Notfall")],
                "emergency",
                &[],
            ),
        ],
    )],
};
