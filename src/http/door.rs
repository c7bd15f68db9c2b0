//! Retell's door: whose call it is and whether that company's workspace signed it, before a word is believed.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use super::Rooms;
use super::error::Refusal;
use super::limit::Letter;
use crate::actors::news::{call_id, line_of, short};
use crate::clock::{Clock, Stopwatch};
use crate::domain::directory::{Company, Directory, Line};
use crate::domain::ids::CompanyId;
use crate::meters;
use crate::retell::Call;
use crate::retell::signature::{self, Invalid};
use crate::store::Scope;
use crate::store::journal::Delivery;

/// The largest body for which is tried whose signature it might be; transcripts stay far below it.
const GUESSED_BYTES_MAX: usize = 1_048_576;

/// Who knocked.
#[derive(Debug)]
pub(super) enum Visitor {
    /// A tenant's own workspace, about this line.
    Known { company: Arc<Company>, line: Line },
    /// A workspace of this installation, about a number or agent that nobody here has.
    Unknown { signed_by: Fingerprint },
}

impl Visitor {
    pub(super) fn company(&self) -> Option<CompanyId> {
        match self {
            Self::Known { line, .. } => Some(line.company),
            Self::Unknown { .. } => None,
        }
    }
}

/// Names a key without giving it away, so that it can be recognised later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fingerprint(pub(super) String);

impl Fingerprint {
    pub(super) fn of(key: &SecretString) -> Self {
        Self(signature::fingerprint(key))
    }
}

/// A key that signed, and the companies whose key it is.
#[derive(Debug)]
pub(super) struct Signer {
    fingerprint: Fingerprint,
    companies: Vec<CompanyId>,
}

/// What came, with its signature.
pub(super) struct Knock<'a> {
    pub(super) rooms: &'a Rooms,
    pub(super) body: &'a [u8],
    pub(super) now: Timestamp,
    /// Runs since the knock.
    pub(super) watch: Stopwatch,
    request: &'a HttpRequest,
    letter: &'a Letter,
    signature: Option<&'a str>,
}

impl<'a> Knock<'a> {
    pub(super) fn new(rooms: &'a Rooms, request: &'a HttpRequest, letter: &'a Letter) -> Self {
        let signature = request.headers().get(signature::HEADER).and_then(|value| value.to_str().ok());
        let (now, watch) = (rooms.house.clock().now(), Clock::stopwatch());
        Self { rooms, body: letter.body(), now, watch, request, letter, signature }
    }

    /// Lets in whoever the number names, if its company's key signed; nobody else, ever.
    pub(super) async fn open(&self, call: Option<&Call>) -> Result<Visitor, Invalid> {
        let directory = self.rooms.house.directory();
        let line = call.and_then(|call| line_of(&directory, call));
        if let Some((line, company)) = line.and_then(|line| Some((line, directory.company(line.company)?))) {
            let key = self.verify(company)?;
            let (line, company) = match self.owner(&directory, (company, key), call).await {
                Some(owner) => (Line { company: owner.id, branch: None }, owner),
                None => (line, company),
            };
            return Ok(Visitor::Known { company: company.clone(), line });
        }
        // Only whoever has signed is worth a question to the books.
        let signer = self.signer(&directory)?;
        let line = match call {
            Some(call) => self.line_of_known_call(signer.companies, call).await,
            None => None,
        };
        match line.and_then(|line| Some((line, directory.company(line.company)?))) {
            Some((line, company)) => Ok(Visitor::Known { company: company.clone(), line }),
            None => Ok(Visitor::Unknown { signed_by: signer.fingerprint }),
        }
    }

    /// The workspace of this installation that signed it; an error where there is none.
    pub(super) fn signer(&self, directory: &Directory) -> Result<Signer, Invalid> {
        let limits = &self.rooms.limits;
        if limits.may_not_guess(limits.source(self.request)) {
            meters::turned_away("guessing");
            return Err(Invalid::Wrong);
        }
        let signer = self.guess(directory).ok_or_else(|| {
            limits.wrong_guess(self.request);
            Invalid::Wrong
        })?;
        self.vouch();
        Ok(signer)
    }

    fn guess(&self, directory: &Directory) -> Option<Signer> {
        // Every key is tried on the whole body: what is too large for that is nobody's.
        if self.body.len() > GUESSED_BYTES_MAX {
            return None;
        }
        let mut owners: BTreeMap<&str, (&SecretString, Vec<CompanyId>)> = BTreeMap::new();
        for company in directory.companies() {
            for key in &company.webhook_keys {
                owners.entry(key.expose_secret()).or_insert_with(|| (key, Vec::new())).1.push(company.id);
            }
        }
        let (key, companies) = owners.into_values().find(|(key, _)| self.fits(&[*key]).is_ok())?;
        Some(Signer { fingerprint: Fingerprint::of(key), companies })
    }

