//! What the functions take from a conversation, described for whoever has to fill it in. It is only ever described: what
//! comes is read tolerantly, under German and English names, like what a Retell agent sends.

use schemars::JsonSchema;

/// English names do as well: `date`, `time`, `service`, `staff`, `branch`.
#[derive(Debug, JsonSchema)]
pub struct CheckAvailability {
    /// The day in the caller's own words, German or English: "nächsten Dienstag", "am 20.", "übermorgen".
    pub datum: Option<String>,
    /// The time in the caller's own words: "halb drei", "ab 16 Uhr", "vormittags", "egal".
    pub uhrzeit: Option<String>,
    /// What it is to be, as the caller calls it.
    pub dienstleistung: Option<String>,
    /// By whom, where the caller has said so.
    pub mitarbeiter: Option<String>,
    /// At which branch, where there are several.
    pub filiale: Option<String>,
}

/// Parts of an appointment as they are said; what was said before stays. English names do as well.
#[derive(Debug, JsonSchema)]
pub struct CollectAppointment {
    /// The day in the caller's own words, German or English: "nächsten Dienstag", "am 20.", "übermorgen".
    pub datum: Option<String>,
    /// The time in the caller's own words: "halb drei", "ab 16 Uhr", "vormittags", "egal".
    pub uhrzeit: Option<String>,
    /// What it is to be, as the caller calls it.
    pub dienstleistung: Option<String>,
    /// By whom, where the caller has said so.
    pub mitarbeiter: Option<String>,
    /// At which branch, where there are several.
    pub filiale: Option<String>,
    /// One of the times that were offered, by its `slot_id`.
    pub slot_id: Option<String>,
    /// The caller's name.
    pub name: Option<String>,
    /// The caller's number.
    pub telefonnummer: Option<String>,
    pub email: Option<String>,
    /// Something to be kept with the conversation.
    pub notiz: Option<String>,
    /// True once the caller has said yes to what was read back (`held`), false for a no. Never together with new data.
    pub bestaetigung: Option<bool>,
    /// Whether the caller has agreed, when asked, to a confirmation and a reminder; nothing is sent without it.
    pub benachrichtigung_erlaubt: Option<bool>,
    /// Which appointment of this conversation, where there are several: 1, 2, …
    pub termin: Option<u8>,
}

/// Which appointment, whose it is, and to when it is to be moved. English names do as well.
#[derive(Debug, JsonSchema)]
pub struct ChangeAppointment {
    /// The new day in the caller's own words.
    pub neues_datum: Option<String>,
    /// The new time in the caller's own words.
    pub neue_uhrzeit: Option<String>,
    /// One of the times that were offered, by its `slot_id`.
    pub slot_id: Option<String>,
    /// Which one: its handle from an earlier answer.
    pub booking: Option<String>,
    /// Which one: its day as it stands.
    pub datum: Option<String>,
    /// The caller's name.
    pub name: Option<String>,
    /// The code of the booking.
    pub code: Option<String>,
    /// True once the caller has said yes to what was read back.
    pub bestaetigung: Option<bool>,
}

/// Which appointment, whose it is, and why. English names do as well.
#[derive(Debug, JsonSchema)]
pub struct CancelAppointment {
    /// Why, where the caller has said so.
    pub grund: Option<String>,
    /// Which one: its handle from an earlier answer.
    pub booking: Option<String>,
    /// Which one: its day.
    pub datum: Option<String>,
    /// The caller's name.
    pub name: Option<String>,
    /// The code of the booking.
    pub code: Option<String>,
    /// True once the caller has said yes to what was read back.
    pub bestaetigung: Option<bool>,
}

/// Where it is asked for. English names do as well.
#[derive(Debug, JsonSchema)]
pub struct ListServices {
    /// At which branch, where there are several.
    pub filiale: Option<String>,
}

/// Which days are asked about. English names do as well.
#[derive(Debug, JsonSchema)]
pub struct OpeningHours {
    /// The day or days in the caller's own words; left out, it is told as a rule.
    pub datum: Option<String>,
    /// At which branch, where there are several.
    pub filiale: Option<String>,
}

/// Who wants to be called back, about what and when. English names do as well.
#[derive(Debug, JsonSchema)]
pub struct RequestCallback {
    /// What it is about.
    pub grund: Option<String>,
    /// The caller's name.
    pub name: Option<String>,
    /// The caller's number.
    pub telefonnummer: Option<String>,
    /// When, in the caller's own words.
    pub wunschzeit: Option<String>,
    /// At which branch, where there are several.
    pub filiale: Option<String>,
}

/// Whose appointments. English names do as well.
#[derive(Debug, JsonSchema)]
pub struct FindAppointments {
    /// The caller's name.
    pub name: Option<String>,
    /// The code of a booking.
    pub code: Option<String>,
}

/// Which appointment, and whose it is. English names do as well.
#[derive(Debug, JsonSchema)]
pub struct ConfirmAppointment {
    /// Which one: its handle from an earlier answer.
    pub booking: Option<String>,
    /// The caller's name.
    pub name: Option<String>,
    /// The code of the booking.
    pub code: Option<String>,
}
