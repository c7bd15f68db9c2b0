//! The REST side of a simulated Retell on a loopback socket: numbers, agents, what they think with, and calls, for reading and writing.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_rt::Arbiter;
use actix_web::dev::ServerHandle;
use actix_web::http::header::AUTHORIZATION;
use actix_web::http::{Method, StatusCode};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, Route, web};
use futures_util::stream;
use serde_json::{Value, json};

use super::by_hand::ByHand;
use super::{records, versions};

const PAGE_DEFAULT: usize = 50;
const PAGE_MAX: usize = 1_000;
/// Retell says this, with status 422, where others say 404.
pub(super) const NOT_FOUND: &str = "Cannot find requested asset under given api key.";
/// What a vendor's sample agent is told about.
const EVENTS: [&str; 3] = ["call_started", "call_ended", "call_analyzed"];
const FUNCTIONS: [&str; 4] =
    ["check_availability", "collect_appointment", "list_services", "request_callback"];

/// What its functions pass on.
const WISH: [&str; 6] = ["datum", "uhrzeit", "dienstleistung", "name", "telefonnummer", "bestaetigung"];

/// Everything one workspace holds, as it goes over the wire.
#[derive(Clone, Debug, Default)]
pub struct Account {
    pub numbers: Vec<Value>,
    /// Every version is a row of its own.
    pub agents: Vec<Value>,
    pub llms: Vec<Value>,
    pub flows: Vec<Value>,
    /// Call objects by their id; workspaces that are known here keep theirs up to date.
    pub calls: BTreeMap<String, Value>,
    /// Calls that are listed, but cannot be read one by one.
    pub spoilt: BTreeSet<String>,
    /// Of what was said nothing is kept: who asks for a call learns that it took place.
    pub keeps_no_words: bool,
}

/// What becomes of requests until it is set otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weather {
    #[default]
    Fair,
    /// The connection closes before an answer is complete.
    Cut,
    /// Every request is answered with this status.
    Failing(u16),
    /// Every answer comes so much later.
    Slow { ms: u64 },
}

/// What befalls one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is answered with this status and changes nothing.
    Status(u16),
    /// It does what it says, and the answer never arrives.
    AnswerLost,
    /// It and whatever comes after it is answered with 503.
    Outage,
}

/// A request as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: String,
    pub body: String,
}

/// A running REST side; every clone is the same one.
#[derive(Clone, Debug)]
pub struct Rest {
    accounts: Accounts,
    server: ServerHandle,
    port: u16,
}

/// The workspaces by the key that opens them, what was asked of them, and how the weather is.
#[derive(Clone, Debug, Default)]
pub(super) struct Accounts(Arc<Mutex<Standing>>);

#[derive(Debug, Default)]
struct Standing {
    accounts: BTreeMap<String, Account>,
    weather: Weather,
    asked: Vec<Asked>,
    /// How many requests come through until one does not.
    fault: Option<(usize, Fault)>,
    /// What somebody does at the dashboard just before such a request.
    by_hand: Option<ByHand>,
}

impl Account {
    /// Adds a number answered by a published agent that is set up for a house at that address; an agent that is there already
    /// answers this number, too.
    pub fn with_receptionist(mut self, agent_id: &str, number: &str, house_url: &str) -> Self {
        self.numbers.push(json!({
            "phone_number": number, "phone_number_type": "custom", "nickname": "Empfang",
            "inbound_agents": [{"agent_id": agent_id, "agent_version": "latest_published", "weight": 1}],
            "outbound_agents": [], "inbound_webhook_url": format!("{house_url}/api/webhooks/retell/inbound"),
        }));
        if self.agents.iter().any(|agent| agent["agent_id"] == agent_id) {
            return self;
        }
        let llm_id = format!("llm_of_{agent_id}");
        let tools: Vec<Value> = FUNCTIONS
            .iter()
            .map(|name| {
                json!({
                    "type": "custom", "name": name, "description": "Invented for a simulation.", "method": "POST",
                    "url": format!("{house_url}/api/mcp/gateway/retell/functions/{name}"),
                    "args_at_root": false, "timeout_ms": 8000, "max_retry": 0, "speak_after_execution": true,
                    "parameters": {"type": "object", "properties": WISH.map(|name| (name, json!({"type": "string"})))
                        .into_iter().collect::<BTreeMap<_, _>>()},
                })
            })
            .chain([json!({"type": "end_call", "name": "end_call", "description": "Hang up."})])
            .collect();
        self.llms.push(json!({
            "llm_id": llm_id, "version": 1, "is_published": true, "general_prompt": "Du bist der Empfang, eine KI; sag das zuerst.",
            "general_tools": tools,
        }));
        self.agents.push(json!({
            "agent_id": agent_id, "version": 1, "is_published": true, "agent_name": "Empfang",
            "response_engine": {"type": "retell-llm", "llm_id": llm_id, "version": 1},
            "voice_id": "invented-voice", "language": "de-DE", "timezone": "Europe/Berlin",
            "webhook_url": format!("{house_url}/api/webhooks/retell"), "webhook_events": EVENTS,
            "webhook_timeout_ms": 10000,
        }));
        self
    }
}

