//! The judge: what callers were told, what the house believes and what stands in the calendar are held against each other.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

/// Everything that is known when all is over.
#[derive(Clone, Debug, Default)]
pub struct Case {
    pub heard: Vec<Heard>,
    pub calls: Vec<Call>,
    pub bookings: Vec<Booking>,
    pub callbacks: Vec<Callback>,
    pub rows: Vec<Row>,
    /// Bookings of ours, by their marks, that one host would have to serve at the same time.
    pub overlaps: Vec<(String, String)>,
}

/// What one caller was told.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// Retell's id of the call.
    pub call: String,
    pub appointments: BTreeMap<i64, Told>,
    /// Answers that contradict each other, in words.
    pub contradictions: Vec<String>,
}

/// The last that was said about one appointment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Told {
    pub word: Word,
    /// What was read back last.
    pub start: Option<Timestamp>,
    /// What was asked for, and for whom: the event type at Cal.com and the name.
    pub asked: Option<(i64, &'static str)>,
    /// A function was not answered since: what it did, the caller does not know.
    pub is_unclear: bool,
}

/// What a sentence promises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Word {
    /// Nothing was promised.
    #[default]
    Nothing,
    /// `confirmed`: it will be booked.
    Confirmed,
    /// `booked` or `requested`: it stands.
    Booked,
    /// `noted`, `callback_noted`: somebody takes care of it.
    Noted,
    /// `withdrawn`, `cancelled`: it will not be.
    Withdrawn,
}

/// A call in the house's books.
#[derive(Clone, Debug)]
pub struct Call {
    pub id: String,
    pub retell_id: String,
    pub is_settled: bool,
}

/// A booking in the house's books.
#[derive(Clone, Debug)]
pub struct Booking {
    pub id: String,
    /// The house's id of the call.
    pub call: String,
    pub appointment: i64,
    pub state: String,
    pub start: Option<Timestamp>,
    pub uid: Option<String>,
}

/// A callback item in the house's books.
#[derive(Clone, Debug)]
pub struct Callback {
    pub call: String,
    pub booking: Option<String>,
    pub reason: String,
    pub is_done: bool,
}

/// A booking at Cal.com.
#[derive(Clone, Debug)]
pub struct Row {
    pub uid: String,
    /// The id of the house's booking, in the metadata; others' bookings have none.
    pub mark: Option<String>,
    pub start: Timestamp,
    pub created: Timestamp,
    /// Where it was moved from.
    pub moved_from: Option<Timestamp>,
    /// The uid of what it was moved to.
    pub moved_to: Option<String>,
    pub event_type: i64,
    pub name: String,
    pub is_live: bool,
    /// Moved, cancelled or declined by a person at Cal.com.
    pub by_person: bool,
}

/// What is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// More than one where one was promised.
    pub duplicates: Vec<Finding>,
    /// Promised, and neither standing nor in anybody's hands; or standing, and the house does not know.
    pub lost: Vec<Finding>,
    /// Told and not so.
    pub false_sentences: Vec<Finding>,
    /// Changed by a person at Cal.com, and the house has not noticed.
    pub unnoticed: Vec<Finding>,
}

/// One thing that is wrong, in words, with Retell's id of the call it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub call: String,
    pub what: String,
}

impl Callback {
    /// A wish to be called, and a read-back without a yes, are about nothing that was promised.
    fn is_about_a_promise(&self) -> bool {
        !matches!(self.reason.as_str(), "callers_wish" | "cut_off")
    }

    /// A change that could not be made, and what stands once too often, are about a booking that stands.
    fn says_that_it_failed(&self) -> bool {
        !matches!(self.reason.as_str(), "change_failed" | "booked_twice")
    }
}

impl Row {
    fn place(&self) -> String {
        let moved = self.moved_from.map(|from| format!(", moved from {from}")).unwrap_or_default();
        format!("{} (since {}{moved})", self.start, self.created)
    }
}

impl Verdict {
    /// Whether every promise is kept and the house knows of everything people have changed at Cal.com.
    pub fn is_clean(&self) -> bool {
        self.findings().next().is_none()
    }

    /// Everything that is wrong.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.duplicates.iter().chain(&self.lost).chain(&self.false_sentences).chain(&self.unnoticed)
    }
}

