//! Customers of one company, by name or number, with what they have had; and a search over people, appointments and calls.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bookings::BookingView;
use super::callbacks::CallbackView;
use super::calls::CallView;
use super::{Error, Principal, bookings, callbacks, calls, company_of, instant};
use crate::actors::Switchboard;
use crate::domain::directory::Directory;
use crate::domain::ids::CustomerId;
use crate::domain::sought::{SearchText, Unfit};
use crate::store::Scope;
use crate::store::search::{Person, Search, Sought};

/// People, appointments and calls told of at most.
const FOUND_MAX: u64 = 20;
/// Appointments and calls of a customer told of at most.
const HISTORY_MAX: u64 = 100;
/// Fewer digits name nobody.
const DIGITS_MIN: usize = 4;

/// Who is looked for.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Find {
    /// The slug; needed by whoever sees several companies.
    pub company: Option<String>,
    /// A number, or at least four of its digits in a row.
    pub phone: Option<String>,
    /// A name or a part of one, at most 8 words and 100 characters; case, accents and umlauts do not matter.
    pub name: Option<String>,
}

/// Which customer is meant.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Who {
    /// The slug; needed by whoever sees several companies.
    #[serde(default)]
    pub company: Option<String>,
    /// Our id of the customer.
    pub customer_id: String,
}

/// What is looked for.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// The slug; needed by whoever sees several companies.
    #[serde(default)]
    pub company: Option<String>,
    /// A part of a name, at least four digits of a number, or Retell's id of a call; 2 to 100 characters.
    pub text: String,
}

/// A customer as they are shown.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema, JsonSchema)]
pub struct PersonView {
    pub id: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub numbers: Vec<PersonNumber>,
    pub created_at: String,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema, JsonSchema)]
pub struct PersonNumber {
    pub number: String,
    /// `seen`: they called from it. `claimed`: it was only spoken, and proves nothing.
    pub kind: String,
    pub seen_at: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct People {
    pub company: String,
    pub items: Vec<PersonView>,
}

/// What a customer has had.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct History {
    pub company: String,
    pub customer: PersonView,
    /// Those furthest ahead first, at most 100.
    pub bookings: Vec<BookingView>,
    /// Callback items about these appointments.
    pub callbacks: Vec<CallbackView>,
    /// The newest first, at most 100; null for whoever may not see calls.
    pub calls: Option<Vec<CallView>>,
}

/// What was found, at most 20 of a kind.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FoundView {
    pub company: String,
    pub customers: Vec<PersonView>,
    pub bookings: Vec<BookingView>,
    /// Null for whoever may not see calls.
    pub calls: Option<Vec<CallView>>,
}

/// Customers of that number, of that name, or of both.
pub async fn find(house: &Switchboard, who: &Principal, asked: &Find) -> Result<People, Error> {
    who.may_see_appointments()?;
    let company = company_of(&house.directory(), who, asked.company.as_deref())?;
    let name = asked.name.as_deref().map(SearchText::parse).transpose();
    let name = name.map_err(|unfit| Error::Invalid(format!("name {unfit}")))?;
    let digits = asked.phone.as_deref().map(|phone| digits(phone).ok_or_else(no_digits)).transpose()?;
    let sought = match (&name, digits) {
        (None, None) => return Err(Error::Invalid("give a phone or a name".into())),
        (_, Some(digits)) => Sought { digits: Some(digits), ..Sought::default() },
        (Some(name), None) => Sought { name: Some(name.clone()), ..Sought::default() },
    };
    let found = house.store().search(company.id).customers(&sought, FOUND_MAX).await?;
    let fits = |person: &Person| {
        let theirs = person.row.name_folded.as_deref().unwrap_or_default();
        name.as_ref().is_none_or(|name| theirs.contains(name.as_str()))
    };
    let items = found.iter().filter(|person| fits(person)).map(person_view).collect();
    Ok(People { company: company.slug.clone(), items })
}

