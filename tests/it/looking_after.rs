//! The pages by which a company is set up, watched and looked after, as a browser without scripts uses them.

use serde_json::{Value, json};

use super::browser::{Browser, PASSWORD};
use super::house::{House, KEY_A, NUMBER_A, Setup, wish};
use fernamt::sim::retell::Account;

const EMAIL: &str = "anna@beispiel.example";

fn german(page: &str) -> &str {
    page.split("<main").nth(1).unwrap_or_default()
}

#[actix_rt::test]
async fn a_function_is_switched_off_and_the_agent_has_it_no_more_after_a_deployment() {
    let house = House::open(Setup::default()).await;
    house.retell.open(KEY_A, Account::default().with_receptionist("agent_a", NUMBER_A, &house.app.url()));
    let browser = Browser::of(&house, EMAIL, "company_admin", &["salon-a"]).await;

    let off = browser
        .submit("/admin/retell-webhook/functions", &[("function", "request_callback"), ("do", "off")])
        .await;
    let plan = browser.get("/admin/retell-webhook/plan").await;
    let deployed = browser.submit("/admin/retell-webhook/deploy", &[]).await;
    let after = browser.get(&deployed.location).await;
    let again = browser.get("/admin/retell-webhook/plan").await;

    assert_eq!(off.status, 303, "{}", off.html);
    assert!(off.location.contains("notice=function-off"), "{}", off.location);
    assert_eq!(plan.status, 200, "{}", plan.html);
    assert!(plan.html.contains("Ausrollen") && plan.html.contains("check_availability"), "{}", plan.html);
    assert_eq!(deployed.status, 303, "{}", german(&deployed.html));
    assert!(after.html.contains("Der Agent antwortet jetzt so, wie er soll"), "{}", german(&after.html));
    assert!(again.html.contains("Alles ist schon so, wie es sein soll"), "{}", german(&again.html));
}

#[actix_rt::test]
async fn the_signing_key_is_shown_masked_and_replaced_and_a_text_that_is_too_long_is_refused_on_the_page() {
    let house = House::open(Setup::default()).await;
    let browser = Browser::of(&house, EMAIL, "company_admin", &["salon-a"]).await;
    let key = "key_neu_1234567890abcdef";

    let replaced = browser.submit("/admin/retell-webhook/key", &[("signing_key", key), ("hours", "1")]).await;
    let page = browser.get("/admin/retell-webhook").await;
    let long = "x".repeat(201);
    let refused = browser
        .submit(
            "/admin/retell-webhook/functions",
            &[("function", "list_services"), ("do", "save"), ("speak_during", &long)],
        )
        .await;

    assert_eq!(replaced.status, 303, "{}", german(&replaced.html));
    assert!(page.html.contains("key_…cdef") && !page.html.contains(key), "{}", german(&page.html));
    assert_eq!(refused.status, 400);
    assert!(refused.html.contains("speak_during"), "{}", german(&refused.html));
}

#[actix_rt::test]
async fn a_branch_is_paused_from_the_page_and_callers_hear_it_until_it_is_resumed() {
    let house = House::open(Setup::default()).await;
    let browser = Browser::of(&house, EMAIL, "company_admin", &["salon-a"]).await;

    let paused = browser.submit("/admin/setup/mend", &[("what", "pause"), ("branch", "mitte")]).await;
    let heard =
        house.ring().invoke("check_availability", wish("2026-10-20", "14:30", "Erika Beispiel")).await.body;
    let page = browser.get("/admin/setup").await;
    let resumed = browser.submit("/admin/setup/mend", &[("what", "resume"), ("branch", "mitte")]).await;
    let heard_after =
        house.ring().invoke("check_availability", wish("2026-10-20", "14:30", "Erika Beispiel")).await.body;

    assert_eq!((paused.status, resumed.status), (303, 303), "{}", german(&paused.html));
    assert_eq!((&heard["status"], &heard["paused"]), (&json!("closed"), &json!(true)));
    assert!(page.html.contains("paused: callers are told") && page.html.contains("Wieder annehmen"));
    assert_eq!(heard_after["status"], "available", "{heard_after}");
}

