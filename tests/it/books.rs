//! What the books show from outside: tokens and scopes, state of live calls, branches and queues.

use fernamt::operations::{Role, tokens};
use serde_json::{Value, json};

use super::house::{House, Setup, eventually, status, wish};

async fn token(house: &House, role: Role, company: &str) -> String {
    let directory = house.app.house().directory();
    let companies = [company.to_owned()];
    let named = (role, companies.as_slice(), "test");
    tokens::create(house.app.house().store(), house.clock, &directory, named).await.unwrap().1
}

#[actix_rt::test]
async fn a_company_sees_its_own_and_nothing_of_another() {
    let house = House::open(Setup::default()).await;
    let (call, booking) = house.booked().await;
    let (own, other) = (
        token(&house, Role::CompanyAdmin, "salon-a").await,
        token(&house, Role::CompanyAdmin, "salon-b").await,
    );
    let paths = [
        format!("calls/{}", call.id()),
        format!("calls/{}/timeline", booking["call_id"].as_str().unwrap()),
        format!("bookings/{}", booking["id"].as_str().unwrap()),
        "calls?company=salon-a".to_owned(),
        "bookings?company=salon-a".to_owned(),
    ];

    for path in &paths {
        assert_eq!(house.get_as(&own, path).await.0, 200, "{path}");
        assert_eq!(house.get_as(&other, path).await.0, 404, "{path}");
    }
    for path in ["calls", "bookings", "callbacks", &format!("bookings?call_id={}", call.id())] {
        assert_eq!(house.get_as(&other, path).await.1["items"], json!([]), "{path}");
    }
    assert_eq!(house.get_as(&own, "bookings").await.1["items"].as_array().unwrap().len(), 1);
}

#[actix_rt::test]
async fn without_a_valid_token_nothing_is_shown_and_the_refusal_is_a_problem_document() {
    let house = House::open(Setup::default()).await;

    for wrong in ["", "fernamt_wrong", "cal_sim_key"] {
        let (code, body) = house.get_as(wrong, "calls").await;
        assert_eq!((code, &body["status"]), (401, &json!(401)));
    }
    let agent = token(&house, Role::Agent, "salon-a").await;
    assert_eq!(house.get_as(&agent, "bookings").await.0, 403);
    let staff = token(&house, Role::Staff, "salon-a").await;
    assert_eq!(house.get_as(&staff, "bookings").await.0, 200);
    assert_eq!(house.get_as(&staff, "calls").await.0, 403);
    assert_eq!(house.get_as(&house.token, "calls?limit=500").await.0, 400);
    assert_eq!(house.get_as(&house.token, "calls?nonsense=1").await.0, 400);
    assert_eq!(house.get_as(&house.token, "bookings?state=gone").await.0, 400);
}

#[actix_rt::test]
async fn whoever_has_one_company_gives_access_to_it_without_naming_it_and_days_are_understood() {
    let house = House::open(Setup::default()).await;
    let own = token(&house, Role::CompanyAdmin, "salon-a").await;
    let new = json!({"role": "staff", "name": "neu"});

    let url = format!("{}/api/admin/v1/tokens", house.app.url());
    let made = house.http.post(&url).bearer_auth(&own).json(&new).send().await.unwrap();
    let (status, made) = (made.status().as_u16(), made.json::<Value>().await.unwrap());
    let unnamed = house.http.post(&url).bearer_auth(&house.token).json(&new).send().await.unwrap();
    let wrong = house.get_as(&own, "calls?from=gestern").await;

    assert_eq!((status, &made["companies"]), (201, &json!(["salon-a"])), "{made}");
    assert_eq!(unnamed.status(), 400, "whoever sees all has to say which");
    assert_eq!(house.get_as(&own, "calls?from=2026-10-14&to=2026-10-14").await.0, 200);
    let detail = wrong.1["detail"].as_str().unwrap_or_default();
    assert!(wrong.0 == 400 && detail.contains("from must be an instant like"), "{wrong:?}");
}

#[actix_rt::test]
async fn a_live_call_shows_what_the_caller_has_said_and_what_is_held() {
    let house = House::open(Setup::default()).await;
    let mut call = house.ring();
    call.start().await;
    assert_eq!(
        status(&call.invoke("collect_appointment", wish("2026-10-20", "14:30", "Erika Beispiel")).await),
        "held"
    );

    let shown = house.get(&format!("calls/{}", call.id())).await;

    assert_eq!(shown["actor"]["phase"], "live");
    let draft = &shown["actor"]["draft"][0];
    assert_eq!((&draft["stage"], &draft["name"]), (&json!("held"), &json!("Erika Beispiel")));
    assert_eq!(draft["held_slot"]["start"], "2026-10-20T12:30:00Z");
    assert!(!shown["caller"].as_str().unwrap().contains("1234567"), "numbers are masked: {shown}");
    let live = house.get("calls?live=true").await;
    assert_eq!(live["items"].as_array().unwrap().len(), 1);
}

#[actix_rt::test]
async fn a_branch_shows_its_calendars_and_an_account_its_breaker() {
    let house = House::open(Setup::default()).await;
    let (_, booking) = house.booked().await;

    // The calendar says so a moment after the books do.
    let state = eventually("the calendar's last booking", || async {
        let state = house.get("branches/mitte/state?company=salon-a").await;
        state["calendars"][0]["last_booking"].is_string().then_some(state)
    })
    .await;
    let ambiguous = house.get_as(&house.token, "branches/mitte/state").await;
    let breakers = house.get("breakers").await;

    assert_eq!(state["placed"], 1);
    assert_eq!(state["calendars"][0]["calendar"], "anna");
    assert_eq!(state["calendars"][0]["last_booking"], booking["id"]);
    assert_eq!(ambiguous.0, 400);
    assert_eq!(
        breakers["items"][0]["companies"],
        json!(["salon-a", "salon-b"]),
        "sharers of a key share a breaker"
    );
}
