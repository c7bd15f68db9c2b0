//! What Retell tells this house, signed with which key, and whether the agents know where to send it.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{Of, Subject, changed};
use crate::actors::Switchboard;
use crate::domain::Field;
use crate::domain::deployment::reception::WebhookChange;
use crate::domain::readiness::{Agent, Asked, Workspace, inbound_url, webhook_url};
use crate::operations::audit::{self, Action, Deed};
use crate::operations::readiness::{Site, workspace};
use crate::operations::{Error, Principal, instant};
use crate::store::directory::{PREVIOUS_COUNTS, Signing};

const PREVIOUS_HOURS_MAX: u32 = 720;
/// Signing keys, in characters.
const KEY_MIN: usize = 8;
const KEY_MAX: usize = 200;
/// A shorter key would be half shown.
const MASKED_MIN: usize = 16;

/// The webhook as it is set up here and at Retell.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
pub struct WebhookView {
    pub company: String,
    pub branch: Option<String>,
    /// Where Retell tells what happens in calls.
    pub webhook_url: String,
    /// Where Retell asks while it rings.
    pub inbound_webhook_url: String,
    /// The key by which signatures are known: its first and last four signs, or that it is set; null: there is none.
    pub webhook_secret: Option<String>,
    /// `webhook_key`, or `api_key` where no key of its own is set.
    pub webhook_secret_is: String,
    /// Until when the key still counts that was replaced last.
    pub previous_secret_valid_until: Option<String>,
    /// The company's file names a previous key, which counts until it names it no more.
    pub previous_secret_in_file: bool,
    pub webhook_events: Vec<String>,
    /// How long Retell waits for this server to take an event in, in milliseconds.
    pub webhook_timeout_ms: u32,
    pub last_tested_at: Option<String>,
    /// `success`, `failed` or `never`.
    pub test_status: String,
    pub last_latency_ms: Option<i64>,
    /// Whether every agent at Retell tells this server; null: that could not be found out.
    pub is_configured_in_retell: Option<bool>,
    pub agents: Vec<AgentWebhookView>,
    pub changed_at: Option<String>,
    pub changed_by: Option<String>,
}

/// An agent as Retell has it, in the version that answers calls.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
pub struct AgentWebhookView {
    pub branch: String,
    pub agent_id: Option<String>,
    pub version: Option<i64>,
    pub is_published: Option<bool>,
    pub webhook_url: Option<String>,
    /// Whether it tells this server; null: unknown, or the workspace's webhook counts, which cannot be read.
    pub webhook_is_ours: Option<bool>,
    /// Why nothing more is known of it.
    pub unknown: Option<String>,
}

/// What is to be changed about the webhook; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookUpdate {
    /// The slug; needed by whoever sees several companies.
    pub company: Option<String>,
    /// Events and timeout for this branch alone; the key is always the company's.
    pub branch: Option<String>,
    /// Which events; `call_started`, `call_ended` and `call_analyzed` are always needed. Null: these three.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    pub webhook_events: Field<Vec<String>>,
    /// How long Retell waits for this server to take an event in, 1000 to 30000 milliseconds. Null: 10000.
    #[serde(default)]
    #[schema(value_type = Option<u32>)]
    pub webhook_timeout_ms: Field<u32>,
    /// The key that carries the webhook badge at Retell from now on, 8 to 200 characters; never shown again.
    #[schemars(with = "Option<String>")]
    #[schema(value_type = Option<String>)]
    pub signing_key: Option<SecretString>,
    /// How long the key before it still counts, 0 (not any more) to 720 hours; 72 where nothing is said. With the key that is
    /// set already: how long the replaced ones count from now on.
    pub previous_valid_hours: Option<u32>,
    /// Refused: the key is made by Retell.
    pub regenerate_secret: Option<bool>,
}

/// The webhook after a change.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
pub struct WebhookUpdated {
    pub success: bool,
    pub webhook: WebhookView,
    /// What is left to do.
    pub message: String,
}

/// The webhook as it is set up here and, as far as Retell says it, there.
pub async fn get(house: &Switchboard, site: &Site, who: &Principal, of: &Of) -> Result<WebhookView, Error> {
    let subject = Subject::find(house, who, of)?;
    view(house, site, &subject).await
}

