//! `/admin/people`: who may sign in, which programs hold a token, and what they reach.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::web::{self, Path, ServiceConfig};
use askama::Template;
use secrecy::SecretString;
use serde::Deserialize;

use super::around::{back, complaint, show_refused};
use super::desk::{Away, Desk, Signed};
use super::frame::{Frame, Place};
use super::times::Moment;
use crate::operations::tokens::{self, NewToken, TokenView};
use crate::operations::users::{self, NewUser, UserChange, UserView};
use crate::operations::{Error, Role, companies_of};

const PEOPLE: &str = "/admin/people";

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/people").route(web::get().to(page)).route(web::post().to(enter)))
        .service(web::resource("/people/tokens").route(web::post().to(make_token)))
        .service(web::resource("/people/tokens/{id}").route(web::post().to(revoke_token)))
        .service(web::resource("/people/{id}").route(web::post().to(change)));
}

#[derive(Template)]
#[template(path = "desk/people.html")]
struct Page {
    f: Frame,
    complaint: Option<String>,
    /// A token that was just made, shown this once.
    made: Option<(String, String)>,
    users: Vec<User>,
    tokens: Vec<Token>,
    roles: Vec<Choice>,
    token_roles: Vec<Choice>,
    companies: Vec<String>,
}

struct User {
    id: String,
    email: String,
    role: String,
    companies: String,
    is_disabled: bool,
    since: Moment,
}

struct Token {
    id: String,
    name: String,
    role: String,
    companies: String,
    is_revoked: bool,
    since: Moment,
}

struct Choice {
    name: &'static str,
    label: String,
}

async fn draw(desk: &Desk, complaint: Option<String>) -> Result<Page, Away> {
    let house = &desk.rooms.house;
    let directory = house.directory();
    let is_seen = |companies: &[String]| match desk.company.as_ref() {
        None => true,
        Some(company) => companies.contains(company),
    };
    let users = users::list(house.store(), &directory, desk.who()).await?.items;
    let tokens = tokens::list(house.store(), &directory, desk.who()).await?.items;
    let w = desk.w;
    let roles = |all: &[Role]| {
        let given = all.iter().filter(|role| may_give(desk.who().role, **role));
        given.map(|role| Choice { name: role.as_str(), label: w.word("role", role.as_str()) }).collect()
    };
    let people = [Role::Staff, Role::CompanyAdmin, Role::Agency, Role::PlatformAdmin];
    let programs = [Role::Agent, Role::Staff, Role::CompanyAdmin, Role::Agency, Role::PlatformAdmin];
    Ok(Page {
        f: desk.frame(Place::People),
        complaint,
        made: None,
        users: users.into_iter().filter(|user| is_seen(&user.companies)).map(|one| user(desk, one)).collect(),
        tokens: tokens
            .into_iter()
            .filter(|one| is_seen(&one.companies))
            .map(|one| token(desk, one))
            .collect(),
        roles: roles(&people),
        token_roles: roles(&programs),
        companies: companies_of(&directory, desk.who()),
    })
}

/// What is offered; what is allowed is decided in `operations`.
fn may_give(own: Role, role: Role) -> bool {
    own == Role::PlatformAdmin || !matches!(role, Role::PlatformAdmin | Role::Agency)
}

fn user(desk: &Desk, user: UserView) -> User {
    User {
        role: desk.w.word("role", &user.role),
        companies: reach(desk, &user.companies),
        is_disabled: user.disabled,
        since: desk.when(&user.created_at, ("", None)),
        id: user.id,
        email: user.email,
    }
}

fn token(desk: &Desk, token: TokenView) -> Token {
    Token {
        role: desk.w.word("role", &token.role),
        companies: reach(desk, &token.companies),
        is_revoked: token.revoked,
        since: desk.when(&token.created_at, ("", None)),
        id: token.id,
        name: token.name,
    }
}

fn reach(desk: &Desk, companies: &[String]) -> String {
    if companies.is_empty() { desk.w.t("all-companies") } else { companies.join(", ") }
}

async fn page(desk: Desk) -> Result<HttpResponse, Away> {
    desk.show(&draw(&desk, None).await?)
}

#[derive(Deserialize)]
struct Entered {
    email: String,
    role: String,
    password: SecretString,
    /// The boxes that are ticked, as `company-SLUG`.
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Made {
    name: String,
    role: String,
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Changed {
    disabled: Option<bool>,
    password: Option<SecretString>,
}

fn ticked(form: &BTreeMap<String, String>) -> Vec<String> {
    form.keys().filter_map(|name| name.strip_prefix("company-")).map(str::to_owned).collect()
}

fn role(name: &str) -> Result<Role, Error> {
    Role::parse(name).ok_or_else(|| Error::Invalid("there is no such role".into()))
}

async fn enter(form: Signed<Entered>) -> Result<HttpResponse, Away> {
    let Signed { desk, form } = form;
    let house = &desk.rooms.house;
    let directory = house.directory();
    let new = NewUser {
        email: form.email,
        role: role(&form.role)?,
        companies: ticked(&form.rest),
        password: form.password,
    };
    let made = users::create(house.store(), house.clock(), (&directory, desk.who()), new).await;
    told(&desk, made.map(drop), "user-entered").await
}

async fn change(form: Signed<Changed>, id: Path<String>) -> Result<HttpResponse, Away> {
    let Signed { desk, form } = form;
    let house = &desk.rooms.house;
    let notice = match (&form.password, form.disabled) {
        (Some(_), _) => "user-password",
        (None, Some(true)) => "user-disabled",
        (None, Some(false) | None) => "user-enabled",
    };
    let change = UserChange { disabled: form.disabled, password: form.password };
    let directory = house.directory();
    let seen = (directory.as_ref(), desk.who());
    let changed = users::change(house.store(), house.clock(), seen, &id, change).await;
    told(&desk, changed.map(drop), notice).await
}

async fn make_token(form: Signed<Made>) -> Result<HttpResponse, Away> {
    let Signed { desk, form } = form;
    let house = &desk.rooms.house;
    let directory = house.directory();
    let new = NewToken { role: role(&form.role)?, companies: ticked(&form.rest), name: form.name };
    match tokens::grant(house.store(), house.clock(), (&directory, desk.who()), new).await {
        // Shown in the answer itself and nowhere else: an address or a cookie would keep it.
        Ok(made) => {
            let made = Some((made.view.name, made.token));
            desk.show(&Page { made, ..draw(&desk, None).await? })
        }
        Err(error) => show_refused(&draw(&desk, Some(complaint(error)?)).await?),
    }
}

async fn revoke_token(
    form: Signed<BTreeMap<String, String>>,
    id: Path<String>,
) -> Result<HttpResponse, Away> {
    let desk = form.desk;
    let house = &desk.rooms.house;
    let revoked = tokens::revoke(house.store(), house.clock(), desk.who(), &id).await;
    told(&desk, revoked, "token-revoked").await
}

async fn told(desk: &Desk, done: Result<(), Error>, notice: &str) -> Result<HttpResponse, Away> {
    match done {
        Ok(()) => Ok(back(PEOPLE, notice, &[("company", desk.company.as_deref())])),
        Err(error) => show_refused(&draw(desk, Some(complaint(error)?)).await?),
    }
}
