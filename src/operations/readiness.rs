//! Whether companies can take calls: gathers the facts from the books, Retell and Cal.com, and has them judged.

pub(super) mod gather;
mod rehearsal;

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::rehearsal::{Heard, Rehearsal};

pub(super) use self::gather::workspace;

use self::gather::Inquiry;
use super::{Error, Principal, Role, deployments};
use crate::actors::Switchboard;
use crate::domain::readiness::{House, Light, MasterKey, Report, judge};
use crate::retell;

/// Settings of the `[readiness]` table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How long others may be asked about one company, in milliseconds.
    pub patience_ms: u64,
    /// Questions of one check under way at a time.
    pub at_once_max: usize,
}

/// What a check has to know of the installation.
#[derive(Debug)]
pub struct Site {
    public_url: OnceLock<String>,
    master_key_file: Option<PathBuf>,
    retell: (reqwest::Client, retell::Settings),
    settings: Settings,
    /// One check at a time: it spends the minute's requests that callers need.
    turn: tokio::sync::Mutex<()>,
}

/// How companies stand.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema, JsonSchema)]
pub struct Readiness {
    pub light: Light,
    pub companies: Vec<Report>,
    /// What callers would have heard, where that was tried.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rehearsals: Vec<Rehearsal>,
}

/// What is to be looked at, and how.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look<'a> {
    /// All that the principal sees, where none is named.
    pub company: Option<&'a str>,
    /// Ask neither Retell nor Cal.com.
    pub offline: bool,
    /// Play a call for each service, without writing.
    pub rehearse: bool,
}

impl Site {
    pub fn new(
        public_url: Option<String>,
        master_key_file: Option<PathBuf>,
        retell: (reqwest::Client, retell::Settings),
        settings: Settings,
    ) -> Self {
        let site = Self {
            public_url: OnceLock::new(),
            master_key_file,
            retell,
            settings,
            turn: tokio::sync::Mutex::default(),
        };
        if let Some(url) = public_url {
            site.listens_at(&url);
        }
        site
    }

    /// Where the server listens, which is where it is reached if nothing else was set.
    pub fn listens_at(&self, url: &str) {
        self.public_url.get_or_init(|| url.trim().trim_end_matches('/').to_owned());
    }

    /// The address others know this house by, without a slash at its end; empty as long as nobody knows.
    pub fn public_url(&self) -> &str {
        self.public_url.get().map(String::as_str).unwrap_or_default()
    }

    /// For what is sent as Retell would send it.
    pub(super) fn retell_http(&self) -> &reqwest::Client {
        &self.retell.0
    }

    /// The installation as it may be told of: where its files stand is for whoever runs it alone.
    fn house(&self, who: &Principal) -> House {
        House { public_url: self.public_url().to_owned(), master_key: self.master_key(who) }
    }

    fn master_key(&self, who: &Principal) -> MasterKey {
        let Some(file) = &self.master_key_file else { return MasterKey::Given };
        let path = (who.role == Role::PlatformAdmin).then(|| file.display().to_string());
        MasterKey::File { path, open_to_others: is_open_to_others(file) }
    }
}

/// How long a look waits for another to end.
const TURN_WAITS: Duration = Duration::from_secs(10);

/// Looks at one company or at all the principal sees; offline, only at what stands in the books.
/// Fails where the role does not allow it, the company is unknown or the books fail.
pub async fn check(
    house: &Switchboard,
    site: &Site,
    who: &Principal,
    look: Look<'_>,
) -> Result<Readiness, Error> {
    who.may_see_calls()?;
    let directory = house.directory();
    let seen = Principal { scope: who.scope_for(&directory, look.company)?, ..who.clone() };
    // One at a time, so that looking costs the callers nothing; who would wait for long is told to come again.
    let _turn = tokio::time::timeout(TURN_WAITS, site.turn.lock()).await.map_err(|_| Error::NoAnswer)?;
    let (mut companies, mut rehearsals) = (Vec::new(), Vec::new());
    for company in directory.companies().filter(|company| seen.sees(company.id)) {
        let facts = Inquiry::new(house, site, company, look.offline).facts(who).await?;
        let mut findings = judge(company, &facts);
        findings.extend(super::channels::findings(house, company).await?);
        if !look.offline {
            let patience = Duration::from_millis(site.settings.patience_ms);
            findings.extend(deployments::drifts(house, site, company, patience).await?);
        }
        if look.rehearse {
            let (played, found) = rehearsal::rehearse(house, company).await;
            rehearsals.extend(played);
            findings.extend(found);
        }
        let report = Report::of(&company.slug, findings);
        companies.push(if look.offline { report.unasked() } else { report });
    }
    Ok(Readiness { rehearsals, ..Readiness::of(companies) })
}

impl Readiness {
    /// The worst light counts.
    fn of(companies: Vec<Report>) -> Self {
        let light = companies.iter().map(|report| report.light).max().unwrap_or(Light::Green);
        Self { light, companies, rehearsals: Vec::new() }
    }
}

#[cfg(unix)]
fn is_open_to_others(file: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(file).is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &std::path::Path) -> bool {
    false
}
