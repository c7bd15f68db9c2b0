//! What callers of every number hear while agents are set up and set back, whatever fails in between.

use std::collections::{BTreeMap, BTreeSet};

use fernamt::operations::deployments::{DeploymentReport, Outcome};
use fernamt::sim::retell::{Account, Fault, Weather};
use serde_json::{Value, json};

use super::deploy::{EVERY, Stage, content, llm};
use super::house::{KEY_A, NUMBER_A, salon_a};

/// A second number of the same branch.
const SECOND: &str = "+493083793370";
/// A number that is in no file.
const OUTSIDE: &str = "+493083793399";

fn bound(version: &Value) -> Value {
    json!([entry("agent_a", version, 1.0)])
}

fn entry(agent: &str, version: &Value, weight: f64) -> Value {
    json!({"agent_id": agent, "agent_version": version, "weight": weight})
}

fn number(number: &str, agents: &Value) -> Value {
    json!({"phone_number": number, "inbound_agents": agents})
}

/// An agent in one published version.
fn one(numbers: Vec<Value>) -> Account {
    Account { numbers, ..llm(&json!([])) }
}

/// An agent in two versions that sound differently; the second is published or a draft.
fn two(is_published: bool, numbers: Vec<Value>) -> Account {
    let mut account = one(numbers);
    let mut agent = account.agents[0].clone();
    (agent["version"], agent["is_published"]) = (json!(2), json!(is_published));
    agent["voice_id"] = json!("invented-voice-2");
    agent["response_engine"]["version"] = json!(2);
    let mut engine = account.llms[0].clone();
    (engine["version"], engine["is_published"]) = (json!(2), json!(is_published));
    engine["general_prompt"] = json!("Zweite Fassung.");
    account.agents.push(agent);
    account.llms.push(engine);
    account
}

/// Which version of the agent answers an entry of a number.
fn version(account: &Account, entry: &Value) -> Option<i64> {
    let versions = |is_published: bool| {
        let fit = move |agent: &&Value| !is_published || agent["is_published"] == true;
        account.agents.iter().filter(fit).filter_map(|agent| agent["version"].as_i64()).max()
    };
    match entry["agent_version"].as_str() {
        Some("latest_published") => versions(true),
        Some(_) => versions(false),
        None => entry["agent_version"].as_i64().or_else(|| versions(false)),
    }
}

/// What is heard at each number.
type ByNumber = BTreeMap<String, Vec<Value>>;

/// What callers of every number hear, part by part.
fn heard(account: &Account) -> ByNumber {
    let sound = |entry: &Value| {
        let words = if entry["agent_id"] == "agent_a" {
            version(account, entry).map_or(Value::Null, |version| json!(content(account, version)))
        } else {
            entry["agent_version"].clone()
        };
        json!([entry["agent_id"], entry["weight"], words])
    };
    let number = |number: &Value| {
        let entries = number["inbound_agents"].as_array().into_iter().flatten();
        (number["phone_number"].as_str().unwrap().to_owned(), entries.map(sound).collect())
    };
    account.numbers.iter().map(number).collect()
}

fn versions_heard(account: &Account) -> BTreeSet<i64> {
    let entries = account.numbers.iter().flat_map(|number| number["inbound_agents"].as_array().unwrap());
    entries
        .filter(|entry| entry["agent_id"] == "agent_a")
        .filter_map(|entry| version(account, entry))
        .collect()
}

async fn stage() -> Stage {
    let number = format!("\"{NUMBER_A}\"");
    Stage::set_for(&salon_a("").replace(&number, &format!("{number}, \"{SECOND}\""))).await
}

/// What is said is what is heard.
fn is_true(
    report: &DeploymentReport,
    (before, wanted): (&ByNumber, &ByNumber),
    (account, case): (&Account, &str),
) {
    let now = heard(account);
    let ours = || now.keys().filter(|number| *number != OUTSIDE);
    let is_before = now.iter().all(|(number, heard)| before[number] == *heard);
    let is_wanted = ours().all(|number| wanted[number] == now[number]);
    match report.outcome {
        Outcome::Done | Outcome::AsWanted => assert!(is_wanted, "{case}"),
        Outcome::AsBefore => assert!(is_before, "{case}"),
        Outcome::NothingToChange => assert!(is_before && is_wanted, "{case}"),
        Outcome::Mixed => assert!(!is_before && !is_wanted, "{case}"),
        // Whoever follows every draft hears one that is half done.
        Outcome::Neither => {
            assert!(now[OUTSIDE] != before[OUTSIDE] && now[OUTSIDE] != wanted[OUTSIDE], "{case}");
        }
        Outcome::Unknown => assert!(report.heard.is_empty(), "{case}"),
    }
    for number in ours() {
        let heard = &now[number];
        assert!(*heard == before[number] || *heard == wanted[number], "{number}: {case}");
    }
    if report.sentence.contains("nobody hears") {
        assert!(!versions_heard(account).contains(&report.version.unwrap()), "{case}");
    }
}

