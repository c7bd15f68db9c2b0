//! Whether Retell signs with the key that is set: what was signed with it last, and what was signed with another one.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use super::door::Knock;
use crate::actors::news::line_of;
use crate::domain::directory::Company;
use crate::domain::ids::CompanyId;
use crate::operations::reception::EVENT as TEST;
use crate::retell::signature::{Invalid, fingerprint};
use crate::retell::{Call, Webhook};

/// A key that signs is written down anew after this long, so that not every webhook writes.
const SIGNED_AGAIN: SignedDuration = SignedDuration::from_hours(1);
/// Whoever signs wrongly on and on makes us write no more than once in this.
const REFUSED_AGAIN: SignedDuration = SignedDuration::from_mins(5);

/// What has been written down of each company's signatures. Cheap to ask.
#[derive(Default)]
pub(super) struct Signatures {
    signed: Mutex<HashMap<CompanyId, (SecretString, Timestamp)>>,
    refused: Mutex<HashMap<CompanyId, Timestamp>>,
}

impl Signatures {
    fn is_known(&self, company: CompanyId, key: &SecretString, now: Timestamp) -> bool {
        let signed = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        signed.get(&company).is_some_and(|(known, at)| {
            known.expose_secret() == key.expose_secret() && now.duration_since(*at) < SIGNED_AGAIN
        })
    }

    fn know(&self, company: CompanyId, key: &SecretString, now: Timestamp) {
        let mut signed = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        signed.insert(company, (key.clone(), now));
    }

    fn is_told(&self, company: CompanyId, now: Timestamp) -> bool {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let is_told = refused.get(&company).is_some_and(|at| now.duration_since(*at) < REFUSED_AGAIN);
        if !is_told {
            refused.insert(company, now);
        }
        is_told
    }
}

impl Knock<'_> {
    /// Writes down that the key that is set has signed what came; what this house sends itself to try its own door says nothing.
    pub(super) async fn note_the_key(&self, company: &Company, webhook: &Webhook) {
        let Some(key) = company.webhook_keys.first() else { return };
        let is_ours = webhook.event.name().starts_with(TEST);
        let signatures = &self.rooms.signatures;
        if is_ours || signatures.is_known(company.id, key, self.now) || self.fits(&[key]).is_err() {
            return;
        }
        signatures.know(company.id, key, self.now);
        let directory = self.rooms.house.store().directory();
        if let Err(error) = directory.note_signature(company.id, &fingerprint(key), self.now).await {
            tracing::warn!(%error, "which key signed could not be written down: {error}");
        }
    }

    /// Writes down that what claims to be about a company's number was signed with none of its keys.
    pub(super) async fn note_another_key(&self, call: Option<&Call>, invalid: Invalid) {
        let directory = self.rooms.house.directory();
        let line = call.and_then(|call| line_of(&directory, call)).filter(|_| invalid == Invalid::Wrong);
        let Some(line) = line.filter(|line| !self.rooms.signatures.is_told(line.company, self.now)) else {
            return;
        };
        let books = self.rooms.house.store().directory();
        if let Err(error) = books.note_refused_signature(line.company, self.now).await {
            tracing::warn!(%error, "a signature that was refused could not be written down: {error}");
        }
    }
}
