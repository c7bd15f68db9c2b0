//! What a caller wants, from the first word to the yes: the draft of one appointment.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use super::alternatives::{Days, Times};
use super::booking::{Agreed, Cause, Order};
use super::ids::{BookingId, BranchId, CallId, CustomerId, OrderId, ServiceId};
use super::phone::PhoneNumber;
use super::slot::Slot;
use super::speech::names::{Mark, Source};

/// Who is to serve the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StaffWish {
    Anyone,
    Named(String),
    /// Whoever has time, only not these.
    AnyoneBut(Vec<String>),
}

/// What is wanted and when; a field that was not said is None. A day stands alone or as several, a time likewise: what was
/// said last takes the place of the other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<StaffWish>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Time>,
    /// Any of these days: "nächste Woche".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<Days>,
    /// Any of these times of day: "vormittags".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<Times>,
}

/// Who it is for. Never part of an event, never in a log.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Person {
    pub name: Option<String>,
    pub phone: Option<PhoneNumber>,
    pub email: Option<String>,
    pub note: Option<String>,
}

/// How far a draft has come. Any change of what was read back takes it back to `Open`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    #[default]
    Open,
    /// Read back to the caller; waits for the yes.
    ReadBack,
    /// The caller said yes to exactly this.
    Confirmed,
    /// The caller said no.
    Withdrawn,
    /// The booking is in the books.
    Requested(BookingId),
}

/// The slot the caller chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    pub slot: Slot,
    /// Cal.com showed it free; false while the calendar cannot be reached.
    pub verified: bool,
    /// When Cal.com was last asked, or could not be.
    pub seen_at: Timestamp,
    /// When our hold ends; None: kept until the booking is settled, or not held at all.
    pub until: Option<Timestamp>,
}

/// One appointment as far as the caller has told it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    pub wish: Wish,
    pub person: Person,
    /// How surely the name is known.
    pub name_mark: Mark,
    pub chosen: Option<Chosen>,
    pub stage: Stage,
    /// Something else has been offered since it was read back: a yes may mean that.
    pub has_newer_offer: bool,
    /// The e-mail address as it is now has been spelled to the caller.
    pub email_was_read_back: bool,
    pub past: Past,
    /// It is no new appointment, but the change of one that exists.
    pub change: Option<Change>,
    /// Whether the caller agrees to be written to about it; None: nobody has asked.
    pub may_notify: Option<bool>,
}

/// What is to become of an appointment that exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub booking: BookingId,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    pub branch: BranchId,
    pub event_type_id: i64,
    /// It is called off; else it is moved.
    pub cancels: bool,
    pub from: Timestamp,
    /// Whether it may be said what it is for.
    pub tells_what_for: bool,
    /// How often it was read back anew, since it stood at another time than was agreed to be changed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub anew: u8,
    /// To when the caller has agreed to move it, and when they agreed.
    #[serde(skip)]
    pub to: Option<Timestamp>,
    #[serde(skip)]
    pub agreed_at: Option<Timestamp>,
    #[serde(skip)]
    pub came: Option<Came>,
}

/// What has come of a change that was agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Came {
    Done,
    /// What stood stands, and a person calls back.
    Failed,
    /// It stood no more when it was to be done.
    Gone,
    /// Ordered, and still being seen to when the call ended.
    LeftToIt,
}

/// What has become of an appointment in the call so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each happened or did not, in whatever order")]
pub struct Past {
    /// The caller has once said yes to it, whatever came after.
    pub was_promised: bool,
    /// It was begun in an earlier call: nothing of it counts before it is read back.
    pub was_resumed: bool,
    /// What was promised, or the time that was read back, is another than the caller was told before.
    pub was_changed: bool,
    /// Its name was held against those who have called from this number, and fitted nobody.
    pub name_was_tried: bool,
    /// The time that was last read back or promised.
    told: Option<Timestamp>,
}

impl Change {
    /// What is ordered, once it is agreed to, where it is the draft of that number in that call.
    pub fn agreed(&self, call: CallId, number: u8) -> Option<Agreed> {
        self.agreed_at?;
        let order = if self.cancels { Order::Cancel } else { Order::Move { to: self.to? } };
        Some(Agreed {
            id: OrderId::of(call, number, self.anew),
            order,
            from: self.from,
            cause: Cause::Caller,
        })
    }

    /// The same, of what stands at another time by now: nothing of it is agreed to.
    pub fn from_anew(&self, from: Timestamp) -> Self {
        let anew = self.anew.saturating_add(1);
        Self { from, anew, to: None, agreed_at: None, came: None, ..self.clone() }
    }

    /// Whether it was agreed to and did not fail.
    pub fn is_promised(&self) -> bool {
        self.agreed_at.is_some() && !matches!(self.came, Some(Came::Failed | Came::Gone))
    }
}

