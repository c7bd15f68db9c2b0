//! What was erased: the course of each erasure, and whose it is only as long as something is still to be done.

use entities::{call, customer, customer_number, erasure};
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::persons::Sought;
use super::secrets::Keyring;
use super::{Cursor, Error, Page, Scope, Store, corrupt};
use crate::domain::erasure::{Course, State};
use crate::domain::ids::{CompanyId, ErasureId};
use crate::domain::phone::PhoneNumber;

/// Whose data are erased by order of somebody.
pub const ASKED: &str = "asked";
/// Whose data came back with an old copy of the books.
pub const RESTORED: &str = "restored";

/// Erasures of some tenants.
#[derive(Debug)]
pub struct Erasures<'a> {
    pub(super) store: &'a Store,
    pub(super) scope: Scope,
}

/// An erasure that begins.
#[derive(Debug)]
pub struct Begun<'a> {
    pub id: ErasureId,
    pub company: CompanyId,
    pub sought: &'a Sought,
    pub by: &'a str,
    pub origin: &'static str,
    pub course: &'a Course,
    /// Until then whoever began it goes on with it alone.
    pub again_at: Timestamp,
}

/// Who is erased, as it is sealed.
#[derive(Serialize, Deserialize)]
struct Subject {
    number: PhoneNumber,
    name: Option<String>,
}

/// An erasure that is still going on, with whose it is.
#[derive(Clone, Debug)]
pub struct Unfinished {
    pub id: ErasureId,
    pub company: CompanyId,
    pub sought: Sought,
    pub course: Course,
}

/// What a number, and a name if there is one, are known by in the books and in the file beside the master key.
pub fn marks(keyring: &Keyring, company: CompanyId, (number, name): (&str, Option<&str>)) -> Vec<String> {
    keyring.marks(&format!("erasures:{company}"), &format!("{number}\n{}", name.unwrap_or_default()))
}

