//! Calls whose end nobody told in time, and calls that end without a conversation: through the whole house, against a Retell that is asked.

use fernamt::sim::calcom::Calcom;
use fernamt::sim::retell::{Call, Rest, Ring, Weather};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::house::{
    CALLER, House, KEY_A, KEY_B, NOWHERE, NUMBER_A, NUMBER_B, Setup, eventually, salon_a, salon_b, says_yes,
    status, wish,
};
use super::meters::Metrics;
use super::process::{Served, calendar, get, held_call, run, token, tuesday, workspace};

const GET_CALL: &str = "/v2/get-call/";
/// Who has been silent for a moment is asked about.
const IMPATIENT: &str = "
[calls]
silent_after_ms = 300
ask_first_ms = 100
ask_longest_ms = 400
[retell]
requests_per_second_max = 1000
";
/// The lists are gone through all the time, and webhooks never come.
const THOROUGH: &str = "
[backfill]
every_ms = 200
overlap_ms = 172800000
behind_ms = 0
calls_max = 2
[retell]
requests_per_second_max = 1000
";

async fn open(settings: &'static str) -> House {
    House::open(Setup { settings, ..Setup::default() }).await
}

async fn story(house: &House, call: &Call) -> Value {
    house.get(&format!("calls/{}/timeline", call.id())).await
}

/// The story of a call, once it is settled with that outcome.
async fn settled(house: &House, call: &Call, outcome: &str) -> Value {
    eventually("the call to be settled", || async {
        let known = house.get("calls?limit=200").await["items"].as_array().unwrap().clone();
        let is_settled = known.iter().any(|row| {
            row["retell_call_id"] == call.id() && row["phase"] == "settled" && row["outcome"] == outcome
        });
        if is_settled { Some(story(house, call).await) } else { None }
    })
    .await
}

fn why(story: &Value) -> &str {
    story["why"].as_str().unwrap()
}

fn tells(story: &Value, text: &str) -> usize {
    let entries = story["entries"].as_array().unwrap();
    entries.iter().filter(|entry| entry["text"].as_str().unwrap().contains(text)).count()
}

/// A call that has come to the read-back.
async fn held(house: &House, time: &str) -> Call {
    let mut call = house.ring();
    let answer = call.invoke("collect_appointment", wish("2026-10-20", time, "Erika Beispiel")).await;
    assert_eq!(status(&answer), "held", "{}", answer.body);
    call
}

async fn agreed(house: &House, time: &str) -> Call {
    let mut call = held(house, time).await;
    assert_eq!(says_yes(&mut call).await, "confirmed");
    call
}

/// What an agent without functions leaves behind.
fn leaves_a_yes(call: &mut Call, time: &str) {
    let said = [("booking_confirmed", "true"), ("datum", "20.10.2026"), ("uhrzeit", time)];
    for (name, value) in said.into_iter().chain([("name", "Jonas Muster"), ("dienstleistung", "Haarschnitt")])
    {
        call.collect(name, value);
    }
}

#[actix_rt::test]
async fn a_call_whose_end_nobody_told_is_finished_from_what_retell_says() {
    let house = open(IMPATIENT).await;
    let mut call = agreed(&house, "14:30").await;
    call.hang_up("user_hangup");
    call.analyze(&json!({}));

    house.booking_in(call.id(), &["booked"]).await;

    let told = settled(&house, &call, "booked").await;
    assert!(why(&told).contains("was booked: the caller said yes to what was read back"), "{}", why(&told));
    assert_eq!(tells(&told, "Retell was asked, since nothing was heard of it"), 1);
    assert_eq!(tells(&told, "Retell was asked about the call"), 1, "what it answered is kept");
    // The webhooks come after all.
    for _ in 0..2 {
        assert_eq!((call.ended().await, call.analyzed(json!({})).await), (204, 204));
    }
    assert_eq!(house.bookings(call.id()).await.len(), 1);
    assert_eq!(house.calcom.ledger().live_bookings().len(), 1);
    assert_eq!(story(&house, &call).await["outcome"], "booked");
}

