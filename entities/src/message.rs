//! A message on its way out, without a word of what will stand in it: that is put together as it leaves.

use sea_orm::entity::prelude::*;

use crate::Ms;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub company_id: Uuid,
    /// None: to the customer of the booking it is about.
    pub channel_id: Option<Uuid>,
    pub kind: String,
    /// The booking it is about.
    pub subject: Option<String>,
    /// What it tells of: ids, times and counts.
    pub about: Json,
    pub state: String,
    /// When it leaves, or may be taken up again by another if whoever took it does not come back.
    pub due_at: Ms,
    pub attempts: i32,
    pub error: Option<String>,
    pub created_at: Ms,
    pub ended_at: Option<Ms>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
