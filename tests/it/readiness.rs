//! Whether a company can take calls, looked at from outside: against a simulated Retell and Cal.com, over REST.

use fernamt::operations::{Role, tokens};
use fernamt::sim::retell::{Account, Rest};
use serde_json::{Value, json};

use super::house::{House, KEY_A, NOWHERE, NUMBER_A, Setup, salon_a};

/// A house with one company, and the Retell it is entered at.
async fn opened(change: impl Fn(String) -> String) -> (House, Rest) {
    let rest = Rest::start(0).unwrap();
    let house = House::open(Setup { companies: Vec::new(), ..Setup::default() }).await;
    let account = Account::default().with_receptionist("agent_a", NUMBER_A, &house.app.url());
    rest.open(KEY_A, account);
    house.apply(&change(at(&rest))).await;
    (house, rest)
}

fn at(rest: &Rest) -> String {
    salon_a("").replace(NOWHERE, &rest.url())
}

/// What is not green: light, area, subject.
fn troubles(readiness: &Value) -> Vec<(String, String, String)> {
    let word = |finding: &Value, field: &str| finding[field].as_str().unwrap().to_owned();
    let findings = readiness["companies"][0]["findings"].as_array().unwrap();
    let findings = findings.iter().filter(|finding| finding["light"] != "green");
    findings.map(|one| (word(one, "light"), word(one, "area"), word(one, "subject"))).collect()
}

fn trouble(light: &str, area: &str, subject: &str) -> (String, String, String) {
    (light.into(), area.into(), subject.into())
}

#[actix_rt::test]
async fn a_company_that_is_set_up_has_nothing_red() {
    let (house, _rest) = opened(|text| text).await;

    let readiness = house.get("readiness?company=salon-a").await;

    // The key is the first host's; of the second, no booking has been seen yet.
    assert_eq!(troubles(&readiness), [trouble("yellow", "service", "mitte/beratung")], "{readiness:#}");
    assert_eq!(readiness["companies"][0]["light"], "yellow");
    assert!(readiness["companies"][0]["next"].as_str().unwrap().starts_with("ready for calls"));
}

#[actix_rt::test]
async fn the_two_missing_ids_of_a_new_company_are_red_and_each_fix_names_what_to_write() {
    let without = |text: String| {
        text.replace("retell_agent_id = \"agent_a\"\n", "").replace("  event_type_id = 1001\n", "")
    };
    let (house, _rest) = opened(without).await;

    let readiness = house.get("readiness?company=salon-a").await;

    let red: Vec<_> = troubles(&readiness).into_iter().filter(|(light, ..)| light == "red").collect();
    let expected = [trouble("red", "agent", "mitte"), trouble("red", "service", "mitte/haarschnitt")];
    assert_eq!(red, expected, "{readiness:#}");
    let text = readiness.to_string();
    assert!(text.contains("retell_agent_id = \\\"agent_a\\\""), "{text}");
    assert!(text.contains("1001 (\\\"Termin 1001\\\", 30 min)"), "{text}");
}

#[actix_rt::test]
async fn what_is_wrong_at_retell_is_seen_there() {
    let (house, rest) = opened(|text| text).await;
    rest.change(KEY_A, |account| {
        account.agents[0]["webhook_url"] = json!("https://elsewhere.example/hook");
        account.llms[0]["general_tools"][1]["args_at_root"] = json!(true);
        account.numbers[0]["inbound_agents"] = json!([]);
    });

    let readiness = house.get("readiness?company=salon-a").await;

    let red: Vec<_> = troubles(&readiness).into_iter().filter(|(light, ..)| light == "red").collect();
    let expected = [
        trouble("red", "number", NUMBER_A),
        trouble("red", "agent", "mitte"),
        trouble("red", "function", "mitte"),
    ];
    assert_eq!(red, expected, "{readiness:#}");
}

#[actix_rt::test]
async fn keys_that_are_not_accepted_and_calendars_that_are_down_are_red_in_words() {
    let (house, rest) = opened(|text| text.replace("cal_sim_key", "cal_wrong")).await;
    rest.change(KEY_A, |account| account.agents.clear());

    let readiness = house.get("readiness?company=salon-a").await;

    let red: Vec<_> = troubles(&readiness).into_iter().filter(|(light, ..)| light == "red").collect();
    assert_eq!(
        red,
        [trouble("red", "agent", "mitte"), trouble("red", "account", "default")],
        "{readiness:#}"
    );

    house.apply(&at(&rest)).await;
    house.calcom.go_down().await;
    let readiness = house.get("readiness?company=salon-a").await;
    assert!(
        readiness.to_string().contains("Cal.com could not be asked at http://127.0.0.1"),
        "{readiness:#}"
    );
}

#[actix_rt::test]
async fn staff_may_not_look_and_a_company_sees_itself_alone() {
    let (house, _rest) = opened(|text| text).await;
    let directory = house.app.house().directory();
    let make = async |role, companies: &[String]| {
        tokens::create(house.app.house().store(), house.clock, &directory, (role, companies, "test"))
            .await
            .unwrap()
            .1
    };
    let staff = make(Role::Staff, &["salon-a".to_owned()]).await;
    let admin = make(Role::CompanyAdmin, &["salon-a".to_owned()]).await;

    assert_eq!(house.get_as(&staff, "readiness?company=salon-a").await.0, 403);
    assert_eq!(house.get_as(&admin, "readiness").await.0, 200);
    assert_eq!(house.get_as(&admin, "readiness?company=salon-b").await.0, 404);
}

#[actix_rt::test]
async fn a_service_without_an_event_type_is_entered_but_never_offered() {
    let (house, _rest) = opened(|text| text.replace("  event_type_id = 1001\n", "")).await;
    let mut call = house.ring();

    let inbound = call.inbound().await;
    let listed = call.invoke("list_services", json!({})).await;
    let asked = call
        .invoke("check_availability", json!({"dienstleistung": "Haarschnitt", "datum": "2026-10-20"}))
        .await;

    assert_eq!(inbound.body["call_inbound"]["dynamic_variables"]["dienstleistungen"], "Beratung");
    assert_eq!(listed.body["services"].as_array().unwrap().len(), 1, "{}", listed.body);
    assert_eq!(asked.body["status"], "unknown_service", "{}", asked.body);
}

#[actix_rt::test]
async fn an_event_type_that_is_all_that_is_added_is_kept() {
    let in_one_calendar = |text: String| text.replace("calendar = \"bea\"", "calendar = \"anna\"");
    let (house, rest) = opened(|text| in_one_calendar(text).replace("  event_type_id = 1002\n", "")).await;
    let before = house.get("readiness?company=salon-a").await;
    assert!(troubles(&before).contains(&trouble("red", "service", "mitte/beratung")), "{before:#}");

    house.apply(&in_one_calendar(at(&rest))).await;

    let after = house.get("readiness?company=salon-a").await;
    assert!(troubles(&after).iter().all(|(light, ..)| light != "red"), "{after:#}");
}
