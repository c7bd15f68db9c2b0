//! A calendar that stores a booking long after everybody has stopped waiting for it; a second here is a minute and a half outside.

use fernamt::sim::calcom::{self, EventType, Kind, Mishap, Write};
use serde_json::Value;

use super::house::{House, Setup, eventually, salon_a, says_yes, wish};

/// Sixty seconds of waiting are 600 ms; the quiet horizon is longer than its three minutes would be, so that a machine with
/// much else to do sends nothing again before what is late has come.
const SCALED: &str = r"
[calcom]
write_timeout_ms = 600
quiet_horizon_ms = 8000
look_after_ms = [20, 50, 150, 400, 900, 2000, 4000]
look_again_ms = 300
watch_after_ms = [500, 1500, 4000, 9000, 20000, 40000]
";

/// Two hosts take turns; their event type answers a repeat with what it has, if it has it already.
async fn two_who_take_turns() -> House {
    let hosts = calcom::Settings { requests_per_minute: None, ..calcom::Settings::with_hosts(3) };
    let calcom = hosts.and(EventType::team(1021, Kind::RoundRobin, &[1, 2]));
    let company = salon_a("").replace("event_type_id = 1001", "event_type_id = 1021");
    House::open(Setup { settings: SCALED, calcom, companies: vec![company], ..Setup::default() }).await
}

async fn promised(house: &House) -> String {
    let mut call = house.ring();
    call.invoke("collect_appointment", wish("2026-10-20", "14:30", "Erika Beispiel")).await;
    assert_eq!(says_yes(&mut call).await, "confirmed");
    call.hang_up("user_hangup");
    assert_eq!(call.ended().await, 204);
    call.id().to_owned()
}

/// Waits until the server that hung has stored its row and answered into the void.
async fn the_slow_one_is_done(house: &House) {
    eventually("the first request to be done", || async {
        let requests = house.calcom.ledger().requests();
        let mut creates = requests.iter().filter(|request| request.route == "POST /v2/bookings");
        creates.next().and_then(|first| first.status)
    })
    .await;
}

/// Whom somebody still has to call; who was only for a while is none.
async fn to_call(house: &House) -> Vec<Value> {
    house.callbacks().await.into_iter().filter(|item| item["state"] != "done").collect()
}

fn live(house: &House, booking: &Value) -> usize {
    let counts = house.calcom.ledger().live_bookings_per_intent();
    counts.get(booking["id"].as_str().unwrap()).copied().unwrap_or_default()
}

#[actix_rt::test]
async fn a_round_robin_booking_that_commits_a_minute_after_its_timeout_stands_once() {
    let house = two_who_take_turns().await;
    house.calcom.dials().mishap(Write::Create, Mishap::InsertLate { ms: 1_200 }, 1);

    let call = promised(&house).await;

    let booking = house.booking_in(&call, &["booked"]).await;
    the_slow_one_is_done(&house).await;
    assert_eq!(live(&house, &booking), 1);
    assert_eq!(house.calcom.ledger().live_bookings().len(), 1);
    // It was looked for, not sent again.
    assert_eq!(house.calcom.ledger().count("POST /v2/bookings"), 1);
    assert_eq!(to_call(&house).await, Vec::<Value>::new());
}

#[actix_rt::test]
async fn one_that_commits_after_it_was_sent_again_is_cancelled_and_the_other_stands() {
    let house = two_who_take_turns().await;
    // The server hangs for longer than anybody could expect: forty minutes outside.
    house.calcom.dials().mishap(Write::Create, Mishap::InsertLate { ms: 25_000 }, 1);

    let call = promised(&house).await;

    let booking = house.booking_in(&call, &["booked"]).await;
    the_slow_one_is_done(&house).await;
    assert_eq!(house.calcom.ledger().count("POST /v2/bookings"), 2);
    eventually("one of the two to be cancelled", || async { (live(&house, &booking) == 1).then_some(()) })
        .await;
    assert_eq!(house.booking_in(&call, &["booked"]).await["id"], booking["id"]);
    assert_eq!(to_call(&house).await, Vec::<Value>::new());
}
