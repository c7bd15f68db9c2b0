//! What is wrong now: calendar lines that do not answer, bookings in doubt, what somebody was alerted to within a day.

use jiff::{SignedDuration, Timestamp};

use super::if_allowed;
use crate::http::dashboard::desk::Desk;
use crate::http::dashboard::frame::Place;
use crate::http::dashboard::times::Moment;
use crate::http::dashboard::tones;
use crate::operations::{Error, alerts, bookings, breakers};

/// Of each kind of trouble.
const ROWS: u64 = 5;
/// How long an alert is shown.
const ALERTS: SignedDuration = SignedDuration::from_hours(24);

pub(super) struct Trouble {
    pub(super) tone: &'static str,
    pub(super) state: String,
    pub(super) text: String,
    pub(super) href: Option<String>,
    pub(super) at: Option<Moment>,
}

/// The worst first.
pub(super) async fn now(desk: &Desk, now: Timestamp) -> Result<Vec<Trouble>, Error> {
    let mut troubles = lines(desk).await?;
    troubles.extend(unsure(desk).await?);
    troubles.extend(alerted(desk, now).await?);
    Ok(troubles)
}

async fn lines(desk: &Desk) -> Result<Vec<Trouble>, Error> {
    let house = &desk.rooms.house;
    let seen = desk.who().within(&house.directory(), desk.company.as_deref())?;
    let breakers = if_allowed(breakers::list(house, &seen).await)?.unwrap_or_default();
    let cut = breakers.into_iter().filter(|breaker| breaker.state.as_str() != "closed");
    Ok(cut
        .map(|breaker| {
            let state = breaker.state.as_str();
            Trouble {
                tone: tones::of_breaker(state),
                state: desk.w.word("breaker", state),
                text: desk.w.with("today-breaker", &breaker.companies.join(", ")),
                href: Place::Bookings.link("", desk.company.as_deref()),
                at: None,
            }
        })
        .collect())
}

async fn unsure(desk: &Desk) -> Result<Vec<Trouble>, Error> {
    let query = bookings::Query {
        company: desk.company.clone(),
        state: Some("unsure".to_owned()),
        limit: Some(ROWS),
        ..Default::default()
    };
    let list = bookings::list(&desk.rooms.house, desk.who(), &query).await?;
    let shown = |booking: bookings::BookingView| Trouble {
        tone: tones::of_booking(&booking.state),
        state: desk.w.word("booking", &booking.state),
        text: desk.w.with("today-unsure", &booking.service),
        href: Place::Bookings.link("?state=unsure", desk.company.as_deref()),
        at: Some(desk.when(&booking.start, (&booking.company, booking.branch.as_deref()))),
    };
    Ok(list.items.into_iter().map(shown).collect())
}

async fn alerted(desk: &Desk, now: Timestamp) -> Result<Vec<Trouble>, Error> {
    let query =
        alerts::Query { company: desk.company.clone(), limit: Some(ROWS), ..alerts::Query::default() };
    let list = if_allowed(alerts::list(&desk.rooms.house, desk.who(), &query).await)?.unwrap_or_default();
    let since = now.checked_sub(ALERTS).unwrap_or(now);
    let is_fresh = |alert: &alerts::AlertView| alert.at.parse::<Timestamp>().is_ok_and(|at| at >= since);
    let shown = |alert: alerts::AlertView| Trouble {
        tone: "bad",
        state: desk.w.word("alert", &alert.kind),
        href: about(desk, &alert),
        at: Some(desk.when(&alert.at, (&alert.company, None))),
        text: alert.company,
    };
    Ok(list.into_iter().filter(is_fresh).map(shown).collect())
}

/// The page of what an alert is about.
fn about(desk: &Desk, alert: &alerts::AlertView) -> Option<String> {
    let company = desk.company.as_deref();
    match alert.kind.as_str() {
        "promise_without_booking" => Place::Calls.link(&format!("/{}", alert.subject), company),
        _ => Place::Bookings.link("", company),
    }
}