#[actix_rt::test]
async fn a_silent_call_that_still_goes_on_is_asked_about_again_and_left_alone() {
    let house = open(IMPATIENT).await;
    let mut call = agreed(&house, "14:30").await;
    eventually("three questions", || async { (house.retell.asked(GET_CALL) >= 3).then_some(()) }).await;

    let told = story(&house, &call).await;

    assert_eq!(told["call"]["phase"], "live");
    assert!(house.bookings(call.id()).await.is_empty(), "it is booked when the call ends");
    assert!(why(&told).contains("it still goes on (asked again at "), "{}", why(&told));
    call.hang_up("agent_hangup");
    house.booking_in(call.id(), &["booked"]).await;
}

#[actix_rt::test]
async fn while_retell_cannot_tell_what_was_agreed_is_booked_and_the_rest_waits_for_it() {
    let house = open(IMPATIENT).await;
    house.retell.weather(Weather::Cut);
    let (mut agreed, mut held) = (agreed(&house, "14:30").await, held(&house, "16:00").await);
    agreed.hang_up("user_hangup");
    held.hang_up("user_hangup");

    house.booking_in(agreed.id(), &["booked"]).await;

    eventually("Retell to be asked in vain", || async {
        why(&story(&house, &held).await).contains("and could not be asked at ").then_some(())
    })
    .await;
    assert_eq!(story(&house, &held).await["call"]["phase"], "live");
    assert!(house.callbacks().await.is_empty());
    house.retell.weather(Weather::Fair);
    held.analyze(&json!({}));
    agreed.analyze(&json!({}));
    let told = settled(&house, &held, "callback").await;
    assert!(why(&told).contains("was read back, and the caller hung up before a yes"), "{}", why(&told));
    settled(&house, &agreed, "booked").await;
    assert_eq!(house.bookings(agreed.id()).await.len(), 1);
}

#[actix_rt::test]
async fn of_a_call_retell_has_forgotten_a_person_is_told_once_nothing_more_is_expected() {
    let settings = "
        [calls]
        silent_after_ms = 300
        ask_first_ms = 100
        ask_longest_ms = 400
        unreported_after_ms = 1500
        [retell]
        requests_per_second_max = 1000
    ";
    let house = open(settings).await;
    let (agreed, held, idle) = (agreed(&house, "14:30").await, held(&house, "16:00").await, house.ring());
    idle.start().await;
    house.retell.change(KEY_A, |account| account.calls.clear());

    let told = settled(&house, &held, "callback").await;

    assert!(
        why(&told).contains("was read back, and nothing more was heard of the call before a yes"),
        "{told}"
    );
    assert_eq!(tells(&told, "Retell never reported the end of the call"), 1);
    settled(&house, &agreed, "booked").await;
    let told = settled(&house, &idle, "nothing").await;
    assert!(
        why(&told).contains("Retell never reported the end of the call, and until then"),
        "{}",
        why(&told)
    );
    let callbacks = house.callbacks().await;
    assert_eq!(callbacks.len(), 1, "{callbacks:?}");
    assert_eq!(
        (&callbacks[0]["reason"], &callbacks[0]["priority"]),
        (&json!("never_reported"), &json!("low"))
    );
}

#[actix_rt::test]
async fn a_time_in_which_nobody_could_ask_gives_up_no_call() {
    let house = open(IMPATIENT).await;
    let (mut one, mut other) = (held(&house, "14:30").await, held(&house, "16:00").await);
    eventually("both to be asked about", || async { (house.retell.asked(GET_CALL) >= 2).then_some(()) })
        .await;
    for call in [&mut one, &mut other] {
        call.hang_up("user_hangup");
        call.analyze(&json!({}));
    }
    house.retell.weather(Weather::Cut);
    let asked = house.retell.asked(GET_CALL);

    let house = house.restart_at("2026-10-16T08:05:00Z").await;

    eventually("questions in vain", || async { (house.retell.asked(GET_CALL) >= asked + 3).then_some(()) })
        .await;
    for call in [&one, &other] {
        assert_eq!(story(&house, call).await["call"]["phase"], "live");
    }
    assert!(house.callbacks().await.is_empty());
    house.retell.weather(Weather::Fair);
    for call in [&one, &other] {
        let told = settled(&house, call, "callback").await;
        assert!(why(&told).contains("and the caller hung up before a yes"), "{}", why(&told));
    }
}

