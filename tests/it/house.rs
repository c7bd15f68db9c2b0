//! The stage of every test: a house with its own books, a calendar and workspaces that call it.

use std::time::Duration;

use fernamt::app::App;
use fernamt::clock::Clock;
use fernamt::config::Config;
use fernamt::operations::readiness::Site;
use fernamt::operations::{Role, companies, tokens};
use fernamt::sim::calcom::{self, Calcom};
use fernamt::sim::retell::{self, Answer, Call, Rest, Ring, Workspace};
use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Wednesday, 14 October 2026, 10:05 in Berlin; the clocks go back on the 25th.
pub(crate) const WEDNESDAY: &str = "2026-10-14T08:05:00Z";
pub(crate) const KEY_A: &str = "key_salon_a";
pub(crate) const KEY_B: &str = "key_salon_b";
pub(crate) const NUMBER_A: &str = "+493083793369";
pub(crate) const NUMBER_B: &str = "+494055566778";
pub(crate) const CALLER: &str = "+491711234567";

/// How long a fact is waited for that has to come: longer than the busiest machine needs.
const PATIENCE_MS: u64 = 240_000;

/// Where nobody answers, unless a house puts its own Retell there.
pub(crate) const NOWHERE: &str = "http://127.0.0.1:9";

/// Times are short, so that a test sees in seconds what takes minutes outside; only patience is long, for machines with
/// much else to do.
const QUICK: &str = r#"
threads = 2
log = "off"
[calls]
answer_budget_ms = 15000
answer_max_ms = 20000
sweep_every_ms = 200
stuck_after_ms = 1000
analysis_wait_ms = 60000
[backfill]
every_ms = 0
[calcom]
read_timeout_ms = 15000
retry_first_ms = 50
retry_longest_ms = 200
breaker_failures_max = 3
breaker_cool_down_ms = 400
look_after_ms = [50, 100, 200, 400]
look_again_ms = 300
"#;

pub(crate) struct House {
    pub(crate) app: Server,
    pub(crate) calcom: Calcom,
    /// Knows the calls of the house's workspaces.
    pub(crate) retell: Rest,
    pub(crate) http: reqwest::Client,
    pub(crate) token: String,
    pub(crate) clock: Clock,
    config: Config,
    folder: TempDir,
}

/// How a house is set up.
pub(crate) struct Setup {
    pub(crate) at: Option<&'static str>,
    pub(crate) settings: &'static str,
    pub(crate) calcom: calcom::Settings,
    pub(crate) companies: Vec<String>,
}

impl Default for Setup {
    fn default() -> Self {
        let calcom = calcom::Settings { requests_per_minute: None, ..calcom::Settings::with_hosts(3) };
        Self { at: Some(WEDNESDAY), settings: "", calcom, companies: vec![salon_a(""), salon_b()] }
    }
}

/// Salon A: a haircut by Anna (1001) or Bea (1002), colouring by Bea alone; extra policy lines may be given.
pub(crate) fn salon_a(policy: &str) -> String {
    format!(
        r#"
[company]
slug = "salon-a"
name = "Salon Morgenrot"
[company.retell]
api_key = "{KEY_A}"
base_url = "{NOWHERE}"
[company.calcom]
api_key = "cal_sim_key"
base_url = "CALCOM"
attendee_email_domain = "anrufer.salon-a.example"
requests_per_minute = 60000
[company.policy]
max_horizon_days = 200
{policy}
[[branch]]
slug = "mitte"
name = "Salon Morgenrot Mitte"
phone_numbers = ["{NUMBER_A}"]
retell_agent_id = "agent_a"
hours = "mon-fri 09:00-18:00, sat 09:00-14:00"
  [[branch.service]]
  slug = "haarschnitt"
  name = "Haarschnitt"
  synonyms = ["Schnitt"]
  duration_minutes = 30
  event_type_id = 1001
  calendar = "anna"
  [[branch.service]]
  slug = "beratung"
  name = "Beratung"
  duration_minutes = 30
  event_type_id = 1002
  calendar = "bea"
"#
    )
}

