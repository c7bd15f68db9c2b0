//! Setting agents up at Retell: against a simulated one, which fails at every point there is.

use std::process::Command;

use fernamt::operations::deployments::{self, DeploymentReport, Outcome, PlanView, Which, WhichDeployment};
use fernamt::operations::readiness::Site;
use fernamt::operations::{Error, Principal, Role, tokens};
use fernamt::sim::retell::{Account, Fault, Rest, Weather};
use serde_json::{Value, json};

use super::house::{House, KEY_A, NOWHERE, NUMBER_A, Setup, salon_a, salon_b};

const PROGRAM: &str = env!("CARGO_BIN_EXE_fernamt");
pub(super) const EVERY: [&str; 9] = [
    "cancel_appointment",
    "change_appointment",
    "check_availability",
    "collect_appointment",
    "confirm_appointment",
    "find_appointments",
    "list_services",
    "opening_hours",
    "request_callback",
];

/// A house, the Retell its company is entered at, and what a deployment has to know.
pub(super) struct Stage {
    pub(super) house: House,
    pub(super) rest: Rest,
    site: Site,
}

impl Stage {
    async fn set() -> Self {
        Self::set_for(&salon_a("")).await
    }

    pub(super) async fn set_for(salon: &str) -> Self {
        let rest = Rest::start(0).unwrap();
        let companies = vec![salon.replace(NOWHERE, &rest.url()), salon_b()];
        let house = House::open(Setup { companies, ..Setup::default() }).await;
        let site = house.site();
        rest.open(KEY_A, llm(&published()));
        Self { house, rest, site }
    }

    fn which() -> Which {
        Which { company: Some("salon-a".into()), ..Which::default() }
    }

    pub(super) async fn deploy(&self) -> Result<DeploymentReport, Error> {
        self.deploy_at(None).await
    }

    pub(super) async fn deploy_at(&self, branch: Option<&str>) -> Result<DeploymentReport, Error> {
        let which = Which { branch: branch.map(str::to_owned), ..Self::which() };
        deployments::deploy(self.house.app.house(), &self.site, &Principal::house(), &which).await
    }

    pub(super) async fn plan_at(&self, branch: Option<&str>) -> PlanView {
        let which = Which { branch: branch.map(str::to_owned), ..Self::which() };
        let plan = deployments::plan(self.house.app.house(), &self.site, &Principal::house(), &which).await;
        plan.unwrap()
    }

    pub(super) async fn rollback(&self, report: &DeploymentReport) -> Result<DeploymentReport, Error> {
        let which = WhichDeployment { company: Some("salon-a".into()), id: report.id.unwrap() };
        deployments::rollback(self.house.app.house(), &self.site, &Principal::house(), &which).await
    }

    async fn changes(&self) -> Vec<String> {
        let (who, which) = (Principal::house(), Self::which());
        let plan = deployments::plan(self.house.app.house(), &self.site, &who, &which).await.unwrap();
        plan.changes.iter().map(|change| format!("{} {}", change.subject, change.what)).collect()
    }

    /// The command line beside the running server: its exit code and what it said.
    async fn command(&self, args: &[&str]) -> (i32, String) {
        let database = self.house.database();
        let mut command = Command::new(PROGRAM);
        command
            .args(["deploy"])
            .args(args)
            .current_dir(database.parent().unwrap())
            .env_clear()
            .env("FERNAMT_DATABASE_URL", format!("sqlite://{}", database.display()))
            .env("FERNAMT_PUBLIC_URL", self.house.app.url());
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        (output.status.code().unwrap(), said)
    }

    pub(super) fn account(&self) -> Account {
        self.rest.account(KEY_A).unwrap()
    }

    pub(super) fn functions(&self) -> Vec<String> {
        functions(&self.account())
    }
}

fn published() -> Value {
    json!([{"agent_id": "agent_a", "agent_version": "latest_published", "weight": 1}])
}

/// An agent as somebody set it up elsewhere, answering a number in this way.
fn agent(engine: &Value, binding: &Value) -> Account {
    Account {
        agents: vec![json!({
            "agent_id": "agent_a", "version": 1, "is_published": true, "agent_name": "Empfang", "response_engine": engine,
            "voice_id": "invented-voice", "language": "de-DE", "webhook_url": "https://elsewhere.example/hook",
        })],
        numbers: vec![json!({"phone_number": NUMBER_A, "nickname": "Empfang", "inbound_agents": binding})],
        ..Account::default()
    }
}