/// Deploys and undoes with a fault at every point in turn: every number hears what it did or what it is to, and is said to.
async fn with_every_fault(account: impl Fn() -> Account) {
    let stage = stage().await;
    let before = heard(&account());
    stage.rest.open(KEY_A, account());
    let done = stage.deploy().await.unwrap();
    assert_eq!(done.outcome, Outcome::Done, "{done:#?}");
    let (deployed, wanted) = (stage.account(), heard(&stage.account()));
    let undone = stage.rollback(&done).await.unwrap();
    assert_eq!((undone.outcome, heard(&stage.account())), (Outcome::Done, before.clone()), "{undone:#?}");
    for fault in [Fault::Status(400), Fault::Outage] {
        for requests in 0.. {
            assert!(requests < 80, "a deployment that never ends");
            stage.rest.open(KEY_A, account());
            stage.rest.fault_after(requests, fault);
            let report = stage.deploy().await;
            let is_over = stage.rest.has_fault();
            stage.rest.weather(Weather::Fair);
            let case = format!("deploying, {fault:?} after {requests}: {report:#?}");
            match &report {
                Ok(report) => is_true(report, (&before, &wanted), (&stage.account(), &case)),
                Err(_) => assert_eq!(heard(&stage.account()), before, "{case}"),
            }
            if is_over {
                break;
            }
            if let Some(report) = report.ok().filter(|report| report.id.is_some()) {
                let undone = stage.rollback(&report).await.unwrap();
                assert_eq!(heard(&stage.account()), before, "{undone:#?} {case}");
            }
            let again = stage.deploy().await.unwrap();
            assert!(matches!(again.outcome, Outcome::Done | Outcome::NothingToChange), "{again:#?} {case}");
            assert_eq!(stage.functions(), EVERY, "{case}");
        }
        for requests in 0.. {
            assert!(requests < 80, "an undoing that never ends");
            stage.rest.open(KEY_A, deployed.clone());
            stage.rest.fault_after(requests, fault);
            let report = stage.rollback(&done).await;
            let is_over = stage.rest.has_fault();
            stage.rest.weather(Weather::Fair);
            let case = format!("undoing, {fault:?} after {requests}: {report:#?}");
            match &report {
                Ok(report) => is_true(report, (&wanted, &before), (&stage.account(), &case)),
                Err(_) => assert_eq!(heard(&stage.account()), wanted, "{case}"),
            }
            if is_over {
                break;
            }
        }
    }
}

#[actix_rt::test]
async fn a_number_that_follows_every_draft_hears_none_that_failed() {
    with_every_fault(|| one(vec![number(NUMBER_A, &bound(&json!("latest")))])).await;
}

#[actix_rt::test]
async fn the_same_with_a_draft_above_the_version_that_answers() {
    with_every_fault(|| two(false, vec![number(NUMBER_A, &bound(&json!("latest_published")))])).await;
    with_every_fault(|| two(false, vec![number(NUMBER_A, &bound(&json!("latest")))])).await;
}

#[actix_rt::test]
async fn two_numbers_that_hear_different_versions_keep_and_get_back_each_its_own() {
    let numbers =
        |first: Value, second: Value| vec![number(NUMBER_A, &bound(&first)), number(SECOND, &bound(&second))];
    with_every_fault(|| two(true, numbers(json!(1), json!("latest")))).await;
    with_every_fault(|| two(true, numbers(json!("latest_published"), json!(1)))).await;
}

#[actix_rt::test]
async fn a_number_of_two_versions_changes_over_as_a_whole() {
    let agents = json!([entry("agent_a", &json!(1), 0.5), entry("agent_a", &json!("latest_published"), 0.5)]);
    with_every_fault(|| two(true, vec![number(NUMBER_A, &agents)])).await;
}

#[actix_rt::test]
async fn a_number_of_another_agent_gets_it_back() {
    let agents = json!([entry("agent_z", &json!("latest"), 0.4), entry("agent_z", &json!(3), 0.6)]);
    with_every_fault(|| one(vec![number(NUMBER_A, &agents)])).await;
}

#[actix_rt::test]
async fn what_a_number_outside_hears_is_said_too() {
    let numbers =
        |own: Value, other: Value| vec![number(NUMBER_A, &bound(&own)), number(OUTSIDE, &bound(&other))];
    with_every_fault(|| one(numbers(json!(1), json!("latest_published")))).await;
    with_every_fault(|| one(numbers(json!("latest_published"), json!("latest")))).await;
}