/// Changes events, timeout or signing key.
pub async fn update(
    house: &Switchboard,
    site: &Site,
    who: &Principal,
    update: WebhookUpdate,
) -> Result<WebhookUpdated, Error> {
    let of = Of { company: update.company.clone(), branch: update.branch.clone() };
    let subject = Subject::find(house, who, &of)?;
    let key = new_key(&update)?;
    let WebhookUpdate { webhook_events, webhook_timeout_ms, previous_valid_hours, .. } = update;
    let change = WebhookChange { webhook_events, webhook_timeout_ms };
    subject.change(house, who, |reception| reception.change_webhook(change)).await?;
    let mut message = "kept; agents get events and timeout with the next deployment".to_owned();
    if let Some(key) = key {
        let valid = previous_valid_hours.map(|hours| SignedDuration::from_hours(hours.into()));
        message = replace(house, &subject, (&key, valid)).await?;
        let company = &subject.company;
        let deed = Deed::new(Action::KeyReplaced).at(company.id).about("company", &company.slug);
        audit::done(house, who, deed.with(json!({"previous_valid_hours": previous_valid_hours}))).await?;
    }
    Ok(WebhookUpdated { success: true, webhook: view(house, site, &subject).await?, message })
}

/// The key that is given, if it may be one.
fn new_key(update: &WebhookUpdate) -> Result<Option<SecretString>, Error> {
    if update.regenerate_secret == Some(true) {
        let why = "there is no secret to make here: Retell signs with the API key that carries its webhook badge, and \
                   only Retell makes one. Make a key at Retell → Settings → API Keys, give it here as signing_key (the \
                   one before stays valid for a while), then move the badge to it";
        return Err(Error::Invalid(why.into()));
    }
    if update.previous_valid_hours.is_some_and(|hours| hours > PREVIOUS_HOURS_MAX) {
        return Err(Error::Invalid(format!("previous_valid_hours must be 0 to {PREVIOUS_HOURS_MAX}")));
    }
    let Some(given) = &update.signing_key else { return Ok(None) };
    let key = given.expose_secret().trim();
    if !(KEY_MIN..=KEY_MAX).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        let what =
            format!("signing_key must be {KEY_MIN} to {KEY_MAX} signs without spaces, as Retell shows it");
        return Err(Error::Invalid(what));
    }
    Ok(Some(key.into()))
}

/// Puts the new key beside the old one; both count from the moment this is answered.
async fn replace(
    house: &Switchboard,
    subject: &Subject,
    (key, valid): (&SecretString, Option<SignedDuration>),
) -> Result<String, Error> {
    let company = &subject.company;
    let lasts = valid.unwrap_or(PREVIOUS_COUNTS);
    let now = house.clock().now();
    let until = now.checked_add(lasts).unwrap_or(Timestamp::MAX);
    let directory = house.store().directory();
    let kept = lasts.is_positive().then_some(until);
    if !directory.replace_webhook_key(company.id, key, kept).await? {
        let is_ended = valid.is_some() && directory.end_replaced_keys(company.id, until).await?;
        directory.forget_replaced_keys(now).await?;
        house.publish(directory.load().await?);
        return Ok(if is_ended {
            format!("this is the signing key already; the key before it counts until {until}")
        } else {
            "this is the signing key already; nothing was replaced".into()
        });
    }
    house.publish(directory.load().await?);
    tracing::info!(company = company.slug, "the signing key of {} was replaced", company.slug);
    let valid = match kept {
        Some(until) => format!("both keys are valid until {until}, then only the new one"),
        None => "the key before it is not valid any more".to_owned(),
    };
    let signing = directory.signing(company.id).await?.map_or(0, |signing| signing.replaced);
    let others = signing.saturating_sub(usize::from(kept.is_some()));
    let others = if others > 0 { " (keys replaced earlier, each until its own time)" } else { "" };
    Ok(format!(
        "{valid}{others}: move the webhook badge to it at Retell → Settings → API Keys before that, and put it into the company's \
         file as retell.webhook_key, or the next fernamt apply brings the old one back and this one counts for 72 hours more"
    ))
}

