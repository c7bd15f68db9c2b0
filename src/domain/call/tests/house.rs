//! The house the stories play in: a company with two branches and a hotline, and a calendar kept in memory.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use secrecy::SecretString;
use uuid::Uuid;

use crate::domain::booking::tests::rules;
use crate::domain::booking::{
    Agreed, Booking, Cause, ChangeOutcome, Fate, Input, Order, Seen, Standing, State, Trace, Upshot,
};
use crate::domain::call::{Appointment, Earlier, Fact, Need};
use crate::domain::directory::{Account, Branch, Calendar, Company, Offer, Service};
use crate::domain::hours::{Opening, OpeningHours};
use crate::domain::identity::Known;
use crate::domain::ids::{AccountId, BookingId, BranchId, CalendarId, CustomerId, ServiceId};
use crate::domain::phone::PhoneNumber;
use crate::domain::policy::Policy;
use crate::domain::retry::{later, minutes};
use crate::domain::slot::{Kept, Slot};
use crate::domain::speech::Language;
use crate::domain::speech::names::{Likeness, likeness};

pub(super) const CUT_BY_ANNA: i64 = 11;
pub(super) const CUT_BY_BEA: i64 = 12;
pub(super) const DYE_BY_BEA: i64 = 21;
pub(super) const CUT_IN_THE_NORTH: i64 = 31;

const FIRST_DAY: Date = date(2026, 10, 14);
const DAYS: i64 = 28;

pub(super) fn anna() -> CalendarId {
    Uuid::from_u128(0xA).into()
}

pub(super) fn bea() -> CalendarId {
    Uuid::from_u128(0xB).into()
}

pub(super) fn mitte() -> BranchId {
    Uuid::from_u128(0x11).into()
}

pub(super) fn nord() -> BranchId {
    Uuid::from_u128(0x12).into()
}

pub(super) fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

/// An instant from local time in Berlin, as "2026-10-20T14:30".
pub(in crate::domain) fn local(text: &str) -> Timestamp {
    text.parse::<DateTime>().unwrap().to_zoned(berlin()).unwrap().timestamp()
}

pub(in crate::domain) fn company() -> Company {
    let account = AccountId::from(Uuid::from_u128(1));
    let calendar = |slug: &str, id| Calendar { id, slug: slug.into(), account, hosts: 1 };
    Company {
        retired: Vec::new(),
        id: Uuid::from_u128(2).into(),
        slug: "salon-beispiel".into(),
        name: "Salon Beispiel".into(),
        language: Language::De,
        policy: Policy::default(),
        webhook_keys: Vec::new(),
        hotlines: Vec::new(),
        channels: Vec::new(),
        accounts: vec![Account {
            id: account,
            name: "default".into(),
            base_url: "http://127.0.0.1:1".into(),
            webhook_secret: None,
            api_key: SecretString::from("cal_test"),
            attendee_email_domain: Some("anrufer.salon-beispiel.example".into()),
            requests_per_minute: 100,
            is_active: true,
        }],
        calendars: vec![calendar("anna", anna()), calendar("bea", bea())],
        branches: vec![
            branch(mitte(), "mitte", main_services()),
            branch(nord(), "nord", vec![northern_cut()]),
        ],
    }
}

fn branch(id: BranchId, slug: &str, services: Vec<Service>) -> Branch {
    let hours = OpeningHours::parse("mon-fri 09:00-18:00, sat 09:00-14:00").unwrap();
    Branch {
        retired: Vec::new(),
        id,
        slug: slug.into(),
        name: format!("Salon Beispiel {}{}", slug[..1].to_uppercase(), &slug[1..]),
        zone: berlin(),
        zone_name: "Europe/Berlin".into(),
        opening: Some(Opening { hours, closures: Vec::new(), holidays: None, special: Vec::new() }),
        paused: false,
        transfer_to: None,
        agent_id: None,
        numbers: Vec::new(),
        services,
    }
}

fn main_services() -> Vec<Service> {
    vec![
        Service {
            id: cut(),
            slug: "haarschnitt".into(),
            name: "Haarschnitt".into(),
            synonyms: vec!["Haare schneiden".into()],
            duration_minutes: 30,
            offers: vec![offer(CUT_BY_ANNA, "Anna", anna()), offer(CUT_BY_BEA, "Bea", bea())],
        },
        Service {
            id: dye(),
            slug: "faerben".into(),
            name: "Färben".into(),
            synonyms: Vec::new(),
            duration_minutes: 90,
            offers: vec![offer(DYE_BY_BEA, "Bea", bea())],
        },
    ]
}

