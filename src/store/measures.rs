//! What was measured of calls: written when a call is over, what is told later replaces what was told before.

use entities::{Ms, measure};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait, IdenStatic as _, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use super::{Append, Error, Scope, Store};
use crate::domain::ids::CallId;

/// What was measured of calls of some tenants.
#[derive(Debug)]
pub struct Measured<'a> {
    pub(super) store: &'a Store,
    pub(super) scope: Scope,
}

impl Measured<'_> {
    pub async fn of_call(&self, id: CallId) -> Result<Option<measure::Model>, Error> {
        let query = measure::Entity::find_by_id(Uuid::from(id))
            .filter(self.scope.condition(measure::Column::CompanyId));
        Ok(query.one(&self.store.read).await?)
    }
}

/// The measures of a batch of appends.
pub(super) async fn enter(tx: &DatabaseTransaction, won: &[&Append]) -> Result<(), DbErr> {
    let told = won.iter().filter(|append| !append.measures.is_empty() || append.is_import());
    let rows: Vec<measure::ActiveModel> = told.map(|append| row(append)).collect();
    if rows.is_empty() {
        return Ok(());
    }
    measure::Entity::insert_many(rows).on_conflict(newest()).exec_without_returning(tx).await?;
    Ok(())
}

fn row(append: &Append) -> measure::ActiveModel {
    let measures = append.measures;
    measure::Model {
        call_id: append.after.id.into(),
        company_id: append.after.company.into(),
        imported: append.is_import(),
        ended_at: measures.ended_at.map(Ms::from),
        duration_ms: measures.duration_ms,
        cost_millicents: measures.cost_millicents,
        answer_p50_ms: measures.answer_p50_ms,
        answer_p95_ms: measures.answer_p95_ms,
    }
    .into_active_model()
}

fn newest() -> OnConflict {
    use measure::Column;
    let newest = |column: Column| {
        let name = column.as_str();
        (column, Expr::cust(format!("COALESCE(excluded.{name}, measures.{name})")))
    };
    let columns = [
        Column::EndedAt,
        Column::DurationMs,
        Column::CostMillicents,
        Column::AnswerP50Ms,
        Column::AnswerP95Ms,
    ];
    OnConflict::column(Column::CallId).values(columns.map(newest)).to_owned()
}
