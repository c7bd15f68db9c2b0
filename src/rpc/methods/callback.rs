//! `callback.*`: who is to be called back, who sees to it, and what came of it.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::domain::callback::State;
use crate::operations::callbacks;
use crate::rpc::table::{Ask, Method};
use crate::store::callbacks::Text;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Assign {
    /// Our id of the callback item.
    callback_id: String,
    /// Who sees to it, at most 200 characters; left out or null: nobody yet.
    owner: Option<String>,
    /// Slug; where it is given, it has to be of that company.
    #[serde(default)]
    company: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Resolve {
    /// Our id of the callback item.
    callback_id: String,
    /// What came of it, at most 4000 characters; left out: what was noted stays.
    #[serde(default)]
    note: Option<String>,
    /// Slug; where it is given, it has to be of that company.
    #[serde(default)]
    company: Option<String>,
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::reads(
            "callback.list",
            "Callback items, those due first at the head",
            |ask: Ask, query: callbacks::Query| async move { callbacks::list(&ask.house, &ask.who, &query).await },
        ),
        Method::changes(
            "callback.assign",
            "Says who sees to a callback item",
            |ask: Ask, asked: Assign| async move {
                let who = ask.who.within(&ask.house.directory(), asked.company.as_deref())?;
                let change =
                    callbacks::Change { owner: Text::Written(asked.owner), ..callbacks::Change::default() };
                callbacks::change(&ask.house, &who, &asked.callback_id, change).await
            },
        )
        .idempotent(),
        Method::changes(
            "callback.resolve",
            "Says that a callback item is done",
            |ask: Ask, asked: Resolve| async move {
                let who = ask.who.within(&ask.house.directory(), asked.company.as_deref())?;
                let note = asked.note.map_or(Text::Left, |note| Text::Written(Some(note)));
                let change =
                    callbacks::Change { state: Some(State::Done), note, ..callbacks::Change::default() };
                callbacks::change(&ask.house, &who, &asked.callback_id, change).await
            },
        )
        .idempotent(),
    ]
}
