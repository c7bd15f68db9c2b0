//! That somebody's data were erased: when, by whom, step by step; never whose.

use sea_orm::entity::prelude::*;

use crate::Ms;

#[derive(Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "erasures")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub company_id: Uuid,
    /// A keyed hash of the number, and of the name if one was given.
    pub mark: String,
    pub asked_at: Ms,
    pub asked_by: String,
    /// "asked", or "restored": done again after an old copy of the books was put back.
    pub origin: String,
    pub state: String,
    /// Whose, sealed, as long as something is still to be done.
    pub subject: Option<String>,
    /// The steps and what came of them.
    pub course: Json,
    /// When somebody should come back to it; none: never.
    pub again_at: Option<Ms>,
    pub finished_at: Option<Ms>,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("erasure::Model").field("id", &self.id).finish_non_exhaustive()
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
