//! The table of all companies of a reader, those with trouble first.

use jiff::Timestamp;

use crate::http::dashboard::desk::Desk;
use crate::http::dashboard::frame::{Place, with_company};
use crate::http::dashboard::tones;
use crate::operations::{Error, companies_of, overview};

/// Companies at a glance; who has more chooses one.
const COMPANIES_MAX: usize = 100;

pub(super) struct Company {
    pub(super) slug: String,
    pub(super) href: String,
    pub(super) tone: &'static str,
    pub(super) calendar: String,
    pub(super) is_in_trouble: bool,
    pub(super) bookings: u64,
    pub(super) failed: u64,
    pub(super) callbacks: u64,
    pub(super) overdue: u64,
    pub(super) promises: u64,
}

pub(super) async fn at_a_glance(desk: &Desk, midnight: Timestamp) -> Result<Vec<Company>, Error> {
    let house = &desk.rooms.house;
    let is_one = companies_of(&house.directory(), desk.who()).len() < 2;
    if is_one || desk.company.is_some() {
        return Ok(Vec::new());
    }
    let standings = overview::companies(house, desk.who(), midnight, COMPANIES_MAX).await?;
    Ok(standings
        .into_iter()
        .map(|standing| {
            let calendar = standing.calendar.as_str();
            Company {
                href: with_company(Place::Today.path(), Some(&standing.company)),
                tone: tones::of_breaker(calendar),
                calendar: desk.w.word("breaker", calendar),
                is_in_trouble: standing.failed + standing.overdue + standing.promises > 0,
                bookings: standing.bookings,
                failed: standing.failed,
                callbacks: standing.callbacks,
                overdue: standing.overdue,
                promises: standing.promises,
                slug: standing.company,
            }
        })
        .collect())
}
