//! Users and tokens over REST: who may look after which company.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Json, Path, ServiceConfig};
use utoipa::OpenApi;

use super::Rooms;
use super::admin::{Answer, shown};
use super::auth::Caller;
use crate::operations::tokens::{self, NewToken, TokenMade, TokenView};
use crate::operations::users::{self, NewUser, UserChange, UserView};
use crate::operations::{List, Role};

#[derive(OpenApi)]
#[openapi(
    paths(list_users, create_user, change_user, list_tokens, create_token, revoke_token),
    components(schemas(Role))
)]
pub(super) struct Document;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/api/admin/v1/users")
                .route(web::get().to(list_users))
                .route(web::post().to(create_user)),
        )
        .service(web::resource("/api/admin/v1/users/{id}").route(web::patch().to(change_user)))
        .service(
            web::resource("/api/admin/v1/tokens")
                .route(web::get().to(list_tokens))
                .route(web::post().to(create_token)),
        )
        .service(web::resource("/api/admin/v1/tokens/{id}").route(web::delete().to(revoke_token)));
}

/// People who may log in
#[utoipa::path(get, path = "/api/admin/v1/users", responses((status = 200, body = List<UserView>)))]
async fn list_users(rooms: Data<Rooms>, who: Caller) -> Answer {
    let house = &rooms.house;
    Ok(shown(&users::list(house.store(), &house.directory(), &who.0).await?))
}

/// Enter a person
#[utoipa::path(post, path = "/api/admin/v1/users", request_body = NewUser, responses((status = 201, body = UserView)))]
async fn create_user(rooms: Data<Rooms>, who: Caller, new: Json<NewUser>) -> Answer {
    let house = &rooms.house;
    let desk = (house.directory(), who.0);
    let user = users::create(house.store(), house.clock(), (&desk.0, &desk.1), new.into_inner()).await?;
    Ok(HttpResponse::Created().json(user))
}

/// Disable or enable a person, or give another password
#[utoipa::path(
    patch,
    path = "/api/admin/v1/users/{id}",
    params(("id" = String, Path, description = "The id, or the e-mail")),
    request_body = UserChange,
    responses((status = 200, body = UserView))
)]
async fn change_user(rooms: Data<Rooms>, who: Caller, id: Path<String>, change: Json<UserChange>) -> Answer {
    let (house, directory) = (&rooms.house, rooms.house.directory());
    let desk = (directory.as_ref(), &who.0);
    Ok(shown(&users::change(house.store(), house.clock(), desk, &id, change.into_inner()).await?))
}

/// Tokens, without the tokens themselves
#[utoipa::path(get, path = "/api/admin/v1/tokens", responses((status = 200, body = List<TokenView>)))]
async fn list_tokens(rooms: Data<Rooms>, who: Caller) -> Answer {
    let house = &rooms.house;
    Ok(shown(&tokens::list(house.store(), &house.directory(), &who.0).await?))
}

/// Make a token; the answer is the only place where it can be read
#[utoipa::path(post, path = "/api/admin/v1/tokens", request_body = NewToken, responses((status = 201, body = TokenMade)))]
async fn create_token(rooms: Data<Rooms>, who: Caller, new: Json<NewToken>) -> Answer {
    let (house, directory) = (&rooms.house, rooms.house.directory());
    let made = tokens::grant(house.store(), house.clock(), (&directory, &who.0), new.into_inner()).await?;
    Ok(HttpResponse::Created().insert_header(("Cache-Control", "no-store")).json(made))
}

/// Revoke a token
#[utoipa::path(
    delete,
    path = "/api/admin/v1/tokens/{id}",
    params(("id" = String, Path, description = "The id that the list shows")),
    responses((status = 204, description = "Revoked"))
)]
async fn revoke_token(rooms: Data<Rooms>, who: Caller, id: Path<String>) -> Answer {
    tokens::revoke(rooms.house.store(), rooms.house.clock(), &who.0, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}
