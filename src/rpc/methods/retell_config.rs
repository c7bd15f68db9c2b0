//! `retell.config.*`: what a company's agents are to be like, and whether Retell's webhooks arrive.

use crate::operations::reception::functions::{self, FunctionUpdate};
use crate::operations::reception::prompt::{self, PromptAsked};
use crate::operations::reception::webhook::{self, WebhookUpdate};
use crate::operations::reception::{self, Of};
use crate::rpc::table::{Ask, Method};

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::reads(
            "retell.config.getWebhook",
            "Webhook address, events, signing key (masked), last test, and whether the agents at Retell know of it",
            |ask: Ask, of: Of| async move { webhook::get(&ask.house, &ask.site, &ask.who, &of).await },
        ),
        Method::changes(
            "retell.config.updateWebhook",
            "Set events and timeout, or replace the signing key with both valid for a time",
            |ask: Ask, update: WebhookUpdate| async move {
                webhook::update(&ask.house, &ask.site, &ask.who, update).await
            },
        )
        .idempotent(),
        Method::changes(
            "retell.config.testWebhook",
            "Send a signed event through the public address and see whether it arrives",
            |ask: Ask, of: Of| async move { reception::test_webhook(&ask.house, &ask.site, &ask.who, &of).await },
        ),
        Method::reads(
            "retell.config.getCustomFunctions",
            "The functions of a company's agents, as the next deployment gives them",
            |ask: Ask, of: Of| async move { functions::list(&ask.house, &ask.site, &ask.who, &of).await },
        ),
        Method::changes(
            "retell.config.updateCustomFunction",
            "Switch a function on or off, or set its words and its timeout",
            |ask: Ask, update: FunctionUpdate| async move {
                let (of, name, change) = update.parts();
                functions::change(&ask.house, &ask.site, &ask.who, (&of, &name), change).await
            },
        )
        .idempotent(),
        Method::reads(
            "retell.config.getAgentPromptTemplate",
            "The prompt of a company's agents, from the template of its language and trade",
            |ask: Ask, asked: PromptAsked| async move { prompt::get(&ask.house, &ask.who, asked).await },
        ),
    ]
}
