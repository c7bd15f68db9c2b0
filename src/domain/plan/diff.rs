//! What changes from one plan to the next, in the words of the company's file, one line each.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::keys::{Key, Source};
use super::{BranchPlan, CalcomPlan, ChannelPlan, OfferPlan, Plan, ServicePlan};
use crate::domain::phone::PhoneNumber;

/// What stands now.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The company as a plan; keys that came from nobody knows where are empty.
    pub plan: Plan,
    /// What was there once and is out of use: "branch mitte", "branch mitte: service farbe".
    pub retired: BTreeSet<String>,
}

/// Something of a plan that comes, goes and changes as a whole.
struct Thing {
    subject: String,
    fields: Vec<(String, Value)>,
    /// What it holds, in order; that something is new there is said of the new thing.
    order: Option<(&'static str, Vec<String>)>,
}

/// What was, what will be: one line for each difference. `replaced` names the keys whose value is another one now, as
/// "subject: field"; keys themselves are never shown.
pub fn changes(before: Option<&Standing>, after: &Plan, replaced: &BTreeSet<String>) -> Vec<String> {
    let news = things(after);
    let Some(standing) = before else {
        return news.iter().map(|thing| format!("{}: created", thing.subject)).collect();
    };
    let olds = things(&standing.plan);
    let mut lines = Vec::new();
    for new in &news {
        match olds.iter().find(|old| old.subject == new.subject) {
            None if standing.retired.contains(&new.subject) => {
                lines.push(format!("{}: in use again", new.subject));
            }
            None => lines.push(format!("{}: created", new.subject)),
            Some(old) => {
                differences(old, new, &mut lines);
                key_changes(&standing.plan, after, &new.subject, replaced, &mut lines);
            }
        }
    }
    let gone = olds.iter().filter(|old| !news.iter().any(|new| new.subject == old.subject));
    // What hangs on something that goes, goes with it and needs no line of its own.
    let roots: Vec<&Thing> = gone
        .clone()
        .filter(|old| !gone.clone().any(|other| old.subject.starts_with(&format!("{}: ", other.subject))))
        .collect();
    lines.extend(roots.iter().map(|old| {
        let is_forgotten = ["number ", "channel "].iter().any(|what| old.subject.starts_with(what));
        let how = if is_forgotten { "removed" } else { "out of use" };
        format!("{}: {how}", old.subject)
    }));
    lines
}

/// Adds to what is said of the signing key that the one before it still counts, and until when.
pub fn tell_of_the_signing_key(lines: &mut [String], slug: &str, until: Timestamp) {
    // The webhook key signs, or the API key where there is none.
    let of = |field: &str| format!("company {slug}: {field} ");
    let (own, api) = (of("retell.webhook_key"), of("retell.api_key"));
    let at = [own, api].iter().find_map(|start| lines.iter().position(|line| line.starts_with(start)));
    if let Some(line) = at.and_then(|at| lines.get_mut(at)) {
        *line = format!(
            "{line}; the signing key of before counts until {until}, so move the webhook badge at Retell before that"
        );
    }
}

fn differences(old: &Thing, new: &Thing, lines: &mut Vec<String>) {
    let of = |thing: &Thing, name: &str| {
        thing.fields.iter().find(|(field, _)| field == name).map_or(Value::Null, |(_, value)| value.clone())
    };
    let names = new.fields.iter().map(|(name, _)| name);
    let only_old = old.fields.iter().map(|(name, _)| name).filter(|name| !names.clone().any(|n| n == *name));
    for name in names.clone().chain(only_old) {
        let (before, after) = (of(old, name), of(new, name));
        if before != after {
            lines.push(format!("{}: {name}: {} → {}", new.subject, shown(&before), shown(&after)));
        }
    }
    if let (Some((_, before)), Some((what, after))) = (&old.order, &new.order) {
        let stays = |one: &&String| before.contains(one) && after.contains(one);
        let (before, after): (Vec<_>, Vec<_>) =
            (before.iter().filter(stays).collect(), after.iter().filter(stays).collect());
        if before != after {
            let list =
                |slugs: &[&String]| slugs.iter().map(|slug| slug.as_str()).collect::<Vec<_>>().join(", ");
            lines.push(format!("{}: order of {what}: {} → {}", new.subject, list(&before), list(&after)));
        }
    }
}

fn key_changes(
    before: &Plan,
    after: &Plan,
    subject: &str,
    replaced: &BTreeSet<String>,
    lines: &mut Vec<String>,
) {
    let olds = before.keys();
    for new in after.keys().iter().filter(|key| key.subject == subject) {
        let old = olds.iter().find(|old| old.subject == subject && old.field == new.field);
        let place = format!("{subject}: {}", new.field);
        let was = old.and_then(|old| old.source.as_ref());
        if let Some(line) = key_change(was, new, replaced.contains(&place)) {
            lines.push(format!("{place} {line}"));
        }
    }
}

fn key_change(was: Option<&Source>, key: &Key, is_replaced: bool) -> Option<String> {
    match (was, &key.source) {
        (None, None) => None,
        (None, Some(is)) => Some(format!("is set{}", from(is))),
        (Some(_), None) => Some("is taken out".into()),
        (Some(_), Some(is)) if is_replaced => Some(format!("changes{}", from(is))),
        (Some(was), Some(is)) if was == is => None,
        // The name that an export proposes: now it is known where the key comes from, and it is the same key.
        (Some(Source::Literal), Some(Source::Variable(name))) if *name == key.variable => None,
        (Some(was), Some(is)) => {
            let word = |source: &Source| source.reference().unwrap_or_else(|| "the file itself".into());
            Some(format!("comes from {}, no longer from {}, and is the same", word(is), word(was)))
        }
    }
}

fn from(source: &Source) -> String {
    source.reference().map(|reference| format!(" ({reference})")).unwrap_or_default()
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "none".into(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            value.to_string()
        }
    }
}

