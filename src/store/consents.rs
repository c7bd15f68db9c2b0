//! What callers have said to being recorded and written to, in the row of their call; a refusal stands.

use entities::{call, inbox};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::Append;
use crate::domain::consent::Said;

/// What was said in a batch of appends.
pub(super) async fn enter(tx: &DatabaseTransaction, won: &[&Append]) -> Result<(), DbErr> {
    use call::Column;
    for append in won {
        let Some(delivery) = append.delivery.as_ref().filter(|one| !one.consent.is_empty()) else { continue };
        let consent = delivery.consent;
        note(tx, append, (Column::Recording, Column::RecordingAt), consent.recording).await?;
        note(tx, append, (Column::Messages, Column::MessagesAt), consent.messages).await?;
        if consent.recording == Said::Refused {
            forget_words(tx, append, delivery.id.into()).await?;
        }
    }
    Ok(())
}

/// The latest counts, but for a refusal, which nothing outweighs; what was said first says when.
async fn note(
    tx: &DatabaseTransaction,
    append: &Append,
    (column, at): (call::Column, call::Column),
    said: Said,
) -> Result<(), DbErr> {
    if said == Said::NotAsked {
        return Ok(());
    }
    call::Entity::update_many()
        .col_expr(column, Expr::value(said.as_str()))
        .col_expr(at, Expr::value(append.at.as_millisecond()))
        .filter(call::Column::Id.eq(Uuid::from(append.after.id)))
        .filter(column.is_null().or(column.is_not_in([said.as_str(), Said::Refused.as_str()])))
        .exec(tx)
        .await?;
    Ok(())
}

/// What was kept of the call's words before the caller refused goes with the refusal.
async fn forget_words(tx: &DatabaseTransaction, append: &Append, but: Uuid) -> Result<(), DbErr> {
    inbox::Entity::update_many()
        .col_expr(inbox::Column::Body, Expr::value(None::<Vec<u8>>))
        .filter(inbox::Column::CallId.eq(Uuid::from(append.after.id)))
        .filter(inbox::Column::Id.ne(but))
        .filter(inbox::Column::Body.is_not_null())
        .exec(tx)
        .await?;
    Ok(())
}
