//! What was installed at Retell: what stood there before, who did it, what came of it.

use sea_orm::entity::prelude::*;

use crate::Ms;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "deployments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub company_id: Uuid,
    pub branch_id: Uuid,
    pub at: Ms,
    pub by: String,
    /// The deployment that was undone, if this undid one.
    pub undoes: Option<Uuid>,
    /// Sealed: tools may hold secrets.
    pub before: String,
    /// The company's id as long as the deployment is under way: there is one at a time.
    pub under_way: Option<Uuid>,
    /// How it ended; none while it is under way.
    pub outcome: Option<String>,
    /// What was done, in words.
    pub done: Option<Json>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
