//! Trunk lines to Retell: asking a workspace about its calls, only so often a second.

use std::num::NonZeroU32;
use std::sync::Arc;

use dashmap::DashMap;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use crate::domain::readiness::Number;
use crate::retell::{self, Client, Found, KeyInfo, ListedAgent, Page, Profile, ReadFailure, WriteFailure};
use crate::store::directory::RetellAccess;

/// All trunk lines of the house.
#[derive(Debug)]
pub struct Trunks {
    http: reqwest::Client,
    settings: retell::Settings,
    paces: DashMap<String, Arc<DefaultDirectRateLimiter>>,
}

/// The line to one workspace.
#[derive(Clone, Debug)]
pub struct Trunk {
    client: Client,
    pace: Arc<DefaultDirectRateLimiter>,
    /// Names the workspace without giving its key away.
    pub workspace: String,
}

impl Trunks {
    pub fn new(http: reqwest::Client, settings: retell::Settings) -> Self {
        Self { http, settings, paces: DashMap::new() }
    }

    /// The line that an access opens; None: there is no key, or its address cannot be used.
    pub fn line(&self, access: RetellAccess) -> Option<Trunk> {
        let key = access.api_key?;
        let print = Sha256::new().chain_update(&access.base_url).chain_update("\n");
        let print = print.chain_update(key.expose_secret()).finalize();
        let workspace = hex::encode(&print[..8]);
        let client = Client::new(self.http.clone(), &access.base_url, key, &self.settings).ok()?;
        let per_second = NonZeroU32::new(self.settings.requests_per_second_max).unwrap_or(NonZeroU32::MIN);
        let new =
            || Arc::new(RateLimiter::direct(Quota::per_second(per_second).allow_burst(NonZeroU32::MIN)));
        let pace = self.paces.entry(workspace.clone()).or_insert_with(new).clone();
        Some(Trunk { client, pace, workspace })
    }
}

impl Trunk {
    /// The workspace itself, for what somebody waits for.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// A call, when it is our turn to ask; None: the workspace has no such call.
    pub async fn call(&self, id: &str) -> Result<Option<Found>, ReadFailure> {
        self.pace.until_ready().await;
        self.client.call(id).await
    }

    /// Deletes a call with its recording and transcript; false: the workspace has no such call any more.
    pub async fn delete_call(&self, id: &str) -> Result<bool, WriteFailure> {
        self.pace.until_ready().await;
        self.client.delete_call(id).await
    }

    /// All voice agents of the workspace.
    pub async fn agents(&self) -> Result<Vec<ListedAgent>, ReadFailure> {
        self.pace.until_ready().await;
        self.client.agents().await
    }

    /// An agent in that version or in the published one; None: the workspace has no such agent.
    pub async fn profile(&self, id: &str, version: Option<&str>) -> Result<Option<Profile>, ReadFailure> {
        self.pace.until_ready().await;
        self.client.profile(id, version).await
    }

    /// All numbers of the workspace.
    pub async fn numbers(&self) -> Result<Vec<Number>, ReadFailure> {
        self.pace.until_ready().await;
        self.client.numbers().await
    }

    /// Whose key opens the line.
    pub async fn key_info(&self) -> Result<KeyInfo, ReadFailure> {
        self.pace.until_ready().await;
        self.client.key_info().await
    }

    /// A page of the calls that ended in this range, when it is our turn to ask.
    pub async fn ended_calls(
        &self,
        range: (Timestamp, Timestamp),
        page: Option<&str>,
        limit: usize,
    ) -> Result<Page, ReadFailure> {
        self.pace.until_ready().await;
        self.client.ended_calls(range, page, limit).await
    }
}
