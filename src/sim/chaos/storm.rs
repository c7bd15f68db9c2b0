//! What goes on at Cal.com meanwhile: mishaps, weather, visitors of the web page, and people who change our bookings.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::judge::Row;
use super::plan::{Doing, Rules, Weather};
use super::{SERVICES, Stage, pause};
use crate::sim::calcom::{Booking, Calcom, Status, Write};

const MARK: &str = "fernamt_booking";
/// How often people look what is new.
const LOOK_MS: u64 = 40;

/// Lays in every mishap of the run.
pub fn prepare(stage: &Stage, rules: &Rules) {
    let dials = stage.calcom.dials();
    dials.mishaps(Write::Create, stage.plan.creates(rules));
    dials.mishaps(Write::Cancel, stage.plan.changes(rules, 0));
    dials.mishaps(Write::Reschedule, stage.plan.changes(rules, 1));
    dials.glitches(stage.plan.glitches());
    dials.fates(stage.plan.fates());
    dials.write_delay_ms(0, 120);
    dials.read_delay_ms(0, 30);
}

/// From now on nothing goes wrong any more; what is late comes late all the same.
pub async fn calm(stage: &Stage) {
    stage.calcom.dials().all_well();
    come_back(&stage.calcom).await;
}

/// The calendar as a whole: a lagging replica, an outage, 500 to everything. Never ends by itself.
pub async fn weather(stage: &Stage) {
    let dials = stage.calcom.dials();
    for (weather, ms) in stage.plan.weather() {
        match weather {
            Weather::Fair => pause(ms).await,
            Weather::Stale { ms: behind_ms } => {
                stage.tally.add("times reads were stale", 1);
                dials.stale_reads(behind_ms);
                pause(ms).await;
                dials.stale_reads(0);
            }
            Weather::Down => {
                stage.tally.add("outages of the calendar", 1);
                stage.calcom.go_down().await;
                pause(ms).await;
                come_back(&stage.calcom).await;
            }
            Weather::Broken => {
                stage.tally.add("outages of the calendar", 1);
                dials.broken(true);
                pause(ms).await;
                dials.broken(false);
            }
        }
    }
}

/// Visitors of the web page book what they like. Never ends by itself.
pub async fn visitors(stage: &Stage) {
    for (service, time, after_ms) in stage.plan.visitors() {
        pause(after_ms).await;
        let Some(start) = stage.start(time) else { continue };
        if stage.calcom.dials().taken_by_visitor(SERVICES[service].1, start).is_some() {
            stage.tally.add("visitors who booked", 1);
        }
    }
}

/// People at Cal.com cancel, move, confirm and decline bookings of ours. Never ends by itself.
pub async fn people(stage: &Stage) {
    let (ledger, mut doings) = (stage.calcom.ledger(), stage.plan.doings());
    let (mut seen, mut waiting) = (0, Vec::new());
    loop {
        let now = stage.calcom.now();
        let fresh = ledger.bookings_after(seen);
        seen += fresh.len();
        let ours = fresh.into_iter().filter(|row| row.metadata.contains_key(MARK));
        for row in ours.filter(|row| row.rescheduled_from.is_none()) {
            let (doing, ms) = doings.next().unwrap_or((Doing::Nothing, 0));
            let due = now + jiff::SignedDuration::from_millis(i64::try_from(ms).unwrap_or_default());
            waiting.push((due, row, doing));
        }
        let (due, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(due, ..)| *due <= now);
        waiting = later;
        for (_, row, doing) in due {
            act(stage, &row, doing);
        }
        pause(LOOK_MS).await;
    }
}

fn act(stage: &Stage, row: &Booking, doing: Doing) {
    let dials = stage.calcom.dials();
    let is_pending = row.status == Status::Pending;
    let done = match doing {
        Doing::Cancels => dials.cancelled_by_person(&row.uid).then_some("bookings cancelled by people"),
        Doing::Moves(time) => stage
            .start(time)
            .and_then(|start| dials.moved_by_person(&row.uid, start))
            .map(|_| "bookings moved by people"),
        Doing::Declines if is_pending => {
            dials.declined_by_person(&row.uid).then_some("bookings declined by people")
        }
        Doing::Nothing | Doing::Declines if is_pending => {
            dials.confirmed_by_person(&row.uid).then_some("bookings confirmed by people")
        }
        Doing::Nothing | Doing::Declines => None,
    };
    if let Some(done) = done {
        stage.tally.add(done, 1);
    }
}

/// What stands and stood at Cal.com, for the judge.
pub fn rows(calcom: &Calcom) -> Vec<Row> {
    let rows = calcom.ledger().bookings();
    let starts: BTreeMap<String, Timestamp> = rows.iter().map(|row| (row.uid.clone(), row.start)).collect();
    rows.into_iter().map(|row| row_of(row, &starts)).collect()
}

/// Bookings of ours that stand at the same time with one host. Where a person has put one upon the other it is that person's
/// doing: what waits for its owner's yes is in nobody's way at Cal.com.
pub fn overlaps(calcom: &Calcom) -> Vec<(String, String)> {
    let was_put = |row: &Booking| row.rescheduled_from.is_some();
    let pairs = calcom.ledger().overlaps().into_iter();
    let pairs = pairs.filter(|(one, other)| !was_put(one) && !was_put(other));
    let marks = |(one, other): (Booking, Booking)| {
        let mark = |row: &Booking| row.metadata.get(MARK).cloned();
        mark(&one).zip(mark(&other)).filter(|(one, other)| one != other)
    };
    pairs.filter_map(marks).collect()
}

fn row_of(row: Booking, starts: &BTreeMap<String, Timestamp>) -> Row {
    let by_person = row.rescheduled_to.is_some()
        || row.status == Status::Rejected
        || row.cancellation_reason.as_deref() == Some("Cancelled at Cal.com");
    Row {
        mark: row.metadata.get(MARK).cloned(),
        start: row.start,
        created: row.created_at,
        moved_from: row.rescheduled_from.as_ref().and_then(|from| starts.get(from)).copied(),
        moved_to: row.rescheduled_to.clone(),
        event_type: row.event_type,
        name: row.attendee.name.clone(),
        is_live: row.is_live(),
        by_person: by_person && !row.is_live(),
        uid: row.uid,
    }
}

/// The port may be held for a moment by connections that are still closing.
async fn come_back(calcom: &Calcom) {
    for _ in 0..100 {
        if calcom.come_back().is_ok() {
            return;
        }
        pause(50).await;
    }
}