#[actix_rt::test]
async fn a_red_point_of_the_check_is_mended_by_its_button() {
    let house = House::open(Setup::default()).await;
    house
        .retell
        .open(KEY_A, Account::default().with_receptionist("agent_a", NUMBER_A, "https://elsewhere.example"));
    let browser = Browser::of(&house, EMAIL, "company_admin", &["salon-a"]).await;

    let before = browser.get("/admin/setup").await;
    let link =
        before.html.split("href=\"").find(|part| part.starts_with("/admin/retell-webhook/plan")).unwrap();
    let link = link.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&");
    let plan = browser.get(&link).await;
    let deploy = link.replace("/plan?", "/deploy?");
    let deployed = browser.submit(&deploy, &[]).await;
    let after = browser.get("/admin/setup").await;

    assert!(before.html.contains("elsewhere.example"), "{}", german(&before.html));
    assert_eq!((plan.status, deployed.status), (200, 303), "{}", german(&deployed.html));
    assert!(!after.html.contains("elsewhere.example"), "{}", german(&after.html));
}

#[actix_rt::test]
async fn hours_and_rules_are_changed_with_the_checks_of_the_file_and_keys_stay() {
    let house = House::open(Setup::default()).await;
    let browser = Browser::of(&house, EMAIL, "company_admin", &["salon-a"]).await;
    let change = |hours| [("branch", "mitte"), ("name", "Salon Morgenrot Mitte"), ("hours", hours)];

    let wrong = browser.submit("/admin/setup/branches", &change("mon-fri 9 Uhr")).await;
    let right = browser.submit("/admin/setup/branches", &change("mon-fri 10:00-16:00")).await;
    let settings = house.get("companies/salon-a").await;
    let (_, booking) = house.booked().await;
    let audit = house.get("audit?company=salon-a&action=company_applied").await;

    assert_eq!((wrong.status, right.status), (400, 303), "{}", german(&right.html));
    assert!(wrong.html.contains("branch mitte"), "{}", german(&wrong.html));
    assert_eq!(settings["branches"][0]["hours"], "mon-fri 10:00-16:00");
    assert_eq!(settings["policy"]["max_horizon_days"], 200, "what is not changed stays");
    assert_eq!(booking["state"], "booked", "the keys are as before");
    let who = audit["items"][0]["who"].as_str().unwrap();
    assert!(who.starts_with("user"), "{audit}");
}

#[actix_rt::test]
async fn test_mode_takes_calls_and_writes_nothing_into_the_calendar() {
    let house = House::open(Setup::default()).await;
    let browser = Browser::of(&house, EMAIL, "company_admin", &["salon-a"]).await;

    let on = browser.submit("/admin/setup/mend", &[("what", "test")]).await;
    let settings = house.get("companies/salon-a").await;
    let patched = patch(&house, "companies/salon-a", &json!({"policy": {"test_mode": null}})).await;
    let wrong = patch(&house, "companies/salon-a", &json!({"policy": {"hold_minute": 3}})).await;

    assert_eq!(on.status, 303, "{}", german(&on.html));
    assert_eq!(settings["policy"]["test_mode"], true);
    assert_eq!((patched.0, &patched.1["company"]["policy"]["test_mode"]), (200, &json!(false)));
    assert!(wrong.0 == 400 && wrong.1["detail"].as_str().unwrap().contains("hold_minute"), "{wrong:?}");
}

#[actix_rt::test]
async fn a_companys_file_goes_back_as_it_came_and_reads_nothing_of_the_machine() {
    let house = House::open(Setup::default()).await;
    let url = format!("{}/api/admin/v1/companies/salon-a/config", house.app.url());
    let file = house.http.get(&url).bearer_auth(&house.token).send().await.unwrap().text().await.unwrap();
    let put = async |text: String, dry: bool| {
        let url = format!("{url}?dry_run={dry}");
        let answer = house.http.put(url).bearer_auth(&house.token).body(text).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };

    let same = put(file.clone(), false).await;
    let planned = put(file.replace("09:00-18:00", "09:00-17:00"), true).await;
    let read = file.replace("env:SALON_A_RETELL_API_KEY", "file:/etc/hostname");
    let stolen = put(read, false).await;

    assert!(!file.contains(KEY_A) && file.contains("env:SALON_A_RETELL_API_KEY"), "{file}");
    assert_eq!((same.0, &same.1["changes"]), (200, &json!([])), "{same:?}");
    assert_eq!(planned.0, 200, "{planned:?}");
    assert!(planned.1["changes"][0].as_str().unwrap().contains("17:00"), "{planned:?}");
    assert_eq!(
        house.get("companies/salon-a").await["branches"][0]["hours"],
        "mon-fri 09:00-18:00, sat 09:00-14:00"
    );
    assert!(stolen.0 == 400 && stolen.1["detail"].as_str().unwrap().contains("retell.api_key"), "{stolen:?}");
}

