//! All of actix-web: the doors for Retell, for people with tokens, and for whoever watches that the house stands.

#[expect(unused_qualifications, reason = "utoipa writes out the paths of query parameters")]
mod admin;
mod analytics;
mod audit;
mod auth;
mod calcom;
#[expect(unused_qualifications, reason = "as above")]
mod companies;
mod dashboard;
mod docs;
mod door;
mod error;
#[expect(unused_qualifications, reason = "as above")]
mod events;
mod functions;
mod health;
mod inbound;
pub mod limit;
mod mcp;
#[expect(unused_qualifications, reason = "as above")]
mod messages;
mod metrics;
pub mod openapi;
mod people;
mod privacy;
mod reception;
mod rpc;
mod session;
mod signed;
mod watch;
mod webhooks;

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::web::{self, ServiceConfig};
use serde::{Deserialize, Serialize};

pub use limit::{Greeter, gate};
pub use metrics::Readers;
pub use watch::watch;

use crate::actors::Switchboard;
use crate::operations::readiness::Site;
use crate::operations::sessions;

/// Settings of the `[web]` table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub trusted_proxies: Vec<IpAddr>,
    pub body_max_bytes: usize,
    /// Who may read `/metrics`.
    pub metrics: Readers,
}

/// The settings of all that happens at the doors.
#[derive(Clone, Copy, Debug)]
pub struct All<'a> {
    pub web: &'a Settings,
    pub limits: &'a limit::Settings,
    pub sign_in: &'a sessions::Settings,
}

/// What every handler may use. Cheap to clone.
#[derive(Clone)]
pub struct Rooms {
    pub house: Switchboard,
    site: Arc<Site>,
    sign_in: Arc<sessions::Settings>,
    limits: Arc<limit::Limits>,
    body_max_bytes: usize,
    readers: Readers,
    scrapes: Arc<metrics::Scrapes>,
    signatures: Arc<signed::Signatures>,
}

impl std::fmt::Debug for Rooms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rooms")
    }
}

impl Rooms {
    pub fn new(house: Switchboard, settings: All<'_>, site: Arc<Site>) -> Self {
        let All { web, limits, sign_in } = settings;
        let limits = limit::Limits::new(limits, &web.trusted_proxies, house.clock());
        Self {
            house,
            site,
            sign_in: Arc::new(sign_in.clone()),
            limits,
            body_max_bytes: web.body_max_bytes,
            readers: web.metrics,
            scrapes: Arc::default(),
            signatures: Arc::default(),
        }
    }

    /// Where it stands who is signed in.
    fn register(&self) -> sessions::Register<'_> {
        sessions::Register { store: self.house.store(), clock: self.house.clock(), settings: &self.sign_in }
    }

    /// Greets the connections that will come to these rooms.
    pub fn greeter(&self) -> Greeter {
        Greeter(self.limits.clone())
    }
}

/// The version of this program, told in every answer.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Bodies at doors other than Retell's, in bytes.
const SMALL_BODY_MAX_BYTES: usize = 64 * 1_024;

/// Hangs all doors.
pub fn routes(rooms: Rooms) -> impl Fn(&mut ServiceConfig) + Clone {
    move |config| {
        config
            .app_data(web::Data::new(rooms.clone()))
            .app_data(web::PayloadConfig::new(SMALL_BODY_MAX_BYTES))
            .app_data(error::query())
            .app_data(error::json())
            .configure(webhooks::routes)
            .configure(calcom::routes)
            .configure(functions::routes)
            .configure(rpc::routes)
            .configure(|config| mcp::routes(config, &rooms))
            .configure(people::routes)
            .configure(privacy::routes)
            .configure(messages::routes)
            .configure(reception::routes)
            .configure(companies::routes)
            .configure(analytics::routes)
            .configure(events::routes)
            .configure(audit::routes)
            .configure(admin::routes)
            .configure(docs::routes)
            .configure(dashboard::routes)
            .configure(health::routes)
            .configure(metrics::routes)
            .default_service(web::to(error::not_here));
    }
}
