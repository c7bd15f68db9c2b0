//! A company as people see it, and changed by them: with the checks that its file goes through.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::exported;
use crate::actors::Switchboard;
use crate::domain::Field;
use crate::domain::plan::{BranchPlan, Plan, ServicePlan};
use crate::domain::policy::Policy;
use crate::operations::audit::{self, Action, Deed};
use crate::operations::{Error, List, Principal, Role, branches, companies_of, company_of, vetting};
use crate::store::directory::{Refused, Trial};

/// A company as it is listed.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
pub struct CompanyView {
    pub slug: String,
    pub name: String,
    /// `de` or `en`.
    pub language: String,
    pub test_mode: bool,
    pub branches: Vec<String>,
}

/// All that is set about a company, without its keys.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
pub struct CompanySettings {
    pub slug: String,
    pub name: String,
    /// `de` or `en`.
    pub language: String,
    pub timezone: String,
    /// Hotlines: the caller is asked for the branch.
    pub phone_numbers: Vec<String>,
    /// Every key of `[company.policy]` with what holds.
    #[schema(value_type = Object)]
    pub policy: Value,
    pub branches: Vec<BranchSettings>,
}

/// All that is set about a branch.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
pub struct BranchSettings {
    pub slug: String,
    pub name: String,
    pub phone_numbers: Vec<String>,
    pub retell_agent_id: Option<String>,
    /// Null: whatever Cal.com shows is offered.
    pub hours: Option<String>,
    /// Null: the company's.
    pub timezone: Option<String>,
    /// Null: the company's; `none`: open on holidays.
    pub holidays: Option<String>,
    pub closures: Vec<String>,
    pub special_hours: Vec<String>,
    pub paused: bool,
    pub transfer_to: Option<String>,
    pub services: Vec<ServiceSettings>,
}

/// A service and who gives it.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
pub struct ServiceSettings {
    pub slug: String,
    pub name: String,
    pub synonyms: Vec<String>,
    pub duration_minutes: u32,
    pub offers: Vec<OfferSettings>,
}

#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
pub struct OfferSettings {
    pub staff: Option<String>,
    pub event_type_id: i64,
    pub calendar: String,
}

/// What is to be changed about a company; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CompanyChange {
    pub name: Option<String>,
    /// Keys of `[company.policy]` with their new values; null goes back to the default.
    #[schema(value_type = Object)]
    pub policy: Map<String, Value>,
}

/// What is to be changed about a branch; what is left out stays, null goes back to what holds without it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BranchChange {
    pub name: Option<String>,
    /// Such as `mon-fri 09:00-18:00, sat 09:00-14:00`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub hours: Field<String>,
    /// A region such as `DE-BE`, or `none`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub holidays: Field<String>,
    /// Such as `2026-12-24/2027-01-02`.
    pub closures: Option<Vec<String>>,
    /// Such as `2026-12-24 09:00-13:00`.
    pub special_hours: Option<Vec<String>>,
    /// True: callers are told that no appointments are made at the moment.
    pub paused: Option<bool>,
    /// Where urgent callers are put through to, as +49….
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub transfer_to: Field<String>,
    /// Numbers that ring here, as +49…; only administrators of the platform set them.
    pub phone_numbers: Option<Vec<String>>,
    /// Only administrators of the platform set it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub retell_agent_id: Field<String>,
}

/// A company after a change.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
pub struct CompanyChanged {
    /// What has changed, or would, line by line; empty: nothing.
    pub changes: Vec<String>,
    /// What will work, but perhaps not as it is meant.
    pub notes: Vec<String>,
    pub company: CompanySettings,
}

/// The companies the principal sees.
pub fn list(house: &Switchboard, who: &Principal) -> Result<List<CompanyView>, Error> {
    who.may_see_appointments()?;
    let directory = house.directory();
    let seen = companies_of(&directory, who);
    let companies = seen.iter().filter_map(|slug| directory.company_by_slug(slug));
    let items = companies.map(|company| CompanyView {
        slug: company.slug.clone(),
        name: company.name.clone(),
        language: company.language.code().to_owned(),
        test_mode: company.policy.test_mode,
        branches: company.branches.iter().map(|branch| branch.slug.clone()).collect(),
    });
    Ok(List { items: items.collect(), next_cursor: None })
}

