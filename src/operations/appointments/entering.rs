//! An appointment entered at the desk: read, held, written down once under its key, and waited for.

use std::sync::Arc;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::Outcome;
use super::free::is_taking;
use super::place::{Place, why_not};
use crate::actors::Switchboard;
use crate::actors::desk::{Desk, Entered, Search};
use crate::domain::Email;
use crate::domain::appointment::Person;
use crate::domain::call::Entry;
use crate::domain::directory::Company;
use crate::domain::ids::{BookingId, CallId, CustomerId};
use crate::domain::objection::{Objection, objection};
use crate::domain::phone::PhoneNumber;
use crate::domain::retry::{later, minutes};
use crate::domain::slot::Slot;
use crate::domain::speech::{legible, names};
use crate::operations::audit::{self, Action, Deed};
use crate::operations::{Error, Principal, bookings, company_of};
use crate::store::Scope;

const KEY_MAX: usize = 128;
const NAME_MAX: usize = 120;
const NOTE_MAX: usize = 500;

/// An appointment to be entered.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAppointment {
    /// Slug; needed where the token is good for several.
    #[serde(default)]
    pub company: Option<String>,
    /// Slug or name; needed where the company has several.
    #[serde(default)]
    pub branch: Option<String>,
    /// Slug or name.
    pub service: String,
    /// Who is to give it; by default whoever is free, in the order of the company's file.
    #[serde(default)]
    pub staff: Option<String>,
    /// RFC 3339, or a local time of the branch.
    pub start: String,
    /// Whom it is for, 120 characters at most.
    pub name: String,
    /// As it is dialled at the branch, or with its country code.
    #[serde(default)]
    pub phone: Option<String>,
    /// Where Cal.com writes to; left out, the company's own address for those who have none.
    #[serde(default)]
    pub email: Option<String>,
    /// 500 characters at most.
    #[serde(default)]
    pub note: Option<String>,
    /// Whether the customer has agreed to be written to about it; nothing is sent without it.
    #[serde(default)]
    pub may_notify: Option<bool>,
    /// The same key with the same content is the same appointment, however often it is sent; with other content it is refused.
    /// Up to 128 letters, figures and signs, without blanks; never anything personal.
    pub idempotency_key: String,
    /// Whether it is entered outside the company's hours, notice and horizon, too. What Cal.com refuses stays refused.
    #[serde(default)]
    pub override_rules: bool,
}

/// The same, understood.
struct Wanted<'a> {
    place: Place<'a>,
    call: CallId,
    key: &'a str,
    start: Timestamp,
    person: Person,
    may_notify: Option<bool>,
    overrides: bool,
}

/// Enters an appointment and waits some seconds for what comes of it; `state` says how it stands then. Fails with
/// alternatives where the time cannot be had, and where the key stands for something else.
pub async fn create(house: &Switchboard, who: &Principal, asked: &NewAppointment) -> Result<Outcome, Error> {
    who.may_see_appointments()?;
    let company = company_of(&house.directory(), who, asked.company.as_deref())?;
    let wanted = Wanted::read(&company, asked)?;
    let desk = Desk::at(house, &company, wanted.place.branch, wanted.call);
    let entered = match desk.known(wanted.key).await? {
        Some(known) => known,
        None => match wanted.place_it(house, &desk).await {
            Ok(entered) => entered,
            // The same request, sent twice at once, may have been quicker and be what stands in the way.
            Err(refusal) => desk.known(wanted.key).await?.ok_or(refusal)?,
        },
    };
    let is_repeat = match entered {
        Entered::Now => false,
        Entered::Before => true,
        Entered::OtherContent => {
            let why = "this idempotency_key was used for another appointment: take a new one, or send what was sent then";
            return Err(Error::Conflict(why.into()));
        }
    };
    let booking = BookingId::of(wanted.call, Entry::APPOINTMENT);
    let deed = Deed::new(Action::AppointmentEntered).at(company.id).about("booking", booking);
    audit::done(house, who, deed.with(json!({"repeat": is_repeat}))).await?;
    desk.settled(booking).await?;
    let row = bookings::find(house, who, &booking.to_string()).await?;
    Ok(Outcome::of(bookings::view(&house.directory(), &row), is_repeat))
}

impl<'a> Wanted<'a> {
    fn read(company: &'a Arc<Company>, asked: &'a NewAppointment) -> Result<Self, Error> {
        let place = Place::find(company, asked.branch.as_deref(), &asked.service, asked.staff.as_deref())?;
        let key = key_of(&asked.idempotency_key)?;
        let start = place.instant("start", &asked.start)?;
        let person = person_of(&place, asked)?;
        let mut content = format!(
            "{}\n{}\n{:?}\n{}\n{:?}\n{:?}\n{:?}\n{:?}",
            place.branch.id,
            place.service.id,
            place.staff,
            start.as_millisecond(),
            person.name,
            person.phone.as_ref().map(PhoneNumber::e164),
            person.email,
            person.note,
        );
        // What says nothing of it is what it was before this could be said.
        content.extend(asked.may_notify.map(|allowed| format!("\n{allowed}")));
        let call = CallId::at_desk(company.id, key, &content);
        let (may_notify, overrides) = (asked.may_notify, asked.override_rules);
        Ok(Self { place, call, key, start, person, may_notify, overrides })
    }