impl Rest {
    /// Listens on a loopback port, 0 for any; must be called inside an actix System, and fails where the port is taken.
    pub fn start(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let port = listener.local_addr()?.port();
        let arbiter =
            Arbiter::try_current().ok_or_else(|| io::Error::other("no actix system is running here"))?;
        let accounts = Accounts::default();
        let shared = accounts.clone();
        let server = HttpServer::new(move || App::new().default_service(shared.service()))
            .workers(1)
            .disable_signals()
            .shutdown_timeout(0)
            .listen(listener)?
            .run();
        let handle = server.handle();
        let is_running = arbiter.spawn(async move {
            // An accept loop that failed shows itself as a refused connection in the test.
            drop(server.await);
        });
        let stopped = || io::Error::other("the arbiter has stopped");
        is_running.then_some(Self { accounts, server: handle, port }).ok_or_else(stopped)
    }

    /// The base address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// From now on this key opens that workspace.
    pub fn open(&self, key: &str, account: Account) {
        self.accounts.all().accounts.insert(key.to_owned(), account);
    }

    /// Changes what a workspace holds; nothing happens where no such key is known.
    pub fn change(&self, key: &str, change: impl FnOnce(&mut Account)) {
        if let Some(account) = self.accounts.all().accounts.get_mut(key) {
            change(account);
        }
    }

    /// From now on requests fare like this.
    pub fn weather(&self, weather: Weather) {
        self.accounts.all().weather = weather;
    }

    /// How many requests there were so far whose path begins like this, such as `/v2/get-call/`.
    pub fn asked(&self, path: &str) -> usize {
        self.accounts.all().asked.iter().filter(|asked| asked.path.starts_with(path)).count()
    }

    /// Everything that was asked so far, in its order.
    pub fn requests(&self) -> Vec<Asked> {
        self.accounts.all().asked.clone()
    }

    /// The request after so many more fares like this, those after it as the weather is.
    pub fn fault_after(&self, requests: usize, fault: Fault) {
        self.accounts.all().fault = Some((requests, fault));
    }

    /// Somebody changes the workspace by hand, just before the first request whose path begins like this is dealt with.
    pub fn before(&self, key: &str, path: &str, change: impl FnOnce(&mut Account) + Send + 'static) {
        self.accounts.all().by_hand = Some(ByHand::new(key, path, change));
    }

    /// Whether such a fault is still to come.
    pub fn has_fault(&self) -> bool {
        self.accounts.all().fault.is_some()
    }

    /// What a workspace holds; None where no such key is known.
    pub fn account(&self, key: &str) -> Option<Account> {
        self.accounts.all().accounts.get(key).cloned()
    }

    pub(super) fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// Ends the server for good.
    pub async fn stop(&self) {
        self.server.stop(false).await;
    }
}

impl Accounts {
    fn all(&self) -> MutexGuard<'_, Standing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a call as it stands now.
    pub(super) fn record(&self, key: &str, id: &str, call: Value) {
        self.all().accounts.entry(key.to_owned()).or_default().calls.insert(id.to_owned(), call);
    }

    fn service(&self) -> Route {
        let accounts = self.clone();
        web::to(move |request: HttpRequest, body: web::Bytes| {
            let accounts = accounts.clone();
            async move { accounts.serve(&request, &body).await }
        })
    }

    async fn serve(&self, request: &HttpRequest, body: &[u8]) -> HttpResponse {
        let (weather, fault) = self.all().meet(request, body);
        match fault {
            Some(Fault::Status(status)) => return failing(status),
            Some(Fault::AnswerLost) => {
                drop(self.answer(request, body));
                return cut();
            }
            Some(Fault::Outage) => {
                self.all().weather = Weather::Failing(503);
                return failing(503);
            }
            None => {}
        }
        match weather {
            Weather::Fair => {}
            Weather::Slow { ms } => tokio::time::sleep(Duration::from_millis(ms)).await,
            Weather::Cut => return cut(),
            Weather::Failing(status) => return failing(status),
        }
        self.answer(request, body)
    }