/// What differs between two times at which nothing was left to do; each row by its list and id.
pub fn changed(before: &BTreeMap<String, Finding>, after: &BTreeMap<String, Finding>) -> Vec<Finding> {
    let rows: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let differing = rows.into_iter().filter(|row| before.get(*row) != after.get(*row));
    differing
        .map(|row| {
            let is = |at: &BTreeMap<String, Finding>| {
                at.get(row).map_or_else(|| "nothing".to_owned(), |one| one.what.clone())
            };
            let call = before.get(row).or_else(|| after.get(row)).map_or("unknown call", |one| &one.call);
            finding(
                call,
                format!("something came of a replay: {row} was {}, and is {}", is(before), is(after)),
            )
        })
        .collect()
}

/// Holds the three against each other.
pub fn judge(case: &Case) -> Verdict {
    let mut bench = Bench::of(case);
    for booking in &case.bookings {
        bench.weigh(booking);
    }
    bench.unknown_marks();
    bench.overlaps();
    bench.idle_items();
    for heard in &case.heard {
        bench.listen(heard);
    }
    for call in case.calls.iter().filter(|call| !call.is_settled) {
        bench.verdict.lost.push(finding(&call.retell_id, "the call is not settled".into()));
    }
    bench.verdict
}

/// The case, sorted for looking things up.
struct Bench<'a> {
    case: &'a Case,
    retell_ids: BTreeMap<&'a str, &'a str>,
    rows: BTreeMap<&'a str, Vec<&'a Row>>,
    helped_bookings: BTreeSet<&'a str>,
    helped_calls: BTreeSet<&'a str>,
    verdict: Verdict,
}

impl<'a> Bench<'a> {
    fn of(case: &'a Case) -> Self {
        let mut rows: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
        for row in &case.rows {
            if let Some(mark) = &row.mark {
                rows.entry(mark).or_default().push(row);
            }
        }
        let open = || case.callbacks.iter().filter(|item| !item.is_done);
        let helped_calls = open().filter(|item| item.is_about_a_promise() && item.booking.is_none());
        Self {
            case,
            retell_ids: case.calls.iter().map(|call| (call.id.as_str(), call.retell_id.as_str())).collect(),
            rows,
            helped_bookings: open().filter_map(|item| item.booking.as_deref()).collect(),
            helped_calls: helped_calls.map(|item| item.call.as_str()).collect(),
            verdict: Verdict::default(),
        }
    }

    fn rows_of(&self, mark: &str) -> &[&'a Row] {
        self.rows.get(mark).map_or(&[], Vec::as_slice)
    }

    fn is_helped(&self, booking: &Booking) -> bool {
        self.helped_bookings.contains(booking.id.as_str())
    }

    /// Whether the last that happened at Cal.com to what the house has under this uid was a person's doing.
    fn was_ended_by_person(&self, booking: &Booking) -> bool {
        let rows = self.rows_of(&booking.id);
        let called = |uid: Option<&str>| rows.iter().find(|row| Some(row.uid.as_str()) == uid);
        let Some(mut last) = called(booking.uid.as_deref()) else {
            return rows.iter().any(|row| row.by_person && row.moved_to.is_none());
        };
        for _ in rows {
            last = called(last.moved_to.as_deref()).unwrap_or(last);
        }
        last.by_person
    }

    /// One booking of the house against what stands under its mark.
    fn weigh(&mut self, booking: &Booking) {
        let call = self.retell_ids.get(booking.call.as_str()).copied().unwrap_or("unknown call").to_owned();
        let rows = self.rows_of(&booking.id);
        let live: Vec<&Row> = rows.iter().copied().filter(|row| row.is_live).collect();
        let by_person = self.was_ended_by_person(booking);
        let (id, state, count) = (&booking.id, booking.state.as_str(), live.len());
        if count > 1 {
            let each: Vec<String> = live.iter().map(|row| row.place()).collect();
            let what = format!("booking {id} ({state}) stands {count} times: {}", each.join(" and "));
            return self.verdict.duplicates.push(finding(&call, what));
        }
        match (state, live.first()) {
            ("booked" | "pending", Some(row)) => {
                if booking.uid.as_deref() != Some(&row.uid) {
                    let what = format!("booking {id} was moved at Cal.com, and the house has its old uid");
                    self.verdict.unnoticed.push(finding(&call, what));
                }
            }
            ("booked" | "pending", None) if by_person => {
                let what = format!("booking {id} ({state}) was ended by a person at Cal.com");
                self.verdict.unnoticed.push(finding(&call, what));
            }
            ("booked" | "pending", None) => {
                let what = format!("booking {id} is {state} in the house and stands nowhere");
                self.verdict.lost.push(finding(&call, what));
            }
            ("refused" | "failed" | "cancelled", Some(_)) => {
                let what =
                    format!("booking {id} stands ({}), and the house has it as {state}", rows_of_one(rows));
                self.verdict.lost.push(finding(&call, what));
            }
            ("refused" | "failed", None) if !self.is_helped(booking) && !by_person => {
                let what = format!("booking {id} is {state}, and nobody calls back");
                self.verdict.lost.push(finding(&call, what));
            }
            ("cancelled", None) if !by_person && !self.is_helped(booking) && !self.was_withdrawn(booking) => {
                let what = format!("booking {id} is cancelled, and nobody wanted that");
                self.verdict.lost.push(finding(&call, what));
            }
            ("refused" | "failed" | "cancelled", None) => {}
            (_, _) => {
                let what = format!("booking {id} is still {state}");
                self.verdict.lost.push(finding(&call, what));
            }
        }
    }

