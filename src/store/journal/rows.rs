//! What an append becomes: rows of events, personal words, function calls, deliveries, holds, bookings, callbacks.

use entities::{Ms, call_event, call_particulars, function_invocation, inbox};
use sea_orm::{ActiveValue, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel};

use super::Append;
use crate::domain::call::Event;
use crate::store::secrets::Keyring;
use crate::store::{alerts, bookings, callbacks, codes, consents, customers, holds, measures};

/// Writes the rows of the appends that have won.
pub(super) async fn insert(
    tx: &DatabaseTransaction,
    won: &[&Append],
    keyring: &Keyring,
) -> Result<(), DbErr> {
    let mut events = Vec::new();
    let mut words = Vec::new();
    for append in won {
        for (event, version) in append.events.iter().zip(append.before.version + 1..) {
            let version = i32::try_from(version).unwrap_or(i32::MAX);
            events.push(event_row(append, event, version)?);
            words.extend(words_row(append, event, version));
        }
    }
    if !events.is_empty() {
        call_event::Entity::insert_many(events).exec_without_returning(tx).await?;
    }
    if !words.is_empty() {
        call_particulars::Entity::insert_many(words).exec_without_returning(tx).await?;
    }
    let invocations: Vec<_> = won.iter().filter_map(|append| invocation_row(append)).collect();
    if !invocations.is_empty() {
        function_invocation::Entity::insert_many(invocations).exec_without_returning(tx).await?;
    }
    let deliveries: Vec<_> = won.iter().filter_map(|append| delivery_row(append)).collect();
    if !deliveries.is_empty() {
        inbox::Entity::insert_many(deliveries).exec_without_returning(tx).await?;
    }
    holds::follow(tx, won).await?;
    customers::enter(tx, won).await?;
    bookings::enter(tx, won).await?;
    codes::enter(tx, won, keyring).await?;
    bookings::settle_calls(tx, won).await?;
    callbacks::enter(tx, won).await?;
    measures::enter(tx, won).await?;
    consents::enter(tx, won).await?;
    alerts::enter_all(tx, won).await
}

fn event_row(append: &Append, event: &Event, version: i32) -> Result<call_event::ActiveModel, DbErr> {
    let payload = serde_json::to_value(event).map_err(|error| DbErr::Custom(error.to_string()))?;
    let kind = payload.get("kind").and_then(|kind| kind.as_str()).unwrap_or_default().to_owned();
    Ok(call_event::Model {
        call_id: append.after.id.into(),
        version,
        company_id: append.after.company.into(),
        kind,
        payload,
        at: append.at.into(),
    }
    .into_active_model())
}

fn words_row(append: &Append, event: &Event, version: i32) -> Option<call_particulars::ActiveModel> {
    let person = event.person()?;
    Some(call_particulars::ActiveModel {
        call_id: ActiveValue::Set(append.after.id.into()),
        version: ActiveValue::Set(version),
        company_id: ActiveValue::Set(append.after.company.into()),
        name: ActiveValue::Set(person.name.clone()),
        phone: ActiveValue::Set(person.phone.as_ref().map(|phone| phone.e164().to_owned())),
        email: ActiveValue::Set(person.email.clone()),
        note: ActiveValue::Set(person.note.clone()),
    })
}

fn invocation_row(append: &Append) -> Option<function_invocation::ActiveModel> {
    let invocation = append.invocation.as_ref()?;
    Some(
        function_invocation::Model {
            call_id: append.after.id.into(),
            key: invocation.key.clone(),
            company_id: append.after.company.into(),
            function: invocation.function.clone(),
            arguments: invocation.arguments.0.clone(),
            answer: invocation.answer.0.clone(),
            status: invocation.status.to_owned(),
            received_at: invocation.received_at.into(),
            duration_ms: invocation.duration_ms,
        }
        .into_active_model(),
    )
}

fn delivery_row(append: &Append) -> Option<inbox::ActiveModel> {
    let delivery = append.delivery.as_ref()?;
    Some(
        inbox::Model {
            id: delivery.id.into(),
            company_id: Some(append.after.company.into()),
            call_id: Some(append.after.id.into()),
            route: delivery.route.into(),
            event: delivery.event.clone(),
            once: delivery.once.clone(),
            our_number: delivery.our_number.clone(),
            status: "taken".into(),
            received_at: Ms::from(append.at),
            body: delivery.body.as_ref().map(|body| body.0.clone().into_bytes()),
            repeats: 0,
            last_at: None,
            signed_by: delivery.signed_by.clone(),
            headers: delivery.headers.clone(),
        }
        .into_active_model(),
    )
}
