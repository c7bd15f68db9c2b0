//! A delivery as received; `once` makes a lifecycle event unique per company, `repeats` counts what came again.

use sea_orm::entity::prelude::*;

use crate::Ms;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "inbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub company_id: Option<Uuid>,
    pub call_id: Option<Uuid>,
    pub route: String,
    pub event: String,
    pub once: Option<String>,
    pub our_number: Option<String>,
    pub status: String,
    pub received_at: Ms,
    pub body: Option<Vec<u8>>,
    pub repeats: i32,
    pub last_at: Option<Ms>,
    pub signed_by: Option<String>,
    pub headers: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
