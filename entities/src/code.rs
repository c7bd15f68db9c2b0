//! The code of a booking, by which its customer can be known again: as a keyed hash, and sealed for being sent.

use sea_orm::entity::prelude::*;

use crate::Ms;

#[derive(Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "codes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub booking_id: Uuid,
    pub company_id: Uuid,
    pub hash: String,
    pub sealed: String,
    /// Wrong codes under the name of its customer.
    pub tries: i32,
    /// When the last of them came.
    pub tried_at: Option<Ms>,
    pub made_at: Ms,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("code::Model").field("booking_id", &self.booking_id).finish_non_exhaustive()
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