impl Wish {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Only what is said here and differs from what stood before.
    pub fn changes_to(&self, before: &Self) -> Self {
        Self {
            service: news(self.service.as_ref(), before.service.as_ref()),
            staff: news(self.staff.as_ref(), before.staff.as_ref()),
            date: news(self.date.as_ref(), before.date.as_ref()),
            time: news(self.time.as_ref(), before.time.as_ref()),
            days: news(self.days.as_ref(), before.days.as_ref()),
            times: news(self.times.as_ref(), before.times.as_ref()),
        }
    }

    /// This wish with the gaps filled from the other.
    pub fn or(self, other: Self) -> Self {
        let (says_a_day, says_a_time) = (self.says_a_day(), self.says_a_time());
        let other = if says_a_day { Self { date: None, days: None, ..other } } else { other };
        let other = if says_a_time { Self { time: None, times: None, ..other } } else { other };
        Self {
            service: self.service.or(other.service),
            staff: self.staff.or(other.staff),
            date: self.date.or(other.date),
            time: self.time.or(other.time),
            days: self.days.or(other.days),
            times: self.times.or(other.times),
        }
    }

    pub fn says_a_day(&self) -> bool {
        self.date.is_some() || self.days.is_some()
    }

    pub fn says_a_time(&self) -> bool {
        self.time.is_some() || self.times.is_some()
    }

    /// Any of several days or times would do.
    pub fn is_open(&self) -> bool {
        self.days.is_some() || self.times.is_some()
    }

    /// The days it may be, however they were said.
    pub fn any_of_days(&self) -> Option<Days> {
        self.days.or(self.date.map(Days::on))
    }

    /// The times of day it may be, however they were said.
    pub fn any_of_times(&self) -> Option<Times> {
        self.times.or(self.time.map(Times::at))
    }

    /// The named person, if one is wished for.
    pub fn staff_named(&self) -> Option<&str> {
        match &self.staff {
            Some(StaffWish::Named(name)) => Some(name),
            Some(StaffWish::Anyone | StaffWish::AnyoneBut(_)) | None => None,
        }
    }
}

impl Person {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Only what is said here and differs from what stood before.
    pub fn changes_to(&self, before: &Self) -> Self {
        Self {
            name: news(self.name.as_ref(), before.name.as_ref()),
            phone: news(self.phone.as_ref(), before.phone.as_ref()),
            email: news(self.email.as_ref(), before.email.as_ref()),
            note: news(self.note.as_ref(), before.note.as_ref()),
        }
    }

    /// This person with the gaps filled from the other.
    pub fn or(self, other: Self) -> Self {
        Self {
            name: self.name.or(other.name),
            phone: self.phone.or(other.phone),
            email: self.email.or(other.email),
            note: self.note.or(other.note),
        }
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = |there: bool, what| if there { what } else { "" };
        let (name, phone) = (known(self.name.is_some(), "name "), known(self.phone.is_some(), "phone "));
        let (email, note) = (known(self.email.is_some(), "email "), known(self.note.is_some(), "note"));
        write!(f, "Person({name}{phone}{email}{note})")
    }
}

impl Draft {
    /// Takes in what was heard; what was read back or confirmed before no longer counts if it is about that.
    pub fn hear(&mut self, wish: Wish, person: Person, name: Option<Mark>) {
        // Something else was said that could not be used: a yes after that is not to the read-back.
        if wish.is_empty() && person.is_empty() && name.is_none() && self.stage == Stage::ReadBack {
            self.stage = Stage::Open;
        }
        if person.name.is_some() || name.is_some() {
            self.name_mark = name.unwrap_or_default();
        }
        let concerns_the_yes = !wish.is_empty() || person.name.is_some() || person.email.is_some();
        // A note or a number says nothing about which of both is meant.
        let says_nothing = wish.is_empty() && person.is_empty() && name.is_none();
        self.has_newer_offer &= !concerns_the_yes && !says_nothing;
        if concerns_the_yes {
            self.stage = Stage::Open;
        }
        self.email_was_read_back &= person.email.is_none();
        self.past.name_was_tried &= person.name.is_none();
        self.wish = wish.or(std::mem::take(&mut self.wish));
        self.person = person.or(std::mem::take(&mut self.person));
    }

    /// Another place: day, time and person stay, what was wanted there does not.
    pub fn move_elsewhere(&mut self) {
        (self.wish.service, self.wish.staff, self.chosen) = (None, None, None);
        if self.stage == Stage::ReadBack {
            self.stage = Stage::Open;
        }
    }

    /// A day or a time that was said before no longer stands.
    pub fn unsay(&mut self, date: bool, time: bool) {
        if date {
            (self.wish.date, self.wish.days) = (None, None);
        }
        if time {
            (self.wish.time, self.wish.times) = (None, None);
        }
        self.stage = Stage::Open;
    }

    /// The slot is gone, or not wanted any more; a yes was to that slot and goes with it.
    pub fn drop_slot(&mut self) {
        self.chosen = None;
        if matches!(self.stage, Stage::ReadBack | Stage::Confirmed) {
            self.stage = Stage::Open;
        }
    }

