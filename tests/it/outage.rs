//! The calendar is down, slow, full or lies; the caller hears the truth and the promise is kept or given to a person.

use fernamt::clock::Clock;
use fernamt::sim::calcom;
use serde_json::{Value, json};

use super::house::{House, Setup, eventually, says_yes, status, wish};

async fn promised(house: &House, time: &str, name: &str) -> fernamt::sim::retell::Call {
    let mut call = house.ring();
    let answer = call.invoke("collect_appointment", wish("2026-10-20", time, name)).await;
    assert!(["held", "noted"].contains(&status(&answer).as_str()), "{}", answer.body);
    assert!(["confirmed", "noted"].contains(&says_yes(&mut call).await.as_str()));
    call.hang_up("user_hangup");
    call
}

#[actix_rt::test]
async fn while_the_breaker_is_open_nothing_leaves_and_the_first_question_afterwards_is_who_we_are() {
    let house =
        House::open(Setup { settings: "[calcom]\nbreaker_cool_down_ms = 1500", ..Setup::default() }).await;
    let calls =
        [promised(&house, "10:00", "Erika Beispiel").await, promised(&house, "11:00", "Jonas Muster").await];
    house.calcom.go_down().await;
    for call in &calls {
        assert_eq!(call.ended().await, 204);
    }
    eventually("the breaker to open", || async { (house.breaker().await == "open").then_some(()) }).await;

    house.calcom.come_back().unwrap();
    let back_at = house.calcom.now();
    let during = house
        .ring()
        .invoke("check_availability", json!({"datum": "2026-10-22", "dienstleistung": "Haarschnitt"}))
        .await;

    assert_eq!(status(&during), "calendar_unreachable", "the breaker is still open: {}", during.body);
    let arrived = house.calcom.ledger().requests_between(back_at, house.calcom.now());
    assert!(arrived.is_empty(), "nothing may leave while it is open: {arrived:?}");
    for call in &calls {
        house.booking_in(call.id(), &["booked"]).await;
    }
    let after = house.calcom.ledger().requests_between(back_at, house.calcom.now());
    assert_eq!(after[0].route, "GET /v2/me");
    assert_eq!(after[1].route, "POST /v2/bookings");
    assert_eq!(house.breaker().await, "closed");
    assert_eq!(house.calcom.ledger().live_bookings().len(), 2);
}

#[actix_rt::test]
async fn during_an_outage_callers_hear_that_it_is_noted_and_not_that_it_is_booked() {
    let house = House::open(Setup::default()).await;
    house.calcom.go_down().await;
    let mut call = house.ring();

    let check = call
        .invoke("check_availability", json!({"datum": "2026-10-20", "dienstleistung": "Haarschnitt"}))
        .await;
    let noted = call.invoke("collect_appointment", wish("2026-10-20", "14:30", "Erika Beispiel")).await;
    let yes = call.invoke("collect_appointment", json!({"bestaetigung": true})).await;

    assert_eq!(status(&check), "calendar_unreachable");
    assert_eq!((status(&noted), status(&yes)), ("noted".into(), "noted".into()));
    assert!(yes.body["message"].as_str().unwrap().contains("noch nicht bestätigt"));
    call.hang_up("user_hangup");
    call.ended().await;
    house.calcom.come_back().unwrap();
    house.booking_in(call.id(), &["booked"]).await;
}

#[actix_rt::test]
async fn a_slot_taken_by_a_web_visitor_ends_in_a_callback_and_never_counts_against_the_wire() {
    let house = House::open(Setup::default()).await;
    for hour in 10..16 {
        let call = promised(&house, &format!("{hour}:00"), "Erika Beispiel").await;
        let start = format!("2026-10-20T{:02}:00:00Z", hour - 2);
        house.calcom.dials().taken_by_visitor(1001, start.parse().unwrap()).unwrap();
        call.ended().await;

        let booking = house.booking_in(call.id(), &["refused"]).await;

        assert_eq!(booking["reason"], "slot_taken");
    }
    assert_eq!(house.breaker().await, "closed");
    let items = house.callbacks().await;
    assert_eq!(items.len(), 6);
    assert!(items.iter().all(|item| item["reason"] == "slot_taken" && item["priority"] == "high"));
}

#[actix_rt::test]
async fn what_became_free_too_late_or_was_taken_meanwhile_is_not_booked_over_anybody() {
    let house = House::open(Setup::default()).await;
    let call = promised(&house, "10:00", "Erika Beispiel").await;
    house.calcom.go_down().await;
    call.ended().await;
    eventually("the breaker to open", || async { (house.breaker().await == "open").then_some(()) }).await;
    house.calcom.dials().taken_by_visitor(1001, "2026-10-20T08:00:00Z".parse().unwrap()).unwrap();

    house.calcom.come_back().unwrap();

    house.booking_in(call.id(), &["refused"]).await;
    assert_eq!(house.calcom.ledger().live_bookings().len(), 1, "only the visitor's");
}