    /// Finds a slot at that time, holds it and enters the appointment.
    async fn place_it(&self, house: &Switchboard, desk: &Desk<'_>) -> Result<Entered, Error> {
        self.is_allowed(house)?;
        let customer = self.customer(house).await?;
        self.has_room(house, customer).await?;
        let day = self.day(desk).await?;
        let verified = day.is_some();
        for slot in self.slots(day.as_deref()) {
            if desk.hold(Entry::APPOINTMENT, &slot).await? {
                return Ok(desk.enter(self.key, &self.entry(slot, verified, customer)).await?);
            }
        }
        let alternatives = self.place.near((house, desk), self.start, (Entry::APPOINTMENT, None)).await?;
        Err(Error::Taken { why: why_not(day.as_deref(), self.start).into(), alternatives })
    }

    fn is_allowed(&self, house: &Switchboard) -> Result<(), Error> {
        let (place, now) = (&self.place, house.clock().now());
        if !self.overrides {
            is_taking(place)?;
        }
        let wished = (self.start, place.service.duration_minutes);
        match objection(&place.company.policy, place.branch, wished, now) {
            None => Ok(()),
            // Nobody comes yesterday.
            Some(Objection::Past) => Err(Error::Invalid("start lies in the past".into())),
            Some(_) if self.overrides => Ok(()),
            Some(objection) => Err(Error::Conflict(format!(
                "{objection}; override_rules enters it all the same, if Cal.com offers the time"
            ))),
        }
    }

    /// Whom of that name and number the house has seen before.
    async fn customer(&self, house: &Switchboard) -> Result<Option<CustomerId>, Error> {
        let (Some(name), Some(phone)) = (&self.person.name, &self.person.phone) else { return Ok(None) };
        let customers = house.store().customers(self.place.company.id);
        Ok(customers.seen(&names::fold(name), phone).await?)
    }

    /// A company may say how many appointments one customer has ahead.
    async fn has_room(&self, house: &Switchboard, customer: Option<CustomerId>) -> Result<(), Error> {
        let company = &self.place.company;
        let most = company.policy.open_appointments_max.filter(|_| !self.overrides);
        let (Some(most), Some(customer)) = (most, customer) else { return Ok(()) };
        let bookings = house.store().bookings(Scope::one(company.id));
        let ahead = bookings.existing(&[customer], self.call, house.clock().now()).await?;
        if u32::try_from(ahead.len()).unwrap_or(u32::MAX) < most {
            return Ok(());
        }
        let why = format!(
            "this customer has {most} appointments ahead already; override_rules enters it all the same"
        );
        Err(Error::Conflict(why))
    }

    /// What Cal.com shows free on that day; None: it is away.
    async fn day(&self, desk: &Desk<'_>) -> Result<Option<Vec<Slot>>, Error> {
        let place = &self.place;
        let search = Search { fresh: true, ..place.search(place.offers(), (place.day_of(self.start), 1)) };
        Ok(desk.free(search).await?)
    }

    /// The slots that begin then; while Cal.com is away, whatever the file says.
    fn slots(&self, day: Option<&[Slot]>) -> Vec<Slot> {
        let place = &self.place;
        if let Some(day) = day {
            return day.iter().filter(|slot| slot.start == self.start).cloned().collect();
        }
        let end = later(self.start, minutes(place.service.duration_minutes));
        let slots = place.offers().into_iter().map(|offer| Slot {
            start: self.start,
            end,
            event_type_id: offer.event_type_id,
            calendar: offer.calendar,
            staff: offer.staff,
        });
        slots.collect()
    }

    fn entry(&self, slot: Slot, verified: bool, customer: Option<CustomerId>) -> Entry<'_> {
        Entry {
            call: self.call,
            branch: self.place.branch,
            service: self.place.service,
            staff: self.place.staff.clone(),
            slot,
            verified,
            person: self.person.clone(),
            may_notify: self.may_notify,
            customer,
            test_mode: self.place.company.policy.test_mode,
        }
    }
}

fn key_of(text: &str) -> Result<&str, Error> {
    let is_sound =
        !text.is_empty() && text.len() <= KEY_MAX && text.bytes().all(|sign| sign.is_ascii_graphic());
    if is_sound {
        return Ok(text);
    }
    let why = format!(
        "idempotency_key must be 1 to {KEY_MAX} letters, figures and signs without blanks, new for each appointment"
    );
    Err(Error::Invalid(why))
}

fn person_of(place: &Place<'_>, asked: &NewAppointment) -> Result<Person, Error> {
    let name = legible(&asked.name);
    if name.is_empty() || name.chars().count() > NAME_MAX {
        return Err(Error::Invalid(format!("name must be 1 to {NAME_MAX} characters")));
    }
    let given = |text: Option<&str>| text.map(legible).filter(|text| !text.is_empty());
    let phone = given(asked.phone.as_deref()).map(|text| phone_at(place, &text)).transpose()?;
    let email = given(asked.email.as_deref()).map(|text| Email::parse(&text)).transpose();
    let email = email.map_err(|wrong| Error::Invalid(format!("email: {wrong}")))?;
    let note = given(asked.note.as_deref());
    if note.as_ref().is_some_and(|note| note.chars().count() > NOTE_MAX) {
        return Err(Error::Invalid(format!("note must be at most {NOTE_MAX} characters")));
    }
    let email = email.map(|email| email.as_str().to_owned());
    Ok(Person { name: Some(name), phone, email, note })
}

fn phone_at(place: &Place<'_>, text: &str) -> Result<PhoneNumber, Error> {
    PhoneNumber::heard(text, place.company.region_of(place.branch))
        .map_err(|wrong| Error::Invalid(format!("phone: {wrong}")))
}
