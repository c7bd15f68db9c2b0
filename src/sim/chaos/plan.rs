//! Everything a run is going to do, drawn from its seed before it begins: who calls, what goes wrong, who else books.

use super::dice::Dice;
use crate::sim::calcom::{Fate, Glitch, Mishap};

/// Half hours from 09:00 to 17:30.
const HALF_HOURS: usize = 18;
/// Of a hundred half hours of the days that are booked, about so many are wished for.
const FULLNESS: usize = 35;
const FUNCTIONS_MAX: usize = 16;
const CALLS_FROM: u64 = 1_000;
/// Nobody says the same again sooner: longer than the house on trial takes it for a repeat.
const SAYS_AGAIN_MS: u64 = 350;

/// What can be booked: the service's name and its event type at Cal.com.
pub const SERVICES: [(&str, i64); 6] = [
    ("Haarschnitt", 1001),
    ("Bartpflege", 1002),
    ("Beratung", 1003),
    ("Maniküre", 1004),
    // Two people take turns.
    ("Waschen", 1021),
    // The owner has to confirm it.
    ("Hochzeitsfrisur", 1031),
];

/// A run of so many calls.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub seed: u64,
    pub calls: usize,
}

/// A half hour on the n-th working day from three days ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Time {
    pub day: usize,
    pub half_hour: usize,
}

/// One call as it is going to be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a throw of its own")]
pub struct CallPlan {
    pub number: usize,
    /// One to three; each is asked for, read back and agreed to on its own.
    pub wishes: Vec<WishPlan>,
    pub caller: Caller,
    /// What Retell calls the reason for the end.
    pub parting: &'static str,
    /// Whether Retell names each invocation of a function.
    pub has_ids: bool,
    /// Whether the agent also leaves what was agreed in its variables.
    pub collects: bool,
    /// Whether Retell asks before the telephone is answered.
    pub is_greeted: bool,
    /// Between the turns.
    pub think_ms: u64,
    /// What happens to the first, second … function.
    pub repeats: Vec<Repeat>,
    pub on_silence: OnSilence,
    /// What Retell delivers once the call is over, in this order, each so long after the one before.
    pub letters: Vec<(Letter, u64)>,
    /// Whether it is all sent once more at the very end.
    pub is_replayed: bool,
}

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    Number,
    /// Hides the number, and says one.
    Anonymous,
    /// In the browser, without any number.
    Web,
    /// Nobody ever spoke with anybody.
    NeverConnected,
}

/// One appointment of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WishPlan {
    pub service: usize,
    pub time: Time,
    pub mind: Mind,
    /// A visitor of the web page takes the very slot: after the read-back, or after the yes.
    pub sniped: Option<Snipe>,
}

/// What the caller does after the yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mind {
    Stays,
    /// Wants another time and says yes to that.
    Changes(Time),
    Withdraws,
    /// Hangs up after the read-back without a yes.
    NeverSaysYes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Snipe {
    BeforeTheYes,
    AfterTheYes,
}

/// How often a function comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    Once,
    /// The same request again when it has been answered.
    Again,
    /// The same request twice at the same time.
    AtOnce,
}

/// What the agent does when a function is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnSilence {
    /// The same request, as a tool with `max_retry` does.
    SameAgain,
    /// The model calls the function anew.
    AskAnew,
    HangUp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letter {
    Started,
    Ended,
    Analyzed,
}

/// What a person at Cal.com does with a booking of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    Nothing,
    Cancels,
    Moves(Time),
    /// Where the owner has to confirm; elsewhere nothing.
    Declines,
}

/// When the house is killed next, and how long it stays dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kill {
    pub after_ms: u64,
    pub down_ms: u64,
}

/// What the calendar as a whole does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    Fair,
    /// Reads come from a replica that lags so far behind.
    Stale {
        ms: u64,
    },
    /// Nobody answers at all.
    Down,
    /// 500 to everything.
    Broken,
}

impl Plan {
    fn dice(&self, purpose: u64) -> Dice {
        Dice::of(self.seed, purpose)
    }

    /// So many days that callers meet each other now and then, and find something free.
    fn days(&self) -> usize {
        (self.calls * 125).div_ceil(SERVICES.len() * HALF_HOURS * FULLNESS).max(2)
    }

