//! The audit: who did or read what. Lines are added and read, never changed.

use entities::audit;
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;
use uuid::Uuid;

use super::{Cursor, Error, Page, Scope, Store};
use crate::domain::ids::{AuditId, CompanyId};

/// The audit of some tenants; what belongs to none is seen by those who see all.
#[derive(Debug)]
pub struct Audit<'a> {
    pub(super) store: &'a Store,
    pub(super) scope: Scope,
}

/// A line as it is entered.
#[derive(Clone, Debug)]
pub struct Line {
    pub id: AuditId,
    pub at: Timestamp,
    pub who: String,
    pub role: Option<&'static str>,
    pub company: Option<CompanyId>,
    pub action: &'static str,
    /// What kind of thing it is about, and its id.
    pub subject: Option<(&'static str, String)>,
    pub detail: Option<Value>,
}

/// Which lines are asked for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub action: Option<String>,
    pub who: Option<String>,
    /// The kind is not asked: ids are nobody else's.
    pub subject: Option<String>,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

impl Audit<'_> {
    pub async fn enter(&self, line: Line) -> Result<(), Error> {
        let (subject_kind, subject) = line.subject.unzip();
        let row = audit::Model {
            id: line.id.into(),
            at: line.at.into(),
            who: line.who,
            role: line.role.map(str::to_owned),
            company_id: line.company.map(Uuid::from),
            action: line.action.to_owned(),
            subject_kind: subject_kind.map(str::to_owned),
            subject,
            detail: line.detail,
        };
        audit::Entity::insert(row.into_active_model()).exec_without_returning(&self.store.write).await?;
        Ok(())
    }

    /// A page of lines, the newest first.
    pub async fn list(
        &self,
        filter: &Filter,
        after: Option<Cursor>,
        limit: u64,
    ) -> Result<Page<audit::Model>, Error> {
        let mut query = audit::Entity::find().filter(self.scope.condition(audit::Column::CompanyId));
        let texts = [
            (audit::Column::Action, &filter.action),
            (audit::Column::Who, &filter.who),
            (audit::Column::Subject, &filter.subject),
        ];
        for (column, text) in texts {
            if let Some(text) = text {
                query = query.filter(column.eq(text.as_str()));
            }
        }
        if let Some(from) = filter.from {
            query = query.filter(audit::Column::At.gte(entities::Ms::from(from)));
        }
        if let Some(to) = filter.to {
            query = query.filter(audit::Column::At.lt(entities::Ms::from(to)));
        }
        if let Some(cursor) = after {
            query = query.filter(cursor.before(audit::Column::At, audit::Column::Id));
        }
        let rows = query
            .order_by_desc(audit::Column::At)
            .order_by_desc(audit::Column::Id)
            .limit(limit + 1)
            .all(&self.store.read)
            .await?;
        Ok(Page::cut(rows, limit, |row: &audit::Model| Cursor { at: row.at, id: row.id }, |row| row))
    }
}
