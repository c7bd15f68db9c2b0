//! What is sent to Cal.com: a new booking within its limits, and the question whether it exists.

use std::collections::BTreeMap;
use std::fmt::{self, Debug, Formatter};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Error;

const METADATA_ENTRIES_MAX: usize = 50;
const METADATA_KEY_CHARS_MAX: usize = 40;
const METADATA_VALUE_CHARS_MAX: usize = 500;
const METADATA_RESERVED: &[&str] = &["videoCallUrl", "platformClientId"];
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 6..=15;
const PHONE_ONLY_DOMAIN: &str = "sms.cal.com";

/// Who comes; one of e-mail and phone is needed.
#[derive(Clone, PartialEq, Eq)]
pub struct Attendee {
    pub name: String,
    pub email: Option<String>,
    /// E.164, with the plus sign.
    pub phone: Option<String>,
    /// IANA name.
    pub zone: String,
    /// A language code Cal.com knows, such as `de`.
    pub language: String,
}

impl Debug for Attendee {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Attendee").field("zone", &self.zone).finish_non_exhaustive()
    }
}

/// A booking that keeps Cal.com's limits and may be sent as often as needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBooking {
    event_type_id: i64,
    start: Timestamp,
    attendee: Attendee,
    metadata: BTreeMap<String, String>,
    length_minutes: Option<u32>,
    answers: Answers,
}

/// Answers of the caller's, which no log may show.
#[derive(Clone, Default, PartialEq, Eq)]
struct Answers(BTreeMap<String, String>);

impl Debug for Answers {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

impl NewBooking {
    /// Checks what Cal.com would refuse: metadata too large, no contact, a number that is not E.164.
    pub fn new(
        event_type_id: i64,
        start: Timestamp,
        mut attendee: Attendee,
        metadata: BTreeMap<String, String>,
    ) -> Result<Self, Error> {
        check_metadata(&metadata)?;
        attendee.email = attendee.email.filter(|email| !email.trim().is_empty());
        match &attendee.phone {
            Some(phone) if !is_e164(phone) => return Err(Error::PhoneNotE164),
            None if attendee.email.is_none() => return Err(Error::NoContact),
            Some(_) | None => {}
        }
        let answers = Answers::default();
        Ok(Self { event_type_id, start, attendee, metadata, length_minutes: None, answers })
    }

    /// Chooses a length; only for event types that offer several.
    pub fn with_length_minutes(mut self, minutes: u32) -> Self {
        self.length_minutes = Some(minutes);
        self
    }

    /// Answers a question of the booking form by its slug, such as `notes`.
    pub fn with_answer(mut self, slug: impl Into<String>, answer: impl Into<String>) -> Self {
        self.answers.0.insert(slug.into(), answer.into());
        self
    }

    pub fn event_type_id(&self) -> i64 {
        self.event_type_id
    }

    pub fn start(&self) -> Timestamp {
        self.start
    }

    pub fn attendee(&self) -> &Attendee {
        &self.attendee
    }

    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    pub(super) fn body(&self) -> Value {
        let mut attendee = json!({
            "name": self.attendee.name,
            "timeZone": self.attendee.zone,
            "language": self.attendee.language,
        });
        if let Some(email) = &self.attendee.email {
            attendee["email"] = email.as_str().into();
        }
        if let Some(phone) = &self.attendee.phone {
            attendee["phoneNumber"] = phone.as_str().into();
        }
        let mut body = json!({
            "start": self.start.to_string(),
            "eventTypeId": self.event_type_id,
            "attendee": attendee,
            "metadata": self.metadata,
        });
        if let Some(minutes) = self.length_minutes {
            body["lengthInMinutes"] = minutes.into();
        }
        if !self.answers.0.is_empty() {
            body["bookingFieldsResponses"] = json!(self.answers.0);
        }
        body
    }
}

/// The question whether a booking exists, asked of all statuses.
#[derive(Clone, PartialEq, Eq)]
pub struct Lookup {
    /// Exactly as on record; without it everybody's bookings of that time are listed.
    pub attendee_email: Option<String>,
    pub event_type_id: i64,
    pub start: Timestamp,
    /// Without it, everything from the start on is listed.
    pub end: Option<Timestamp>,
}

impl Debug for Lookup {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Lookup")
            .field("event_type_id", &self.event_type_id)
            .field("start", &self.start)
            .finish_non_exhaustive()
    }
}

impl Lookup {
    pub(super) fn query(&self) -> Vec<(&'static str, String)> {
        let mut query = vec![
            ("eventTypeIds", self.event_type_id.to_string()),
            ("afterStart", self.start.to_string()),
            ("sortCreated", "desc".to_owned()),
        ];
        query.extend(self.attendee_email.clone().map(|email| ("attendeeEmail", email)));
        query.extend(self.end.map(|end| ("beforeEnd", end.to_string())));
        query
    }
}

/// The e-mail address under which Cal.com keeps an attendee: the one sent, else one made from the number.
pub fn attendee_email_on_record(email: Option<&str>, phone: Option<&str>) -> Option<String> {
    let sent = email.map(str::trim).filter(|email| !email.is_empty());
    sent.map(str::to_owned).or_else(|| {
        let digits: String = phone?.chars().filter(char::is_ascii_digit).collect();
        (!digits.is_empty()).then(|| format!("{digits}@{PHONE_ONLY_DOMAIN}"))
    })
}

