//! From the ring to the appointment: what callers say, what stands in the calendar afterwards.

use fernamt::sim::retell::Ring;
use serde_json::json;

use super::house::{CALLER, House, NUMBER_A, Setup, instant, salon_a, says_yes, status, wish};

#[actix_rt::test]
async fn three_parts_a_yes_and_the_end_make_one_booking_in_whatever_order_the_webhooks_come() {
    for analyzed_first in [false, true] {
        let house = House::open(Setup::default()).await;
        let mut call = house.ring();
        call.start().await;
        let first =
            call.invoke("collect_appointment", json!({"datum": "20.10.", "dienstleistung": "Schnitt"})).await;
        assert_eq!(status(&first), "incomplete");
        assert_eq!(
            status(&call.invoke("collect_appointment", json!({"uhrzeit": "14:30"})).await),
            "incomplete"
        );
        let held = call.invoke("collect_appointment", json!({"name": "Erika Beispiel"})).await;
        assert_eq!(status(&held), "held");
        assert!(
            held.body["message"].as_str().unwrap().contains("Dienstag, 20. Oktober, 14 Uhr 30"),
            "{}",
            held.body
        );
        assert_eq!(says_yes(&mut call).await, "confirmed");
        assert!(house.bookings(call.id()).await.is_empty(), "nothing is booked before the end");

        call.hang_up("user_hangup");
        for _ in 0..3 {
            if analyzed_first {
                assert_eq!(call.analyzed(json!({})).await, 204);
                assert_eq!(call.ended().await, 204);
            } else {
                assert_eq!(call.ended().await, 204);
                assert_eq!(call.analyzed(json!({})).await, 204);
            }
        }

        let booking = house.booking_in(call.id(), &["booked"]).await;
        let live = house.calcom.ledger().live_bookings();
        assert_eq!(live.len(), 1);
        assert_eq!(live[0].uid, booking["calcom_uid"].as_str().unwrap());
        assert_eq!(live[0].start, instant("2026-10-20T12:30:00Z"));
        assert_eq!(live[0].metadata["fernamt_booking"], booking["id"].as_str().unwrap());
        assert_eq!(live[0].metadata["fernamt_call"], booking["call_id"].as_str().unwrap());
        let customer = booking["customer"]["id"].as_str().unwrap();
        assert_eq!(live[0].attendee.email, format!("c-{customer}@anrufer.salon-a.example"));
        assert_eq!(house.calcom.ledger().count("POST /v2/bookings"), 1);
        assert_eq!(house.get(&format!("calls/{}", call.id())).await["outcome"], "booked");
    }
}

#[actix_rt::test]
async fn the_start_is_right_on_both_sides_of_a_change_of_clocks() {
    let house = House::open(Setup::default()).await;
    // The clocks go back on Sunday, 25 October, and forward on Sunday, 28 March.
    for (day, utc) in [
        ("2026-10-24", "2026-10-24T07:30:00Z"),
        ("2026-10-26", "2026-10-26T08:30:00Z"),
        ("2027-03-27", "2027-03-27T08:30:00Z"),
        ("2027-03-29", "2027-03-29T07:30:00Z"),
    ] {
        let mut call = house.ring();
        let held = call.invoke("collect_appointment", wish(day, "9:30", "Jonas Muster")).await;
        assert_eq!(status(&held), "held", "{}", held.body);
        says_yes(&mut call).await;
        call.hang_up("user_hangup");
        call.ended().await;

        let booking = house.booking_in(call.id(), &["booked"]).await;

        assert_eq!(instant(booking["start"].as_str().unwrap()), instant(utc));
        let uid = booking["calcom_uid"].as_str().unwrap();
        let live = house.calcom.ledger().live_bookings();
        assert!(live.iter().any(|row| row.uid == uid && row.start == instant(utc)));
    }
}

#[actix_rt::test]
async fn a_caller_who_calls_again_is_the_same_customer() {
    let house = House::open(Setup::default()).await;
    let mut customers = Vec::new();
    for time in ["10:00", "11:00"] {
        let mut call = house.ring();
        call.invoke("collect_appointment", wish("2026-10-20", time, "Erika Beispiel")).await;
        says_yes(&mut call).await;
        call.hang_up("user_hangup");
        call.ended().await;
        customers.push(house.booking_in(call.id(), &["booked"]).await["customer"]["id"].clone());
    }

    assert_eq!(customers[0], customers[1]);
}