#[actix_rt::test]
async fn a_number_set_back_to_the_latest_hears_no_draft_that_somebody_has_begun_since() {
    let stage = stage().await;
    stage.rest.open(KEY_A, one(vec![number(NUMBER_A, &bound(&json!("latest_published")))]));
    stage.deploy().await.unwrap();
    let wanted = heard(&stage.account());
    stage.rest.change(KEY_A, |account| account.numbers[0]["inbound_agents"] = bound(&json!("latest")));
    let bound_again = stage.deploy().await.unwrap();
    stage.rest.change(KEY_A, |account| {
        let (mut agent, mut engine) = (account.agents[1].clone(), account.llms[1].clone());
        (agent["version"], agent["is_published"]) = (json!(3), json!(false));
        agent["response_engine"]["version"] = json!(3);
        (engine["version"], engine["is_published"], engine["general_tools"]) =
            (json!(3), json!(false), json!([]));
        account.agents.push(agent);
        account.llms.push(engine);
    });

    let undone = stage.rollback(&bound_again).await.unwrap();

    assert_eq!((undone.outcome, undone.version), (Outcome::Done, Some(4)), "{undone:#?}");
    assert_eq!(stage.account().numbers[0]["inbound_agents"][0]["agent_version"], "latest");
    assert_eq!(heard(&stage.account()), wanted);
}

#[actix_rt::test]
async fn what_somebody_changes_between_the_look_and_the_publishing_is_not_called_done() {
    let stage = stage().await;
    for (member, value) in [("general_tools", json!([])), ("general_prompt", json!("Von Hand."))] {
        stage.rest.open(KEY_A, one(vec![number(NUMBER_A, &bound(&json!("latest_published")))]));
        stage.rest.before(KEY_A, "/publish-agent-version/", move |account| {
            account.llms.last_mut().unwrap()[member] = value.clone();
        });

        let report = stage.deploy().await.unwrap();

        assert_eq!(report.outcome, Outcome::Neither, "{report:#?}");
        let said = format!("at {NUMBER_A} neither as before nor as it was to in version 2");
        assert!(report.sentence.contains(&said), "{}", report.sentence);
        let undone = stage.rollback(&report).await.unwrap();
        assert_eq!((undone.outcome, undone.version), (Outcome::Done, Some(3)), "{undone:#?}");
    }
}

#[actix_rt::test]
async fn a_number_that_somebody_binds_meanwhile_is_not_taken_back() {
    let stage = stage().await;
    stage.rest.open(KEY_A, one(vec![number(NUMBER_A, &bound(&json!(1)))]));
    let elsewhere = json!([entry("agent_emergency", &json!("latest_published"), 1.0)]);
    let by_hand = elsewhere.clone();
    stage.rest.before(KEY_A, "/publish-agent-version/", move |account| {
        account.numbers[0]["inbound_agents"] = by_hand.clone();
    });

    let report = stage.deploy().await.unwrap();

    assert_eq!(stage.account().numbers[0]["inbound_agents"], elsewhere);
    assert_eq!(report.outcome, Outcome::Neither, "{report:#?}");
    assert!(report.stopped.unwrap().contains("was changed at Retell meanwhile"));
}

#[actix_rt::test]
async fn undoing_says_what_others_have_changed_since_and_is_now_lost() {
    let stage = stage().await;
    stage.rest.open(KEY_A, one(vec![number(NUMBER_A, &bound(&json!("latest_published")))]));
    let done = stage.deploy().await.unwrap();
    stage.rest.change(KEY_A, |account| {
        account.agents.last_mut().unwrap()["voice_id"] = json!("voice-by-hand");
        account.llms.last_mut().unwrap()["general_prompt"] = json!("Neue Preise.");
    });

    let undone = stage.rollback(&done).await.unwrap();

    let said: Vec<String> =
        undone.changes.iter().map(|change| format!("{} {}", change.subject, change.what)).collect();
    assert!(said.contains(&"agent_a voice_id".to_owned()), "{said:?}");
    assert!(said.contains(&"general_prompt the prompt".to_owned()), "{said:?}");
    assert!(said.contains(&"opening_hours is taken away again".to_owned()), "{said:?}");
    assert!(!format!("{:?}", undone.changes).contains("geheim"));
}

#[actix_rt::test]
async fn where_a_number_is_kept_on_a_version_that_one_is_said_to_answer() {
    let stage = stage().await;
    stage.rest.open(KEY_A, one(vec![number(NUMBER_A, &bound(&json!(1)))]));
    let done = stage.deploy().await.unwrap();

    let undone = stage.rollback(&done).await.unwrap();

    assert_eq!(undone.sentence, "done: the agent answers as it was to in version 1");
}
