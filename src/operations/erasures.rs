//! Erasing a person's data in one company, by a number: what would go, doing it, and what was done.

use entities::erasure::Model;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::bookings::{self, BookingView};
use super::people::PersonNumber;
use super::{Error, List, Principal, company_of, instant, limit, slug_of};
use crate::actors::Switchboard;
use crate::actors::erasing;
use crate::domain::directory::{Company, Directory};
use crate::domain::erasure::{Course, Entry, State};
use crate::domain::ids::ErasureId;
use crate::domain::phone::PhoneNumber;
use crate::domain::speech::names;
use crate::store::erasures::RESTORED;
use crate::store::persons::{Sought, Trail};

/// The longest name that is looked for, in characters.
const NAME_MAX: usize = 100;

/// Whose data are meant.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonAsked {
    /// The slug; needed by whoever sees several companies.
    #[serde(default)]
    pub company: Option<String>,
    /// The whole number, as it is dialled or with its country code.
    pub phone: String,
    /// Only whoever at that number is called so; without it everybody at that number is meant.
    #[serde(default)]
    pub name: Option<String>,
}

/// What is to be erased.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Erase {
    /// The slug; needed by whoever sees several companies.
    #[serde(default)]
    pub company: Option<String>,
    /// The whole number, as it is dialled or with its country code.
    pub phone: String,
    /// Only whoever at that number is called so; without it everybody at that number is meant.
    #[serde(default)]
    pub name: Option<String>,
    /// Call off what lies ahead, at Cal.com too. Otherwise it stays there under the name it was made for.
    #[serde(default)]
    pub cancel_future: bool,
}

/// What an erasure is asked for over REST: with `preview` nothing is erased.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseOrPreview {
    /// The slug; needed by whoever sees several companies.
    #[serde(default)]
    pub company: Option<String>,
    /// The whole number, as it is dialled or with its country code.
    pub phone: String,
    /// Only whoever at that number is called so; without it everybody at that number is meant.
    #[serde(default)]
    pub name: Option<String>,
    /// Call off what lies ahead, at Cal.com too. Otherwise it stays there under the name it was made for.
    #[serde(default)]
    pub cancel_future: bool,
    /// Say what would be erased, and erase nothing.
    #[serde(default)]
    pub preview: bool,
}

/// Which erasures are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Query {
    pub company: Option<String>,
    pub limit: Option<u64>,
    pub cursor: Option<String>,
}

/// Somebody who would be erased.
#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
#[schema(as = ErasurePerson)]
pub struct Whom {
    pub name: Option<String>,
    /// All their numbers; what was said from another one without an appointment is found by that one alone.
    pub numbers: Vec<PersonNumber>,
}

/// What an erasure would be about.
#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
#[schema(as = ErasurePreview)]
pub struct Preview {
    pub company: String,
    pub people: Vec<Whom>,
    /// What lies ahead; called off only where that is asked for.
    pub appointments_ahead: Vec<BookingView>,
    pub appointments: u64,
    pub calls: u64,
    pub callbacks: u64,
    /// Stored messages that belong to none of the calls.
    pub deliveries: u64,
    /// Calls and appointments that still need their words; they are erased once they are over.
    pub waiting: u64,
}

/// An erasure: its steps are the certificate. Whose it was stands nowhere.
#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct ErasureView {
    pub id: String,
    pub company: String,
    pub state: State,
    pub asked_at: String,
    /// Null where it was done again after old books were put back.
    pub asked_by: Option<String>,
    pub finished_at: Option<String>,
    pub cancel_future: bool,
    pub steps: Vec<Entry>,
}

impl Principal {
    /// Erasing and handing over what is known of a person is for those who look after the set-up.
    pub(super) fn may_answer_for_data(&self) -> Result<(), Error> {
        self.may_see_calls()
    }
}

/// Who is meant, once it is known that it may be asked.
pub(super) fn sought(
    company: &Company,
    (phone, name): (&str, Option<&str>),
    now: Timestamp,
) -> Result<Sought, Error> {
    let region = company.branches.iter().find_map(|branch| company.region_of(branch));
    let number = PhoneNumber::heard(phone, region).map_err(|why| Error::Invalid(format!("phone: {why}")))?;
    let name = name.map(folded).transpose()?;
    Ok(Sought { number, name, until: now })
}

