//! The audit: who changed something or read what a caller said, told to those whose company it is; and the stream of changes.

use serde_json::{Value, json};

use crate::browser::{Browser, PASSWORD, person};
use crate::house::{House, NUMBER_B, Setup, wish};
use fernamt::sim::retell::Ring;

const EMAIL: &str = "anna@beispiel.example";

async fn token(house: &House, role: &str, company: &str) -> String {
    let new = json!({"role": role, "companies": [company], "name": format!("{role} {company}")});
    let url = format!("{}/api/admin/v1/tokens", house.app.url());
    let made = house.http.post(url).bearer_auth(&house.token).json(&new).send().await.unwrap();
    let made: Value = made.json().await.unwrap();
    made["token"].as_str().unwrap().to_owned()
}

fn actions(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap().iter();
    items.map(|line| line["action"].as_str().unwrap().to_owned()).collect()
}

#[actix_rt::test]
async fn changes_and_reads_are_written_down_with_who_did_it_and_without_anything_personal() {
    let house = House::open(Setup::default()).await;
    let (call, booking) = house.booked().await;
    let admin = token(&house, "company_admin", "salon-a").await;
    let id = booking["id"].as_str().unwrap();

    for _ in 0..2 {
        house.get_as(&admin, &format!("calls/{}/timeline", call.id())).await;
    }
    let url = format!("{}/api/admin/v1/bookings/{id}/cancel", house.app.url());
    let cancelled = house.http.post(url).bearer_auth(&admin).send().await.unwrap();
    let (status, list) = house.get_as(&admin, "audit?limit=50").await;
    let (_, read) = house.get_as(&admin, "audit?action=call_read").await;
    let (_, about) = house.get_as(&admin, &format!("audit?subject={id}")).await;

    assert_eq!((cancelled.status().as_u16(), status), (200, 200));
    assert_eq!(actions(&list)[..2], ["booking_cancelled", "call_read"], "{list}");
    assert_eq!(read["items"].as_array().unwrap().len(), 1, "read again at once is read once: {read}");
    assert_eq!(about["items"][0]["subject"], id);
    assert_eq!(list["items"][0]["name"], "company_admin salon-a");
    assert!(list["items"][0]["who"].as_str().unwrap().starts_with("token:"), "{list}");
    for personal in ["Erika", "+49", EMAIL] {
        assert!(!list.to_string().contains(personal), "{personal}: {list}");
    }
}

#[actix_rt::test]
async fn nobody_reads_the_audit_of_another_company_and_staff_read_none() {
    let house = House::open(Setup::default()).await;
    person(&house, EMAIL, "company_admin", &["salon-a"]).await;
    let browser = Browser::at(&house);
    browser.sign_in(EMAIL, "etwas ganz anderes").await;
    browser.sign_in(EMAIL, PASSWORD).await;
    let (b, staff) =
        (token(&house, "company_admin", "salon-b").await, token(&house, "staff", "salon-a").await);

    let own = browser.get("/admin/audit").await;
    let (_, theirs) = house.get_as(&b, "audit").await;
    let all = house.get("audit?limit=50").await;

    assert!(own.html.contains("Anmeldung abgewiesen") && own.html.contains("Angemeldet"), "{}", own.html);
    assert!(!own.html.contains("salon-b"), "{}", own.html);
    assert!(theirs["items"].as_array().unwrap().iter().all(|line| line["company"] == "salon-b"), "{theirs}");
    assert_eq!(house.get_as(&b, "audit?company=salon-a").await.0, 404);
    assert_eq!(house.get_as(&staff, "audit").await.0, 403);
    let told = actions(&all);
    for action in ["signed_in", "sign_in_refused", "user_made", "token_made", "company_applied"] {
        assert!(told.contains(&action.to_owned()), "{action}: {told:?}");
    }
    assert!(!all.to_string().contains("etwas ganz anderes"));
}

#[actix_rt::test]
async fn the_audit_comes_in_pages_and_an_unknown_action_is_named() {
    let house = House::open(Setup::default()).await;
    for number in 0..3 {
        person(&house, &format!("person{number}@beispiel.example"), "platform_admin", &[]).await;
    }

    let first = house.get("audit?action=user_made&limit=2").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = house.get(&format!("audit?action=user_made&limit=2&cursor={cursor}")).await;
    let (status, unknown) = house.get_as(&house.token, "audit?action=peeked").await;

    assert_eq!((first["items"].as_array().unwrap().len(), second["items"].as_array().unwrap().len()), (2, 1));
    assert!(second["next_cursor"].is_null());
    assert_eq!(status, 400);
    assert!(unknown["detail"].as_str().unwrap().contains("must be one of signed_in"), "{unknown}");
}

#[actix_rt::test]
async fn a_stream_tells_what_has_changed_to_those_whose_company_it_is() {
    let house = House::open(Setup::default()).await;
    let b = token(&house, "company_admin", "salon-b").await;
    let url = format!("{}/api/admin/v1/events", house.app.url());
    let nobody = house.http.get(&url).send().await.unwrap().status().as_u16();
    let mut stream = house.http.get(&url).bearer_auth(&b).send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");

    house.ring().invoke("collect_appointment", wish("2026-10-20", "14:30", "Erika Beispiel")).await;
    let ring = Ring { from: None, to: NUMBER_B, ..Ring::default() };
    let mut call = house.workspace(crate::house::KEY_B, "agent_b").ring(ring);
    call.invoke("check_availability", json!({"dienstleistung": "Haarschnitt"})).await;
    let mut heard = String::new();
    while !heard.contains("event: calls") {
        heard.push_str(&String::from_utf8_lossy(&stream.chunk().await.unwrap().unwrap()));
    }

    assert_eq!(nobody, 401);
    assert!(heard.contains("\"company\":\"salon-b\"") && !heard.contains("salon-a"), "{heard}");
}
