//! Retell: whether the key is good, the numbers ring at the right agent, and the agent tells us what happens.

use super::{
    Agent, Area, Asked, Binding, Facts, Finding, Number, Signing, Workspace, functions, in_branch,
    inbound_url, webhook_url,
};
use jiff::{SignedDuration, Timestamp};

use crate::domain::directory::{Branch, Company};
use crate::domain::phone::PhoneNumber;

/// Without these, calls are neither ended nor decided here.
const EVENTS: [&str; 3] = ["call_started", "call_ended", "call_analyzed"];
/// How long it is told that something was refused for its signature.
const REFUSED_COUNTS: SignedDuration = SignedDuration::from_hours(24);
/// Sent where the agent names no events of its own.
const NEEDED: &str = "call_ended";

pub(super) fn findings(company: &Company, facts: &Facts) -> Vec<Finding> {
    let workspace = &facts.retell;
    let mut findings = vec![api_key(workspace), webhook_key(workspace, facts.now)];
    for number in &company.hotlines {
        findings.extend(hotline(number, company, facts));
    }
    for branch in &company.branches {
        findings.extend(agent_id(branch, workspace));
        for number in &branch.numbers {
            findings.extend(rings_at(number, branch, facts));
        }
        findings.extend(agent(company, branch, facts));
    }
    findings
}

fn api_key(workspace: &Workspace) -> Finding {
    let subject = "api_key";
    let base = &workspace.base_url;
    match &workspace.numbers {
        Asked::Known(_) => Finding::green(Area::Retell, subject, "Retell accepts the API key"),
        Asked::NotAsked => {
            Finding::yellow(Area::Retell, subject, "Retell was not asked", "run the check without --offline")
        }
        Asked::BadKey => {
            let fix = "in the company's file, under [company.retell]: api_key = a key of this company's Retell workspace \
                       (Retell → Settings → API Keys); then fernamt apply FILE";
            Finding::red(Area::Retell, subject, "Retell does not accept the API key", fix)
        }
        Asked::Failed(why) => {
            let what = format!("Retell could not be asked at {base}: {why}");
            let fix = format!(
                "see whether {base} can be reached from this machine; if that address is wrong, in the company's file, \
                 under [company.retell]: base_url; then fernamt apply FILE"
            );
            Finding::red(Area::Retell, subject, what, fix)
        }
    }
}

/// Which key carries the badge cannot be read from Retell, only seen by what comes signed with it.
fn webhook_key(workspace: &Workspace, now: Timestamp) -> Finding {
    let subject = "webhook_key";
    let key = if workspace.has_webhook_key { subject } else { "api_key" };
    let Signing { has_previous, previous_until, seen_at, refused_at } = workspace.signing;
    let lately = refused_at.filter(|at| now.duration_since(*at) < REFUSED_COUNTS);
    let badge = format!(
        "at Retell → Settings → API Keys see which key carries the webhook badge: it must be the one that is set as {key} \
         (its first and last four signs: retell.config.getWebhook); then ring a number of this company once"
    );
    match (seen_at, lately) {
        (None, Some(at)) => {
            let what = format!(
                "nothing has come that is signed with {key}, and what came at {} was signed with another key and refused: \
                 no call is heard of here",
                at.strftime("%Y-%m-%d %H:%M UTC")
            );
            Finding::red(Area::Retell, subject, what, badge)
        }
        (None, None) if has_previous => {
            let until = previous_until.map(|until| {
                until.strftime(", the one before it counts until %Y-%m-%d %H:%M UTC").to_string()
            });
            let what = format!(
                "nothing has come so far that is signed with the new {key}{}",
                until.unwrap_or_default()
            );
            Finding::yellow(Area::Retell, subject, what, badge)
        }
        (Some(seen), Some(at)) if at > seen => {
            let what = format!(
                "what came at {} was signed with another key than {key} and refused, by Retell or by a stranger",
                at.strftime("%Y-%m-%d %H:%M UTC")
            );
            Finding::yellow(Area::Retell, subject, what, badge)
        }
        (Some(_), _) => Finding::green(Area::Retell, subject, format!("what comes is signed with {key}")),
        (None, None) if workspace.has_webhook_key => {
            Finding::green(Area::Retell, subject, "signatures are verified with webhook_key")
        }
        (None, None) => {
            let what = "signatures are verified with api_key, which must be the key that carries the webhook badge at Retell";
            Finding::green(Area::Retell, subject, what)
        }
    }
}