    fn was_withdrawn(&self, booking: &Booking) -> bool {
        let call = self.retell_ids.get(booking.call.as_str()).copied();
        let heard = self.case.heard.iter().find(|heard| Some(heard.call.as_str()) == call);
        let told = heard.and_then(|heard| heard.appointments.get(&booking.appointment));
        told.is_some_and(|told| told.word == Word::Withdrawn || told.is_unclear)
    }

    /// What stands under a mark of ours that the house's books do not hold.
    fn unknown_marks(&mut self) {
        let known: BTreeSet<&str> = self.case.bookings.iter().map(|booking| booking.id.as_str()).collect();
        let unknown = self.rows.iter().filter(|(mark, _)| !known.contains(**mark));
        let live = unknown.filter(|(_, rows)| rows.iter().any(|row| row.is_live));
        let found: Vec<Finding> = live
            .map(|(mark, _)| {
                finding("unknown call", format!("booking {mark} stands, and the house has none"))
            })
            .collect();
        self.verdict.lost.extend(found);
    }

    /// Two promises that one host cannot keep both.
    fn overlaps(&mut self) {
        for (one, other) in &self.case.overlaps {
            let booking = self.case.bookings.iter().find(|booking| booking.id == *one);
            let call = booking.and_then(|booking| self.retell_ids.get(booking.call.as_str()).copied());
            let what = format!("bookings {one} and {other} stand at the same time with one host");
            self.verdict.duplicates.push(finding(call.unwrap_or("unknown call"), what));
        }
    }

    /// Whom nobody has to call any more is not to be told that it failed.
    fn idle_items(&mut self) {
        let stands = |id: &str| {
            let booking = self.case.bookings.iter().find(|booking| booking.id == id)?;
            matches!(booking.state.as_str(), "booked" | "pending").then_some(booking)
        };
        let open = self.case.callbacks.iter().filter(|item| !item.is_done && item.says_that_it_failed());
        let idle = open.filter_map(|item| Some((item, stands(item.booking.as_deref()?)?)));
        let found: Vec<Finding> = idle
            .map(|(item, booking)| {
                let call = self.retell_ids.get(booking.call.as_str()).copied().unwrap_or("unknown call");
                let (id, reason) = (&booking.id, &item.reason);
                finding(call, format!("booking {id} stands, and somebody is to call back for {reason}"))
            })
            .collect();
        self.verdict.false_sentences.extend(found);
    }

    /// What one caller was told against what came of it.
    fn listen(&mut self, heard: &Heard) {
        let contradictions = heard.contradictions.iter();
        self.verdict.false_sentences.extend(contradictions.map(|what| finding(&heard.call, what.clone())));
        let call = self.case.calls.iter().find(|call| call.retell_id == heard.call);
        for (number, told) in &heard.appointments {
            let booking = call.and_then(|call| self.booking_of(&call.id, *number));
            let helped = call.is_some_and(|call| self.helped_calls.contains(call.id.as_str()));
            self.compare((&heard.call, *number), told, booking, helped);
        }
    }