    /// What came, as it is kept: what belongs to no company so far with the fingerprint of the key that signed it.
    pub(super) fn delivery(
        &self,
        visitor: &Visitor,
        (route, event): (&'static str, &str),
        our_number: Option<&str>,
    ) -> Delivery {
        Delivery {
            our_number: our_number.map(|number| short(number, 32)),
            signed_by: match visitor {
                Visitor::Known { .. } => None,
                Visitor::Unknown { signed_by } => Some(signed_by.0.clone()),
            },
            headers: Some(self.headers()),
            ..self.rooms.house.delivery(route, short(event, 64), self.body)
        }
    }

    /// What it was sent with, as far as it helps to understand it; never its signature.
    fn headers(&self) -> String {
        let header = |name: &str| {
            let value = self.request.headers().get(name)?.to_str().ok()?;
            Some((name.to_owned(), serde_json::Value::from(short(value, 200))))
        };
        let shown: serde_json::Map<_, _> =
            ["content-type", "user-agent"].into_iter().filter_map(header).collect();
        serde_json::Value::Object(shown).to_string()
    }

    /// The key of the company that signed it.
    fn verify<'k>(&self, company: &'k Company) -> Result<&'k SecretString, Invalid> {
        let keys: Vec<&SecretString> = company.webhook_keys.iter().collect();
        let fits = self.fits(&keys).and_then(|at| keys.get(at).copied().ok_or(Invalid::Wrong));
        match fits {
            Ok(_) => self.vouch(),
            Err(_) => {
                self.rooms.limits.wrong_signature(self.request);
                self.rooms.house.wrong_signature(company.id);
            }
        }
        fits
    }

    pub(super) fn fits(&self, keys: &[&SecretString]) -> Result<usize, Invalid> {
        signature::verify(self.body, self.signature, keys, self.now)
    }

    /// Neither letter nor source nor connection are strangers any more.
    fn vouch(&self) {
        self.letter.vouch();
        self.rooms.limits.right_signature(self.request);
    }

    /// The company whose call it is already, if that is another one with the same key: a call stays where it was first
    /// heard of, though its number has moved since.
    async fn owner<'d>(
        &self,
        directory: &'d Directory,
        (company, key): (&Company, &SecretString),
        call: Option<&Call>,
    ) -> Option<&'d Arc<Company>> {
        let id = call.and_then(call_id)?;
        if self.rooms.house.living_call(&(company.id, id.into())).is_some() {
            return None;
        }
        let is_its_key = |known: &SecretString| known.expose_secret() == key.expose_secret();
        let signers = directory.companies().filter(|one| one.webhook_keys.iter().any(is_its_key));
        let signers: Vec<CompanyId> = signers.map(|one| one.id).collect();
        // Most workspaces are one company's alone.
        if signers.len() < 2 {
            return None;
        }
        let owner = self.only_owner(signers, id).await.filter(|owner| *owner != company.id)?;
        directory.company(owner)
    }

    async fn only_owner(&self, signers: Vec<CompanyId>, id: &str) -> Option<CompanyId> {
        let calls = self.rooms.house.store().calls(Scope::Companies(signers));
        match calls.companies_of(id).await.ok()?.as_slice() {
            [company] => Some(*company),
            _ => None,
        }
    }

    /// A call that names no number of ours but is known: it belongs to the one signer who has it.
    async fn line_of_known_call(&self, signers: Vec<CompanyId>, call: &Call) -> Option<Line> {
        let company = self.only_owner(signers, call_id(call)?).await?;
        Some(Line { company, branch: None })
    }
}

/// What is answered to whoever did not sign.
pub(super) fn refuse(invalid: Invalid) -> HttpResponse {
    refusal(invalid).error_response()
}

pub(super) fn refusal(invalid: Invalid) -> Refusal {
    meters::signature_refused(match invalid {
        Invalid::Missing => "missing",
        Invalid::Malformed => "malformed",
        Invalid::Stale => "stale",
        Invalid::Wrong => "wrong",
    });
    tracing::warn!(reason = %invalid, "a request was not signed by Retell for us: {invalid}");
    let message = "x-retell-signature is missing, stale or not by this company's webhook key";
    Refusal::new(StatusCode::UNAUTHORIZED, "invalid_signature", message)
}