#[actix_rt::test]
async fn an_answer_lost_after_the_insert_is_looked_for_and_found_and_never_sent_again() {
    let house = House::open(Setup::default()).await;
    let call = promised(&house, "10:00", "Erika Beispiel").await;
    house.calcom.dials().cut_after_insert(1);
    call.ended().await;

    house.booking_in(call.id(), &["booked"]).await;

    assert_eq!(house.calcom.ledger().live_bookings().len(), 1);
    assert_eq!(house.calcom.ledger().count("POST /v2/bookings"), 1);
}

#[actix_rt::test]
async fn a_request_lost_before_the_insert_is_sent_again_after_the_horizon_and_a_look() {
    let house = House::open(Setup { settings: "[calcom]\nquiet_horizon_ms = 500", ..Setup::default() }).await;
    let call = promised(&house, "10:00", "Erika Beispiel").await;
    house.calcom.dials().cut_before_insert(1);
    call.ended().await;
    house.booking_in(call.id(), &["unsure"]).await;
    let in_doubt_since = house.calcom.now();

    house.booking_in(call.id(), &["booked"]).await;

    assert_eq!(house.calcom.ledger().live_bookings().len(), 1);
    let requests = house.calcom.ledger().requests();
    let second = requests.iter().rposition(|request| request.route == "POST /v2/bookings").unwrap();
    assert_eq!(requests[second - 1].route, "GET /v2/bookings", "looked for right before");
    let quiet_ms = requests[second].at.duration_since(in_doubt_since).as_millis();
    assert!(quiet_ms >= 450, "sent again after {quiet_ms} ms");
    assert_eq!(house.callbacks().await, Vec::<Value>::new(), "nobody has to call");
}

#[actix_rt::test]
async fn what_is_lost_twice_is_given_to_a_person_and_never_claimed() {
    let house = House::open(Setup { settings: "[calcom]\nquiet_horizon_ms = 300", ..Setup::default() }).await;
    let call = promised(&house, "10:00", "Erika Beispiel").await;
    house.calcom.dials().cut_before_insert(9);
    call.ended().await;

    house.booking_in(call.id(), &["failed"]).await;

    let items = house.callbacks().await;
    assert_eq!((items.len(), items[0]["reason"].as_str()), (1, Some("booking_unsure")));
    assert_eq!(house.calcom.ledger().count("POST /v2/bookings"), 2);
}

#[actix_rt::test]
async fn the_sweep_does_not_pile_looks_upon_looks() {
    let house = House::open(Setup::default()).await;
    let call = promised(&house, "10:00", "Erika Beispiel").await;
    house.calcom.dials().cut_before_insert(1);
    call.ended().await;
    house.booking_in(call.id(), &["unsure"]).await;
    let since = house.calcom.now();
    // Each look asks for the attendee's first.
    let is_look = |asked: &calcom::Request| asked.query.contains("attendeeEmail=");
    let looks = || house.calcom.ledger().requests().iter().filter(|asked| is_look(asked)).count();

    eventually("eight looks", || async { (looks() >= 8).then_some(()) }).await;

    // Four on the schedule of 400 ms, then one every 300 ms.
    let took_ms = house.calcom.now().duration_since(since).as_millis();
    assert!(took_ms > 700, "eight looks within {took_ms} ms");
}

#[actix_rt::test]
async fn a_booking_that_is_committed_late_is_found_by_a_later_look() {
    let house = House::open(Setup::default()).await;
    let call = promised(&house, "10:00", "Erika Beispiel").await;
    house.calcom.dials().late_commit(1, 250);
    call.ended().await;

    house.booking_in(call.id(), &["booked"]).await;

    assert_eq!(house.calcom.ledger().live_bookings().len(), 1);
}

#[actix_rt::test]
async fn a_slow_calendar_is_answered_for_in_time() {
    let house = House::open(Setup {
        settings: "[calls]\nanswer_budget_ms = 300\n[calcom]\nread_timeout_ms = 20000",
        ..Setup::default()
    })
    .await;
    house.calcom.dials().read_delay_ms(12_000, 12_000);
    let wish = json!({"datum": "2026-10-20", "dienstleistung": "Haarschnitt"});
    let mut call = house.ring();

    let slow = call.invoke("check_availability", wish.clone()).await;

    assert_eq!(status(&slow), "calendar_unreachable");
    assert!(slow.elapsed_ms < 11_000, "answered after {} ms", slow.elapsed_ms);
    // The question went on behind the answer: a later one finds what it brought.
    let mut later = "calendar_unreachable".to_owned();
    let watch = Clock::stopwatch();
    while later == "calendar_unreachable" && watch.elapsed_ms() < 60_000 {
        later = status(&call.invoke("check_availability", wish.clone()).await);
    }
    assert_eq!(later, "available");
    assert_eq!(house.calcom.ledger().count("GET /v2/slots"), 1, "nobody had to ask again");
}