    fn booking_of(&self, call: &str, appointment: i64) -> Option<&'a Booking> {
        let ours = |booking: &&Booking| booking.call == call && booking.appointment == appointment;
        self.case.bookings.iter().find(ours)
    }

    fn compare(&mut self, (call, number): (&str, i64), told: &Told, booking: Option<&Booking>, helped: bool) {
        if told.is_unclear {
            return;
        }
        match (told.word, booking) {
            (Word::Confirmed | Word::Booked, None) if !helped => {
                let what = format!("appointment {number} was promised, and there is no booking of it");
                self.verdict.lost.push(finding(call, what));
            }
            (Word::Noted, None) if !helped => {
                let what = format!("appointment {number} was noted, and nobody takes care of it");
                self.verdict.false_sentences.push(finding(call, what));
            }
            (Word::Confirmed | Word::Booked | Word::Noted, Some(booking)) => {
                self.is_as_told(call, told, booking);
            }
            (Word::Nothing, Some(booking)) => {
                let what = format!("appointment {number} was never agreed to, and is {}", booking.state);
                self.verdict.false_sentences.push(finding(call, what));
            }
            (Word::Withdrawn, Some(booking)) if booking.state != "cancelled" => {
                let what = format!("appointment {number} was withdrawn, and is {}", booking.state);
                self.verdict.false_sentences.push(finding(call, what));
            }
            (_, _) => {}
        }
    }

    /// A promise that is kept is kept at the time that was read back, unless a person moved it.
    fn is_as_told(&mut self, call: &str, told: &Told, booking: &Booking) {
        let rows = self.rows_of(&booking.id);
        let moved = rows.iter().any(|row| row.by_person);
        let Some(stands) = rows.iter().find(|row| row.is_live) else { return };
        let mut wrong = Vec::new();
        if let Some(start) = told.start.filter(|start| *start != stands.start && !moved) {
            wrong.push(format!("{start} was promised, and it stands at {}", stands.start));
        }
        if let Some((event_type, name)) = told.asked
            && (event_type, name) != (stands.event_type, &stands.name)
        {
            let there = (stands.event_type, &stands.name);
            wrong.push(format!(
                "{event_type} for {name} was promised, and {} for {} stands",
                there.0, there.1
            ));
        }
        self.verdict.false_sentences.extend(wrong.into_iter().map(|what| finding(call, what)));
    }
}

/// The story of what stands and stood under one mark.
fn rows_of_one(rows: &[&Row]) -> String {
    let each: Vec<String> = rows.iter().map(|row| row.place()).collect();
    each.join(", ")
}