pub(crate) fn salon_b() -> String {
    salon_a("")
        .replace("salon-a", "salon-b")
        .replace(KEY_A, KEY_B)
        .replace(NUMBER_A, NUMBER_B)
        .replace("agent_a", "agent_b")
        .replace("1001", "1003")
        .replace("1002", "1013")
}

/// A server that is stopped once its test lets go of it, elsewhere and without being waited for: what would go on in it
/// takes the processor from the tests that come after.
pub(crate) struct Server(Option<App>);

impl Server {
    pub(crate) async fn start(config: &Config, clock: Clock) -> Self {
        Self(Some(App::start(config, clock).await.unwrap()))
    }

    pub(crate) async fn stop(mut self) {
        self.0.take().unwrap().stop().await;
    }
}

impl std::ops::Deref for Server {
    type Target = App;

    fn deref(&self) -> &App {
        self.0.as_ref().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(app) = self.0.take() {
            std::thread::spawn(|| actix_rt::System::new().block_on(app.stop()));
        }
    }
}

impl House {
    pub(crate) async fn open(setup: Setup) -> Self {
        // A provider set by an earlier test in this process serves as well.
        drop(rustls::crypto::ring::default_provider().install_default());
        let clock = setup.at.map_or_else(Clock::default, |at| Clock::starting_at(at.parse().unwrap()));
        let calcom = Calcom::start(calcom::Settings { clock_offset: clock.shift(), ..setup.calcom }).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let config = Config::with(&format!(
            "listen = \"127.0.0.1:0\"\ndatabase_url = \"sqlite://{}?mode=rwc\"\n{}",
            folder.path().join("test.db").display(),
            merged(QUICK, setup.settings),
        ))
        .unwrap();
        let app = Server::start(&config, clock).await;
        let retell = Rest::start(0).unwrap();
        for text in &setup.companies {
            apply(&app, clock, &at(text, &calcom, &retell)).await;
        }
        let directory = app.house().directory();
        let (_, token) =
            tokens::create(app.house().store(), clock, &directory, (Role::PlatformAdmin, &[], "test"))
                .await
                .unwrap();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
        Self { app, calcom, retell, http, token, clock, config, folder }
    }

    /// Stopped and started again on the same books.
    pub(crate) async fn restart(self) -> Self {
        let clock = self.clock;
        self.restart_by(clock).await
    }

    /// The same on another day; the calendar stays where it is.
    pub(crate) async fn restart_at(self, at: &str) -> Self {
        self.restart_by(Clock::starting_at(instant(at))).await
    }

    async fn restart_by(self, clock: Clock) -> Self {
        self.app.stop().await;
        let app = Server::start(&self.config, clock).await;
        Self { app, clock, ..self }
    }

    /// Applies another version of a company's file.
    /// What a deployment or a check has to know of this house.
    pub(crate) fn site(&self) -> Site {
        let site = fernamt::app::site(&self.config).unwrap();
        site.listens_at(&self.app.url());
        site
    }

    /// Asks a method of the gateway: its result, or its error.
    pub(crate) async fn ask(&self, token: &str, method: &str, params: Value) -> Result<Value, Value> {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let url = format!("{}/api/mcp/gateway", self.app.url());
        let answer = self.http.post(url).bearer_auth(token).json(&body).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        if answer["error"].is_null() { Ok(answer["result"].clone()) } else { Err(answer["error"].clone()) }
    }

    pub(crate) async fn apply(&self, text: &str) {
        apply(&self.app, self.clock, &at(text, &self.calcom, &self.retell)).await;
    }

    pub(crate) fn workspace(&self, key: &str, agent: &str) -> Workspace {
        self.workspace_for(&self.app.url(), (key, agent))
    }

    /// A workspace whose webhooks go to that address.
    pub(crate) fn workspace_for(&self, house_url: &str, (key, agent): (&str, &str)) -> Workspace {
        let workspace = Workspace::new(retell::Settings {
            house_url: house_url.into(),
            key: key.into(),
            agent_id: agent.into(),
            clock_offset: self.clock.shift(),
            http: self.http.clone(),
            seed: fastrand::u64(..),
        });
        workspace.known_at(&self.retell)
    }

    pub(crate) fn salon(&self) -> Workspace {
        self.workspace(KEY_A, "agent_a")
    }