#[actix_rt::test]
async fn a_webhook_and_the_answer_that_arrive_in_the_same_moment_book_once() {
    let settings = "
        [calls]
        sweep_every_ms = 10
        silent_after_ms = 1
        ask_first_ms = 1
        ask_longest_ms = 5
        [backfill]
        every_ms = 10
        behind_ms = 0
        [retell]
        requests_per_second_max = 10000
    ";
    let house = open(settings).await;
    let mut calls = Vec::new();
    for time in ["10:00", "10:30", "11:00", "11:30", "14:00", "14:30"] {
        calls.push(agreed(&house, time).await);
    }
    for call in &mut calls {
        call.hang_up("user_hangup");
        let (ended, analyzed) = tokio::join!(call.ended(), call.deliver("call_analyzed"));
        assert_eq!((ended, analyzed), (204, 204));
    }

    for call in &calls {
        house.booking_in(call.id(), &["booked"]).await;
    }

    assert_eq!(house.calcom.ledger().live_bookings().len(), calls.len());
    assert!(house.retell.asked(GET_CALL) >= calls.len());
    assert!(house.callbacks().await.is_empty());
}

#[actix_rt::test]
async fn an_undecided_call_is_decided_with_the_analysis_that_retell_has_and_did_not_deliver() {
    let house = open("[calls]\nanalysis_wait_ms = 700").await;
    let mut call = house.ring();
    call.hang_up("user_hangup");
    assert_eq!(call.ended().await, 204);
    call.analyze(&json!({
        "booking_confirmed": true, "datum": "20.10.2026", "uhrzeit": "14:30",
        "name": "Jonas Muster", "dienstleistung": "Haarschnitt",
    }));

    house.booking_in(call.id(), &["booked"]).await;

    assert_eq!(house.retell.asked(GET_CALL), 1);
    assert_eq!(tells(&story(&house, &call).await, "Retell was asked about the call"), 1);
}

#[actix_rt::test]
async fn an_undecided_call_is_decided_without_an_analysis_where_there_is_none_and_asked_about_once() {
    let house = open("[calls]\nanalysis_wait_ms = 700").await;
    let mut known = held(&house, "14:30").await;
    let mut unreachable = held(&house, "16:00").await;
    known.hang_up("user_hangup");
    known.ended().await;
    settled(&house, &known, "callback").await;
    let asked = house.retell.asked(GET_CALL);
    house.retell.weather(Weather::Failing(500));
    unreachable.hang_up("user_hangup");
    unreachable.ended().await;

    settled(&house, &unreachable, "callback").await;

    assert_eq!((asked, house.retell.asked(GET_CALL)), (1, 2));
    assert_eq!(house.callbacks().await.len(), 2);
}

#[actix_rt::test]
async fn what_a_webhook_said_counts_though_retell_keeps_nothing_of_it() {
    let house = open("[calls]\nanalysis_wait_ms = 700").await;
    let (mut claimed, mut agreed) = (house.ring(), house.ring());
    house.retell.change(KEY_A, |account| account.keeps_no_words = true);
    claimed.agent("Perfekt, Ihr Termin ist auf den Namen Muster gebucht!");
    // Nobody is there at that time.
    leaves_a_yes(&mut agreed, "23:00");
    for call in [&mut claimed, &mut agreed] {
        call.hang_up("user_hangup");
        assert_eq!(call.ended().await, 204);
    }

    let (claimed, agreed) =
        (settled(&house, &claimed, "callback").await, settled(&house, &agreed, "callback").await);

    assert!(why(&claimed).contains("the agent said that an appointment was booked"), "{}", why(&claimed));
    assert!(why(&agreed).contains("a yes was found at the end of the call"), "{}", why(&agreed));
    assert_eq!(tells(&agreed, "Retell was asked about the call"), 1);
}

