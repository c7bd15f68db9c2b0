//! Deployments: what would change at Retell, doing it after a look, and taking it back.

use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::{At, DEPLOYMENTS, Head, Whose};
use crate::http::dashboard::around::{complaint, query, show_refused};
use crate::http::dashboard::desk::{Away, Desk, Signed};
use crate::http::dashboard::frame::{Frame, Place};
use crate::http::dashboard::times::Moment;
use crate::operations::deployments::{self, DeploymentReport, Outcome, PlanView, Which, WhichDeployment};

#[derive(Template)]
#[template(path = "desk/retell_deployments.html")]
struct Page {
    f: Frame,
    head: Head,
    complaint: Option<String>,
    agents: Vec<Agent>,
    deployments: Vec<Deployment>,
}

struct Agent {
    branch: String,
    id: Option<String>,
    plan: String,
}

struct Deployment {
    id: Uuid,
    at: Moment,
    by: String,
    branch: String,
    tone: &'static str,
    outcome: String,
    sentence: String,
    is_undoing: bool,
    /// It changed something that can be brought back.
    can_go_back: bool,
}

#[derive(Template)]
#[template(path = "desk/retell_plan.html")]
struct Plan {
    f: Frame,
    head: Head,
    complaint: Option<String>,
    branch: String,
    agent_id: String,
    is_empty: bool,
    changes: Vec<Change>,
    notes: Vec<String>,
    obstacles: Vec<String>,
    remove_legacy: bool,
}

struct Change {
    area: String,
    subject: String,
    what: String,
    before: Option<String>,
    after: Option<String>,
}

fn which(whose: &Whose, remove_legacy: bool) -> Which {
    Which { company: Some(whose.company.slug.clone()), branch: whose.branch.clone(), remove_legacy }
}

async fn draw(desk: &Desk, whose: &Whose, complaint: Option<String>) -> Result<Page, Away> {
    let company = Some(whose.company.slug.clone());
    let all = Which { company, ..Which::default() };
    let list = deployments::list(&desk.rooms.house, desk.who(), &all).await?;
    let w = desk.w;
    let agents = whose.company.branches.iter().map(|branch| {
        let q = query(&[("company", Some(&whose.company.slug)), ("branch", Some(&branch.slug))]);
        Agent {
            branch: branch.name.clone(),
            id: branch.agent_id.clone(),
            plan: format!("/admin/retell-webhook/plan?{q}"),
        }
    });
    let deployments = list.items.into_iter().map(|one| {
        let outcome = one.outcome.as_deref().unwrap_or("under_way");
        Deployment {
            id: one.id,
            at: desk.when(&one.at, (&one.company, one.branch.as_deref())),
            tone: match outcome {
                "done" | "nothing_to_change" => "good",
                "under_way" => "busy",
                "unknown" | "mixed" => "bad",
                _ => "warn",
            },
            can_go_back: !matches!(outcome, "under_way" | "nothing_to_change"),
            outcome: w.word("outcome", outcome),
            sentence: one.sentence.unwrap_or_default(),
            branch: one.branch.unwrap_or_default(),
            by: one.by,
            is_undoing: one.undoes.is_some(),
        }
    });
    Ok(Page {
        f: desk.frame(Place::Retell),
        head: whose.head(w, DEPLOYMENTS),
        complaint,
        agents: agents.collect(),
        deployments: deployments.collect(),
    })
}

pub(super) async fn page(desk: Desk, at: Query<At>) -> Result<HttpResponse, Away> {
    let whose = match Whose::of(&desk, &at)? {
        Ok(whose) => whose,
        Err(choose) => return Ok(choose),
    };
    desk.show(&draw(&desk, &whose, None).await?)
}

/// What would change, to be looked at before it is done.
pub(super) async fn plan(desk: Desk, at: Query<At>) -> Result<HttpResponse, Away> {
    let whose = match Whose::of(&desk, &at)? {
        Ok(whose) => whose,
        Err(choose) => return Ok(choose),
    };
    let (rooms, remove_legacy) = (&desk.rooms, at.remove_legacy.is_some());
    let asked = which(&whose, remove_legacy);
    match deployments::plan(&rooms.house, &rooms.site, desk.who(), &asked).await {
        Ok(plan) => desk.show(&drawn(&desk, &whose, plan, remove_legacy)),
        Err(error) => show_refused(&draw(&desk, &whose, Some(complaint(error)?)).await?),
    }
}

fn drawn(desk: &Desk, whose: &Whose, plan: PlanView, remove_legacy: bool) -> Plan {
    let changes = plan.changes.into_iter().map(|change| Change {
        area: desk.w.word("area", change.area.as_str()),
        subject: change.subject,
        what: change.what,
        before: change.before,
        after: change.after,
    });
    Plan {
        f: desk.frame(Place::Retell),
        head: whose.head(desk.w, DEPLOYMENTS),
        complaint: None,
        branch: plan.branch,
        agent_id: plan.agent_id,
        is_empty: plan.is_empty,
        changes: changes.collect(),
        notes: plan.notes,
        obstacles: plan.obstacles,
        remove_legacy,
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Confirmed {
    remove_legacy: Option<String>,
}

pub(super) async fn deploy(form: Signed<Confirmed>, at: Query<At>) -> Result<HttpResponse, Away> {
    let Signed { desk, form } = form;
    let whose = match Whose::of(&desk, &at)? {
        Ok(whose) => whose,
        Err(choose) => return Ok(choose),
    };
    let (rooms, asked) = (&desk.rooms, which(&whose, form.remove_legacy.is_some()));
    let report = deployments::deploy(&rooms.house, &rooms.site, desk.who(), &asked).await;
    told(&desk, &whose, report, "deployed").await
}

#[derive(Debug, Deserialize)]
pub(super) struct Undone {
    id: String,
}

pub(super) async fn rollback(form: Signed<Undone>, at: Query<At>) -> Result<HttpResponse, Away> {
    let Signed { desk, form } = form;
    let whose = match Whose::of(&desk, &at)? {
        Ok(whose) => whose,
        Err(choose) => return Ok(choose),
    };
    let Ok(id) = form.id.parse() else {
        return Err(crate::operations::Error::NotFound("deployment").into());
    };
    let asked = WhichDeployment { company: Some(whose.company.slug.clone()), id };
    let report = deployments::rollback(&desk.rooms.house, &desk.rooms.site, desk.who(), &asked).await;
    told(&desk, &whose, report, "rolled-back").await
}

/// What came of it: a notice where all went well, else the sentence that says how things stand now.
async fn told(
    desk: &Desk,
    whose: &Whose,
    report: Result<DeploymentReport, crate::operations::Error>,
    notice: &str,
) -> Result<HttpResponse, Away> {
    match report {
        Ok(report) => match report.outcome {
            Outcome::Done => Ok(whose.back(DEPLOYMENTS, notice)),
            Outcome::NothingToChange => Ok(whose.back(DEPLOYMENTS, "nothing-to-change")),
            Outcome::AsBefore | Outcome::AsWanted | Outcome::Mixed | Outcome::Neither | Outcome::Unknown => {
                desk.show(&draw(desk, whose, Some(report.sentence)).await?)
            }
        },
        Err(error) => show_refused(&draw(desk, whose, Some(complaint(error)?)).await?),
    }
}
