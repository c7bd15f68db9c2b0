//! What stands in a message, put together as it leaves from what the books say then.

use std::sync::Arc;

use entities::booking;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::super::switchboard::Switchboard;
use crate::domain::channel::{Address, Channel};
use crate::domain::directory::Company;
use crate::domain::ids::{BookingId, ChannelId, MessageId};
use crate::domain::outbox::alerts::Notice;
use crate::domain::outbox::appointments::{Told, Words};
use crate::domain::outbox::{About, Occasion, Topic, Verdict};
use crate::domain::phone::PhoneNumber;
use crate::domain::speech::Language;
use crate::notify::{Invite, ics};
use crate::store::outbox::Taken;
use crate::store::{Error, Scope};

/// What is handed over.
pub enum Parcel {
    Event {
        to: Address,
        id: String,
        body: String,
    },
    Mail {
        id: String,
        to: String,
        by: String,
        subject: String,
        text: String,
        invite: Option<(&'static str, String)>,
    },
}

impl std::fmt::Debug for Parcel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Event { id, .. } => write!(f, "Event({id})"),
            Self::Mail { id, .. } => write!(f, "Mail({id})"),
        }
    }
}

/// An appointment as it is told, with whom it is told of.
struct Appointment {
    row: booking::Model,
    occasion: Occasion,
    start: Timestamp,
    was: Option<Timestamp>,
    sequence: i32,
    code: Option<String>,
}

/// What is to be handed over, or why nothing is.
pub(super) async fn parcel(house: &Switchboard, taken: &Taken) -> Result<Result<Parcel, Verdict>, Error> {
    let message = &taken.message;
    let Some(company) = house.directory().company(message.company).cloned() else {
        return Ok(Err(Verdict::Moot("its company is not in the directory")));
    };
    let channel = match channel_of(&company, message.channel) {
        Ok(channel) => channel,
        Err(verdict) => return Ok(Err(verdict)),
    };
    match (&message.about, message.topic) {
        (About::Alerts { subjects, count }, Topic::Alert(kind)) => {
            let notice = Notice::of(kind, subjects, *count, company.language);
            Ok(channel
                .ok_or(Verdict::Moot("its channel is gone"))
                .map(|channel| alert(house, taken, (&company, &channel), (&notice, subjects, *count))))
        }
        (About::Appointment { booking, start, was, sequence }, Topic::Appointment(occasion)) => {
            let found = appointment(house, &company, *booking, occasion).await?;
            let Some((row, code)) = found else {
                return Ok(Err(Verdict::Moot("its booking is gone")));
            };
            let told = Appointment { row, occasion, start: *start, was: *was, sequence: *sequence, code };
            Ok(told.parcel(house, taken, (&company, channel.as_ref())))
        }
        (About::Test, Topic::Test) => {
            let channel = channel.ok_or(Verdict::Moot("its channel is gone"));
            Ok(channel.map(|channel| test_of(house, &company, &channel, taken.id)))
        }
        (About::Alerts { .. } | About::Appointment { .. } | About::Test, _) => {
            Ok(Err(Verdict::Refused("its kind does not fit what it is about".into())))
        }
    }
}

fn channel_of(company: &Company, id: Option<ChannelId>) -> Result<Option<Channel>, Verdict> {
    let Some(id) = id else { return Ok(None) };
    match company.channel(id) {
        None => Err(Verdict::Moot("its channel was taken out")),
        Some(channel) if channel.is_gone => Err(Verdict::Moot("nothing is wanted there any more")),
        Some(channel) => Ok(Some(channel.clone())),
    }
}

/// What is sent to see whether anything arrives.
pub fn test_of(house: &Switchboard, company: &Company, channel: &Channel, id: MessageId) -> Parcel {
    let (subject, text) = match company.language {
        Language::De => {
            ("Probe", "Diese Nachricht zeigt, dass der Kanal erreicht wird. Es ist nichts zu tun.\n")
        }
        Language::En => ("Test", "This message shows that the channel is reached. There is nothing to do.\n"),
    };
    let data = json!({"company": company.slug, "channel": channel.name, "text": text.trim()});
    let written = (subject.to_owned(), text.to_owned());
    to_channel(channel, company, (id_of(id), Topic::Test), (house.clock().now(), data, written))
}

fn alert(
    house: &Switchboard,
    taken: &Taken,
    (company, channel): (&Company, &Channel),
    (notice, subjects, count): (&Notice, &[String], u64),
) -> Parcel {
    let link = format!("{}{}", house.settings().post.public_url.trim_end_matches('/'), notice.path);
    let data = json!({
        "company": company.slug,
        "count": count,
        "subjects": subjects,
        "what": notice.what,
        "to_do": notice.fix,
        "link": link,
    });
    let written = (format!("{}: {}", company.name, notice.what), notice.text(&link, company.language));
    let head = (id_of(taken.id), taken.message.topic);
    to_channel(channel, company, head, (taken.created, data, written))
}

fn to_channel(
    channel: &Channel,
    company: &Company,
    (id, topic): (String, Topic),
    (at, data, (subject, text)): (Timestamp, Value, (String, String)),
) -> Parcel {
    match &channel.to {
        Address::Email(to) => {
            Parcel::Mail { id, to: to.clone(), by: company.name.clone(), subject, text, invite: None }
        }
        Address::Webhook { .. } => {
            let body = json!({"type": topic.as_str(), "timestamp": at.to_string(), "data": data});
            Parcel::Event { to: channel.to.clone(), id, body: body.to_string() }
        }
    }
}