/// A customer with their appointments, what is open about them and, for those who may see them, their calls.
pub async fn history(house: &Switchboard, who: &Principal, asked: &Who) -> Result<History, Error> {
    who.may_see_appointments()?;
    let (directory, now) = (house.directory(), house.clock().now());
    let company = company_of(&directory, who, asked.company.as_deref())?;
    let id: CustomerId = asked.customer_id.parse().map_err(|_| Error::NotFound("customer"))?;
    let search = house.store().search(company.id);
    let person = search.customer(id).await?.ok_or(Error::NotFound("customer"))?;
    let rows = search.bookings(&[id.into()], None, HISTORY_MAX).await?;
    let ids: Vec<uuid::Uuid> = rows.iter().map(|row| row.id).collect();
    let about = house.store().queues(Scope::one(company.id)).callbacks_about(&ids).await?;
    Ok(History {
        company: company.slug.clone(),
        customer: person_view(&person),
        bookings: rows.iter().map(|row| bookings::view(&directory, row)).collect(),
        callbacks: about.into_iter().map(|row| callbacks::view(&directory, row, now)).collect(),
        calls: calls_of(house, who, &search, (&[id.into()], &Sought::default(), HISTORY_MAX)).await?,
    })
}

/// People, appointments and calls of one company, by a part of a name or a number.
pub async fn search(house: &Switchboard, who: &Principal, asked: &Text) -> Result<FoundView, Error> {
    who.may_see_appointments()?;
    let directory = house.directory();
    let company = company_of(&directory, who, asked.company.as_deref())?;
    let text = asked.text.trim();
    let most = SearchText::CHARS_MAX;
    if !(2..=most).contains(&text.chars().count()) || text.contains(char::is_control) {
        return Err(Error::Invalid(format!("text must be 2 to {most} characters, and all of them visible")));
    }
    let digits = digits(text).filter(|_| !text.chars().any(char::is_alphabetic));
    let name = match SearchText::parse(text) {
        Ok(name) => Some(name).filter(|_| digits.is_none()),
        // It may still be the id of a call.
        Err(Unfit::TooShort) => None,
        Err(unfit) => return Err(Error::Invalid(format!("text {unfit}"))),
    };
    let sought = Sought { name, digits, retell_call_id: Some(text.to_owned()) };
    let search = house.store().search(company.id);
    let people = search.customers(&sought, FOUND_MAX).await?;
    let ids: Vec<uuid::Uuid> = people.iter().map(|person| person.row.id).collect();
    let rows = search.bookings(&ids, sought.digits.as_deref(), FOUND_MAX).await?;
    Ok(FoundView {
        company: company.slug.clone(),
        customers: people.iter().map(person_view).collect(),
        bookings: views(&directory, &rows),
        calls: calls_of(house, who, &search, (&ids, &sought, FOUND_MAX)).await?,
    })
}

/// None: they may not be seen.
async fn calls_of(
    house: &Switchboard,
    who: &Principal,
    search: &Search<'_>,
    (customers, sought, limit): (&[uuid::Uuid], &Sought, u64),
) -> Result<Option<Vec<CallView>>, Error> {
    if who.may_see_calls().is_err() {
        return Ok(None);
    }
    let mut views = Vec::new();
    for row in search.calls(customers, sought, limit).await? {
        views.push(calls::view(house, &row, false).await);
    }
    Ok(Some(views))
}

fn views(directory: &Directory, rows: &[entities::booking::Model]) -> Vec<BookingView> {
    rows.iter().map(|row| bookings::view(directory, row)).collect()
}

fn person_view(person: &Person) -> PersonView {
    PersonView::of(&person.row, person.numbers.iter().map(PersonNumber::of).collect())
}

impl PersonNumber {
    pub(super) fn of(row: &entities::customer_number::Model) -> Self {
        Self { number: row.number.clone(), kind: row.kind.clone(), seen_at: instant(row.seen_at) }
    }
}

impl PersonView {
    pub(super) fn of(row: &entities::customer::Model, numbers: Vec<PersonNumber>) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name.clone(),
            email: row.email.clone(),
            numbers,
            created_at: instant(row.created_at),
        }
    }
}

/// The digits of a number as they stand behind its country code, without the zeros that are dialled before it.
fn digits(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).take(SearchText::CHARS_MAX).collect();
    let digits = digits.trim_start_matches('0').to_owned();
    Some(digits).filter(|digits| digits.len() >= DIGITS_MIN)
}

fn no_digits() -> Error {
    Error::Invalid(format!("phone must hold at least {DIGITS_MIN} digits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_looked_for_by_the_digits_that_all_its_spellings_share() {
        for text in ["+49 171 1234567", "0049 171 1234567"] {
            assert_eq!(digits(text).as_deref(), Some("491711234567"), "{text}");
        }
        assert_eq!(digits("0171/1234567").as_deref(), Some("1711234567"));
        assert_eq!((digits("017"), digits("%_%_%")), (None, None));
    }
}
