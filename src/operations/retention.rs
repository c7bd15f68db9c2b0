//! What is kept for how long, and what went with its time.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Error, List, Principal, instant};
use crate::actors::{Switchboard, retaining};
use crate::domain::retention::Kind;

/// Whose is asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Query {
    pub company: Option<String>,
    /// All kinds come in one page; accepted, so that every list is asked alike.
    pub limit: Option<u64>,
    pub cursor: Option<String>,
}

/// A kind of data of a company.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RetentionView {
    pub company: String,
    pub kind: Kind,
    /// For how many days it is kept; 0: no longer than it is needed.
    pub days: u32,
    /// Whether the company has set it; otherwise it is the house's setting.
    pub is_own: bool,
    /// When it was last looked at; null: not yet.
    pub ran_at: Option<String>,
    /// Rows that went then.
    pub gone: i64,
    /// Rows that ever went.
    pub gone_ever: i64,
    /// When the oldest came that was left then; null: none was left.
    pub oldest_at: Option<String>,
}

/// What every company keeps, by kind.
pub async fn list(house: &Switchboard, who: &Principal, query: &Query) -> Result<List<RetentionView>, Error> {
    who.may_answer_for_data()?;
    let directory = house.directory();
    let who = who.within(&directory, query.company.as_deref())?;
    let rows = house.store().retentions(who.scope.clone()).list().await?;
    let mut companies: Vec<_> = directory.companies().filter(|company| who.sees(company.id)).collect();
    companies.sort_by(|a, b| a.slug.cmp(&b.slug));
    let mut items = Vec::new();
    for company in companies {
        for kind in Kind::ALL {
            let is_it = |row: &&entities::retention::Model| {
                row.company_id == uuid::Uuid::from(company.id) && row.kind == kind.as_str()
            };
            let row = rows.iter().find(is_it);
            items.push(RetentionView {
                company: company.slug.clone(),
                kind,
                days: retaining::days(house.settings(), company, kind),
                is_own: company.policy.retention.days(kind).is_some(),
                ran_at: row.map(|row| instant(row.ran_at)),
                gone: row.map_or(0, |row| row.gone),
                gone_ever: row.map_or(0, |row| row.gone_ever),
                oldest_at: row.and_then(|row| row.oldest_at).map(instant),
            });
        }
    }
    Ok(List { items, next_cursor: None })
}