fn northern_cut() -> Service {
    Service {
        id: Uuid::from_u128(0x23).into(),
        slug: "haarschnitt-nord".into(),
        name: "Haarschnitt".into(),
        synonyms: Vec::new(),
        duration_minutes: 30,
        offers: vec![offer(CUT_IN_THE_NORTH, "Bea", bea())],
    }
}

pub(in crate::domain) fn cut() -> ServiceId {
    Uuid::from_u128(0x21).into()
}

pub(super) fn dye() -> ServiceId {
    Uuid::from_u128(0x22).into()
}

fn offer(event_type_id: i64, staff: &str, calendar: CalendarId) -> Offer {
    let id = Uuid::from_u128(u128::from(event_type_id.unsigned_abs())).into();
    Offer { id, staff: Some(staff.into()), event_type_id, calendar }
}

/// Cal.com and the books, as far as a turn asks them.
pub(super) struct InMemory {
    free: Vec<(i64, Timestamp)>,
    pub(super) reachable: bool,
    /// What other callers hold, and until when; unlike `free` it is also looked at when a hold is claimed.
    pub(super) others: Vec<(Kept, Timestamp)>,
    /// What others have claimed since the slots were read: only a claim notices.
    pub(super) faster: Vec<Kept>,
    pub(super) holds: BTreeMap<u8, (Slot, Option<Timestamp>)>,
    /// How much longer than the house thinks the services are, in minutes.
    pub(super) longer_by: u32,
    pub(super) customers: Vec<(String, PhoneNumber, CustomerId)>,
    /// How often somebody at the caller's number could not be identified.
    pub(super) failed_today: u32,
    /// Codes with the folded names and ids of their customers.
    pub(super) codes: Vec<(String, String, CustomerId)>,
    /// Whether orders are carried out; None: not while anybody waits.
    pub(super) changes_well: Option<bool>,
    /// What was ordered, once for each time that it was taken.
    pub(super) orders: Vec<(BookingId, Order)>,
    /// What the same number has left open a moment ago.
    pub(super) earlier: Option<Earlier>,
    /// What stands in the books.
    pub(super) appointments: Vec<Appointment>,
    /// How bookings made in the call end; None: not while anybody waits.
    pub(super) fate: Option<State>,
    /// What stands in the calendar of what was ordered to be changed, by its machine.
    pub(super) standing: BTreeMap<BookingId, Booking>,
    /// The bookings that were ordered, as they began.
    pub(super) books: BTreeMap<BookingId, Booking>,
    /// Every need of the last turn.
    pub(super) asked: Vec<Need>,
}

impl InMemory {
    /// Every half hour of four weeks is free, also when the house is closed: Cal.com knows nothing of that.
    pub(super) fn all_free() -> Self {
        let mut free = Vec::new();
        for day in (0..DAYS).map(|n| FIRST_DAY + n.days()) {
            for half in 0..24 {
                let start = day.at(8, 0, 0, 0) + (half * 30_i64).minutes();
                let start = start.to_zoned(berlin()).unwrap().timestamp();
                let all = [CUT_BY_ANNA, CUT_BY_BEA, DYE_BY_BEA, CUT_IN_THE_NORTH];
                free.extend(all.map(|event_type| (event_type, start)));
            }
        }
        Self {
            free,
            reachable: true,
            others: Vec::new(),
            faster: Vec::new(),
            holds: BTreeMap::new(),
            longer_by: 0,
            customers: Vec::new(),
            changes_well: Some(true),
            orders: Vec::new(),
            earlier: None,
            failed_today: 0,
            codes: Vec::new(),
            appointments: Vec::new(),
            fate: Some(State::Booked { uid: "abc".into(), standing: Standing::Accepted }),
            standing: BTreeMap::new(),
            books: BTreeMap::new(),
            asked: Vec::new(),
        }
    }

    /// Somebody books these on the web.
    pub(super) fn book_out(&mut self, event_types: &[i64], start: &str) {
        let start = local(start);
        self.free.retain(|(event_type, at)| !(event_types.contains(event_type) && *at == start));
    }