#[actix_rt::test]
async fn the_founding_documents_payload_books_without_any_function() {
    let house = House::open(Setup::default()).await;
    let mut call = house.ring();
    call.set_variable("datum", "2026-10-21");
    call.set_variable("uhrzeit", "14:00");
    call.set_variable("name", "Test Kunde");
    call.set_variable("dienstleistung", "Beratung");
    call.hang_up("user_hangup");
    // The document sends a JSON truth value, not a text.
    let mut body: serde_json::Value = serde_json::from_slice(&call.body_of("call_ended")).unwrap();
    body["call"]["retell_llm_dynamic_variables"]["booking_confirmed"] = json!(true);
    let bytes = serde_json::to_vec(&body).unwrap();
    for _ in 0..3 {
        assert_eq!(house.salon().post_signed("/api/webhooks/retell", &bytes).await.status, 204);
    }

    let booking = house.booking_in(call.id(), &["booked"]).await;

    assert_eq!(booking["start"], "2026-10-21T12:00:00Z");
    assert_eq!(booking["customer"]["name"], "Test Kunde");
    assert_eq!(house.calcom.ledger().live_bookings().len(), 1);
}

#[actix_rt::test]
async fn of_two_callers_for_one_slot_one_holds_it_and_the_other_is_offered_what_is_near() {
    let house = House::open(Setup::default()).await;
    let mut calls: Vec<_> = (0..2).map(|_| house.ring()).collect();
    let prepared: Vec<_> = calls
        .iter_mut()
        .map(|call| call.prepare("collect_appointment", &wish("2026-10-20", "14:30", "Erika Beispiel")))
        .collect();

    let (one, two) = tokio::join!(prepared[0].send(), prepared[1].send());

    let mut statuses = [status(&one), status(&two)];
    statuses.sort();
    assert_eq!(statuses, ["held", "unavailable"]);
    let loser = usize::from(status(&one) == "held");
    let answer = if loser == 0 { &one } else { &two };
    let slots = answer.body["slots"].as_array().unwrap();
    assert!((1..=3).contains(&slots.len()), "{slots:?}");
    assert!(slots.iter().all(|slot| slot["start"] != "2026-10-20T14:30:00+02:00"));
    let slot = json!({"slot_id": slots[0]["slot_id"]});
    assert_eq!(status(&calls[loser].invoke("collect_appointment", slot).await), "held");
    for call in &mut calls {
        assert_eq!(says_yes(call).await, "confirmed");
        call.hang_up("user_hangup");
        call.ended().await;
        house.booking_in(call.id(), &["booked"]).await;
    }
    assert_eq!(house.calcom.ledger().live_bookings().len(), 2);
    assert!(house.calcom.ledger().overlaps().is_empty());
}

#[actix_rt::test]
async fn what_was_just_booked_is_not_offered_again_while_cal_com_still_shows_it_free() {
    let house = House::open(Setup::default()).await;
    house.booked().await;
    let mut second = house.ring();

    let wished = wish("2026-10-20", "14:30", "Paul Muster");
    let answer = second.invoke("collect_appointment", wished).await;

    assert_eq!(status(&answer), "unavailable", "{:?}", answer.body);
}

#[actix_rt::test]
async fn two_hundred_calls_that_end_at_once_are_booked_one_after_the_other_in_each_calendar() {
    let service = |n: i64| {
        format!(
            "[[branch.service]]\nslug = \"s{n}\"\nname = \"Leistung {n}\"\nduration_minutes = 30\nevent_type_id = {}\ncalendar = \"c{n}\"\n",
            1000 + n
        )
    };
    let services = (1..=20).map(service).collect::<Vec<_>>().concat();
    let company = salon_a("").split("  [[branch.service]]").next().unwrap().to_owned() + &services;
    let calcom = fernamt::sim::calcom::Settings {
        requests_per_minute: None,
        ..fernamt::sim::calcom::Settings::with_hosts(20)
    };
    let house = House::open(Setup { calcom, companies: vec![company], ..Setup::default() }).await;
    let mut calls = Vec::new();
    for n in 0..200 {
        let (service, turn) = (n % 20 + 1, n / 20);
        let mut call = house.ring();
        let time = format!("{:02}:{:02}", 9 + turn / 2, turn % 2 * 30);
        let wish = json!({"datum": "2026-10-20", "uhrzeit": time, "dienstleistung": format!("Leistung {service}"), "name": "Erika Beispiel"});
        assert_eq!(status(&call.invoke("collect_appointment", wish).await), "held");
        assert_eq!(says_yes(&mut call).await, "confirmed");
        call.hang_up("user_hangup");
        calls.push(call);
    }
    house.calcom.dials().write_delay_ms(20, 60);

    futures_util::future::join_all(calls.iter().map(fernamt::sim::retell::Call::ended)).await;

    super::house::eventually("two hundred bookings", || async {
        (house.calcom.ledger().live_bookings().len() == 200).then_some(())
    })
    .await;
    for call in &calls {
        house.booking_in(call.id(), &["booked"]).await;
    }
    let ledger = house.calcom.ledger();
    assert_eq!(ledger.in_flight_max_per_host(), 1);
    assert!(ledger.overlaps().is_empty());
    assert_eq!(ledger.count("POST /v2/bookings"), 200);
    assert!(ledger.live_bookings_per_intent().values().all(|count| *count == 1));
}

