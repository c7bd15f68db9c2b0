//! What a caller has agreed to have done about a booking: ordered once, and only while it stands as it was read back.

use jiff::Timestamp;

use super::{Booking, Cause, Order, Rules, State, Step};
use crate::domain::ids::OrderId;

/// So many orders are remembered of a booking; nobody agrees to more of them before a late one comes again.
const GIVEN_MAX: usize = 20;

/// An order that a caller has said yes to, or that was given at the desk.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Agreed {
    pub id: OrderId,
    pub order: Order,
    /// When it was, as it was read back: at another time it is not what the caller meant.
    pub from: Timestamp,
    pub cause: Cause,
}

/// How far what was agreed to has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upshot {
    /// It is not ordered so far, and may still be.
    Open,
    UnderWay,
    Done,
    /// It was ordered and came to nothing; with that a person was told to call back.
    Failed,
    /// It was ordered, and somebody has wanted something else of it since.
    Overtaken,
    /// It is not ordered: it does not stand at the time that was read back any more.
    Elsewhere,
    /// There is nothing left to be changed.
    Over,
}

impl Booking {
    /// Takes what a caller has agreed to; given before, or not as it was read back any more, it changes nothing.
    pub(super) fn agreed(&self, agreed: &Agreed, rules: &Rules, now: Timestamp) -> Step {
        if self.given.contains(&agreed.id) || self.start != agreed.from {
            return Step::nothing();
        }
        let mut step = self.ordered((agreed.order.clone(), agreed.cause.clone()), rules, now);
        if let Some(next) = &mut step.next {
            next.given.push(agreed.id);
            let forgotten = next.given.len().saturating_sub(GIVEN_MAX);
            next.given.drain(..forgotten);
        }
        step
    }

    /// What has become of it, as the booking stands.
    pub fn upshot(&self, agreed: &Agreed) -> Upshot {
        let was_given = self.given.contains(&agreed.id);
        let is_as_read_back = self.start == agreed.from;
        if self.change.is_none() && self.is_as_ordered(&agreed.order) {
            return Upshot::Done;
        }
        match (&self.state, &self.change) {
            (State::Booked { .. }, Some(change)) if change.order == agreed.order => Upshot::UnderWay,
            (State::Booked { .. }, None) if was_given && self.has_failed(&agreed.order) => Upshot::Failed,
            (State::Booked { .. }, _) if was_given => Upshot::Overtaken,
            (State::Waiting { .. } | State::Sent { .. } | State::Unsure { .. }, _) if was_given => {
                Upshot::UnderWay
            }
            (State::Waiting { .. } | State::Sent { .. } | State::Unsure { .. } | State::Booked { .. }, _)
                if is_as_read_back =>
            {
                Upshot::Open
            }
            (State::Waiting { .. } | State::Sent { .. } | State::Unsure { .. } | State::Booked { .. }, _) => {
                Upshot::Elsewhere
            }
            // What may be there all the same can still be called off.
            (State::Refused { .. } | State::Failed { .. }, _)
                if self.sent_maybe > 0 && agreed.order == Order::Cancel && is_as_read_back && !was_given =>
            {
                Upshot::Open
            }
            (State::Refused { .. } | State::Failed { .. } | State::Cancelled { .. }, _) => Upshot::Over,
        }
    }

    fn has_failed(&self, order: &Order) -> bool {
        self.changed.as_ref().is_some_and(|changed| changed.order == *order && changed.failed.is_some())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::tests::{rules, waiting};
    use super::super::{Because, Change, Fate, Input, Standing, Trace};
    use super::*;
    use crate::domain::retry::{later, minutes};

    fn stands() -> Booking {
        let state = State::Booked { uid: "abc".into(), standing: Standing::Accepted };
        Booking { state, ..waiting() }
    }

    fn a_move(id: u128) -> Agreed {
        let from = stands().start;
        let order = Order::Move { to: later(from, minutes(60)) };
        Agreed { id: Uuid::from_u128(id).into(), order, from, cause: Cause::Caller }
    }

    fn now() -> Timestamp {
        waiting().requested_at
    }

    fn given(booking: &Booking, agreed: &Agreed) -> Option<Booking> {
        booking.step(Input::Agreed(agreed.clone()), &rules(), now()).next
    }

    /// A person has moved it at Cal.com.
    fn moved_there(booking: &Booking, minutes_later: u32) -> Booking {
        let trace = Trace {
            uid: "def".into(),
            start: later(booking.start, minutes(minutes_later)),
            fate: Fate::Stands(Standing::Accepted),
            changed_at: None,
        };
        booking.step(Input::Traced(Some(trace)), &rules(), now()).next.unwrap()
    }

    #[test]
    fn what_was_agreed_to_is_ordered_once_whatever_has_come_of_it() {
        let ordered = given(&stands(), &a_move(1)).unwrap();
        let failed = Booking { change: None, ..ordered.clone() };

        assert_eq!(ordered.upshot(&a_move(1)), Upshot::UnderWay);
        assert_eq!((given(&ordered, &a_move(1)), given(&failed, &a_move(1))), (None, None));
        assert!(given(&failed, &a_move(2)).is_some(), "another yes is another order");
    }

    #[test]
    fn an_order_is_for_the_time_that_was_read_back() {
        let elsewhere = moved_there(&stands(), 30);

        assert_eq!(given(&elsewhere, &a_move(1)), None);
        assert_eq!(elsewhere.upshot(&a_move(1)), Upshot::Elsewhere);
    }

    #[test]
    fn what_somebody_has_changed_since_it_was_done_is_overtaken_and_not_done_again() {
        let ordered = given(&stands(), &a_move(1)).unwrap();
        let overtaken = moved_there(&Booking { change: None, ..ordered }, 90);

        assert_eq!(overtaken.upshot(&a_move(1)), Upshot::Overtaken);
        assert_eq!(given(&overtaken, &a_move(1)), None);
    }

    #[test]
    fn a_change_knows_on_whose_word_it_is_made() {
        let because = Because::parse("Kundin\u{202e} krank").unwrap();
        let cause = Cause::Desk { because: Some(because) };

        let by_caller = given(&stands(), &a_move(1)).unwrap().change.unwrap();
        let at_desk =
            given(&stands(), &Agreed { cause: cause.clone(), ..a_move(1) }).unwrap().change.unwrap();
        let by_a_person = stands().step(Input::Ordered(Order::Cancel), &rules(), now()).next.unwrap();

        assert_eq!((&by_caller.cause, &at_desk.cause), (&Cause::Caller, &cause));
        assert_eq!(by_a_person.change.unwrap().cause, Cause::DESK);
        let kept = serde_json::to_string(&at_desk).unwrap();
        assert!(kept.contains("Kundin krank") && !format!("{at_desk:?}").contains("krank"), "{kept}");
        assert_eq!(serde_json::from_str::<Change>(&kept).unwrap(), at_desk);
        assert!(!serde_json::to_string(&by_caller).unwrap().contains("cause"), "as it was kept before");
        assert_eq!((Because::parse("\u{7}\n"), Because::parse(&"a".repeat(201))), (None, None));
    }

    #[test]
    fn what_waits_behind_another_change_is_open() {
        let other = given(&stands(), &Agreed { order: Order::Cancel, ..a_move(2) }).unwrap();

        assert_eq!(other.upshot(&a_move(1)), Upshot::Open);
    }
}
