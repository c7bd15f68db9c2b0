//! The channels of a company: where it wants to hear of things, set, tried and taken out by people.

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Error, List, Principal, company_of};
use crate::actors::{Switchboard, post};
use crate::clock::Clock;
use crate::domain::channel::{Address, Channel, Pattern};
use crate::domain::directory::Company;
use crate::domain::outbox::Verdict;
use crate::domain::plan::ChannelPlan;
use crate::domain::readiness::{ChannelFacts, Finding};
use crate::notify::Secret;
use crate::store::Scope;

/// A channel as it is shown; its secret never is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChannelView {
    pub company: String,
    pub name: String,
    /// `email` or `webhook`.
    pub kind: String,
    /// The mailbox, or the URL's host: what stands behind it may be a key.
    pub address: String,
    /// Which kinds of messages go there.
    pub kinds: Vec<String>,
    /// Whoever is there has answered 410: nothing is sent until the channel is changed or a test arrives.
    pub is_gone: bool,
}

/// What a channel is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelChange {
    /// A mailbox; either this or a webhook.
    pub email: Option<String>,
    /// A URL that begins with https://.
    pub webhook: Option<String>,
    /// What the webhook is signed with: `whsec_` and 24 to 64 bytes in base64. Left out: as it was, or a fresh one.
    #[schema(value_type = Option<String>)]
    pub secret: Option<SecretString>,
    /// Kinds of messages, or beginnings of them such as `alert.*`; left out: `alert.*`.
    pub kinds: Option<Vec<String>>,
}

/// A channel that was set.
#[derive(Clone, Serialize, ToSchema)]
pub struct ChannelSet {
    /// The secret, where it was made here; shown here and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    #[serde(flatten)]
    pub view: ChannelView,
}

/// How a test of a channel ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChannelTest {
    pub success: bool,
    pub latency_ms: u64,
    /// What came back, in words.
    pub message: String,
}

impl std::fmt::Debug for ChannelSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChannelSet").field("view", &self.view).finish_non_exhaustive()
    }
}

/// The channels of all companies that may be seen, or of one.
pub fn list(house: &Switchboard, who: &Principal, company: Option<&str>) -> Result<List<ChannelView>, Error> {
    who.may_see_calls()?;
    let directory = house.directory();
    let seen = who.within(&directory, company)?;
    let companies = directory.companies().filter(|company| seen.sees(company.id));
    let views = |company: &std::sync::Arc<Company>| {
        let views: Vec<ChannelView> = company.channels.iter().map(|channel| view(company, channel)).collect();
        views
    };
    Ok(List { items: companies.flat_map(views).collect(), next_cursor: None })
}

/// Enters a channel or changes the one of that name.
pub async fn put(
    house: &Switchboard,
    who: &Principal,
    (company, name): (Option<&str>, &str),
    change: ChannelChange,
) -> Result<ChannelSet, Error> {
    who.may_see_calls()?;
    let company = company_of(&house.directory(), who, company)?;
    let known = company.channels.iter().find(|channel| channel.name == name);
    let has_secret = known.is_some_and(|channel| matches!(channel.to, Address::Webhook { .. }));
    let made = match (&change.webhook, &change.secret) {
        (Some(_), None) if !has_secret => Some(Secret::fresh().ok_or_else(no_chance)?),
        (Some(_) | None, _) => None,
    };
    let plan = ChannelPlan {
        name: name.to_owned(),
        email: change.email,
        webhook: change.webhook.clone(),
        // That there is one is all the plan has to know: nothing is kept of where it came from.
        secret: (change.webhook.is_some() || change.secret.is_some()).then(String::new),
        kinds: change.kinds.unwrap_or_else(|| vec!["alert.*".to_owned()]),
    };
    let mut complaints = plan.complaints();
    if let Some(url) = &plan.webhook {
        let refused = house.courier().allows(url).err();
        complaints.extend(refused.map(|why| format!("channel {name}: the address {why}")));
    }
    let secret = change.secret.or_else(|| made.clone().map(Into::into));
    let unfit = secret.as_ref().and_then(|secret| Secret::parse(secret.expose_secret()).err());
    complaints.extend(unfit.map(|why| format!("channel {name}: secret {why}")));
    if !complaints.is_empty() {
        return Err(Error::Invalid(complaints.join("; ")));
    }
    let mint = house.clock().mint();
    house.store().directory().put_channel(company.id, &plan, secret.as_ref(), mint).await?;
    renew(house).await?;
    tracing::info!(company = company.slug, channel = name, "channel {name} of {} was set", company.slug);
    let (company, channel) = find(house, who, (Some(&company.slug), name))?;
    Ok(ChannelSet { secret: made, view: view(&company, &channel) })
}

