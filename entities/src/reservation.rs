//! A slot hidden from web visitors at Cal.com while a caller decides.

use sea_orm::entity::prelude::*;

use crate::Ms;

#[derive(Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reservations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub company_id: Uuid,
    pub call_id: Uuid,
    pub appointment: i32,
    pub calendar_id: Uuid,
    pub event_type_id: i64,
    pub starts_at: Ms,
    /// When Cal.com lets go of it by itself.
    pub expires_at: Ms,
    /// Whoever knows it can take the reservation back; None: asked for, and the answer is not known.
    pub uid: Option<String>,
    /// False: it is to be taken back.
    pub wanted: bool,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("reservation::Model").field("id", &self.id).finish_non_exhaustive()
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