impl Erasures<'_> {
    pub async fn begin(&self, begun: Begun<'_>) -> Result<(), Error> {
        let keyring = &self.store.keyring;
        let (number, name) = (begun.sought.number.clone(), begun.sought.name.clone());
        let mark = marks(keyring, begun.company, (number.e164(), name.as_deref())).swap_remove(0);
        let row = erasure::Model {
            id: begun.id.into(),
            company_id: begun.company.into(),
            mark,
            asked_at: begun.sought.until.into(),
            asked_by: begun.by.to_owned(),
            origin: begun.origin.to_owned(),
            state: State::Open.as_str().to_owned(),
            subject: Some(keyring.seal(&place_of(begun.id.into()), &sealed(&Subject { number, name })?)?),
            course: written(begun.course)?,
            again_at: Some(begun.again_at.into()),
            finished_at: None,
        };
        erasure::Entity::insert(row.into_active_model()).exec_without_returning(&self.store.write).await?;
        Ok(())
    }

    /// Notes one that found nothing to do: an old copy of the books may have been put back without any of it.
    pub async fn note_as_done(
        &self,
        (id, company): (ErasureId, CompanyId),
        mark: &str,
        at: (Timestamp, Timestamp),
    ) -> Result<(), Error> {
        let (asked, now) = at;
        let row = erasure::Model {
            id: id.into(),
            company_id: company.into(),
            mark: mark.to_owned(),
            asked_at: asked.into(),
            asked_by: String::new(),
            origin: RESTORED.to_owned(),
            state: State::Done.as_str().to_owned(),
            subject: None,
            course: written(&Course::default())?,
            again_at: None,
            finished_at: Some(now.into()),
        };
        erasure::Entity::insert(row.into_active_model())
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(&self.store.write)
            .await?;
        Ok(())
    }

    /// Takes up one that is due; None: it is not, or somebody else has.
    pub async fn take_up(
        &self,
        id: ErasureId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Unfinished>, Error> {
        let taken = erasure::Entity::update_many()
            .col_expr(erasure::Column::AgainAt, Expr::value(until.as_millisecond()))
            .filter(self.scope.condition(erasure::Column::CompanyId))
            .filter(erasure::Column::Id.eq(Uuid::from(id)))
            .filter(erasure::Column::AgainAt.lte(now.as_millisecond()))
            .exec_with_returning(&self.store.write)
            .await?;
        taken.first().map(|row| self.read(row)).transpose()
    }

    /// Those somebody should come back to, of those that were begun before.
    pub async fn due(&self, now: Timestamp, begun_before: Timestamp) -> Result<Vec<ErasureId>, Error> {
        let query = erasure::Entity::find()
            .select_only()
            .column(erasure::Column::Id)
            .filter(self.scope.condition(erasure::Column::CompanyId))
            .filter(erasure::Column::Subject.is_not_null())
            .filter(erasure::Column::AskedAt.lt(begun_before.as_millisecond()))
            .filter(erasure::Column::AgainAt.lte(now.as_millisecond()))
            .order_by_asc(erasure::Column::AgainAt);
        let ids: Vec<Uuid> = query.into_tuple().all(&self.store.read).await?;
        Ok(ids.into_iter().map(ErasureId::from).collect())
    }

    /// Writes down how far it has come.
    pub async fn go_on(&self, id: ErasureId, course: &Course, again_at: Timestamp) -> Result<(), Error> {
        let row = erasure::ActiveModel {
            id: Set(id.into()),
            course: Set(written(course)?),
            again_at: Set(Some(again_at.into())),
            ..Default::default()
        };
        row.update(&self.store.write).await?;
        Ok(())
    }

    /// It is over: whose it was is forgotten.
    pub async fn end(&self, id: ErasureId, course: &Course, now: Timestamp) -> Result<(), Error> {
        let course = Course { at_retell: Vec::new(), ..course.clone() };
        let row = erasure::ActiveModel {
            id: Set(id.into()),
            state: Set(course.state().as_str().to_owned()),
            course: Set(written(&course)?),
            subject: Set(None),
            again_at: Set(None),
            finished_at: Set(Some(now.into())),
            ..Default::default()
        };
        row.update(&self.store.write).await?;
        Ok(())
    }

    pub async fn find(&self, id: ErasureId) -> Result<Option<(erasure::Model, Course)>, Error> {
        let query = erasure::Entity::find_by_id(Uuid::from(id))
            .filter(self.scope.condition(erasure::Column::CompanyId));
        let row = query.one(&self.store.read).await?;
        row.map(|row| Ok((row.clone(), course_of(&row)?))).transpose()
    }

    /// A page of erasures, the newest first.
    pub async fn list(
        &self,
        after: Option<Cursor>,
        limit: u64,
    ) -> Result<Page<(erasure::Model, Course)>, Error> {
        let mut query = erasure::Entity::find().filter(self.scope.condition(erasure::Column::CompanyId));
        if let Some(cursor) = after {
            query = query.filter(cursor.before(erasure::Column::AskedAt, erasure::Column::Id));
        }
        let rows = query
            .order_by_desc(erasure::Column::AskedAt)
            .order_by_desc(erasure::Column::Id)
            .limit(limit + 1)
            .all(&self.store.read)
            .await?;
        let read: Vec<(erasure::Model, Course)> =
            rows.into_iter().map(|row| Ok((row.clone(), course_of(&row)?))).collect::<Result<_, Error>>()?;
        Ok(Page::cut(read, limit, |(row, _)| Cursor { at: row.asked_at, id: row.id }, |read| read))
    }

    /// Which of these are in the books.
    pub async fn known(&self, ids: &[ErasureId]) -> Result<Vec<ErasureId>, Error> {
        let query = erasure::Entity::find()
            .select_only()
            .column(erasure::Column::Id)
            .filter(self.scope.condition(erasure::Column::CompanyId))
            .filter(erasure::Column::Id.is_in(ids.iter().map(|id| Uuid::from(*id))));
        let ids: Vec<Uuid> = query.into_tuple().all(&self.store.read).await?;
        Ok(ids.into_iter().map(ErasureId::from).collect())
    }

    /// Calls whose words were taken out since then, by company and Retell's id.
    pub async fn calls_since(&self, since: Timestamp) -> Result<Vec<(CompanyId, String)>, Error> {
        let query = call::Entity::find()
            .select_only()
            .columns([call::Column::CompanyId, call::Column::RetellCallId])
            .filter(self.scope.condition(call::Column::CompanyId))
            .filter(call::Column::ErasedAt.gte(since.as_millisecond()));
        let rows: Vec<(Uuid, String)> = query.into_tuple().all(&self.store.read).await?;
        Ok(rows.into_iter().map(|(company, id)| (company.into(), id)).collect())
    }

    /// Every number that a company's books hold, with the folded names it is known under.
    pub async fn numbers(&self, company: CompanyId) -> Result<Vec<(String, Option<String>)>, Error> {
        let id = Uuid::from(company);
        let at: Vec<(String, Uuid)> = customer_number::Entity::find()
            .select_only()
            .columns([customer_number::Column::Number, customer_number::Column::CustomerId])
            .filter(customer_number::Column::CompanyId.eq(id))
            .into_tuple()
            .all(&self.store.read)
            .await?;
        let names: Vec<(Uuid, Option<String>)> = customer::Entity::find()
            .select_only()
            .columns([customer::Column::Id, customer::Column::NameFolded])
            .filter(customer::Column::CompanyId.eq(id))
            .into_tuple()
            .all(&self.store.read)
            .await?;
        let names: std::collections::HashMap<Uuid, Option<String>> = names.into_iter().collect();
        let mut numbers: Vec<(String, Option<String>)> = at
            .into_iter()
            .map(|(number, customer)| (number, names.get(&customer).cloned().flatten()))
            .collect();
        numbers.extend(self.bare_numbers(id).await?.into_iter().map(|number| (number, None)));
        numbers.sort();
        numbers.dedup();
        Ok(numbers)
    }

    async fn bare_numbers(&self, company: Uuid) -> Result<Vec<String>, Error> {
        use entities::{booking, call_particulars, callback};
        let read = &self.store.read;
        let callers = call::Entity::find()
            .select_only()
            .column(call::Column::CallerNumber)
            .distinct()
            .filter(call::Column::CompanyId.eq(company))
            .filter(call::Column::CallerNumber.is_not_null());
        let mut numbers: Vec<String> = callers.into_tuple().all(read).await?;
        let spoken = call_particulars::Entity::find()
            .select_only()
            .column(call_particulars::Column::Phone)
            .distinct()
            .filter(call_particulars::Column::CompanyId.eq(company))
            .filter(call_particulars::Column::Phone.is_not_null());
        numbers.extend(spoken.into_tuple::<String>().all(read).await?);
        let attendees = booking::Entity::find()
            .select_only()
            .column(booking::Column::AttendeePhone)
            .distinct()
            .filter(booking::Column::CompanyId.eq(company))
            .filter(booking::Column::AttendeePhone.is_not_null());
        numbers.extend(attendees.into_tuple::<String>().all(read).await?);
        let items = callback::Entity::find()
            .select_only()
            .column(callback::Column::Phone)
            .distinct()
            .filter(callback::Column::CompanyId.eq(company))
            .filter(callback::Column::Phone.is_not_null());
        numbers.extend(items.into_tuple::<String>().all(read).await?);
        Ok(numbers)
    }

    /// The marks of a number, by every master key.
    pub fn marks(&self, company: CompanyId, number: &str, name: Option<&str>) -> Vec<String> {
        marks(&self.store.keyring, company, (number, name))
    }

    fn read(&self, row: &erasure::Model) -> Result<Unfinished, Error> {
        let unreadable = || corrupt("erasures", &row.id, "whose it is cannot be read");
        let sealed = row.subject.as_deref().ok_or_else(unreadable)?;
        let opened = self.store.keyring.open(&place_of(row.id), sealed)?;
        let subject: Subject = serde_json::from_str(opened.expose_secret()).map_err(|_| unreadable())?;
        let sought =
            Sought { number: subject.number, name: subject.name, until: Timestamp::from(row.asked_at) };
        let course = course_of(row)?;
        Ok(Unfinished { id: row.id.into(), company: row.company_id.into(), sought, course })
    }
}

fn course_of(row: &erasure::Model) -> Result<Course, Error> {
    serde_json::from_value(row.course.clone())
        .map_err(|_| corrupt("erasures", &row.id, "a course this program does not know"))
}

fn written(course: &Course) -> Result<serde_json::Value, Error> {
    serde_json::to_value(course).map_err(|error| sea_orm::DbErr::Custom(error.to_string()).into())
}

fn sealed(subject: &Subject) -> Result<SecretString, Error> {
    let text = serde_json::to_string(subject).map_err(|error| sea_orm::DbErr::Custom(error.to_string()))?;
    Ok(text.into())
}

fn place_of(id: Uuid) -> String {
    format!("erasures.subject:{id}")
}