#[actix_rt::test]
async fn a_refused_key_stops_the_line_until_it_is_reset() {
    // Nobody but the callers asks Cal.com anything.
    let mut setup = Setup { settings: "[calls]\nsweep_every_ms = 3600000", ..Setup::default() };
    setup.calcom.keys[0].key = "another_key".into();
    let house = House::open(setup).await;
    let wish = json!({"datum": "2026-10-20", "dienstleistung": "Haarschnitt"});
    let arrived = || house.calcom.ledger().requests().len();

    for _ in 0..3 {
        let check = house.ring().invoke("check_availability", wish.clone()).await;
        assert_eq!(status(&check), "calendar_unreachable");
        eventually("the refusal to be known", || async {
            (house.breaker().await == "misconfigured").then_some(())
        })
        .await;
        assert_eq!(arrived(), 1, "a refused key is not tried again by itself");
    }

    let url = format!("{}/api/admin/v1/breakers/salon-a/reset", house.app.url());
    let by_browser = house.http.post(&url).basic_auth("x", Some(&house.token)).send().await.unwrap();
    assert_eq!((by_browser.status().as_u16(), house.breaker().await.as_str()), (401, "misconfigured"));
    let reset = house.http.post(&url).bearer_auth(&house.token).send().await.unwrap();
    assert_eq!((reset.status().as_u16(), house.breaker().await.as_str()), (200, "closed"));
    house.ring().invoke("check_availability", wish).await;
    assert_eq!(arrived(), 2);
}

#[actix_rt::test]
async fn after_a_failing_calendar_every_promise_is_booked_once() {
    let house = House::open(Setup { settings: "[calcom]\nquiet_horizon_ms = 500", ..Setup::default() }).await;
    let mut calls = Vec::new();
    for hour in 10..16 {
        calls.push(promised(&house, &format!("{hour}:00"), "Erika Beispiel").await);
    }
    house.calcom.dials().broken(true);
    for call in &calls {
        call.ended().await;
    }
    eventually("the breaker to open", || async { (house.breaker().await == "open").then_some(()) }).await;
    house.calcom.dials().broken(false);

    for call in &calls {
        house.booking_in(call.id(), &["booked"]).await;
    }
    assert_eq!(house.calcom.ledger().live_bookings().len(), calls.len());
    // Whoever could not be looked for in time became an item, and is none any more.
    let open: Vec<Value> =
        house.callbacks().await.into_iter().filter(|item| item["state"] != "done").collect();
    assert_eq!(open, Vec::<Value>::new(), "nobody has to call");
}

#[actix_rt::test]
async fn in_doubt_and_out_of_reach_a_person_is_told_all_the_same() {
    let house = House::open(Setup { settings: "[calcom]\nquiet_horizon_ms = 500", ..Setup::default() }).await;
    let call = promised(&house, "10:00", "Erika Beispiel").await;
    house.calcom.dials().cut_before_insert(1);
    call.ended().await;
    house.booking_in(call.id(), &["unsure"]).await;
    house.calcom.go_down().await;

    let item =
        eventually("a person to be told", || async { house.callbacks().await.into_iter().next() }).await;

    assert_eq!(item["reason"], "booking_unsure");
}

#[actix_rt::test]
async fn what_cal_com_says_is_left_is_kept_to_and_nothing_is_ever_refused() {
    let mut setup = Setup::default();
    setup.calcom.requests_per_minute = Some(4);
    (setup.calcom.window_ms, setup.calcom.block_ms) = (1_000, 60_000);
    let house = House::open(setup).await;
    let mut calls = Vec::new();
    for hour in 10..16 {
        calls.push(promised(&house, &format!("{hour}:00"), "Erika Beispiel").await);
    }

    for call in &calls {
        call.ended().await;
    }

    for call in &calls {
        house.booking_in(call.id(), &["booked"]).await;
    }
    let requests = house.calcom.ledger().requests();
    assert!(requests.len() >= 12, "each read its slot and booked it");
    assert!(
        requests.iter().all(|request| request.status != Some(429)),
        "we knocked where we were not let in"
    );
    assert_eq!(house.breaker().await, "closed");
}

#[actix_rt::test]
async fn when_somebody_else_has_used_up_the_key_the_account_pauses_and_nothing_is_lost() {
    let mut setup = Setup::default();
    setup.calcom.requests_per_minute = Some(20);
    (setup.calcom.window_ms, setup.calcom.block_ms) = (60_000, 20_000);
    let house = House::open(setup).await;
    let call = promised(&house, "10:00", "Erika Beispiel").await;
    let me = || house.http.get(format!("{}/v2/me", house.calcom.url())).bearer_auth("cal_sim_key").send();
    while me().await.unwrap().status() != 429 {}

    call.ended().await;

    house.booking_in(call.id(), &["booked"]).await;
    let requests = house.calcom.ledger().requests();
    let refused =
        |request: &&calcom::Request| request.status == Some(429) && request.route == "POST /v2/bookings";
    assert!(requests.iter().any(|request| refused(&request)), "the limit was never met");
    assert_eq!(house.calcom.ledger().live_bookings().len(), 1);
    assert_eq!(house.breaker().await, "closed");
}
