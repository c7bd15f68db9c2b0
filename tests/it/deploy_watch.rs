//! Agents after they were set up: what somebody changes by hand is seen, and branches of one agent are one set-up.

use fernamt::operations::deployments::Outcome;
use fernamt::sim::retell::Account;
use serde_json::{Value, json};

use super::deploy::{EVERY, Stage, llm};
use super::house::{KEY_A, salon_a};

/// The number of the second branch.
const NORTH: &str = "+493083793371";

fn published() -> Value {
    json!([{"agent_id": "agent_a", "agent_version": "latest_published", "weight": 1}])
}

/// A company whose branches have one agent.
async fn shared() -> Stage {
    let north = format!(
        r#"
[[branch]]
slug = "nord"
name = "Salon Morgenrot Nord"
phone_numbers = ["{NORTH}"]
retell_agent_id = "agent_a"
hours = "mon-fri 09:00-18:00"
  [[branch.service]]
  slug = "haarschnitt"
  name = "Haarschnitt"
  duration_minutes = 30
  event_type_id = 1021
  calendar = "clara"
"#
    );
    let stage = Stage::set_for(&(salon_a("") + &north)).await;
    stage.rest.change(KEY_A, |account| {
        account.numbers.push(json!({"phone_number": NORTH, "inbound_agents": published()}));
    });
    stage
}

impl Stage {
    async fn patch(&self, path: &str, body: Value) {
        let url = format!("{}/api/admin/v1/companies/salon-a/{path}", self.house.app.url());
        let request = self.house.http.patch(url).bearer_auth(&self.house.token).json(&body);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{}", answer.text().await.unwrap());
    }

    /// What the check says of how agents were deployed.
    async fn findings(&self) -> Vec<String> {
        let readiness = self.house.get("readiness?company=salon-a").await;
        let findings = readiness["companies"][0]["findings"].as_array().unwrap().iter();
        let said = findings.map(|finding| finding["what"].as_str().unwrap().to_owned());
        said.filter(|what| what.contains("deploy") || what.contains("differs from what is wanted")).collect()
    }

    fn change_tools(&self, change: impl FnOnce(&mut Vec<Value>)) {
        self.rest.change(KEY_A, |account| {
            change(account.llms.last_mut().unwrap()["general_tools"].as_array_mut().unwrap());
        });
    }
}

const GREEN: &str = "is as it was deployed from here";

#[actix_rt::test]
async fn branches_of_one_agent_are_one_set_up_and_the_check_is_green_for_both() {
    let stage = shared().await;
    stage.patch("prompt", json!({"author": "ours"})).await;

    let first = stage.deploy_at(Some("mitte")).await.unwrap();
    let second = stage.deploy_at(Some("nord")).await.unwrap();

    assert_eq!((first.outcome, second.outcome), (Outcome::Done, Outcome::NothingToChange), "{second:#?}");
    assert!(first.notes.iter().any(|note| note.starts_with("this agent is also that of nord")), "{first:#?}");
    assert!(stage.account().numbers.iter().all(|number| number["inbound_webhook_url"].is_string()));
    assert_eq!(stage.findings().await, [GREEN, GREEN]);
    let undone = stage.rollback(&first).await.unwrap();
    assert!(
        undone.notes.iter().any(|note| note.starts_with("this agent is also that of nord")),
        "{undone:#?}"
    );
    assert!(stage.account().numbers.iter().all(|number| number["inbound_webhook_url"].is_null()));
}

#[actix_rt::test]
async fn branches_of_one_agent_that_contradict_each_other_are_named_and_nothing_is_sent() {
    let stage = shared().await;
    stage.patch("functions/check_availability?branch=mitte", json!({"timeout_ms": 5000})).await;
    let before = stage.account().agents.len();

    let refused = [stage.deploy_at(Some("mitte")).await, stage.deploy_at(Some("nord")).await];

    for refused in refused {
        let said = refused.unwrap_err().to_string();
        assert!(
            said.contains("branches mitte and nord") && said.contains("check_availability (timeout_ms)"),
            "{said}"
        );
    }
    assert_eq!(stage.account().agents.len(), before);
    assert!(!stage.plan_at(Some("nord")).await.is_empty);
    stage.patch("functions/check_availability?branch=nord", json!({"timeout_ms": 5000})).await;
    assert_eq!(stage.deploy_at(Some("nord")).await.unwrap().outcome, Outcome::Done);
    assert_eq!(stage.functions(), EVERY);
}

