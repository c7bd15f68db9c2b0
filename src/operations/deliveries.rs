//! Deliveries as people see them: what came through Retell's doors, how often, and what became of it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::audit::{self, Action, Deed};
use super::{Error, List, Principal, Role, company_of, instant, limit, moments, slug_of, statistics};
use crate::actors::Switchboard;
use crate::domain::directory::Directory;
use crate::domain::ids::{CompanyId, DeliveryId};
use crate::domain::phone::PhoneNumber;
use crate::retell::Found;
use crate::store::Scope;
use crate::store::inbox::{Filter, Listed};

/// Which deliveries are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Query {
    /// A company's slug; left out: all that the token sees.
    pub company: Option<String>,
    /// Retell's name of the event, or the function's.
    pub event: Option<String>,
    /// What came of it, such as `taken`, `repeated` or `kept`.
    pub status: Option<String>,
    /// RFC 3339; those that came from then on.
    #[param(value_type = Option<String>, format = DateTime)]
    #[schemars(with = "Option<String>")]
    #[serde(default, deserialize_with = "moments::from")]
    pub from: Option<Timestamp>,
    /// RFC 3339; those that came before then.
    #[param(value_type = Option<String>, format = DateTime)]
    #[schemars(with = "Option<String>")]
    #[serde(default, deserialize_with = "moments::to")]
    pub to: Option<Timestamp>,
    /// 1 to 200; 50 where nothing is said.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A delivery as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct DeliveryView {
    pub id: String,
    /// Null where nobody here has the number.
    pub company: Option<String>,
    pub call_id: Option<String>,
    /// The door: `retell`, `inbound` or `function`; or `get_call`, where Retell was asked.
    pub route: String,
    pub event: String,
    /// `taken` (moved its call), `kept` (moves none), `answered` (while it rang), `repeated`, `unknown_number`, `no_call_id`.
    pub status: String,
    pub our_number: Option<String>,
    pub received_at: String,
    /// How often the same event came again, and when last.
    pub repeats: i32,
    pub last_at: Option<String>,
    pub headers: Value,
    /// Whether the body is still kept.
    pub has_body: bool,
    /// The body as it came; only where one delivery is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// Unknown numbers that are shown.
const UNKNOWN_MAX: usize = 100;
const STATUSES: [&str; 6] = ["taken", "kept", "answered", "repeated", "unknown_number", "no_call_id"];

/// Administrators of the platform also see what belongs to no company.
pub async fn list(house: &Switchboard, who: &Principal, query: &Query) -> Result<List<DeliveryView>, Error> {
    who.may_see_calls()?;
    let directory = house.directory();
    let scope = who.scope_for(&directory, query.company.as_deref())?;
    if let Some(status) = query.status.as_deref().filter(|status| !STATUSES.contains(status)) {
        return Err(Error::Invalid(format!("status \"{status}\" must be one of {}", STATUSES.join(", "))));
    }
    let filter =
        Filter { event: query.event.clone(), status: query.status.clone(), from: query.from, to: query.to };
    let cursor = query.cursor.as_deref().map(str::parse).transpose()?;
    let page = house.store().inbox(scope).list(&filter, cursor, limit(query.limit)?).await?;
    let items = page.items.into_iter().map(|row| view(&directory, row)).collect();
    Ok(List { items, next_cursor: page.next.map(|cursor| cursor.to_string()) })
}

/// Of which time deliveries are counted.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Span {
    /// The slug; needed by whoever sees several companies.
    pub company: Option<String>,
    /// RFC 3339 or a day; left out: 30 days before `to`.
    #[schemars(with = "Option<String>")]
    #[serde(default, deserialize_with = "moments::from")]
    pub from: Option<Timestamp>,
    /// RFC 3339 or a day, at most 366 days after `from`; left out: now.
    #[schemars(with = "Option<String>")]
    #[serde(default, deserialize_with = "moments::to")]
    pub to: Option<Timestamp>,
}

/// Deliveries of a company, counted.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Stats {
    pub company: String,
    pub from: String,
    pub to: String,
    pub total: i64,
    /// How often any of them came again.
    pub repeats: i64,
    pub items: Vec<Counted>,
}

/// Deliveries of one door, event and status.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Counted {
    /// The door: `retell`, `inbound`, `function` or `calcom`; or `get_call`, where Retell was asked.
    pub route: String,
    pub event: String,
    pub status: String,
    pub number: i64,
    pub repeats: i64,
    pub last_at: String,
}

