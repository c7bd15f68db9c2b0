//! The budget of one Cal.com account: so many requests in any minute, and who goes first when not all can go.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::retry::{later, millis};

const MINUTE_US: i64 = 60_000_000;
/// The part of a minute's requests that may leave at once; the rest is spread over the minute.
const BURST_PART: u32 = 5;
/// Two answers that name resets this close to each other speak of the same window.
const SAME_WINDOW_US: i64 = 2_000_000;
/// The part of what may leave at once that reading ahead leaves to whoever is waited for.
const KEPT_BACK_PART: i64 = 2;

/// What a request is for; whoever stands further up goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Keeps a promise.
    Booking,
    /// Looks whether a promise was kept.
    Look,
    /// A caller is on the line.
    Question,
    /// Read ahead, in case somebody asks.
    Prefetch,
    /// Nobody waits for it.
    Sweep,
    /// Nobody misses it if it is left out.
    Courtesy,
}

impl Class {
    pub const ALL: [Self; 6] =
        [Self::Booking, Self::Look, Self::Question, Self::Prefetch, Self::Sweep, Self::Courtesy];

    /// Its name in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Booking => "booking",
            Self::Look => "look",
            Self::Question => "question",
            Self::Prefetch => "prefetch",
            Self::Sweep => "sweep",
            Self::Courtesy => "courtesy",
        }
    }
}

/// A place among those who wait; in order of who goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket {
    class: Class,
    number: u64,
}

impl Ticket {
    pub fn class(self) -> Class {
        self.class
    }
}

/// No place: it could not go before its patience ends, or too many wait already.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the minute's requests are used up")]
pub struct UsedUp {
    /// When it is worth asking again.
    pub until: Timestamp,
}

/// What an answer of Cal.com says about its own window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// How many requests are left of it.
    pub left: u32,
    /// Of how many; None where it does not say.
    pub of: Option<u32>,
    /// When the next window begins.
    pub reset_at: Timestamp,
}

/// What is left of Cal.com's own window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Told {
    left: u32,
    until_us: i64,
    /// Cal.com has not said so itself: the window before is over, and this one is thought to be like it.
    is_guess: bool,
}

/// The budget itself; nothing here waits, it only says who may go and when to ask again.
#[derive(Clone, Debug)]
pub struct Budget {
    per_minute: u32,
    waiting_max: usize,
    /// When the allowance will be full again if nothing more leaves: the "theoretical arrival time" of GCRA.
    full_at_us: i64,
    told: Option<Told>,
    /// How many requests a whole window of Cal.com's has, and the longest it was said to last.
    window: Option<(u32, i64)>,
    /// How many have left since Cal.com last said anything: some may still be under way, and count when they arrive.
    unsaid: u32,
    waiting: BTreeMap<Ticket, Timestamp>,
    next_number: u64,
}

impl Budget {
    /// A budget with its full allowance; at least two requests a minute.
    pub fn new(per_minute: u32, waiting_max: usize) -> Self {
        Self {
            per_minute: per_minute.max(2),
            waiting_max,
            full_at_us: i64::MIN,
            told: None,
            window: None,
            unsaid: 0,
            waiting: BTreeMap::new(),
            next_number: 0,
        }
    }

    /// Another ceiling from now on; what has left already still counts.
    pub fn set_ceiling(&mut self, per_minute: u32) {
        self.per_minute = per_minute.max(2);
    }

    pub fn per_minute(&self) -> u32 {
        self.per_minute
    }

    /// Takes a place; refused at once where it could not go before its deadline, so that nobody waits for nothing.
    pub fn join(&mut self, class: Class, deadline: Timestamp, now: Timestamp) -> Result<Ticket, UsedUp> {
        self.full_at_us = self.full_from(now.as_microsecond());
        let ticket = Ticket { class, number: self.next_number };
        let before = self.waiting.range(..ticket).count();
        let earliest = self.earliest(before + self.kept_back(class), now);
        if earliest > deadline {
            return Err(UsedUp { until: earliest });
        }
        if self.waiting.len() >= self.waiting_max {
            return Err(UsedUp { until: self.earliest(self.waiting.len(), now) });
        }
        self.next_number += 1;
        self.waiting.insert(ticket, deadline);
        Ok(ticket)
    }