    fn answer(&self, request: &HttpRequest, body: &[u8]) -> HttpResponse {
        let path: Vec<&str> = request.path().trim_matches('/').split('/').collect();
        if let (&Method::POST, ["sim", "calls", id]) = (request.method(), path.as_slice()) {
            return records::told(&mut self.all().accounts, id, body);
        }
        let bearer = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let key = bearer.and_then(|value| value.strip_prefix("Bearer "));
        let mut standing = self.all();
        let Some(account) = key.and_then(|key| standing.accounts.get_mut(key)) else {
            return refusal(StatusCode::UNAUTHORIZED, "Invalid API key");
        };
        let version = parameter(request, "version");
        match (request.method(), path.as_slice()) {
            (&Method::GET, ["get-agent", id]) => one(&account.agents, ("agent_id", id), version.as_deref()),
            (&Method::GET, ["get-retell-llm", id]) => one(&account.llms, ("llm_id", id), version.as_deref()),
            (&Method::GET, ["get-conversation-flow", id]) => {
                one(&account.flows, ("conversation_flow_id", id), version.as_deref())
            }
            (&Method::GET, ["get-phone-number", number]) => {
                one(&account.numbers, ("phone_number", &number.replace("%2B", "+")), None)
            }
            (&Method::GET, ["v2", "list-phone-numbers"]) => page(&account.numbers, request),
            (&Method::POST, ["v2", "list-agents"]) => page(&listed(&account.agents), request),
            (&Method::GET, ["get-api-key-info"]) => HttpResponse::Ok().json(
                json!({"org_id": "org_invented", "org_name": "Invented workspace", "api_key_name": "sim"}),
            ),
            (&Method::GET, ["v2", "get-call", id]) => records::one(account, id),
            (&Method::DELETE, ["v2", "delete-call", id]) => match account.calls.remove(*id) {
                Some(_) => HttpResponse::NoContent().finish(),
                None => refusal(StatusCode::UNPROCESSABLE_ENTITY, NOT_FOUND),
            },
            (&Method::POST, ["v3", "list-calls"]) => records::list(account, body),
            (method, path) => match versions::answer(account, (method, path), version.as_deref(), body) {
                Some(Ok((status, Value::Null))) => HttpResponse::build(status).finish(),
                Some(Ok((status, answer))) => HttpResponse::build(status).json(answer),
                Some(Err((status, message))) => refusal(status, &message),
                None => {
                    HttpResponse::NotFound().body(format!("Cannot {} {}", request.method(), request.path()))
                }
            },
        }
    }
}

impl Standing {
    /// Notes a request, and says what becomes of it.
    fn meet(&mut self, request: &HttpRequest, body: &[u8]) -> (Weather, Option<Fault>) {
        self.asked.push(Asked {
            method: request.method().to_string(),
            path: request.path().to_owned(),
            query: request.query_string().to_owned(),
            body: String::from_utf8_lossy(body).into_owned(),
        });
        if let Some(by_hand) = self.by_hand.take_if(|by_hand| by_hand.is_before(request.path())) {
            by_hand.done(&mut self.accounts);
        }
        let fault = match self.fault {
            Some((0, fault)) => {
                self.fault = None;
                Some(fault)
            }
            Some((more, fault)) => {
                self.fault = Some((more - 1, fault));
                None
            }
            None => None,
        };
        (self.weather, fault)
    }
}

/// The row with that id: in the version asked for, else in its latest.
fn one(rows: &[Value], (field, id): (&str, &str), version: Option<&str>) -> HttpResponse {
    let fits = |row: &&Value| match version {
        None | Some("latest") => true,
        Some("latest_published") => row["is_published"] == true,
        Some(other) => match other.parse::<i64>() {
            Ok(number) => row["version"] == number,
            Err(_) => row["assigned_tags"].as_array().is_some_and(|tags| tags.iter().any(|tag| tag == other)),
        },
    };
    let found =
        rows.iter().filter(|row| row[field] == id).filter(fits).max_by_key(|row| row["version"].as_i64());
    match found {
        Some(row) => HttpResponse::Ok().json(row),
        None => refusal(StatusCode::UNPROCESSABLE_ENTITY, NOT_FOUND),
    }
}

/// Lists of agents name no engine and no webhook.
fn listed(agents: &[Value]) -> Vec<Value> {
    let mut ids: Vec<&Value> = agents.iter().map(|agent| &agent["agent_id"]).collect();
    ids.dedup();
    let row = |id: &Value| json!({"agent_id": id, "agent_name": "Empfang", "channel": "voice", "is_suspended": false, "tags": {}});
    ids.into_iter().map(row).collect()
}