/// How many deliveries came, by door, event and status.
pub async fn stats(house: &Switchboard, who: &Principal, asked: &Span) -> Result<Stats, Error> {
    who.may_see_calls()?;
    let company = company_of(&house.directory(), who, asked.company.as_deref())?;
    let (from, to) = statistics::span((asked.from, asked.to), house.clock().now())?;
    let counts = house.store().inbox(Scope::one(company.id)).counts((from, to)).await?;
    Ok(Stats {
        company: company.slug.clone(),
        from: from.to_string(),
        to: to.to_string(),
        total: counts.iter().map(|row| row.number).sum(),
        repeats: counts.iter().map(|row| row.repeats).sum(),
        items: counts
            .into_iter()
            .map(|row| Counted {
                route: row.route,
                event: row.event,
                status: row.status,
                number: row.number,
                repeats: row.repeats,
                last_at: instant(row.last_at),
            })
            .collect(),
    })
}

/// A number that rang and belongs to no branch.
#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct UnknownNumberView {
    pub number: String,
    pub deliveries: i64,
    pub last_at: String,
}

/// Numbers that belong to nobody here, as far as they belong to nobody still, the latest first.
pub async fn unknown_numbers(house: &Switchboard, who: &Principal) -> Result<List<UnknownNumberView>, Error> {
    if who.role != Role::PlatformAdmin {
        return Err(Error::Forbidden);
    }
    let directory = house.directory();
    let numbers = house.store().deliveries().unknown_numbers().await?;
    let is_free = |number: &str| {
        let parsed = PhoneNumber::parse_e164(number);
        parsed.is_ok_and(|number| directory.line_of_number(&number).is_none())
    };
    let unknown = numbers.into_iter().filter(|unknown| is_free(&unknown.number)).take(UNKNOWN_MAX);
    let items = unknown.map(|unknown| UnknownNumberView {
        number: unknown.number,
        deliveries: unknown.deliveries,
        last_at: unknown.last_at.to_string(),
    });
    Ok(List { items: items.collect(), next_cursor: None })
}

/// One delivery with its body, as long as that is kept.
pub async fn get(house: &Switchboard, who: &Principal, id: &str) -> Result<DeliveryView, Error> {
    let row = find(house, who, id).await?;
    if row.body.is_some() {
        let companies: Vec<CompanyId> = row.company_id.map(CompanyId::from).into_iter().collect();
        let deed = Deed::new(Action::CallRead).at_only(&companies).about("delivery", row.id);
        audit::read(house, who, deed).await?;
    }
    let body = row.body.as_deref().map(|body| String::from_utf8_lossy(body).into_owned());
    let listed = Listed {
        id: row.id,
        company_id: row.company_id,
        call_id: row.call_id,
        route: row.route,
        event: row.event,
        our_number: row.our_number,
        status: row.status,
        received_at: row.received_at,
        repeats: row.repeats,
        last_at: row.last_at,
        headers: row.headers,
        has_body: body.is_some(),
    };
    Ok(DeliveryView { body, ..view(&house.directory(), listed) })
}

/// One that is to be taken in again, with its body.
pub async fn to_replay(
    house: &Switchboard,
    who: &Principal,
    id: &str,
) -> Result<(entities::inbox::Model, Vec<u8>), Error> {
    let mut row = find(house, who, id).await?;
    if row.route == Found::EVENT {
        let what = "this is what Retell answered when it was asked about the call; it was taken in then";
        return Err(Error::Conflict(what.into()));
    }
    if row.route == "calcom" {
        let what = "what Cal.com tells is only a hint upon which its booking is looked at there, and every five minutes all \
                    that has changed there is compared anyway: there is nothing to take in again";
        return Err(Error::Conflict(what.into()));
    }
    if row.route != "retell" {
        let what = format!(
            "a delivery of the door \"{}\" was answered for whoever waited on the line; only webhooks can be taken in again",
            row.route
        );
        return Err(Error::Conflict(what));
    }
    match row.body.take() {
        Some(body) => Ok((row, body)),
        None => Err(Error::Gone(
            "the body of this delivery is not kept any more (bodies_days); Retell's dashboard has the call"
                .into(),
        )),
    }
}

pub(super) async fn find(
    house: &Switchboard,
    who: &Principal,
    id: &str,
) -> Result<entities::inbox::Model, Error> {
    who.may_see_calls()?;
    let id: DeliveryId = id.parse().map_err(|_| Error::NotFound("delivery"))?;
    let row = house.store().inbox(who.scope.clone()).find(id).await?.ok_or(Error::NotFound("delivery"))?;
    // What belongs to nobody is for those who run the installation, whatever their scope says.
    if row.company_id.is_none() && who.role != Role::PlatformAdmin {
        return Err(Error::NotFound("delivery"));
    }
    Ok(row)
}

pub(super) fn view(directory: &Directory, row: Listed) -> DeliveryView {
    DeliveryView {
        id: row.id.to_string(),
        company: row.company_id.map(|id| slug_of(directory, id)),
        call_id: row.call_id.map(|id| id.to_string()),
        route: row.route,
        event: row.event,
        status: row.status,
        our_number: row.our_number,
        received_at: instant(row.received_at),
        repeats: row.repeats,
        last_at: row.last_at.map(instant),
        headers: row.headers.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Value::Null),
        has_body: row.has_body,
        body: None,
    }
}
