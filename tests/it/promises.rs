//! What an agent promises without a fact, and what people do with callback items: seen from outside.

use serde_json::{Value, json};

use super::house::{House, Setup, eventually, says_yes, wish};

async fn patch(house: &House, token: &str, id: &str, change: Value) -> (u16, Value) {
    let url = format!("{}/api/admin/v1/callbacks/{id}", house.app.url());
    let answer = house.http.patch(url).bearer_auth(token).json(&change).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

async fn token(house: &House, role: &str, company: &str) -> String {
    let url = format!("{}/api/admin/v1/tokens", house.app.url());
    let new = json!({"role": role, "companies": [company], "name": role});
    let answer = house.http.post(url).bearer_auth(&house.token).json(&new).send().await.unwrap();
    let made: Value = answer.json().await.unwrap();
    made["token"].as_str().unwrap().to_owned()
}

async fn alerts(house: &House) -> Vec<Value> {
    house.get("alerts").await["items"].as_array().unwrap().clone()
}

#[actix_rt::test]
async fn an_agent_that_says_booked_without_a_function_has_a_person_call_back_once() {
    let house = House::open(Setup::default()).await;
    let mut call = house.ring();
    call.start().await;
    call.says("Dann ist mein Termin also gebucht?");
    call.agent("Ja, Ihr Termin am Dienstag um 14 Uhr 30 ist gebucht!");
    call.hang_up("user_hangup");
    for _ in 0..3 {
        call.ended().await;
        call.analyzed(json!({})).await;
    }

    let items = house.callbacks().await;
    let alerts = alerts(&house).await;
    let story = house.get(&format!("calls/{}/timeline", call.id())).await;

    assert_eq!(items.len(), 1, "{items:?}");
    assert_eq!(
        (&items[0]["reason"], &items[0]["priority"]),
        (&json!("promise_without_booking"), &json!("high"))
    );
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    assert_eq!(
        (&alerts[0]["kind"], &alerts[0]["company"]),
        (&json!("promise_without_booking"), &json!("salon-a"))
    );
    assert_eq!(alerts[0]["subject"], items[0]["call_id"]);
    assert!(
        story["why"].as_str().unwrap().contains("the agent said that an appointment was booked"),
        "{}",
        story["why"]
    );
    let events = story["events"].as_array().unwrap();
    let told: Vec<&Value> = events.iter().filter(|event| event["kind"] == "unfounded").collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["data"], json!({"claims": ["booked"]}), "no word of what was said");
    assert_eq!(story["outcome"], "callback");
}

#[actix_rt::test]
async fn words_of_the_caller_and_promises_that_are_kept_raise_no_alarm() {
    let house = House::open(Setup::default()).await;
    let mut kept = house.ring();
    kept.invoke("collect_appointment", wish("2026-10-20", "14:30", "Erika Beispiel")).await;
    says_yes(&mut kept).await;
    kept.agent("Ihr Termin ist gebucht.");
    let mut asked = house.ring();
    asked.says("Ihr Termin ist gebucht. Den alten habe ich storniert.");
    asked.agent("Das habe ich nicht verstanden.");
    for call in [&mut kept, &mut asked] {
        call.hang_up("user_hangup");
        call.ended().await;
        call.analyzed(json!({})).await;
    }
    house.booking_in(kept.id(), &["booked"]).await;

    assert_eq!((house.callbacks().await.len(), alerts(&house).await.len()), (0, 0));
}

#[actix_rt::test]
async fn a_call_that_waited_for_its_analysis_in_vain_is_audited_from_what_was_delivered() {
    let settings = "[calls]\nanalysis_wait_ms = 200\n";
    let house = House::open(Setup { settings, ..Setup::default() }).await;
    let mut call = house.ring();
    call.agent("Alles klar, der Termin ist storniert.");
    call.hang_up("user_hangup");
    call.ended().await;

    let item =
        eventually("a person to be told", || async { house.callbacks().await.into_iter().next() }).await;

    assert_eq!(item["reason"], "promise_without_booking");
}

