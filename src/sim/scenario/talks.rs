//! Conversations as they happen at a reception desk: days and times in people's words, questions, changes of mind.

use super::Expected::{Booked, BookedTwice, Nothing};
use super::script::{Script, Talk, Whose, YES, asks, caller};

pub(super) const CHECK: &str = "check_availability";
pub(super) const COLLECT: &str = "collect_appointment";
pub(super) const SERVICE: (&str, &str) = ("dienstleistung", "{leistung}");
pub(super) const NAME: (&str, &str) = ("name", "{name}");

/// All conversations, in the order they are played.
pub(super) const ALL: &[&Script] = &[
    &HALF_PAST,
    &ORDINALS,
    &IN_SO_MANY_DAYS,
    &NEXT_WEEK,
    &SYNONYM,
    &CHOOSES_AN_OFFER,
    &AS_SOON_AS_POSSIBLE,
    &TWO_APPOINTMENTS,
    &HIDDEN_NUMBER,
    &BROWSER,
    &YES_AND_NO,
    &BARE_YES_WITH_NEWS,
    &TAKES_IT_BACK,
    &IN_THE_AFTERNOON,
    &BETWEEN_TWO_HOURS,
    &ENGLISH,
];

const HALF_PAST: Script = Script {
    name: "sagt den Tag mit Wochentag, die Zeit halb",
    talks: &[Talk::own(
        Booked,
        &[
            caller("Guten Tag, ich hätte gern einen Termin, {tag.voll}, {andere.uhr}."),
            asks(
                COLLECT,
                &[("datum", "{tag.voll}"), ("uhrzeit", "{andere.uhr}"), SERVICE, NAME],
                "held",
                &["{tag.gesagt}", "{andere.gesagt}"],
            ),
            caller("Ja, genau."),
            YES,
        ],
    )],
};

const ORDINALS: Script = Script {
    name: "sagt Tag und Monat als Ordnungszahlen",
    talks: &[Talk::own(
        Booked,
        &[
            caller("Einmal {leistung}, {tag.ordinal}, {zeit.wort}."),
            asks(
                COLLECT,
                &[("datum", "{tag.ordinal}"), ("uhrzeit", "{zeit.wort}"), SERVICE, NAME],
                "held",
                &["{tag.gesagt}", "{zeit.gesagt}"],
            ),
            YES,
        ],
    )],
};

const IN_SO_MANY_DAYS: Script = Script {
    name: "zählt die Tage",
    talks: &[Talk::own(
        Booked,
        &[
            caller("Geht es {tag.in}, so {zeit.uhr}?"),
            asks(COLLECT, &[("datum", "{tag.in}"), SERVICE, NAME], "incomplete", &[]),
            asks(COLLECT, &[("uhrzeit", "{zeit.uhr}")], "held", &["{tag.gesagt}", "{zeit.gesagt}"]),
            YES,
        ],
    )],
};

const NEXT_WEEK: Script = Script {
    name: "sagt nächste Woche und den Wochentag",
    talks: &[Talk::own(
        Booked,
        &[
            caller("{tag.woche} {andere.wort} bitte."),
            asks(
                COLLECT,
                &[("datum", "{tag.woche} {andere.wort}"), SERVICE, NAME],
                "held",
                &["{tag.gesagt}", "{andere.gesagt}"],
            ),
            YES,
        ],
    )],
};

const SYNONYM: Script = Script {
    name: "nennt die Leistung mit anderem Wort",
    talks: &[Talk::own(
        Booked,
        &[
            asks(
                COLLECT,
                &[
                    ("datum", "{tag.zahl}"),
                    ("uhrzeit", "{andere.iso}"),
                    ("dienstleistung", "{synonym}"),
                    NAME,
                ],
                "held",
                &["{leistung}", "{tag.gesagt}"],
            ),
            YES,
        ],
    )],
};

const CHOOSES_AN_OFFER: Script = Script {
    name: "nimmt einen angebotenen Termin",
    talks: &[Talk::own(
        Booked,
        &[
            caller("Was haben Sie {ferner.voll} frei?"),
            asks(CHECK, &[("datum", "{ferner.voll}"), SERVICE], "available", &["{ferner.gesagt}"]),
            caller("Den ersten, bitte."),
            asks(COLLECT, &[("slot_id", "{slot}"), NAME], "held", &["{ferner.gesagt}"]),
            YES,
        ],
    )],
};

const AS_SOON_AS_POSSIBLE: Script = Script {
    name: "so bald wie möglich",
    talks: &[Talk::own(
        Booked,
        &[
            caller("So bald wie möglich, bitte."),
            asks(CHECK, &[("datum", "so bald wie möglich"), SERVICE], "available", &[]),
            asks(COLLECT, &[("slot_id", "{slot}"), NAME], "held", &[]),
            YES,
        ],
    )],
};

