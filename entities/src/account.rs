//! A Cal.com account of a company: base URL, key and budget.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "accounts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub company_id: Uuid,
    pub name: String,
    pub base_url: String,
    pub api_key: String,
    pub webhook_secret: Option<String>,
    pub attendee_email_domain: Option<String>,
    pub requests_per_minute: i32,
    /// Where key and secret came from, as the company's file names it.
    pub api_key_from: Option<String>,
    pub webhook_secret_from: Option<String>,
    /// 0 is the account of calendars that name none.
    pub position: i32,
    /// Named in the company's file; what was promised in an account out of use is still looked after there.
    pub active: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
