//! The functions of contract 4 as data, in German and English.

use super::{Entry, Kind, Parameter, Said, When};

const fn said(de: &'static str, en: &'static str) -> Said {
    Said { de, en }
}

const fn words(name: Said, said: Said) -> Parameter {
    Parameter { name, kind: Kind::Words, when: When::Always, said }
}

const DATE: Parameter = words(
    said("datum", "date"),
    said(
        "Der gewünschte Tag, wörtlich wie der Anrufer es sagt, z. B. \"nächsten Dienstag\", \"fünfzehnter Erster\", \"so bald \
         wie möglich\". Nicht umrechnen, kein Jahr ergänzen. Weglassen, wenn kein Tag genannt wurde.",
        "The wanted day, exactly as the caller says it, such as \"next Tuesday\", \"the fifteenth\", \"as soon as possible\". \
         Do not work out a date, do not add a year. Leave it out if no day was said.",
    ),
);
const TIME: Parameter = words(
    said("uhrzeit", "time"),
    said(
        "Die gewünschte Uhrzeit oder Tageszeit, wörtlich wie der Anrufer es sagt, z. B. \"halb drei\", \"nachmittags\", \"ab \
         16 Uhr\". Nicht umrechnen. Weglassen, wenn keine genannt wurde.",
        "The wanted time or part of the day, exactly as the caller says it, such as \"half past two\", \"in the afternoon\", \
         \"after four\". Do not convert it. Leave it out if none was said.",
    ),
);
const SERVICE: Parameter = words(
    said("dienstleistung", "service"),
    said(
        "Die gewünschte Leistung in den Worten des Anrufers. Keine aussuchen, die nicht genannt wurde.",
        "The wanted service in the caller's words. Do not choose one that was not said.",
    ),
);
const STAFF: Parameter = words(
    said("mitarbeiter", "staff"),
    said(
        "Zu wem der Anrufer möchte oder nicht möchte, in seinen Worten, z. B. \"bei Anna\", \"egal\". Nur wenn er es sagt.",
        "Whom the caller wants or does not want, in their words, such as \"with Anna\", \"anyone\". Only if they say so.",
    ),
);
const APPOINTMENT: Parameter = Parameter {
    name: said("termin", "appointment"),
    kind: Kind::Ordinal,
    when: When::Always,
    said: said(
        "Der wievielte Termin dieses Gesprächs gemeint ist; nur angeben, wenn mehr als einer vereinbart wird: 1, 2, …",
        "Which appointment of this call is meant; only if more than one is made: 1, 2, …",
    ),
};
const BRANCH: Parameter = Parameter {
    name: said("filiale", "branch"),
    kind: Kind::Words,
    when: When::SeveralBranches,
    said: said(
        "Die Filiale, zu der der Anrufer möchte, in seinen Worten. Einmal erfragen und dann jedes Mal mitgeben.",
        "The branch the caller wants, in their words. Ask once, then pass it on every time.",
    ),
};
const SLOT: Parameter = words(
    said("slot_id", "slot_id"),
    said(
        "Die slot_id des Angebots, das der Anrufer gewählt hat, genau wie sie in der letzten Antwort steht, z. B. \"a1\". Nie \
         vorlesen, nie erfinden.",
        "The slot_id of the offer the caller chose, exactly as the last answer has it, such as \"a1\". Never say it, never \
         make one up.",
    ),
);
const NAME: Parameter = words(
    said("name", "name"),
    said(
        "Der Name, wie der Anrufer ihn sagt; buchstabiert er, die Buchstabierung wörtlich mitgeben. Nie den eigenen Namen, nie \
         einen Platzhalter.",
        "The name as the caller says it; if it is spelled, pass the spelling on as it was said. Never your own name, never a \
         placeholder.",
    ),
);
const PHONE: Parameter = words(
    said("telefonnummer", "phone"),
    said(
        "Die Rückrufnummer, Ziffer für Ziffer wie gesagt. Nur wenn der Anrufer eine nennt.",
        "The number to call back, digit by digit as it was said. Only if the caller gives one.",
    ),
);
const EMAIL: Parameter = words(
    said("email", "email"),
    said(
        "Die E-Mail-Adresse, nur wenn der Anrufer von sich aus eine nennt.",
        "The e-mail address, only if the caller gives one unasked.",
    ),
);
const NOTE: Parameter = Parameter {
    name: said("notiz", "note"),
    kind: Kind::Words,
    when: When::NotesAreTaken,
    said: said(
        "Was der Anrufer zum Termin ausdrücklich ausgerichtet haben möchte. Sonst weglassen.",
        "What the caller expressly wants to be passed on about the appointment. Otherwise leave it out.",
    ),
};
const CONFIRMED: Parameter = Parameter {
    name: said("bestaetigung", "confirmed"),
    kind: Kind::YesOrNo,
    when: When::YesIsAsked,
    said: said(
        "true nur, wenn der Anrufer zu genau dem, was du zuletzt vorgelesen hast, deutlich Ja gesagt hat; false, wenn er Nein \
         gesagt hat. Sonst weglassen. Nie zusammen mit neuen Angaben.",
        "true only if the caller clearly said yes to exactly what you read back last; false if they said no. Otherwise leave it \
         out. Never together with anything new.",
    ),
};
const MAY_NOTIFY: Parameter = Parameter {
    name: said("benachrichtigung_erlaubt", "notifications_allowed"),
    kind: Kind::YesOrNo,
    when: When::MessagesAreSent,
    said: said(
        "Frage einmal, bevor du vorliest, ob der Anrufer eine Bestätigung und eine Erinnerung geschickt bekommen möchte: true nur \
         bei einem klaren Ja, false bei einem Nein. Nicht gefragt: weglassen.",
        "Ask once, before you read back, whether the caller would like to be sent a confirmation and a reminder: true only on a \
         clear yes, false on a no. Not asked: leave it out.",
    ),
};
/// What exists is never changed without a yes, whatever the policy.
const CONFIRMED_CHANGE: Parameter = Parameter { when: When::Always, ..CONFIRMED };
const BOOKING: Parameter = words(
    said("booking", "booking"),
    said(
        "Das Kürzel des gemeinten Termins, genau wie es in der letzten Antwort steht, z. B. \"t1\". Nie vorlesen, nie erfinden.",
        "The handle of the appointment that is meant, exactly as the last answer has it, such as \"t1\". Never say it, never \
         make one up.",
    ),
);
const CODE: Parameter = words(
    said("code", "code"),
    said(
        "Der Buchungscode aus der Bestätigung, nur wenn der Anrufer ihn sagt.",
        "The booking code from the confirmation, only if the caller says it.",
    ),
);
const REASON: Parameter = words(
    said("grund", "reason"),
    said(
        "Worum es geht, in den Worten des Anrufers; nur wenn er es von sich aus sagt.",
        "What it is about, in the caller's words; only if they say so unasked.",
    ),
);

