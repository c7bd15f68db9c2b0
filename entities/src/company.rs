//! A tenant: one company with its keys and policy.

use sea_orm::entity::prelude::*;

use crate::Ms;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "companies")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub slug: String,
    pub name: String,
    pub language: String,
    pub timezone: String,
    pub policy: Json,
    pub retell_api_key: Option<String>,
    pub retell_webhook_key: Option<String>,
    pub retell_previous_key: Option<String>,
    pub retell_base_url: String,
    /// Where the keys came from, as the company's file names it; none: they stood in the file themselves.
    pub retell_api_key_from: Option<String>,
    pub retell_webhook_key_from: Option<String>,
    pub retell_previous_key_from: Option<String>,
    pub created_at: Ms,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
