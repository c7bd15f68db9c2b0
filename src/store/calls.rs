//! Calls as read: a call rebuilt from its journal, lists for people, the answers already given.

use entities::{call, call_event, call_particulars, function_invocation, inbox};
use jiff::{SignedDuration, Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::views::contains;
use super::{Cursor, Error, Page, Scope, Store, corrupt};
use crate::domain::appointment::Person;
use crate::domain::call::{Call, Event};
use crate::domain::ids::{BranchId, CallId, CompanyId};
use crate::domain::phone::{Caller, PhoneNumber};
use crate::domain::retry::{later, millis};

/// What is entered at the desk stands among the calls under a name that begins so; Retell's ids never do.
pub const AT_DESK: &str = "desk:";

/// What is led by a program without a telephone stands among the calls under a name that begins so; Retell's ids never do.
pub const WRITTEN: &str = "gateway:";

/// No conversation of a program is looked for beyond its first day.
const WRITTEN_LASTS: SignedDuration = SignedDuration::from_hours(24);

/// No call lasts longer than this, in milliseconds.
const LONGEST_CALL_MS: u64 = 6 * 60 * 60 * 1000;

/// Calls of some tenants.
#[derive(Debug)]
pub struct Calls<'a> {
    pub(super) store: &'a Store,
    pub(super) scope: Scope,
}

/// Which calls a list is about; None: any.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub branch: Option<BranchId>,
    pub live: Option<bool>,
    pub outcome: Option<String>,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

/// An event as it stands in the journal.
#[derive(Clone, Debug)]
pub struct Journalled {
    pub version: i32,
    pub at: Timestamp,
    pub event: Event,
}