#[actix_rt::test]
async fn an_analysis_that_arrives_while_retell_is_slow_to_answer_is_taken_in_at_once() {
    let house = open("[calls]\nanalysis_wait_ms = 300").await;
    house.retell.weather(Weather::Slow { ms: 3_000 });
    let mut call = house.ring();
    leaves_a_yes(&mut call, "14:30");
    call.hang_up("user_hangup");
    // What was collected is told with the analysis only.
    let mut ended: Value = serde_json::from_slice(&call.body_of("call_ended")).unwrap();
    ended["call"]["collected_dynamic_variables"] = json!({});
    let ended = ended.to_string().into_bytes();
    assert_eq!(house.salon().post_signed("/api/webhooks/retell", &ended).await.status, 204);
    eventually("the question", || async { (house.retell.asked(GET_CALL) == 1).then_some(()) }).await;

    assert_eq!(call.analyzed(json!({})).await, 204);

    assert_eq!(house.bookings(call.id()).await.len(), 1, "Retell is still thinking");
    house.retell.weather(Weather::Fair);
    house.booking_in(call.id(), &["booked"]).await;
}

#[actix_rt::test]
async fn calls_that_rang_unheard_are_taken_in_from_the_list_a_few_at_a_time_and_each_once() {
    let house = open(THOROUGH).await;
    let unheard = house.workspace_for(NOWHERE, (KEY_A, "agent_a"));
    let mut calls = Vec::new();
    for time in ["10:00", "10:30", "11:00", "11:30", "14:00"] {
        let mut call = unheard.ring(Ring { from: Some(CALLER), to: NUMBER_A, ..Ring::default() });
        leaves_a_yes(&mut call, time);
        call.hang_up("user_hangup");
        assert_eq!(call.ended().await, 0, "nobody hears it");
        call.analyze(&json!({}));
        calls.push(call);
    }

    for call in &calls {
        house.booking_in(call.id(), &["booked"]).await;
    }

    assert_eq!(house.calcom.ledger().live_bookings().len(), calls.len());
    let lists = house.retell.asked("/v3/list-calls");
    eventually("more rounds", || async { (house.retell.asked("/v3/list-calls") > lists + 3).then_some(()) })
        .await;
    assert_eq!(house.retell.asked(GET_CALL), calls.len(), "what is known is not asked for again");
    assert_eq!(tells(&story(&house, &calls[0]).await, "Retell was asked about the call"), 1);
}

#[actix_rt::test]
async fn one_call_that_cannot_be_read_keeps_no_other_waiting_and_is_asked_about_again() {
    let settings = "
        [calls]
        silent_after_ms = 300
        ask_first_ms = 100
        ask_longest_ms = 400
        [backfill]
        every_ms = 200
        behind_ms = 0
        [retell]
        requests_per_second_max = 1000
    ";
    let house = open(settings).await;
    let unheard = house.workspace_for(NOWHERE, (KEY_A, "agent_a"));
    let mut calls = Vec::new();
    for time in ["10:00", "11:00"] {
        let mut call = unheard.ring(Ring { from: Some(CALLER), to: NUMBER_A, ..Ring::default() });
        if calls.is_empty() {
            house.retell.change(KEY_A, |account| account.spoilt.extend([call.id().to_owned()]));
        }
        leaves_a_yes(&mut call, time);
        call.analyze(&json!({}));
        call.hang_up("user_hangup");
        calls.push(call);
    }
    house.booking_in(calls[1].id(), &["booked"]).await;
    eventually("more questions", || async { (house.retell.asked(GET_CALL) >= 4).then_some(()) }).await;
    let told = story(&house, &calls[0]).await;
    assert_eq!(told["call"]["phase"], "live");
    assert!(house.callbacks().await.is_empty());

    house.retell.change(KEY_A, |account| account.spoilt.clear());

    house.booking_in(calls[0].id(), &["booked"]).await;
    assert_eq!(house.calcom.ledger().live_bookings().len(), 2);
}