fn folded(name: &str) -> Result<String, Error> {
    let folded = names::fold(&name.chars().take(NAME_MAX).collect::<String>());
    let refusal = || Error::Invalid("name must hold at least two letters".into());
    Some(folded).filter(|name| name.chars().count() >= 2).ok_or_else(refusal)
}

/// What would be erased.
pub async fn preview(house: &Switchboard, who: &Principal, asked: &PersonAsked) -> Result<Preview, Error> {
    who.may_answer_for_data()?;
    let (directory, now) = (house.directory(), house.clock().now());
    let company = company_of(&directory, who, asked.company.as_deref())?;
    let sought = sought(&company, (&asked.phone, asked.name.as_deref()), now)?;
    let trail = house.store().persons(company.id).find(&sought).await?;
    let count = |rows: usize| u64::try_from(rows).unwrap_or(u64::MAX);
    let is_ahead = |row: &&entities::booking::Model| {
        Timestamp::from(row.starts_at) > now
            && !["cancelled", "refused", "failed"].contains(&row.state.as_str())
    };
    Ok(Preview {
        company: company.slug.clone(),
        people: people(&trail),
        appointments_ahead: trail
            .bookings
            .iter()
            .filter(is_ahead)
            .map(|row| bookings::view(&directory, row))
            .collect(),
        appointments: count(trail.bookings.len()),
        calls: count(trail.calls.len()),
        callbacks: count(trail.callbacks.len()),
        deliveries: count(trail.strays.len()),
        waiting: trail.ready().1,
    })
}

fn people(trail: &Trail) -> Vec<Whom> {
    let whom = |row: &entities::customer::Model| {
        let theirs = trail.numbers.iter().filter(|number| number.customer_id == row.id);
        Whom { name: row.name.clone(), numbers: theirs.map(PersonNumber::of).collect() }
    };
    trail.customers.iter().map(whom).collect()
}

/// Erases, as far as it can be done at once; what is left goes on by itself. Asked again, it finds what is new.
pub async fn erase(house: &Switchboard, who: &Principal, asked: &Erase) -> Result<ErasureView, Error> {
    who.may_answer_for_data()?;
    let company = company_of(&house.directory(), who, asked.company.as_deref())?;
    let sought = sought(&company, (&asked.phone, asked.name.as_deref()), house.clock().now())?;
    let order = erasing::Asked {
        company: company.id,
        sought: &sought,
        cancel_ahead: asked.cancel_future,
        by: &who.name,
    };
    let id = erasing::erase(house, &order).await?;
    get(house, who, &id.to_string()).await
}

/// One erasure, as its steps stand.
pub async fn get(house: &Switchboard, who: &Principal, id: &str) -> Result<ErasureView, Error> {
    who.may_answer_for_data()?;
    let id: ErasureId = id.parse().map_err(|_| Error::NotFound("erasure"))?;
    let found = house.store().erasures(who.scope.clone()).find(id).await?;
    let (row, course) = found.ok_or(Error::NotFound("erasure"))?;
    Ok(view(&house.directory(), &row, course))
}

/// A page of erasures, the newest first.
pub async fn list(house: &Switchboard, who: &Principal, query: &Query) -> Result<List<ErasureView>, Error> {
    who.may_answer_for_data()?;
    let directory = house.directory();
    let scope = who.scope_for(&directory, query.company.as_deref())?;
    let cursor = query.cursor.as_deref().map(str::parse).transpose()?;
    let page = house.store().erasures(scope).list(cursor, limit(query.limit)?).await?;
    let next_cursor = page.next.map(|cursor| cursor.to_string());
    let items = page.items.into_iter().map(|(row, course)| view(&directory, &row, course)).collect();
    Ok(List { items, next_cursor })
}

fn view(directory: &Directory, row: &Model, course: Course) -> ErasureView {
    ErasureView {
        id: row.id.to_string(),
        company: slug_of(directory, row.company_id),
        state: State::parse(&row.state).unwrap_or(State::Open),
        asked_at: instant(row.asked_at),
        asked_by: Some(row.asked_by.clone()).filter(|_| row.origin != RESTORED),
        finished_at: row.finished_at.map(instant),
        cancel_future: course.cancel_ahead,
        steps: course.steps,
    }
}