    /// Gives a place back.
    pub fn leave(&mut self, ticket: Ticket) {
        self.waiting.remove(&ticket);
    }

    /// Who goes next, whenever that is.
    pub fn first(&self) -> Option<Ticket> {
        self.waiting.keys().next().copied()
    }

    /// Lets the first one go if the allowance has room now; it counts from this moment.
    pub fn depart(&mut self, now: Timestamp) -> Option<Ticket> {
        let ticket = self.first()?;
        self.full_at_us = self.full_from(now.as_microsecond());
        let told = self.told_at(now.as_microsecond());
        if told.is_some_and(|told| told.is_guess) && told != self.told {
            (self.told, self.unsaid) = (told, 0);
        }
        if self.earliest(self.kept_back(ticket.class), now) > now {
            return None;
        }
        self.waiting.remove(&ticket);
        self.full_at_us += self.interval_us();
        self.unsaid = self.unsaid.saturating_add(1);
        if let Some(told) = &mut self.told {
            told.left = told.left.saturating_sub(1);
        }
        Some(ticket)
    }

    /// Those whose patience is over; they lose their places.
    pub fn late(&mut self, now: Timestamp) -> Vec<Ticket> {
        let late: Vec<Ticket> =
            self.waiting.iter().filter(|(_, deadline)| **deadline < now).map(|(ticket, _)| *ticket).collect();
        for ticket in &late {
            self.waiting.remove(ticket);
        }
        late
    }

    /// When to look again; None while nobody waits.
    pub fn wakes_at(&self, now: Timestamp) -> Option<Timestamp> {
        let first_deadline = self.waiting.values().min()?;
        let before = self.kept_back(self.first()?.class);
        Some(self.earliest(before, now).min(later(*first_deadline, millis(1))))
    }

    /// When whoever asks now for a place of this class could go, if nobody more important comes.
    pub fn would_go_at(&self, class: Class, now: Timestamp) -> Timestamp {
        let place = Ticket { class, number: self.next_number };
        self.earliest(self.waiting.range(..place).count() + self.kept_back(class), now)
    }

    /// An answer has said how much is left until a reset; others may use the same key, so the smaller figure counts.
    pub fn told(&mut self, Said { left, of, reset_at }: Said, now: Timestamp) {
        let (now_us, until_us) = (now.as_microsecond(), reset_at.as_microsecond());
        if let Some(of) = of {
            let longest_us = self.window.map_or(0, |(_, longest_us)| longest_us);
            self.window = Some((of, longest_us.max(until_us - now_us).min(MINUTE_US)));
        }
        self.unsaid = 0;
        self.told = Some(match self.told.filter(|told| told.until_us > now_us) {
            // It has begun, and its own word on how long it lasts is better than a guess.
            Some(told) if told.is_guess => Told { left: told.left.min(left), until_us, is_guess: false },
            // Nothing left is the last word: it may be a block that has taken the window's place.
            Some(told) if left > 0 && until_us <= told.until_us + SAME_WINDOW_US => {
                // Answers may overtake each other, and what has left since is not in them.
                let until_us = told.until_us.max(until_us);
                Told { left: told.left.min(left), until_us, is_guess: false }
            }
            Some(_) | None => Told { left, until_us, is_guess: false },
        });
    }

    /// What is left right now; after the window that was told of, one like it, where it is known how many that has.
    fn told_at(&self, now_us: i64) -> Option<Told> {
        let told = self.told?;
        if told.until_us > now_us {
            return Some(told);
        }
        let (of, lasts_us) = self.window?;
        let left = of.saturating_sub(self.unsaid);
        Some(Told { left, until_us: now_us.saturating_add(lasts_us), is_guess: true })
    }

