//! A calendar's queue: whoever joins first is served first, and never two at a time.

use std::collections::VecDeque;

use super::ids::BookingId;

/// The queue has no room; the booking stays in the books and joins later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the calendar's queue is full")]
pub struct Full;

/// Bookings waiting for their turn and the one being made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    waiting: VecDeque<BookingId>,
    in_flight: Option<BookingId>,
    waiting_max: usize,
}

impl Queue {
    pub fn new(waiting_max: usize) -> Self {
        Self { waiting: VecDeque::new(), in_flight: None, waiting_max }
    }

    /// Joins at the end; joining twice is joining once.
    pub fn join(&mut self, booking: BookingId) -> Result<(), Full> {
        if self.holds(booking) {
            return Ok(());
        }
        if self.waiting.len() >= self.waiting_max {
            return Err(Full);
        }
        self.waiting.push_back(booking);
        Ok(())
    }

    /// Leaves the queue, unless it is being served: then nothing happens and the answer is false.
    pub fn leave(&mut self, booking: BookingId) -> bool {
        let before = self.waiting.len();
        self.waiting.retain(|other| *other != booking);
        self.waiting.len() < before
    }

    /// The booking to serve now, if none is being served.
    pub fn begin(&mut self) -> Option<BookingId> {
        if self.in_flight.is_some() {
            return None;
        }
        self.in_flight = self.waiting.pop_front();
        self.in_flight
    }

    /// The one being served is done with.
    pub fn end(&mut self, booking: BookingId) {
        if self.in_flight == Some(booking) {
            self.in_flight = None;
        }
    }

    /// The one being served could not be sent: it goes back to the head, nobody overtakes it.
    pub fn put_back(&mut self, booking: BookingId) {
        if self.in_flight == Some(booking) {
            self.in_flight = None;
            self.waiting.push_front(booking);
        }
    }

    /// Whether it waits here or is being served.
    pub fn holds(&self, booking: BookingId) -> bool {
        self.in_flight == Some(booking) || self.waiting.contains(&booking)
    }

    pub fn in_flight(&self) -> Option<BookingId> {
        self.in_flight
    }

    pub fn waiting(&self) -> impl ExactSizeIterator<Item = BookingId> + '_ {
        self.waiting.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn booking(n: u128) -> BookingId {
        Uuid::from_u128(n).into()
    }

    #[test]
    fn who_joins_first_is_served_first() {
        let mut queue = Queue::new(10);
        queue.join(booking(1)).unwrap();
        queue.join(booking(2)).unwrap();

        assert_eq!(queue.begin(), Some(booking(1)));
        assert_eq!(queue.begin(), None);
        queue.end(booking(1));
        assert_eq!(queue.begin(), Some(booking(2)));
    }

    #[test]
    fn joining_twice_is_joining_once() {
        let mut queue = Queue::new(10);
        queue.join(booking(1)).unwrap();
        queue.join(booking(1)).unwrap();
        queue.begin();
        queue.join(booking(1)).unwrap();

        assert_eq!(queue.waiting().len(), 0);
    }

    #[test]
    fn nobody_overtakes_one_that_could_not_be_sent() {
        let mut queue = Queue::new(10);
        queue.join(booking(1)).unwrap();
        queue.join(booking(2)).unwrap();
        queue.begin();
        queue.put_back(booking(1));

        assert_eq!(queue.begin(), Some(booking(1)));
    }

    #[test]
    fn a_full_queue_says_so() {
        let mut queue = Queue::new(1);
        queue.join(booking(1)).unwrap();

        assert_eq!(queue.join(booking(2)), Err(Full));
    }

    proptest! {
        #[test]
        fn never_two_at_a_time_and_each_in_its_turn(steps in prop::collection::vec((0u8..4, 0u128..12), 0..300)) {
            let mut queue = Queue::new(8);
            let mut joined = Vec::new();
            let mut served = Vec::new();
            for (what, n) in steps {
                match what {
                    0 => {
                        let new = queue.in_flight() != Some(booking(n)) && !queue.waiting().any(|b| b == booking(n));
                        if queue.join(booking(n)).is_ok() && new {
                            joined.push(booking(n));
                        }
                    }
                    1 => {
                        let busy = queue.in_flight();
                        if let Some(begun) = queue.begin() {
                            prop_assert_eq!(busy, None);
                            served.push(begun);
                        }
                    }
                    2 => {
                        if let Some(busy) = queue.in_flight() {
                            queue.end(busy);
                        }
                    }
                    _ => {
                        if let Some(busy) = queue.in_flight() {
                            queue.put_back(busy);
                            served.pop();
                        }
                    }
                }
                prop_assert!(queue.waiting().len() <= 9);
            }
            prop_assert_eq!(&joined[..served.len()], &served[..]);
        }
    }
}