fn foreign() -> Value {
    json!([
        {"type": "end_call", "name": "end_call", "description": "Auflegen."},
        {"type": "custom", "name": "wetter", "url": "https://wetter.example/x?key=geheim", "headers": {"X": "geheim"},
         "timeout_ms": 1500.0},
        {"type": "custom", "name": "check_availability", "url": "https://alt.example/frei", "description": "Alt.",
         "headers": {"X-Mandant": "7"}},
    ])
}

pub(super) fn llm(binding: &Value) -> Account {
    let engine = json!({"type": "retell-llm", "llm_id": "llm_a", "version": 1});
    let llm = json!({
        "llm_id": "llm_a", "version": 1, "is_published": true, "general_prompt": "Du bist der Empfang.",
        "general_tools": foreign(), "begin_message": null,
    });
    Account { llms: vec![llm], ..agent(&engine, binding) }
}

fn flow(binding: &Value) -> Account {
    let engine = json!({"type": "conversation-flow", "conversation_flow_id": "flow_a", "version": 1});
    let mut tools = foreign();
    tools[0] = json!({"type": "custom", "name": "kasse", "tool_id": "t0", "url": "https://kasse.example"});
    tools[1]["tool_id"] = json!("t1");
    tools[2]["tool_id"] = json!("t2");
    let flow = json!({
        "conversation_flow_id": "flow_a", "version": 1, "is_published": true, "tools": tools, "start_node_id": "n1",
        "nodes": [{"id": "n1", "type": "function", "tool_id": "t2", "wait_for_result": true}],
    });
    Account { flows: vec![flow], ..agent(&engine, binding) }
}

/// The version that answers the number, and what it thinks with, without what differs in every version.
fn answering(account: &Account) -> Option<(Value, Value)> {
    let versions = || account.agents.iter().filter_map(|agent| agent["version"].as_i64());
    let is_published = |version: &i64| {
        account.agents.iter().any(|agent| agent["version"] == *version && agent["is_published"] == true)
    };
    let bound = account.numbers[0]["inbound_agents"].get(0)?;
    let version = match bound["agent_version"].as_str() {
        Some("latest_published") => versions().filter(is_published).max()?,
        Some("latest") | None if !bound["agent_version"].is_i64() => versions().max()?,
        Some(_) | None => bound["agent_version"].as_i64()?,
    };
    Some(content(account, version))
}

pub(super) fn content(account: &Account, version: i64) -> (Value, Value) {
    let mut agent = account.agents.iter().find(|agent| agent["version"] == version).unwrap().clone();
    let of = agent["response_engine"]["version"].clone();
    let mut engines = account.llms.iter().chain(&account.flows);
    let mut engine = engines.find(|engine| engine["version"] == of).unwrap().clone();
    agent["response_engine"].as_object_mut().unwrap().remove("version");
    for of in [&mut agent, &mut engine] {
        for key in ["version", "base_version", "is_published", "last_modification_timestamp"] {
            of.as_object_mut().unwrap().remove(key);
        }
    }
    (agent, engine)
}

fn tools(engine: &Value) -> Vec<Value> {
    let list = engine["general_tools"].as_array().or(engine["tools"].as_array());
    list.unwrap().clone()
}

