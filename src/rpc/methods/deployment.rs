//! `retell.…`: setting up an agent at Retell, shown before and undone after.

use crate::operations::deployments::{self, Which, WhichDeployment};
use crate::rpc::table::{Ask, Method};

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::reads(
            "retell.planDeployment",
            "What would change at Retell if the agent were set up as it is wanted",
            |ask: Ask, which: Which| async move { deployments::plan(&ask.house, &ask.site, &ask.who, &which).await },
        ),
        Method::changes(
            "retell.config.deployCustomFunctions",
            "Sets up the agent at Retell as it is wanted: functions, webhooks, numbers; publishes it and reads it back",
            |ask: Ask, which: Which| async move { deployments::deploy(&ask.house, &ask.site, &ask.who, &which).await },
        )
        .destructive()
        .idempotent(),
        Method::reads(
            "retell.planRollback",
            "What undoing a deployment would change, also of what others have changed since",
            |ask: Ask, which: WhichDeployment| async move {
                deployments::plan_rollback(&ask.house, &ask.site, &ask.who, &which).await
            },
        ),
        Method::changes(
            "retell.rollbackDeployment",
            "Brings back what stood at Retell before a deployment, as a new published version",
            |ask: Ask, which: WhichDeployment| async move {
                deployments::rollback(&ask.house, &ask.site, &ask.who, &which).await
            },
        )
        .destructive()
        .idempotent(),
        Method::reads(
            "retell.listDeployments",
            "What was deployed, the newest first, and what came of it",
            |ask: Ask, which: Which| async move { deployments::list(&ask.house, &ask.who, &which).await },
        ),
    ]
}
