//! Between two companies there is a wall: whoever looks after one reads and changes nothing of the other, by no way in.

use std::collections::BTreeMap;

use fernamt::http::openapi;
use fernamt::operations::{Role, tokens};
use serde_json::{Value, json};

use super::browser::Browser;
use super::house::{House, KEY_B, NUMBER_B, Setup, says_yes, wish};
use fernamt::sim::retell::Ring;

const ADMIN: &str = "/api/admin/v1/";
/// What stands only in the other company's books.
const SECRETS: [&str; 4] = ["Zacharias", "salon-b", "+494055566778", "+491779876543"];
const CALLER_B: &str = "+491779876543";

/// A booked call at the other company, and the ids of what came of it, by what they are ids of.
async fn others(house: &House) -> BTreeMap<&'static str, String> {
    let workspace = house.workspace(KEY_B, "agent_b");
    let mut call = workspace.ring(Ring { from: Some(CALLER_B), to: NUMBER_B, ..Ring::default() });
    call.invoke("collect_appointment", wish("2026-10-20", "14:30", "Zacharias Fremd")).await;
    says_yes(&mut call).await;
    call.hang_up("user_hangup");
    call.ended().await;
    let booking = house.booking_in(call.id(), &["booked"]).await;
    let first = async |path: &str| house.get(path).await["items"][0]["id"].as_str().unwrap().to_owned();
    let directory = house.app.house().directory();
    let (store, slug) = (house.app.house().store(), "salon-b".to_owned());
    let (token, _) =
        tokens::create(store, house.clock, &directory, (Role::Staff, &[slug], "Zacharias")).await.unwrap();
    let person = super::browser::person(house, "zacharias@beispiel.example", "staff", &["salon-b"]).await;
    let breakers = house.get("breakers").await;
    BTreeMap::from([
        ("calls", call.id().to_owned()),
        ("bookings", booking["id"].as_str().unwrap().to_owned()),
        ("deliveries", first("deliveries?company=salon-b").await),
        ("users", person["id"].as_str().unwrap().to_owned()),
        ("tokens", token.id),
        ("breakers", breakers["items"][0]["id"].as_str().unwrap().to_owned()),
    ])
}

/// All routes of administrators, with the methods they have.
fn routes() -> Vec<(String, String)> {
    let document: Value = serde_json::from_str(&openapi::text()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let own = paths.iter().filter(|(path, _)| path.starts_with(ADMIN));
    let all = own.flat_map(|(path, item)| {
        item.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone()))
    });
    all.filter(|(_, path)| !path.ends_with("/events")).collect()
}

/// The route with the other's id or slug where one stands.
fn aimed(path: &str, ids: &BTreeMap<&str, String>) -> String {
    let kind = path.trim_start_matches(ADMIN).split('/').next().unwrap();
    let id = ids.get(kind).cloned().unwrap_or_else(|| "0199f2a0-0000-7000-8000-000000000000".into());
    path.replace("{id}", &id)
        .replace("{call_id}", &id)
        .replace("{slug}", "salon-b")
        .replace("{name}", "list_services")
}

fn tells(text: &str) -> Option<&'static str> {
    SECRETS.into_iter().find(|secret| text.contains(secret))
}

#[actix_rt::test]
async fn no_route_of_the_interface_tells_or_changes_anything_of_another_company() {
    let house = House::open(Setup::default()).await;
    let ids = others(&house).await;
    let (store, directory) = (house.app.house().store(), house.app.house().directory());
    let made =
        tokens::create(store, house.clock, &directory, (Role::CompanyAdmin, &["salon-a".to_owned()], "A"))
            .await;
    let (_, token) = made.unwrap();
    let before = everything(&house).await;
    let routes = routes();

    for (method, path) in &routes {
        for query in ["", "?company=salon-b"] {
            let asked = aimed(path, &ids);
            let url = format!("{}{asked}{query}", house.app.url());
            let request = house.http.request(method.parse().unwrap(), url).bearer_auth(&token);
            let body = if method == "GET" { String::new() } else { "{}".to_owned() };
            let answer = request.header("Content-Type", "application/json").body(body).send().await.unwrap();
            let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());

            let place = format!("{method} {asked}{query}: {status} {text}");
            // What was asked may be repeated in a refusal; nothing else of the other's may stand there.
            let told = if status < 400 { tells(&text) } else { tells(&text.replace("salon-b", "")) };
            assert_eq!(told, None, "{place}");
            assert!(status < 500, "{place}");
            if path.contains('{') && !path.contains("/breakers/") {
                assert!([400, 403, 404].contains(&status), "{place}");
            }
            if !query.is_empty() && status < 300 {
                assert!(
                    path.ends_with("/users")
                        || path.ends_with("/tokens")
                        || path.ends_with("/breakers")
                        || path.ends_with("/companies"),
                    "{place}"
                );
            }
        }
    }
    let paused = json!({"paused": true});
    let url = format!("{}{ADMIN}branches/mitte?company=salon-b", house.app.url());
    let answer = house.http.patch(url).bearer_auth(&token).json(&paused).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 404);
    assert!(routes.len() > 35, "the walk finds the routes: {}", routes.len());
    assert_eq!(everything(&house).await, before);
}

/// What the other company has, as whoever runs the platform sees it.
async fn everything(house: &House) -> Value {
    let mut all = Vec::new();
    for path in ["bookings", "callbacks"] {
        all.push(house.get(&format!("{path}?company=salon-b")).await);
    }
    for path in ["companies/salon-b", "companies/salon-b/functions", "users", "tokens"] {
        all.push(house.get(path).await);
    }
    let all = json!(all);
    assert!(all.to_string().contains("Zacharias"));
    all
}

#[actix_rt::test]
async fn no_page_and_no_file_tells_anything_of_another_company() {
    let house = House::open(Setup::default()).await;
    let ids = others(&house).await;
    let browser = Browser::of(&house, "anna@beispiel.example", "company_admin", &["salon-a"]).await;
    let pages = [
        "/admin",
        "/admin/setup",
        "/admin/setup/branches",
        "/admin/setup/rules",
        "/admin/setup/file",
        "/admin/retell-webhook",
        "/admin/retell-webhook/functions",
        "/admin/retell-webhook/prompt",
        "/admin/retell-webhook/deployments",
        "/admin/analytics",
        "/admin/analytics.csv",
        "/admin/people",
        "/admin/deliveries",
    ];

    for page in pages {
        let own = browser.get(page).await;
        let other = browser.get(&format!("{page}?company=salon-b")).await;

        assert_eq!((own.status, other.status), (200, 404), "{page}");
        assert_eq!((tells(&own.html), tells(&other.html.replace("salon-b", ""))), (None, None), "{page}");
    }
    let delivery = browser.get(&format!("/admin/deliveries/{}", ids["deliveries"])).await;
    let replayed = browser.submit(&format!("/admin/deliveries/{}/replay", ids["deliveries"]), &[]).await;
    let revoked = browser.submit(&format!("/admin/people/tokens/{}", ids["tokens"]), &[]).await;
    let disabled = browser.submit(&format!("/admin/people/{}", ids["users"]), &[("disabled", "true")]).await;
    let adopted = browser
        .submit("/admin/setup/number", &[("number", "+493012345678"), ("place", "salon-b/mitte")])
        .await;
    for page in [delivery, replayed, revoked, disabled, adopted] {
        assert_eq!(page.status, 404, "{}", page.html);
    }
    let staff = Browser::of(&house, "empfang@beispiel.example", "staff", &["salon-a"]).await;
    for page in pages.iter().skip(1) {
        assert_eq!(staff.get(page).await.status, 403, "{page}");
    }
}