    /// Only these are free from now on.
    pub(super) fn only(&mut self, event_types: &[i64], starts: &[&str]) {
        let starts = starts.iter().map(|start| local(start));
        self.free = starts.flat_map(|start| event_types.iter().map(move |one| (*one, start))).collect();
    }

    pub(super) fn find_out(&mut self, need: &Need, now: Timestamp) -> Fact {
        self.asked.push(need.clone());
        match need {
            Need::Slots { offers, minutes, from, days, .. } => {
                Fact::Slots(self.reachable.then(|| self.slots(offers, *minutes, (*from, *days), now)))
            }
            Need::Hold { appointment, slot, until } => {
                Fact::Held(self.claim(*appointment, slot, *until, now))
            }
            Need::Customer { name, number } => {
                let known = |(one, at, _): &&(String, PhoneNumber, CustomerId)| one == name && at == number;
                Fact::Customer(self.customers.iter().find(known).map(|(_, _, id)| *id))
            }
            Need::Code { figures, name } => {
                let known = |(code, known, _): &&(String, String, CustomerId)| {
                    *code == figures.0 && likeness(&name.0, known) != Likeness::Other
                };
                Fact::Customer(self.codes.iter().find(known).map(|(_, _, customer)| *customer))
            }
            Need::Ordered { booking, agreed } => Fact::Settled(self.order(*booking, agreed, now)),
            Need::Earlier { .. } => Fact::Earlier(self.earlier.clone().map(Box::new)),
            Need::Persons { number, and } => {
                let known = |(name, at, id): &(String, PhoneNumber, CustomerId)| {
                    let is_at_this_number = number.as_ref() == Some(at);
                    let person = Known { customer: *id, name: name.clone(), is_at_this_number };
                    (is_at_this_number || and.contains(id)).then_some(person)
                };
                Fact::Persons {
                    known: self.customers.iter().filter_map(known).collect(),
                    failed_today: self.failed_today,
                }
            }
            Need::Appointments { customers } => {
                let is_theirs = |one: &&Appointment| customers.contains(&one.customer) || one.is_of_this_call;
                Fact::Appointments(self.appointments.iter().filter(is_theirs).cloned().collect())
            }
            Need::Settled { booking } => {
                let settled = self.books.get(booking).zip(self.fate.clone());
                Fact::Settled(settled.map(|(one, state)| Box::new(Booking { state, ..one.clone() })))
            }
        }
    }

    fn slots(&self, offers: &[Offer], long: u32, (from, days): (Date, u8), now: Timestamp) -> Vec<Slot> {
        let is_within = |at: &Timestamp| {
            let day = at.to_zoned(berlin()).date();
            from <= day && day < from + i64::from(days).days()
        };
        let of = |offer: &Offer| {
            let offer = offer.clone();
            let mine = self.free.iter().filter(move |(event_type, _)| *event_type == offer.event_type_id);
            let (event_type_id, calendar, staff) = {
                let found = offers.iter().find(|one| one.event_type_id == offer.event_type_id).unwrap();
                (found.event_type_id, found.calendar, found.staff.clone())
            };
            mine.filter(|(_, at)| is_within(at))
                .map(|(_, start)| Slot {
                    start: *start,
                    end: later(*start, minutes(long + self.longer_by)),
                    event_type_id,
                    calendar,
                    staff: staff.clone(),
                })
                .collect::<Vec<_>>()
        };
        let mut slots: Vec<Slot> = offers.iter().flat_map(of).collect();
        slots.retain(|slot| !self.kept_by_others(now).any(|kept| slot.clashes_with(kept)));
        slots
    }

    /// The calendar carries out an order on what stands, unless it is told to refuse or takes its time.
    fn order(&mut self, booking: BookingId, agreed: &Agreed, now: Timestamp) -> Option<Box<Booking>> {
        let before = self.as_it_stands(booking)?;
        let taken = before.step(Input::Agreed(agreed.clone()), &rules(), now).next;
        if taken.is_some() {
            self.orders.push((booking, agreed.order.clone()));
        }
        let after = self.carried_out(taken.unwrap_or(before), now);
        self.stand(&after);
        (after.upshot(agreed) != Upshot::UnderWay).then(|| Box::new(after))
    }

