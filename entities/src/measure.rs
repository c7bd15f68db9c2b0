//! What was measured of a call when it was over: what it took and cost, and how soon it was answered.

use sea_orm::entity::prelude::*;

use crate::Ms;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "measures")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub call_id: Uuid,
    pub company_id: Uuid,
    /// It was over long before it was found in Retell's list.
    pub imported: bool,
    pub ended_at: Option<Ms>,
    pub duration_ms: Option<i64>,
    /// In thousandths of a US cent.
    pub cost_millicents: Option<i64>,
    pub answer_p50_ms: Option<i64>,
    pub answer_p95_ms: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::call::Entity", from = "Column::CallId", to = "super::call::Column::Id")]
    Call,
}

impl ActiveModelBehavior for ActiveModel {}
