//! The story of a call: what is told of it, why, and what came through the doors; for whoever may know and nobody else.

use fernamt::domain::retention::Kind;
use fernamt::operations::{Role, tokens};
use fernamt::sim::retell::Ring;
use fernamt::sim::scenario::{Company, Expected, Stage, all};
use serde_json::{Value, json};

use super::house::{
    House, KEY_A, KEY_B, NUMBER_A, NUMBER_B, Setup, eventually, instant, salon_a, salon_b, says_yes, status,
    wish,
};

const WEBHOOK: &str = "/api/webhooks/retell";
const STRANGER: &str = "+493055555555";

async fn story(house: &House, call_id: &str) -> Value {
    house.get(&format!("calls/{call_id}/timeline")).await
}

async fn admin_of(house: &House, company: &str) -> String {
    let directory = house.app.house().directory();
    let companies = [company.to_owned()];
    let named = (Role::CompanyAdmin, companies.as_slice(), "test");
    tokens::create(house.app.house().store(), house.clock, &directory, named).await.unwrap().1
}

async fn replay(house: &House, token: &str, id: &str) -> (u16, Value) {
    let url = format!("{}/api/admin/v1/deliveries/{id}/replay", house.app.url());
    let answer = house.http.post(url).bearer_auth(token).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn deliveries(house: &House, query: &str) -> Vec<Value> {
    house.get(&format!("deliveries?{query}")).await["items"].as_array().unwrap().clone()
}

#[actix_rt::test]
async fn for_every_story_of_the_demo_the_sentence_says_what_the_calendar_says() {
    let house = House::open(Setup::default()).await;
    let company = |key, agent, number, event_type| Company {
        retell: house.workspace(key, agent),
        number,
        service: "Haarschnitt",
        synonym: "Schnitt",
        event_type,
    };
    let stage = Stage {
        calcom: house.calcom.clone(),
        companies: vec![company(KEY_A, "agent_a", NUMBER_A, 1001), company(KEY_B, "agent_b", NUMBER_B, 1003)],
        now: instant(super::house::WEDNESDAY),
    };
    for (n, one) in all().enumerate() {
        for played in one.play(&stage, n).await {
            assert_eq!(played.surprise, None, "{}", played.story);
            if played.expected == Expected::Unknown {
                assert_eq!(house.get_as(&house.token, &format!("calls/{}", played.call_id)).await.0, 404);
                continue;
            }
            let told = eventually("the call to be settled", || async {
                let told = story(&house, &played.call_id).await;
                let outcome = told["outcome"].as_str().unwrap_or("promised").to_owned();
                (outcome != "promised").then_some(told)
            })
            .await;

            let why = told["why"].as_str().unwrap();
            let id = told["call"]["id"].as_str().unwrap();
            let live = house.calcom.ledger().live_bookings();
            let stands =
                live.iter().filter(|row| row.metadata.get("fernamt_call").is_some_and(|call| call == id));
            let says_booked = why.contains(" was booked: ") && why.contains("Cal.com accepted it");
            let stand = match played.expected {
                Expected::Booked => 1,
                Expected::BookedTwice => 2,
                Expected::Nothing | Expected::Callback | Expected::Unknown => 0,
            };
            assert_eq!(stands.count(), stand, "{}: {why}", played.story);
            assert_eq!(says_booked, stand > 0, "{}: {why}", played.story);
            // What was moved or called off is neither booked here nor nothing.
            let is_changed = ["cancelled", "changed"].contains(&told["outcome"].as_str().unwrap());
            let says_nothing = why.starts_with("Nothing was booked: ");
            assert_eq!(says_booked || is_changed, !says_nothing, "{}: {why}", played.story);
            assert!(why.ends_with('.') && !why.contains('{'), "{why}");
            assert_eq!(told["outcome"] == "booked", says_booked, "{told}");
        }
    }
}

#[actix_rt::test]
async fn a_story_tells_everything_in_order_and_nothing_of_the_caller_to_the_calendar() {
    let house = House::open(Setup::default()).await;
    let mut call = house.ring();
    call.start().await;
    assert_eq!(
        status(&call.invoke("collect_appointment", wish("2026-10-20", "14:30", "Erika Beispiel")).await),
        "held"
    );
    says_yes(&mut call).await;
    call.hang_up("user_hangup");
    for _ in 0..3 {
        assert_eq!(call.ended().await, 204);
    }
    let booking = house.booking_in(call.id(), &["booked"]).await;

    let told = eventually("the request to be noted", || async {
        let told = story(&house, call.id()).await;
        let asked = told["exchanges"].as_array().unwrap().clone();
        asked.iter().any(|one| one["kind"] == "create_booking").then_some(told)
    })
    .await;

    let entries = told["entries"].as_array().unwrap();
    let at = |entry: &Value| instant(entry["at"].as_str().unwrap());
    assert!(entries.windows(2).all(|pair| at(&pair[0]) <= at(&pair[1])), "{told}");
    for kind in ["delivery", "event", "function", "calcom", "booking"] {
        assert!(entries.iter().any(|entry| entry["kind"] == kind), "{kind} is missing: {told}");
    }
    let accepted = local(&booking["updated_at"]);
    assert_eq!(
        told["why"],
        format!(
            "Haarschnitt on Tue 20 Oct 2026, 14:30 was booked: the caller said yes to what was read back, and Cal.com \
             accepted it ({accepted})."
        )
    );
    let create =
        told["exchanges"].as_array().unwrap().iter().find(|one| one["kind"] == "create_booking").unwrap();
    assert_eq!((&create["status"], &create["outcome"]), (&json!(201), &json!("ok")));
    assert_eq!(create["booking_id"], booking["id"]);
    assert_eq!(create["asked"], json!({"start": "2026-10-20T12:30:00Z", "eventTypeId": 1001}));
    let exchanges = told["exchanges"].to_string();
    for personal in ["Erika", "anrufer.salon-a.example", booking["calcom_uid"].as_str().unwrap()] {
        assert!(!exchanges.contains(personal), "{exchanges}");
    }
    assert_eq!(told["functions"][0]["calcom_requests"], 1, "the slot was read fresh");
    assert_eq!(told["functions"][1]["calcom_requests"], 0, "a yes within the minute asks nobody");
    let ended =
        told["deliveries"].as_array().unwrap().iter().find(|one| one["event"] == "call_ended").unwrap();
    assert_eq!((&ended["status"], &ended["repeats"]), (&json!("taken"), &json!(2)));
}

fn local(at: &Value) -> String {
    let berlin = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    instant(at.as_str().unwrap()).to_zoned(berlin).strftime("%a %-d %b %Y, %H:%M").to_string()
}

#[actix_rt::test]
async fn words_that_are_no_outcome_are_refused_with_those_that_are() {
    let house = House::open(Setup::default()).await;

    let (code, problem) = house.get_as(&house.token, "calls?outcome=vanished").await;

    assert_eq!(code, 400);
    assert!(problem["detail"].as_str().unwrap().contains("abandoned"), "{problem}");
    for known in ["promised", "booked", "pending", "failed", "cancelled", "callback", "withdrawn", "nothing"]
    {
        assert_eq!(house.get_as(&house.token, &format!("calls?outcome={known}")).await.0, 200);
    }
    assert_eq!(house.get_as(&house.token, "deliveries?status=vanished").await.0, 400);
}

#[actix_rt::test]
async fn a_call_id_that_two_companies_know_is_not_guessed_at() {
    let house = House::open(Setup::default()).await;
    let call = house.ring();
    assert_eq!(call.start().await, 204);
    let mut body: Value = serde_json::from_slice(&call.body_of("call_started")).unwrap();
    body["call"]["to_number"] = json!(NUMBER_B);
    let other = house.workspace(KEY_B, "agent_b");
    assert_eq!(other.post_signed(WEBHOOK, &serde_json::to_vec(&body).unwrap()).await.status, 204);

    let (code, problem) = house.get_as(&house.token, &format!("calls/{}/timeline", call.id())).await;
    let own = house.get_as(&admin_of(&house, "salon-a").await, &format!("calls/{}", call.id())).await;

    assert_eq!(code, 400);
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("salon-a") && detail.contains("salon-b"), "{detail}");
    assert_eq!((own.0, &own.1["company"]), (200, &json!("salon-a")));
}