fn things(plan: &Plan) -> Vec<Thing> {
    let mut things = vec![company(plan)];
    things.extend(plan.accounts().map(account));
    things.extend(plan.company.channel.iter().map(channel));
    for slug in plan.calendars() {
        let fields =
            named([("account", json!(plan.account_of(&slug))), ("hosts", json!(plan.hosts_of(&slug)))]);
        things.push(Thing { subject: format!("calendar {slug}"), fields, order: None });
    }
    for one in &plan.branch {
        things.push(branch(one));
        things.extend(one.service.iter().map(|service| service_of(one, service)));
    }
    let hotlines = plan.company.phone_numbers.iter().map(|number| (number, json!("hotline")));
    let direct = plan.branch.iter().flat_map(|branch| {
        branch.phone_numbers.iter().map(|number| (number, json!(format!("branch {}", branch.slug))))
    });
    things.extend(hotlines.chain(direct).map(|(number, place)| {
        let e164 = PhoneNumber::parse_e164(number).map(|number| number.e164().to_owned());
        Thing {
            subject: format!("number {}", e164.unwrap_or_else(|_| number.clone())),
            fields: vec![("rings at".into(), place)],
            order: None,
        }
    }));
    things
}

fn company(plan: &Plan) -> Thing {
    let company = &plan.company;
    let mut fields = named([
        ("name", json!(company.name)),
        ("language", json!(company.language)),
        ("timezone", json!(company.timezone)),
        ("retell.base_url", json!(company.retell.base_url)),
    ]);
    let policy = serde_json::to_value(&company.policy).unwrap_or_default();
    let keys = policy.as_object().into_iter().flatten();
    fields.extend(keys.map(|(key, value)| (format!("policy.{key}"), value.clone())));
    let slugs = plan.branch.iter().map(|branch| branch.slug.clone()).collect();
    Thing { subject: format!("company {}", company.slug), fields, order: Some(("branches", slugs)) }
}

fn account(account: &CalcomPlan) -> Thing {
    let fields = named([
        ("base_url", json!(account.base_url)),
        ("attendee_email_domain", json!(account.attendee_email_domain)),
        ("requests_per_minute", json!(account.requests_per_minute)),
    ]);
    Thing { subject: account.subject(), fields, order: None }
}

fn channel(channel: &ChannelPlan) -> Thing {
    let fields = named([
        ("email", json!(channel.email)),
        ("webhook", json!(channel.webhook)),
        ("kinds", json!(channel.kinds)),
    ]);
    Thing { subject: channel.subject(), fields, order: None }
}

fn branch(branch: &BranchPlan) -> Thing {
    let fields = named([
        ("name", json!(branch.name)),
        ("retell_agent_id", json!(branch.retell_agent_id)),
        ("hours", json!(branch.hours)),
        ("timezone", json!(branch.timezone)),
        ("holidays", json!(branch.holidays)),
        ("closures", json!(branch.closures)),
        ("special_hours", json!(branch.special_hours)),
        ("paused", json!(branch.paused)),
        ("transfer_to", json!(branch.transfer_to)),
    ]);
    let slugs = branch.service.iter().map(|service| service.slug.clone()).collect();
    Thing { subject: format!("branch {}", branch.slug), fields, order: Some(("services", slugs)) }
}

fn service_of(branch: &BranchPlan, service: &ServicePlan) -> Thing {
    let mut fields = named([
        ("name", json!(service.name)),
        ("synonyms", json!(service.synonyms)),
        ("duration_minutes", json!(service.duration_minutes)),
    ]);
    match service.offers().as_slice() {
        [] => {}
        // One offer is shown as the file writes it, in the service itself.
        [offer] => fields.extend(named([
            ("event_type_id", json!(offer.event_type_id)),
            ("calendar", json!(offer.calendar())),
            ("staff", json!(offer.staff)),
        ])),
        offers => {
            let words: Vec<String> = offers.iter().map(offer_words).collect();
            fields.push(("offers".into(), json!(words)));
        }
    }
    Thing { subject: format!("branch {}: service {}", branch.slug, service.slug), fields, order: None }
}

