//! The limits at the door: who is slow, wrong or too much is turned away, and nobody else notices.

use std::time::Duration;

use actix_rt::net::{TcpSocket, TcpStream};
use fernamt::sim::retell::{Ring, SIGNATURE_HEADER, sign};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::house::{House, KEY_A, KEY_B, NUMBER_B, Setup, eventually, says_yes, status, wish};

const WEBHOOK: &str = "/api/webhooks/retell";
/// Where attackers come from; everybody honest comes from 127.0.0.1. All of 127.0.0.0/8 is loopback on Linux.
const ATTACKER: &str = "127.0.0.3:0";
/// Longer than anything here takes, shorter than a test may hang.
const AT_MOST: Duration = Duration::from_secs(30);

async fn connect(house: &House) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(ATTACKER.parse().unwrap()).unwrap();
    socket.connect(house.app.address()).await.unwrap()
}

/// Everything that comes until the other side hangs up; a connection cut hard ends as well.
async fn until_the_end(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let read = async {
        let mut part = [0; 4_096];
        while let Ok(count @ 1..) = stream.read(&mut part).await {
            answer.extend_from_slice(&part[..count]);
        }
    };
    tokio::time::timeout(AT_MOST, read).await.unwrap();
    String::from_utf8(answer).unwrap()
}

/// A head with a signature of the right form that fits nothing.
fn head(house: &House, length: usize) -> String {
    let (now, digest) = (house.clock.now().as_millisecond(), "0".repeat(64));
    format!(
        "POST {WEBHOOK} HTTP/1.1\r\nHost: fernamt\r\nContent-Type: application/json\r\n\
         {SIGNATURE_HEADER}: v={now},d={digest}\r\nContent-Length: {length}\r\n\r\n"
    )
}

