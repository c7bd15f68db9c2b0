//! A branch of a company: where people call and come to.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "branches")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub company_id: Uuid,
    pub slug: String,
    pub name: String,
    pub timezone: Option<String>,
    pub retell_agent_id: Option<String>,
    pub hours: Option<String>,
    pub closures: Json,
    pub special_hours: Option<Json>,
    pub holidays: Option<String>,
    pub paused: bool,
    pub transfer_to: Option<String>,
    pub position: i32,
    pub active: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