fn offer_words(offer: &OfferPlan) -> String {
    let staff = offer.staff.as_deref().unwrap_or("anybody");
    format!("{staff}: event type {} in calendar {}", offer.event_type_id, offer.calendar())
}

fn named<const N: usize>(fields: [(&str, Value); N]) -> Vec<(String, Value)> {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALON: &str = r#"
        [company]
        slug = "salon-anna"
        name = "Salon Anna"
        [company.retell]
        api_key = "env:RETELL_API_KEY"
        [company.calcom]
        api_key = "geheim"
        [[branch]]
        slug = "mitte"
        name = "Mitte"
        phone_numbers = ["+493083793369"]
        hours = "mon-fri 09:00-18:00"
          [[branch.service]]
          slug = "schnitt"
          name = "Schnitt"
          duration_minutes = 30
          event_type_id = 1001
          [[branch.service]]
          slug = "farbe"
          name = "Farbe"
          duration_minutes = 90
          event_type_id = 1002
    "#;

    fn plan(text: &str) -> Plan {
        toml::from_str(text).unwrap()
    }

    fn lines(before: &str, after: &str) -> Vec<String> {
        let standing = Standing { plan: plan(before), retired: BTreeSet::new() };
        changes(Some(&standing), &plan(after), &BTreeSet::new())
    }

    #[test]
    fn a_change_is_told_in_the_words_of_the_file() {
        let after = SALON
            .replace("18:00", "17:00")
            .replace("[company.retell]", "[company.policy]\nhold_minutes = 15\n[company.retell]");

        assert_eq!(
            lines(SALON, &after),
            [
                "company salon-anna: policy.hold_minutes: 10 → 15",
                r#"branch mitte: hours: "mon-fri 09:00-18:00" → "mon-fri 09:00-17:00""#,
            ]
        );
    }

    #[test]
    fn what_goes_with_its_branch_needs_no_line_of_its_own() {
        let (company, _) = SALON.split_once("[[branch]]").unwrap();

        assert_eq!(
            lines(SALON, company),
            ["calendar shared: out of use", "branch mitte: out of use", "number +493083793369: removed"]
        );
    }

    #[test]
    fn the_order_in_which_services_are_offered_is_part_of_the_plan() {
        let mut after = plan(SALON);
        after.branch[0].service.reverse();
        let standing = Standing { plan: plan(SALON), retired: BTreeSet::new() };

        let lines = changes(Some(&standing), &after, &BTreeSet::new());

        assert_eq!(lines, ["branch mitte: order of services: schnitt, farbe → farbe, schnitt"]);
    }

    #[test]
    fn a_key_is_named_by_where_it_comes_from_and_never_shown() {
        let replaced =
            ["company salon-anna: retell.api_key".to_owned(), "calcom account default: api_key".to_owned()];
        let standing = Standing { plan: plan(SALON), retired: BTreeSet::new() };

        let lines = changes(Some(&standing), &plan(SALON), &replaced.into());

        assert_eq!(
            lines,
            [
                "company salon-anna: retell.api_key changes (env:RETELL_API_KEY)",
                "calcom account default: api_key changes",
            ]
        );
    }

    #[test]
    fn another_name_for_the_same_key_is_said_but_not_the_name_an_export_proposes() {
        let renamed = SALON.replace("env:RETELL_API_KEY", "file:keys/retell");
        let filled = SALON.replace("\"geheim\"", "\"env:SALON_ANNA_CALCOM_API_KEY\"");
        let other = SALON.replace("\"geheim\"", "\"env:CALCOM\"");

        let moved = lines(SALON, &renamed);

        assert_eq!(
            moved,
            [
                "company salon-anna: retell.api_key comes from file:keys/retell, no longer from env:RETELL_API_KEY, and is the same"
            ]
        );
        assert_eq!(lines(SALON, &filled), Vec::<String>::new());
        assert_eq!(
            lines(SALON, &other),
            [
                "calcom account default: api_key comes from env:CALCOM, no longer from the file itself, and is the same"
            ]
        );
    }

    #[test]
    fn a_second_offer_of_a_service_is_told_with_who_and_where() {
        let more = "[[branch.service.offer]]\nstaff = \"Ben\"\nevent_type_id = 1003\ncalendar = \"ben\"\n";

        let lines = lines(SALON, &format!("{SALON}{more}"));

        assert!(lines.contains(&"calendar ben: created".to_owned()), "{lines:?}");
        assert!(
            lines.iter().any(|line| line.ends_with(
                r#"offers: none → ["anybody: event type 1002 in calendar shared","Ben: event type 1003 in calendar ben"]"#
            )),
            "{lines:?}"
        );
    }
}
