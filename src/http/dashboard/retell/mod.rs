//! `/admin/retell-webhook`: what a company's agents at Retell are to be like, what would change there, and doing it.

mod deploy;
mod functions;
mod prompt;
mod webhook;

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig};
use serde::Deserialize;

use super::around::{self, Tab, query};
use super::desk::{Away, Desk};
use super::frame::Place;
use super::words::Words;
use crate::domain::directory::Company;
use crate::operations::reception::Of;

const WEBHOOK: &str = "/admin/retell-webhook";
const FUNCTIONS: &str = "/admin/retell-webhook/functions";
const PROMPT: &str = "/admin/retell-webhook/prompt";
const DEPLOYMENTS: &str = "/admin/retell-webhook/deployments";

pub(super) fn routes(config: &mut ServiceConfig) {
    let at = |path: &str| web::resource(path.trim_start_matches("/admin"));
    config
        .service(at(WEBHOOK).route(web::get().to(webhook::page)).route(web::post().to(webhook::change)))
        .service(web::resource("/retell-webhook/key").route(web::post().to(webhook::replace_key)))
        .service(web::resource("/retell-webhook/test").route(web::post().to(webhook::try_it)))
        .service(at(FUNCTIONS).route(web::get().to(functions::page)).route(web::post().to(functions::change)))
        .service(at(PROMPT).route(web::get().to(prompt::page)).route(web::post().to(prompt::change)))
        .service(at(DEPLOYMENTS).route(web::get().to(deploy::page)))
        .service(web::resource("/retell-webhook/plan").route(web::get().to(deploy::plan)))
        .service(web::resource("/retell-webhook/deploy").route(web::post().to(deploy::deploy)))
        .service(web::resource("/retell-webhook/rollback").route(web::post().to(deploy::rollback)));
}

/// The fields of a form by their names.
type Fields = BTreeMap<String, String>;

/// What these pages understand of their address.
#[derive(Debug, Default, Deserialize)]
struct At {
    branch: Option<String>,
    trade: Option<String>,
    language: Option<String>,
    remove_legacy: Option<String>,
}

/// Whose agents are looked at.
struct Whose {
    company: Arc<Company>,
    /// None: what holds for all branches.
    branch: Option<String>,
}

/// What stands at the head of these pages.
struct Head {
    tabs: Vec<Tab>,
    /// Empty where there is nothing to choose.
    branches: Vec<Tab>,
    /// Company and branch, as forms and links carry them on.
    q: String,
}

impl Whose {
    /// The company and branch of the address; else a page on which a company is chosen.
    fn of(desk: &Desk, at: &At) -> Result<Result<Self, HttpResponse>, Away> {
        let branch = at.branch.clone().filter(|branch| !branch.is_empty());
        Ok(around::company(desk, Place::Retell)?.map(|company| Self { company, branch }))
    }

    fn agents(&self) -> Of {
        Of { company: Some(self.company.slug.clone()), branch: self.branch.clone() }
    }

    fn pairs(&self) -> [(&str, Option<&str>); 2] {
        [("company", Some(self.company.slug.as_str())), ("branch", self.branch.as_deref())]
    }

    fn back(&self, path: &str, notice: &str) -> HttpResponse {
        around::back(path, notice, &self.pairs())
    }

    fn head(&self, w: Words, path: &'static str) -> Head {
        let q = query(&self.pairs());
        let tabs = [
            (WEBHOOK, w.t("retell-tab-webhook")),
            (FUNCTIONS, w.t("retell-tab-functions")),
            (PROMPT, w.t("retell-tab-prompt")),
            (DEPLOYMENTS, w.t("retell-tab-deployments")),
        ];
        let tabs = tabs.map(|(to, label)| Tab { href: format!("{to}?{q}"), label, is_current: to == path });
        let own = |branch: Option<&str>, label: String| Tab {
            href: format!("{path}?{}", query(&[("company", Some(&self.company.slug)), ("branch", branch)])),
            label,
            is_current: self.branch.as_deref() == branch,
        };
        let branches = self.company.branches.iter();
        let mut branches: Vec<Tab> =
            branches.map(|branch| own(Some(&branch.slug), branch.name.clone())).collect();
        // A deployment is always of one branch, and its page names them all.
        if branches.len() < 2 || path == DEPLOYMENTS {
            branches.clear();
        } else {
            branches.insert(0, own(None, w.t("all-branches")));
        }
        Head { tabs: tabs.into(), branches, q }
    }
}
