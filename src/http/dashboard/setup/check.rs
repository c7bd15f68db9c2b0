//! The go-live check: red first, each with what to do, and a button where the house can do it; and the switches.

use actix_web::HttpResponse;
use askama::Template;

use super::{CHECK, Fields, tabs};
use crate::domain::Field;
use crate::domain::deployment::reception::{Author, PromptChange};
use crate::domain::directory::Company;
use crate::domain::readiness::{Finding, Light, Mend, mend};
use crate::http::dashboard::around::{self, Tab, complaint, query, show_refused};
use crate::http::dashboard::desk::{Away, Desk, Signed};
use crate::http::dashboard::frame::{Frame, Place, with_company};
use crate::http::dashboard::times::Moment;
use crate::operations::companies::changing::{self, BranchChange, CompanyChange};
use crate::operations::readiness::{self, Look};
use crate::operations::reception::{Of, prompt};
use crate::operations::{Error, Role, companies_of, deliveries};

#[derive(Template)]
#[template(path = "desk/setup_check.html")]
struct Page {
    f: Frame,
    tabs: Vec<Tab>,
    q: String,
    complaint: Option<String>,
    light: &'static str,
    state: String,
    next: String,
    /// What is wrong, the worst first.
    findings: Vec<Shown>,
    green: Vec<Shown>,
    green_count: usize,
    test_mode: bool,
    branches: Vec<Switch>,
}

struct Switch {
    slug: String,
    name: String,
    is_paused: bool,
}

struct Shown {
    tone: &'static str,
    state: String,
    area: String,
    subject: String,
    what: String,
    fix: Option<String>,
    mend: Option<Button>,
}

/// A button where it is done at once, a link where it is looked at first.
struct Button {
    label: String,
    link: Option<String>,
    what: &'static str,
    branch: String,
}

#[derive(Template)]
#[template(path = "desk/setup_all.html")]
struct All {
    f: Frame,
    complaint: Option<String>,
    companies: Vec<Row>,
    unknown: Option<Vec<Unknown>>,
    places: Vec<(String, String)>,
}

struct Row {
    href: String,
    name: String,
    slug: String,
    tone: &'static str,
    state: String,
    red: usize,
    yellow: usize,
    test_mode: bool,
    paused: usize,
}

struct Unknown {
    number: String,
    deliveries: i64,
    last: Moment,
}

fn tone(light: Light) -> &'static str {
    match light {
        Light::Green => "good",
        Light::Yellow => "warn",
        Light::Red => "bad",
    }
}

fn name(light: Light) -> &'static str {
    match light {
        Light::Green => "green",
        Light::Yellow => "yellow",
        Light::Red => "red",
    }
}

pub(super) async fn page(desk: Desk) -> Result<HttpResponse, Away> {
    draw(&desk, None).await
}

async fn draw(desk: &Desk, complaint: Option<String>) -> Result<HttpResponse, Away> {
    let is_refused = complaint.is_some();
    let is_one = desk.company.is_some() || companies_of(&desk.rooms.house.directory(), desk.who()).len() == 1;
    if !is_one {
        let page = all(desk, complaint).await?;
        return if is_refused { show_refused(&page) } else { desk.show(&page) };
    }
    let company = match around::company(desk, Place::Setup)? {
        Ok(company) => company,
        Err(choose) => return Ok(choose),
    };
    let page = one(desk, &company, complaint).await?;
    if is_refused { show_refused(&page) } else { desk.show(&page) }
}

