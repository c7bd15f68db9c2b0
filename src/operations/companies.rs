//! Companies from declarative files: read, resolved, checked, applied, and written back.

pub mod changing;

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::audit::{self, Action, Deed};
use super::{Error, Principal};
use crate::clock::Clock;
use crate::domain::plan::{CalcomPlan, Plan};
use crate::notify::Secret;
use crate::store::Store;
use crate::store::directory::{Keys, Refused};

/// Reads a plan; the complaints say what to change, all at once.
pub fn read(text: &str) -> Result<Plan, Vec<String>> {
    let plan: Plan = toml::from_str(text).map_err(|error| vec![error.to_string()])?;
    let complaints = plan.complaints();
    if complaints.is_empty() { Ok(plan) } else { Err(complaints) }
}

/// Fetches the keys a plan refers to: `env:NAME`, `file:PATH` (relative to the plan's folder), or the key itself.
pub fn keys(plan: &Plan, folder: &Path) -> Result<Keys, Vec<String>> {
    let mut complaints = Vec::new();
    let mut fetch = |place: &str, text: &str| {
        fetched(text, folder).unwrap_or_else(|why| {
            complaints.push(format!("{place}: {why}"));
            SecretString::default()
        })
    };
    let retell = &plan.company.retell;
    let retell_api = fetch("company.retell.api_key", &retell.api_key);
    let retell_webhook = retell.webhook_key.as_deref().map(|text| fetch("company.retell.webhook_key", text));
    let retell_previous =
        retell.previous_webhook_key.as_deref().map(|text| fetch("company.retell.previous_webhook_key", text));
    let mut account = |account: &CalcomPlan| {
        let place = |field: &str| format!("calcom account {}: {field}", account.name);
        let key = fetch(&place("api_key"), &account.api_key);
        (key, account.webhook_secret.as_deref().map(|text| fetch(&place("webhook_secret"), text)))
    };
    let accounts = plan.accounts().map(&mut account).collect();
    let channels = plan.company.channel.iter().map(|channel| {
        let place = format!("{}: secret", channel.subject());
        channel.secret.as_deref().map(|text| fetch(&place, text))
    });
    let channels: Vec<Option<SecretString>> = channels.collect();
    for (channel, secret) in plan.company.channel.iter().zip(&channels) {
        let unfit = secret.as_ref().and_then(|secret| Secret::parse(secret.expose_secret()).err());
        complaints.extend(unfit.map(|why| format!("{}: secret {why}", channel.subject())));
    }
    let keys = Keys { retell_api, retell_webhook, retell_previous, accounts, channels };
    if complaints.is_empty() { Ok(keys) } else { Err(complaints) }
}

/// Brings a company to what the plan says; the lines tell what changed. With `dry_run` nothing is kept.
pub async fn apply(
    store: &Store,
    clock: Clock,
    plan: &Plan,
    keys: &Keys,
    dry_run: bool,
) -> Result<Vec<String>, Error> {
    let mint = move || clock.mint();
    let applied = store.directory().apply(plan, keys, (clock.now(), &mint), dry_run).await;
    let lines = applied.map_err(|refused| match refused {
        Refused::Store(error) => Error::Store(error),
        taken @ Refused::NumberTaken { .. } => Error::Invalid(taken.to_string()),
    })?;
    if !dry_run && !lines.is_empty() {
        let slug = &plan.company.slug;
        let mut deed = Deed::new(Action::CompanyApplied).about("company", slug);
        if let Some(company) = store.directory().load().await?.company_by_slug(slug) {
            deed = deed.at(company.id);
        }
        let changes = json!({"changes": lines.len()});
        audit::note(store, clock, &Principal::house(), deed.with(changes)).await?;
    }
    Ok(lines)
}