impl Calls<'_> {
    pub async fn find(&self, id: CallId) -> Result<Option<call::Model>, Error> {
        let query =
            call::Entity::find_by_id(Uuid::from(id)).filter(self.scope.condition(call::Column::CompanyId));
        Ok(query.one(&self.store.read).await?)
    }

    /// The call by Retell's own id; two tenants may each have one of that id, then the newest is answered.
    /// When somebody last rang at a branch.
    pub async fn last_at(&self, branch: BranchId) -> Result<Option<Timestamp>, Error> {
        let row = call::Entity::find()
            .filter(self.scope.condition(call::Column::CompanyId))
            .filter(call::Column::BranchId.eq(Uuid::from(branch)))
            .filter(call::Column::RetellCallId.not_like(format!("{AT_DESK}%")))
            .order_by_desc(call::Column::StartedAt)
            .one(&self.store.read)
            .await?;
        Ok(row.map(|row| row.started_at.into()))
    }

    pub async fn find_by_retell_id(&self, retell_call_id: &str) -> Result<Option<call::Model>, Error> {
        let query = call::Entity::find()
            .filter(self.scope.condition(call::Column::CompanyId))
            .filter(call::Column::RetellCallId.eq(retell_call_id))
            .order_by_desc(call::Column::StartedAt);
        Ok(query.one(&self.store.read).await?)
    }

    /// All calls of Retell's id, the latest first; each tenant has at most one.
    pub async fn all_by_retell_id(&self, retell_call_id: &str) -> Result<Vec<call::Model>, Error> {
        let query = call::Entity::find()
            .filter(self.scope.condition(call::Column::CompanyId))
            .filter(call::Column::RetellCallId.eq(retell_call_id))
            .order_by_desc(call::Column::StartedAt);
        Ok(query.all(&self.store.read).await?)
    }

    /// The conversations that programs have led under that name within a day, the latest first.
    pub async fn written_as(&self, name: &str, now: Timestamp) -> Result<Vec<call::Model>, Error> {
        let since = later(now, -WRITTEN_LASTS).as_millisecond();
        let column = call::Column::RetellCallId.into_expr();
        let rows = call::Entity::find()
            .filter(self.scope.condition(call::Column::CompanyId))
            .filter(call::Column::StartedAt.gte(since))
            .filter(call::Column::RetellCallId.starts_with(WRITTEN))
            .filter(contains(column, &format!(":{name}"), self.store.read.get_database_backend()))
            .order_by_desc(call::Column::StartedAt)
            .order_by_desc(call::Column::Id)
            .all(&self.store.read)
            .await?;
        let is_its = |row: &call::Model| {
            let after = row.retell_call_id.strip_prefix(WRITTEN);
            after.and_then(|after| after.split_once(':')).is_some_and(|(_, its)| its == name)
        };
        Ok(rows.into_iter().filter(is_its).collect())
    }

    /// How many calls and conversations are going on.
    pub async fn count_live(&self) -> Result<u64, Error> {
        let query = call::Entity::find()
            .filter(self.scope.condition(call::Column::CompanyId))
            .filter(call::Column::RetellCallId.not_like(format!("{AT_DESK}%")))
            .filter(call::Column::Phase.eq("live"));
        Ok(query.count(&self.store.read).await?)
    }

    /// The tenants that know a call of this id.
    pub async fn companies_of(&self, retell_call_id: &str) -> Result<Vec<CompanyId>, Error> {
        let query = call::Entity::find()
            .select_only()
            .column(call::Column::CompanyId)
            .filter(self.scope.condition(call::Column::CompanyId))
            .filter(call::Column::RetellCallId.eq(retell_call_id));
        let ids: Vec<Uuid> = query.into_tuple().all(&self.store.read).await?;
        Ok(ids.into_iter().map(CompanyId::from).collect())
    }

    /// A page of calls, the newest first; what was entered at the desk was none.
    pub async fn list(
        &self,
        filter: &Filter,
        after: Option<Cursor>,
        limit: u64,
    ) -> Result<Page<call::Model>, Error> {
        let mut query = call::Entity::find()
            .filter(self.scope.condition(call::Column::CompanyId))
            .filter(call::Column::RetellCallId.not_like(format!("{AT_DESK}%")));
        if let Some(branch) = filter.branch {
            query = query.filter(call::Column::BranchId.eq(Uuid::from(branch)));
        }
        query = match filter.live {
            Some(true) => query.filter(call::Column::Phase.eq("live")),
            Some(false) => query.filter(call::Column::Phase.ne("live")),
            None => query,
        };
        if let Some(outcome) = &filter.outcome {
            query = query.filter(call::Column::Outcome.eq(outcome));
        }
        if let Some(from) = filter.from {
            query = query.filter(call::Column::StartedAt.gte(from.as_millisecond()));
        }
        if let Some(to) = filter.to {
            query = query.filter(call::Column::StartedAt.lt(to.as_millisecond()));
        }
        if let Some(cursor) = after {
            query = query.filter(cursor.before(call::Column::StartedAt, call::Column::Id));
        }
        let rows = query
            .order_by_desc(call::Column::StartedAt)
            .order_by_desc(call::Column::Id)
            .limit(limit + 1)
            .all(&self.store.read)
            .await?;
        Ok(Page::cut(rows, limit, |row: &call::Model| Cursor { at: row.started_at, id: row.id }, |row| row))
    }

    /// The call as the sum of its events.
    pub async fn replay(&self, row: &call::Model) -> Result<Call, Error> {
        let caller = Caller::from_wire(row.caller_number.as_deref());
        let mut call = Call::new(row.id.into(), row.company_id.into(), caller, row.started_at.into());
        for journalled in self.journal(row.id.into()).await? {
            call.apply(&journalled.event, journalled.at);
        }
        Ok(call)
    }

    /// The latest call from a number to a branch that has ended and was heard of since that instant, other than this one.
    pub async fn latest_from(
        &self,
        number: &PhoneNumber,
        branch: BranchId,
        (since, but): (Timestamp, CallId),
    ) -> Result<Option<Call>, Error> {
        let longest = millis(LONGEST_CALL_MS);
        let query = call::Entity::find()
            .filter(self.scope.condition(call::Column::CompanyId))
            .filter(call::Column::StartedAt.gte(later(since, -longest).as_millisecond()))
            .filter(call::Column::LastEventAt.gte(since.as_millisecond()))
            .filter(call::Column::CallerNumber.eq(number.e164()))
            .filter(call::Column::BranchId.eq(Uuid::from(branch)))
            .filter(call::Column::Phase.ne("live"))
            .filter(call::Column::Id.ne(Uuid::from(but)))
            .order_by_desc(call::Column::StartedAt);
        match query.one(&self.store.read).await? {
            Some(row) => self.replay(&row).await.map(Some),
            None => Ok(None),
        }
    }

    /// The events of a call, with the personal words that have not been erased.
    pub async fn journal(&self, id: CallId) -> Result<Vec<Journalled>, Error> {
        let read = &self.store.read;
        let events = call_event::Entity::find()
            .filter(self.scope.condition(call_event::Column::CompanyId))
            .filter(call_event::Column::CallId.eq(Uuid::from(id)))
            .order_by_asc(call_event::Column::Version)
            .all(read)
            .await?;
        let words = call_particulars::Entity::find()
            .filter(self.scope.condition(call_particulars::Column::CompanyId))
            .filter(call_particulars::Column::CallId.eq(Uuid::from(id)))
            .all(read)
            .await?;
        events.into_iter().map(|row| journalled(row, &words)).collect()
    }

    /// The answer a function call with this key was given, byte for byte.
    pub async fn answer(&self, id: CallId, key: &str) -> Result<Option<String>, Error> {
        let query = function_invocation::Entity::find_by_id((Uuid::from(id), key.to_owned()))
            .filter(self.scope.condition(function_invocation::Column::CompanyId));
        Ok(query.one(&self.store.read).await?.map(|row| row.answer))
    }

    /// The body of the last lifecycle webhook of a call, or of what Retell said when it was asked, while it is kept.
    pub async fn last_body(&self, id: CallId) -> Result<Option<Vec<u8>>, Error> {
        let query = inbox::Entity::find()
            .filter(self.scope.condition(inbox::Column::CompanyId))
            .filter(inbox::Column::CallId.eq(Uuid::from(id)))
            .filter(inbox::Column::Event.is_in(["call_ended", "call_analyzed", "get_call"]))
            .order_by_desc(inbox::Column::ReceivedAt);
        Ok(query.one(&self.store.read).await?.and_then(|row| row.body))
    }

    /// The functions of a call in the order they came.
    pub async fn invocations(&self, id: CallId) -> Result<Vec<function_invocation::Model>, Error> {
        let query = function_invocation::Entity::find()
            .filter(self.scope.condition(function_invocation::Column::CompanyId))
            .filter(function_invocation::Column::CallId.eq(Uuid::from(id)))
            .order_by_asc(function_invocation::Column::ReceivedAt);
        Ok(query.all(&self.store.read).await?)
    }
}

fn journalled(row: call_event::Model, words: &[call_particulars::Model]) -> Result<Journalled, Error> {
    let place = format!("{} {}", row.call_id, row.version);
    let event: Event = serde_json::from_value(row.payload)
        .map_err(|_| corrupt("call_events", &place, "an event this program does not know"))?;
    let event = match words.iter().find(|words| words.version == row.version) {
        Some(words) => event.with_person(person(words)),
        None => event,
    };
    Ok(Journalled { version: row.version, at: row.at.into(), event })
}

fn person(words: &call_particulars::Model) -> Person {
    Person {
        name: words.name.clone(),
        phone: words.phone.as_deref().and_then(|phone| PhoneNumber::parse_e164(phone).ok()),
        email: words.email.clone(),
        note: words.note.clone(),
    }
}