/// A page of rows; its key is the number of the row to go on at.
fn page(rows: &[Value], request: &HttpRequest) -> HttpResponse {
    let limit = match parameter(request, "limit").map(|limit| limit.parse::<usize>()) {
        None => PAGE_DEFAULT,
        Some(Ok(limit)) if (1..=PAGE_MAX).contains(&limit) => limit,
        Some(_) => return refusal(StatusCode::BAD_REQUEST, "limit must be between 1 and 1000"),
    };
    let from = parameter(request, "pagination_key").and_then(|key| key.parse().ok()).unwrap_or(0);
    let items: Vec<&Value> = rows.iter().skip(from).take(limit).collect();
    let next = from + items.len();
    let mut body = json!({"items": items, "has_more": next < rows.len()});
    if next < rows.len() {
        body["pagination_key"] = json!(next.to_string());
    }
    HttpResponse::Ok().json(body)
}

fn parameter(request: &HttpRequest, name: &str) -> Option<String> {
    let all = web::Query::<Vec<(String, String)>>::from_query(request.query_string()).ok()?.into_inner();
    all.into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// An answer that breaks off: more is announced than ever comes.
fn cut() -> HttpResponse {
    let broken = stream::once(async { Err::<web::Bytes, _>(io::Error::other("cut")) });
    HttpResponse::Ok().force_close().no_chunking(1).streaming(broken)
}

fn failing(status: u16) -> HttpResponse {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    refusal(status, "something went wrong on our side")
}

pub(super) fn refusal(status: StatusCode, message: &str) -> HttpResponse {
    HttpResponse::build(status).json(json!({"status": "error", "message": message}))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "key_sim";

    async fn get(rest: &Rest, key: &str, path: &str) -> (u16, Value) {
        drop(rustls::crypto::ring::default_provider().install_default());
        let request = reqwest::Client::new().get(format!("{}{path}", rest.url())).bearer_auth(key);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    fn open() -> Rest {
        let rest = Rest::start(0).unwrap();
        let account = Account::default().with_receptionist("agent_a", "+4930901820", "http://house.example");
        rest.open(KEY, account);
        rest
    }

    #[actix_rt::test]
    async fn what_is_asked_for_is_looked_up_under_the_key() {
        let rest = open();

        let (status, agent) = get(&rest, KEY, "/get-agent/agent_a?version=latest_published").await;
        let (_, numbers) = get(&rest, KEY, "/v2/list-phone-numbers?limit=1000").await;
        let (_, llm) = get(&rest, KEY, "/get-retell-llm/llm_of_agent_a?version=1").await;

        assert_eq!((status, &agent["version"]), (200, &json!(1)));
        assert_eq!(agent["webhook_url"], "http://house.example/api/webhooks/retell");
        assert_eq!(numbers["items"][0]["inbound_agents"][0]["agent_id"], "agent_a");
        assert_eq!(numbers["has_more"], false);
        assert_eq!(llm["general_tools"].as_array().unwrap().len(), 5);
    }

    #[actix_rt::test]
    async fn refusals_are_those_of_the_vendor() {
        let rest = open();
        let sample: Value =
            serde_json::from_str(include_str!("../../../tests/fixtures/samples/retell/error_422.json"))
                .unwrap();

        assert_eq!(get(&rest, "key_wrong", "/get-agent/agent_a").await.0, 401);
        assert_eq!(get(&rest, KEY, "/get-agent/agent_b").await, (422, sample.clone()));
        assert_eq!(get(&rest, KEY, "/get-agent/agent_a?version=9").await, (422, sample));
        assert_eq!(get(&rest, KEY, "/list-agents").await.0, 404);
        assert_eq!(get(&rest, KEY, "/v2/list-phone-numbers?limit=5000").await.0, 400);
    }

    #[actix_rt::test]
    async fn of_several_versions_the_latest_and_the_latest_published_are_told_apart() {
        let rest = open();
        rest.change(KEY, |account| {
            let mut draft = account.agents[0].clone();
            (draft["version"], draft["is_published"]) = (json!(2), json!(false));
            account.agents.push(draft);
        });

        assert_eq!(get(&rest, KEY, "/get-agent/agent_a").await.1["version"], 2);
        assert_eq!(get(&rest, KEY, "/get-agent/agent_a?version=latest_published").await.1["version"], 1);
    }
}
