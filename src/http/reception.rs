//! What a company's agents are to be like, over REST: functions, webhook, prompt.

use actix_web::web::{self, Data, Json, Path, Query, ServiceConfig};
use utoipa::OpenApi;

use super::Rooms;
use super::admin::{Answer, shown};
use super::auth::Caller;
use crate::domain::deployment::reception::{Author, FunctionChange, PromptChange, Trade};
use crate::operations::reception::functions::{self, AgentFunctionView, AgentFunctionsView, FunctionUpdated};
use crate::operations::reception::prompt::{self, PromptAsked, PromptView};
use crate::operations::reception::webhook::{self, WebhookUpdate, WebhookUpdated, WebhookView};
use crate::operations::reception::{Of, OfBranch, WebhookTestView, test_webhook};

#[derive(OpenApi)]
#[openapi(
    paths(
        list_functions,
        get_function,
        change_function,
        get_webhook,
        change_webhook,
        try_webhook,
        get_prompt,
        change_prompt
    ),
    components(schemas(Author, Trade))
)]
pub(super) struct Document;

pub(super) fn routes(config: &mut ServiceConfig) {
    let at = |what: &str| web::resource(format!("/api/admin/v1/companies/{{slug}}/{what}"));
    config
        .service(at("functions").route(web::get().to(list_functions)))
        .service(
            at("functions/{name}").route(web::get().to(get_function)).route(web::patch().to(change_function)),
        )
        .service(at("webhook").route(web::get().to(get_webhook)).route(web::patch().to(change_webhook)))
        .service(at("webhook/test").route(web::post().to(try_webhook)))
        .service(at("prompt").route(web::get().to(get_prompt)).route(web::patch().to(change_prompt)));
}

fn of(slug: &str, query: Query<OfBranch>) -> Of {
    Of { company: Some(slug.to_owned()), branch: query.into_inner().branch }
}

/// The functions of a company's agents, as the next deployment gives them
#[utoipa::path(get, path = "/api/admin/v1/companies/{slug}/functions", params(("slug" = String, Path), OfBranch), responses((status = 200, body = AgentFunctionsView)))]
async fn list_functions(
    rooms: Data<Rooms>,
    who: Caller,
    slug: Path<String>,
    query: Query<OfBranch>,
) -> Answer {
    Ok(shown(&functions::list(&rooms.house, &rooms.site, &who.0, &of(&slug, query)).await?))
}

/// One function
#[utoipa::path(get, path = "/api/admin/v1/companies/{slug}/functions/{name}", params(("slug" = String, Path), ("name" = String, Path), OfBranch), responses((status = 200, body = AgentFunctionView)))]
async fn get_function(
    rooms: Data<Rooms>,
    who: Caller,
    path: Path<(String, String)>,
    query: Query<OfBranch>,
) -> Answer {
    let (slug, name) = path.into_inner();
    let about = (&of(&slug, query), name.as_str());
    Ok(shown(&functions::get(&rooms.house, &rooms.site, &who.0, about).await?))
}

/// Switch a function on or off, or set its words and its timeout; agents get it with the next deployment
#[utoipa::path(
    patch,
    path = "/api/admin/v1/companies/{slug}/functions/{name}",
    params(("slug" = String, Path), ("name" = String, Path), OfBranch),
    request_body = FunctionChange,
    responses(
        (status = 200, body = FunctionUpdated),
        (status = 409, description = "Somebody else has just changed these settings")
    )
)]
async fn change_function(
    rooms: Data<Rooms>,
    who: Caller,
    path: Path<(String, String)>,
    query: Query<OfBranch>,
    change: Json<FunctionChange>,
) -> Answer {
    let (slug, name) = path.into_inner();
    let about = (&of(&slug, query), name.as_str());
    Ok(shown(&functions::change(&rooms.house, &rooms.site, &who.0, about, change.into_inner()).await?))
}

/// What Retell tells this server, signed with which key, and whether the agents know where to
#[utoipa::path(get, path = "/api/admin/v1/companies/{slug}/webhook", params(("slug" = String, Path), OfBranch), responses((status = 200, body = WebhookView)))]
async fn get_webhook(rooms: Data<Rooms>, who: Caller, slug: Path<String>, query: Query<OfBranch>) -> Answer {
    Ok(shown(&webhook::get(&rooms.house, &rooms.site, &who.0, &of(&slug, query)).await?))
}

/// Set events and timeout, or replace the signing key with both valid for a time
#[utoipa::path(
    patch,
    path = "/api/admin/v1/companies/{slug}/webhook",
    params(("slug" = String, Path), OfBranch),
    request_body = WebhookUpdate,
    responses(
        (status = 200, body = WebhookUpdated),
        (status = 409, description = "Somebody else has just changed these settings")
    )
)]
async fn change_webhook(
    rooms: Data<Rooms>,
    who: Caller,
    slug: Path<String>,
    query: Query<OfBranch>,
    update: Json<WebhookUpdate>,
) -> Answer {
    // The path says whose it is, whatever the body says.
    let Of { company, branch } = of(&slug, query);
    let update = WebhookUpdate { company, branch, ..update.into_inner() };
    Ok(shown(&webhook::update(&rooms.house, &rooms.site, &who.0, update).await?))
}

/// Send a signed event through the public address and see whether it arrives
#[utoipa::path(post, path = "/api/admin/v1/companies/{slug}/webhook/test", params(("slug" = String, Path), OfBranch), responses((status = 200, body = WebhookTestView)))]
async fn try_webhook(rooms: Data<Rooms>, who: Caller, slug: Path<String>, query: Query<OfBranch>) -> Answer {
    Ok(shown(&test_webhook(&rooms.house, &rooms.site, &who.0, &of(&slug, query)).await?))
}

/// The prompt of a company's agents, from the template of its language and trade
#[utoipa::path(get, path = "/api/admin/v1/companies/{slug}/prompt", params(("slug" = String, Path), OfBranch), responses((status = 200, body = PromptView)))]
async fn get_prompt(rooms: Data<Rooms>, who: Caller, slug: Path<String>, query: Query<OfBranch>) -> Answer {
    let Of { company, branch } = of(&slug, query);
    let asked = PromptAsked { company, branch, ..PromptAsked::default() };
    Ok(shown(&prompt::get(&rooms.house, &who.0, asked).await?))
}

/// Set whose the prompt is, its trade, what is said about recording, and the company's own words
#[utoipa::path(
    patch,
    path = "/api/admin/v1/companies/{slug}/prompt",
    params(("slug" = String, Path), OfBranch),
    request_body = PromptChange,
    responses(
        (status = 200, body = PromptView),
        (status = 409, description = "Somebody else has just changed these settings")
    )
)]
async fn change_prompt(
    rooms: Data<Rooms>,
    who: Caller,
    slug: Path<String>,
    query: Query<OfBranch>,
    change: Json<PromptChange>,
) -> Answer {
    Ok(shown(&prompt::change(&rooms.house, &who.0, &of(&slug, query), change.into_inner()).await?))
}
