//! Erasing a person's data: step by step over our books, living actors, Retell and the files, each step repeatable, so that a
//! process that was killed goes on where the course in the books ends.

use std::path::Path;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};

use super::calendar::Tell;
use super::call::Forget;
use super::switchboard::{Switchboard, is_written};
use super::{awaiting, trunk::Trunk};
use crate::domain::booking::{Input, Order};
use crate::domain::erasure::{Course, State, Step, StepState};
use crate::domain::ids::{BookingId, CalendarId, CompanyId, ErasureId};
use crate::domain::retry::later;
use crate::retell::WriteFailure;
use crate::store::calls::AT_DESK;
use crate::store::erasures::{ASKED, Begun, RESTORED, Unfinished};
use crate::store::ledger::{self, Line};
use crate::store::persons::{Scrubbed, Sought, Trail};
use crate::store::{Error, Scope};

/// How long one round has for itself before another process may take it up.
const ROUND: SignedDuration = SignedDuration::from_mins(5);
/// When it is tried again, if something is still to be done.
const AGAIN: SignedDuration = SignedDuration::from_mins(2);
/// How long it is tried.
const GIVES_UP: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long one round waits for appointments to be called off.
const CALLING_OFF: Duration = Duration::from_secs(10);

/// Who asks for an erasure, and how far it goes.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    pub company: CompanyId,
    pub sought: &'a Sought,
    pub cancel_ahead: bool,
    pub by: &'a str,
}

/// Enters an erasure and goes through its steps once; what is left is gone on with by the sweeper.
pub async fn erase(house: &Switchboard, asked: &Asked<'_>) -> Result<ErasureId, Error> {
    let (id, now) = (ErasureId::from(house.clock().mint()), house.clock().now());
    let course = Course::new(asked.cancel_ahead, now);
    let begun = Begun {
        id,
        company: asked.company,
        sought: asked.sought,
        by: asked.by,
        origin: ASKED,
        course: &course,
        again_at: later(now, ROUND),
    };
    house.store().erasures(Scope::one(asked.company)).begin(begun).await?;
    tracing::info!(erasure.id = %id, "erasure {id} begins");
    let unfinished = Unfinished { id, company: asked.company, sought: asked.sought.clone(), course };
    round(house, unfinished).await?;
    Ok(id)
}

/// Goes on with every erasure that is due by then and was begun before.
pub async fn go_on(house: &Switchboard, (due_by, begun_before): (Timestamp, Timestamp)) -> Result<(), Error> {
    let erasures = house.store().erasures(Scope::All);
    let now = house.clock().now();
    for id in erasures.due(due_by, begun_before).await? {
        if let Some(unfinished) = erasures.take_up(id, due_by, later(now, ROUND)).await? {
            round(house, unfinished).await?;
        }
    }
    Ok(())
}

/// Lets go of the actors of calls that any process has erased since then.
pub async fn forget_since(house: &Switchboard, since: Timestamp) -> Result<(), Error> {
    for (company, retell_call_id) in house.store().erasures(Scope::All).calls_since(since).await? {
        forget(house, company, &retell_call_id).await;
    }
    Ok(())
}

