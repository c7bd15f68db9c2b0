//! A webhook sent the whole way: signed, out through the public address, in at the door, into the books.

use entities::webhook_test;
use jiff::Timestamp;
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::verdict::verdict;
use super::{Of, Subject};
use crate::actors::Switchboard;
use crate::clock::Clock;
use crate::domain::readiness::webhook_url;
use crate::operations::readiness::Site;
use crate::operations::{Error, Principal, instant};
use crate::retell::{probe, signature};
use crate::store::{self, Scope, inbox};

/// What the test's event begins with: it is kept like any event that moves no call, and changes nothing.
pub const EVENT: &str = "fernamt_test";
/// Figures of the id that are enough to tell two tests apart.
const ID_FIGURES: usize = 12;

/// How the webhook fared.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
pub struct WebhookTestView {
    /// It was acknowledged, and stands in the books.
    pub success: bool,
    /// Where it was sent.
    pub webhook_url: String,
    /// What was answered; null: nothing.
    pub status_code: Option<u16>,
    pub response_time_ms: u64,
    /// Whether it stands in the books.
    pub arrived: bool,
    pub message: String,
    /// What to do; null where nothing has to be done.
    pub fix: Option<String>,
    pub tested_at: String,
}

/// Sends a signed event through the public address and looks whether it arrived.
pub async fn test_webhook(
    house: &Switchboard,
    site: &Site,
    who: &Principal,
    of: &Of,
) -> Result<WebhookTestView, Error> {
    let subject = Subject::find(house, who, of)?;
    let key = subject.company.webhook_keys.first().ok_or_else(|| {
        Error::Conflict("no key is set that could sign: put retell.api_key into the company's file".into())
    })?;
    let id = house.clock().mint().simple().to_string();
    // The end of an id is chance; its beginning is the time.
    let event = format!("{EVENT}_{}", &id[id.len().saturating_sub(ID_FIGURES)..]);
    let letter = Letter { event: &event, url: webhook_url(site.public_url()), began: house.clock().now() };
    let timeout_ms = subject.effective(house).await?.reception.webhook_timeout_ms();
    let view = letter.send(house, site, (&subject, key, timeout_ms)).await?;
    let row = webhook_test::Model {
        company_id: subject.company.id.into(),
        tested_at: letter.began.into(),
        success: view.success,
        status_code: view.status_code.map(i32::from),
        latency_ms: i64::try_from(view.response_time_ms).unwrap_or(i64::MAX),
        message: view.message.clone(),
    };
    house.store().receptions(subject.company.id).tested(row).await?;
    Ok(view)
}

/// One test.
struct Letter<'a> {
    event: &'a str,
    url: String,
    began: Timestamp,
}

impl Letter<'_> {
    async fn send(
        &self,
        house: &Switchboard,
        site: &Site,
        (subject, key, timeout_ms): (&Subject, &SecretString, u32),
    ) -> Result<WebhookTestView, Error> {
        let body = self.body(subject)?.to_string().into_bytes();
        let signed = signature::sign(&body, key, self.began);
        let signed = signed.ok_or_else(|| Error::Conflict("the signing key is empty".into()))?;
        let watch = Clock::stopwatch();
        let sent = probe::send(site.retell_http(), (&self.url, &signed), body, timeout_ms).await;
        let response_time_ms = watch.elapsed_ms();
        let arrived = self.arrived(house.store(), subject).await?;
        let told = verdict(&self.url, sent, response_time_ms, arrived);
        Ok(WebhookTestView {
            success: told.success,
            webhook_url: self.url.clone(),
            status_code: sent.ok().map(|answered| answered.status),
            response_time_ms,
            arrived,
            message: told.message,
            fix: told.fix,
            tested_at: instant(self.began.into()),
        })
    }

    /// A call that never was, at a number or agent of the company, by which the door finds it.
    fn body(&self, subject: &Subject) -> Result<Value, Error> {
        let (company, branch) = (&subject.company, &subject.branch);
        let branches = company.branches.iter();
        let mut meant = branches.filter(|one| branch.as_ref().is_none_or(|only| only.id == one.id));
        let number = meant.clone().flat_map(|one| &one.numbers).chain(&company.hotlines).next();
        let mut call = json!({"call_id": self.event, "call_status": "ended"});
        match (number, meant.find_map(|one| one.agent_id.as_ref())) {
            (Some(number), _) => {
                call["call_type"] = json!("phone_call");
                call["direction"] = json!("inbound");
                call["to_number"] = json!(number.e164());
            }
            (None, Some(agent)) => {
                call["call_type"] = json!("web_call");
                call["agent_id"] = json!(agent);
            }
            (None, None) => {
                let why =
                    "nothing leads to this company yet: put phone_numbers or retell_agent_id into its file";
                return Err(Error::Conflict(why.into()));
            }
        }
        Ok(json!({"event": self.event, "call": call}))
    }

    async fn arrived(&self, store: &store::Store, subject: &Subject) -> Result<bool, Error> {
        let filter = inbox::Filter { event: Some(self.event.to_owned()), ..inbox::Filter::default() };
        let found = store.inbox(Scope::one(subject.company.id)).list(&filter, None, 1).await?;
        Ok(!found.items.is_empty())
    }
}