async fn one(desk: &Desk, company: &Company, refused: Option<String>) -> Result<Page, Away> {
    let look = Look { company: Some(&company.slug), ..Look::default() };
    let asked = readiness::check(&desk.rooms.house, &desk.rooms.site, desk.who(), look).await;
    let (report, refused) = match asked {
        Ok(seen) => (seen.companies.into_iter().next(), refused),
        Err(error) => (None, Some(refused.unwrap_or(complaint(error)?))),
    };
    let w = desk.w;
    let light = report.as_ref().map_or(Light::Yellow, |report| report.light);
    let (next, findings) = report.map(|report| (report.next, report.findings)).unwrap_or_default();
    let (green, mut rest): (Vec<Finding>, Vec<Finding>) =
        findings.into_iter().partition(|finding| finding.light == Light::Green);
    rest.sort_by_key(|finding| std::cmp::Reverse(finding.light));
    let show = |finding: Finding| shown(desk, company, finding);
    Ok(Page {
        f: desk.frame(Place::Setup),
        tabs: tabs(w, &company.slug, CHECK),
        q: query(&[("company", Some(&company.slug))]),
        complaint: refused,
        light: tone(light),
        state: w.word("light", name(light)),
        next,
        findings: rest.into_iter().map(show).collect(),
        green_count: green.len(),
        green: green.into_iter().map(show).collect(),
        test_mode: company.policy.test_mode,
        branches: company.branches.iter().map(switch).collect(),
    })
}

fn switch(branch: &crate::domain::directory::Branch) -> Switch {
    Switch { slug: branch.slug.clone(), name: branch.name.clone(), is_paused: branch.paused }
}

fn shown(desk: &Desk, company: &Company, finding: Finding) -> Shown {
    let mend = mend(company, &finding).map(|mend| button(desk, company, mend));
    Shown {
        tone: tone(finding.light),
        state: desk.w.word("light", name(finding.light)),
        area: desk.w.word("check", finding.area.as_str()),
        subject: finding.subject,
        what: finding.what,
        fix: finding.fix,
        mend,
    }
}

fn button(desk: &Desk, company: &Company, mend: Mend) -> Button {
    let w = desk.w;
    let link = |path: &str, branch: &str| {
        let q = query(&[("company", Some(&company.slug)), ("branch", Some(branch))]);
        Some(format!("{path}?{q}"))
    };
    let at_once = |label: String, what, branch| Button { label, link: None, what, branch };
    match mend {
        Mend::Deploy { branch } => {
            let link = link("/admin/retell-webhook/plan", &branch);
            Button { link, ..at_once(w.t("mend-deploy"), "", branch) }
        }
        Mend::Hours { branch } => {
            let link = link(super::BRANCHES, &branch);
            Button { link, ..at_once(w.t("mend-hours"), "", branch) }
        }
        Mend::Resume { branch } => at_once(w.t("resume"), "resume", branch),
        Mend::TellOfAi { branch } => at_once(w.t("mend-ai"), "tell-of-ai", branch),
        Mend::EndTest => at_once(w.t("test-mode-end"), "end-test", String::new()),
    }
}

/// Presses one of the page's buttons.
pub(super) async fn put_right(form: Signed<Fields>) -> Result<HttpResponse, Away> {
    let Signed { desk, form } = form;
    let company = match around::company(&desk, Place::Setup)? {
        Ok(company) => company,
        Err(choose) => return Ok(choose),
    };
    let what = form.get("what").map(String::as_str).unwrap_or_default();
    let branch = form.get("branch").map(String::as_str).unwrap_or_default();
    let done = match what {
        "pause" => pause(&desk, &company, branch, true).await.map(|()| "paused"),
        "resume" => pause(&desk, &company, branch, false).await.map(|()| "resumed"),
        "test" => test_mode(&desk, &company, true).await.map(|()| "test-mode-on"),
        "end-test" => test_mode(&desk, &company, false).await.map(|()| "test-mode-off"),
        "tell-of-ai" => tell_of_ai(&desk, &company, branch).await.map(|()| "ai-told"),
        _ => Err(Error::Invalid("this page has no such button: load it again".into())),
    };
    let pairs = [("company", Some(company.slug.as_str())), ("branch", Some(branch))];
    match done {
        // What the prompt is to say reaches callers with a deployment, which is looked at first.
        Ok(notice @ "ai-told") => Ok(around::back("/admin/retell-webhook/plan", notice, &pairs)),
        Ok(notice) => Ok(around::back(CHECK, notice, &pairs[..1])),
        Err(error) => draw(&desk, Some(complaint(error)?)).await,
    }
}