    /// A call to salon A.
    pub(crate) fn ring(&self) -> Call {
        self.salon().ring(Ring { from: Some(CALLER), to: NUMBER_A, ..Ring::default() })
    }

    /// A call that has ended in a booking, and that booking.
    pub(crate) async fn booked(&self) -> (Call, Value) {
        let mut call = self.ring();
        call.invoke("collect_appointment", wish("2026-10-20", "14:30", "Erika Beispiel")).await;
        says_yes(&mut call).await;
        call.hang_up("user_hangup");
        call.ended().await;
        let booking = self.booking_in(call.id(), &["booked"]).await;
        (call, booking)
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.get_as(&self.token, path).await.1
    }

    pub(crate) async fn get_as(&self, token: &str, path: &str) -> (u16, Value) {
        let url = format!("{}/api/admin/v1/{path}", self.app.url());
        let answer = self.http.get(url).bearer_auth(token).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    pub(crate) async fn bookings(&self, call_id: &str) -> Vec<Value> {
        self.get(&format!("bookings?limit=200&call_id={call_id}")).await["items"].as_array().unwrap().clone()
    }

    pub(crate) async fn callbacks(&self) -> Vec<Value> {
        self.get("callbacks?limit=200").await["items"].as_array().unwrap().clone()
    }

    /// The one booking of a call, once its state is one of these.
    pub(crate) async fn booking_in(&self, call_id: &str, states: &[&str]) -> Value {
        eventually("the booking's state", || async {
            let bookings = self.bookings(call_id).await;
            assert!(bookings.len() <= 1, "one call, one booking: {bookings:?}");
            bookings.into_iter().find(|booking| states.contains(&booking["state"].as_str().unwrap()))
        })
        .await
    }

    pub(crate) async fn breaker(&self) -> String {
        let breakers = self.get("breakers").await;
        breakers["items"][0]["state"].as_str().unwrap().to_owned()
    }

    pub(crate) fn database(&self) -> std::path::PathBuf {
        self.folder.path().join("test.db")
    }
}

/// A company's file with the addresses of this house's Cal.com and Retell.
fn at(text: &str, calcom: &Calcom, retell: &Rest) -> String {
    text.replace("CALCOM", &calcom.url()).replace(NOWHERE, &retell.url())
}

async fn apply(app: &App, clock: Clock, text: &str) {
    let plan = companies::read(text).unwrap();
    let keys = companies::keys(&plan, ".".as_ref()).unwrap();
    companies::apply(app.house().store(), clock, &plan, &keys, false).await.unwrap();
    app.house().publish(app.house().store().directory().load().await.unwrap());
}

/// Settings with those of one test laid over them, table by table.
fn merged(base: &str, over: &str) -> String {
    let mut settings: toml::Table = base.parse().unwrap();
    for (name, value) in over.parse::<toml::Table>().unwrap() {
        match (settings.get_mut(&name).and_then(toml::Value::as_table_mut), value) {
            (Some(table), toml::Value::Table(more)) => table.extend(more),
            (_, value) => drop(settings.insert(name, value)),
        }
    }
    settings.to_string()
}

/// Waits for a fact; gives up after some minutes and says for what it waited.
pub(crate) async fn eventually<T, F, R>(what: &str, mut look: F) -> T
where
    F: FnMut() -> R,
    R: Future<Output = Option<T>>,
{
    let watch = Clock::stopwatch();
    while watch.elapsed_ms() < PATIENCE_MS {
        if let Some(found) = look().await {
            return found;
        }
        actix_rt::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("waited {PATIENCE_MS} ms for {what}");
}

/// The status of an answer that has to be 200.
pub(crate) fn status(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
    assert!(!answer.body["message"].as_str().unwrap().is_empty());
    answer.body["status"].as_str().unwrap().to_owned()
}

/// A whole wish for salon A.
pub(crate) fn wish(date: &str, time: &str, name: &str) -> Value {
    json!({"datum": date, "uhrzeit": time, "dienstleistung": "Haarschnitt", "name": name})
}

pub(crate) async fn says_yes(call: &mut Call) -> String {
    status(&call.invoke("collect_appointment", json!({"bestaetigung": true})).await)
}

pub(crate) fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}
