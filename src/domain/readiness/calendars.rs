//! The Cal.com accounts, and whose calendars their bookings go into: one person's bookings wait for each other.

use std::collections::{BTreeMap, BTreeSet};

use super::{AccountFacts, Area, Asked, Facts, Finding, Scheduling, calcom_webhook_url};
use crate::domain::directory::{Account, Calendar, Company};
use crate::domain::ids::AccountId;

/// What Cal.com should tell of as it happens.
const TOLD: [&str; 5] =
    ["BOOKING_CREATED", "BOOKING_REQUESTED", "BOOKING_RESCHEDULED", "BOOKING_CANCELLED", "BOOKING_REJECTED"];

/// A host at Cal.com, by account.
type Host = (AccountId, String);

pub(super) fn accounts(company: &Company, facts: &Facts) -> Vec<Finding> {
    let nothing = AccountFacts::default();
    let of_account = |account: &Account| {
        let known = facts.accounts.get(&account.id).unwrap_or(&nothing);
        let mut findings = vec![key(account, known)];
        findings.extend(listing(account, known));
        findings.extend(webhook(account, known, &calcom_webhook_url(&facts.house.public_url, &company.slug)));
        findings.push(attendee_email(account, company, facts));
        findings
    };
    company.accounts.iter().filter(|account| account.is_active).flat_map(of_account).collect()
}

fn key(account: &Account, known: &AccountFacts) -> Finding {
    let (name, base) = (&account.name, &account.base_url);
    match &known.me {
        Asked::Known(_) => Finding::green(Area::Account, name, "Cal.com accepts the API key"),
        Asked::NotAsked => {
            Finding::yellow(Area::Account, name, "Cal.com was not asked", "run the check without --offline")
        }
        Asked::BadKey => {
            let fix = format!(
                "{}: api_key = a key of that Cal.com account (Cal.com → Settings → Developer → API keys); then fernamt \
                 apply FILE",
                place(name)
            );
            Finding::red(Area::Account, name, "Cal.com does not accept the API key", fix)
        }
        Asked::Failed(why) => {
            let what = format!("Cal.com could not be asked at {base}: {why}");
            let fix = format!(
                "see whether {base} can be reached from this machine; if that address is wrong, {}: base_url; then fernamt \
                 apply FILE",
                place(name)
            );
            Finding::red(Area::Account, name, what, fix)
        }
    }
}

/// A key that cannot list bookings is blind after a lost answer.
fn listing(account: &Account, known: &AccountFacts) -> Option<Finding> {
    known.me.known()?;
    let name = &account.name;
    match &known.lists {
        Asked::Known(()) => Some(Finding::green(Area::Account, name, "the key may list bookings")),
        Asked::NotAsked => None,
        Asked::BadKey => {
            let what =
                "the key may not list bookings: a booking whose answer was lost could not be looked for";
            let fix = format!(
                "{}: api_key = a key that may read bookings, of the person whose event types are booked; then fernamt apply \
                 FILE",
                place(name)
            );
            Some(Finding::red(Area::Account, name, what, fix))
        }
        Asked::Failed(why) => {
            let what = format!("whether the key may list bookings could not be asked: {why}");
            Some(Finding::yellow(Area::Account, name, what, "run the check again"))
        }
    }
}

/// Where the company's file has a secret for Cal.com's webhooks, somebody must have set one up there.
fn webhook(account: &Account, known: &AccountFacts, url: &str) -> Option<Finding> {
    account.webhook_secret.as_ref()?;
    let name = &account.name;
    let told = known.webhooks.known()?.iter().find(|hook| hook.url == url);
    let missing: Vec<&str> = TOLD
        .into_iter()
        .filter(|wanted| !told.is_some_and(|hook| hook.triggers.iter().any(|trigger| trigger == wanted)))
        .collect();
    let triggers = missing.join(", ");
    let at = "at Cal.com → Settings → Developer → Webhooks";
    let (what, fix) = match told {
        None => (
            "webhook_secret is set, but the key's owner has no webhook here: what people change is noticed minutes later",
            format!(
                "{at}: subscriber URL {url}, the same secret, and {triggers}; a team's types need the team's own"
            ),
        ),
        Some(hook) if !hook.is_active => ("its webhook is switched off", format!("{at}: switch on {url}")),
        Some(_) if missing.is_empty() => {
            return Some(Finding::green(Area::Account, name, "Cal.com tells what people change there"));
        }
        Some(_) => ("its webhook does not tell of everything", format!("{at}, {url}: add {triggers}")),
    };
    Some(Finding::yellow(Area::Account, name, what, fix))
}