/// Erases again what has come back with an old copy of the books; to be done before anybody is let in.
pub async fn replay(house: &Switchboard) -> Result<(), Error> {
    let Some(file) = house.settings().erasures_file.as_deref() else { return Ok(()) };
    let lines = match ledger::read(file) {
        Ok(lines) => lines,
        Err(error) => {
            tracing::error!(%error, file = %file.display(), "the list of erasures cannot be read: if old books were put back, data that were erased may be in them");
            return Ok(());
        }
    };
    let ids: Vec<ErasureId> = lines.iter().map(|line| line.erasure).collect();
    let known = house.store().erasures(Scope::All).known(&ids).await?;
    let missing: Vec<Line> = lines.into_iter().filter(|line| !known.contains(&line.erasure)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    tracing::warn!(
        erasures = missing.len(),
        "the books are older than the list of erasures beside the master key: what was erased since is erased again"
    );
    for company in house.directory().companies() {
        let theirs: Vec<&Line> = missing.iter().filter(|line| line.company == company.id).collect();
        if !theirs.is_empty() {
            replay_in(house, company.id, &theirs).await?;
        }
    }
    Ok(())
}

async fn replay_in(house: &Switchboard, company: CompanyId, lines: &[&Line]) -> Result<(), Error> {
    let erasures = house.store().erasures(Scope::one(company));
    for (number, name) in erasures.numbers(company).await? {
        let by_number = erasures.marks(company, &number, None);
        let by_name =
            name.as_deref().map(|name| erasures.marks(company, &number, Some(name))).unwrap_or_default();
        for line in lines {
            let name = if by_number.contains(&line.mark) {
                None
            } else if by_name.contains(&line.mark) {
                name.clone()
            } else {
                continue;
            };
            let Ok(number) = crate::domain::phone::PhoneNumber::parse_e164(&number) else { continue };
            let sought = Sought { number, name, until: line.at };
            again(house, (company, line.erasure), &sought).await?;
        }
    }
    let now = house.clock().now();
    for line in lines {
        erasures.note_as_done((line.erasure, company), &line.mark, (line.at, now)).await?;
    }
    Ok(())
}

/// The same erasure once more, under the same id.
async fn again(
    house: &Switchboard,
    (company, id): (CompanyId, ErasureId),
    sought: &Sought,
) -> Result<(), Error> {
    let erasures = house.store().erasures(Scope::one(company));
    let now = house.clock().now();
    let course = Course::new(false, now);
    if erasures.known(&[id]).await?.is_empty() {
        let again_at = later(now, ROUND);
        let begun = Begun { id, company, sought, by: "", origin: RESTORED, course: &course, again_at };
        erasures.begin(begun).await?;
    }
    tracing::warn!(erasure.id = %id, "erasure {id} is done again");
    round(house, Unfinished { id, company, sought: sought.clone(), course }).await
}

/// Every step once, and what came of it into the books.
async fn round(house: &Switchboard, mut unfinished: Unfinished) -> Result<(), Error> {
    let Unfinished { id, company, .. } = unfinished;
    let erasures = house.store().erasures(Scope::one(company));
    steps(house, &mut unfinished).await?;
    let (now, course) = (house.clock().now(), &mut unfinished.course);
    let since = course.begun_at.unwrap_or(unfinished.sought.until);
    if course.state() == State::Open && later(since, GIVES_UP) <= now {
        course.give_up();
    }
    match course.state() {
        State::Open => erasures.go_on(id, course, later(now, AGAIN)).await?,
        state @ (State::Done | State::Incomplete) => {
            erasures.end(id, course, now).await?;
            tracing::info!(erasure.id = %id, state = state.as_str(), "erasure {id} is {}", state.as_str());
        }
    }
    // The sealed number goes with the last round, and nothing of it stays in the file either.
    house.store().scrub().await?;
    Ok(())
}

async fn steps(house: &Switchboard, unfinished: &mut Unfinished) -> Result<(), Error> {
    let (company, sought) = (unfinished.company, unfinished.sought.clone());
    let persons = house.store().persons(company);
    let trail = persons.find(&sought).await?;
    remember(house, unfinished, &trail);
    appointments(house, unfinished, &trail).await?;
    let trail = persons.find(&sought).await?;
    let (ready, _) = trail.ready();
    let at_retell = ready.calls.iter().map(|row| row.retell_call_id.clone());
    unfinished.course.delete_at_retell(at_retell.filter(|id| is_retells(id)));
    // What is to be deleted at Retell is in the books before the calls are no longer found.
    let until = later(house.clock().now(), ROUND);
    let erasures = house.store().erasures(Scope::one(company));
    erasures.go_on(unfinished.id, &unfinished.course, until).await?;
    at_calcom(&mut unfinished.course, &ready);
    let erased = persons.erase(&sought, &trail, house.clock().now()).await?;
    let course = &mut unfinished.course;
    match (erased.waiting, erased.rows()) {
        (0, 0) => course.note(Step::Books, StepState::NotNeeded, (0, "nothing was found in the books")),
        (0, rows) => course.note(Step::Books, StepState::Done, (rows, ROWS)),
        (waiting, rows) => {
            let what = format!(
                "{waiting} calls or appointments still need their words: they go on, or a promise is not kept yet"
            );
            course.note(Step::Books, StepState::Open, (rows, &what));
        }
    }
    for call in &ready.calls {
        forget(house, company, &call.retell_call_id).await;
    }
    let forgotten = u64::try_from(ready.calls.len()).unwrap_or(u64::MAX);
    let state = if erased.waiting > 0 { StepState::Open } else { StepState::Done };
    course.note(
        Step::Memory,
        state,
        (forgotten, "calls in memory were let go of, here at once, in other processes at their next sweep"),
    );
    calls_at_retell(house, company, course).await?;
    files(house, course).await
}

const ROWS: &str =
    "rows deleted or emptied; of appointments time and service stay, of calls that they took place";

/// Before anything else: a copy of the books that is put back is erased again.
fn remember(house: &Switchboard, unfinished: &mut Unfinished, trail: &Trail) {
    let erasures = house.store().erasures(Scope::one(unfinished.company));
    let Some(file) = house.settings().erasures_file.clone() else {
        let what = "no file is kept beside the master key (erasures_file): after old books are put back this has to be done again";
        return unfinished.course.note(Step::Remembered, StepState::NotPossible, (0, what));
    };
    let number = unfinished.sought.number.e164();
    let names: Vec<Option<&str>> = match &unfinished.sought.name {
        None => vec![None],
        // Who was found under a name is found again under the one in the books.
        Some(name) => {
            let known = trail.customers.iter().filter_map(|row| row.name_folded.as_deref());
            known.chain([name.as_str()]).map(Some).collect()
        }
    };
    let marks = names.into_iter().map(|name| erasures.marks(unfinished.company, number, name).swap_remove(0));
    let lines = marks.map(|mark| Line {
        at: unfinished.sought.until,
        erasure: unfinished.id,
        company: unfinished.company,
        mark,
    });
    let lines: Vec<Line> = lines.collect();
    match add_all(&file, &lines) {
        Ok(()) => {
            let what = "stands as a keyed hash in the file beside the master key";
            unfinished.course.note(Step::Remembered, StepState::Done, (0, what));
        }
        Err(error) => {
            let what = format!("the file of erasures could not be written: {error}");
            tracing::error!(%error, file = %file.display(), "an erasure could not be written down for restored books");
            unfinished.course.note(Step::Remembered, StepState::Open, (0, &what));
        }
    }
}

fn add_all(file: &Path, lines: &[Line]) -> std::io::Result<()> {
    lines.iter().try_for_each(|line| ledger::append(file, line))
}

/// Calls off what lies ahead, where that is wished.
async fn appointments(house: &Switchboard, unfinished: &mut Unfinished, trail: &Trail) -> Result<(), Error> {
    let now = house.clock().now();
    let ahead = |trail: &Trail| -> Vec<_> {
        let is_ahead = |row: &&entities::booking::Model| {
            Timestamp::from(row.starts_at) > now
                && ["waiting", "sent", "unsure", "booked", "pending"].contains(&row.state.as_str())
        };
        trail.bookings.iter().filter(is_ahead).map(|row| (row.id.into(), row.calendar_id.into())).collect()
    };
    let rows = ahead(trail);
    let course = &mut unfinished.course;
    let found = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    // What was ordered in an earlier round is counted already.
    let more = found.saturating_sub(course.count(Step::Appointments));
    if !course.cancel_ahead && found > 0 {
        let what = "they lie ahead and stay, at Cal.com with the name they were made for: cancel_future calls them off";
        course.note(Step::Appointments, StepState::NotNeeded, (more, what));
        return Ok(());
    }
    if rows.is_empty() {
        course.note(Step::Appointments, StepState::NotNeeded, (0, "no appointment lies ahead"));
        return Ok(());
    }
    call_off(house, unfinished.company, &rows).await?;
    let left = ahead(&house.store().persons(unfinished.company).find(&unfinished.sought).await?).len();
    let course = &mut unfinished.course;
    if left == 0 {
        course.note(Step::Appointments, StepState::Done, (more, "called off, at Cal.com too"));
    } else {
        let what = format!("{left} of them are still to be called off at Cal.com");
        course.note(Step::Appointments, StepState::Open, (more, &what));
    }
    Ok(())
}

/// Orders them to be called off and waits a while for it.
async fn call_off(
    house: &Switchboard,
    company: CompanyId,
    rows: &[(BookingId, CalendarId)],
) -> Result<(), Error> {
    for (booking, calendar) in rows {
        let order = Tell { booking: *booking, input: Input::Ordered(Order::Cancel) };
        // One that is being called off already, or is changed just now, is asked about below and again in the next round.
        if house.calendar(company, *calendar).send(order).await.is_err() {
            tracing::warn!(booking.id = %booking, "booking {booking} could not be called off yet; it is tried again");
        }
    }
    let waits = rows.iter().map(|(booking, _)| awaiting::settled(house, company, *booking, CALLING_OFF));
    join_all(waits).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(())
}

/// What Cal.com keeps of appointments that are over or called off.
fn at_calcom(course: &mut Course, ready: &Trail) {
    let known =
        ready.bookings.iter().filter(|row| row.calcom_uid.is_some() && row.attendee_name.is_some()).count();
    let count = u64::try_from(known).unwrap_or(u64::MAX);
    if count == 0 {
        return course.note(
            Step::AppointmentsAtCalcom,
            StepState::NotNeeded,
            (0, "Cal.com has none of ours"),
        );
    }
    let what = "Cal.com keeps name and address of appointments and lets nobody take them out of one that was made: delete them in its own settings, or ask its support";
    course.note(Step::AppointmentsAtCalcom, StepState::NotPossible, (count, what));
}

async fn calls_at_retell(house: &Switchboard, company: CompanyId, course: &mut Course) -> Result<(), Error> {
    if course.at_retell.is_empty() {
        course.note(Step::CallsAtRetell, StepState::NotNeeded, (0, "no call at Retell"));
        return Ok(());
    }
    let left = u64::try_from(course.at_retell.len()).unwrap_or(u64::MAX);
    let Some(trunk) = house.trunk(company).await? else {
        let what = "no key for Retell is known: delete the calls in its dashboard";
        course.note(Step::CallsAtRetell, StepState::NotPossible, (left, what));
        return Ok(());
    };
    let (gone, failure) = delete_all(&trunk, &mut course.at_retell).await;
    match failure {
        None => course.note(Step::CallsAtRetell, StepState::Done, (gone, "deleted at Retell")),
        Some(failure) => {
            let left = course.at_retell.len();
            let state = if failure.may_pass() { StepState::Open } else { StepState::Failed };
            let what = format!("{left} calls are still at Retell: {failure}");
            course.note(Step::CallsAtRetell, state, (gone, &what));
        }
    }
    Ok(())
}

/// Deletes calls until one cannot be; what is left stays in the list.
async fn delete_all(trunk: &Trunk, ids: &mut Vec<String>) -> (u64, Option<WriteFailure>) {
    let mut gone = 0;
    while let Some(id) = ids.last() {
        if let Err(failure) = trunk.delete_call(id).await {
            return (gone, Some(failure));
        }
        ids.pop();
        gone += 1;
    }
    (gone, None)
}

async fn files(house: &Switchboard, course: &mut Course) -> Result<(), Error> {
    let (state, what) = match house.store().scrub().await? {
        Scrubbed::Done => (StepState::Done, "deleted rows are overwritten, the write-ahead log is empty"),
        Scrubbed::Busy => (StepState::Open, "somebody was reading: the write-ahead log is emptied later"),
        Scrubbed::Vacuum => (
            StepState::NotPossible,
            "PostgreSQL frees the room of deleted rows when it vacuums; its log and your backups age out as you have set them",
        ),
    };
    course.note(Step::Files, state, (0, what));
    Ok(())
}

/// Lets go of what a call's actor knows.
async fn forget(house: &Switchboard, company: CompanyId, retell_call_id: &str) {
    let Some(actor) = house.living_call(&(company, retell_call_id.into())) else { return };
    if actor.send(Forget).await.is_err() {
        tracing::debug!("a call's actor was gone before it was told to forget");
    }
}

/// What stands among the calls without Retell knowing of it is not deleted there.
fn is_retells(id: &str) -> bool {
    !is_written(id) && !id.starts_with(AT_DESK)
}