#[actix_rt::test]
async fn calls_that_cannot_be_read_keep_no_page_from_being_gone_through() {
    let house = open(THOROUGH).await;
    let unheard = house.workspace_for(NOWHERE, (KEY_A, "agent_a"));
    let mut calls = Vec::new();
    for n in 0..7 {
        let mut call = unheard.ring(Ring { from: Some(CALLER), to: NUMBER_A, ..Ring::default() });
        if n != 3 {
            house.retell.change(KEY_A, |account| account.spoilt.extend([call.id().to_owned()]));
        }
        leaves_a_yes(&mut call, "10:00");
        call.analyze(&json!({}));
        call.hang_up("user_hangup");
        calls.push(call);
    }

    house.booking_in(calls[3].id(), &["booked"]).await;

    eventually("all to be known", || async {
        (house.get("calls?limit=200").await["items"].as_array().unwrap().len() == 7).then_some(())
    })
    .await;
    let asked = house.retell.asked(GET_CALL);
    let lists = house.retell.asked("/v3/list-calls");
    eventually("more rounds", || async { (house.retell.asked("/v3/list-calls") > lists + 3).then_some(()) })
        .await;
    assert!(house.retell.asked(GET_CALL) <= asked + 1, "what is asked about elsewhere is passed over");
}

/// Salon A under another number, and with its own key where one is given; salon B has taken over the old number and key.
async fn number_moves(house: &House, key_of_a: &str) {
    house.apply(&salon_a("").replace(NUMBER_A, "+493055555555").replace(KEY_A, key_of_a)).await;
    house.apply(&salon_b().replace(NUMBER_B, NUMBER_A).replace(KEY_B, KEY_A)).await;
}

async fn companies(house: &House) -> Vec<Value> {
    let calls = house.get("calls?limit=200").await["items"].as_array().unwrap().clone();
    calls.iter().map(|call| call["company"].clone()).collect()
}

#[actix_rt::test]
async fn a_live_call_stays_with_its_company_when_its_number_moves_to_another_of_the_same_workspace() {
    let house = open("").await;
    let (mut agreed, mut open) = (agreed(&house, "14:30").await, held(&house, "16:00").await);
    number_moves(&house, KEY_A).await;

    assert_eq!(says_yes(&mut open).await, "confirmed");
    for call in [&mut agreed, &mut open] {
        call.hang_up("user_hangup");
        assert_eq!((call.ended().await, call.analyzed(json!({})).await), (204, 204));
        house.booking_in(call.id(), &["booked"]).await;
    }

    assert_eq!(companies(&house).await, [json!("salon-a"), json!("salon-a")]);
    assert_eq!(house.calcom.ledger().live_bookings().len(), 2);
}

#[actix_rt::test]
async fn what_a_list_tells_of_a_call_changes_nothing_when_number_and_key_have_moved_on() {
    for key_of_a in ["key_new_of_a", KEY_A] {
        let house = open(THOROUGH).await;
        let mut call = house.ring();
        leaves_a_yes(&mut call, "14:30");
        call.hang_up("user_hangup");
        assert_eq!(call.ended().await, 204);
        house.booking_in(call.id(), &["booked"]).await;
        number_moves(&house, key_of_a).await;
        let lists = house.retell.asked("/v3/list-calls");

        eventually("more rounds", || async {
            (house.retell.asked("/v3/list-calls") > lists + 6).then_some(())
        })
        .await;

        assert_eq!(companies(&house).await, [json!("salon-a")], "{key_of_a}");
        assert_eq!(house.calcom.ledger().live_bookings().len(), 1);
    }
}

#[actix_rt::test]
async fn a_call_to_a_number_of_nobody_or_of_another_workspace_is_passed_over_and_never_guessed() {
    let house = open(THOROUGH).await;
    let unheard = house.workspace_for(NOWHERE, (KEY_A, "agent_a"));
    for to in ["+493055555555", NUMBER_B, NUMBER_A] {
        let mut call = unheard.ring(Ring { from: Some(CALLER), to, ..Ring::default() });
        leaves_a_yes(&mut call, "10:00");
        call.hang_up("user_hangup");
        call.analyze(&json!({}));
        if to == NUMBER_A {
            house.booking_in(call.id(), &["booked"]).await;
        }
    }

    let calls = house.get("calls?limit=200").await["items"].as_array().unwrap().clone();

    assert_eq!(calls.len(), 1, "{calls:?}");
    assert_eq!(house.calcom.ledger().live_bookings().len(), 1);
    assert_eq!(house.retell.asked(GET_CALL), 1);
}

