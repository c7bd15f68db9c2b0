//! The caller's existing appointments: which of them this caller may hear of, and which one is meant.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::desk::{Desk, iso};
use super::facts::{Fact, Need};
use super::hear::may_mean;
use super::moment::{day_in, time_in};
use super::{Event, Named, Request};
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::{Draft, Stage};
use crate::domain::booking::Order;
use crate::domain::directory::Branch;
use crate::domain::identity::Basis;
use crate::domain::ids::{BookingId, BranchId, CustomerId};
use crate::domain::slot::Slot;
use crate::domain::speech::{names, sentences};

/// The most appointments that are listed to an agent.
const LISTED_MAX: usize = 20;

/// How far an appointment has come in the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Footing {
    /// Promised, but not in the calendar so far.
    OnItsWay,
    /// In the calendar, and its owner has yet to agree.
    AwaitsOwner,
    Stands,
}

/// An appointment in the books that has not begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    pub booking: BookingId,
    pub customer: CustomerId,
    pub branch: BranchId,
    pub service: String,
    pub slot: Slot,
    pub footing: Footing,
    /// What is being done about it.
    pub change: Option<Order>,
    /// It was made in this very call.
    pub is_of_this_call: bool,
}

/// Where an existing appointment stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Existing {
    /// Promised in this call as its n-th and not in the books yet: it is changed or dropped in its draft.
    Draft(u8),
    Booked(Box<Appointment>),
}

/// An existing appointment that the caller may hear of.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mine {
    pub(super) what: Existing,
    pub(super) booking: BookingId,
    pub(super) branch: BranchId,
    pub(super) start: Timestamp,
    pub(super) service: String,
    pub(super) staff: Option<String>,
    /// Whether it may be said what it is for and with whom; if not, day and time alone.
    pub(super) tells_what_for: bool,
}

impl Mine {
    pub(super) fn footing(&self) -> Footing {
        match &self.what {
            Existing::Draft(_) => Footing::OnItsWay,
            Existing::Booked(appointment) => appointment.footing,
        }
    }

    /// What is being done about it.
    pub(super) fn change(&self) -> Option<&Order> {
        match &self.what {
            Existing::Draft(_) => None,
            Existing::Booked(appointment) => appointment.change.as_ref(),
        }
    }
}