async fn pause(desk: &Desk, company: &Company, branch: &str, paused: bool) -> Result<(), Error> {
    let change = BranchChange { paused: Some(paused), ..BranchChange::default() };
    let which = (branch, Some(company.slug.as_str()));
    changing::change_branch(&desk.rooms.house, desk.who(), which, change).await.map(drop)
}

async fn test_mode(desk: &Desk, company: &Company, is_on: bool) -> Result<(), Error> {
    let policy = [("test_mode".to_owned(), is_on.into())].into_iter().collect();
    let change = CompanyChange { policy, ..CompanyChange::default() };
    changing::change(&desk.rooms.house, desk.who(), &company.slug, change).await.map(drop)
}

async fn tell_of_ai(desk: &Desk, company: &Company, branch: &str) -> Result<(), Error> {
    let of = Of { company: Some(company.slug.clone()), branch: Some(branch.to_owned()) };
    let change = PromptChange { author: Field::Given(Some(Author::Ours)), ..PromptChange::default() };
    prompt::change(&desk.rooms.house, desk.who(), &of, change).await.map(drop)
}

/// All companies: as they stand in the books, for Retell and Cal.com are asked about one at a time.
async fn all(desk: &Desk, complaint: Option<String>) -> Result<All, Away> {
    let house = &desk.rooms.house;
    let look = Look { offline: true, ..Look::default() };
    let seen = readiness::check(house, &desk.rooms.site, desk.who(), look).await?;
    let directory = house.directory();
    let rows = seen.companies.into_iter().filter_map(|report| {
        let company = directory.company_by_slug(&report.company)?;
        let count = |light| report.findings.iter().filter(|finding| finding.light == light).count();
        Some(Row {
            href: with_company(CHECK, Some(&company.slug)),
            name: company.name.clone(),
            slug: company.slug.clone(),
            tone: tone(report.light),
            state: desk.w.word("light", name(report.light)),
            red: count(Light::Red),
            yellow: count(Light::Yellow),
            test_mode: company.policy.test_mode,
            paused: company.branches.iter().filter(|branch| branch.paused).count(),
        })
    });
    let companies = rows.collect();
    let (mut unknown, mut places) = (None, Vec::new());
    if desk.who().role == Role::PlatformAdmin {
        let list = deliveries::unknown_numbers(house, desk.who()).await?;
        unknown = Some(
            list.items
                .into_iter()
                .map(|one| Unknown {
                    number: one.number,
                    deliveries: one.deliveries,
                    last: desk.when(&one.last_at, ("", None)),
                })
                .collect(),
        );
        let all = directory.companies().flat_map(|company| {
            let label =
                move |slug: &str| (format!("{}/{slug}", company.slug), format!("{} – {slug}", company.name));
            company.branches.iter().map(move |branch| label(&branch.slug))
        });
        places = all.collect();
    }
    Ok(All { f: desk.frame(Place::Setup), complaint, companies, unknown, places })
}

/// A number that rang belongs to a branch from now on.
pub(super) async fn adopt(form: Signed<Fields>) -> Result<HttpResponse, Away> {
    let Signed { desk, form } = form;
    let number = form.get("number").cloned().unwrap_or_default();
    let place = form.get("place").and_then(|place| place.split_once('/'));
    let (company, branch) = place.ok_or(Error::NotFound("branch"))?;
    let (house, who) = (&desk.rooms.house, desk.who());
    let settings = changing::get(house, who, company).await?;
    let own = settings.branches.into_iter().find(|own| own.slug == branch);
    let mut numbers = own.ok_or(Error::NotFound("branch"))?.phone_numbers;
    numbers.push(number);
    let change = BranchChange { phone_numbers: Some(numbers), ..BranchChange::default() };
    match changing::change_branch(house, who, (branch, Some(company)), change).await {
        Ok(_) => Ok(around::back(CHECK, "number-adopted", &[("company", Some(company))])),
        Err(error) => draw(&desk, Some(complaint(error)?)).await,
    }
}
