//! Callback items as people see them: those due first at the head.

use entities::callback::Model;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Error, List, Principal, instant, limit, slug_of};
use crate::actors::Switchboard;

/// Which items are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Query {
    pub company: Option<String>,
    pub state: Option<String>,
    pub limit: Option<u64>,
    pub cursor: Option<String>,
}

/// A callback item as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CallbackView {
    pub id: String,
    pub company: String,
    pub branch: Option<String>,
    pub call_id: String,
    pub booking_id: Option<String>,
    pub reason: String,
    pub priority: String,
    pub state: String,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub wish: Option<String>,
    pub due: String,
    pub created_at: String,
}

pub async fn list(house: &Switchboard, who: &Principal, query: &Query) -> Result<List<CallbackView>, Error> {
    who.may_see_appointments()?;
    let directory = house.directory();
    let scope = who.scope_for(&directory, query.company.as_deref())?;
    if let Some(state) = query.state.as_deref().filter(|state| *state != "open" && *state != "done") {
        return Err(Error::Invalid(format!("state \"{state}\" must be open or done")));
    }
    let cursor = query.cursor.as_deref().map(str::parse).transpose()?;
    let callbacks = house.store().callbacks(scope);
    let page = callbacks.list(query.state.as_deref(), cursor, limit(query.limit)?).await?;
    let view = |row: Model| {
        let company = directory.company(row.company_id.into());
        let branch = company.and_then(|company| company.branch(row.branch_id?.into()));
        CallbackView {
            id: row.id.to_string(),
            company: slug_of(&directory, row.company_id),
            branch: branch.map(|branch| branch.slug.clone()),
            call_id: row.call_id.to_string(),
            booking_id: row.booking_id.map(|id| id.to_string()),
            reason: row.reason,
            priority: row.priority,
            state: row.state,
            name: row.name,
            phone: row.phone,
            wish: row.wish,
            due: instant(row.due_at),
            created_at: instant(row.created_at),
        }
    };
    let items = page.items.into_iter().map(view).collect();
    Ok(List { items, next_cursor: page.next.map(|cursor| cursor.to_string()) })
}
