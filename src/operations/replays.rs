//! A webhook taken in again from the books: the same way through the house, its signature proven when it came.

use entities::inbox::Model;
use schemars::JsonSchema;
use serde::Serialize;
use utoipa::ToSchema;

use super::audit::{self, Action, Deed};
use super::{Error, Principal, deliveries};
use crate::actors::Switchboard;
use crate::actors::news::{self, call_id, line_of};
use crate::domain::call::News;
use crate::domain::directory::{Company, Directory, Line};
use crate::domain::ids::CompanyId;
use crate::domain::phone::PhoneNumber;
use crate::retell::signature::fingerprint;
use crate::retell::webhook::Event;
use crate::retell::{Call, Webhook};
use crate::store::Scope;

/// What came of it.
#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct Replayed {
    delivery: String,
    /// `processed`: its call moved on. `unchanged`: what it says was known.
    result: &'static str,
    call_id: Option<String>,
    message: String,
}

impl Replayed {
    /// Whether its call moved on.
    pub fn has_moved(&self) -> bool {
        self.result == "processed"
    }
}

/// Takes a delivery in again; one that was taken in before changes nothing and says so.
pub async fn again(house: &Switchboard, who: &Principal, id: &str) -> Result<Replayed, Error> {
    if let Some(claimed) = claimed_only(house, who, id).await? {
        return Ok(claimed);
    }
    let (row, body) = deliveries::to_replay(house, who, id).await?;
    let unusable = || Error::Conflict("the body of this delivery cannot be read as a webhook".into());
    let webhook = Webhook::parse(&body).map_err(|_| unusable())?;
    let directory = house.directory();
    let line = whose(&directory, &row, webhook.call.as_ref())?;
    // Written down first: what follows from it is done whether or not whoever asked waits for it.
    let deed = Deed::new(Action::DeliveryReplayed).at(line.company).about("delivery", row.id);
    audit::done(house, who, deed).await?;
    let news = match &webhook.event {
        Event::CallStarted => News::Started,
        Event::CallEnded => News::Ended,
        Event::CallAnalyzed => News::Analyzed,
        Event::Other(name) => {
            claim(house, &row, line.company, None, "kept").await?;
            let message = format!("the event {name} moves no call; it is kept as it is");
            return Ok(replayed(&row, "unchanged", None, message));
        }
    };
    let (Some(call), Some(retell_id)) = (webhook.call.as_ref(), webhook.call.as_ref().and_then(call_id))
    else {
        return Err(Error::Conflict("the body has no usable call.call_id, so it belongs to no call".into()));
    };
    tell(house, (&row, &body), (news, call, retell_id), line).await
}

/// What was asked while a caller waited cannot be answered any more; once its number belongs to a company, it is that one's.
async fn claimed_only(house: &Switchboard, who: &Principal, id: &str) -> Result<Option<Replayed>, Error> {
    let row = deliveries::find(house, who, id).await?;
    let number = row.our_number.as_deref().and_then(|number| PhoneNumber::parse_e164(number).ok());
    let (Some(number), true) = (number, row.company_id.is_none() && row.route != "retell") else {
        return Ok(None);
    };
    let directory = house.directory();
    let Some(line) = directory.line_of_number(&number) else { return Ok(None) };
    let is_theirs = directory.company(line.company).is_some_and(|company| is_signed_by(&row, company));
    if !is_theirs {
        return Ok(None);
    }
    claim(house, &row, line.company, None, "kept").await?;
    let message = "its number belongs to a company by now, and it is kept there; what was answered then stays as it was";
    Ok(Some(replayed(&row, "unchanged", None, message.to_owned())))
}

async fn tell(
    house: &Switchboard,
    (row, body): (&Model, &[u8]),
    (news, call, retell_id): (News, &Call, &str),
    line: Line,
) -> Result<Replayed, Error> {
    let calls = house.store().calls(Scope::one(line.company));
    let before = calls.find_by_retell_id(retell_id).await?;
    let (seed, told) = (news::seed(call, line, row.received_at.into()), news::told(news, (call, body), None));
    if !news::tell(house, &(line.company, retell_id.into()), &seed, told).await {
        return Err(Error::NoAnswer);
    }
    let after = calls.find_by_retell_id(retell_id).await?;
    let version = |row: &Option<entities::call::Model>| row.as_ref().map(|row| row.version);
    let (moved, id) = (version(&after) != version(&before), after.map(|call| call.id));
    claim(house, row, line.company, id, if moved { "taken" } else { "repeated" }).await?;
    let (result, message) = if moved {
        ("processed", "taken in; the call's timeline tells what follows from it")
    } else {
        ("unchanged", "what it says was known already; nothing has changed")
    };
    Ok(replayed(row, result, id.map(|id| id.to_string()), message.to_owned()))
}

/// Writes down to whom it turned out to belong; what belongs to a call already stays as it is.
async fn claim(
    house: &Switchboard,
    row: &Model,
    company: CompanyId,
    call: Option<uuid::Uuid>,
    status: &str,
) -> Result<(), Error> {
    if row.company_id.is_some() {
        return Ok(());
    }
    let inbox = house.store().inbox(Scope::All);
    Ok(inbox.taken_in(row.id.into(), company, call.map(Into::into), status).await?)
}

/// The line it belongs to now, if the key that signed it then is of that company.
fn whose(directory: &Directory, row: &Model, call: Option<&Call>) -> Result<Line, Error> {
    let line = call.and_then(|call| line_of(directory, call));
    match (row.company_id.map(CompanyId::from), line) {
        (Some(company), Some(line)) if line.company == company => Ok(line),
        // Whether its number is somebody else's by now or nobody's is no news for whoever had it.
        (Some(company), Some(_) | None) => Ok(Line { company, branch: None }),
        (None, Some(line)) => {
            let company = directory.company(line.company);
            if company.is_some_and(|company| is_signed_by(row, company)) {
                return Ok(line);
            }
            Err(Error::Conflict(
                "its number belongs to a company whose webhook key did not sign it; nothing was done".into(),
            ))
        }
        (None, None) => Err(Error::Conflict(
            "its number or agent still belongs to no branch; add it to the company's file, apply it, and try again".into(),
        )),
    }
}

fn is_signed_by(row: &Model, company: &Company) -> bool {
    let signer = row.signed_by.as_deref();
    signer.is_some_and(|signer| company.webhook_keys.iter().any(|key| fingerprint(key) == signer))
}

fn replayed(row: &Model, result: &'static str, call_id: Option<String>, message: String) -> Replayed {
    Replayed { delivery: row.id.to_string(), result, call_id, message }
}