const TWO_APPOINTMENTS: Script = Script {
    name: "zwei Termine in einem Anruf",
    talks: &[Talk::own(
        BookedTwice,
        &[
            asks(
                COLLECT,
                &[("datum", "{tag.iso}"), ("uhrzeit", "{zeit.iso}"), SERVICE, NAME],
                "held",
                &["{zeit.gesagt}"],
            ),
            YES,
            caller("Und gleich danach noch einen für meinen Sohn."),
            asks(
                COLLECT,
                &[
                    ("termin", "2"),
                    ("datum", "{tag.iso}"),
                    ("uhrzeit", "{andere.iso}"),
                    SERVICE,
                    ("name", "Emil Beispielsohn"),
                ],
                "held",
                &["{andere.gesagt}"],
            ),
            asks(COLLECT, &[("termin", "2"), ("bestaetigung", "true")], "confirmed", &[]),
        ],
    )],
};

const HIDDEN_NUMBER: Script = Script {
    name: "bucht mit unterdrückter Nummer",
    talks: &[Talk::own(
        Booked,
        &[
            asks(
                COLLECT,
                &[("datum", "{tag.iso}"), ("uhrzeit", "{zeit.iso}"), SERVICE, NAME],
                "incomplete",
                &[],
            ),
            caller("Null dreißig, eins zwei drei vier, fünf sechs sieben acht."),
            asks(COLLECT, &[("telefonnummer", "030 12345678")], "held", &["{tag.gesagt}"]),
            YES,
        ],
    )
    .from(Whose::Hidden)],
};

const BROWSER: Script = Script {
    name: "bucht aus dem Browser",
    talks: &[Talk::own(
        Booked,
        &[
            asks(
                COLLECT,
                &[
                    ("datum", "{tag.iso}"),
                    ("uhrzeit", "{andere.iso}"),
                    SERVICE,
                    NAME,
                    ("telefonnummer", "0171 2345678"),
                ],
                "held",
                &["{andere.gesagt}"],
            ),
            YES,
        ],
    )
    .from(Whose::Browser)],
};

const YES_AND_NO: Script = Script {
    name: "sagt Ja und dann doch Nein",
    talks: &[Talk::own(
        Nothing,
        &[
            asks(COLLECT, &[("datum", "{tag.iso}"), ("uhrzeit", "{zeit.iso}"), SERVICE, NAME], "held", &[]),
            YES,
            caller("Entschuldigung, da kann ich gar nicht. Streichen Sie das."),
            asks(COLLECT, &[("bestaetigung", "false")], "withdrawn", &[]),
        ],
    )],
};

const BARE_YES_WITH_NEWS: Script = Script {
    name: "sagt Ja und nennt dabei eine andere Zeit",
    talks: &[Talk::own(
        Booked,
        &[
            asks(COLLECT, &[("datum", "{tag.iso}"), ("uhrzeit", "{zeit.iso}"), SERVICE, NAME], "held", &[]),
            caller("Ja, aber lieber {andere.uhr}."),
            asks(
                COLLECT,
                &[("uhrzeit", "{andere.uhr}"), ("bestaetigung", "true")],
                "held",
                &["{andere.gesagt}"],
            ),
            YES,
        ],
    )],
};

const TAKES_IT_BACK: Script = Script {
    name: "verbessert sich im selben Satz",
    talks: &[Talk::own(
        Booked,
        &[
            caller("{sonntag.voll}, nein, doch lieber {tag.voll}, {andere.uhr}."),
            asks(
                COLLECT,
                &[
                    ("datum", "{sonntag.voll}, nein, doch lieber {tag.voll}"),
                    ("uhrzeit", "{andere.uhr}"),
                    SERVICE,
                    NAME,
                ],
                "held",
                &["{tag.gesagt}", "{andere.gesagt}"],
            ),
            YES,
        ],
    )],
};

const IN_THE_AFTERNOON: Script = Script {
    name: "fragt nach dem Nachmittag",
    talks: &[Talk::own(
        Booked,
        &[
            caller("Haben Sie {ferner.voll} am Nachmittag etwas?"),
            asks(
                CHECK,
                &[("datum", "{ferner.voll} nachmittags"), SERVICE],
                "available",
                &["{ferner.gesagt}"],
            ),
            asks(COLLECT, &[("slot_id", "{slot}"), NAME], "held", &["{ferner.gesagt}"]),
            YES,
        ],
    )],
};

const BETWEEN_TWO_HOURS: Script = Script {
    name: "zwischen zwei und vier",
    talks: &[Talk::own(
        Booked,
        &[
            asks(
                CHECK,
                &[("datum", "{ferner.voll}"), ("uhrzeit", "zwischen zwei und vier"), SERVICE],
                "available",
                &["{ferner.gesagt}"],
            ),
            asks(COLLECT, &[("slot_id", "{slot}"), NAME], "held", &["{ferner.gesagt}"]),
            YES,
        ],
    )],
};

const ENGLISH: Script = Script {
    name: "spricht Englisch",
    talks: &[Talk::own(
        Booked,
        &[
            caller("I'd like to come {tag.en}, {andere.en}."),
            asks(
                COLLECT,
                &[("date", "{tag.en}"), ("time", "{andere.en}"), ("service", "{leistung}"), NAME],
                "held",
                &["{tag.gesagt}", "{andere.gesagt}"],
            ),
            asks(COLLECT, &[("confirmed", "true")], "confirmed", &[]),
        ],
    )],
};