/// A booking as it stands, and its code, if a customer may still need it.
async fn appointment(
    house: &Switchboard,
    company: &Arc<Company>,
    id: BookingId,
    occasion: Occasion,
) -> Result<Option<(booking::Model, Option<String>)>, Error> {
    let store = house.store();
    let Some(row) = store.bookings(Scope::one(company.id)).find(id).await? else { return Ok(None) };
    let code = match occasion {
        Occasion::Cancelled => None,
        Occasion::Booked | Occasion::Moved | Occasion::Reminder => store.codes(company.id).of(id).await?,
    };
    Ok(Some((row, code.map(|code| code.expose_secret().to_owned()))))
}

impl Appointment {
    fn parcel(
        &self,
        house: &Switchboard,
        taken: &Taken,
        (company, channel): (&Company, Option<&Channel>),
    ) -> Result<Parcel, Verdict> {
        let zone = TimeZone::get(&self.row.zone).unwrap_or(TimeZone::UTC);
        let words = self.told(company, &zone).words();
        let id = id_of(taken.id);
        match channel {
            Some(channel) => {
                // Programs are told what happened, in order; only a reminder of what is no longer so is nobody's.
                if self.occasion == Occasion::Reminder && !self.still_is_so(house.clock().now()) {
                    return Err(Verdict::Moot("the appointment was changed"));
                }
                let data = self.data(company, &words);
                let written = (words.subject, words.text);
                Ok(to_channel(channel, company, (id, taken.message.topic), (taken.created, data, written)))
            }
            None => self.mail(house, company, (id, words)),
        }
    }

    fn mail(
        &self,
        house: &Switchboard,
        company: &Company,
        (id, words): (String, Words),
    ) -> Result<Parcel, Verdict> {
        if !self.still_is_so(house.clock().now()) {
            return Err(Verdict::Moot("the appointment was changed"));
        }
        let address = self.row.attendee_email.clone().filter(|_| self.row.may_notify == Some(true));
        let to = address.ok_or(Verdict::Moot("the customer is not to be written to"))?;
        let organizer = house.courier().mailbox().unwrap_or_default();
        let place = self.place(company);
        let invite = Invite {
            uid: &format!("{}@fernamt", self.row.id),
            sequence: self.sequence,
            at: house.clock().now(),
            start: self.start,
            end: self.end(),
            title: &self.title(company),
            place: &place,
            organizer: &organizer,
            is_cancelled: self.occasion == Occasion::Cancelled,
        };
        let (by, subject, text) = (company.name.clone(), words.subject, words.text);
        Ok(Parcel::Mail { id, to, by, subject, text, invite: Some((invite.method(), ics(&invite))) })
    }

    /// Whether the books still say what is told, and it lies ahead.
    fn still_is_so(&self, now: Timestamp) -> bool {
        let stands = self.row.state == "booked";
        let is_so = match self.occasion {
            Occasion::Cancelled => !stands,
            Occasion::Booked | Occasion::Moved | Occasion::Reminder => {
                stands && Timestamp::from(self.row.starts_at) == self.start
            }
        };
        is_so && self.start > now
    }

    fn told<'a>(&'a self, company: &'a Company, zone: &TimeZone) -> Told<'a> {
        let branch = company.branch(self.row.branch_id.into());
        let numbers = branch.into_iter().flat_map(|branch| &branch.numbers);
        let number = numbers.chain(&company.hotlines).next().map(PhoneNumber::e164);
        Told {
            occasion: self.occasion,
            language: Language::parse(&self.row.language).unwrap_or(company.language),
            company: &company.name,
            place: branch.map_or(company.name.as_str(), |branch| branch.name.as_str()),
            start: self.start.to_zoned(zone.clone()),
            was: self.was.map(|was| was.to_zoned(zone.clone())),
            service: self.service(company),
            staff: self.row.staff.as_deref(),
            code: self.code.as_deref(),
            number,
        }
    }

    /// What an outgoing event says; whose it is only where the customer has agreed to be written to.
    fn data(&self, company: &Company, words: &Words) -> Value {
        let branch = company.branch(self.row.branch_id.into());
        let customer = (self.row.may_notify == Some(true)).then(|| {
            json!({
                "name": self.row.attendee_name,
                "phone": self.row.attendee_phone,
                "email": self.row.attendee_email,
                "code": self.code,
            })
        });
        json!({
            "company": company.slug,
            "branch": branch.map(|branch| branch.slug.as_str()),
            "booking": self.row.id,
            "call": self.row.call_id,
            "sequence": self.sequence,
            "start": self.start.to_string(),
            "end": self.end().to_string(),
            "was": self.was.map(|was| was.to_string()),
            "zone": self.row.zone,
            "language": self.row.language,
            "service": self.service(company),
            "staff": self.row.staff,
            "text": words.short,
            "customer": customer,
        })
    }

    fn service(&self, company: &Company) -> Option<&str> {
        company.policy.messages_name_service.then_some(self.row.service_name.as_str())
    }

    fn place(&self, company: &Company) -> String {
        let branch = company.branch(self.row.branch_id.into());
        branch.map_or_else(|| company.name.clone(), |branch| branch.name.clone())
    }

    fn title(&self, company: &Company) -> String {
        match self.service(company) {
            Some(service) => format!("{service}, {}", company.name),
            None => company.name.clone(),
        }
    }

    fn end(&self) -> Timestamp {
        let lasts = Timestamp::from(self.row.ends_at).duration_since(self.row.starts_at.into());
        crate::domain::retry::later(self.start, lasts)
    }
}

/// The id under which a receiver knows a message.
fn id_of(id: MessageId) -> String {
    format!("msg_{}", uuid::Uuid::from(id).simple())
}
