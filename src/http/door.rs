//! Retell's door: whose call it is and whether that company's workspace signed it, before a word is believed.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use super::Rooms;
use crate::clock::{Clock, Stopwatch};
use crate::domain::Hidden;
use crate::domain::directory::{Company, Directory, Line};
use crate::domain::ids::CompanyId;
use crate::domain::phone::PhoneNumber;
use crate::meters;
use crate::retell::Call;
use crate::retell::signature::{self, Invalid};
use crate::store::Scope;
use crate::store::journal::Delivery;

/// Who knocked.
#[derive(Debug)]
pub(super) enum Visitor {
    /// A tenant's own workspace, about this line.
    Known { company: Arc<Company>, line: Line },
    /// A workspace of this installation, about a number or agent that nobody here has.
    Unknown,
}

/// What came, with its signature.
pub(super) struct Knock<'a> {
    pub(super) rooms: &'a Rooms,
    pub(super) body: &'a [u8],
    pub(super) now: Timestamp,
    /// Runs since the knock.
    pub(super) watch: Stopwatch,
    signature: Option<String>,
    source: Option<IpAddr>,
}

impl<'a> Knock<'a> {
    pub(super) fn new(rooms: &'a Rooms, request: &HttpRequest, body: &'a [u8]) -> Self {
        let header = request.headers().get(signature::HEADER);
        let signature = header.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let source = rooms.strangers.source(request);
        Self { rooms, body, signature, source, now: rooms.house.clock().now(), watch: Clock::stopwatch() }
    }

    /// Lets in whoever the number names, if its company's key signed; nobody else, ever.
    pub(super) async fn open(&self, call: Option<&Call>) -> Result<Visitor, Invalid> {
        let directory = self.rooms.house.directory();
        let line = call.and_then(|call| line_of(&directory, call));
        if let Some((line, company)) = line.and_then(|line| Some((line, directory.company(line.company)?))) {
            self.verify(company)?;
            return Ok(Visitor::Known { company: company.clone(), line });
        }
        // Only whoever has signed is worth a question to the books.
        let signers = self.signers(&directory)?;
        let line = match call {
            Some(call) => self.line_of_known_call(signers, call).await,
            None => None,
        };
        match line.and_then(|line| Some((line, directory.company(line.company)?))) {
            Some((line, company)) => Ok(Visitor::Known { company: company.clone(), line }),
            None => Ok(Visitor::Unknown),
        }
    }

    /// The companies of this installation whose workspace signed it; an error where there is none.
    pub(super) fn signers(&self, directory: &Directory) -> Result<Vec<CompanyId>, Invalid> {
        // What is not even of the right form is refused before a key is tried.
        if let Err(invalid @ (Invalid::Missing | Invalid::Malformed | Invalid::Stale)) = self.verify_with(&[])
        {
            return Err(invalid);
        }
        if self.rooms.strangers.is_barred(self.source, self.now) {
            return Err(Invalid::Wrong);
        }
        let mut owners: BTreeMap<&str, (&SecretString, Vec<CompanyId>)> = BTreeMap::new();
        for company in directory.companies() {
            for key in &company.webhook_keys {
                owners.entry(key.expose_secret()).or_insert_with(|| (key, Vec::new())).1.push(company.id);
            }
        }
        let signer = owners.into_values().find(|(key, _)| self.verify_with(&[*key]).is_ok());
        let Some((_, companies)) = signer else {
            self.rooms.strangers.failed(self.source, self.now);
            return Err(Invalid::Wrong);
        };
        Ok(companies)
    }

    /// What came, as it is kept.
    pub(super) fn delivery(&self, route: &'static str, event: &str, our_number: Option<&str>) -> Delivery {
        Delivery {
            id: self.rooms.house.clock().mint().into(),
            route,
            event: short(event, 64),
            once: None,
            our_number: our_number.map(|number| short(number, 32)),
            body: Some(Hidden(String::from_utf8_lossy(self.body).into_owned())),
        }
    }

    fn verify(&self, company: &Company) -> Result<(), Invalid> {
        let keys: Vec<&SecretString> = company.webhook_keys.iter().collect();
        self.verify_with(&keys)
    }

    fn verify_with(&self, keys: &[&SecretString]) -> Result<(), Invalid> {
        signature::verify(self.body, self.signature.as_deref(), keys, self.now).map(drop)
    }

    /// A call that names no number but is known: it belongs to the one signer who has it.
    async fn line_of_known_call(&self, signers: Vec<CompanyId>, call: &Call) -> Option<Line> {
        if call.our_number().is_some() {
            return None;
        }
        let calls = self.rooms.house.store().calls(Scope::Companies(signers));
        let known = calls.companies_of(call.call_id.as_deref()?).await.ok()?;
        match known.as_slice() {
            [company] => Some(Line { company: *company, branch: None }),
            _ => None,
        }
    }
}

fn line_of(directory: &Directory, call: &Call) -> Option<Line> {
    if call.is_web() {
        return directory.line_of_agent(call.agent_id.as_deref()?);
    }
    let number = PhoneNumber::parse_e164(call.our_number()?).ok()?;
    directory.line_of_number(&number)
}

/// A word of somebody else's as it may be stored: short, and without what PostgreSQL would refuse.
pub(super) fn short(text: &str, most: usize) -> String {
    text.chars().filter(|sign| !sign.is_control()).take(most).collect()
}

/// What is answered to whoever did not sign.
pub(super) fn refuse(invalid: Invalid) -> HttpResponse {
    meters::signature_refused(match invalid {
        Invalid::Missing => "missing",
        Invalid::Malformed => "malformed",
        Invalid::Stale => "stale",
        Invalid::Wrong => "wrong",
    });
    tracing::warn!(reason = %invalid, "a request was not signed by Retell for us: {invalid}");
    let message = "x-retell-signature is missing, stale or not by this company's webhook key";
    super::error::refusal(StatusCode::UNAUTHORIZED, "invalid_signature", message)
}