/// All of them, in the order in which agents see them.
pub const ALL: &[Entry] = &[
    Entry {
        name: "check_availability",
        is_on: true,
        said: said(
            "Fragt freie Zeiten ab. Aufrufen, bevor du irgendetwas über freie Zeiten sagst. Freie Zeiten stehen nur in der \
             Antwort; erfinde keine. Sprich den Satz in message.",
            "Asks for free times. Call it before you say anything about free times. Free times stand in the answer alone; never \
             make any up. Say the sentence in message.",
        ),
        while_waiting: Some(said("Einen Moment, ich schaue nach.", "One moment, I am looking.")),
        parameters: &[DATE, TIME, SERVICE, STAFF, APPOINTMENT, BRANCH],
    },
    Entry {
        name: "collect_appointment",
        is_on: true,
        said: said(
            "Nimmt einen Terminwunsch auf. Schon mit einem Teil der Angaben aufrufen und mit jeder neuen wieder; was gesagt ist, \
             bleibt. Bei status held den Satz vorlesen und auf ein klares Ja warten, dann mit bestaetigung true aufrufen. \
             Vereinbart ist der Termin erst bei confirmed, booked oder requested.",
            "Takes down the wish for an appointment. Call it with a part of it already, and again with everything new; what was \
             said stays. On status held read the sentence back and wait for a clear yes, then call it with confirmed true. It is \
             agreed only on confirmed, booked or requested.",
        ),
        while_waiting: Some(said("Einen Moment bitte.", "One moment, please.")),
        parameters: &[
            DATE,
            TIME,
            SERVICE,
            STAFF,
            SLOT,
            NAME,
            PHONE,
            EMAIL,
            NOTE,
            CONFIRMED,
            MAY_NOTIFY,
            APPOINTMENT,
            BRANCH,
        ],
    },
    Entry {
        name: "change_appointment",
        is_on: true,
        said: said(
            "Verschiebt einen Termin, den es schon gibt. Erst nach dem Namen fragen. Verschoben ist er erst bei status changed.",
            "Moves an appointment that exists. Ask for the name first. It is moved only on status changed.",
        ),
        while_waiting: Some(said("Einen Moment bitte.", "One moment, please.")),
        parameters: &[
            Parameter { name: said("neues_datum", "new_date"), ..DATE },
            Parameter { name: said("neue_uhrzeit", "new_time"), ..TIME },
            SLOT,
            BOOKING,
            NAME,
            CODE,
            CONFIRMED_CHANGE,
        ],
    },
    Entry {
        name: "cancel_appointment",
        is_on: true,
        said: said(
            "Sagt einen Termin ab, den es schon gibt. Erst nach dem Namen fragen. Abgesagt ist er erst bei status cancelled.",
            "Cancels an appointment that exists. Ask for the name first. It is cancelled only on status cancelled.",
        ),
        while_waiting: Some(said("Einen Moment bitte.", "One moment, please.")),
        parameters: &[REASON, BOOKING, DATE, NAME, CODE, CONFIRMED_CHANGE],
    },
    Entry {
        name: "find_appointments",
        is_on: true,
        said: said(
            "Sagt, welche Termine der Anrufer hat. Erst nach dem Namen fragen. Sage nur, was in der Antwort steht.",
            "Tells which appointments the caller has. Ask for the name first. Say only what the answer says.",
        ),
        while_waiting: Some(said("Einen Moment, ich schaue nach.", "One moment, I am looking.")),
        parameters: &[NAME, CODE],
    },
    Entry {
        name: "confirm_appointment",
        is_on: true,
        said: said(
            "Nimmt auf, dass der Anrufer zu einem Termin kommt, den er schon hat. Nicht für neue Termine.",
            "Notes that the caller will come to an appointment they already have. Not for new ones.",
        ),
        while_waiting: Some(said("Einen Moment bitte.", "One moment, please.")),
        parameters: &[BOOKING, NAME, CODE],
    },
    Entry {
        name: "request_callback",
        is_on: true,
        said: said(
            "Merkt einen Rückruf durch einen Menschen vor: wenn der Anrufer es möchte, oder wenn du nicht weiterkommst. \
             Versprich nur, was in message steht.",
            "Notes that a person is to call back: if the caller wants that, or if you cannot help. Promise only what message \
             says.",
        ),
        while_waiting: None,
        parameters: &[
            REASON,
            NAME,
            PHONE,
            words(
                said("wunschzeit", "when"),
                said(
                    "Wann der Anrufer zurückgerufen werden möchte, wörtlich wie er es sagt. Nicht umrechnen.",
                    "When the caller wants to be called, exactly as they say it. Do not convert it.",
                ),
            ),
            BRANCH,
        ],
    },
    Entry {
        name: "list_services",
        is_on: true,
        said: said(
            "Sagt, welche Leistungen es gibt. Nenne keine, die nicht in der Antwort steht.",
            "Tells which services there are. Name none that the answer does not have.",
        ),
        while_waiting: None,
        parameters: &[BRANCH],
    },
    Entry {
        name: "opening_hours",
        is_on: true,
        said: said(
            "Sagt die Öffnungszeiten, für einen Tag oder überhaupt.",
            "Tells the opening hours, of a day or as a rule.",
        ),
        while_waiting: None,
        parameters: &[DATE, BRANCH],
    },
];
