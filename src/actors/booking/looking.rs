//! Looking at Cal.com for a booking: by its mark, and along the chain of its moves.

use jiff::SignedDuration;

use super::Work;
use crate::actors::witness::{fate_of, seen};
use crate::calcom::{self, Lookup, Uid};
use crate::domain::booking::{Fate, Input, Seen, State, Trace};
use crate::domain::retry::later;
use crate::meters;
use crate::store::bookings::{Attempt as Note, AttemptKind, machine};
use crate::store::{Error, Scope};

/// How many times a booking may have been moved before its chain is not followed any further.
const CHAIN_MAX: usize = 20;
/// How far a look goes that is not for one attendee: longer than any appointment.
const LOOKS_AROUND: SignedDuration = SignedDuration::from_hours(24);
const COULD_NOT_LOOK: &str = "could not look";

impl Work<'_> {
    pub(super) async fn look_for_it(&mut self) -> Result<(), Error> {
        let (found, note) = self.find().await;
        let told = self.has_been_told().await?;
        self.take(Input::Looked { found, told }, Some(note)).await?;
        Ok(())
    }

    /// Whether a person has settled it with the customer since it was wanted (again).
    pub(super) async fn has_been_told(&self) -> Result<bool, Error> {
        let items = self.switchboard.store().callbacks(Scope::one(self.company.id));
        items.has_been_told(self.row.id.into(), machine(&self.row)?.requested_at).await
    }

    pub(super) async fn trace(&mut self) -> Result<(), Error> {
        let State::Booked { uid, .. } = machine(&self.row)?.state else { return Ok(()) };
        let trace = self.trace_from(&uid).await;
        let result = match &trace {
            Some(Trace { fate: Fate::Stands(_), uid: head, .. }) if *head == uid => "it stands",
            Some(Trace { fate: Fate::Stands(_), .. }) => "it was moved",
            Some(Trace { fate: Fate::Cancelled, .. }) => "it is cancelled",
            Some(Trace { fate: Fate::Rejected, .. }) => "it is declined",
            None => COULD_NOT_LOOK,
        };
        let note = self.note(AttemptKind::Look, Some(result.to_owned()));
        self.take(Input::Traced(trace), Some(note)).await?;
        Ok(())
    }

    /// What stands at Cal.com of what was made for its time, each followed to where it is now; None: nobody could look.
    pub(super) async fn find(&self) -> (Option<Vec<Seen>>, Note) {
        let found = self.found().await;
        let ours = found.as_ref().map(|found| found.iter().filter(|seen| self.is_marked(seen)).count());
        let result = match ours {
            Some(count) => format!("{count} of ours"),
            None => COULD_NOT_LOOK.to_owned(),
        };
        meters::look(match ours {
            Some(0) => "nothing",
            Some(_) => "ours",
            None => "could_not_look",
        });
        (found, self.note(AttemptKind::Look, Some(result)))
    }

    /// By the attendee's address first, which makes the list short; where that shows nothing of ours, among everything of
    /// that event type for a day: the address may be on record in other words, or be another one by now.
    async fn found(&self) -> Option<Vec<Seen>> {
        let (_, account) = self.line.as_ref()?;
        // The end is left open: the length at Cal.com may differ from ours.
        let by_address = Lookup {
            attendee_email: self.expected_email(account),
            event_type_id: self.row.event_type_id,
            start: machine(&self.row).ok()?.looks_from(),
            end: None,
        };
        let found = self.listed(&by_address).await?;
        if by_address.attendee_email.is_none() || found.iter().any(|seen| self.is_marked(seen)) {
            return Some(found);
        }
        let end = later(by_address.start, LOOKS_AROUND);
        self.listed(&Lookup { attendee_email: None, end: Some(end), ..by_address }).await
    }

    /// What a list shows, each of ours followed to where it stands now.
    async fn listed(&self, lookup: &Lookup) -> Option<Vec<Seen>> {
        let (line, _) = self.line.as_ref()?;
        let mut all: Vec<Seen> = Vec::new();
        for booking in line.look(lookup).await.ok()? {
            let mut found = seen(&booking, None);
            if let (Some(next), true) = (&booking.rescheduled_to, self.is_marked(&found)) {
                let (head, mut was) = self.follow(next.clone()).await?;
                let head = seen(&head, None);
                was.extend(found.was.into_iter().chain([found.uid]));
                was.extend(head.was.iter().cloned());
                found = Seen { marked: found.marked, was, ..head };
            }
            // One that was moved to a later time stands in the list by itself, too.
            match all.iter_mut().find(|other| other.uid == found.uid) {
                Some(other) => other.was.extend(found.was),
                None => all.push(found),
            }
        }
        Some(all)
    }

    fn is_marked(&self, seen: &Seen) -> bool {
        seen.marked == Some(self.row.id.into())
    }

    async fn trace_from(&self, uid: &str) -> Option<Trace> {
        let (head, _) = self.follow(Uid::new(uid)).await?;
        Some(Trace {
            uid: head.uid.expose().to_owned(),
            start: head.start,
            fate: fate_of(&head.status),
            changed_at: head.updated_at,
        })
    }

    /// The booking at the end of a chain of moves, and the uids on the way; None: nobody could look, or the chain has no end.
    async fn follow(&self, mut uid: Uid) -> Option<(calcom::Booking, Vec<String>)> {
        let (line, _) = self.line.as_ref()?;
        let mut was = Vec::new();
        for _ in 0..CHAIN_MAX {
            let booking = line.booking(&uid).await.ok()??;
            match booking.rescheduled_to.clone() {
                Some(next) => {
                    was.push(uid.expose().to_owned());
                    uid = next;
                }
                None => return Some((booking, was)),
            }
        }
        None
    }
}
