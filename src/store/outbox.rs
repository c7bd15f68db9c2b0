//! Messages on their way out: entered with what they tell of, taken by whoever sends them, kept until they have left.

use entities::message;
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::{Cursor, Error, Page, Scope, Store, alerts, corrupt};
use crate::domain::alert::Alert;
use crate::domain::ids::{BookingId, MessageId};
use crate::domain::outbox::{About, Message, Next, Occasion, State, Topic};

/// Messages of some tenants.
#[derive(Debug)]
pub struct Outbox<'a> {
    pub(super) store: &'a Store,
    pub(super) scope: Scope,
}

/// Which messages a list is about; None: any.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    pub state: Option<State>,
    pub topic: Option<Topic>,
}

/// A message that was taken to be sent.
#[derive(Clone, Debug)]
pub struct Taken {
    pub id: MessageId,
    pub message: Message,
    /// Which attempt it is, from 1.
    pub attempt: u32,
    pub created: Timestamp,
}

impl Outbox<'_> {
    /// A page of messages, the newest first.
    pub async fn list(
        &self,
        filter: Filter,
        after: Option<Cursor>,
        limit: u64,
    ) -> Result<Page<message::Model>, Error> {
        let mut query = message::Entity::find().filter(self.scope.condition(message::Column::CompanyId));
        if let Some(state) = filter.state {
            query = query.filter(message::Column::State.eq(state.as_str()));
        }
        if let Some(topic) = filter.topic {
            query = query.filter(message::Column::Kind.eq(topic.as_str()));
        }
        if let Some(cursor) = after {
            query = query.filter(cursor.before(message::Column::CreatedAt, message::Column::Id));
        }
        let rows = query
            .order_by_desc(message::Column::CreatedAt)
            .order_by_desc(message::Column::Id)
            .limit(limit + 1)
            .all(&self.store.read)
            .await?;
        let cursor = |row: &message::Model| Cursor { at: row.created_at, id: row.id };
        Ok(Page::cut(rows, limit, cursor, |row| row))
    }

    pub async fn find(&self, id: MessageId) -> Result<Option<message::Model>, Error> {
        let query = message::Entity::find_by_id(Uuid::from(id));
        let query = query.filter(self.scope.condition(message::Column::CompanyId));
        Ok(query.one(&self.store.read).await?)
    }

    /// What was given up is due again, as if it had never been tried. False: it was not given up.
    pub async fn retry(&self, id: MessageId, now: Timestamp) -> Result<bool, Error> {
        let changed = message::Entity::update_many()
            .col_expr(message::Column::State, Expr::value(State::Waiting.as_str()))
            .col_expr(message::Column::DueAt, Expr::value(now.as_millisecond()))
            .col_expr(message::Column::Attempts, Expr::value(0))
            .col_expr(message::Column::EndedAt, Expr::value(None::<i64>))
            .filter(self.scope.condition(message::Column::CompanyId))
            .filter(message::Column::Id.eq(Uuid::from(id)))
            .filter(message::Column::State.eq(State::Failed.as_str()))
            .exec(&self.store.write)
            .await?;
        Ok(changed.rows_affected > 0)
    }

    /// How many messages are in that state.
    pub async fn count(&self, state: State) -> Result<u64, Error> {
        let query = message::Entity::find()
            .filter(self.scope.condition(message::Column::CompanyId))
            .filter(message::Column::State.eq(state.as_str()));
        Ok(query.count(&self.store.read).await?)
    }

    /// The last message of a channel that has ended.
    pub async fn last_ended(&self, channel: Uuid) -> Result<Option<message::Model>, Error> {
        let query = message::Entity::find()
            .filter(self.scope.condition(message::Column::CompanyId))
            .filter(message::Column::ChannelId.eq(channel))
            .filter(message::Column::EndedAt.is_not_null())
            .order_by_desc(message::Column::EndedAt);
        Ok(query.one(&self.store.read).await?)
    }

    /// Takes what is due, the longest due first. Whoever takes a message and does not come back by then leaves it to the
    /// next; so it is sent at least once, always under the same id.
    pub async fn take(&self, now: Timestamp, until: Timestamp, max: u64) -> Result<Vec<Taken>, Error> {
        let due = message::Entity::find()
            .filter(self.scope.condition(message::Column::CompanyId))
            .filter(message::Column::State.eq(State::Waiting.as_str()))
            .filter(message::Column::DueAt.lte(now.as_millisecond()))
            .order_by_asc(message::Column::DueAt)
            .limit(max)
            .all(&self.store.read)
            .await?;
        let mut taken = Vec::new();
        for row in due {
            let moved = message::Entity::update_many()
                .col_expr(message::Column::DueAt, Expr::value(until.as_millisecond()))
                .col_expr(message::Column::Attempts, Expr::col(message::Column::Attempts).add(1))
                .filter(message::Column::Id.eq(row.id))
                .filter(message::Column::State.eq(State::Waiting.as_str()))
                .filter(message::Column::DueAt.eq(row.due_at))
                .filter(message::Column::Attempts.eq(row.attempts))
                .exec(&self.store.write)
                .await?;
            if moved.rows_affected > 0 {
                taken.extend(readable(&row));
            }
        }
        Ok(taken)
    }

    /// Writes down how an attempt ended, with what has to be known about it; nothing where somebody else was quicker.
    pub async fn settle(
        &self,
        taken: &Taken,
        next: &Next,
        alert: Option<Alert>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let (state, due, why) = match next {
            Next::Sent => (State::Sent, None, None),
            Next::Again { at, why } => (State::Waiting, Some(*at), Some(why.clone())),
            Next::Failed { why } => (State::Failed, None, Some(why.clone())),
            Next::Dropped { why } => (State::Dropped, None, Some((*why).to_owned())),
        };
        let ended = (state != State::Waiting).then(|| now.as_millisecond());
        let tx = self.store.begin().await?;
        let mut change = message::Entity::update_many()
            .col_expr(message::Column::State, Expr::value(state.as_str()))
            .col_expr(message::Column::Error, Expr::value(why))
            .col_expr(message::Column::EndedAt, Expr::value(ended));
        if let Some(due) = due {
            change = change.col_expr(message::Column::DueAt, Expr::value(due.as_millisecond()));
        }
        let changed = change
            .filter(message::Column::Id.eq(Uuid::from(taken.id)))
            .filter(message::Column::State.eq(State::Waiting.as_str()))
            .filter(message::Column::Attempts.eq(i32::try_from(taken.attempt).unwrap_or(i32::MAX)))
            .exec(&tx)
            .await?;
        if changed.rows_affected > 0 {
            alerts::enter(&tx, taken.message.company, alert.as_slice(), now).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Enters what nobody else's commit tells of.
    pub async fn send(&self, message: &Message, now: Timestamp) -> Result<(), Error> {
        let tx = self.store.begin().await?;
        enter(&tx, std::slice::from_ref(message), now).await?;
        Ok(tx.commit().await?)
    }

    /// Forgets what has ended before that instant; the answer is how many.
    pub async fn forget(&self, before: Timestamp) -> Result<u64, Error> {
        let over = message::Column::EndedAt.lt(before.as_millisecond());
        let gone = message::Entity::delete_many()
            .filter(self.scope.condition(message::Column::CompanyId))
            .filter(over)
            .exec(&self.store.write)
            .await?;
        Ok(gone.rows_affected)
    }
}

/// Enters messages in the commit of what they are about; what is there already stays as it is.
pub(super) async fn enter(
    tx: &DatabaseTransaction,
    messages: &[Message],
    now: Timestamp,
) -> Result<(), DbErr> {
    if messages.is_empty() {
        return Ok(());
    }
    let rows = messages.iter().map(|message| row_of(message, now)).collect::<Result<Vec<_>, _>>()?;
    message::Entity::insert_many(rows.into_iter().map(IntoActiveModel::into_active_model))
        .on_conflict(OnConflict::column(message::Column::Id).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Reminders of a booking that is no longer as it was are not sent.
pub(super) async fn forget_reminders(
    tx: &DatabaseTransaction,
    booking: BookingId,
    now: Timestamp,
) -> Result<(), DbErr> {
    message::Entity::update_many()
        .col_expr(message::Column::State, Expr::value(State::Dropped.as_str()))
        .col_expr(message::Column::Error, Expr::value("the appointment was changed"))
        .col_expr(message::Column::EndedAt, Expr::value(now.as_millisecond()))
        .filter(message::Column::Subject.eq(booking.to_string()))
        .filter(message::Column::Kind.eq(Topic::Appointment(Occasion::Reminder).as_str()))
        .filter(message::Column::State.eq(State::Waiting.as_str()))
        .exec(tx)
        .await?;
    Ok(())
}

fn row_of(message: &Message, now: Timestamp) -> Result<message::Model, DbErr> {
    Ok(message::Model {
        id: message.id().into(),
        company_id: message.company.into(),
        channel_id: message.channel.map(Uuid::from),
        kind: message.topic.as_str().into(),
        subject: message.booking().map(|booking| booking.to_string()),
        about: serde_json::to_value(&message.about).map_err(|error| DbErr::Custom(error.to_string()))?,
        state: State::Waiting.as_str().into(),
        due_at: message.due.into(),
        attempts: 0,
        error: None,
        created_at: now.into(),
        ended_at: None,
    })
}

/// What a newer program has entered is its to send, and keeps nothing else waiting.
fn readable(row: &message::Model) -> Option<Taken> {
    let taken = taken_of(row);
    taken
        .inspect_err(|error| {
            let error = error as &dyn std::error::Error;
            tracing::warn!(message.id = %row.id, error, "message {} cannot be read", row.id);
        })
        .ok()
}

fn taken_of(row: &message::Model) -> Result<Taken, Error> {
    let unknown = |what| corrupt("outbox", &row.id, what);
    let about: About =
        serde_json::from_value(row.about.clone()).map_err(|_| unknown("about something unknown"))?;
    Ok(Taken {
        id: row.id.into(),
        message: Message {
            company: row.company_id.into(),
            channel: row.channel_id.map(Into::into),
            topic: Topic::parse(&row.kind).ok_or_else(|| unknown("of an unknown kind"))?,
            about,
            due: row.due_at.into(),
        },
        attempt: u32::try_from(row.attempts).unwrap_or(0).saturating_add(1),
        created: row.created_at.into(),
    })
}
