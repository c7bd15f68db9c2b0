//! What callers are offered, and what is known of it before they ask: free times read ahead, what the agent is told while it rings.

use fernamt::sim::retell::Ring;
use serde_json::{Value, json};

use super::house::{
    CALLER, House, KEY_B, NUMBER_A, NUMBER_B, Setup, eventually, salon_a, salon_b, says_yes, status, wish,
};

const SLOTS: &str = "GET /v2/slots";

fn told(answer: &fernamt::sim::retell::Answer) -> Value {
    answer.body["call_inbound"]["dynamic_variables"].clone()
}

async fn asked_for_slots(house: &House, times: usize) {
    eventually(&format!("{times} questions for slots"), || async {
        (house.calcom.ledger().count(SLOTS) == times).then_some(())
    })
    .await;
}

#[actix_rt::test]
async fn what_was_read_while_it_rang_answers_the_first_questions_without_the_calendar() {
    let house = House::open(Setup::default()).await;
    let mut call = house.ring();
    call.inbound().await;
    asked_for_slots(&house, 2).await;
    call.start().await;

    let cut = json!({"dienstleistung": "Haarschnitt", "datum": "2026-10-30"});
    let advice = json!({"dienstleistung": "Beratung", "datum": "so bald wie möglich"});

    assert_eq!(status(&call.invoke("check_availability", cut).await), "available");
    assert_eq!(status(&call.invoke("check_availability", advice).await), "available");
    assert_eq!(house.calcom.ledger().count(SLOTS), 2, "one an event type, while it rang");
}

#[actix_rt::test]
async fn a_call_that_is_only_told_of_when_it_starts_is_read_ahead_as_well() {
    let house = House::open(Setup::default()).await;
    let mut call = house.ring();

    call.start().await;

    asked_for_slots(&house, 2).await;
    let cut = json!({"dienstleistung": "Haarschnitt", "datum": "2026-10-20", "uhrzeit": "14:30"});
    assert_eq!(status(&call.invoke("check_availability", cut).await), "available");
    assert_eq!(house.calcom.ledger().count(SLOTS), 2);
}

#[actix_rt::test]
async fn while_it_rings_nobody_waits_for_the_calendar() {
    let house = House::open(Setup::default()).await;
    house.calcom.dials().read_delay_ms(15_000, 15_000);

    let answer = house.ring().inbound().await;

    assert_eq!(told(&answer)["wochentag"], "Mittwoch");
    assert!(answer.elapsed_ms < 10_000, "{} ms", answer.elapsed_ms);
}

#[actix_rt::test]
async fn nothing_is_read_ahead_where_that_is_switched_off() {
    let settings = "[calcom]\nprefetch_event_types_max = 0";
    let house = House::open(Setup { settings, ..Setup::default() }).await;
    let mut call = house.ring();
    call.inbound().await;
    call.start().await;

    let cut = json!({"dienstleistung": "Haarschnitt", "datum": "2026-10-20"});
    assert_eq!(status(&call.invoke("check_availability", cut).await), "available");

    assert_eq!(house.calcom.ledger().count(SLOTS), 1);
}

/// Two Tuesday afternoons are booked from the caller's number, and three weeks go by.
async fn after_two_visits(policy: &str) -> House {
    let house = House::open(Setup { companies: vec![salon_a(policy), salon_b()], ..Setup::default() }).await;
    for day in ["2026-10-20", "2026-10-27"] {
        let mut call = house.ring();
        call.invoke("collect_appointment", wish(day, "14:30", "Erika Beispiel")).await;
        assert_eq!(says_yes(&mut call).await, "confirmed");
        call.hang_up("user_hangup");
        call.ended().await;
        house.booking_in(call.id(), &["booked"]).await;
    }
    house.restart_at("2026-11-04T09:00:00Z").await
}