/// A company as a file that can be applied again; no key stands in it.
pub async fn export(store: &Store, slug: &str) -> Result<String, Error> {
    let standing = store.directory().standing(slug).await?;
    let mut plan = standing.ok_or_else(|| no_company(slug))?.plan;
    let to_fill = plan.refer_to_all_keys();
    let text = toml::to_string(&plan)
        .map_err(|error| Error::Invalid(format!("company {slug} cannot be written as TOML: {error}")))?;
    let mut file = format!("# Company {slug} as it is in the books; `fernamt apply` takes it back.\n");
    if text.contains("\"file:") {
        file.push_str("# Paths after file: are as they were given: relative to the folder of this file.\n");
    }
    let services = plan.branch.iter().flat_map(|branch| &branch.service);
    for service in services.filter(|service| service.offers().is_empty()) {
        // Who gives it and in which calendar is kept with the event type.
        let name = &service.slug;
        file.extend(["# Service ", name, " has no event type yet; name calendar and staff again with it.\n"]);
    }
    file.push('\n');
    for line in text.lines() {
        if let Some(name) = to_fill.iter().find(|name| line.ends_with(&format!("= \"env:{name}\""))) {
            let note = "# This key stood in the applied file itself and is not shown: set";
            file.extend([note, " ", name, " before applying this one.\n"]);
        }
        file.push_str(line);
        file.push('\n');
    }
    Ok(file)
}

/// A plan as its file shows it, with a reference wherever a key stands.
fn exported(plan: &Plan) -> Plan {
    let mut shown = plan.clone();
    shown.refer_to_all_keys();
    shown
}

/// What to say where a company is asked for that does not exist.
fn no_company(slug: &str) -> Error {
    Error::Invalid(format!("there is no company \"{slug}\"; apply its file first"))
}

fn fetched(text: &str, folder: &Path) -> Result<SecretString, String> {
    let secret = if let Some(name) = text.strip_prefix("env:") {
        let value = std::env::var(name);
        value.map_err(|_| format!("the environment variable {name} is not set"))?
    } else if let Some(path) = text.strip_prefix("file:") {
        let path = folder.join(path);
        let value = std::fs::read_to_string(&path);
        value.map_err(|error| format!("{} cannot be read: {error}", path.display()))?.trim().to_owned()
    } else {
        text.to_owned()
    };
    let secret = SecretString::from(secret);
    if secret.expose_secret().is_empty() { Err("is empty".into()) } else { Ok(secret) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
        [company]
        slug = "salon-anna"
        name = "Salon Anna"
        [company.retell]
        api_key = "key_1"
        [company.calcom]
        api_key = "cal_1"
        [[branch]]
        slug = "mitte"
        name = "Salon Anna Mitte"
        phone_numbers = ["+493083793369"]
        hours = "mon-fri 09:00-18:00, sat 09:00-14:00"
          [[branch.service]]
          slug = "haarschnitt"
          name = "Haarschnitt"
          duration_minutes = 30
          event_type_id = 1001
          calendar = "anna"
    "#;

    #[test]
    fn the_smallest_company_reads_with_the_defaults_of_the_contract() {
        let plan = read(SMALL).unwrap();

        assert_eq!(plan.company.timezone, "Europe/Berlin");
        assert_eq!(plan.company.calcom.base_url, "https://api.cal.com");
        assert_eq!(plan.company.policy.hold_minutes, 10);
    }

    #[test]
    fn all_mistakes_are_named_at_once() {
        let wrong = SMALL
            .replace("+493083793369", "03083")
            .replace("mon-fri 09:00", "mon-fri 9 Uhr")
            .replace("1001", "0")
            .replace("slug = \"mitte\"", "slug = \"Mitte!\"");

        let complaints = read(&wrong).unwrap_err();

        assert_eq!(complaints.len(), 4, "{complaints:?}");
    }

    #[test]
    fn a_region_that_is_none_is_told_all_there_are() {
        let hours = "hours = \"mon-fri";
        let with = |region: &str| SMALL.replace(hours, &format!("holidays = \"{region}\"\n{hours}"));

        let complaints = read(&with("Berlin")).unwrap_err();

        assert_eq!(complaints.len(), 1, "{complaints:?}");
        assert!(complaints[0].contains("branch mitte: holidays: \"Berlin\""), "{complaints:?}");
        assert!(complaints[0].contains("DE-BE") && complaints[0].contains("AT, CH"), "{complaints:?}");
        for region in ["DE", "DE-BE", "AT", "CH", "none"] {
            assert!(read(&with(region)).is_ok(), "{region}");
        }
    }

    #[test]
    fn a_key_that_is_not_there_is_named_without_being_shown() {
        let plan = read(&SMALL.replace("key_1", "env:FERNAMT_TEST_NOT_SET")).unwrap();

        let complaints = keys(&plan, Path::new(".")).unwrap_err();

        assert_eq!(
            complaints,
            ["company.retell.api_key: the environment variable FERNAMT_TEST_NOT_SET is not set"]
        );
    }
}