    fn as_it_stands(&self, booking: BookingId) -> Option<Booking> {
        let from_appointment = || {
            let one = self.appointments.iter().find(|one| one.booking == booking)?;
            let stands = Booking::new(booking, one.slot.start, one.slot.start);
            let state = State::Booked { uid: "abc".into(), standing: Standing::Accepted };
            Some(Booking { state, ..stands })
        };
        self.standing.get(&booking).cloned().or_else(from_appointment)
    }

    fn carried_out(&self, taken: Booking, now: Timestamp) -> Booking {
        let (Some(well), Some(_)) = (self.changes_well, &taken.change) else { return taken };
        let sent = taken.step(Input::Turn, &rules(), now).next.unwrap_or(taken);
        let change = sent.change.clone().unwrap();
        let outcome = match (well, change.order) {
            (false, _) => ChangeOutcome::DefiniteNo("no leave".into()),
            (true, Order::Cancel) => ChangeOutcome::Done(None),
            (true, Order::Move { to }) => ChangeOutcome::Done(Some(Seen {
                uid: format!("moved {}", sent.past_uids.len()),
                start: to,
                marked: Some(sent.id),
                attendee_fits: true,
                fate: Fate::Stands(Standing::Accepted),
                created_at: None,
                changed_at: None,
                was: Vec::new(),
            })),
        };
        sent.step(Input::ChangeEnded { attempt: change.attempts, outcome }, &rules(), now).next.unwrap()
    }

    fn stand(&mut self, booking: &Booking) {
        self.standing.insert(booking.id, booking.clone());
        self.appointments
            .retain(|one| one.booking != booking.id || matches!(booking.state, State::Booked { .. }));
        for one in self.appointments.iter_mut().filter(|one| one.booking == booking.id) {
            let long = one.slot.end.duration_since(one.slot.start);
            (one.slot.start, one.slot.end) = (booking.start, later(booking.start, long));
            one.change = booking.change.as_ref().map(|change| change.order.clone());
        }
    }

    /// Whatever was taken and is under way is carried out now.
    pub(super) fn catch_up(&mut self, now: Timestamp) {
        for booking in self.standing.values().cloned().collect::<Vec<_>>() {
            self.stand(&self.carried_out(booking, now));
        }
    }

    /// What waits for its turn is sent, and not answered so far.
    pub(super) fn send_what_waits(&mut self, now: Timestamp) {
        for booking in self.standing.values().cloned().collect::<Vec<_>>() {
            let sent = booking.step(Input::Turn, &rules(), now).next;
            self.stand(&sent.unwrap_or(booking));
        }
    }

    /// A person moves it at Cal.com; None: they cancel it there.
    pub(super) fn changed_by_a_person(&mut self, booking: BookingId, to: Option<&str>, now: Timestamp) {
        let stands = self.as_it_stands(booking).unwrap();
        let fate = if to.is_some() { Fate::Stands(Standing::Accepted) } else { Fate::Cancelled };
        let start = to.map_or(stands.start, local);
        let trace =
            Trace { uid: format!("person {}", stands.past_uids.len()), start, fate, changed_at: None };
        let after = stands.step(Input::Traced(Some(trace)), &rules(), now).next.unwrap();
        self.stand(&after);
    }

    /// Somebody in another call has it done.
    pub(super) fn changed_in_another_call(&mut self, booking: BookingId, order: Order, now: Timestamp) {
        let from = self.as_it_stands(booking).unwrap().start;
        let id = Uuid::from_u128(0xF00 + self.orders.len() as u128).into();
        self.order(booking, &Agreed { id, order, from, cause: Cause::DESK }, now);
    }

    fn claim(&mut self, appointment: u8, slot: &Slot, until: Option<Timestamp>, now: Timestamp) -> bool {
        let of_this_call = self.holds.iter().any(|(number, (held, until))| {
            *number != appointment
                && until.is_none_or(|until| until > now)
                && slot.clashes_with(&Kept { calendar: held.calendar, start: held.start, end: held.end })
        });
        let of_others = self.kept_by_others(now).chain(&self.faster).any(|kept| slot.clashes_with(kept));
        if of_this_call || of_others {
            return false;
        }
        self.holds.insert(appointment, (slot.clone(), until));
        true
    }

    fn kept_by_others(&self, now: Timestamp) -> impl Iterator<Item = &Kept> {
        self.others.iter().filter(move |(_, until)| *until > now).map(|(kept, _)| kept)
    }
}
