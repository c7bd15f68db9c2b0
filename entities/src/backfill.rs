//! How far the ended calls of a Retell workspace have been gone through, and where a round under way goes on.

use sea_orm::entity::prelude::*;

use crate::Ms;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "backfills")]
pub struct Model {
    /// A fingerprint of the workspace's address and key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace: String,
    /// Every call that ended before this is known.
    pub known_until: Ms,
    /// The round under way goes through what ended until then.
    pub going_until: Option<Ms>,
    /// Retell's key of the page it goes on with.
    pub page: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