fn finding(call: &str, what: String) -> Finding {
    Finding { call: call.to_owned(), what }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN: &str = "2026-12-01T09:00:00Z";
    const ELEVEN: &str = "2026-12-01T10:00:00Z";

    fn told(word: Word) -> Told {
        let asked = Some((1001, "Erika Beispiel"));
        Told { word, start: Some(TEN.parse().unwrap()), asked, is_unclear: false }
    }

    fn row(uid: &str) -> Row {
        let (mark, start, created) = (Some("b1".to_owned()), TEN.parse().unwrap(), TEN.parse().unwrap());
        Row {
            uid: uid.into(),
            mark,
            start,
            created,
            moved_from: None,
            moved_to: None,
            event_type: 1001,
            name: "Erika Beispiel".into(),
            is_live: true,
            by_person: false,
        }
    }

    /// One call that was promised one appointment, in whatever state, with what stands for it.
    fn case(word: Word, state: Option<&str>, rows: Vec<Row>) -> Case {
        let booking = |state: &str| Booking {
            id: "b1".into(),
            call: "c1".into(),
            appointment: 1,
            state: state.into(),
            start: Some(TEN.parse().unwrap()),
            uid: Some("u1".into()),
        };
        Case {
            heard: vec![Heard {
                call: "call_1".into(),
                appointments: [(1, told(word))].into(),
                contradictions: Vec::new(),
            }],
            calls: vec![Call { id: "c1".into(), retell_id: "call_1".into(), is_settled: true }],
            bookings: state.map(booking).into_iter().collect(),
            rows,
            ..Case::default()
        }
    }

    fn item(booking: Option<&str>, reason: &str) -> Callback {
        let booking = booking.map(str::to_owned);
        Callback { call: "c1".into(), booking, reason: reason.into(), is_done: false }
    }

    fn with(case: Case, item: Callback) -> Case {
        Case { callbacks: vec![item], ..case }
    }

    fn helped(case: Case) -> Case {
        with(case, item(Some("b1"), "slot_taken"))
    }

    fn counts(case: &Case) -> (usize, usize, usize, usize) {
        let verdict = judge(case);
        assert!(verdict.findings().all(|finding| finding.call == "call_1" || finding.call == "unknown call"));
        (verdict.duplicates.len(), verdict.lost.len(), verdict.false_sentences.len(), verdict.unnoticed.len())
    }

    #[test]
    fn one_promise_one_booking_is_clean() {
        assert!(judge(&case(Word::Confirmed, Some("booked"), vec![row("u1")])).is_clean());
        assert!(judge(&case(Word::Booked, Some("pending"), vec![row("u1")])).is_clean());
    }

    #[test]
    fn two_live_bookings_of_one_promise_are_a_duplicate() {
        assert_eq!(counts(&case(Word::Confirmed, Some("booked"), vec![row("u1"), row("u2")])), (1, 0, 0, 0));
    }

    #[test]
    fn a_promise_without_a_booking_is_lost_unless_somebody_calls_back() {
        let nothing = case(Word::Confirmed, None, Vec::new());

        assert_eq!(counts(&nothing), (0, 1, 0, 0));
        assert!(judge(&with(nothing.clone(), item(None, "late_yes"))).is_clean());
        let done = Callback { is_done: true, ..item(None, "late_yes") };
        assert_eq!(counts(&with(nothing.clone(), done)).1, 1, "nobody calls any more");
        for about_nothing_promised in ["cut_off", "callers_wish"] {
            assert_eq!(counts(&with(nothing.clone(), item(None, about_nothing_promised))).1, 1);
        }
    }

    #[test]
    fn an_item_about_something_else_excuses_no_refusal_and_neither_does_one_that_is_done() {
        let refused = case(Word::Confirmed, Some("refused"), Vec::new());

        assert_eq!(counts(&with(refused.clone(), item(Some("b2"), "slot_taken"))).1, 1);
        assert_eq!(counts(&with(refused.clone(), item(None, "cut_off"))).1, 1);
        let done = Callback { is_done: true, ..item(Some("b1"), "slot_taken") };
        assert_eq!(counts(&with(refused, done)).1, 1);
    }

    #[test]
    fn an_open_item_that_says_a_standing_booking_failed_is_a_false_sentence() {
        let stands = case(Word::Confirmed, Some("booked"), vec![row("u1")]);

        assert_eq!(counts(&helped(stands.clone())), (0, 0, 1, 0));
        assert!(judge(&with(stands.clone(), item(Some("b1"), "change_failed"))).is_clean());
        let done = Callback { is_done: true, ..item(Some("b1"), "slot_taken") };
        assert!(judge(&with(stands, done)).is_clean());
    }

    #[test]
    fn what_a_person_moved_and_we_cancelled_is_lost_unless_somebody_calls_back() {
        let old = Row { is_live: false, by_person: true, moved_to: Some("u2".into()), ..row("u1") };
        let new = Row { is_live: false, start: ELEVEN.parse().unwrap(), ..row("u2") };
        let lost = case(Word::Confirmed, Some("cancelled"), vec![old.clone(), new.clone()]);
        let theirs = Row { by_person: true, ..new };

        assert_eq!(counts(&lost), (0, 1, 0, 0));
        assert!(judge(&helped(lost)).is_clean());
        assert!(judge(&case(Word::Confirmed, Some("cancelled"), vec![old, theirs])).is_clean());
    }

    #[test]
    fn two_of_ours_with_one_host_at_one_time_are_a_duplicate() {
        let mut twice = case(Word::Confirmed, Some("booked"), vec![row("u1")]);
        twice.overlaps.push(("b1".into(), "b2".into()));

        assert_eq!(counts(&twice), (1, 0, 0, 0));
    }

    #[test]
    fn something_else_or_for_somebody_else_than_was_asked_for_is_a_false_sentence() {
        let other = Row { event_type: 1002, ..row("u1") };
        let stranger = Row { name: "Jonas Muster".into(), ..row("u1") };

        assert_eq!(counts(&case(Word::Confirmed, Some("booked"), vec![other])), (0, 0, 1, 0));
        assert_eq!(counts(&case(Word::Confirmed, Some("booked"), vec![stranger])), (0, 0, 1, 0));
    }

    #[test]
    fn booked_in_the_house_and_nowhere_else_is_lost() {
        assert_eq!(counts(&case(Word::Confirmed, Some("booked"), Vec::new())), (0, 1, 0, 0));
    }

    #[test]
    fn standing_at_the_calendar_and_given_up_in_the_house_is_lost() {
        for state in ["refused", "failed", "cancelled", "unsure"] {
            let case = helped(case(Word::Confirmed, Some(state), vec![row("u1")]));
            assert_eq!(counts(&case).1, 1, "{state}");
        }
    }

    #[test]
    fn standing_under_a_mark_the_house_does_not_have_is_lost() {
        assert_eq!(counts(&case(Word::Withdrawn, None, vec![row("u1")])), (0, 1, 0, 0));
    }

    #[test]
    fn a_refusal_needs_somebody_who_calls_back() {
        let refused = case(Word::Confirmed, Some("refused"), Vec::new());

        assert_eq!(counts(&refused), (0, 1, 0, 0));
        assert!(judge(&helped(refused)).is_clean());
    }

    #[test]
    fn what_a_person_ended_is_no_loss_and_has_to_be_noticed() {
        let ended = Row { is_live: false, by_person: true, ..row("u1") };

        assert_eq!(counts(&case(Word::Confirmed, Some("booked"), vec![ended.clone()])), (0, 0, 0, 1));
        assert!(judge(&case(Word::Confirmed, Some("cancelled"), vec![ended])).is_clean());
    }

    #[test]
    fn what_a_person_moved_stands_elsewhere_and_has_to_be_noticed() {
        let old = Row { is_live: false, by_person: true, moved_to: Some("u2".into()), ..row("u1") };
        let new = Row { start: ELEVEN.parse().unwrap(), ..row("u2") };
        let unnoticed = case(Word::Confirmed, Some("booked"), vec![old, new]);
        let mut noticed = unnoticed.clone();
        noticed.bookings[0].uid = Some("u2".into());

        assert_eq!(counts(&unnoticed), (0, 0, 0, 1));
        assert!(judge(&noticed).is_clean());
    }

    #[test]
    fn another_time_than_was_read_back_is_a_false_sentence() {
        let elsewhere = Row { start: ELEVEN.parse().unwrap(), ..row("u1") };

        assert_eq!(counts(&case(Word::Confirmed, Some("booked"), vec![elsewhere])), (0, 0, 1, 0));
    }

    #[test]
    fn a_booking_nobody_agreed_to_or_that_was_withdrawn_is_a_false_sentence() {
        assert_eq!(counts(&case(Word::Nothing, Some("booked"), vec![row("u1")])), (0, 0, 1, 0));
        assert_eq!(counts(&case(Word::Withdrawn, Some("booked"), vec![row("u1")])), (0, 0, 1, 0));
        assert!(judge(&case(Word::Withdrawn, Some("cancelled"), Vec::new())).is_clean());
    }

    #[test]
    fn noted_and_forgotten_is_a_false_sentence() {
        assert_eq!(counts(&case(Word::Noted, None, Vec::new())), (0, 0, 1, 0));
        assert!(judge(&case(Word::Noted, Some("booked"), vec![row("u1")])).is_clean());
    }

    #[test]
    fn where_a_function_went_unanswered_either_outcome_is_right_but_never_two() {
        let unclear = |mut case: Case| {
            case.heard[0].appointments.get_mut(&1).unwrap().is_unclear = true;
            case
        };

        assert!(judge(&unclear(case(Word::Confirmed, None, Vec::new()))).is_clean());
        assert!(judge(&unclear(case(Word::Nothing, Some("booked"), vec![row("u1")]))).is_clean());
        let two = unclear(case(Word::Nothing, Some("booked"), vec![row("u1"), row("u2")]));
        assert_eq!(counts(&two), (1, 0, 0, 0));
    }

    #[test]
    fn a_call_that_is_never_settled_is_lost() {
        let mut open = case(Word::Nothing, None, Vec::new());
        open.calls[0].is_settled = false;

        assert_eq!(counts(&open), (0, 1, 0, 0));
    }

    #[test]
    fn whatever_is_other_new_or_gone_after_a_replay_is_found() {
        let row = |what: &str| finding("call_1", what.into());
        let before = BTreeMap::from([("a".to_owned(), row("booked")), ("b".to_owned(), row("open"))]);
        let after = BTreeMap::from([("a".to_owned(), row("cancelled")), ("c".to_owned(), row("open"))]);

        assert_eq!(changed(&before, &before), []);
        let found = changed(&before, &after);
        assert_eq!(found.len(), 3);
        assert!(found[0].what.ends_with("a was booked, and is cancelled"), "{found:?}");
    }

    #[test]
    fn contradictions_are_false_sentences() {
        let mut case = case(Word::Confirmed, Some("booked"), vec![row("u1")]);
        case.heard[0].contradictions.push("the repeat was answered otherwise".into());

        assert_eq!(counts(&case), (0, 0, 1, 0));
    }
}
