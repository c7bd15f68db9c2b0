//! Booked while the caller is on the line: what came of the yes is told in the same breath, or as soon as it is known.

use fernamt::sim::calcom::{self, EventType, Kind, Mishap, Write};
use fernamt::sim::retell::Call;
use serde_json::{Value, json};

use super::house::{House, Setup, eventually, instant, salon_a, salon_b, says_yes, status, wish};

async fn booking_at_once() -> House {
    with("", "").await
}

async fn with(policy: &str, settings: &'static str) -> House {
    let company = salon_a(&format!("booking_moment = \"in_call\"\n{policy}"));
    House::open(Setup { settings, companies: vec![company, salon_b()], ..Setup::default() }).await
}

async fn held(house: &House, name: &str) -> Call {
    let mut call = house.ring();
    let answer = call.invoke("collect_appointment", wish("2026-10-20", "14:30", name)).await;
    assert_eq!(status(&answer), "held", "{}", answer.body);
    call
}

async fn yes(call: &mut Call) -> Value {
    let answer = call.invoke("collect_appointment", json!({"bestaetigung": true})).await;
    assert_eq!(answer.status, 200);
    answer.body
}

async fn ends(call: &mut Call) {
    call.hang_up("user_hangup");
    call.ended().await;
    call.analyzed(json!({})).await;
}

#[actix_rt::test]
async fn the_yes_is_answered_with_what_stands_in_the_calendar_and_the_end_adds_nothing() {
    let house = booking_at_once().await;
    let mut call = held(&house, "Erika Beispiel").await;

    let booked = yes(&mut call).await;

    assert_eq!(booked["status"], "booked", "{booked}");
    assert_eq!(
        booked["message"],
        "Ihr Termin ist eingetragen: Haarschnitt am Dienstag, 20. Oktober, 14 Uhr 30."
    );
    assert_eq!(booked["appointment"]["start"], "2026-10-20T14:30:00+02:00");
    assert_eq!(house.calcom.ledger().live_bookings().len(), 1, "it stands before the call has ended");
    ends(&mut call).await;
    house.booking_in(call.id(), &["booked"]).await;
    assert_eq!(house.calcom.ledger().live_bookings().len(), 1);
    assert_eq!(house.callbacks().await, Vec::<Value>::new());
}

#[actix_rt::test]
async fn a_repeated_yes_gets_the_same_bytes_and_books_once() {
    let house = booking_at_once().await;
    let mut call = held(&house, "Erika Beispiel").await;

    let first = call.invoke("collect_appointment", json!({"bestaetigung": true})).await;
    let again = call.repeat_last().await;

    assert_eq!((status(&first).as_str(), &first.bytes), ("booked", &again.bytes));
    assert_eq!(house.calcom.ledger().count("POST /v2/bookings"), 1);
}

#[actix_rt::test]
async fn what_its_owner_must_confirm_is_told_as_requested() {
    let calcom = calcom::Settings { requests_per_minute: None, ..calcom::Settings::with_hosts(3) };
    let calcom = calcom.and(EventType { kind: Kind::RequiresConfirmation, ..EventType::personal(1030, 1) });
    let company = salon_a("booking_moment = \"in_call\"").replace("1001", "1030");
    let house = House::open(Setup { calcom, companies: vec![company, salon_b()], ..Setup::default() }).await;
    let mut call = held(&house, "Erika Beispiel").await;

    let requested = yes(&mut call).await;

    assert_eq!(requested["status"], "requested", "{requested}");
    assert!(requested["message"].as_str().unwrap().contains("noch bestätigt"), "{requested}");
}

#[actix_rt::test]
async fn a_calendar_that_takes_its_time_is_being_worked_on_and_the_next_question_tells_how_it_ended() {
    let house = with("", "[calls]\nanswer_budget_ms = 3000\nanswer_max_ms = 20000").await;
    let mut call = held(&house, "Erika Beispiel").await;
    house.calcom.dials().write_delay_ms(6000, 6000);

    let working = yes(&mut call).await;

    assert_eq!(working["status"], "working", "{working}");
    assert_eq!(working["message"], "Ich trage es gerade ein, das dauert noch einen Moment.");
    let booked = eventually("the booking to be told", || {
        let again = call.prepare("collect_appointment", &json!({"bestaetigung": true}));
        async move {
            let told = again.send().await.body;
            (told["status"] != "working").then_some(told)
        }
    })
    .await;
    assert_eq!(booked["status"], "booked", "{booked}");
    assert_eq!(house.calcom.ledger().live_bookings().len(), 1);
}

#[actix_rt::test]
async fn who_hangs_up_while_it_is_being_entered_is_booked_or_called_back() {
    let house = with("", "[calls]\nanswer_budget_ms = 3000\nanswer_max_ms = 20000").await;
    house.calcom.dials().write_delay_ms(6000, 6000);
    let mut kept = held(&house, "Erika Beispiel").await;
    assert_eq!(yes(&mut kept).await["status"], "working");
    ends(&mut kept).await;
    house.booking_in(kept.id(), &["booked"]).await;

    let mut broken = house.ring();
    broken.invoke("collect_appointment", wish("2026-10-21", "10:00", "Max Beispiel")).await;
    house.calcom.dials().taken_by_visitor(1001, instant("2026-10-21T08:00:00Z")).unwrap();
    assert_eq!(yes(&mut broken).await["status"], "working");
    ends(&mut broken).await;
    house.booking_in(broken.id(), &["refused"]).await;

    let callbacks = house.callbacks().await;
    assert_eq!(callbacks.len(), 1, "{callbacks:?}");
    assert_eq!(
        (callbacks[0]["reason"].as_str(), callbacks[0]["name"].as_str()),
        (Some("slot_taken"), Some("Max Beispiel"))
    );
}