/// The id under which the agent is known; Retell may tell what is missing here.
fn agent_id(branch: &Branch, workspace: &Workspace) -> Option<Finding> {
    if branch.agent_id.is_some() {
        return None;
    }
    let bound = workspace.numbers.known().into_iter().flatten();
    let ours = bound.filter(|at_retell| branch.numbers.iter().any(|number| number.e164() == at_retell.e164));
    let answering = ours.flat_map(|number| &number.inbound_agents).next();
    let fix = match answering {
        Some(Binding { agent_id, .. }) => {
            let id =
                format!("retell_agent_id = \"{agent_id}\", which answers this branch's number at Retell");
            in_branch(branch, &id)
        }
        None => in_branch(
            branch,
            "retell_agent_id = \"agent_…\", the id that Retell shows under the agent's name (Retell → Agents)",
        ),
    };
    Some(Finding::red(Area::Agent, &branch.slug, "no retell_agent_id: nobody knows which agent answers", fix))
}

fn rings_at(number: &PhoneNumber, branch: &Branch, facts: &Facts) -> Vec<Finding> {
    let (there, mut findings) = known_number(number, facts);
    let (Some(there), Some(agent)) = (there, &branch.agent_id) else { return findings };
    let subject = number.e164();
    if there.inbound_agents.iter().any(|binding| binding.agent_id == *agent) {
        findings.push(Finding::green(Area::Number, subject, format!("is answered by {agent}")));
    } else {
        findings.push(not_answered(there, subject, &format!("agent {agent}")));
    }
    findings
}

fn hotline(number: &PhoneNumber, company: &Company, facts: &Facts) -> Vec<Finding> {
    let (there, mut findings) = known_number(number, facts);
    let Some(there) = there else { return findings };
    let ours: Vec<&String> = company.branches.iter().filter_map(|branch| branch.agent_id.as_ref()).collect();
    let subject = number.e164();
    if there.inbound_agents.iter().any(|binding| ours.contains(&&binding.agent_id)) {
        findings.push(Finding::green(Area::Number, subject, "is answered by an agent of this company"));
    } else if !ours.is_empty() {
        findings.push(not_answered(there, subject, "one of this company's agents"));
    }
    findings
}

fn not_answered(there: &Number, subject: &str, wanted: &str) -> Finding {
    let what = match there.inbound_agents.first() {
        Some(other) => format!("is answered by {}, not by {wanted}", other.agent_id),
        None => "is answered by no agent at Retell".to_owned(),
    };
    let fix = format!("at Retell → Phone Numbers → {subject}: choose {wanted} as inbound call agent");
    Finding::red(Area::Number, subject, what, fix)
}

/// The number as Retell has it, and what is to be said about it whoever answers.
fn known_number<'a>(number: &PhoneNumber, facts: &'a Facts) -> (Option<&'a Number>, Vec<Finding>) {
    let subject = number.e164();
    let Some(numbers) = facts.retell.numbers.known() else {
        let why = facts.retell.numbers.why_unknown().unwrap_or_default();
        let fix = "see the finding about Retell's api_key";
        let what = format!("whether it rings at the right agent: {why}");
        return (None, vec![Finding::yellow(Area::Number, subject, what, fix)]);
    };
    let Some(there) = numbers.iter().find(|there| there.e164 == subject) else {
        let fix = format!(
            "buy or import {subject} at Retell → Phone Numbers, in the workspace of this company's api_key; or correct \
             phone_numbers in the company's file"
        );
        return (None, vec![Finding::red(Area::Number, subject, "Retell does not know this number", fix)]);
    };
    (Some(there), vec![inbound_webhook(there, subject, &inbound_url(&facts.house.public_url))])
}

fn inbound_webhook(there: &Number, subject: &str, ours: &str) -> Finding {
    let fix = format!("at Retell → Phone Numbers → {subject}: set the inbound webhook to {ours}");
    match there.inbound_webhook_url.as_deref() {
        Some(url) if url == ours => {
            Finding::green(Area::Number, subject, "asks here for day, hours and services while it rings")
        }
        Some(url) => {
            let what = format!(
                "asks {} while it rings, so the agent does not learn day, hours and services",
                functions::without_query(url)
            );
            Finding::yellow(Area::Number, subject, what, fix)
        }
        None => {
            let what = "has no inbound webhook: the agent does not learn day, hours and services";
            Finding::yellow(Area::Number, subject, what, fix)
        }
    }
}

