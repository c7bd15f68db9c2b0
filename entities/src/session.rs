//! Somebody who is signed in at a browser: only a hash of what the browser holds, and when it ends.

use sea_orm::entity::prelude::*;

use crate::Ms;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub hash: String,
    pub user_id: Uuid,
    pub created_at: Ms,
    /// When something was last asked with it, to the minute.
    pub used_at: Ms,
    /// Over then, however much it is used.
    pub ends_at: Ms,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
