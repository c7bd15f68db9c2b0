//! Everything the books hold about a person, as rows, to be handed over.

use entities::{call_event, call_particulars, function_invocation, inbox};
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{Persons, Sought, Trail};
use crate::store::Error;

/// A person's rows with what hangs on them.
#[derive(Clone, Debug, Default)]
pub struct Bundle {
    pub trail: Trail,
    pub events: Vec<call_event::Model>,
    pub particulars: Vec<call_particulars::Model>,
    pub functions: Vec<function_invocation::Model>,
    /// Deliveries about the calls, and others that hold the person.
    pub deliveries: Vec<inbox::Model>,
}

impl Persons<'_> {
    /// Everything the books hold about the person.
    pub async fn bundle(&self, sought: &Sought) -> Result<Bundle, Error> {
        let trail = self.find(sought).await?;
        let (read, company, calls) = (&self.store.read, self.id(), trail.call_ids());
        let events = call_event::Entity::find()
            .filter(call_event::Column::CompanyId.eq(company))
            .filter(call_event::Column::CallId.is_in(calls.iter().copied()))
            .order_by_asc(call_event::Column::At)
            .order_by_asc(call_event::Column::Version)
            .all(read)
            .await?;
        let particulars = call_particulars::Entity::find()
            .filter(call_particulars::Column::CompanyId.eq(company))
            .filter(call_particulars::Column::CallId.is_in(calls.iter().copied()))
            .order_by_asc(call_particulars::Column::Version)
            .all(read)
            .await?;
        let functions = function_invocation::Entity::find()
            .filter(function_invocation::Column::CompanyId.eq(company))
            .filter(function_invocation::Column::CallId.is_in(calls.iter().copied()))
            .order_by_asc(function_invocation::Column::ReceivedAt)
            .all(read)
            .await?;
        let theirs =
            inbox::Column::CallId.is_in(calls).or(inbox::Column::Id.is_in(trail.strays.iter().copied()));
        let deliveries = inbox::Entity::find()
            .filter(inbox::Column::CompanyId.eq(company))
            .filter(inbox::Column::Body.is_not_null())
            .filter(theirs)
            .order_by_asc(inbox::Column::ReceivedAt)
            .all(read)
            .await?;
        Ok(Bundle { trail, events, particulars, functions, deliveries })
    }
}