/// Takes a channel out; what waits for it is not sent.
pub async fn remove(
    house: &Switchboard,
    who: &Principal,
    (company, name): (Option<&str>, &str),
) -> Result<(), Error> {
    let (company, channel) = find(house, who, (company, name))?;
    if !house.store().directory().remove_channel(company.id, &channel.name).await? {
        return Err(Error::NotFound("channel"));
    }
    renew(house).await
}

/// Sends a test message now. One that arrives opens a channel again that had been closed.
pub async fn test(
    house: &Switchboard,
    who: &Principal,
    (company, name): (Option<&str>, &str),
) -> Result<ChannelTest, Error> {
    let (company, channel) = find(house, who, (company, name))?;
    let parcel = post::test_of(house, &company, &channel, house.clock().mint().into());
    let watch = Clock::stopwatch();
    let verdict = post::send(house, &parcel).await;
    let latency_ms = watch.elapsed_ms();
    let (success, message) = match verdict {
        Verdict::Taken => (true, "it was taken".to_owned()),
        Verdict::NotNow(why) | Verdict::Refused(why) => (false, why),
        Verdict::Gone => (false, "answered 410: nothing is wanted there any more".to_owned()),
        Verdict::Moot(why) => (false, why.to_owned()),
    };
    if success && house.store().directory().close_channel((company.id, channel.id), None).await? {
        renew(house).await?;
    }
    Ok(ChannelTest { success, latency_ms, message })
}

/// What stands against the channels of a company.
pub(super) async fn findings(house: &Switchboard, company: &Company) -> Result<Vec<Finding>, Error> {
    let outbox = house.store().outbox(Scope::one(company.id));
    let mut findings = Vec::new();
    for channel in &company.channels {
        let last = outbox.last_ended(channel.id.into()).await?.filter(|row| row.state == "failed");
        let not_allowed = match &channel.to {
            Address::Webhook { url, .. } => house.courier().allows(url).err().map(|why| why.to_string()),
            Address::Email(_) => None,
        };
        let facts = ChannelFacts {
            has_mail: house.courier().has_mail(),
            not_allowed,
            failed: last.map(|row| row.error.unwrap_or_default()),
        };
        findings.push(facts.judge(channel));
    }
    let writes = company.policy.confirmations && !house.courier().has_mail();
    findings.extend(writes.then(crate::domain::readiness::no_mail_for_customers));
    Ok(findings)
}

fn find(
    house: &Switchboard,
    who: &Principal,
    (company, name): (Option<&str>, &str),
) -> Result<(std::sync::Arc<Company>, Channel), Error> {
    who.may_see_calls()?;
    let company = company_of(&house.directory(), who, company)?;
    let channel = company.channels.iter().find(|channel| channel.name == name).cloned();
    Ok((company, channel.ok_or(Error::NotFound("channel"))?))
}

async fn renew(house: &Switchboard) -> Result<(), Error> {
    house.publish(house.store().directory().load().await?);
    Ok(())
}

fn view(company: &Company, channel: &Channel) -> ChannelView {
    let address = match &channel.to {
        Address::Email(address) => address.clone(),
        Address::Webhook { url, .. } => {
            let host: Vec<&str> = url.split('/').take(3).collect();
            format!("{}/…", host.join("/"))
        }
    };
    ChannelView {
        company: company.slug.clone(),
        name: channel.name.clone(),
        kind: channel.to.kind().to_owned(),
        address,
        kinds: channel.kinds.iter().map(|pattern| Pattern::as_str(pattern).to_owned()).collect(),
        is_gone: channel.is_gone,
    }
}

fn no_chance() -> Error {
    Error::Invalid("the operating system gave no random bytes".into())
}