/// A request with everything, signed as Retell signs for salon A.
fn signed(house: &House, body: &[u8]) -> Vec<u8> {
    let signature = sign(KEY_A, body, house.clock.now().as_millisecond());
    let length = body.len();
    let head = format!(
        "POST {WEBHOOK} HTTP/1.1\r\nHost: fernamt\r\n{SIGNATURE_HEADER}: {signature}\r\nContent-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// A request signed wrongly that a proxy passes on for somebody.
fn wrong(house: &House, whose: &str) -> Vec<u8> {
    let head = head(house, 2).replace("Host:", &format!("X-Forwarded-For: {whose}\r\nHost:"));
    (head + "{}").into_bytes()
}

/// Sends a request and reads the first part of what is answered.
async fn ask(stream: &mut TcpStream, request: &[u8]) -> String {
    stream.write_all(request).await.unwrap();
    let mut part = vec![0; 4_096];
    let count = tokio::time::timeout(AT_MOST, stream.read(&mut part)).await.unwrap().unwrap();
    String::from_utf8(part[..count].to_vec()).unwrap()
}

async fn webhook(house: &House, body: &[u8]) -> reqwest::Response {
    let signature = sign(KEY_A, body, house.clock.now().as_millisecond());
    let url = format!("{}{WEBHOOK}", house.app.url());
    house.http.post(url).header(SIGNATURE_HEADER, signature).body(body.to_vec()).send().await.unwrap()
}

async fn bad_signature(house: &House) -> String {
    let mut stream = connect(house).await;
    // A connection that was shut at once takes nothing.
    drop(stream.write_all((head(house, 2) + "{}").as_bytes()).await);
    until_the_end(stream).await
}

async fn books_a_haircut(house: &House) {
    let mut call = house.ring();
    let held = call.invoke("collect_appointment", wish("2026-10-20", "14:30", "Erika Beispiel")).await;
    assert_eq!(status(&held), "held");
    assert_eq!(says_yes(&mut call).await, "confirmed");
}

async fn turned_away(house: &House, limit: &str) -> u64 {
    let metrics = house.http.get(format!("{}/metrics", house.app.url())).send().await.unwrap();
    let text = metrics.text().await.unwrap();
    let line = format!("fernamt_turned_away_total{{limit=\"{limit}\"}} ");
    text.lines().find_map(|text| text.strip_prefix(&line)?.parse().ok()).unwrap_or(0)
}

#[actix_rt::test]
async fn a_head_that_comes_a_byte_at_a_time_is_cut_off() {
    let house = House::open(Setup { settings: "[limits]\nhead_wait_ms = 200", ..Setup::default() }).await;
    let mut stream = connect(&house).await;
    stream.write_all(b"POST /api/webhooks/retell HT").await.unwrap();

    let answer = until_the_end(stream).await;

    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[actix_rt::test]
async fn a_body_that_comes_a_byte_at_a_time_is_cut_off() {
    let house = House::open(Setup { settings: "[limits]\nbody_wait_ms = 200", ..Setup::default() }).await;
    let before = turned_away(&house, "body_time").await;
    let mut stream = connect(&house).await;
    stream.write_all((head(&house, 14_000) + "{").as_bytes()).await.unwrap();

    let answer = until_the_end(stream).await;

    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(turned_away(&house, "body_time").await > before);
}

#[actix_rt::test]
async fn a_strangers_connection_ends_with_its_answer_and_one_that_signed_rightly_stays() {
    let house = House::open(Setup::default()).await;
    let mut stranger = connect(&house).await;
    stranger.write_all(b"GET /healthz HTTP/1.1\r\nHost: fernamt\r\n\r\n").await.unwrap();

    let answer = until_the_end(stranger).await;

    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("connection: close"), "{answer}");
    let mut known = connect(&house).await;
    for _ in 0..2 {
        let answer = ask(&mut known, &signed(&house, &house.ring().body_of("call_started"))).await;
        assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
    }
}

#[actix_rt::test]
async fn a_thousand_slow_connections_of_one_address_keep_nobody_else_out() {
    let house = House::open(Setup::default()).await;
    let before = turned_away(&house, "stranger_connections_of_source").await;
    let mut slow = Vec::new();
    for n in 0..1_000 {
        let mut stream = connect(&house).await;
        // Half of them are slow with the head, half with the body.
        let first = if n % 2 == 0 { "POST /api/webh".to_owned() } else { head(&house, 14_000) + "{" };
        drop(stream.write_all(first.as_bytes()).await);
        slow.push(stream);
    }

    books_a_haircut(&house).await;

    let shut = eventually("those beyond the bound to be shut", || async {
        Some(turned_away(&house, "stranger_connections_of_source").await - before).filter(|shut| *shut >= 400)
    })
    .await;
    assert!(shut <= 1_000 - 512 + 50, "{shut} were shut");
    drop(slow);
}

#[actix_rt::test]
async fn who_signs_wrongly_too_often_is_shut_out_before_a_byte_is_read_and_nobody_else_is() {
    let settings = "[limits]\nwrong_signatures_per_minute = 5";
    let house = House::open(Setup { settings, ..Setup::default() }).await;
    let before = turned_away(&house, "barred").await;
    for _ in 0..6 {
        let answer = bad_signature(&house).await;
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    }

    let late = bad_signature(&house).await;

    assert_eq!(late, "", "a new connection is shut without a word");
    assert!(turned_away(&house, "barred").await > before);
    books_a_haircut(&house).await;
}

#[actix_rt::test]
async fn behind_a_proxy_the_one_who_signs_wrongly_is_told_when_to_come_back_and_the_others_are_served() {
    let settings = "[web]\ntrusted_proxies = [\"127.0.0.3\"]\n[limits]\nwrong_signatures_per_minute = 5";
    let house = House::open(Setup { settings, ..Setup::default() }).await;
    let mut proxy = connect(&house).await;
    let wrong = wrong(&house, "203.0.113.9");
    for _ in 0..6 {
        let answer = ask(&mut proxy, &wrong).await;
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    }

    let refused = ask(&mut proxy, &wrong).await;

    assert!(refused.starts_with("HTTP/1.1 429 ") && refused.contains("retry-after: 60"), "{refused}");
    let mut proxy = connect(&house).await;
    let good = signed(&house, &house.ring().body_of("call_started"));
    assert!(ask(&mut proxy, &good).await.starts_with("HTTP/1.1 204 "));
}

#[actix_rt::test]
async fn where_somebody_signed_rightly_the_wrong_signatures_of_others_shut_nobody_out() {
    let settings = "[limits]\nwrong_signatures_per_minute = 5";
    let house = House::open(Setup { settings, ..Setup::default() }).await;
    let good = signed(&house, &house.ring().body_of("call_started"));
    ask(&mut connect(&house).await, &good).await;
    let bad = (head(&house, 2) + "{}").into_bytes();
    for _ in 0..10 {
        let answer = ask(&mut connect(&house).await, &bad).await;
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    }

    let answer = ask(&mut connect(&house).await, &good).await;

    assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
}

#[actix_rt::test]
async fn what_cannot_be_signed_is_refused_before_its_body_has_come() {
    let house = House::open(Setup::default()).await;
    let mut stream = connect(&house).await;
    let head = format!("POST {WEBHOOK} HTTP/1.1\r\nHost: fernamt\r\nContent-Length: 8000000\r\n\r\n");

    let answer = ask(&mut stream, head.as_bytes()).await;

    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
}

#[actix_rt::test]
async fn strangers_bodies_take_no_more_memory_than_they_may() {
    let settings = "[limits]\nstranger_bytes_per_source_max = 10000";
    let house = House::open(Setup { settings, ..Setup::default() }).await;
    let before = turned_away(&house, "stranger_bytes_of_source").await;
    let mut stream = connect(&house).await;

    let answer = ask(&mut stream, (head(&house, 14_000) + &" ".repeat(12_000)).as_bytes()).await;

    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("retry-after: 1"), "{answer}");
    assert!(turned_away(&house, "stranger_bytes_of_source").await > before);
    books_a_haircut(&house).await;
}

#[actix_rt::test]
async fn a_call_that_asks_too_often_is_asked_to_wait_but_its_end_is_always_taken_and_its_promise_kept() {
    let house =
        House::open(Setup { settings: "[limits]\ncall_requests_per_minute = 3", ..Setup::default() }).await;
    let before = turned_away(&house, "call").await;
    let (mut noisy, mut quiet) = (house.ring(), house.ring());
    let held = noisy.invoke("collect_appointment", wish("2026-10-20", "14:30", "Erika Beispiel")).await;
    assert_eq!(status(&held), "held");
    assert_eq!(says_yes(&mut noisy).await, "confirmed");
    assert_eq!(status(&noisy.invoke("list_services", json!({})).await), "services");

    let function = noisy.invoke("list_services", json!({})).await;
    let chatter = webhook(&house, &noisy.body_of("transcript_updated")).await;
    let end = webhook(&house, &noisy.body_of("call_ended")).await;

    assert_eq!(status(&function), "working");
    assert_eq!(chatter.status(), 429);
    let wait: u64 = chatter.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(end.status(), 204);
    assert!(turned_away(&house, "call").await >= before + 2);
    assert_eq!(status(&quiet.invoke("list_services", json!({})).await), "services");
    let booking = house.booking_in(noisy.id(), &["booked"]).await;
    assert!(booking["calcom_uid"].is_string(), "{booking}");
}

#[actix_rt::test]
async fn a_company_that_asks_too_often_takes_nothing_from_another() {
    let settings = "[limits]\ncompany_requests_per_minute = 3";
    let house = House::open(Setup { settings, ..Setup::default() }).await;
    for _ in 0..3 {
        assert_eq!(webhook(&house, &house.ring().body_of("transcript_updated")).await.status(), 204);
    }

    let fourth = webhook(&house, &house.ring().body_of("transcript_updated")).await;
    let ringing = house.ring().inbound().await;
    let mut other = house.workspace(KEY_B, "agent_b").ring(Ring { to: NUMBER_B, ..Ring::default() });

    assert_eq!(fourth.status(), 429);
    assert_eq!((ringing.status, &ringing.body), (200, &json!({"call_inbound": {}})), "it rings on");
    assert!(other.inbound().await.body["call_inbound"]["dynamic_variables"].is_object());
}

#[actix_rt::test]
async fn strangers_who_dawdle_sit_on_nobody_elses_place() {
    let settings = "[limits]\nstranger_requests_max = 1\nrequests_max = 8";
    let house = House::open(Setup { settings, ..Setup::default() }).await;
    // From here somebody has signed rightly.
    assert_eq!(webhook(&house, &house.ring().body_of("call_started")).await.status(), 204);

    let another = eventually("a second stranger is refused", || async {
        // One that dawdles too long is sent away, so it is always a fresh one.
        let mut dawdler = connect(&house).await;
        dawdler.write_all(head(&house, 100).as_bytes()).await.unwrap();
        let answer = ask(&mut connect(&house).await, head(&house, 0).as_bytes()).await;
        answer.starts_with("HTTP/1.1 503 ").then_some(answer)
    })
    .await;

    assert!(another.contains("retry-after: 1"), "{another}");
    books_a_haircut(&house).await;
}

#[actix_rt::test]
async fn deliveries_for_numbers_nobody_has_are_kept_only_so_often() {
    let house =
        House::open(Setup { settings: "[limits]\nunknown_requests_per_minute = 2", ..Setup::default() })
            .await;
    let unknown = || house.workspace(KEY_A, "agent_a").ring(Ring { to: "+4930999", ..Ring::default() });
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(webhook(&house, &unknown().body_of("call_ended")).await.status().as_u16());
    }

    let function = unknown().invoke("list_services", json!({})).await;

    assert_eq!(statuses, [404, 404, 429]);
    assert_eq!(status(&function), "unknown_number");
    let kept = house.app.house().store().deliveries().count().await.unwrap();
    assert_eq!(kept, 2);
}