#[actix_rt::test]
async fn what_a_customer_usually_comes_for_is_told_where_the_company_wants_it_and_nobody_is_named() {
    let house = after_two_visits("customer_hints = true").await;

    let answer = house.ring().inbound().await;

    let hint = told(&answer)["stammkunde_hinweis"].as_str().unwrap().to_owned();
    assert!(hint.contains("Haarschnitt, dienstags, nachmittags"), "{hint}");
    assert!(!answer.body.to_string().contains("Beispiel"), "{}", answer.body);
    let withheld = house.salon().ring(Ring { to: NUMBER_A, ..Ring::default() }).inbound().await;
    assert_eq!(told(&withheld)["stammkunde_hinweis"], "");
    let elsewhere = Ring { from: Some(CALLER), to: NUMBER_B, ..Ring::default() };
    let elsewhere = house.workspace(KEY_B, "agent_b").ring(elsewhere).inbound().await;
    assert_eq!(told(&elsewhere)["stammkunde_hinweis"], "", "another company's customer is nobody here");
}

#[actix_rt::test]
async fn without_that_switch_nothing_of_a_customer_is_told() {
    let house = after_two_visits("").await;

    let answer = house.ring().inbound().await;

    assert_eq!(told(&answer)["stammkunde_hinweis"], "");
}

#[actix_rt::test]
async fn a_wish_that_leaves_room_is_offered_times_and_asked_again_others() {
    let house = House::open(Setup::default()).await;
    let mut call = house.ring();
    let wish = json!({"dienstleistung": "Schnitt", "datum": "nächste Woche", "uhrzeit": "vormittags"});

    let first = call.invoke("check_availability", wish.clone()).await;
    let second = call.invoke("check_availability", wish).await;

    assert_eq!((status(&first).as_str(), status(&second).as_str()), ("available", "available"));
    let (first, second) = (starts(&first), starts(&second));
    assert_eq!((first.len(), second.len()), (3, 3));
    assert!(
        first.iter().chain(&second).all(|start| start < &"2026-10-25".to_owned() && start[11..13] < *"12")
    );
    assert!(second.iter().all(|start| !first.contains(start)), "{first:?} {second:?}");
}

fn starts(answer: &fernamt::sim::retell::Answer) -> Vec<String> {
    let slots = answer.body["slots"].as_array().unwrap();
    slots.iter().map(|slot| slot["start"].as_str().unwrap().to_owned()).collect()
}

/// Salon A with a second branch whose calendar is Clara's.
fn two_branches() -> Setup {
    let north = r#"
[[branch]]
slug = "nord"
name = "Salon Morgenrot Nord"
phone_numbers = ["+493083793370"]
hours = "mon-fri 09:00-18:00"
  [[branch.service]]
  slug = "haarschnitt"
  name = "Haarschnitt"
  duration_minutes = 30
  event_type_id = 1003
  calendar = "clara"
"#;
    let company =
        format!("{}{north}", salon_a("max_horizon_days = 4").replacen("max_horizon_days = 200\n", "", 1));
    Setup { companies: vec![company], ..Setup::default() }
}

#[actix_rt::test]
async fn what_another_branch_offers_instead_is_booked_there() {
    let house = House::open(two_branches()).await;
    // Anna is booked out by visitors as far as anybody may book.
    for day in 14..=18 {
        for half in 0..18 {
            let start = format!("2026-10-{day}T{:02}:{:02}:00Z", 7 + half / 2, half % 2 * 30);
            house.calcom.dials().taken_by_visitor(1001, start.parse().unwrap());
        }
    }
    let mut call = house.ring();
    let offered = call.invoke("collect_appointment", wish("2026-10-16", "14:30", "Erika Beispiel")).await;
    assert_eq!(status(&offered), "unavailable");
    assert_eq!(offered.body["slots"][0]["branch"], "Salon Morgenrot Nord", "{}", offered.body);

    let handle = offered.body["slots"][0]["slot_id"].clone();
    let held = call.invoke("collect_appointment", json!({"slot_id": handle})).await;
    assert_eq!(status(&held), "held", "{}", held.body);
    assert_eq!(says_yes(&mut call).await, "confirmed");
    call.hang_up("user_hangup");
    call.ended().await;

    let booking = house.booking_in(call.id(), &["booked"]).await;
    let live = house.calcom.ledger().live_bookings();
    let made = live.iter().find(|made| Some(made.uid.as_str()) == booking["calcom_uid"].as_str());
    assert_eq!(made.map(|made| made.event_type), Some(1003), "{booking}");
}