    /// It is read back to the caller.
    pub fn read_back(&mut self) {
        self.stage = Stage::ReadBack;
        self.has_newer_offer = false;
        self.email_was_read_back = self.person.email.is_some();
        self.name_mark.is_unsure = false;
        self.tell();
    }

    /// The caller agrees, to what was read back or to what needs no reading back.
    pub fn promise(&mut self, to_the_read_back: bool) {
        if to_the_read_back && self.stage == Stage::ReadBack {
            self.name_mark.by = self.name_mark.by.max(Source::ReadBack);
        }
        self.stage = Stage::Confirmed;
        self.tell();
        self.past.was_changed |= self.past.was_promised;
        self.past.was_promised = true;
    }

    /// The caller says no: nothing is left but what had been promised.
    pub fn withdraw(&mut self) {
        let past = Past { was_promised: self.past.was_promised, ..Past::default() };
        let change = self.change.take();
        *self = Self { stage: Stage::Withdrawn, past, change, ..Self::default() };
    }

    /// The calendar had no room for it any more: what is wanted stays, what was promised was told to be off.
    pub fn miss(&mut self) {
        let told = self.past.told;
        (self.chosen, self.stage, self.past) = (None, Stage::Open, Past { told, ..Past::default() });
        self.has_newer_offer = false;
    }

    /// It is the change of what exists; what was agreed to of it before is not agreed to any more.
    pub fn begin_change(&mut self, change: Change) {
        self.change = Some(change);
        if self.stage == Stage::Confirmed {
            self.stage = Stage::Open;
        }
    }

    /// The change is agreed to at that instant.
    pub fn agree(&mut self, at: Timestamp) {
        let to = self.chosen.as_ref().map(|chosen| chosen.slot.start);
        if let Some(change) = &mut self.change {
            (change.to, change.agreed_at) = (to, Some(at));
        }
    }

    /// Something has come of the change: the new time need not be held any longer.
    pub fn change_came(&mut self, came: Came) {
        self.chosen = None;
        if let Some(change) = &mut self.change {
            change.came = Some(came);
        }
    }

    fn tell(&mut self) {
        let told = self.chosen.as_ref().map(|chosen| chosen.slot.start).or(self.past.told);
        let before = std::mem::replace(&mut self.past.told, told);
        self.past.was_changed |= before.is_some() && before != told;
    }

    /// The chosen slot, if it still is what the caller wants.
    pub fn chosen_at(&self, start: Timestamp, event_types: &[i64]) -> Option<&Chosen> {
        self.chosen
            .as_ref()
            .filter(|chosen| chosen.slot.start == start && event_types.contains(&chosen.slot.event_type_id))
    }

    /// The caller has been told that it will be booked.
    pub fn is_promised(&self) -> bool {
        matches!(self.stage, Stage::Confirmed | Stage::Requested(_))
    }

    /// Nothing more will come of it without a new word from the caller.
    pub fn is_decided(&self) -> bool {
        if self.change.as_ref().is_some_and(|change| change.came.is_some()) {
            return true;
        }
        match self.stage {
            Stage::Withdrawn | Stage::Requested(_) => true,
            Stage::Open | Stage::ReadBack | Stage::Confirmed => false,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_zero(count: &u8) -> bool {
    *count == 0
}

fn news<T: Clone + PartialEq>(now: Option<&T>, before: Option<&T>) -> Option<T> {
    now.filter(|value| before != Some(*value)).cloned()
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    #[test]
    fn what_was_said_stays_when_more_is_said() {
        let mut draft = Draft::default();
        draft.hear(Wish { date: Some(date(2026, 10, 20)), ..Wish::default() }, Person::default(), None);
        draft.hear(Wish { time: Some(time(14, 30, 0, 0)), ..Wish::default() }, Person::default(), None);

        assert_eq!((draft.wish.date, draft.wish.time), (Some(date(2026, 10, 20)), Some(time(14, 30, 0, 0))));
    }

    #[test]
    fn any_change_of_what_was_confirmed_takes_the_yes_back() {
        let name = Person { name: Some("Erika Beispiel".into()), ..Person::default() };
        let mut draft = Draft { stage: Stage::Confirmed, ..Draft::default() };
        draft.hear(Wish::default(), name, None);

        assert_eq!(draft.stage, Stage::Open);
    }

    #[test]
    fn a_note_or_a_number_does_not_take_the_yes_back() {
        let note = Person { note: Some("klingelt nicht".into()), ..Person::default() };
        let mut draft = Draft { stage: Stage::Confirmed, ..Draft::default() };
        draft.hear(Wish::default(), note, None);

        assert_eq!(draft.stage, Stage::Confirmed);
    }

    #[test]
    fn a_person_does_not_show_in_debug_output() {
        let person = Person { name: Some("Erika Beispiel".into()), ..Person::default() };

        assert_eq!(format!("{person:?}"), "Person(name )");
    }
}