impl Desk<'_> {
    /// The one existing appointment the caller means, or what to answer instead: who they are, which one, or that there
    /// is none.
    pub(super) fn existing(
        &mut self,
        branch: &Branch,
        request: &Request,
    ) -> Result<Result<Mine, Answer>, Need> {
        Ok(match self.appointments(branch, request)? {
            Ok(mine) => self.meant(branch, request, mine),
            Err(answer) => Err(answer),
        })
    }

    /// All the existing appointments the caller may hear of, in order, or who they are to say they are.
    pub(super) fn appointments(
        &mut self,
        branch: &Branch,
        request: &Request,
    ) -> Result<Result<Vec<Mine>, Answer>, Need> {
        let own = self.promised_names();
        let inquest = self.inquest(branch, request)?;
        // Whoever has just made an appointment here need not show who they are to speak of that one.
        let about: Vec<u8> =
            own.iter().filter(|(_, name)| inquest.may_be_about(name.as_deref())).map(|(n, _)| *n).collect();
        let is_about_own = !about.is_empty();
        let granted = if !is_about_own || self.would_be_granted(&inquest) {
            match self.identify(branch, request, inquest) {
                Ok(granted) => granted,
                Err(answer) => return Ok(Err(answer)),
            }
        } else {
            // Or everybody could go through names by promising something under each.
            for number in about {
                self.count_the_name_of(number, &inquest);
            }
            Vec::new()
        };
        let customers = granted.iter().map(|(customer, _)| *customer).collect();
        let mut mine: Vec<Mine> = self
            .in_the_books(customers)?
            .into_iter()
            .map(|appointment| booked(appointment, &granted))
            .chain(self.promised(branch))
            .collect();
        mine.sort_by_key(|one| one.start);
        mine.truncate(LISTED_MAX);
        Ok(Ok(mine))
    }

    /// What stands in the books for these customers, with what was made in this call.
    fn in_the_books(&self, customers: Vec<CustomerId>) -> Result<Vec<Appointment>, Need> {
        let fact = self.about(Need::Appointments { customers })?;
        let Fact::Appointments(appointments) = fact else { return Ok(Vec::new()) };
        Ok(appointments.clone())
    }

    /// Whether whom this appointment is for has as many ahead of them as the company allows; what is agreed to already stays.
    pub(super) fn too_many(
        &mut self,
        branch: &Branch,
        (number, draft): (u8, &Draft),
    ) -> Result<Option<Answer>, Need> {
        let Some(most) = self.company.policy.open_appointments_max.filter(|_| !draft.is_promised()) else {
            return Ok(None);
        };
        let name = names::fold(draft.person.name.as_deref().unwrap_or_default());
        // What stands in the books counts for whoever may hear of it: the refusal says that there is something.
        let named = Request { name: draft.person.name.clone(), ..Request::default() };
        let inquest = self.inquest(branch, &named)?;
        let known = self.known_as(number, &inquest);
        let booked = self.in_the_books(known.clone())?;
        let theirs = booked.iter().filter(|one| known.contains(&one.customer)).count();
        let promised = self.call.drafts.iter().filter(|(other, draft)| {
            let is_theirs = draft.person.name.as_deref().map(names::fold).as_ref() == Some(&name);
            **other != number && draft.change.is_none() && draft.stage == Stage::Confirmed && is_theirs
        });
        let has = theirs + promised.count();
        if u32::try_from(has).unwrap_or(u32::MAX) < most {
            return Ok(None);
        }
        let sentence = sentences::too_many_open(self.company.language);
        Ok(Some(Answer::new(Status::NotAllowed, sentence)))
    }

    /// The names under which this call has promised something.
    fn promised_names(&self) -> Vec<(u8, Option<String>)> {
        let drafts = self.call.drafts.iter();
        let promised = drafts.filter(|(_, draft)| draft.is_promised() && draft.change.is_none());
        promised.map(|(number, draft)| (*number, draft.person.name.clone())).collect()
    }

    /// What this call has confirmed and not yet booked.
    fn promised(&self, branch: &Branch) -> Vec<Mine> {
        // What is being changed stands in the books.
        let drafts = self.call.drafts.iter().filter(|(_, draft)| draft.change.is_none());
        let promised = drafts.filter_map(|(number, draft)| match (&draft.stage, &draft.chosen) {
            (Stage::Confirmed, Some(chosen)) => {
                let service = draft.wish.service.and_then(|id| branch.service(id));
                Some(Mine {
                    what: Existing::Draft(*number),
                    booking: BookingId::of(self.call.id, *number),
                    branch: branch.id,
                    start: chosen.slot.start,
                    service: service.map(|service| service.name.clone()).unwrap_or_default(),
                    staff: chosen.slot.staff.clone(),
                    tells_what_for: true,
                })
            }
            (
                Stage::Open | Stage::ReadBack | Stage::Confirmed | Stage::Withdrawn | Stage::Requested(_),
                _,
            ) => None,
        });
        promised.collect()
    }

    /// Which one is meant: by its handle, by its day, time, service or person; asked where more than one is left.
    fn meant(&mut self, branch: &Branch, request: &Request, mine: Vec<Mine>) -> Result<Mine, Answer> {
        if mine.is_empty() {
            return Err(Answer::new(Status::NotFound, sentences::none_found(self.company.language)));
        }
        let fits = |one: &&Mine| self.fits(branch, request, one);
        let mut fitting: Vec<Mine> = mine.iter().filter(fits).cloned().collect();
        if fitting.is_empty() {
            fitting = mine.iter().filter(|one| self.fits_some_week(branch, request, one)).cloned().collect();
        }
        match (fitting.pop(), fitting.is_empty()) {
            (Some(only), true) => Ok(only),
            (Some(last), false) => {
                fitting.push(last);
                Err(self.which_one(fitting))
            }
            // Nothing is like that: the caller hears what there is rather than something else being done.
            (None, _) => Err(self.which_one(mine)),
        }
    }

    fn fits(&self, branch: &Branch, request: &Request, one: &Mine) -> bool {
        if let Some(handle) = request.booking.as_deref() {
            let named = self.call.named.iter().find(|named| named.handle.eq_ignore_ascii_case(handle.trim()));
            return named.is_some_and(|named| named.booking == one.booking);
        }
        let began = self.began(branch);
        let reference = self.reference(branch, &began);
        let local = one.start.to_zoned(self.zone_of(one));
        let day = request.date.as_deref().map(|words| day_in(words, &reference));
        let time = request.time.as_deref().map(|words| time_in(words, &reference));
        let when = day.iter().chain(&time).all(|understood| may_mean(understood, &local));
        let within = |words: &str, name: &str| {
            let (words, name) = (format!(" {} ", names::fold(words)), format!(" {} ", names::fold(name)));
            words.trim().is_empty() || name.contains(&words) || words.contains(&name)
        };
        // What somebody may not hear cannot be asked for either: the answer would tell it.
        let service = request.service.as_deref().filter(|_| one.tells_what_for).is_none_or(|words| {
            within(words, &one.service)
                || branch.service_called(words).is_some_and(|service| service.name == one.service)
        });
        let staff = request
            .staff
            .as_deref()
            .filter(|_| one.tells_what_for)
            .is_none_or(|words| one.staff.as_deref().is_some_and(|name| within(words, name)));
        when && service && staff
    }

    /// "Den am Montag" may be of a later week, where there is none on the next Monday.
    fn fits_some_week(&self, branch: &Branch, request: &Request, one: &Mine) -> bool {
        let Some(words) = request.date.as_deref() else { return false };
        let local = one.start.to_zoned(self.zone_of(one));
        let rest = Request { date: None, ..request.clone() };
        self.is_on_that_weekday(branch, words, &local) && self.fits(branch, &rest, one)
    }

    /// Asks which of these is meant.
    fn which_one(&mut self, mine: Vec<Mine>) -> Answer {
        let mine = told_apart(mine);
        let spoken: Vec<String> = mine.iter().map(|one| self.in_short(one)).collect();
        let rows = self.rows(&mine);
        Answer::new(Status::WhichOne, sentences::which_one(&spoken, self.company.language))
            .with("appointments", rows)
    }

    /// The appointments as the agent reads them, each under a handle that stays its own in this call.
    pub(super) fn rows(&mut self, mine: &[Mine]) -> Vec<Value> {
        let known = |booking: BookingId, named: &[Named]| {
            named.iter().find(|one| one.booking == booking).map(|one| one.handle.clone())
        };
        let mut new: Vec<Named> = Vec::new();
        for one in mine.iter().filter(|one| known(one.booking, &self.call.named).is_none()) {
            let handle = format!("t{}", self.call.named.len() + new.len() + 1);
            new.push(Named { handle, booking: one.booking });
        }
        if !new.is_empty() {
            self.record(Event::Named { appointments: new });
        }
        mine.iter()
            .map(|one| {
                let handle = known(one.booking, &self.call.named).unwrap_or_default();
                self.row(one, &handle)
            })
            .collect()
    }

    fn row(&self, one: &Mine, handle: &str) -> Value {
        let zone = self.zone_of(one);
        let mut row = json!({
            "booking": handle,
            "start": iso(one.start, &zone),
            "spoken": self.spoken(one.start, &zone),
            "confirmed": one.footing() == Footing::Stands,
        });
        if let Some(fields) = row.as_object_mut().filter(|_| one.tells_what_for) {
            fields.insert("service".into(), json!(one.service));
            if let Some(staff) = &one.staff {
                fields.insert("staff".into(), json!(staff));
            }
        }
        row
    }

    /// When it is, and what for if that may be said.
    pub(super) fn in_short(&self, one: &Mine) -> String {
        let when = self.spoken(one.start, &self.zone_of(one));
        let what = one.tells_what_for.then_some((one.service.as_str(), one.staff.as_deref()));
        let place = self.company.branch(one.branch).filter(|_| self.company.branches.len() > 1);
        let place = place.map(|branch| branch.name.as_str());
        sentences::appointment(&when, what, place, self.company.language)
    }

    pub(super) fn zone_of(&self, one: &Mine) -> TimeZone {
        self.company.branch(one.branch).map_or(TimeZone::UTC, |branch| branch.zone.clone())
    }
}

/// Two at one time differ by nothing but what they are for.
fn told_apart(mut mine: Vec<Mine>) -> Vec<Mine> {
    let starts: Vec<Timestamp> = mine.iter().map(|one| one.start).collect();
    for one in &mut mine {
        one.tells_what_for |= starts.iter().filter(|start| **start == one.start).count() > 1;
    }
    mine
}

fn booked(appointment: Appointment, granted: &[(CustomerId, Basis)]) -> Mine {
    let shown = granted.iter().filter(|(customer, _)| *customer == appointment.customer);
    let tells_what_for =
        appointment.is_of_this_call || shown.into_iter().any(|(_, basis)| basis.tells_what_for());
    Mine {
        booking: appointment.booking,
        branch: appointment.branch,
        start: appointment.slot.start,
        service: appointment.service.clone(),
        staff: appointment.slot.staff.clone(),
        tells_what_for,
        what: Existing::Booked(Box::new(appointment)),
    }
}