#[actix_rt::test]
async fn the_same_tool_call_gets_the_same_bytes_also_while_the_first_is_running() {
    let house = House::open(Setup::default()).await;
    house.calcom.dials().read_delay_ms(300, 300);
    let mut call = house.ring();
    let prepared = call.prepare("collect_appointment", &wish("2026-10-20", "14:30", "Erika Beispiel"));

    let (one, two, three) = tokio::join!(prepared.send(), prepared.send(), prepared.send());
    let later = prepared.send().await;

    assert_eq!(status(&one), "held");
    assert!([&two, &three, &later].iter().all(|answer| answer.bytes == one.bytes));
    let story = house.get(&format!("calls/{}/timeline", call.id())).await;
    assert_eq!(story["functions"].as_array().unwrap().len(), 1, "{story}");
}

#[actix_rt::test]
async fn a_withheld_number_books_with_a_spoken_one() {
    let house = House::open(Setup::default()).await;
    let mut call = house.salon().ring(Ring { from: None, to: NUMBER_A, ..Ring::default() });
    let asked = call.invoke("collect_appointment", wish("2026-10-20", "14:30", "Erika Beispiel")).await;
    assert_eq!(asked.body["missing"], json!(["telefonnummer"]));
    let held = call.invoke("collect_appointment", json!({"telefonnummer": "0171 / 123 45 67"})).await;
    assert_eq!(status(&held), "held");
    says_yes(&mut call).await;
    call.hang_up("user_hangup");
    call.ended().await;

    let booking = house.booking_in(call.id(), &["booked"]).await;

    assert_eq!(booking["customer"]["phone"], CALLER);
}

#[actix_rt::test]
async fn in_test_mode_a_whole_call_writes_nothing_at_the_calendar() {
    let setup = Setup { companies: vec![salon_a("test_mode = true")], ..Setup::default() };
    let house = House::open(setup).await;
    let mut call = house.ring();
    call.invoke("collect_appointment", wish("2026-10-20", "14:30", "Erika Beispiel")).await;
    says_yes(&mut call).await;
    call.hang_up("user_hangup");
    call.ended().await;

    let booking = house.booking_in(call.id(), &["cancelled"]).await;

    assert!(booking["reason"].as_str().unwrap().contains("test mode"));
    assert_eq!(house.calcom.ledger().count("POST /v2/bookings"), 0);
    // A rehearsal keeps no slot from anybody.
    let mut next = house.ring();
    assert_eq!(
        status(&next.invoke("collect_appointment", wish("2026-10-20", "14:30", "Jonas Muster")).await),
        "held"
    );
}

#[actix_rt::test]
async fn cut_off_after_the_read_back_a_person_calls_back() {
    let house = House::open(Setup::default()).await;
    let mut call = house.ring();
    call.invoke("collect_appointment", wish("2026-10-20", "14:30", "Erika Beispiel")).await;
    call.hang_up("error_asr");
    call.ended().await;
    call.analyzed(json!({})).await;

    let items = house.callbacks().await;

    assert_eq!(items.len(), 1);
    assert_eq!((&items[0]["reason"], &items[0]["priority"]), (&json!("cut_off"), &json!("low")));
    assert_eq!(items[0]["phone"], CALLER);
    // The slot is free for others again.
    let mut next = house.ring();
    assert_eq!(
        status(&next.invoke("collect_appointment", wish("2026-10-20", "14:30", "Jonas Muster")).await),
        "held"
    );
}

#[actix_rt::test]
async fn a_promise_outlives_the_branch_it_was_made_at() {
    let house = House::open(Setup::default()).await;
    let mut call = house.ring();
    call.invoke("collect_appointment", wish("2026-10-20", "14:30", "Erika Beispiel")).await;
    assert_eq!(says_yes(&mut call).await, "confirmed");
    house.apply(&salon_a("").replace("\"mitte\"", "\"zentrum\"")).await;
    call.hang_up("user_hangup");
    assert_eq!(call.ended().await, 204);

    let booking = house.booking_in(call.id(), &["booked"]).await;

    assert_eq!(booking["service"], "Haarschnitt");
    assert_eq!(house.calcom.ledger().live_bookings().len(), 1);
}

#[actix_rt::test]
async fn the_second_word_about_a_callback_counts() {
    let house = House::open(Setup::default()).await;
    let mut call = house.ring();
    call.invoke("request_callback", json!({"grund": "Frage zur Rechnung", "telefonnummer": "030 1234567"}))
        .await;
    let noted = call.invoke("request_callback", json!({"telefonnummer": "030 7654321"})).await;
    assert_eq!(status(&noted), "callback_noted");

    let items = house.callbacks().await;

    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["phone"], "+49307654321");
    assert_eq!(items[0]["wish"], "Frage zur Rechnung");
}
