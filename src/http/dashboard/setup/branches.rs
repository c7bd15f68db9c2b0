//! Branches: numbers, hours, special days, services and who gives them; what people change often can be changed here.

use actix_web::HttpResponse;
use askama::Template;

use super::{BRANCHES, Fields, tabs};
use crate::domain::Field;
use crate::domain::directory::Company;
use crate::http::dashboard::around::{self, Tab, complaint, filled, query, show_refused};
use crate::http::dashboard::desk::{Away, Desk, Signed};
use crate::http::dashboard::frame::{Frame, Place};
use crate::operations::companies::changing::{self, BranchChange, CompanySettings};

#[derive(Template)]
#[template(path = "desk/setup_branches.html")]
struct Page {
    f: Frame,
    tabs: Vec<Tab>,
    q: String,
    complaint: Option<String>,
    company: CompanySettings,
    branches: Vec<Branch>,
}

struct Branch {
    slug: String,
    name: String,
    is_paused: bool,
    numbers: String,
    agent_id: Option<String>,
    hours: String,
    closures: String,
    special_hours: String,
    holidays: String,
    transfer_to: String,
    services: Vec<Service>,
}

struct Service {
    name: String,
    minutes: u32,
    synonyms: String,
    offers: Vec<String>,
}

async fn draw(desk: &Desk, company: &Company, complaint: Option<String>) -> Result<Page, Away> {
    let company = changing::get(&desk.rooms.house, desk.who(), &company.slug).await?;
    let w = desk.w;
    let branches = company.branches.iter().map(|branch| Branch {
        slug: branch.slug.clone(),
        name: branch.name.clone(),
        is_paused: branch.paused,
        numbers: branch.phone_numbers.join(", "),
        agent_id: branch.retell_agent_id.clone(),
        hours: branch.hours.clone().unwrap_or_default(),
        closures: branch.closures.join("\n"),
        special_hours: branch.special_hours.join("\n"),
        holidays: branch.holidays.clone().unwrap_or_default(),
        transfer_to: branch.transfer_to.clone().unwrap_or_default(),
        services: branch
            .services
            .iter()
            .map(|service| Service {
                name: service.name.clone(),
                minutes: service.duration_minutes,
                synonyms: service.synonyms.join(", "),
                offers: service
                    .offers
                    .iter()
                    .map(|offer| {
                        let staff = offer.staff.clone().unwrap_or_else(|| w.t("anybody"));
                        format!("{staff} · {} · {}", offer.calendar, offer.event_type_id)
                    })
                    .collect(),
            })
            .collect(),
    });
    Ok(Page {
        f: desk.frame(Place::Setup),
        tabs: tabs(w, &company.slug, BRANCHES),
        q: query(&[("company", Some(&company.slug))]),
        complaint,
        branches: branches.collect(),
        company,
    })
}

pub(super) async fn page(desk: Desk) -> Result<HttpResponse, Away> {
    let company = match around::company(&desk, Place::Setup)? {
        Ok(company) => company,
        Err(choose) => return Ok(choose),
    };
    desk.show(&draw(&desk, &company, None).await?)
}

pub(super) async fn change(form: Signed<Fields>) -> Result<HttpResponse, Away> {
    let Signed { desk, form } = form;
    let company = match around::company(&desk, Place::Setup)? {
        Ok(company) => company,
        Err(choose) => return Ok(choose),
    };
    let field = |name: &str| Field::Given(filled(form.get(name)));
    let lines = |name: &str| {
        let text = form.get(name).map(String::as_str).unwrap_or_default();
        text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    };
    let change = BranchChange {
        name: filled(form.get("name")),
        hours: field("hours"),
        holidays: field("holidays"),
        closures: Some(lines("closures")),
        special_hours: Some(lines("special_hours")),
        transfer_to: field("transfer_to"),
        paused: Some(form.contains_key("paused")),
        ..BranchChange::default()
    };
    let branch = form.get("branch").map(String::as_str).unwrap_or_default();
    let which = (branch, Some(company.slug.as_str()));
    match changing::change_branch(&desk.rooms.house, desk.who(), which, change).await {
        Ok(_) => Ok(around::back(BRANCHES, "branch-changed", &[("company", Some(&company.slug))])),
        Err(error) => show_refused(&draw(&desk, &company, Some(complaint(error)?)).await?),
    }
}