#[actix_rt::test]
async fn a_deployment_that_failed_is_a_finding_and_does_not_end_the_watch() {
    let stage = Stage::set_for(&salon_a("")).await;
    stage.deploy().await.unwrap();
    assert_eq!(stage.findings().await, [GREEN]);
    stage.change_tools(|tools| tools.retain(|tool| tool["name"] != "opening_hours"));
    stage.rest.before(KEY_A, "/publish-agent-version/", |account| drop(account.agents.pop()));

    assert_eq!(stage.deploy().await.unwrap().outcome, Outcome::AsBefore);

    let said = stage.findings().await.join("\n");
    assert!(said.contains("did not come to its end: stopped"), "{said}");
    stage.rest.open(KEY_A, llm(&published()));
    let again = stage.deploy().await.unwrap();
    assert_eq!(stage.findings().await, [GREEN], "{again:#?}");
    let undone = stage.rollback(&again).await.unwrap();
    let redone = stage.rollback(&undone).await.unwrap();
    assert_eq!(redone.outcome, Outcome::Done);
    stage.change_tools(|tools| tools.retain(|tool| tool["name"] != "opening_hours"));
    let said = stage.findings().await.join("\n");
    assert!(said.contains("differs from what is wanted: opening_hours is added"), "{said}");
}

#[actix_rt::test]
async fn a_deployment_that_was_cut_off_is_a_finding_and_who_comes_next_is_told_since_when() {
    let stage = Stage::set_for(&salon_a("")).await;
    stage.deploy().await.unwrap();
    stage.change_tools(Vec::clear);
    let company = stage.house.app.house().directory().company_by_slug("salon-a").unwrap().clone();
    let begun = fernamt::store::deployments::Begun {
        id: uuid::Uuid::now_v7(),
        company: company.id,
        branch: company.branches[0].id,
        at: stage.house.clock.now(),
        by: "somebody".into(),
        undoes: None,
        before: "{}".into(),
    };
    let deployments = stage.house.app.house().store().deployments(fernamt::store::Scope::All);
    deployments.begin(begun).await.unwrap();

    let refused = stage.deploy().await.unwrap_err().to_string();

    assert!(refused.contains("by somebody") && refused.contains("the next one can begin at"), "{refused}");
    let said = stage.findings().await.join("\n");
    assert!(said.contains("a deployment was begun") && said.contains("opening_hours is added"), "{said}");
}

/// What somebody changes at Retell by hand.
type Hand<'a> = &'a dyn Fn(&mut Account);

#[actix_rt::test]
async fn whatever_somebody_changes_by_hand_is_seen() {
    let stage = Stage::set_for(&salon_a("")).await;
    stage.deploy().await.unwrap();
    let deployed = stage.account();
    let tool = |account: &mut Account, member: &str, value: Value| {
        let tools = account.llms.last_mut().unwrap()["general_tools"].as_array_mut().unwrap();
        let ours = tools.iter_mut().find(|tool| tool["name"] == "list_services").unwrap();
        ours[member] = value;
    };
    let hands: [(&str, Hand<'_>); 6] = [
        ("in 10 of 100 calls; when it was deployed, in 100", &|account| {
            let other = json!({"agent_id": "agent_z", "weight": 0.9});
            let ours = json!({"agent_id": "agent_a", "agent_version": "latest_published", "weight": 0.1});
            account.numbers[0]["inbound_agents"] = json!([ours, other]);
        }),
        ("of the kind mcp that is called list_services", &|account| tool(account, "type", json!("mcp"))),
        ("list_services: headers.X-Key was added", &|account| {
            tool(account, "headers", json!({"X-Key": "geheim"}));
        }),
        ("list_services: query_params.k was added", &|account| {
            tool(account, "query_params", json!({"k": "geheim"}));
        }),
        ("alt: Retell's former Cal.com tools", &|account| {
            let tools = account.llms.last_mut().unwrap()["general_tools"].as_array_mut().unwrap();
            tools.push(json!({"type": "book_appointment_cal", "name": "alt", "cal_api_key": "geheim"}));
        }),
        ("version 3 was changed by hand and never published", &|account| {
            let mut draft = account.agents.last().unwrap().clone();
            (draft["version"], draft["is_published"], draft["voice_id"]) =
                (json!(3), json!(false), json!("halb"));
            account.agents.push(draft);
        }),
    ];
    for (expected, hand) in hands {
        stage.rest.open(KEY_A, deployed.clone());
        stage.rest.change(KEY_A, |account| hand(account));

        let said = stage.findings().await.join("\n");

        assert!(said.contains(expected), "{expected}: {said}");
        assert!(!said.contains("geheim") && !said.contains(GREEN), "{said}");
    }
    stage.rest.open(KEY_A, deployed);
    stage.change_tools(|tools| tools.retain(|tool| tool["name"] != "opening_hours"));
    assert_eq!(
        stage.findings().await.len(),
        1,
        "that a version is published follows from it and is none of its own"
    );
}