    /// How many of a class wait.
    pub fn waiting(&self, class: Class) -> usize {
        self.waiting.keys().filter(|ticket| ticket.class == class).count()
    }

    /// How many must still be able to leave after one of this class: what nobody has asked for yet is in nobody's way.
    fn kept_back(&self, class: Class) -> usize {
        match class {
            Class::Prefetch => usize::try_from(self.burst() / KEPT_BACK_PART).unwrap_or_default(),
            Class::Booking | Class::Look | Class::Question | Class::Sweep | Class::Courtesy => 0,
        }
    }

    /// When a request with so many before it could go at the earliest.
    fn earliest(&self, before: usize, now: Timestamp) -> Timestamp {
        let now_us = now.as_microsecond();
        let before = i64::try_from(before).unwrap_or(i64::MAX);
        let ahead = self.full_from(now_us).saturating_add(before.saturating_mul(self.interval_us()));
        let mut at_us = ahead.saturating_sub((self.burst() - 1) * self.interval_us());
        if let Some(told) = self.told_at(now_us).filter(|told| before >= i64::from(told.left)) {
            at_us = at_us.max(told.until_us);
        }
        if at_us <= now_us { now } else { Timestamp::from_microsecond(at_us).unwrap_or(Timestamp::MAX) }
    }

    /// When the allowance is full again, seen from now; a clock that was set back must not shut the line for long.
    fn full_from(&self, now_us: i64) -> i64 {
        self.full_at_us.clamp(now_us, now_us + self.burst() * self.interval_us())
    }

    fn burst(&self) -> i64 {
        i64::from((self.per_minute / BURST_PART).max(1))
    }

