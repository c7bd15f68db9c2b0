//! What was said in a call, turn by turn, as long as Retell's words about it are kept.

use super::audit::{self, Action, Deed};
use super::{Error, Principal, calls};
use crate::actors::Switchboard;
use crate::domain::ids::CallId;
use crate::retell::{Spoken, transcript};

/// The turns of a call by our id or Retell's; none where nothing was said or nothing is kept. That it was read is written down.
pub async fn of_call(house: &Switchboard, who: &Principal, id: &str) -> Result<Vec<Spoken>, Error> {
    who.may_see_calls()?;
    let row = calls::find(house, who, id).await?;
    let call = CallId::from(row.id);
    let deed = Deed::new(Action::CallRead).at(row.company_id.into()).about("call", call);
    audit::read(house, who, deed).await?;
    let body = house.store().calls(who.scope.clone()).last_body(call).await?;
    Ok(body.as_deref().map(transcript).unwrap_or_default())
}
