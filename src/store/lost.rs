//! What may have been lost: calls that went silent, what Retell said about them, and how far others' lists were gone through.

use std::collections::HashMap;

use entities::{Ms, backfill, call, enquiry, mark};
use jiff::Timestamp;
use sea_orm::sea_query::{ExprTrait as _, OnConflict};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
    SelectTwo,
};
use uuid::Uuid;

use super::{Error, Scope, Store};
use crate::domain::ids::{AccountId, CallId, CompanyId};

/// Across all tenants: the house itself asks, never a person.
#[derive(Debug)]
pub struct Lost<'a> {
    pub(super) store: &'a Store,
}

/// A live call of which nothing has been heard, and what was said about it.
#[derive(Clone, Debug)]
pub struct Silent {
    pub call: call::Model,
    pub enquiry: Option<enquiry::Model>,
}

/// A call that is in the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    pub company: CompanyId,
    /// Its end is known, or it is being asked about.
    pub is_seen_to: bool,
}

/// How far the ended calls of a workspace have been gone through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Every call that ended before this is known.
    pub known_until: Timestamp,
    /// The round under way: until when it goes, and the page it goes on with.
    pub round: Option<(Timestamp, Option<String>)>,
}

impl Lost<'_> {
    /// Live calls of which nothing was heard since that instant and that are to be asked about now, the longest silent first.
    pub async fn silent(&self, since: Timestamp, now: Timestamp, limit: u64) -> Result<Vec<Silent>, Error> {
        let query: SelectTwo<call::Entity, enquiry::Entity> = call::Entity::find()
            .join_rev(JoinType::LeftJoin, enquiry::Relation::Call.def())
            .select_also(enquiry::Entity);
        let is_due =
            enquiry::Column::AgainAt.is_null().or(enquiry::Column::AgainAt.lte(now.as_millisecond()));
        let rows = query
            .filter(call::Column::Phase.eq("live"))
            .filter(call::Column::LastEventAt.lte(since.as_millisecond()))
            .filter(is_due)
            .order_by_asc(call::Column::LastEventAt)
            .limit(limit)
            .all(&self.store.read)
            .await?;
        Ok(rows.into_iter().map(|(call, enquiry)| Silent { call, enquiry }).collect())
    }

    /// Writes down what Retell said about a call, in place of what it said before.
    pub async fn note(&self, row: enquiry::Model) -> Result<(), Error> {
        let mut replace = OnConflict::column(enquiry::Column::CallId);
        replace.update_columns([
            enquiry::Column::Asked,
            enquiry::Column::Answer,
            enquiry::Column::AskedAt,
            enquiry::Column::AgainAt,
        ]);
        enquiry::Entity::insert(row.into_active_model())
            .on_conflict(replace)
            .exec_without_returning(&self.store.write)
            .await?;
        Ok(())
    }

    /// How far a workspace has been gone through; None: it never was.
    pub async fn progress(&self, workspace: &str) -> Result<Option<Progress>, Error> {
        let row = backfill::Entity::find_by_id(workspace.to_owned()).one(&self.store.read).await?;
        Ok(row.map(|row| Progress {
            known_until: row.known_until.into(),
            round: row.going_until.map(|until| (until.into(), row.page)),
        }))
    }

    /// Writes down how far a workspace has been gone through.
    pub async fn go_on(&self, workspace: &str, progress: Progress) -> Result<(), Error> {
        let (going_until, page) = progress.round.unzip();
        let row = backfill::Model {
            workspace: workspace.to_owned(),
            known_until: progress.known_until.into(),
            going_until: going_until.map(Ms::from),
            page: page.flatten(),
        };
        let mut replace = OnConflict::column(backfill::Column::Workspace);
        replace.update_columns([
            backfill::Column::KnownUntil,
            backfill::Column::GoingUntil,
            backfill::Column::Page,
        ]);
        backfill::Entity::insert(row.into_active_model())
            .on_conflict(replace)
            .exec_without_returning(&self.store.write)
            .await?;
        Ok(())
    }

    /// From when on an account's changes are still to be compared with the books; None: they never were.
    pub async fn compares_from(&self, account: AccountId) -> Result<Option<Timestamp>, Error> {
        let row = mark::Entity::find_by_id(compared(account)).one(&self.store.read).await?;
        Ok(row.map(|row| Ms(row.value).into()))
    }

    /// Writes that down.
    pub async fn compare_from(&self, account: AccountId, from: Timestamp) -> Result<(), Error> {
        let row = mark::Model { name: compared(account), value: from.as_millisecond() };
        let replace = OnConflict::column(mark::Column::Name).update_column(mark::Column::Value).to_owned();
        mark::Entity::insert(row.into_active_model())
            .on_conflict(replace)
            .exec_without_returning(&self.store.write)
            .await?;
        Ok(())
    }

    /// When something was last heard of a call of these companies; None: never.
    pub async fn last_heard(&self, companies: &[CompanyId]) -> Result<Option<Timestamp>, Error> {
        let query = call::Entity::find()
            .select_only()
            .column_as(call::Column::LastEventAt.max(), "last")
            .filter(call::Column::CompanyId.is_in(companies.iter().map(|id| Uuid::from(*id))));
        let last: Option<Option<i64>> = query.into_tuple().one(&self.store.read).await?;
        Ok(last.flatten().map(|last| Ms(last).into()))
    }

    /// Those of these calls that are in the books, whoever's they are: a call stays with the company it was first heard of at.
    pub async fn known(&self, retell_call_ids: &[&str]) -> Result<HashMap<String, Vec<Known>>, Error> {
        let rows: Vec<(Uuid, String, String, Option<i32>)> = call::Entity::find()
            .select_only()
            .columns([call::Column::CompanyId, call::Column::RetellCallId, call::Column::Phase])
            .column(enquiry::Column::Asked)
            .join_rev(JoinType::LeftJoin, enquiry::Relation::Call.def())
            .filter(call::Column::RetellCallId.is_in(retell_call_ids.iter().copied()))
            .into_tuple()
            .all(&self.store.read)
            .await?;
        let mut known: HashMap<String, Vec<Known>> = HashMap::new();
        for (company, id, phase, asked) in rows {
            let is_seen_to = phase != "live" || asked.is_some();
            known.entry(id).or_default().push(Known { company: company.into(), is_seen_to });
        }
        Ok(known)
    }
}

/// What Retell said about calls of some tenants.
#[derive(Debug)]
pub struct Enquiries<'a> {
    pub(super) store: &'a Store,
    pub(super) scope: Scope,
}

impl Enquiries<'_> {
    pub async fn of_call(&self, id: CallId) -> Result<Option<enquiry::Model>, Error> {
        let query = enquiry::Entity::find_by_id(Uuid::from(id))
            .filter(self.scope.condition(enquiry::Column::CompanyId));
        Ok(query.one(&self.store.read).await?)
    }
}

fn compared(account: AccountId) -> String {
    format!("compared from {account}")
}
