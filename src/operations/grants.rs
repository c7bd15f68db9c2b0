//! Who may give whom access to what: the same rule for tokens and for users.

use super::{By, Error, Principal, Role};
use crate::domain::directory::Directory;
use crate::domain::ids::CompanyId;
use crate::store::Scope;

/// The companies a role is given for, if it may have them and the principal may give it.
pub(super) fn companies(
    directory: &Directory,
    who: &Principal,
    role: Role,
    slugs: &[String],
) -> Result<Vec<CompanyId>, Error> {
    let name = role.as_str();
    // Whoever has one company gives access to that one.
    if let (Scope::Companies(own), []) = (&who.scope, slugs)
        && let [only] = own.as_slice()
        && may_give(who, role)
    {
        return Ok(vec![*only]);
    }
    match role {
        Role::PlatformAdmin if !slugs.is_empty() => {
            return Err(Error::Invalid("a platform_admin sees every company; name no company".into()));
        }
        Role::Agency | Role::CompanyAdmin | Role::Staff | Role::Agent if slugs.is_empty() => {
            return Err(Error::Invalid(format!(
                "the role {name} needs a company: --company SLUG, or \"companies\" over REST"
            )));
        }
        Role::CompanyAdmin | Role::Staff | Role::Agent if slugs.len() > 1 => {
            return Err(Error::Invalid(format!(
                "the role {name} is for one company; for several use agency"
            )));
        }
        Role::PlatformAdmin | Role::Agency | Role::CompanyAdmin | Role::Staff | Role::Agent => {}
    }
    let ids: Vec<CompanyId> = slugs
        .iter()
        .map(|slug| {
            let company = directory.company_by_slug(slug).filter(|company| who.sees(company.id));
            company.map(|company| company.id).ok_or_else(|| {
                Error::Invalid(format!("there is no company \"{slug}\"; apply its file first"))
            })
        })
        .collect::<Result<_, _>>()?;
    if may_give(who, role) { Ok(ids) } else { Err(Error::Forbidden) }
}

/// Who acts with a grant as it is kept; None: the role is none of this program's.
pub(super) fn principal(
    (by, name): (By, String),
    role: &str,
    companies: Vec<CompanyId>,
) -> Option<Principal> {
    let role = Role::parse(role)?;
    let scope = if role == Role::PlatformAdmin { Scope::All } else { Scope::Companies(companies) };
    Some(Principal { by, name, role, scope })
}

/// The companies of a grant as they are shown.
pub(super) fn slugs(directory: &Directory, companies: &[CompanyId]) -> Vec<String> {
    companies.iter().map(|id| super::slug_of(directory, (*id).into())).collect()
}

/// Nobody gives more than he has, and only the installation's administrators make agencies.
fn may_give(who: &Principal, role: Role) -> bool {
    match who.role {
        Role::PlatformAdmin => true,
        Role::Agency | Role::CompanyAdmin => match role {
            Role::CompanyAdmin | Role::Staff | Role::Agent => true,
            Role::PlatformAdmin | Role::Agency => false,
        },
        Role::Staff | Role::Agent => false,
    }
}

/// Whether all that a token or user reaches is within what the principal looks after.
pub(super) fn looks_after(who: &Principal, companies: &[CompanyId]) -> bool {
    match &who.scope {
        Scope::All => true,
        Scope::Companies(_) => !companies.is_empty() && companies.iter().all(|id| who.sees(*id)),
    }
}