#[actix_rt::test]
async fn a_token_is_shown_once_and_revoked_and_a_person_is_entered_and_shut_out() {
    let house = House::open(Setup::default()).await;
    let browser = Browser::of(&house, EMAIL, "company_admin", &["salon-a"]).await;
    let new = [("name", "Kasse"), ("role", "staff"), ("company-salon-a", "on")];

    let made = browser.submit("/admin/people/tokens", &new).await;
    let token = made.html.split("value=\"fernamt_").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let token = format!("fernamt_{token}");
    let list = browser.get("/admin/people").await;
    let (works, _) = house.get_as(&token, "bookings").await;
    let person = [
        ("email", "ben@beispiel.example"),
        ("role", "staff"),
        ("password", PASSWORD),
        ("company-salon-a", "on"),
    ];
    let entered = browser.submit("/admin/people", &person).await;
    let foreign = browser
        .submit("/admin/people", &[person[0], ("role", "staff"), person[2], ("company-salon-b", "on")])
        .await;

    assert_eq!((made.status, works), (200, 200), "{}", german(&made.html));
    assert!(list.html.contains("Kasse") && !list.html.contains(&token), "{}", german(&list.html));
    assert_eq!(entered.status, 303, "{}", german(&entered.html));
    assert_eq!(foreign.status, 400, "{}", german(&foreign.html));
}

#[actix_rt::test]
async fn deliveries_are_listed_read_and_taken_in_again() {
    let house = House::open(Setup::default()).await;
    house.booked().await;
    let browser = Browser::of(&house, EMAIL, "company_admin", &["salon-a"]).await;

    let list = browser.get("/admin/deliveries?event=call_ended").await;
    let link = list.html.split("href=\"").find(|part| part.starts_with("/admin/deliveries/")).unwrap();
    let link = link.split(['"', '?']).next().unwrap();
    let one = browser.get(link).await;
    let replayed = browser.submit(&format!("{link}/replay"), &[]).await;

    assert!(list.html.contains("verarbeitet"), "{}", german(&list.html));
    assert!(one.status == 200 && one.html.contains("call_id"), "{}", german(&one.html));
    assert_eq!(replayed.status, 303, "{}", german(&replayed.html));
    assert!(replayed.location.contains("replayed-unchanged"), "{}", replayed.location);
}

#[actix_rt::test]
async fn analytics_tell_the_way_from_call_to_booking_on_the_page_as_a_file_and_over_rest() {
    let house = House::open(Setup::default()).await;
    house.booked().await;
    let browser = Browser::of(&house, EMAIL, "company_admin", &["salon-a"]).await;

    let page = browser.get("/admin/analytics").await;
    let file = browser.get("/admin/analytics.csv").await;
    let read = house.get("analytics?company=salon-a&by=day").await;

    assert_eq!(page.status, 200, "{}", page.html);
    assert!(page.html.contains("role=\"img\"") && !page.html.contains("style="), "{}", german(&page.html));
    assert!(file.html.contains("place,salon-a/mitte,booked,1"), "{}", file.html);
    assert_eq!(read["funnel"], json!({"calls": 1, "answered": 1, "served": 1, "booked": 1}));
    assert_eq!(read["hours"][10], 1, "five past ten in Berlin: {read}");
    assert!(read["functions"][0]["p95_ms"].as_i64().is_some(), "{read}");
}

async fn patch(house: &House, path: &str, change: &Value) -> (u16, Value) {
    let url = format!("{}/api/admin/v1/{path}", house.app.url());
    let answer = house.http.patch(url).bearer_auth(&house.token).json(change).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}