    /// The pause after which one more may leave.
    fn interval_us(&self) -> i64 {
        let spread = (i64::from(self.per_minute) - self.burst()).max(1);
        (MINUTE_US + spread - 1) / spread
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(ms: u64) -> Timestamp {
        later(Timestamp::UNIX_EPOCH, millis(ms))
    }

    fn said(left: u32, reset_at: Timestamp) -> Said {
        Said { left, of: None, reset_at }
    }

    /// When it arrives, what an answer says (nothing: it is a request), and how long the way is.
    type UnderWay = (u64, Option<(u32, u64)>, u64);

    fn far() -> Timestamp {
        at(100_000_000)
    }

    fn departed(budget: &mut Budget, now: Timestamp) -> Vec<Class> {
        std::iter::from_fn(|| budget.depart(now)).map(Ticket::class).collect()
    }

    /// The greatest number of departures within any minute.
    fn most_in_a_minute(departures: &[u64]) -> usize {
        let within = |from: u64| departures.iter().filter(|at| (from..from + 60_000).contains(*at)).count();
        departures.iter().map(|from| within(*from)).max().unwrap_or(0)
    }

    #[test]
    fn in_no_minute_more_leaves_than_the_account_allows_and_most_of_it_can_be_used() {
        for allowed in [10, 60, 100] {
            let mut budget = Budget::new(allowed, 10_000);
            let mut departures = Vec::new();
            for tick in (0..300_000).step_by(100) {
                // A whole minute's requests want to leave at any time.
                let missing = allowed as usize - budget.waiting(Class::Question);
                (0..missing).for_each(|_| assert!(budget.join(Class::Question, far(), at(tick)).is_ok()));
                departures.extend(departed(&mut budget, at(tick)).iter().map(|_| tick));
            }

            let most = most_in_a_minute(&departures);
            assert!(most <= allowed as usize && most * 10 >= allowed as usize * 7, "{most} of {allowed}");
        }
    }

    #[test]
    fn a_booking_goes_before_everybody_who_waits() {
        let mut budget = Budget::new(5, 100);
        assert!(budget.join(Class::Question, far(), at(0)).is_ok());
        assert_eq!(departed(&mut budget, at(0)), [Class::Question]);
        for class in Class::ALL.into_iter().rev() {
            budget.join(class, far(), at(0)).unwrap();
        }

        let order: Vec<Class> = (1..=6).flat_map(|n| departed(&mut budget, at(n * 15_000))).collect();

        assert_eq!(order, Class::ALL);
    }

    #[test]
    fn whoever_could_not_go_in_time_is_told_at_once() {
        let mut budget = Budget::new(60, 100);
        for _ in 0..12 {
            budget.join(Class::Question, far(), at(0)).unwrap();
        }
        assert_eq!(departed(&mut budget, at(0)).len(), 12);

        let refused = budget.join(Class::Question, at(1_000), at(0)).unwrap_err();

        assert_eq!(refused.until, at(1_250), "48 a minute are one every 1250 ms");
        assert!(budget.join(Class::Question, at(1_250), at(0)).is_ok());
        assert!(budget.join(Class::Question, at(1_250), at(0)).is_err(), "the second would be later");
    }

    #[test]
    fn reading_ahead_leaves_half_of_what_may_leave_at_once_to_others() {
        let mut budget = Budget::new(100, 100);
        let joined = (0..20).filter(|_| budget.join(Class::Prefetch, at(50), at(0)).is_ok()).count();

        assert_eq!((joined, departed(&mut budget, at(0)).len()), (10, 10), "20 of 100 may leave at once");

        for _ in 0..10 {
            budget.join(Class::Question, at(50), at(0)).unwrap();
        }
        assert_eq!(departed(&mut budget, at(0)).len(), 10);
    }

    #[test]
    fn patience_ends() {
        let mut budget = Budget::new(2, 100);
        let (first, second) = (budget.join(Class::Look, far(), at(0)).unwrap(), at(70_000));
        assert_eq!(budget.depart(at(0)), Some(first));
        let waiting = budget.join(Class::Look, second, at(0)).unwrap();
        budget.join(Class::Booking, far(), at(0)).unwrap();

        assert_eq!(departed(&mut budget, at(60_000)), [Class::Booking]);

        assert_eq!(budget.wakes_at(at(60_000)), Some(at(70_001)));
        assert_eq!(budget.late(at(70_001)), [waiting]);
        assert_eq!(budget.wakes_at(at(70_001)), None);
    }

    #[test]
    fn what_cal_com_says_is_left_binds_until_its_reset() {
        let mut budget = Budget::new(100, 100);
        for _ in 0..4 {
            budget.join(Class::Booking, far(), at(0)).unwrap();
        }
        budget.told(said(2, at(42_000)), at(0));

        assert_eq!(departed(&mut budget, at(0)).len(), 2);
        assert_eq!(budget.wakes_at(at(0)), Some(at(42_000)));
        assert!(budget.join(Class::Question, at(2_000), at(1_000)).is_err());
        assert_eq!(departed(&mut budget, at(41_999)).len(), 0);
        assert_eq!(departed(&mut budget, at(42_000)).len(), 2);
    }

    #[test]
    fn an_answer_that_was_overtaken_gives_nothing_back_and_a_new_window_does() {
        let mut budget = Budget::new(100, 100);
        budget.told(said(0, at(30_000)), at(0));
        budget.told(said(7, at(29_000)), at(100));
        budget.join(Class::Look, far(), at(200)).unwrap();
        assert_eq!(departed(&mut budget, at(200)).len(), 0);

        budget.told(said(119, at(60_000)), at(300));

        assert_eq!(departed(&mut budget, at(300)).len(), 1);
    }

    #[test]
    fn after_a_window_no_more_leave_than_the_next_one_has() {
        let mut budget = Budget::new(100, 100);
        budget.told(Said { left: 0, of: Some(4), reset_at: at(1_000) }, at(0));
        for _ in 0..10 {
            budget.join(Class::Booking, far(), at(0)).unwrap();
        }
        assert_eq!(departed(&mut budget, at(999)).len(), 0);

        assert_eq!(departed(&mut budget, at(1_000)).len(), 4);
        // Nothing is said of the window that has begun; it may have begun when the last one arrived.
        assert_eq!(departed(&mut budget, at(1_999)).len(), 0);
        budget.told(Said { left: 0, of: Some(4), reset_at: at(2_300) }, at(1_999));
        assert_eq!(departed(&mut budget, at(2_299)).len(), 0);
        assert_eq!(departed(&mut budget, at(2_300)).len(), 4);
    }

    #[test]
    fn a_block_that_ends_before_the_window_is_waited_for_no_longer() {
        let mut budget = Budget::new(100, 100);
        budget.told(said(15, at(60_000)), at(0));
        budget.told(said(0, at(2_000)), at(100));
        budget.join(Class::Booking, far(), at(200)).unwrap();

        assert_eq!(budget.wakes_at(at(200)), Some(at(2_000)));
        assert_eq!(departed(&mut budget, at(2_000)).len(), 1);
    }

    #[test]
    fn a_clock_set_back_by_an_hour_does_not_shut_the_line() {
        let mut budget = Budget::new(60, 100);
        budget.join(Class::Booking, far(), at(3_600_000)).unwrap();
        assert_eq!(departed(&mut budget, at(3_600_000)).len(), 1);
        budget.join(Class::Booking, far(), at(0)).unwrap();

        assert_eq!(departed(&mut budget, at(0)), []);
        let wakes = budget.wakes_at(at(0)).unwrap();

        assert!(wakes <= at(60_000), "{wakes}");
        assert_eq!(departed(&mut budget, wakes), [Class::Booking]);
    }

    #[test]
    fn a_new_ceiling_counts_what_has_left() {
        let mut budget = Budget::new(100, 100);
        for _ in 0..25 {
            budget.join(Class::Look, far(), at(0)).unwrap();
        }
        assert_eq!(departed(&mut budget, at(0)).len(), 20);

        budget.set_ceiling(50);

        assert_eq!(departed(&mut budget, at(0)).len(), 0);
        assert_eq!(budget.waiting(Class::Look), 5);
        budget.set_ceiling(6_000_000);
        assert_eq!(departed(&mut budget, at(0)).len(), 5, "a raised ceiling lets go at once");
    }

    fn class() -> impl Strategy<Value = Class> {
        prop::sample::select(Class::ALL.to_vec())
    }

    proptest! {
        #[test]
        fn never_more_than_allowed_never_more_waiting_than_may_and_nobody_is_overtaken_by_less(
            per_minute in 2u32..200,
            steps in prop::collection::vec((0u64..3_000, 0u8..10, class(), 0u64..90_000), 1..400),
        ) {
            const WAITING_MAX: usize = 20;
            let mut budget = Budget::new(per_minute, WAITING_MAX);
            let (mut now, mut departures) = (0, Vec::new());
            let mut open: Vec<(Ticket, u64)> = Vec::new();
            for (pause, what, class, patience) in steps {
                now += pause;
                for late in budget.late(at(now)) {
                    open.retain(|(ticket, _)| *ticket != late);
                }
                match what {
                    0..6 => {
                        if let Ok(ticket) = budget.join(class, at(now + patience), at(now)) {
                            open.push((ticket, now + patience));
                        }
                    }
                    6 => {
                        let left = u32::try_from(patience % 50).unwrap();
                        budget.told(said(left, at(now + 20_000)), at(now));
                    }
                    _ => {
                        let Some(gone) = budget.depart(at(now)) else { continue };
                        departures.push(now);
                        prop_assert!(open.iter().all(|(ticket, _)| *ticket >= gone), "{gone:?} overtook");
                        prop_assert!(open.iter().any(|(ticket, until)| *ticket == gone && *until >= now));
                        open.retain(|(ticket, _)| *ticket != gone);
                    }
                }
                prop_assert!(open.len() <= WAITING_MAX);
            }
            prop_assert!(most_in_a_minute(&departures) <= per_minute as usize);
        }

        #[test]
        fn a_key_that_only_we_use_is_never_refused_once_its_limit_is_known(
            limit in 1u32..30,
            window_ms in 500u64..70_000,
            asked in prop::collection::vec((0u64..400, 0u64..300), 2..150),
        ) {
            // What Cal.com counts: a window begins with the first request after the one before has ended.
            let (mut begun_ms, mut used) = (0, 0u32);
            let mut arrive = |at_ms: u64| {
                if at_ms >= begun_ms + window_ms { (begun_ms, used) = (at_ms, 0); }
                used += 1;
                let reset_s = (begun_ms + window_ms - at_ms).div_ceil(1_000);
                (limit.checked_sub(used), reset_s)
            };
            let mut budget = Budget::new(6_000_000, 1_000);
            let (left, reset_s) = arrive(0);
            budget.told(Said { left: left.unwrap(), of: Some(limit), reset_at: at(reset_s * 1_000) }, at(0));
            let mut asks = std::collections::VecDeque::new();
            let mut total = 0;
            for (pause, latency) in &asked {
                total += pause;
                asks.push_back((total, *latency));
            }
            // Requests under way, answers under way, each at its time.
            let mut way: Vec<UnderWay> = Vec::new();
            let (mut now, mut gone) = (0, 0);
            while gone < asked.len() || !way.is_empty() {
                prop_assert!(now < 40 * 60_000 * 150, "they never left");
                while asks.front().is_some_and(|(when, _)| *when <= now) {
                    asks.pop_front();
                    budget.join(Class::Booking, Timestamp::MAX, at(now)).unwrap();
                }
                way.sort_unstable_by_key(|(when, ..)| *when);
                while way.first().is_some_and(|(when, ..)| *when <= now) {
                    let (when, answer, latency) = way.remove(0);
                    match answer {
                        Some((left, reset_s)) => {
                            let reset_at = at(when + reset_s * 1_000);
                            budget.told(Said { left, of: Some(limit), reset_at }, at(when));
                        }
                        None => {
                            let (left, reset_s) = arrive(when);
                            prop_assert!(left.is_some(), "refused at {when}");
                            way.push((when + latency, Some((left.unwrap(), reset_s)), latency));
                        }
                    }
                    way.sort_unstable_by_key(|(when, ..)| *when);
                }
                while budget.depart(at(now)).is_some() {
                    let latency = asked[gone].1;
                    way.push((now + latency, None, latency));
                    gone += 1;
                }
                let wakes = budget.wakes_at(at(now)).map(|at| at.as_millisecond().unsigned_abs());
                let next = [wakes, asks.front().map(|(when, _)| *when), way.iter().map(|(when, ..)| *when).min()];
                now = next.into_iter().flatten().min().unwrap_or(now).max(now + 1);
            }
        }

        #[test]
        fn a_booking_waits_for_bookings_alone_however_much_else_is_asked(
            per_minute in 2u32..200,
            others in 0usize..50,
            bookings in 1usize..20,
        ) {
            let mut budget = Budget::new(per_minute, 1_000);
            let (mut now, mut left) = (0, 0);
            for n in 0..bookings.max(others) {
                if n < others { budget.join(Class::Sweep, far(), at(0)).unwrap(); }
                if n < bookings { budget.join(Class::Booking, far(), at(0)).unwrap(); }
            }
            while left < bookings {
                let gone = departed(&mut budget, at(now));
                left += gone.iter().filter(|class| **class == Class::Booking).count();
                let sweeps = gone.iter().filter(|class| **class == Class::Sweep).count();
                prop_assert!(sweeps == 0 || left == bookings, "a sweep went while bookings waited");
                now += 1_000;
                // The spread part of a minute serves one booking after the other.
                let longest = 60_000 * (bookings as u64 + 1) / u64::from((per_minute - (per_minute / 5).max(1)).max(1)) + 2_000;
                prop_assert!(now <= longest, "bookings starve: {left} of {bookings} after {now} ms");
            }
        }
    }
}