/// All that is set about one company.
pub async fn get(house: &Switchboard, who: &Principal, slug: &str) -> Result<CompanySettings, Error> {
    who.may_see_calls()?;
    company_of(&house.directory(), who, Some(slug))?;
    let standing = house.store().directory().standing(slug).await?;
    Ok(settings(&standing.ok_or(Error::NotFound("company"))?.plan))
}

/// Changes name or policy of a company.
pub async fn change(
    house: &Switchboard,
    who: &Principal,
    slug: &str,
    change: CompanyChange,
) -> Result<CompanyChanged, Error> {
    carry_out(house, who, slug, false, |plan| {
        if let Some(name) = change.name {
            name.trim().clone_into(&mut plan.company.name);
        }
        plan.company.policy = policy(&plan.company.policy, change.policy)?;
        Ok(())
    })
    .await
}

/// Changes a branch.
pub async fn change_branch(
    house: &Switchboard,
    who: &Principal,
    (slug, company): (&str, Option<&str>),
    change: BranchChange,
) -> Result<CompanyChanged, Error> {
    who.may_see_calls()?;
    let is_wiring = change.phone_numbers.is_some() || change.retell_agent_id != Field::Left;
    if is_wiring && who.role != Role::PlatformAdmin {
        let why = "which numbers and which agent belong to a branch is set by administrators of the platform";
        return Err(Error::Invalid(why.into()));
    }
    let (company, _) = branches::only(house, who, slug, company)?;
    carry_out(house, who, &company.slug, false, |plan| {
        let branch = plan.branch.iter_mut().find(|branch| branch.slug == slug);
        lay(change, branch.ok_or(Error::NotFound("branch"))?);
        Ok(())
    })
    .await
}

/// The company's file as `fernamt export-config` prints it; no key stands in it.
pub async fn file(house: &Switchboard, who: &Principal, slug: &str) -> Result<String, Error> {
    who.may_see_calls()?;
    company_of(&house.directory(), who, Some(slug))?;
    super::export(house.store(), slug).await
}

/// Brings a company to what its file says; only for administrators of the platform. Keys stay where the file shows them as
/// the export does; a key itself replaces the one before. With `dry_run` only the changes are told.
pub async fn put_file(
    house: &Switchboard,
    who: &Principal,
    (slug, text): (&str, &str),
    dry_run: bool,
) -> Result<CompanyChanged, Error> {
    who.may_see_calls()?;
    let company = company_of(&house.directory(), who, Some(slug))?;
    if who.role != Role::PlatformAdmin {
        return Err(Error::Forbidden);
    }
    let plan = super::read(text).map_err(|complaints| Error::Invalid(complaints.join("; ")))?;
    if plan.company.slug != company.slug {
        let own = &company.slug;
        return Err(Error::Invalid(format!("company.slug must stay \"{own}\": this is that company's file")));
    }
    let mut warned = plan.warnings();
    let wanted = kept_keys(house, &plan).await?;
    let vetted = vetting::vet_kept(house, &company, &wanted).await;
    if !vetted.refused.is_empty() {
        return Err(Error::Invalid(vetted.refused.join("; ")));
    }
    warned.extend(vetted.unseen);
    let changed = carry_out(house, who, slug, dry_run, |standing| {
        *standing = wanted;
        Ok(())
    });
    Ok(CompanyChanged { notes: warned, ..changed.await? })
}

/// The plan with the texts of its keys as the books have them where the file shows them as an export does. Another
/// reference is refused: what stands in variables and files of this machine is for whoever is on it.
async fn kept_keys(house: &Switchboard, plan: &Plan) -> Result<Plan, Error> {
    let standing = house.store().directory().standing(&plan.company.slug).await?;
    let standing = standing.ok_or(Error::NotFound("company"))?.plan;
    let shown = exported(&standing);
    let mut wanted = plan.clone();
    wanted.keep_keys(&shown, &standing).map_err(|place| {
        Error::Invalid(format!(
            "{place}: leave the reference as the file showed it, or write the key itself; variables and files of the server \
             are read by `fernamt apply` alone"
        ))
    })?;
    Ok(wanted)
}

