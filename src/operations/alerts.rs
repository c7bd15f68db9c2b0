//! Alerts as people see them: what went wrong in a way that somebody has to know, newest first.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Error, List, Principal, instant, limit, slug_of};
use crate::actors::Switchboard;
use crate::domain::alert::Kind;

/// Which alerts are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Query {
    pub company: Option<String>,
    pub kind: Option<String>,
    pub limit: Option<u64>,
    pub cursor: Option<String>,
}

/// An alert as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlertView {
    pub id: String,
    pub company: String,
    /// `booking_failed`, `promise_without_booking`, `calendar_differs`, `unknown_booking`, `breaker_open`,
    /// `breaker_misconfigured`, `breaker_closed`, `signature_failures`, `no_calls`, `callback_overdue` or
    /// `deliveries_failing`.
    pub kind: String,
    /// The id of what it is about: a booking, a call, a callback item, an account, a branch, a channel, the company; of an
    /// unknown booking its uid at Cal.com.
    pub subject: String,
    pub at: String,
}

pub async fn list(house: &Switchboard, who: &Principal, query: &Query) -> Result<List<AlertView>, Error> {
    who.may_see_calls()?;
    let directory = house.directory();
    let scope = who.scope_for(&directory, query.company.as_deref())?;
    let kind = query.kind.as_deref().map(kind).transpose()?;
    let cursor = query.cursor.as_deref().map(str::parse).transpose()?;
    let page = house.store().alerts(scope).list(kind, cursor, limit(query.limit)?).await?;
    let view = |row: entities::alert::Model| AlertView {
        id: row.id.to_string(),
        company: slug_of(&directory, row.company_id),
        kind: row.kind,
        subject: row.subject,
        at: instant(row.at),
    };
    let next_cursor = page.next.map(|cursor| cursor.to_string());
    Ok(List { items: page.items.into_iter().map(view).collect(), next_cursor })
}

fn kind(text: &str) -> Result<Kind, Error> {
    Kind::parse(text).ok_or_else(|| {
        let kinds = Kind::ALL.map(Kind::as_str).join(" or ");
        Error::Invalid(format!("kind \"{text}\" must be {kinds}"))
    })
}
