//! An intent to book and what has become of it at Cal.com.

use sea_orm::entity::prelude::*;

use crate::Ms;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "bookings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub company_id: Uuid,
    pub branch_id: Uuid,
    pub call_id: Uuid,
    pub appointment: i32,
    pub calendar_id: Uuid,
    pub customer_id: Uuid,
    pub service_name: String,
    pub staff: Option<String>,
    pub event_type_id: i64,
    pub starts_at: Ms,
    pub ends_at: Ms,
    pub zone: String,
    pub language: String,
    pub attendee_name: Option<String>,
    pub attendee_email: Option<String>,
    pub attendee_phone: Option<String>,
    pub version: i32,
    pub state: String,
    pub state_since: Ms,
    pub attempts: i32,
    pub sent_maybe: i32,
    pub looks: i32,
    pub not_before: Option<Ms>,
    pub reason: Option<String>,
    pub calcom_uid: Option<String>,
    /// When somebody should come back to it: the next turn or look, or since when a request is under way; none: never.
    pub due_at: Option<Ms>,
    /// What its machine remembers beside its state: the change under way, bookings too many, uids that are over.
    pub course: Option<Json>,
    /// Whether the customer has agreed to be written to about it; none: nobody has asked.
    pub may_notify: Option<bool>,
    pub created_at: Ms,
    pub updated_at: Ms,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
