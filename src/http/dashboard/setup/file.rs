//! The company's whole file: read, changed after a look at what it would change.

use actix_web::HttpResponse;
use askama::Template;

use super::{FILE, Fields, tabs};
use crate::domain::directory::Company;
use crate::http::dashboard::around::{self, Tab, complaint, query, show_refused};
use crate::http::dashboard::desk::{Away, Desk, Signed};
use crate::http::dashboard::frame::{Frame, Place};
use crate::operations::Role;
use crate::operations::companies::changing::{self, CompanyChanged};

#[derive(Template)]
#[template(path = "desk/setup_file.html")]
struct Page {
    f: Frame,
    tabs: Vec<Tab>,
    q: String,
    complaint: Option<String>,
    text: String,
    may_change: bool,
    /// What it would change; None: nobody has asked yet.
    changes: Option<CompanyChanged>,
}

fn draw(desk: &Desk, company: &Company, text: String) -> Page {
    Page {
        f: desk.frame(Place::Setup),
        tabs: tabs(desk.w, &company.slug, FILE),
        q: query(&[("company", Some(&company.slug))]),
        complaint: None,
        text,
        may_change: desk.who().role == Role::PlatformAdmin,
        changes: None,
    }
}

pub(super) async fn page(desk: Desk) -> Result<HttpResponse, Away> {
    let company = match around::company(&desk, Place::Setup)? {
        Ok(company) => company,
        Err(choose) => return Ok(choose),
    };
    let text = changing::file(&desk.rooms.house, desk.who(), &company.slug).await?;
    desk.show(&draw(&desk, &company, text))
}

pub(super) async fn change(form: Signed<Fields>) -> Result<HttpResponse, Away> {
    let Signed { desk, form } = form;
    let company = match around::company(&desk, Place::Setup)? {
        Ok(company) => company,
        Err(choose) => return Ok(choose),
    };
    let text = form.get("file").map(|text| text.replace("\r\n", "\n")).unwrap_or_default();
    let dry_run = form.get("do").map(String::as_str) != Some("save");
    let changed = changing::put_file(&desk.rooms.house, desk.who(), (&company.slug, &text), dry_run).await;
    match changed {
        Ok(_) if !dry_run => Ok(around::back(FILE, "file-applied", &[("company", Some(&company.slug))])),
        Ok(lines) => desk.show(&Page { changes: Some(lines), ..draw(&desk, &company, text) }),
        Err(error) => {
            let complaint = Some(complaint(error)?);
            show_refused(&Page { complaint, ..draw(&desk, &company, text) })
        }
    }
}