#[actix_rt::test]
async fn staff_say_what_came_of_a_callback_and_others_find_it_so() {
    let house = House::open(Setup::default()).await;
    let mut call = house.ring();
    let asked = json!({"grund": "Frage zur Rechnung", "wunschzeit": "morgen um 15 Uhr"});
    call.invoke("request_callback", asked).await;
    let item = house.callbacks().await.remove(0);
    let id = item["id"].as_str().unwrap();
    assert_eq!(item["wished"]["from"], "2026-10-15T13:00:00Z");
    assert_eq!((&item["tries"], &item["owner"], &item["overdue"]), (&json!(0), &Value::Null, &json!(false)));
    let staff = token(&house, "staff", "salon-a").await;

    let taken = json!({"owner": "Bea", "note": "Rechnung Nr. 17 heraussuchen"});
    let (code, mine) = patch(&house, &staff, id, taken).await;
    assert_eq!((code, &mine["owner"], &mine["state"]), (200, &json!("Bea"), &json!("open")));
    let (_, tried) = patch(&house, &staff, id, json!({"state": "unreachable"})).await;
    let (_, again) = patch(&house, &staff, id, json!({"state": "unreachable", "owner": null})).await;
    assert_eq!((&tried["tries"], &again["tries"], &again["owner"]), (&json!(1), &json!(2), &Value::Null));
    assert_eq!(again["note"], "Rechnung Nr. 17 heraussuchen");
    let open = |filter: &str| {
        let path = format!("callbacks?{filter}");
        let house = &house;
        async move { house.get(&path).await["items"].as_array().unwrap().len() }
    };
    assert_eq!((open("state=open").await, open("state=unreachable").await), (0, 1));
    let (_, done) = patch(&house, &staff, id, json!({"state": "done"})).await;
    assert_eq!((&done["state"], &done["tries"]), (&json!("done"), &json!(2)));
    assert_eq!((open("state=done&reason=callers_wish").await, open("priority=high").await), (1, 0));
    assert_eq!(open("overdue=true").await, 0);

    // What somebody has seen to is not opened again by what the call still says.
    call.invoke("request_callback", json!({"grund": "Frage zur Rechnung"})).await;
    assert_eq!(open("state=done").await, 1);
}

#[actix_rt::test]
async fn a_callback_is_nobody_elses_to_change_and_nonsense_is_refused() {
    let house = House::open(Setup::default()).await;
    let mut call = house.ring();
    call.invoke("request_callback", json!({"grund": "Frage"})).await;
    let id = house.callbacks().await[0]["id"].as_str().unwrap().to_owned();
    let (other, agent) = (token(&house, "staff", "salon-b").await, token(&house, "agent", "salon-a").await);
    let done = json!({"state": "done"});

    let path = format!("callbacks/{id}");
    assert_eq!(
        (house.get(&path).await["id"].as_str(), house.get_as(&other, &path).await.0),
        (Some(id.as_str()), 404)
    );
    assert_eq!(patch(&house, &other, &id, done.clone()).await.0, 404);
    assert_eq!(patch(&house, &agent, &id, done.clone()).await.0, 403);
    assert_eq!(patch(&house, &house.token, "kein-uuid", done).await.0, 404);
    for nonsense in [
        json!({"state": "vergessen"}),
        json!({"prio": "high"}),
        json!({"tries": 1001}),
        json!({"owner": "x".repeat(201)}),
    ] {
        assert_eq!(patch(&house, &house.token, &id, nonsense.clone()).await.0, 400, "{nonsense}");
    }
    for path in ["callbacks?state=fertig", "callbacks?priority=urgent", "alerts?kind=x"] {
        assert_eq!(house.get_as(&house.token, path).await.0, 400, "{path}");
    }
    let staff = token(&house, "staff", "salon-a").await;
    assert_eq!(house.get_as(&staff, "alerts").await.0, 403, "alerts are for those who look after the set-up");
    assert_eq!(house.callbacks().await[0]["state"], "open");
}
