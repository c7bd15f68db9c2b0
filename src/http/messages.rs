//! Channels and messages over REST: where a company wants to hear of things, and what has become of each message.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Json, Path, Query, ServiceConfig};
use serde::Deserialize;
use utoipa::{IntoParams, OpenApi};

use super::Rooms;
use super::admin::{Answer, shown};
use super::auth::Caller;
use crate::operations::List;
use crate::operations::channels::{self, ChannelChange, ChannelSet, ChannelTest, ChannelView};
use crate::operations::messages::{self, MessageView};

#[derive(OpenApi)]
#[openapi(paths(list_channels, put_channel, remove_channel, test_channel, list_messages, retry_message))]
pub(super) struct Document;

/// Whose channel.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Whose {
    /// A company's slug; needed where the token sees several.
    company: Option<String>,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    let at = |path: &str| web::resource(format!("/api/admin/v1/{path}"));
    config
        .service(at("channels").route(web::get().to(list_channels)))
        .service(
            at("channels/{name}").route(web::put().to(put_channel)).route(web::delete().to(remove_channel)),
        )
        .service(at("channels/{name}/test").route(web::post().to(test_channel)))
        .service(at("messages").route(web::get().to(list_messages)))
        .service(at("messages/{id}/retry").route(web::post().to(retry_message)));
}

/// Where companies want to hear of things
#[utoipa::path(get, path = "/api/admin/v1/channels", params(Whose), responses((status = 200, body = List<ChannelView>)))]
async fn list_channels(rooms: Data<Rooms>, who: Caller, whose: Query<Whose>) -> Answer {
    Ok(shown(&channels::list(&rooms.house, &who.0, whose.company.as_deref())?))
}

/// Enter a channel, or change the one of that name; a secret made here is told in this answer alone
#[utoipa::path(
    put,
    path = "/api/admin/v1/channels/{name}",
    params(("name" = String, Path, description = "1 to 64 of a-z, 0-9 and -"), Whose),
    request_body = ChannelChange,
    responses((status = 200, body = ChannelSet))
)]
async fn put_channel(
    rooms: Data<Rooms>,
    who: Caller,
    name: Path<String>,
    whose: Query<Whose>,
    change: Json<ChannelChange>,
) -> Answer {
    let which = (whose.company.as_deref(), name.as_str());
    let set = channels::put(&rooms.house, &who.0, which, change.into_inner()).await?;
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(set))
}

/// Take a channel out; what waits for it is not sent
#[utoipa::path(
    delete,
    path = "/api/admin/v1/channels/{name}",
    params(("name" = String, Path), Whose),
    responses((status = 204, description = "Taken out"))
)]
async fn remove_channel(rooms: Data<Rooms>, who: Caller, name: Path<String>, whose: Query<Whose>) -> Answer {
    channels::remove(&rooms.house, &who.0, (whose.company.as_deref(), name.as_str())).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Send a test message now and see whether it is taken
#[utoipa::path(
    post,
    path = "/api/admin/v1/channels/{name}/test",
    params(("name" = String, Path), Whose),
    responses((status = 200, body = ChannelTest))
)]
async fn test_channel(rooms: Data<Rooms>, who: Caller, name: Path<String>, whose: Query<Whose>) -> Answer {
    Ok(shown(&channels::test(&rooms.house, &who.0, (whose.company.as_deref(), name.as_str())).await?))
}

/// Messages, newest first, without their texts
#[utoipa::path(get, path = "/api/admin/v1/messages", params(messages::Query), responses((status = 200, body = List<MessageView>)))]
async fn list_messages(rooms: Data<Rooms>, who: Caller, query: Query<messages::Query>) -> Answer {
    Ok(shown(&messages::list(&rooms.house, &who.0, &query).await?))
}

/// Send once more what was given up
#[utoipa::path(
    post,
    path = "/api/admin/v1/messages/{id}/retry",
    params(("id" = String, Path)),
    responses((status = 200, body = MessageView), (status = 409, description = "It was not given up"))
)]
async fn retry_message(rooms: Data<Rooms>, who: Caller, id: Path<String>) -> Answer {
    Ok(shown(&messages::retry(&rooms.house, &who.0, &id).await?))
}
