//! `retell.*`: what Retell has of a company, and its calls: looked at, counted, imported.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::operations::calls::MeasuresView;
use crate::operations::timeline::Story;
use crate::operations::{OfCompany, calls, imports, statistics, timeline, workspaces};
use crate::rpc::table::{Ask, Method};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OfCall {
    /// Our id of the call, or Retell's.
    call_id: String,
    /// Needed where several companies know a call of that id.
    #[serde(default)]
    company: Option<String>,
}

/// A call with its story.
#[derive(Debug, Serialize, JsonSchema)]
struct Details {
    story: Story,
    /// Null: Retell has not told yet.
    measures: Option<MeasuresView>,
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::reads(
            "retell.getAgent",
            "One voice agent with its version, webhook and functions",
            |ask: Ask, which: workspaces::Which| async move {
                workspaces::agent(&ask.house, &ask.who, &which).await
            },
        ),
        Method::reads(
            "retell.listAgents",
            "The voice agents of the company's workspace",
            |ask: Ask, of: OfCompany| async move {
                workspaces::agents(&ask.house, &ask.who, &of).await
            },
        ),
        Method::reads(
            "retell.getPhoneNumbers",
            "The numbers of the company's workspace, and who answers them",
            |ask: Ask, of: OfCompany| async move {
                workspaces::numbers(&ask.house, &ask.who, &of).await
            },
        ),
        Method::reads(
            "retell.testConnection",
            "Whether the company's key opens its workspace",
            |ask: Ask, of: OfCompany| async move {
                workspaces::test(&ask.house, &ask.who, &of).await
            },
        ),
        Method::reads(
            "retell.getCallStats",
            "Calls counted by day, branch or outcome",
            |ask: Ask, query: statistics::Query| async move {
                statistics::calls(&ask.house, &ask.who, &query).await
            },
        ),
        Method::reads(
            "retell.getCallDetails",
            "One call: its story, why it came out as it did, what it took",
            |ask: Ask, of: OfCall| async move {
                let who = ask.who.within(&ask.house.directory(), of.company.as_deref())?;
                let story = timeline::of_call(&ask.house, &who, &of.call_id).await?;
                let measures = calls::measures(&ask.house, &who, &story.call.id).await?;
                Ok(Details { story, measures })
            },
        ),
        Method::changes(
            "retell.importCalls",
            "Takes over calls of earlier days from Retell, to be counted; nothing follows from them",
            |ask: Ask, asked: imports::Import| async move {
                imports::run(&ask.house, &ask.who, &asked).await
            },
        )
        .idempotent(),
    ]
}