#[actix_rt::test]
async fn a_yes_that_is_found_a_day_later_becomes_a_callback_item_instead_of_a_booking() {
    let house = open(THOROUGH).await;
    let unheard = house.workspace_for(NOWHERE, (KEY_A, "agent_a"));
    let mut call = unheard.ring(Ring { from: Some(CALLER), to: NUMBER_A, ..Ring::default() });
    leaves_a_yes(&mut call, "14:30");
    call.hang_up("user_hangup");
    call.analyze(&json!({}));
    call.took_place(SignedDuration::from_hours(30));

    let told = settled(&house, &call, "callback").await;

    assert!(
        why(&told).contains("too late to be booked unasked, and a person is to call back by"),
        "{}",
        why(&told)
    );
    assert!(house.bookings(call.id()).await.is_empty());
    let callbacks = house.callbacks().await;
    assert_eq!((&callbacks[0]["reason"], &callbacks[0]["priority"]), (&json!("late_yes"), &json!("high")));
    assert_eq!(callbacks[0]["name"], "Jonas Muster");
}

#[actix_rt::test]
async fn what_rang_and_ended_while_the_server_was_down_is_seen_to_after_its_start() {
    let (calcom, retell) = (calendar(), Rest::start(0).unwrap());
    let folder = furnished_at(&calcom, &retell);
    let settings = [("FERNAMT_BACKFILL__EVERY_MS", "300"), ("FERNAMT_BACKFILL__BEHIND_MS", "0")];
    let (served, token) = (Served::start_with(folder.path(), &settings).await, token(folder.path()));
    let (line, day) = (workspace(&served.url, 41).known_at(&retell), tuesday(&calcom));
    let mut talking = held_call(&line, &day, "10:00", "Haarschnitt").await;
    assert_eq!(says_yes(&mut talking).await, "confirmed");
    eventually("a round", || async { (retell.asked("/v3/list-calls") > 0).then_some(()) }).await;
    served.kill();
    talking.hang_up("user_hangup");
    let mut unheard = line.ring(Ring { from: Some(CALLER), to: NUMBER_A, ..Ring::default() });
    leaves_a_yes(&mut unheard, "11:00");
    unheard.collect("datum", &day);
    unheard.hang_up("user_hangup");
    assert_eq!((talking.ended().await, unheard.ended().await), (0, 0), "nobody hears it");

    let served = Served::start_with(folder.path(), &settings).await;

    for call in [&talking, &unheard] {
        eventually("the booking", || async {
            let bookings = get(&served.url, &token, &format!("bookings?call_id={}", call.id())).await;
            (bookings["items"][0]["state"] == "booked").then_some(())
        })
        .await;
    }
    assert_eq!(calcom.ledger().live_bookings().len(), 2);
    let metrics = Metrics::of(&served.url).await;
    assert_eq!(metrics.value("fernamt_calls_backfilled_total", &["result=\"taken_in\""]), Some(2.0));
}

fn furnished_at(calcom: &Calcom, retell: &Rest) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text = salon_a("").replace("CALCOM", &calcom.url()).replace(NOWHERE, &retell.url());
    std::fs::write(folder.path().join("salon.toml"), text).unwrap();
    let (code, text) = run(folder.path(), &["apply", "salon.toml"]);
    assert_eq!(code, 0, "{text}");
    folder
}

#[actix_rt::test]
async fn a_call_that_was_never_connected_leaves_nothing_to_do_for_anybody() {
    let house = open("").await;
    for reason in ["dial_no_answer", "dial_busy", "registered_call_timeout"] {
        let ring = Ring { from: Some(NUMBER_A), to: CALLER, is_outbound: true, ..Ring::default() };
        let mut call = house.salon().ring(ring);
        // Given to the call from a list, not said by anybody.
        leaves_a_yes(&mut call, "14:30");
        call.never_connects(reason);
        assert_eq!(call.ended().await, 204);

        let told = settled(&house, &call, "nothing").await;

        assert_eq!(why(&told), format!("Nothing was booked: the call was never connected ({reason})."));
        assert_eq!(call.analyzed(json!({})).await, 204);
        assert_eq!(story(&house, &call).await["outcome"], "nothing");
    }
    assert!(house.callbacks().await.is_empty());
    assert!(house.calcom.ledger().live_bookings().is_empty());
    assert_eq!(house.retell.asked(GET_CALL), 0, "there is nothing to wait for");
}