fn agent(company: &Company, branch: &Branch, facts: &Facts) -> Vec<Finding> {
    let Some(id) = &branch.agent_id else { return Vec::new() };
    let unasked = Asked::NotAsked;
    let asked = facts.retell.agents.get(id).unwrap_or(&unasked);
    match asked {
        Asked::Known(Some(agent)) => {
            let mut findings = vec![published(agent, id, branch), webhook(agent, branch, facts)];
            findings.extend(events(agent, branch));
            findings.extend(functions::findings(agent, (company, branch), &facts.house.public_url));
            findings.extend(notice(agent, branch));
            findings
        }
        Asked::Known(None) => {
            let what = format!("Retell has no agent {id} in the workspace of this api_key");
            let fix = in_branch(
                branch,
                "retell_agent_id = \"agent_…\", the id that Retell shows under the agent's name (Retell → Agents)",
            );
            vec![Finding::red(Area::Agent, &branch.slug, what, fix)]
        }
        Asked::NotAsked | Asked::BadKey | Asked::Failed(_) => {
            let why = asked.why_unknown().unwrap_or_default();
            let what = format!("agent {id}: {why}");
            vec![Finding::yellow(Area::Agent, &branch.slug, what, "see the finding about Retell's api_key")]
        }
    }
}

fn published(agent: &Agent, id: &str, branch: &Branch) -> Finding {
    if agent.is_published {
        let version = agent.version.map(|version| format!(" in version {version}")).unwrap_or_default();
        return Finding::green(Area::Agent, &branch.slug, format!("{id} is published{version}"));
    }
    let what = format!("{id} answers with a draft: what is changed at Retell is on the telephone at once");
    let fix = format!("at Retell → Agents → {id}: publish, and let the number use the published version");
    Finding::red(Area::Agent, &branch.slug, what, fix)
}

fn webhook(agent: &Agent, branch: &Branch, facts: &Facts) -> Finding {
    let ours = webhook_url(&facts.house.public_url);
    let fix = format!("at Retell → Agents → {} → Webhook Settings: set the URL to {ours}", id_of(branch));
    match agent.webhook_url.as_deref() {
        Some(url) if url == ours => {
            Finding::green(Area::Agent, &branch.slug, "tells this server how calls go")
        }
        Some(url) => {
            let what = format!(
                "tells {} how calls go, not this server: no call ends here, so nothing is booked",
                functions::without_query(url)
            );
            Finding::red(Area::Agent, &branch.slug, what, fix)
        }
        None => {
            let what =
                "has no webhook of its own; whether the workspace's goes to this server cannot be read";
            Finding::yellow(Area::Agent, &branch.slug, what, fix)
        }
    }
}

fn events(agent: &Agent, branch: &Branch) -> Option<Finding> {
    let named = agent.webhook_events.as_ref()?;
    let missing: Vec<&str> =
        EVENTS.into_iter().filter(|event| !named.iter().any(|name| name == event)).collect();
    if missing.is_empty() {
        return None;
    }
    let what = format!("does not tell {}", missing.join(", "));
    let fix = format!(
        "at Retell → Agents → {} → Webhook Settings: switch on {}",
        id_of(branch),
        missing.join(", ")
    );
    Some(if missing.contains(&NEEDED) {
        Finding::red(Area::Agent, &branch.slug, what, fix)
    } else {
        Finding::yellow(Area::Agent, &branch.slug, what, fix)
    })
}

/// What is said where nobody tells callers of the AI.
pub(super) const NO_NOTICE: &str =
    "neither prompt nor greeting says that an AI answers, which callers have to be told";

/// Callers have to be told that no person answers (Art. 50 of the AI Act).
fn notice(agent: &Agent, branch: &Branch) -> Option<Finding> {
    if agent.tells_ai? {
        let what = "prompt or greeting says that an AI answers";
        return Some(Finding::green(Area::Agent, &branch.slug, what));
    }
    let fix = format!(
        "at Retell → Agents → {}: begin the greeting with something like \"Hier ist der KI-Assistent von …\", then publish; or \
         set the prompt's author to \"ours\" (retell.config.getAgentPromptTemplate shows it) and deploy",
        id_of(branch)
    );
    Some(Finding::red(Area::Agent, &branch.slug, NO_NOTICE, fix))
}

fn id_of(branch: &Branch) -> &str {
    branch.agent_id.as_deref().unwrap_or_default()
}