#[actix_rt::test]
async fn an_unknown_number_is_taken_in_again_once_it_belongs_to_a_branch_and_only_by_its_own_workspace() {
    let house = House::open(Setup::default()).await;
    let mut call =
        house.salon().ring(Ring { from: Some(super::house::CALLER), to: STRANGER, ..Ring::default() });
    for (name, value) in [
        ("booking_confirmed", "true"),
        ("datum", "2026-10-21"),
        ("uhrzeit", "14:00"),
        ("name", "Jonas Muster"),
        ("dienstleistung", "Haarschnitt"),
    ] {
        call.set_variable(name, value);
    }
    call.hang_up("user_hangup");
    assert_eq!(call.ended().await, 404);
    let kept = deliveries(&house, "status=unknown_number").await;
    assert_eq!(
        (kept.len(), &kept[0]["our_number"], &kept[0]["company"]),
        (1, &json!(STRANGER), &json!(null))
    );
    let id = kept[0]["id"].as_str().unwrap();
    let (own, platform) = (admin_of(&house, "salon-a").await, house.token.clone());

    let still_unknown = replay(&house, &platform, id).await;
    assert_eq!(replay(&house, &own, id).await.0, 404, "what belongs to nobody is not a company's to see");
    house.apply(&salon_b().replace(NUMBER_B, STRANGER)).await;
    let by_another = replay(&house, &platform, id).await;
    house.apply(&salon_b()).await;
    house.apply(&salon_a("").replace(NUMBER_A, STRANGER)).await;
    let (code, taken) = replay(&house, &platform, id).await;

    assert_eq!((still_unknown.0, by_another.0), (409, 409), "{by_another:?}");
    assert_eq!((code, &taken["result"]), (200, &json!("processed")), "{taken}");
    house.booking_in(call.id(), &["booked"]).await;
    let (_, again) = replay(&house, &own, id).await;
    assert_eq!(again["result"], "unchanged");
    assert_eq!(house.calcom.ledger().live_bookings().len(), 1);
    assert_eq!(deliveries(&house, "status=unknown_number").await, Vec::<Value>::new());
}