    /// The n-th call; it depends on nothing but the seed, the size of the run and n.
    pub fn call(&self, number: usize) -> CallPlan {
        let mut dice = self.dice(CALLS_FROM + u64::try_from(number).unwrap_or(u64::MAX - CALLS_FROM));
        let wishes = dice.one_of(&[(80, 1), (15, 2), (5, 3)], 1);
        let wishes = (0..wishes).map(|_| self.wish(&mut dice)).collect();
        let repeats = [(80, Repeat::Once), (12, Repeat::Again), (8, Repeat::AtOnce)];
        let callers =
            [(78, Caller::Number), (8, Caller::Anonymous), (8, Caller::Web), (6, Caller::NeverConnected)];
        let partings = [
            (60, "user_hangup"),
            (15, "agent_hangup"),
            (8, "call_transfer"),
            (6, "inactivity"),
            (6, "error_asr"),
            (5, "max_duration_reached"),
        ];
        let silences = [(4, OnSilence::SameAgain), (4, OnSilence::AskAnew), (1, OnSilence::HangUp)];
        let is_greeted = dice.percent(40);
        let thinks_ms = dice.between(0, 700);
        let repeats = (0..FUNCTIONS_MAX).map(|_| dice.one_of(&repeats, Repeat::Once)).collect();
        let on_silence = dice.one_of(&silences, OnSilence::AskAnew);
        let (letters, is_replayed) = (letters(&mut dice), dice.percent(15));
        let has_ids = dice.percent(85);
        CallPlan {
            number,
            wishes,
            caller: dice.one_of(&callers, Caller::Number),
            parting: dice.one_of(&partings, "user_hangup"),
            has_ids,
            collects: dice.percent(30),
            is_greeted,
            // Nothing but time tells a second yes from a repeat of the first one.
            think_ms: if has_ids { thinks_ms } else { thinks_ms.max(SAYS_AGAIN_MS) },
            repeats,
            on_silence,
            letters,
            is_replayed,
        }
    }

    fn wish(&self, dice: &mut Dice) -> WishPlan {
        let (service, time) = (dice.below(SERVICES.len()), self.time(dice));
        let other = self.time(dice);
        let minds = [
            (80, Mind::Stays),
            (8, Mind::Changes(Time { day: time.day, ..other })),
            (6, Mind::Withdraws),
            (6, Mind::NeverSaysYes),
        ];
        let snipes = [(92, None), (4, Some(Snipe::BeforeTheYes)), (4, Some(Snipe::AfterTheYes))];
        WishPlan { service, time, mind: dice.one_of(&minds, Mind::Stays), sniped: dice.one_of(&snipes, None) }
    }

    fn time(&self, dice: &mut Dice) -> Time {
        Time { day: dice.below(self.days()), half_hour: dice.below(HALF_HOURS) }
    }

    /// What the booking POSTs meet, in the order in which they come.
    pub fn creates(&self, rules: &Rules) -> Vec<Option<Mishap>> {
        let mut dice = self.dice(1);
        (0..2 * self.calls).map(|_| dice.percent(25).then(|| mishap(&mut dice, rules))).collect()
    }

    /// What the cancellations (and reschedulings, from another stream) meet.
    pub fn changes(&self, rules: &Rules, stream: u64) -> Vec<Option<Mishap>> {
        let mut dice = self.dice(20 + stream);
        (0..self.calls).map(|_| dice.percent(20).then(|| mishap(&mut dice, rules))).collect()
    }

    /// What all other requests to Cal.com meet.
    pub fn glitches(&self) -> Vec<Option<Glitch>> {
        let mut dice = self.dice(2);
        let glitch = |dice: &mut Dice| {
            let ms = dice.between(50, 700);
            let choices =
                [(6, Glitch::Cut), (6, Glitch::Fail), (1, Glitch::Throttled), (9, Glitch::Slow { ms })];
            dice.one_of(&choices, Glitch::Fail)
        };
        (0..10 * self.calls).map(|_| dice.percent(6).then(|| glitch(&mut dice))).collect()
    }

    /// What becomes of Cal.com's webhooks.
    pub fn fates(&self) -> Vec<Fate> {
        let mut dice = self.dice(3);
        let fate = |dice: &mut Dice| {
            let ms = dice.between(20, 1_500);
            let choices =
                [(60, Fate::OnTime), (15, Fate::Lost), (10, Fate::Twice), (15, Fate::Delayed { ms })];
            dice.one_of(&choices, Fate::OnTime)
        };
        (0..3 * self.calls).map(|_| fate(&mut dice)).collect()
    }

    /// What people do with the n-th booking of ours that appears, and how long after.
    pub fn doings(&self) -> impl Iterator<Item = (Doing, u64)> + use<> {
        let (plan, mut dice) = (*self, self.dice(4));
        std::iter::repeat_with(move || {
            let time = plan.time(&mut dice);
            let choices =
                [(84, Doing::Nothing), (5, Doing::Cancels), (6, Doing::Moves(time)), (5, Doing::Declines)];
            (dice.one_of(&choices, Doing::Nothing), dice.between(20, 2_500))
        })
    }

    pub fn kills(&self) -> impl Iterator<Item = Kill> + use<> {
        let mut dice = self.dice(5);
        std::iter::repeat_with(move || Kill {
            // Now and then again while it is still taking up what it left.
            after_ms: if dice.percent(15) { dice.between(0, 200) } else { dice.between(500, 4_000) },
            down_ms: dice.one_of(&[(6, 0), (3, 200), (1, 900)], 0),
        })
    }

    /// Which service and when the next visitor of the web page books, and how long after the one before.
    pub fn visitors(&self) -> impl Iterator<Item = (usize, Time, u64)> + use<> {
        let (plan, mut dice) = (*self, self.dice(6));
        std::iter::repeat_with(move || {
            (dice.below(SERVICES.len()), plan.time(&mut dice), dice.between(150, 1_500))
        })
    }

