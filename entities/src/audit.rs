//! Who did or read what, and when: written once, never changed; nothing personal stands in it.

use sea_orm::entity::prelude::*;

use crate::Ms;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub at: Ms,
    /// `user:ID`, `token:ID` or `system`.
    pub who: String,
    pub role: Option<String>,
    pub company_id: Option<Uuid>,
    pub action: String,
    pub subject_kind: Option<String>,
    pub subject: Option<String>,
    pub detail: Option<Json>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