#[actix_rt::test]
async fn deliveries_show_their_bodies_to_their_own_company_alone_and_replaying_one_changes_nothing() {
    let house = House::open(Setup::default()).await;
    let (call, _) = house.booked().await;
    let (own, other) = (admin_of(&house, "salon-a").await, admin_of(&house, "salon-b").await);
    let listed = house.get_as(&own, "deliveries?event=call_ended").await.1;
    let id = listed["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("deliveries/{id}");
    let before = story(&house, call.id()).await["events"].clone();

    let shown = house.get_as(&own, &path).await;
    let unchanged = replay(&house, &own, &id).await;

    assert_eq!(shown.0, 200);
    assert!(shown.1["body"].as_str().unwrap().contains(call.id()), "{}", shown.1);
    assert!(!shown.1["headers"].to_string().to_lowercase().contains("signature"), "{}", shown.1);
    assert!(listed["items"][0].get("body").is_none(), "lists are short");
    assert_eq!((unchanged.0, &unchanged.1["result"]), (200, &json!("unchanged")));
    assert_eq!(story(&house, call.id()).await["events"], before);
    assert_eq!(house.get_as(&other, &path).await.0, 404);
    assert_eq!(replay(&house, &other, &id).await.0, 404);
    assert_eq!(house.get_as(&other, "deliveries").await.1["items"], json!([]));
}

#[actix_rt::test]
async fn an_inbound_webhook_leaves_a_delivery_that_cannot_be_answered_again() {
    let house = House::open(Setup::default()).await;
    let mut call = house.ring();
    assert_eq!(call.inbound().await.status, 200);

    let kept = eventually("the delivery", || async {
        deliveries(&house, "event=call_inbound").await.into_iter().next()
    })
    .await;

    assert_eq!((&kept["status"], &kept["company"]), (&json!("answered"), &json!("salon-a")));
    assert_eq!(replay(&house, &house.token, kept["id"].as_str().unwrap()).await.0, 409);
}

#[actix_rt::test]
async fn without_days_for_bodies_none_is_kept_and_with_time_the_rest_is_forgotten() {
    let house = House::open(Setup { settings: "[calls]\nbodies_days = 0", ..Setup::default() }).await;
    let (call, _) = house.booked().await;
    let kept = deliveries(&house, "event=call_ended").await;

    assert_eq!((kept.len(), &kept[0]["has_body"]), (1, &json!(false)));
    let (code, problem) = replay(&house, &house.token, kept[0]["id"].as_str().unwrap()).await;
    assert_eq!(code, 410, "{problem}");
    eventually("the requests to be noted", || async {
        let told = story(&house, call.id()).await;
        told["exchanges"].as_array().unwrap().iter().any(|one| one["kind"] == "create_booking").then_some(())
    })
    .await;

    let store = house.app.house().store();
    let company = house.app.house().directory().company_by_slug("salon-a").unwrap().id;
    let tomorrow = house.clock.now() + jiff::SignedDuration::from_hours(24);
    // What is let go after a booking is noted when it comes, also after a first forgetting.
    let told = eventually("everything to be forgotten", || async {
        store.inbox(fernamt::store::Scope::All).forget(tomorrow).await.unwrap();
        store.kept(company).forget(Kind::Exchanges, tomorrow, tomorrow).await.unwrap();
        let told = story(&house, call.id()).await;
        (told["deliveries"] == json!([]) && told["exchanges"] == json!([])).then_some(told)
    })
    .await;

    assert!(told["why"].as_str().unwrap().contains("was booked"), "the why does not need them");
    assert_eq!(call.ended().await, 204, "a repeat is still known");
}
