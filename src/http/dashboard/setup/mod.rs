//! `/admin/setup`: whether companies can take calls and what to do where not; what is set about them, and changing it.

mod branches;
mod check;
mod file;
mod rules;

use std::collections::BTreeMap;

use actix_web::web::{self, ServiceConfig};

use super::around::{Tab, query};
use super::words::Words;

const CHECK: &str = "/admin/setup";
const BRANCHES: &str = "/admin/setup/branches";
const RULES: &str = "/admin/setup/rules";
const FILE: &str = "/admin/setup/file";

/// The largest form that may come: a company's file, in bytes.
const FORM_MAX_BYTES: usize = 512 * 1_024;

pub(super) fn routes(config: &mut ServiceConfig) {
    let at = |path: &str| web::resource(path.trim_start_matches("/admin"));
    config
        .service(at(CHECK).route(web::get().to(check::page)))
        .service(web::resource("/setup/mend").route(web::post().to(check::put_right)))
        .service(web::resource("/setup/number").route(web::post().to(check::adopt)))
        .service(at(BRANCHES).route(web::get().to(branches::page)).route(web::post().to(branches::change)))
        .service(at(RULES).route(web::get().to(rules::page)).route(web::post().to(rules::change)))
        .service(
            at(FILE)
                .app_data(web::PayloadConfig::new(FORM_MAX_BYTES))
                .route(web::get().to(file::page))
                .route(web::post().to(file::change)),
        );
}

/// The fields of a form by their names.
type Fields = BTreeMap<String, String>;

fn tabs(w: Words, company: &str, path: &str) -> Vec<Tab> {
    let q = query(&[("company", Some(company))]);
    let tabs = [
        (CHECK, w.t("setup-tab-check")),
        (BRANCHES, w.t("setup-tab-branches")),
        (RULES, w.t("setup-tab-rules")),
        (FILE, w.t("setup-tab-file")),
    ];
    let tab = |(to, label)| Tab { href: format!("{to}?{q}"), label, is_current: to == path };
    tabs.map(tab).into()
}
