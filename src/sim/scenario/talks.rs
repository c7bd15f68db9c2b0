//! Conversations as they happen at a reception desk: days and times in people's words, questions, changes of mind.

use super::Expected::{Booked, BookedTwice, Callback, Nothing, Unknown};
use super::script::{Script, Talk, Whose, YES, agent, asks, caller};

const CHECK: &str = "check_availability";
pub(super) const COLLECT: &str = "collect_appointment";
pub(super) const SERVICE: (&str, &str) = ("dienstleistung", "{leistung}");
pub(super) const NAME: (&str, &str) = ("name", "{name}");

/// All conversations, in the order they are played.
pub(super) const ALL: &[&Script] = &[
    &HALF_PAST,
    &ORDINALS,
    &IN_SO_MANY_DAYS,
    &NEXT_WEEK,
    &WRONG_WEEKDAY,
    &YESTERDAY,
    &ON_SUNDAY,
    &TOO_FAR,
    &UNKNOWN_SERVICE,
    &SYNONYM,
    &CHOOSES_AN_OFFER,
    &AS_SOON_AS_POSSIBLE,
    &TWO_APPOINTMENTS,
    &HIDDEN_NUMBER,
    &BROWSER,
    &YES_AND_NO,
    &THINKS_IT_OVER,
    &BARE_YES_WITH_NEWS,
    &LISTS_SERVICES,
    &AGENT_PROMISES,
    &NOBODYS_NUMBER,
    &NOT_UNDERSTOOD,
    &TAKES_IT_BACK,
    &IN_THE_AFTERNOON,
    &BETWEEN_TWO_HOURS,
    &ENGLISH,
    &OPENING_HOURS,
    &EMERGENCY,
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
