//! Where a company wants to hear of things: an e-mail address or a webhook.

use sea_orm::entity::prelude::*;

use crate::Ms;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "channels")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub company_id: Uuid,
    /// Unique in its company.
    pub name: String,
    /// "email" or "webhook".
    pub kind: String,
    /// The mailbox or the URL.
    pub address: String,
    /// What a webhook is signed with, sealed.
    pub secret: Option<String>,
    /// Where the secret came from, as the file says it.
    pub secret_from: Option<String>,
    /// Which kinds of messages go there.
    pub kinds: Json,
    pub position: i32,
    /// Since when whoever is there wants nothing any more.
    pub gone_at: Option<Ms>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
