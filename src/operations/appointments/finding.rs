//! Appointments found by number and name, and the word of a customer that they will come.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Outcome;
use crate::actors::{Switchboard, desk};
use crate::domain::booking::{Standing, State};
use crate::domain::phone::PhoneNumber;
use crate::domain::retry::{later, minutes};
use crate::domain::sought::SearchText;
use crate::operations::audit::{self, Action, Deed};
use crate::operations::bookings::BookingView;
use crate::operations::{Error, Principal, bookings, company_of};
use crate::store::Scope;
use crate::store::bookings::machine;

/// The most customers whose appointments are shown.
const CUSTOMERS_MAX: u64 = 25;
/// What began so long ago is still found, in minutes: somebody may be late.
const BEGUN_MINUTES: u32 = 120;

/// Whose appointments are looked for: by number, by name or by both.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sought {
    /// Slug; needed where the token is good for several.
    #[serde(default)]
    pub company: Option<String>,
    /// Where they called from or what they said; as it is dialled at the company's first branch, or with its country code.
    #[serde(default)]
    pub phone: Option<String>,
    /// Words of the name, in any order; at least two letters, at most 8 words and 100 characters.
    #[serde(default)]
    pub name: Option<String>,
    /// Also what is over.
    #[serde(default)]
    pub with_past: bool,
}

/// What was found, in the order of their times; 50 at most.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Found {
    pub appointments: Vec<BookingView>,
}

/// A booking whose customer will come.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// Slug; where it is given, the booking has to be that company's.
    #[serde(default)]
    pub company: Option<String>,
    /// Our id of the booking.
    pub booking_id: String,
}

/// Appointments of the customers at that number and of that name, within one company.
pub async fn find(house: &Switchboard, who: &Principal, asked: &Sought) -> Result<Found, Error> {
    who.may_see_appointments()?;
    let directory = house.directory();
    let company = company_of(&directory, who, asked.company.as_deref())?;
    let region = company.branches.first().and_then(|branch| company.region_of(branch));
    let phone = asked.phone.as_deref().map(|text| PhoneNumber::heard(text, region)).transpose();
    let phone = phone.map_err(|wrong| Error::Invalid(format!("phone: {wrong}")))?;
    let name = asked.name.as_deref().map(SearchText::parse).transpose();
    let name = name.map_err(|unfit| Error::Invalid(format!("name {unfit}")))?;
    if phone.is_none() && name.is_none() {
        return Err(Error::Invalid("give phone, or name with at least two letters, or both".into()));
    }
    let customers = house.store().customers(company.id);
    let customers = customers.matching(phone.as_ref(), name.as_ref(), CUSTOMERS_MAX).await?;
    let since = if asked.with_past {
        jiff::Timestamp::UNIX_EPOCH
    } else {
        later(house.clock().now(), -minutes(BEGUN_MINUTES))
    };
    let rows = house.store().bookings(Scope::one(company.id)).of_customers(&customers, since).await?;
    Ok(Found { appointments: rows.iter().map(|row| bookings::view(&directory, row)).collect() })
}

/// Notes that the customer will come; only what stands can be confirmed.
pub async fn confirm(house: &Switchboard, who: &Principal, asked: &Confirmation) -> Result<Outcome, Error> {
    who.may_see_appointments()?;
    let who = &who.within(&house.directory(), asked.company.as_deref())?;
    let row = bookings::find(house, who, &asked.booking_id).await?;
    let booking = machine(&row)?;
    if booking.change.is_some() {
        return Err(Error::Conflict("it is being changed: look at its state and try again".into()));
    }
    let why_not = match &booking.state {
        State::Booked { .. } if booking.start <= house.clock().now() => Some("it has begun already"),
        State::Booked { standing: Standing::Accepted, .. } => None,
        State::Booked { standing: Standing::Pending, .. } => {
            Some("it is only requested: its owner must confirm it at Cal.com first")
        }
        State::Waiting { .. } | State::Sent { .. } | State::Unsure { .. } => {
            Some("it does not stand at Cal.com yet: try again when its state is \"booked\"")
        }
        State::Refused { .. } | State::Failed { .. } | State::Cancelled { .. } => Some("it stands no more"),
    };
    if let Some(why) = why_not {
        return Err(Error::Conflict(why.into()));
    }
    if !desk::note_that_they_come(house, &row).await? {
        return Err(Error::NoAnswer);
    }
    let deed = Deed::new(Action::AppointmentConfirmed).at(row.company_id.into()).about("booking", row.id);
    audit::done(house, who, deed).await?;
    let view = bookings::view(&house.directory(), &row);
    Ok(Outcome {
        message: "it stands, and it is noted that the customer will come".into(),
        ..Outcome::of(view, false)
    })
}
