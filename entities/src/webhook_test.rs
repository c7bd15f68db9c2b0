//! How the webhook fared when it was last tried through the public address.

use sea_orm::entity::prelude::*;

use crate::Ms;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_tests")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: Uuid,
    pub tested_at: Ms,
    pub success: bool,
    pub status_code: Option<i32>,
    pub latency_ms: i64,
    pub message: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
