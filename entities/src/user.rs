//! A person who looks after the desk: e-mail, a hash of the password, role and companies.

use sea_orm::entity::prelude::*;

use crate::Ms;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// In lower case.
    pub email: String,
    /// As argon2 writes it, with its salt and cost.
    pub password_hash: String,
    pub role: String,
    pub companies: Json,
    pub created_at: Ms,
    pub disabled_at: Option<Ms>,
    /// Wrong passwords since `wrong_since`.
    pub wrong_passwords: i32,
    pub wrong_since: Option<Ms>,
    /// No password is right until then.
    pub locked_until: Option<Ms>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
