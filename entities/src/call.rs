//! A telephone call; its version is the optimistic lock of its journal.

use sea_orm::entity::prelude::*;

use crate::Ms;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "calls")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub company_id: Uuid,
    pub retell_call_id: String,
    pub branch_id: Option<Uuid>,
    pub version: i32,
    pub caller_number: Option<String>,
    pub phase: String,
    pub outcome: Option<String>,
    pub customer_id: Option<Uuid>,
    pub started_at: Ms,
    pub last_event_at: Ms,
    pub ended_at: Option<Ms>,
    pub disconnection_reason: Option<String>,
    /// When the words of whoever rang were taken out of it.
    pub erased_at: Option<Ms>,
    /// What the caller said to being recorded, "given" or "refused", and when; none: nothing.
    pub recording: Option<String>,
    pub recording_at: Option<Ms>,
    /// What the caller said to messages about appointments.
    pub messages: Option<String>,
    pub messages_at: Option<Ms>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
