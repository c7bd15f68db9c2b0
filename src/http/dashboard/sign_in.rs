//! Signing in and out, one's own password, and the language of the desk.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::{self, Data, Form, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use secrecy::SecretString;
use serde::Deserialize;

use super::desk::{Away, DOOR, Desk, Signed, show};
use super::frame::{Frame, Place};
use super::words::{COOKIE, Language, Words};
use crate::http::Rooms;
use crate::http::error::Problem;
use crate::http::limit::seconds;
use crate::http::session::{cookie, is_from_here, is_secure, no_cookie, session};
use crate::operations::Error;

/// How long a browser keeps the choice of a language, in days.
const LANGUAGE_DAYS: i64 = 365;
/// The longest place to come back to, in bytes.
const NEXT_MAX: usize = 2_000;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/login").route(web::get().to(door)).route(web::post().to(come_in)))
        .service(web::resource("/logout").route(web::post().to(leave)))
        .service(
            web::resource("/password")
                .route(web::get().to(own_password))
                .route(web::post().to(change_password)),
        )
        .service(web::resource("/language").route(web::post().to(choose_language)));
}

#[derive(Template)]
#[template(path = "desk/login.html")]
struct Door {
    f: Frame,
    next: String,
    email: String,
    is_refused: bool,
}

#[derive(Debug, Default, Deserialize)]
struct Back {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct Credentials {
    #[serde(default)]
    email: String,
    password: SecretString,
    #[serde(default)]
    next: String,
}

async fn door(rooms: Data<Rooms>, request: HttpRequest, back: Query<Back>) -> Result<HttpResponse, Away> {
    if session(&rooms, &request).await?.is_some() {
        return Ok(to(local(&back.next)));
    }
    let w = Words::of(&request);
    show(&shut(w, local(&back.next).to_owned()))
}

fn shut(w: Words, next: String) -> Door {
    let f = Frame { back: DOOR.to_owned(), ..Frame::bare(w, w.t("login-title")) };
    Door { f, next, email: String::new(), is_refused: false }
}

/// A new session for the right password; the one the browser had, if any, ends.
async fn come_in(
    rooms: Data<Rooms>,
    request: HttpRequest,
    given: Form<Credentials>,
) -> Result<HttpResponse, Away> {
    ours(&rooms, &request)?;
    let limits = &rooms.limits;
    if let Some(wait) = limits.token_bar(&request).or_else(|| limits.log_in(&request)) {
        return Err(Problem::too_often("too many log-ins came from your address", seconds(wait)).into());
    }
    let Credentials { email, password, next } = given.into_inner();
    let next = local(&next).to_owned();
    let before = session(&rooms, &request).await?;
    let Some(opened) = rooms.register().open(&email, password).await? else {
        limits.wrong_token(&request);
        let page = Door { email, is_refused: true, ..shut(Words::of(&request), next) };
        let mut answer = show(&page)?;
        *answer.status_mut() = StatusCode::UNAUTHORIZED;
        return Ok(answer);
    };
    if let Some(before) = before {
        rooms.register().close(&before.signed_in).await?;
    }
    let mut answer = to(&next);
    set(&mut answer, &cookie(&rooms, opened.text))?;
    Ok(answer)
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn leave(form: Signed<Nothing>) -> Result<HttpResponse, Away> {
    let desk = form.desk;
    desk.rooms.register().close(&desk.session.signed_in).await?;
    let mut answer = to(DOOR);
    set(&mut answer, &no_cookie(&desk.rooms))?;
    Ok(answer)
}

#[derive(Template)]
#[template(path = "desk/password.html")]
struct OwnPassword {
    f: Frame,
    /// Why it was not changed.
    complaint: Option<String>,
}

#[derive(Deserialize)]
struct Change {
    old: SecretString,
    new: SecretString,
}

async fn own_password(desk: Desk) -> Result<HttpResponse, Away> {
    desk.show(&OwnPassword { f: desk.frame(Place::Password), complaint: None })
}

async fn change_password(form: Signed<Change>) -> Result<HttpResponse, Away> {
    let Signed { desk, form } = form;
    let register = desk.rooms.register();
    match register.change_password(&desk.session.signed_in, form.old, form.new).await {
        Ok(()) => Ok(desk.back_to(Place::Password.path(), "password-changed")),
        Err(Error::Invalid(_)) => {
            let complaint = Some(desk.w.t("password-refused"));
            let mut answer = desk.show(&OwnPassword { f: desk.frame(Place::Password), complaint })?;
            *answer.status_mut() = StatusCode::BAD_REQUEST;
            Ok(answer)
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Debug, Deserialize)]
struct Choice {
    language: String,
    #[serde(default)]
    next: String,
}

async fn choose_language(
    rooms: Data<Rooms>,
    request: HttpRequest,
    choice: Form<Choice>,
) -> Result<HttpResponse, Away> {
    ours(&rooms, &request)?;
    let mut answer = to(local(&choice.next));
    if let Some(language) = Language::parse(&choice.language) {
        let kept = Cookie::build(COOKIE, language.code())
            .path("/admin")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(is_secure(&rooms))
            .max_age(actix_web::cookie::time::Duration::days(LANGUAGE_DAYS));
        set(&mut answer, &kept.finish())?;
    }
    Ok(answer)
}

/// What nobody has to be signed in for comes from a page of ours all the same.
fn ours(rooms: &Rooms, request: &HttpRequest) -> Result<(), Problem> {
    if is_from_here(rooms, request) {
        return Ok(());
    }
    Err(Problem::new(StatusCode::FORBIDDEN, "this did not come from a page of ours: load the page again"))
}

fn to(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, path)).finish()
}

fn set(answer: &mut HttpResponse, cookie: &Cookie<'_>) -> Result<(), Problem> {
    let unset = |_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the cookie could not be set");
    answer.add_cookie(cookie).map_err(unset)
}

/// A place of ours, whatever was asked for: nobody is led out of the house.
fn local(next: &str) -> &str {
    let is_path =
        next.strip_prefix("/admin").is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let is_plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let is_door = next.starts_with(DOOR) || next.starts_with("/admin/logout");
    if is_path && is_plain && !is_door && next.len() <= NEXT_MAX { next } else { Place::Today.path() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_nobody_is_led_out_of_the_house() {
        let out =
            ["https://evil.example", "//evil.example", "/\\evil.example", "/admin\\@evil", "/adminx", ""];

        for next in out {
            assert_eq!(local(next), "/admin", "{next}");
        }
        assert_eq!(local("/admin/login?next=/admin/login"), "/admin");
        assert_eq!(local("/admin/calls?company=salon-a"), "/admin/calls?company=salon-a");
    }
}
