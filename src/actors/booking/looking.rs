//! Looking at Cal.com for a booking: by its mark, and along the chain of its moves.

use super::Work;
use crate::actors::witness::seen;
use crate::calcom::{self, Lookup, Uid};
use crate::domain::booking::{Fate, Input, Seen, State, Trace};
use crate::meters;
use crate::store::bookings::{Attempt as Note, AttemptKind, machine};
use crate::store::{Error, Scope};

/// How many times a booking may have been moved before its chain is not followed any further.
const CHAIN_MAX: usize = 20;
const COULD_NOT_LOOK: &str = "could not look";

impl Work<'_> {
    pub(super) async fn look_for_it(&mut self) -> Result<(), Error> {
        let (found, note) = self.find().await;
        let told = self.switchboard.store().callbacks(Scope::one(self.company.id));
        let told = told.has_been_told(self.row.id.into()).await?;
        self.take(Input::Looked { found, told }, Some(note)).await?;
        Ok(())
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
        let is_ours = |seen: &&Seen| seen.marked == Some(self.row.id.into());
        let ours = found.as_ref().map(|seen| seen.iter().filter(is_ours).count());
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

    async fn found(&self) -> Option<Vec<Seen>> {
        let (line, account) = self.line.as_ref()?;
        let email = self.expected_email(account);
        let lookup = Lookup {
            attendee_email: email.clone(),
            event_type_id: self.row.event_type_id,
            start: self.row.starts_at.into(),
            // The end is left open: the length at Cal.com may differ from ours.
            end: None,
        };
        let mut all: Vec<Seen> = Vec::new();
        for booking in line.look(&lookup).await.ok()? {
            let mut found = seen(&booking, email.as_deref());
            if let (Some(next), true) = (&booking.rescheduled_to, found.marked == Some(self.row.id.into())) {
                let head = self.follow(next.clone()).await?;
                let fits = found.attendee_fits;
                found = Seen { marked: found.marked, attendee_fits: fits, moved: true, ..seen(&head, None) };
            }
            // One that was moved to a later time stands in the list by itself, too.
            match all.iter_mut().find(|other| other.uid == found.uid) {
                Some(other) => other.moved |= found.moved,
                None => all.push(found),
            }
        }
        Some(all)
    }

    async fn trace_from(&self, uid: &str) -> Option<Trace> {
        let head = self.follow(Uid::new(uid)).await?;
        let fate = match (&head.status, seen(&head, None).standing) {
            (_, Some(standing)) => Fate::Stands(standing),
            (calcom::Status::Rejected, None) => Fate::Rejected,
            (_, None) => Fate::Cancelled,
        };
        Some(Trace { uid: head.uid.expose().to_owned(), start: head.start, fate })
    }

    /// The booking at the end of a chain of moves; None: nobody could look, or the chain has no end.
    async fn follow(&self, mut uid: Uid) -> Option<calcom::Booking> {
        let (line, _) = self.line.as_ref()?;
        for _ in 0..CHAIN_MAX {
            let booking = line.booking(&uid).await.ok()??;
            match booking.rescheduled_to.clone() {
                Some(next) => uid = next,
                None => return Some(booking),
            }
        }
        None
    }
}