#[actix_rt::test]
async fn whoever_tries_tokens_has_to_wait_and_a_good_one_may_ask_only_so_often() {
    let settings = "[limits]\nwrong_tokens_per_minute = 3\ntoken_requests_per_minute = 4";
    let house = House::open(Setup { settings, ..Setup::default() }).await;
    let url = format!("{}/api/admin/v1/calls", house.app.url());
    let asked = |token: String| house.http.get(&url).bearer_auth(token).send();
    for _ in 0..4 {
        assert_eq!(asked(house.token.clone()).await.unwrap().status(), 200);
    }

    let often = asked(house.token.clone()).await.unwrap();
    for _ in 0..4 {
        assert_eq!(asked("fernamt_wrong".into()).await.unwrap().status(), 401);
    }
    let barred = asked("fernamt_wrong".into()).await.unwrap();

    for refused in [often, barred] {
        assert_eq!(refused.status(), 429);
        assert!(refused.headers().contains_key("retry-after"));
        assert_eq!(refused.headers()["content-type"], "application/problem+json");
    }
    // Whoever signs is not meant by it.
    books_a_haircut(&house).await;
}

#[actix_rt::test]
async fn when_too_much_is_being_answered_more_is_refused_but_not_those_who_ask_whether_we_live() {
    let house = House::open(Setup {
        settings: "[limits]\nrequests_max = 0\nstranger_requests_max = 0",
        ..Setup::default()
    })
    .await;

    let refused = webhook(&house, &house.ring().body_of("call_started")).await;
    let lives = house.http.get(format!("{}/healthz", house.app.url())).send().await.unwrap();

    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (503, &"1".parse().unwrap()));
    assert_eq!(lives.status(), 200);
}