    pub fn weather(&self) -> impl Iterator<Item = (Weather, u64)> + use<> {
        let mut dice = self.dice(7);
        std::iter::repeat_with(move || {
            let stale = Weather::Stale { ms: dice.between(50, 500) };
            let choices = [(10, Weather::Fair), (8, stale), (1, Weather::Down), (1, Weather::Broken)];
            match dice.one_of(&choices, Weather::Fair) {
                weather @ (Weather::Fair | Weather::Stale { .. }) => (weather, dice.between(500, 3_000)),
                weather @ (Weather::Down | Weather::Broken) => (weather, dice.between(200, 1_200)),
            }
        })
    }
}

/// The times of the house that mishaps are measured by, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub write_timeout_ms: u64,
    pub quiet_horizon_ms: u64,
}

fn mishap(dice: &mut Dice, rules: &Rules) -> Mishap {
    let within = dice.between(50, rules.quiet_horizon_ms / 2);
    // A server that hangs longer than anybody waits: rare, and the hardest of all.
    let beyond = dice.between(rules.quiet_horizon_ms, rules.quiet_horizon_ms * 3 / 2);
    let late = if dice.percent(15) { beyond } else { within };
    let slow = dice.between(rules.write_timeout_ms, rules.write_timeout_ms * 2);
    let hanging = if dice.percent(15) { beyond } else { slow };
    let choices = [
        (4, Mishap::CutBefore),
        (5, Mishap::CutAfter),
        (3, Mishap::FailBefore),
        (4, Mishap::FailAfter),
        (4, Mishap::CommitLate { ms: late }),
        (4, Mishap::InsertLate { ms: hanging }),
        (2, Mishap::AnswerLate { ms: slow }),
        (1, Mishap::Throttled),
    ];
    dice.one_of(&choices, Mishap::CutAfter)
}

/// Each event up to three times; mostly in order, now and then in any.
fn letters(dice: &mut Dice) -> Vec<(Letter, u64)> {
    let mut letters = Vec::new();
    for letter in [Letter::Started, Letter::Ended, Letter::Analyzed] {
        let copies = dice.one_of(&[(75, 1), (15, 2), (10, 3)], 1);
        letters.extend(std::iter::repeat_n(letter, copies));
    }
    if dice.percent(30) {
        dice.shuffle(&mut letters);
    }
    letters.into_iter().map(|letter| (letter, dice.between(0, 120))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules = Rules { write_timeout_ms: 800, quiet_horizon_ms: 3_000 };

    #[test]
    fn the_same_seed_draws_the_same_run() {
        let draw = |seed| {
            let plan = Plan { seed, calls: 50 };
            let calls: Vec<CallPlan> = (0..50).map(|n| plan.call(n)).collect();
            let kills: Vec<Kill> = plan.kills().take(20).collect();
            (calls, kills, plan.creates(&RULES), plan.fates(), plan.glitches())
        };

        assert_eq!(draw(11), draw(11));
        assert_ne!(draw(11), draw(12));
    }

    #[test]
    fn every_event_of_a_call_is_delivered_and_none_more_than_three_times() {
        let plan = Plan { seed: 5, calls: 300 };

        for call in (0..300).map(|n| plan.call(n)) {
            for letter in [Letter::Started, Letter::Ended, Letter::Analyzed] {
                let copies = call.letters.iter().filter(|(one, _)| *one == letter).count();
                assert!((1..=3).contains(&copies), "{call:?}");
            }
        }
    }

    #[test]
    fn a_run_of_two_hundred_has_some_of_everything() {
        let plan = Plan { seed: 1, calls: 200 };
        let creates = plan.creates(&RULES);
        let any = |wanted: fn(&Mishap) -> bool| creates.iter().flatten().any(wanted);

        assert!(any(|one| *one == Mishap::CutBefore) && any(|one| *one == Mishap::CutAfter));
        assert!(any(|one| matches!(one, Mishap::CommitLate { ms } if *ms >= RULES.quiet_horizon_ms)));
        assert!(any(|one| matches!(one, Mishap::InsertLate { .. })) && any(|one| *one == Mishap::Throttled));
        assert!(plan.fates().contains(&Fate::Lost) && plan.fates().contains(&Fate::Twice));
        assert!((0..200).any(|n| plan.call(n).wishes.len() == 3));
        for caller in [Caller::Number, Caller::Anonymous, Caller::Web, Caller::NeverConnected] {
            assert!((0..200).any(|n| plan.call(n).caller == caller), "{caller:?}");
        }
        assert!((0..200).any(|n| !plan.call(n).has_ids && plan.call(n).is_replayed));
        assert!((0..200).any(|n| plan.call(n).parting == "call_transfer"));
        assert!((0..200).any(|n| plan.call(n).wishes.iter().any(|wish| wish.sniped.is_some())));
    }
}