/// The functions of this house that the agent has whom callers hear.
fn functions(account: &Account) -> Vec<String> {
    let (_, engine) = answering(account).unwrap();
    let ours = |tool: &Value| {
        tool["url"].as_str().unwrap_or_default().contains("/api/mcp/gateway/retell/functions/")
    };
    let ours = tools(&engine).into_iter().filter(ours);
    let mut names: Vec<String> = ours.map(|tool| tool["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

#[actix_rt::test]
async fn a_deployed_agent_has_our_functions_beside_everybody_elses_and_a_second_plan_is_empty() {
    let stage = Stage::set().await;
    for account in [llm(&published()), flow(&published()), llm(&json!([])), flow(&json!([]))] {
        let engine = account.llms.iter().chain(&account.flows).next().unwrap().clone();
        stage.rest.open(KEY_A, account);

        let report = stage.deploy().await.unwrap();

        assert_eq!((report.outcome, report.version), (Outcome::Done, Some(2)), "{report:#?}");
        let account = stage.account();
        let (agent, now) = answering(&account).unwrap();
        assert_eq!(functions(&account), EVERY);
        let text = |tools: &[Value], name: &str| {
            tools.iter().find(|tool| tool["name"] == name).map(ToString::to_string).unwrap_or_default()
        };
        for name in ["end_call", "wetter", "kasse"] {
            assert_eq!(text(&tools(&now), name), text(&tools(&engine), name));
        }
        let checks = tools(&now).into_iter().find(|tool| tool["name"] == "check_availability").unwrap();
        assert_eq!(checks["headers"], Value::Null, "they were meant for where it went");
        assert_eq!(agent["webhook_url"], format!("{}/api/webhooks/retell", stage.house.app.url()));
        assert_eq!((&agent["voice_id"], &now["nodes"]), (&json!("invented-voice"), &engine["nodes"]));
        assert_eq!(account.numbers[0]["inbound_agents"], published());
        assert_eq!(account.numbers[0]["nickname"], "Empfang");
        assert_eq!(stage.changes().await, [""; 0]);
        assert_eq!(stage.deploy().await.unwrap().outcome, Outcome::NothingToChange);
    }
}

#[actix_rt::test]
async fn a_change_by_hand_is_shown_as_drift_and_undone_by_the_next_deployment() {
    let stage = Stage::set().await;
    stage.deploy().await.unwrap();
    assert!(!stage.house.get("readiness?company=salon-a").await.to_string().contains("differs from"));
    stage.rest.change(KEY_A, |account| {
        let tools = account.llms.last_mut().unwrap()["general_tools"].as_array_mut().unwrap();
        tools.retain(|tool| tool["name"] != "opening_hours");
        account.agents.last_mut().unwrap()["webhook_url"] = json!("https://elsewhere.example/?key=geheim");
    });

    let changes = stage.changes().await;
    let readiness = stage.house.get("readiness?company=salon-a").await.to_string();

    assert_eq!(
        changes,
        ["agent_a webhook_url", "opening_hours is added", "agent_a a new version is published"]
    );
    assert!(readiness.contains("differs from what is wanted: opening_hours is added"), "{readiness}");
    assert!(!readiness.contains("geheim"));
    assert_eq!(stage.deploy().await.unwrap().outcome, Outcome::Done);
    assert_eq!(stage.functions(), EVERY);
}

#[actix_rt::test]
async fn a_rollback_publishes_a_version_that_is_what_stood_there_before() {
    let stage = Stage::set().await;
    let bound = |version: Value| json!([{"agent_id": "agent_a", "agent_version": version, "weight": 1}]);
    for account in
        [llm(&published()), flow(&published()), llm(&bound(json!("latest"))), llm(&bound(json!(1)))]
    {
        stage.rest.open(KEY_A, account.clone());
        let deployed = stage.deploy().await.unwrap();
        assert_eq!(deployed.outcome, Outcome::Done, "{deployed:#?}");

        let undone = stage.rollback(&deployed).await.unwrap();

        assert_eq!((undone.outcome, undone.version), (Outcome::Done, Some(3)), "{undone:#?}");
        let after = stage.account();
        assert_eq!(content(&after, 3), content(&account, 1));
        assert_eq!(answering(&after), answering(&account));
        assert!(after.agents.iter().all(|agent| agent["is_published"] == true));
        assert_eq!(after.numbers[0]["inbound_agents"], account.numbers[0]["inbound_agents"]);
        assert_eq!(after.numbers[0]["inbound_webhook_url"], Value::Null);
        let again = stage.rollback(&undone).await.unwrap();
        assert_eq!(again.outcome, Outcome::Done, "{again:#?}");
        assert_eq!(stage.functions(), EVERY);
    }
}

/// Deploys with a fault at every point in turn, and once more with everything failing from there.
async fn with_every_fault(account: impl Fn() -> Account) {
    let stage = Stage::set().await;
    let before = answering(&account());
    for fault in
        [Fault::Status(500), Fault::Status(400), Fault::Status(412), Fault::AnswerLost, Fault::Outage]
    {
        for requests in 0.. {
            assert!(requests < 60, "a deployment that never ends");
            stage.rest.open(KEY_A, account());
            stage.rest.weather(Weather::Fair);
            stage.rest.fault_after(requests, fault);

            let report = stage.deploy().await;

            let is_over = stage.rest.has_fault();
            stage.rest.weather(Weather::Fair);
            let now = answering(&stage.account());
            let is_wanted = now.is_some() && stage.functions() == EVERY;
            let said = report.as_ref().map(|report| report.outcome);
            let case = format!("{fault:?} after {requests}: {report:#?}");
            match said {
                Ok(Outcome::Done | Outcome::AsWanted) => assert!(is_wanted, "{case}"),
                // Refused before anything was begun.
                Ok(Outcome::AsBefore) | Err(_) => assert_eq!(now, before, "{case}"),
                Ok(Outcome::Unknown) if fault == Fault::Outage => {
                    assert!(is_wanted || now == before, "{case}");
                }
                Ok(Outcome::Unknown | Outcome::Mixed | Outcome::Neither | Outcome::NothingToChange) => {
                    panic!("{case}")
                }
            }
            if is_over {
                assert_eq!(said.unwrap(), Outcome::Done);
                break;
            }
            // Whatever was left behind, the next one brings it to its end.
            let outcome = stage.deploy().await.unwrap().outcome;
            assert!(matches!(outcome, Outcome::Done | Outcome::NothingToChange), "{case}");
            assert_eq!(stage.functions(), EVERY, "{case}");
        }
    }
}

#[actix_rt::test]
async fn whatever_fails_an_agent_answers_as_before_or_as_wanted_and_it_is_said_which() {
    with_every_fault(|| llm(&published())).await;
}

#[actix_rt::test]
async fn the_same_where_a_flow_answers_whose_drafts_are_heard_at_once() {
    with_every_fault(|| flow(&json!([{"agent_id": "agent_a", "weight": 1}]))).await;
}

#[actix_rt::test]
async fn the_same_where_the_number_is_kept_on_a_version() {
    with_every_fault(|| llm(&json!([{"agent_id": "agent_a", "agent_version": 1, "weight": 1}]))).await;
}

#[actix_rt::test]
async fn the_same_while_a_deployment_is_undone() {
    let stage = Stage::set().await;
    let original = || flow(&json!([{"agent_id": "agent_a", "agent_version": "latest", "weight": 1}]));
    for fault in [Fault::Status(503), Fault::AnswerLost, Fault::Outage] {
        for requests in 0.. {
            assert!(requests < 60, "an undoing that never ends");
            stage.rest.open(KEY_A, original());
            let deployed = stage.deploy().await.unwrap();
            let before = answering(&stage.account());
            stage.rest.fault_after(requests, fault);

            let report = stage.rollback(&deployed).await;

            let is_over = stage.rest.has_fault();
            stage.rest.weather(Weather::Fair);
            let now = answering(&stage.account());
            let case = format!("{fault:?} after {requests}: {report:#?}");
            match report.as_ref().map(|report| report.outcome) {
                Ok(Outcome::Done | Outcome::AsWanted) => assert_eq!(now, answering(&original()), "{case}"),
                Ok(Outcome::AsBefore) | Err(_) => assert_eq!(now, before, "{case}"),
                Ok(Outcome::Unknown) if fault == Fault::Outage => {
                    assert!(now == before || now == answering(&original()), "{case}");
                }
                Ok(Outcome::Unknown | Outcome::Mixed | Outcome::Neither | Outcome::NothingToChange) => {
                    panic!("{case}")
                }
            }
            if is_over {
                break;
            }
        }
    }
}

#[actix_rt::test]
async fn former_calcom_tools_keep_everything_as_it_is_until_they_may_go() {
    let stage = Stage::set().await;
    stage.rest.change(KEY_A, |account| {
        let tools = account.llms[0]["general_tools"].as_array_mut().unwrap();
        tools.push(json!({"type": "book_appointment_cal", "name": "buchen", "cal_api_key": "geheim", "event_type_id": 1}));
    });
    let house = stage.house.app.house();
    let asked = stage.rest.requests().len();

    let refused = stage.deploy().await.unwrap_err();
    let which = Which { remove_legacy: true, ..Stage::which() };
    let report = deployments::deploy(house, &stage.site, &Principal::house(), &which).await.unwrap();

    assert!(
        refused.to_string().contains("buchen") && refused.to_string().contains("--remove-legacy"),
        "{refused}"
    );
    assert!(!refused.to_string().contains("geheim"));
    let writes = stage.rest.requests().into_iter().skip(asked).filter(|asked| asked.method != "GET").count();
    assert_eq!((report.outcome, writes), (Outcome::Done, 5), "{report:#?}");
    assert_eq!(stage.functions(), EVERY);
}

#[actix_rt::test]
async fn over_the_gateway_a_deployment_is_planned_done_listed_and_undone_by_its_own_company_alone() {
    let stage = Stage::set().await;
    let (house, directory) = (&stage.house, stage.house.app.house().directory());
    let make = async |role, company: &str| {
        let companies = [company.to_owned()];
        let made =
            tokens::create(house.app.house().store(), house.clock, &directory, (role, &companies, "test"));
        made.await.unwrap().1
    };
    let own = make(Role::CompanyAdmin, "salon-a").await;
    let other = make(Role::CompanyAdmin, "salon-b").await;
    let staff = make(Role::Staff, "salon-a").await;

    let plan = house.ask(&own, "retell.planDeployment", json!({})).await.unwrap();
    let done = house.ask(&own, "retell.config.deployCustomFunctions", json!({})).await.unwrap();
    let listed = house.ask(&own, "retell.listDeployments", json!({})).await.unwrap();

    assert_eq!((&plan["is_empty"], &done["outcome"]), (&json!(false), &json!("done")), "{plan:#} {done:#}");
    assert!(!plan.to_string().contains("geheim"));
    assert_eq!(listed["items"][0]["id"], done["id"]);
    let theirs = house.ask(&other, "retell.rollbackDeployment", json!({"id": done["id"]})).await;
    let nobodys = house.ask(&other, "retell.rollbackDeployment", json!({"id": uuid::Uuid::nil()})).await;
    assert_eq!(theirs, nobodys);
    assert_eq!(theirs.unwrap_err()["data"]["type"], "not_found");
    let refused = house.ask(&staff, "retell.rollbackDeployment", json!({"id": done["id"]})).await;
    assert_eq!(refused.unwrap_err()["data"]["type"], "forbidden");
    let undone = house.ask(&own, "retell.rollbackDeployment", json!({"id": done["id"]})).await.unwrap();
    assert_eq!(undone["outcome"], "done");
}

#[actix_rt::test]
async fn an_agent_that_thinks_elsewhere_gets_its_webhook_and_its_numbers() {
    let stage = Stage::set().await;
    let engine = json!({"type": "custom-llm", "llm_websocket_url": "wss://llm.example"});
    stage.rest.open(KEY_A, agent(&engine, &json!([])));

    let report = stage.deploy().await.unwrap();

    assert_eq!(report.outcome, Outcome::Done, "{report:#?}");
    assert!(report.notes[0].starts_with("the agent thinks in a custom LLM"), "{report:#?}");
    let account = stage.account();
    assert_eq!(account.numbers[0]["inbound_agents"], published());
    assert_eq!(stage.changes().await, [""; 0]);
}

#[actix_rt::test]
async fn the_command_line_shows_does_lists_and_undoes_and_its_exit_code_says_how_it_went() {
    let stage = Stage::set().await;
    let here = ["--company", "salon-a"];
    let with = |more: &[&'static str]| [&here[..], more].concat();

    let (planned, plan) = stage.command(&with(&["--branch", "mitte", "--plan"])).await;
    let before = stage.functions();
    let (done, said) = stage.command(&with(&["--yes"])).await;
    let (again, nothing) = stage.command(&with(&["--plan"])).await;
    let (_, listed) = stage.command(&with(&["--list"])).await;

    assert_eq!((planned, done, again), (0, 0, 0), "{plan}{said}{nothing}");
    assert!(plan.contains("- https://alt.example/frei\n") && plan.contains("+ http://127.0.0.1"), "{plan}");
    assert!(!plan.contains("geheim") && before.is_empty(), "{plan}");
    assert!(nothing.ends_with("nothing to change\n"), "{nothing}");
    let id = said.lines().last().unwrap().rsplit(' ').next().unwrap();
    assert!(
        listed.starts_with(id) && listed.contains("done: the agent answers as it was to in version 2"),
        "{listed}"
    );
    let (undone, said) = stage.command(&["--company", "salon-a", "--rollback", id]).await;
    assert_eq!((undone, stage.functions()), (0, Vec::new()), "{said}");
    assert_eq!(stage.command(&["--company", "salon-x", "--plan"]).await.0, 2);
    assert_eq!(stage.command(&here).await.0, 2);
    stage.rest.weather(Weather::Failing(503));
    let (failed, said) = stage.command(&with(&["--yes"])).await;
    assert_eq!(failed, 1);
    assert!(said.contains("Retell failed with status 503; nothing was changed"), "{said}");
}
