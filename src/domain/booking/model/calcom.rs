//! Cal.com in the model: carries requests out late or never, shows what it has, or what it had.

use super::*;

impl World {
    /// Cal.com carries a request out.
    pub(super) fn execute(&self, state: &mut Now, index: usize) {
        let request = state.requests[index];
        let same = |row: &Row, start: u8| row.live && row.start == start;
        let taken = |state: &Now, start: u8| state.rows.iter().any(|row| same(row, start));
        let existing = |state: &Now, start: u8| state.rows.iter().position(|row| same(row, start));
        let answer = match request.wanted {
            Wanted::Make => match self.kind {
                Kind::Personal if taken(state, START) => Answer::NotAvailable,
                // A repeat gets what is there already, unless the two run at once (see `race`).
                Kind::RoundRobin | Kind::Confirmed if !self.races(state, index) && taken(state, START) => {
                    Answer::Row(u8::try_from(existing(state, START).unwrap()).unwrap())
                }
                Kind::Personal | Kind::RoundRobin | Kind::Confirmed => {
                    state.rows.push(Row {
                        ours: true,
                        start: START,
                        live: true,
                        moved_to: None,
                        webhooks: 1,
                        born_at: state.tick,
                        died_at: None,
                    });
                    Answer::Row(u8::try_from(state.rows.len() - 1).unwrap())
                }
            },
            Wanted::Cancel => {
                let tick = state.tick;
                let row = &mut state.rows[usize::from(request.about.unwrap())];
                if row.live || row.moved_to.is_none() {
                    row.live = false;
                    row.died_at = row.died_at.or(Some(tick));
                    Answer::Done
                } else {
                    Answer::No
                }
            }
            Wanted::Move(to) => {
                let about = usize::from(request.about.unwrap());
                if !state.rows[about].live {
                    Answer::No
                } else if taken(state, to) {
                    Answer::NotAvailable
                } else {
                    Answer::Row(relocate(state, about, to))
                }
            }
        };
        state.requests[index].done = Some(answer);
    }

    /// Whether another request of the same kind was under way when this one came: both looked before either wrote.
    pub(super) fn races(&self, state: &Now, index: usize) -> bool {
        self.kind != Kind::Personal
            && state.requests.iter().enumerate().any(|(other, request)| {
                other != index && request.wanted == Wanted::Make && request.sent_at + 2 >= state.tick
            })
    }
}

pub(super) fn relocate(state: &mut Now, about: usize, to: u8) -> u8 {
    let new = u8::try_from(state.rows.len()).unwrap();
    state.rows[about].live = false;
    state.rows[about].moved_to = Some(new);
    let ours = state.rows[about].ours;
    state.rows.push(Row {
        ours,
        start: to,
        live: true,
        moved_to: None,
        webhooks: 1,
        born_at: state.tick,
        died_at: None,
    });
    new
}

pub(super) fn request(tick: u8, attempt: u32, wanted: Wanted, about: Option<u8>) -> Request {
    Request { attempt, wanted, about, sent_at: tick, awaited: true, done: None }
}

pub(super) fn head(state: &Now, mut row: u8) -> u8 {
    while let Some(next) = state.rows[usize::from(row)].moved_to {
        row = next;
    }
    row
}

pub(super) fn seen(state: &Now, row: u8) -> Seen {
    let mut was: Vec<String> = Vec::new();
    let (mut last, mut next) = (row, state.rows[usize::from(row)].moved_to);
    while let Some(to) = next {
        was.push(uid(last));
        (last, next) = (to, state.rows[usize::from(to)].moved_to);
    }
    let from = |row: u8| state.rows.iter().position(|other| other.moved_to == Some(row));
    was.extend(from(row).map(|from| uid(u8::try_from(from).unwrap())));
    let shown = state.rows[usize::from(last)];
    Seen {
        uid: uid(last),
        start: at(shown.start),
        marked: shown.ours.then(id),
        attendee_fits: true,
        fate: if shown.live { Fate::Stands(Standing::Accepted) } else { Fate::Cancelled },
        created_at: Some(at(shown.born_at)),
        changed_at: shown.died_at.map(at),
        was,
    }
}

/// What the query finds: everything from the booking's earliest time on, followed to where it stands now.
pub(super) fn found(state: &Now, reading: Reading) -> Option<Vec<Seen>> {
    let rows = match reading {
        Reading::Failed => return None,
        Reading::Fresh => state.rows.len(),
        Reading::Stale => state.rows.len().saturating_sub(1),
    };
    let from = tick_of(state.booking.looks_from());
    let mut found: Vec<Seen> = Vec::new();
    for (index, row) in state.rows.iter().enumerate().take(rows) {
        let seen = seen(state, u8::try_from(index).unwrap());
        match found.iter_mut().find(|other| other.uid == seen.uid) {
            _ if row.start < from => {}
            Some(other) => other.was.extend(seen.was),
            None => found.push(seen),
        }
    }
    Some(found)
}

pub(super) fn traced(state: &Now, reading: Reading) -> Option<Trace> {
    let State::Booked { uid: from, .. } = &state.booking.state else { return None };
    if reading != Reading::Fresh {
        return None;
    }
    let last = head(state, row_of(from));
    let row = state.rows[usize::from(last)];
    let fate = if row.live { Fate::Stands(Standing::Accepted) } else { Fate::Cancelled };
    Some(Trace { uid: uid(last), start: at(row.start), fate, changed_at: row.died_at.map(at) })
}

pub(super) fn outcome(state: &Now, answer: Answer) -> Outcome {
    match answer {
        Answer::Row(row) => Outcome::Created(seen(state, row)),
        Answer::NotAvailable => Outcome::NotAvailable,
        Answer::Done | Answer::No => Outcome::DefiniteNo("no".into()),
    }
}

pub(super) fn change_outcome(state: &Now, answer: Answer) -> ChangeOutcome {
    match answer {
        Answer::Row(row) => ChangeOutcome::Done(Some(seen(state, row))),
        Answer::Done => ChangeOutcome::Done(None),
        Answer::NotAvailable => ChangeOutcome::NotAvailable,
        Answer::No => ChangeOutcome::DefiniteNo("no".into()),
    }
}
