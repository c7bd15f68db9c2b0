//! Retell's door: whose call it is and whether that company's workspace signed it, before a word is believed.

use std::sync::Arc;

use actix_web::HttpRequest;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use super::Rooms;
use crate::domain::directory::{Company, Directory, Line};
use crate::domain::ids::CompanyId;
use crate::domain::phone::PhoneNumber;
use crate::retell::Call;
use crate::retell::signature::{self, Invalid};
use crate::store::Scope;

/// Who knocked.
#[derive(Debug)]
pub(super) enum Visitor {
    /// A tenant's own workspace, about this line.
    Known { company: Arc<Company>, line: Line },
    /// A workspace of this installation, about a number or agent that nobody here has.
    Unknown,
}

/// Why nobody is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Signature(Invalid),
    /// Too many tries for unknown numbers.
    Crowded,
}

/// What came, with its signature.
pub(super) struct Knock<'a> {
    pub(super) rooms: &'a Rooms,
    pub(super) body: &'a [u8],
    pub(super) signature: Option<String>,
    pub(super) now: Timestamp,
}

impl<'a> Knock<'a> {
    pub(super) fn new(rooms: &'a Rooms, request: &HttpRequest, body: &'a [u8]) -> Self {
        let header = request.headers().get(signature::HEADER);
        let signature = header.and_then(|value| value.to_str().ok()).map(str::to_owned);
        Self { rooms, body, signature, now: rooms.house.clock().now() }
    }

    /// Lets in whoever the number names, if its company's key signed; nobody else, ever.
    pub(super) async fn open(&self, call: Option<&Call>) -> Result<Visitor, Refused> {
        let directory = self.rooms.house.directory();
        let line = match call.and_then(|call| line_of(&directory, call)) {
            Some(line) => Some(line),
            None => match call {
                Some(call) => self.line_of_known_call(&directory, call).await,
                None => None,
            },
        };
        if let Some((line, company)) = line.and_then(|line| Some((line, directory.company(line.company)?))) {
            let keys: Vec<&SecretString> = company.webhook_keys.iter().collect();
            self.verify(&keys)?;
            return Ok(Visitor::Known { company: company.clone(), line });
        }
        self.signed_by_anyone(&directory)?;
        Ok(Visitor::Unknown)
    }

    /// Whether any workspace of this installation signed it.
    pub(super) fn signed_by_anyone(&self, directory: &Directory) -> Result<(), Refused> {
        // What is not even of the right form is refused before a try is spent on it.
        if let Err(invalid @ (Invalid::Missing | Invalid::Malformed | Invalid::Stale)) =
            signature::verify(self.body, self.signature.as_deref(), &[], self.now)
        {
            return Err(Refused::Signature(invalid));
        }
        if self.rooms.unknown_tries.check().is_err() {
            return Err(Refused::Crowded);
        }
        let mut keys: Vec<&SecretString> =
            directory.companies().flat_map(|company| &company.webhook_keys).collect();
        keys.sort_by_key(|key| key.expose_secret());
        keys.dedup_by_key(|key| key.expose_secret());
        self.verify(&keys)
    }

    fn verify(&self, keys: &[&SecretString]) -> Result<(), Refused> {
        let verified = signature::verify(self.body, self.signature.as_deref(), keys, self.now);
        verified.map(drop).map_err(Refused::Signature)
    }

    /// A call that names no number but is known: it belongs to the one tenant whose key signed and who has it.
    async fn line_of_known_call(&self, directory: &Directory, call: &Call) -> Option<Line> {
        if call.our_number().is_some() {
            return None;
        }
        let id = call.call_id.as_deref()?;
        let known: Vec<CompanyId> = self.rooms.house.store().calls(Scope::All).companies_of(id).await.ok()?;
        let signed = |company: &CompanyId| {
            let company = directory.company(*company)?;
            let keys: Vec<&SecretString> = company.webhook_keys.iter().collect();
            self.verify(&keys).ok().map(|()| Line { company: company.id, branch: None })
        };
        let mut lines = known.iter().filter_map(signed);
        lines.next().filter(|_| lines.next().is_none())
    }
}

fn line_of(directory: &Directory, call: &Call) -> Option<Line> {
    if call.is_web() {
        return directory.line_of_agent(call.agent_id.as_deref()?);
    }
    let number = PhoneNumber::parse_e164(call.our_number()?).ok()?;
    directory.line_of_number(&number)
}

impl Refused {
    pub(super) fn response(self) -> actix_web::HttpResponse {
        use actix_web::http::StatusCode;
        match self {
            Self::Signature(invalid) => {
                tracing::warn!(reason = %invalid, "a request was not signed by Retell for us: {invalid}");
                let message = "x-retell-signature is missing, stale or not by this company's webhook key";
                super::error::refusal(StatusCode::UNAUTHORIZED, "invalid_signature", message)
            }
            Self::Crowded => {
                let message = "too many requests for unknown numbers; try again in a minute";
                super::error::refusal(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", message)
            }
        }
    }
}