fn check_metadata(metadata: &BTreeMap<String, String>) -> Result<(), Error> {
    if let Some(reserved) = METADATA_RESERVED.iter().find(|key| metadata.contains_key(**key)) {
        return Err(Error::MetadataReserved(reserved));
    }
    // Cal.com counts like JavaScript does.
    let length = |text: &str| text.encode_utf16().count();
    let fits = |(key, value): (&String, &String)| {
        (1..=METADATA_KEY_CHARS_MAX).contains(&length(key)) && length(value) <= METADATA_VALUE_CHARS_MAX
    };
    if metadata.len() > METADATA_ENTRIES_MAX || !metadata.iter().all(fits) {
        return Err(Error::MetadataTooLarge);
    }
    Ok(())
}

fn is_e164(phone: &str) -> bool {
    let is_number = |digits: &str| {
        PHONE_DIGITS.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    phone.strip_prefix('+').is_some_and(|digits| is_number(digits) && !digits.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn attendee() -> Attendee {
        Attendee {
            name: "Marta Ruiz".into(),
            email: Some("marta.ruiz@example.com".into()),
            phone: Some("+34600111222".into()),
            zone: "Europe/Madrid".into(),
            language: "es".into(),
        }
    }

    fn start() -> Timestamp {
        "2026-12-01T09:00:00Z".parse().unwrap()
    }

    fn booking(metadata: &[(&str, &str)]) -> Result<NewBooking, Error> {
        let metadata = metadata.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        NewBooking::new(4711, start(), attendee(), metadata.collect())
    }

    #[test]
    fn the_body_is_the_recorded_one() {
        let metadata = [("orchestrator_key", "bk_01JD8Z6Q4M9C2H7T5V3X1K0R8N"), ("channel", "voice")];
        let booking = booking(&metadata).unwrap().with_answer("notes", "First visit");

        let recorded: Value = serde_json::from_str(sample!("booking.create.request.json")).unwrap();
        assert_eq!(booking.body(), recorded);
    }

    #[test]
    fn what_is_not_given_is_not_sent() {
        let attendee = Attendee { email: None, ..attendee() };
        let body = NewBooking::new(4711, start(), attendee, BTreeMap::new()).unwrap().body();

        assert!(body["attendee"].get("email").is_none());
        assert!(body.get("lengthInMinutes").is_none());
        assert!(body.get("bookingFieldsResponses").is_none());
        assert_eq!(booking(&[]).unwrap().with_length_minutes(45).body()["lengthInMinutes"], 45);
    }

    #[test]
    fn metadata_up_to_the_limits_is_taken_and_beyond_them_refused() {
        let key = "k".repeat(40);
        let value = "ä".repeat(500);
        let many = |count: usize| {
            let metadata = (0..count).map(|number| (format!("k{number}"), String::new())).collect();
            NewBooking::new(4711, start(), attendee(), metadata)
        };

        assert!(booking(&[(&key, &value)]).is_ok());
        assert!(many(50).is_ok());
        assert!(matches!(booking(&[(&format!("{key}k"), "")]), Err(Error::MetadataTooLarge)));
        assert!(matches!(booking(&[("k", &format!("{value}v"))]), Err(Error::MetadataTooLarge)));
        assert!(matches!(booking(&[("", "v")]), Err(Error::MetadataTooLarge)));
        assert!(matches!(many(51), Err(Error::MetadataTooLarge)));
        assert!(matches!(booking(&[("videoCallUrl", "x")]), Err(Error::MetadataReserved("videoCallUrl"))));
    }

    #[test]
    fn an_attendee_must_be_reachable() {
        let with = |email: Option<&str>, phone: Option<&str>| {
            let attendee =
                Attendee { email: email.map(Into::into), phone: phone.map(Into::into), ..attendee() };
            NewBooking::new(4711, start(), attendee, BTreeMap::new())
        };

        assert!(with(None, Some("+4930123456")).is_ok());
        assert!(with(Some("a@example.com"), None).is_ok());
        assert!(matches!(with(None, None), Err(Error::NoContact)));
        assert!(matches!(with(Some(" "), None), Err(Error::NoContact)));
        for phone in ["030123456", "+49 30 123456", "anonymous", "+", "+0301234567", "+4930123456789012"] {
            assert!(matches!(with(Some("a@example.com"), Some(phone)), Err(Error::PhoneNotE164)), "{phone}");
        }
    }

    #[test]
    fn the_address_on_record_is_the_one_sent_or_made_from_the_number() {
        assert_eq!(attendee_email_on_record(Some("A@b.example"), None).as_deref(), Some("A@b.example"));
        assert_eq!(
            attendee_email_on_record(Some("a@b.example"), Some("+34600111222")).as_deref(),
            Some("a@b.example")
        );
        assert_eq!(
            attendee_email_on_record(None, Some("+34600111222")).as_deref(),
            Some("34600111222@sms.cal.com")
        );
        assert_eq!(attendee_email_on_record(Some(""), Some("+49")).as_deref(), Some("49@sms.cal.com"));
        assert_eq!(attendee_email_on_record(None, None), None);
        assert_eq!(attendee_email_on_record(None, Some("anonymous")), None);
    }

    #[test]
    fn debug_shows_nothing_personal() {
        let booking = booking(&[]).unwrap().with_answer("notes", "Rücken");
        let email = Some("marta.ruiz@example.com".to_owned());
        let lookup = Lookup { attendee_email: email, event_type_id: 1, start: start(), end: None };

        let shown = format!("{booking:?} {lookup:?}");

        for personal in ["Marta", "marta", "600111", "Rücken"] {
            assert!(!shown.contains(personal), "{shown}");
        }
    }
}