async fn carry_out(
    house: &Switchboard,
    who: &Principal,
    slug: &str,
    dry_run: bool,
    change: impl FnOnce(&mut Plan) -> Result<(), Error>,
) -> Result<CompanyChanged, Error> {
    who.may_see_calls()?;
    let company = company_of(&house.directory(), who, Some(slug))?;
    let clock = house.clock();
    let mint = move || clock.mint();
    let mut wanted = None;
    let checked = |plan: &mut Plan| {
        change(plan)?;
        let complaints = plan.complaints();
        wanted = Some(plan.clone());
        if complaints.is_empty() { Ok(()) } else { Err(Error::Invalid(complaints.join("; "))) }
    };
    let directory = house.store().directory();
    let trial = directory.change(slug, (clock.now(), &mint), checked, dry_run).await;
    let changes = match trial.map_err(refusal)? {
        Trial::Unknown => return Err(Error::NotFound("company")),
        Trial::Refused(error) => return Err(error),
        Trial::Made(lines) => lines,
    };
    if !dry_run && !changes.is_empty() {
        let deed = Deed::new(Action::CompanyApplied).at(company.id).about("company", slug);
        audit::done(house, who, deed.with(json!({"changes": changes.len()}))).await?;
        house.publish(directory.load().await?);
        tracing::info!(company = slug, "company {slug} was changed");
    }
    let wanted = wanted.ok_or(Error::NotFound("company"))?;
    Ok(CompanyChanged { changes, notes: wanted.warnings(), company: settings(&wanted) })
}

fn refusal(refused: Refused) -> Error {
    match refused {
        Refused::Store(error) => Error::Store(error),
        // Only administrators of the platform set numbers, and they see all companies.
        taken @ Refused::NumberTaken { .. } => Error::Invalid(taken.to_string()),
    }
}

/// The policy with some keys laid over it.
fn policy(before: &Policy, change: Map<String, Value>) -> Result<Policy, Error> {
    let unreadable = |error: serde_json::Error| Error::Invalid(format!("company.policy: {error}"));
    let mut all = serde_json::to_value(before).map_err(unreadable)?;
    let Some(keys) = all.as_object_mut() else { return Ok(before.clone()) };
    for (key, value) in change {
        if value.is_null() {
            keys.remove(&key);
        } else {
            keys.insert(key, value);
        }
    }
    serde_json::from_value(all).map_err(unreadable)
}

fn lay(change: BranchChange, branch: &mut BranchPlan) {
    // An empty text is none: a form sends it where nothing was written.
    let text = |field: Field<String>, into: &mut Option<String>| {
        field.put(into);
        *into = into.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    };
    if let Some(name) = change.name {
        name.trim().clone_into(&mut branch.name);
    }
    text(change.hours, &mut branch.hours);
    text(change.holidays, &mut branch.holidays);
    text(change.transfer_to, &mut branch.transfer_to);
    text(change.retell_agent_id, &mut branch.retell_agent_id);
    branch.closures = change.closures.unwrap_or_else(|| branch.closures.clone());
    branch.special_hours = change.special_hours.unwrap_or_else(|| branch.special_hours.clone());
    branch.phone_numbers = change.phone_numbers.unwrap_or_else(|| branch.phone_numbers.clone());
    branch.paused = change.paused.unwrap_or(branch.paused);
}

fn settings(plan: &Plan) -> CompanySettings {
    let company = &plan.company;
    CompanySettings {
        slug: company.slug.clone(),
        name: company.name.clone(),
        language: company.language.code().to_owned(),
        timezone: company.timezone.clone(),
        phone_numbers: company.phone_numbers.clone(),
        policy: serde_json::to_value(&company.policy).unwrap_or_default(),
        branches: plan.branch.iter().map(branch).collect(),
    }
}

fn branch(plan: &BranchPlan) -> BranchSettings {
    BranchSettings {
        slug: plan.slug.clone(),
        name: plan.name.clone(),
        phone_numbers: plan.phone_numbers.clone(),
        retell_agent_id: plan.retell_agent_id.clone(),
        hours: plan.hours.clone(),
        timezone: plan.timezone.clone(),
        holidays: plan.holidays.clone(),
        closures: plan.closures.clone(),
        special_hours: plan.special_hours.clone(),
        paused: plan.paused,
        transfer_to: plan.transfer_to.clone(),
        services: plan.service.iter().map(service).collect(),
    }
}

fn service(plan: &ServicePlan) -> ServiceSettings {
    let offers = plan.offers();
    let offers = offers.iter().map(|offer| OfferSettings {
        staff: offer.staff.clone(),
        event_type_id: offer.event_type_id,
        calendar: offer.calendar().to_owned(),
    });
    ServiceSettings {
        slug: plan.slug.clone(),
        name: plan.name.clone(),
        synonyms: plan.synonyms.clone(),
        duration_minutes: plan.duration_minutes,
        offers: offers.collect(),
    }
}
