//! A person has to call back: why, whom, until when.

use sea_orm::entity::prelude::*;

use crate::Ms;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "callbacks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub company_id: Uuid,
    pub branch_id: Option<Uuid>,
    pub call_id: Uuid,
    pub booking_id: Option<Uuid>,
    pub reason: String,
    pub priority: String,
    pub state: String,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub wish: Option<String>,
    /// When the caller would like it, as far as the words were understood.
    pub wished_from: Option<Ms>,
    pub wished_to: Option<Ms>,
    /// Who sees to it.
    pub owner: Option<String>,
    pub note: Option<String>,
    /// How often nobody was reached.
    pub tries: i32,
    pub due_at: Ms,
    pub created_at: Ms,
    pub updated_at: Ms,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
