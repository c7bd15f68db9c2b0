//! The requests that are sent: bodies as the simulated Retell writes them, signed in advance, ids of equal length patched in.

use fernamt::sim::retell::{self, Ring, Workspace};
use serde_json::Value;

use crate::stage::{KEY, NUMBER};

/// As long as in the vendor's samples once a conversation is under way, in bytes.
pub(crate) const BODY_LEN: usize = 14_000;

const CALLER: &str = "+491711234567";
const WEBHOOK_PATH: &str = "/api/webhooks/retell";
const CALL_DIGITS: usize = 27;
const TOOL_DIGITS: usize = 6;
/// What stands in a header before its first signature; as long as every signature of this century.
const UNSIGNED: usize = "v=1795186800123,d=".len() + 64;

/// What an agent and a caller say to each other until the body is long enough.
const TALK: [(&str, &str); 4] = [
    ("Salon Messwert, guten Tag, was kann ich für Sie tun?", "Guten Tag, ich hätte gern einen Termin."),
    (
        "Gern. Was darf es denn sein, und an welchem Tag passt es Ihnen?",
        "Am liebsten Anfang der Woche, vormittags.",
    ),
    (
        "Da schaue ich gleich nach. Haben Sie einen Wunsch, bei wem?",
        "Nein, das ist mir eigentlich egal, danke.",
    ),
    ("Einen kleinen Moment bitte, ich trage das ein.", "Ja, lassen Sie sich Zeit, ich warte gern."),
];

/// One request with gaps for the call's id, the invocation's id and the signature.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    bytes: Vec<u8>,
    body_at: usize,
    signature_at: usize,
    call_ids: Vec<usize>,
    tool_ids: Vec<usize>,
}

/// The turns of one call, in their order; every call of a round says the same.
pub(crate) type Script = Vec<Request>;

/// The signatures of one call's turns.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    pub(crate) number: u64,
    signatures: Vec<String>,
}

impl Request {
    /// A function call as Retell sends it, with as long a conversation before it as asked for.
    pub(crate) fn invocation(workspace: &Workspace, name: &str, args: &Value, len_min: usize) -> Self {
        let mut call = workspace.ring(Ring { from: Some(CALLER), to: NUMBER, ..Ring::default() });
        for (agent, caller) in TALK.iter().cycle() {
            if call.object().to_string().len() + 300 >= len_min {
                break;
            }
            call.agent(agent);
            call.says(caller);
        }
        let prepared = call.prepare(name, args);
        let tool_id = prepared.tool_call_id.unwrap_or_default();
        Self::new(&prepared.path, &prepared.body, call.id(), &tool_id)
    }

    /// A webhook of a call that is over.
    pub(crate) fn webhook(workspace: &Workspace, event: &str) -> Self {
        let mut call = workspace.ring(Ring { from: Some(CALLER), to: NUMBER, ..Ring::default() });
        call.hang_up("user_hangup");
        Self::new(WEBHOOK_PATH, &call.body_of(event), call.id(), "")
    }

    fn new(path: &str, body: &[u8], call_id: &str, tool_id: &str) -> Self {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{}: ",
            body.len(),
            retell::SIGNATURE_HEADER
        );
        let body_at = head.len() + UNSIGNED + "\r\n\r\n".len();
        let bytes = [head.as_bytes(), &[b' '; UNSIGNED], b"\r\n\r\n", body].concat();
        let digits = |id: &str, count: usize| {
            let from = id.len().saturating_sub(count);
            places(&bytes, id.as_bytes()).into_iter().map(|at| at + from).collect()
        };
        let (call_ids, tool_ids) = (digits(call_id, CALL_DIGITS), digits(tool_id, TOOL_DIGITS));
        Self { signature_at: head.len(), body_at, call_ids, tool_ids, bytes }
    }

    pub(crate) fn body_len(&self) -> usize {
        self.bytes.len() - self.body_at
    }

    /// The request as it goes out for this call and turn.
    pub(crate) fn bytes_for(&mut self, signed: &Signed, turn: usize) -> &[u8] {
        self.name(signed.number, turn);
        let signature = signed.signatures[turn].as_bytes();
        self.bytes[self.signature_at..self.signature_at + UNSIGNED].copy_from_slice(signature);
        &self.bytes
    }

    fn name(&mut self, number: u64, turn: usize) {
        let (call, tool) = (format!("{number:0CALL_DIGITS$x}"), format!("{turn:0TOOL_DIGITS$x}"));
        for at in &self.call_ids {
            self.bytes[*at..at + CALL_DIGITS].copy_from_slice(call.as_bytes());
        }
        for at in &self.tool_ids {
            self.bytes[*at..at + TOOL_DIGITS].copy_from_slice(tool.as_bytes());
        }
    }
}

/// Signs so many calls of a script, numbered from here.
pub(crate) fn sign(script: &mut Script, workspace: &Workspace, from: u64, count: u64) -> Vec<Signed> {
    let at_ms = workspace.now().as_millisecond();
    let sign_turn = |(turn, request): (usize, &mut Request), number| {
        request.name(number, turn);
        retell::sign(KEY, &request.bytes[request.body_at..], at_ms)
    };
    let sign_call = |number| {
        let signatures = script.iter_mut().enumerate().map(|turn| sign_turn(turn, number)).collect();
        Signed { number, signatures }
    };
    (from..from + count).map(sign_call).collect()
}

fn places(text: &[u8], wanted: &[u8]) -> Vec<usize> {
    text.windows(wanted.len().max(1))
        .enumerate()
        .filter(|(_, part)| *part == wanted)
        .map(|(at, _)| at)
        .collect()
}