async fn view(house: &Switchboard, site: &Site, subject: &Subject) -> Result<WebhookView, Error> {
    let company = &subject.company;
    let kept = subject.effective(house).await?;
    let signing = house.store().directory().signing(company.id).await?.ok_or(Error::NotFound("company"))?;
    let tested = house.store().receptions(company.id).last_test().await?;
    let workspace = workspace(house, site, company).await?;
    let agents = agents(subject, &workspace, &webhook_url(site.public_url()));
    let (changed_at, changed_by) = changed(&kept);
    let Signing { key, is_api_key, has_previous_of_file, replaced_until, .. } = signing;
    Ok(WebhookView {
        company: company.slug.clone(),
        branch: subject.branch_slug(),
        webhook_url: webhook_url(site.public_url()),
        inbound_webhook_url: inbound_url(site.public_url()),
        webhook_secret: key.as_ref().map(masked),
        webhook_secret_is: if is_api_key { "api_key" } else { "webhook_key" }.into(),
        previous_secret_valid_until: replaced_until.map(|until| until.to_string()),
        previous_secret_in_file: has_previous_of_file,
        webhook_events: kept.reception.webhook_events().into_iter().collect(),
        webhook_timeout_ms: kept.reception.webhook_timeout_ms(),
        test_status: match tested.as_ref().map(|test| test.success) {
            None => "never",
            Some(true) => "success",
            Some(false) => "failed",
        }
        .into(),
        last_latency_ms: tested.as_ref().map(|test| test.latency_ms),
        last_tested_at: tested.map(|test| instant(test.tested_at)),
        is_configured_in_retell: all_ours(&agents),
        agents,
        changed_at,
        changed_by,
    })
}

/// Only the ends of a key, so that people can tell two apart.
fn masked(key: &SecretString) -> String {
    let key = key.expose_secret();
    if key.len() < MASKED_MIN || !key.is_ascii() {
        return "set".into();
    }
    format!("{}…{}", &key[..4], &key[key.len() - 4..])
}

fn agents(subject: &Subject, workspace: &Workspace, ours: &str) -> Vec<AgentWebhookView> {
    let branches = subject.company.branches.iter();
    let meant = branches.filter(|branch| subject.branch.as_ref().is_none_or(|only| only.id == branch.id));
    meant
        .map(|branch| {
            let asked = branch.agent_id.as_ref().and_then(|id| workspace.agents.get(id));
            let known = asked.and_then(Asked::known).and_then(Option::as_ref);
            let webhook_url = known.and_then(|agent: &Agent| agent.webhook_url.clone());
            AgentWebhookView {
                branch: branch.slug.clone(),
                agent_id: branch.agent_id.clone(),
                version: known.and_then(|agent| agent.version),
                is_published: known.map(|agent| agent.is_published),
                webhook_is_ours: webhook_url.as_ref().map(|url| url == ours),
                webhook_url,
                unknown: why_unknown(branch.agent_id.is_some(), asked, workspace),
            }
        })
        .collect()
}

fn why_unknown(has_id: bool, asked: Option<&Asked<Option<Agent>>>, workspace: &Workspace) -> Option<String> {
    match asked {
        _ if !has_id => Some("the branch has no retell_agent_id".into()),
        Some(Asked::Known(Some(_))) => None,
        Some(Asked::Known(None)) => Some("Retell has no such agent".into()),
        Some(other) => other.why_unknown(),
        None => workspace.numbers.why_unknown().or_else(|| Some("not asked".into())),
    }
}

/// One that tells somebody else is enough to know; one that is not known leaves it open.
fn all_ours(agents: &[AgentWebhookView]) -> Option<bool> {
    if agents.iter().any(|agent| agent.webhook_is_ours == Some(false)) {
        return Some(false);
    }
    let are_known = !agents.is_empty() && agents.iter().all(|agent| agent.webhook_is_ours.is_some());
    are_known.then_some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_key_only_the_ends_are_shown_and_of_a_short_one_nothing() {
        assert_eq!(masked(&"key_1234567890abcdef".into()), "key_…cdef");
        assert_eq!(masked(&"key_12345".into()), "set");
    }

    #[test]
    fn a_key_with_spaces_or_too_short_is_refused_without_being_repeated() {
        for wrong in ["kurz", "key with spaces", "schlüssel_1234"] {
            let update = WebhookUpdate { signing_key: Some(wrong.into()), ..WebhookUpdate::default() };

            let error = new_key(&update).unwrap_err().to_string();

            assert!(error.contains("8 to 200") && !error.contains(wrong), "{error}");
        }
    }

    #[test]
    fn a_secret_cannot_be_made_here_and_why_is_said() {
        let update = WebhookUpdate { regenerate_secret: Some(true), ..WebhookUpdate::default() };

        let error = new_key(&update).unwrap_err().to_string();

        assert!(error.contains("only Retell makes one") && error.contains("signing_key"), "{error}");
    }
}