#[actix_rt::test]
async fn a_visitor_who_was_faster_leaves_alternatives_and_the_one_agreed_to_then_stands_alone() {
    let house = booking_at_once().await;
    let mut call = held(&house, "Erika Beispiel").await;
    house.calcom.dials().taken_by_visitor(1001, instant("2026-10-20T12:30:00Z")).unwrap();

    let taken = yes(&mut call).await;

    assert_eq!(taken["status"], "slot_taken", "{taken}");
    let slot = taken["slots"][0]["slot_id"].as_str().unwrap().to_owned();
    let again = call.invoke("collect_appointment", json!({"slot_id": slot})).await;
    assert_eq!(status(&again), "held", "{}", again.body);
    let booked = yes(&mut call).await;
    assert_eq!(booked["status"], "booked", "{booked}");
    ends(&mut call).await;
    let ours = house.bookings(call.id()).await;
    let mut states: Vec<&str> = ours.iter().map(|one| one["state"].as_str().unwrap()).collect();
    states.sort_unstable();
    assert_eq!(states, ["booked", "refused"]);
    let callbacks = house.callbacks().await;
    assert!(callbacks.iter().all(|item| item["state"] == "done"), "{callbacks:?}");
    let calls = house.get("calls?limit=200").await;
    assert_eq!(calls["items"][0]["outcome"], "booked", "{calls}");
}

#[actix_rt::test]
async fn held_in_four_seconds_of_talk_and_hung_up_is_booked_and_whoever_tries_the_same_time_hears_others() {
    for moment in ["call_end", "in_call"] {
        let company = salon_a(&format!("booking_moment = \"{moment}\""));
        let house = House::open(Setup { companies: vec![company, salon_b()], ..Setup::default() }).await;
        let (mut quick, mut slow) = (house.ring(), house.ring());
        let question = json!({"datum": "2026-10-20", "uhrzeit": "14:30", "dienstleistung": "Haarschnitt"});

        let free = quick.invoke("check_availability", question.clone()).await;
        assert_eq!(status(&free), "available");
        let slot = free.body["slots"][0]["slot_id"].clone();
        assert_eq!(status(&slow.invoke("check_availability", question).await), "available");
        let chosen = json!({"slot_id": slot, "name": "Erika Beispiel"});
        assert_eq!(status(&quick.invoke("collect_appointment", chosen).await), "held");
        let other = slow.invoke("collect_appointment", wish("2026-10-20", "14:30", "Max Beispiel")).await;
        assert!(["confirmed", "booked"].contains(&says_yes(&mut quick).await.as_str()));
        ends(&mut quick).await;

        assert_eq!(status(&other), "slot_taken", "{}", other.body);
        let offered = other.body["slots"].as_array().unwrap();
        assert!(!offered.is_empty() && offered.len() <= 3, "{offered:?}");
        assert!(offered.iter().all(|slot| slot["start"] != "2026-10-20T14:30:00+02:00"));
        let booking = house.booking_in(quick.id(), &["booked"]).await;
        assert_eq!(booking["start"], "2026-10-20T12:30:00Z");
        ends(&mut slow).await;
        assert_eq!(house.calcom.ledger().live_bookings().len(), 1, "{moment}");
    }
}

#[actix_rt::test]
async fn a_calendar_in_doubt_is_not_claimed_and_found_in_the_end() {
    let house = with("", "[calls]\nanswer_budget_ms = 3000\nanswer_max_ms = 20000").await;
    let mut call = held(&house, "Erika Beispiel").await;
    house.calcom.dials().mishap(Write::Create, Mishap::CutAfter, 1);

    let told = yes(&mut call).await;

    assert!(["working", "booked"].contains(&told["status"].as_str().unwrap()), "{told}");
    ends(&mut call).await;
    house.booking_in(call.id(), &["booked"]).await;
    assert_eq!(house.calcom.ledger().live_bookings().len(), 1);
}

#[actix_rt::test]
async fn killed_between_the_booking_and_the_answer_the_repeat_finds_what_stands() {
    let house = with("", "[calls]\nanswer_budget_ms = 3000\nanswer_max_ms = 20000").await;
    let mut call = held(&house, "Erika Beispiel").await;
    house.calcom.dials().write_delay_ms(6000, 6000);
    assert_eq!(yes(&mut call).await["status"], "working");

    let house = house.restart().await;
    let told = eventually("the booking to be told", || {
        let again = call.prepare("collect_appointment", &json!({"bestaetigung": true}));
        let salon = house.salon();
        async move {
            let told = salon.post_signed(&again.path, &again.body).await.body;
            (told["status"] != "working").then_some(told)
        }
    })
    .await;

    assert_eq!(told["status"], "booked", "{told}");
    assert_eq!(house.calcom.ledger().live_bookings().len(), 1);
}