#[actix_rt::test]
async fn a_silent_call_that_never_connected_ends_as_such_when_retell_is_asked() {
    let house = open(IMPATIENT).await;
    let mut call = house.salon().ring(Ring { is_web: true, ..Ring::default() });
    call.start().await;
    call.never_connects("error_user_not_joined");

    let told = settled(&house, &call, "nothing").await;

    assert_eq!(why(&told), "Nothing was booked: the call was never connected (error_user_not_joined).");
    assert!(house.callbacks().await.is_empty());
}

#[actix_rt::test]
async fn callers_who_hide_their_number_end_cleanly_whatever_stands_in_its_place() {
    let house = open("").await;
    for (n, from) in
        [None, Some("anonymous"), Some("Restricted"), Some("+266696687"), Some("")].into_iter().enumerate()
    {
        let mut quiet = house.salon().ring(Ring { from, to: NUMBER_A, ..Ring::default() });
        quiet.start().await;
        let day = ["2026-10-20", "2026-10-21", "2026-10-22", "2026-10-23", "2026-10-27"][n];
        let asked = quiet.invoke("collect_appointment", wish(day, "10:00", "Erika Beispiel")).await;
        assert_eq!(asked.body["missing"], json!(["telefonnummer"]), "{from:?}: {}", asked.body);
        quiet.hang_up("user_hangup");
        quiet.ended().await;
        quiet.analyzed(json!({})).await;
        settled(&house, &quiet, "abandoned").await;

        let mut open = house.salon().ring(Ring { from, to: NUMBER_A, ..Ring::default() });
        let mut whole = wish(day, "10:00", "Erika Beispiel");
        whole["telefonnummer"] = json!("030 901820");
        assert_eq!(status(&open.invoke("collect_appointment", whole).await), "held", "{from:?}");
        assert_eq!(says_yes(&mut open).await, "confirmed");
        open.hang_up("user_hangup");
        open.ended().await;
        let booking = house.booking_in(open.id(), &["booked"]).await;
        let told = story(&house, &open).await;
        assert_eq!(told["call"]["caller"], Value::Null, "{from:?}");
        assert!(booking["customer"]["phone"].is_string(), "{booking}");
    }
    assert!(house.callbacks().await.is_empty(), "nobody is called back for nobody");
}

#[actix_rt::test]
async fn a_call_from_the_web_ends_cleanly_at_the_branch_of_its_agent() {
    let house = open(IMPATIENT).await;
    let mut call = house.salon().ring(Ring { is_web: true, ..Ring::default() });
    call.start().await;
    let mut whole = wish("2026-10-20", "14:30", "Erika Beispiel");
    whole["telefonnummer"] = json!("030 901820");
    assert_eq!(status(&call.invoke("collect_appointment", whole).await), "held");
    assert_eq!(says_yes(&mut call).await, "confirmed");
    call.hang_up("agent_hangup");

    house.booking_in(call.id(), &["booked"]).await;

    let told = settled(&house, &call, "booked").await;
    assert_eq!((&told["call"]["branch"], &told["call"]["caller"]), (&json!("mitte"), &Value::Null));
}

#[actix_rt::test]
async fn a_call_that_was_put_through_keeps_what_was_agreed_and_calls_nobody_back() {
    let house = open("").await;
    let (mut agreed, mut held) = (agreed(&house, "14:30").await, held(&house, "16:00").await);
    for call in [&mut agreed, &mut held] {
        for event in ["transfer_started", "transfer_bridged"] {
            assert_eq!(call.deliver(event).await, 204);
        }
        call.hang_up("call_transfer");
        call.ended().await;
        call.deliver("transfer_ended").await;
        call.analyzed(json!({})).await;
    }

    let told = settled(&house, &held, "abandoned").await;

    assert!(
        why(&told).ends_with("was read back, and the call was put through to somebody else before a yes.")
    );
    for event in ["transfer_started", "transfer_bridged", "transfer_ended"] {
        assert_eq!(tells(&told, &format!("webhook {event} kept")), 1, "{told:#}");
    }
    house.booking_in(agreed.id(), &["booked"]).await;
    assert!(house.callbacks().await.is_empty());
}
