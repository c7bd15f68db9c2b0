//! Companies over REST: what is set about them, changed with the checks of their files, and the files themselves.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Json, Path, Query, ServiceConfig};
use serde::Deserialize;
use utoipa::{IntoParams, OpenApi};

use super::Rooms;
use super::admin::{Answer, shown};
use super::auth::Caller;
use crate::operations::List;
use crate::operations::companies::changing::{
    self, BranchChange, CompanyChange, CompanyChanged, CompanySettings, CompanyView,
};
use crate::operations::deliveries::{self, UnknownNumberView};

#[derive(OpenApi)]
#[openapi(paths(list_companies, get_company, change_company, get_config, put_config, list_unknown_numbers))]
pub(super) struct Document;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/api/admin/v1/companies").route(web::get().to(list_companies)))
        .service(
            web::resource("/api/admin/v1/companies/{slug}")
                .route(web::get().to(get_company))
                .route(web::patch().to(change_company)),
        )
        .service(
            web::resource("/api/admin/v1/companies/{slug}/config")
                .route(web::get().to(get_config))
                .route(web::put().to(put_config)),
        )
        .service(web::resource("/api/admin/v1/unknown-numbers").route(web::get().to(list_unknown_numbers)));
}

/// Companies
#[utoipa::path(get, path = "/api/admin/v1/companies", responses((status = 200, body = List<CompanyView>)))]
async fn list_companies(rooms: Data<Rooms>, who: Caller) -> Answer {
    Ok(shown(&changing::list(&rooms.house, &who.0)?))
}

/// All that is set about a company, without its keys
#[utoipa::path(get, path = "/api/admin/v1/companies/{slug}", params(("slug" = String, Path)), responses((status = 200, body = CompanySettings)))]
async fn get_company(rooms: Data<Rooms>, who: Caller, slug: Path<String>) -> Answer {
    Ok(shown(&changing::get(&rooms.house, &who.0, &slug).await?))
}

/// Change a company's name or policy, `test_mode` for one; checked as its file is
#[utoipa::path(
    patch,
    path = "/api/admin/v1/companies/{slug}",
    params(("slug" = String, Path)),
    request_body(content = CompanyChange, example = json!({"policy": {"test_mode": true, "min_notice_minutes": 120}})),
    responses((status = 200, body = CompanyChanged))
)]
async fn change_company(
    rooms: Data<Rooms>,
    who: Caller,
    slug: Path<String>,
    change: Json<CompanyChange>,
) -> Answer {
    Ok(shown(&changing::change(&rooms.house, &who.0, &slug, change.into_inner()).await?))
}

/// Which company's branch.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AtCompany {
    /// A company's slug; needed where several have a branch of that slug.
    company: Option<String>,
}

/// Change a branch: hours, closures, special hours, or whether it is paused; checked as the company's file is
#[utoipa::path(
    patch,
    path = "/api/admin/v1/branches/{slug}",
    params(("slug" = String, Path), AtCompany),
    request_body(content = BranchChange, example = json!({"paused": true, "special_hours": ["2026-12-24 09:00-13:00"]})),
    responses((status = 200, body = CompanyChanged))
)]
pub(super) async fn change_branch(
    rooms: Data<Rooms>,
    who: Caller,
    slug: Path<String>,
    query: Query<AtCompany>,
    change: Json<BranchChange>,
) -> Answer {
    let which = (slug.as_str(), query.company.as_deref());
    Ok(shown(&changing::change_branch(&rooms.house, &who.0, which, change.into_inner()).await?))
}

/// The company's file, as `fernamt export-config` prints it; no key stands in it
#[utoipa::path(get, path = "/api/admin/v1/companies/{slug}/config", params(("slug" = String, Path)), responses((status = 200, body = String, content_type = "application/toml")))]
async fn get_config(rooms: Data<Rooms>, who: Caller, slug: Path<String>) -> Answer {
    let file = changing::file(&rooms.house, &who.0, &slug).await?;
    Ok(HttpResponse::Ok().content_type("application/toml").body(file))
}

/// Whether anything is kept.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Dry {
    /// True: only tell what would change.
    dry_run: bool,
}

/// Bring a company to what its file says; keys stay where the file shows references as it was read
#[utoipa::path(
    put,
    path = "/api/admin/v1/companies/{slug}/config",
    params(("slug" = String, Path), Dry),
    request_body(content = String, content_type = "application/toml"),
    responses((status = 200, body = CompanyChanged))
)]
async fn put_config(
    rooms: Data<Rooms>,
    who: Caller,
    slug: Path<String>,
    query: Query<Dry>,
    file: String,
) -> Answer {
    Ok(shown(&changing::put_file(&rooms.house, &who.0, (&slug, &file), query.dry_run).await?))
}

/// Numbers that rang and belong to no branch, the latest first; for administrators of the platform
#[utoipa::path(get, path = "/api/admin/v1/unknown-numbers", responses((status = 200, body = List<UnknownNumberView>)))]
async fn list_unknown_numbers(rooms: Data<Rooms>, who: Caller) -> Answer {
    Ok(shown(&deliveries::unknown_numbers(&rooms.house, &who.0).await?))
}