/// Cal.com wants an e-mail address, and most callers give none.
fn attendee_email(account: &Account, company: &Company, facts: &Facts) -> Finding {
    let name = &account.name;
    if let Some(domain) = &account.attendee_email_domain {
        return Finding::green(
            Area::Account,
            name,
            format!("callers without e-mail are entered at {domain}"),
        );
    }
    let fix = format!(
        "{}: attendee_email_domain = \"anrufer.example.com\", a domain of yours where nobody reads mail; then fernamt apply \
         FILE",
        place(name)
    );
    let needs_email =
        company.calendars.iter().filter(|calendar| calendar.account == account.id).any(|calendar| {
            let offers =
                company.branches.iter().flat_map(|branch| &branch.services).flat_map(|one| &one.offers);
            offers.filter(|offer| offer.calendar == calendar.id).any(|offer| {
                let known = facts.event_types.get(&(account.id, offer.event_type_id));
                let event_type = known.and_then(|known| known.event_type.known()).and_then(Option::as_ref);
                event_type.is_some_and(|event_type| !event_type.allows_phone_only)
            })
        });
    if needs_email {
        let what = "no attendee_email_domain, and Cal.com wants an e-mail address: callers who give none cannot be booked";
        return Finding::red(Area::Account, name, what, fix);
    }
    let what = "no attendee_email_domain: only callers whose number is known can be booked, and only where Cal.com asks for none";
    Finding::yellow(Area::Account, name, what, fix)
}

/// Two calendars of one person would be booked at the same time; one calendar of several people waits without need.
pub(super) fn hosts(company: &Company, facts: &Facts) -> Vec<Finding> {
    let mut calendars: BTreeMap<Host, BTreeSet<&str>> = BTreeMap::new();
    let mut pools: BTreeMap<&str, BTreeSet<Vec<String>>> = BTreeMap::new();
    for offer in company.branches.iter().flat_map(|branch| &branch.services).flat_map(|one| &one.offers) {
        let Some(calendar) = company.calendar(offer.calendar) else { continue };
        let known = facts.event_types.get(&(calendar.account, offer.event_type_id));
        let event_type = known.and_then(|known| known.event_type.known()).and_then(Option::as_ref);
        let Some(event_type) = event_type.filter(|event_type| !event_type.hosts.is_empty()) else { continue };
        for host in &event_type.hosts {
            let host = (calendar.account, host.clone());
            calendars.entry(host).or_default().insert(&calendar.slug);
        }
        pools.entry(&calendar.slug).or_default().insert(event_type.hosts.clone());
    }
    let torn = calendars.into_iter().filter(|(_, slugs)| slugs.len() > 1);
    let torn = torn.map(|((_, host), slugs)| torn_apart(&host, &slugs));
    let pooled = company.calendars.iter().filter_map(|calendar| pool(calendar, company, facts));
    let one_by_one = pools.iter().map(|(slug, pools)| of_one(slug, pools.len()));
    torn.chain(one_by_one).chain(pooled).collect()
}

/// As many callers are held one time as the file says there are hosts; Cal.com knows how many there are.
fn pool(calendar: &Calendar, company: &Company, facts: &Facts) -> Option<Finding> {
    let offers = company.branches.iter().flat_map(|branch| &branch.services).flat_map(|one| &one.offers);
    let of_calendar = offers.filter(|offer| offer.calendar == calendar.id);
    let known =
        of_calendar.filter_map(|offer| facts.event_types.get(&(calendar.account, offer.event_type_id)));
    let event_types = known.filter_map(|known| known.event_type.known()).filter_map(Option::as_ref);
    let able = event_types.map(|of| if of.scheduling == Scheduling::RoundRobin { of.hosts.len() } else { 1 });
    let (said, able) = (calendar.hosts, u32::try_from(able.min()?).unwrap_or(u32::MAX).max(1));
    let fix = format!(
        "in the company's file, under [[company.calendar]] slug = \"{}\": hosts = {able}; then fernamt apply FILE",
        calendar.slug
    );
    if said > able {
        let what = format!(
            "{said} callers are promised the same time, but Cal.com has only {able} for one of its event types"
        );
        return Some(Finding::red(Area::Calendar, &calendar.slug, what, fix));
    }
    (said < able).then(|| {
        let what = format!("{able} hosts share it, but only {said} may be kept for callers at the same time");
        Finding::yellow(Area::Calendar, &calendar.slug, what, fix)
    })
}

fn torn_apart(host: &str, slugs: &BTreeSet<&str>) -> Finding {
    let names: Vec<&str> = slugs.iter().copied().collect();
    let (names, first) = (names.join(" and "), names.first().copied().unwrap_or_default());
    let what = format!(
        "host {host} of Cal.com stands in the calendars {names}: they would be booked at the same time, over each other"
    );
    let fix = format!(
        "in the company's file, give all services of that host the same calendar, for example calendar = \"{first}\"; then \
         fernamt apply FILE"
    );
    Finding::red(Area::Calendar, names, what, fix)
}

fn of_one(slug: &str, pools: usize) -> Finding {
    if pools <= 1 {
        return Finding::green(Area::Calendar, slug, "is one host's, or one team's");
    }
    let what = format!(
        "holds event types of {pools} different hosts: they are booked one after the other, and a caller's hold with one \
         keeps the others' time too"
    );
    let fix = "in the company's file, give each host's services a calendar of their own, for example calendar = \"anna\"; \
               then fernamt apply FILE";
    Finding::yellow(Area::Calendar, slug, what, fix)
}

/// Where an account stands in the company's file.
pub(super) fn place(account: &str) -> String {
    if account == "default" {
        return "in the company's file, under [company.calcom]".into();
    }
    format!(
        "in the company's file, under the [company.calcom] or [[company.calcom_account]] named \"{account}\""
    )
}
