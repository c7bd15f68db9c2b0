//! What logs and traces say: one id from the door to Cal.com, and nothing about anybody, whatever a day brings.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use fernamt::sim::calcom::Calcom;
use fernamt::sim::day;
use fernamt::sim::retell::Workspace;
use fernamt::sim::scenario::{Company, NAMES, Stage};
use serde_json::{Value, json};

use super::house::{KEY_A, KEY_B, NUMBER_A, NUMBER_B, eventually, salon_b, says_yes};
use super::meters::Metrics;
use super::process::{
    Served, calendar, furnished, get, held_call, run, token, tuesday, workspace, workspace_of,
};

/// The demo plays one story after the other; so many at a time is so many times its speed.
const SPEED: usize = 10;

fn log_of(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("log")).unwrap()
}

/// First line and body of every post.
type Posts = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// A collector of traces: keeps what is posted to it.
#[derive(Clone)]
struct Collector {
    url: String,
    posts: Posts,
}

impl Collector {
    fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let collector =
            Self { url: format!("http://{}", listener.local_addr().unwrap()), posts: Arc::default() };
        let posts = collector.posts.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let posts = posts.clone();
                std::thread::spawn(move || take_posts(&stream.unwrap(), &posts));
            }
        });
        collector
    }

    /// Everything that was posted, in a row.
    fn bytes(&self) -> Vec<u8> {
        self.posts.lock().unwrap().iter().flat_map(|(_, body)| body.clone()).collect()
    }

    fn holds(&self, text: &str) -> bool {
        self.bytes().windows(text.len()).any(|window| window == text.as_bytes())
    }
}

fn take_posts(stream: &TcpStream, posts: &Posts) {
    while take_post(stream, posts).is_some() {}
}

/// Takes one post with a length; None at the end of the connection.
fn take_post(mut stream: &TcpStream, posts: &Posts) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).ok().filter(|read| *read > 0)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    posts.lock().unwrap().push((first.trim().to_owned(), body));
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").ok()
}

/// Names of the spans a line of the JSON log stands in, from the outside in.
fn spans(line: &Value) -> Vec<&str> {
    line["spans"].as_array().into_iter().flatten().filter_map(|span| span["name"].as_str()).collect()
}

/// The fields of the span of that name.
fn span<'a>(line: &'a Value, name: &str) -> &'a Value {
    line["spans"].as_array().unwrap().iter().find(|span| span["name"] == name).unwrap()
}

#[actix_rt::test]
async fn one_id_leads_from_the_door_through_the_actors_to_cal_com() {
    let (calcom, collector) = (calendar(), Collector::listen());
    let folder = furnished(&calcom);
    let settings = [("FERNAMT_LOG_FORMAT", "json"), ("FERNAMT_OTLP_ENDPOINT", collector.url.as_str())];
    let served = Served::start_with(folder.path(), &settings).await;
    let (retell, token) = (workspace(&served.url, 41), token(folder.path()));
    let mut call = held_call(&retell, &tuesday(&calcom), "10:00", "Haarschnitt").await;
    says_yes(&mut call).await;
    call.hang_up("user_hangup");
    assert_eq!(call.ended().await, 204);
    let booking = eventually("the booking", || async {
        get(&served.url, &token, "bookings?state=booked").await["items"].get(0).cloned()
    })
    .await;
    let given = "4bf92f3577b34da6a3ce929d0e0e4736";
    let healthz = format!("{}/healthz", served.url);
    let answer = reqwest::Client::new().get(&healthz).header("x-request-id", given).send().await.unwrap();
    assert_eq!(answer.headers()["x-request-id"], given);
    let answer = reqwest::get(&healthz).await.unwrap();
    assert_eq!(answer.headers()["x-request-id"].len(), 36, "one of our own, where none is given");
    assert!(served.terminate().await.success());

    let log = log_of(folder.path());
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();

    let ours = booking["call_id"].as_str().unwrap();
    // Libraries speak in the same spans.
    let ours_says = |line: &Value| line["target"].as_str().unwrap().starts_with("fernamt");
    let asked = |line: &&Value| ours_says(line) && spans(line) == ["request", "turn", "slots", "calcom"];
    let asked = lines.iter().find(asked).unwrap_or_else(|| panic!("no question for slots in {log}"));
    assert_eq!(span(asked, "request")["call.id"], ours);
    assert_eq!(span(asked, "turn")["call.id"], ours);
    assert_eq!(span(asked, "turn")["company"], "salon-a");
    assert_eq!(span(asked, "turn")["what"], "collect_appointment");
    assert_eq!(
        (&span(asked, "calcom")["kind"], &span(asked, "calcom")["status"]),
        (&json!("slots"), &json!(200))
    );
    let made = |line: &&Value| {
        ours_says(line)
            && spans(line) == ["booking", "calcom"]
            && span(line, "calcom")["kind"] == "create_booking"
    };
    let made = lines.iter().find(made).unwrap_or_else(|| panic!("no request that booked in {log}"));
    assert_eq!(span(made, "booking")["call.id"], ours);
    assert_eq!(span(made, "booking")["booking.id"], booking["id"]);
    assert_eq!(span(made, "calcom")["status"], 201);

    let posts = collector.posts.lock().unwrap().clone();
    assert!(!posts.is_empty() && posts.iter().all(|(first, _)| first == "POST /v1/traces HTTP/1.1"));
    for word in ["fernamt", "service.name", "request", "turn", "append", "slots", "calcom", "booking", ours] {
        assert!(collector.holds(word), "the traces do not hold \"{word}\"");
    }
}

#[actix_rt::test]
async fn a_collector_that_is_away_is_reported_once_and_holds_up_nobody() {
    let calcom = calendar();
    let folder = furnished(&calcom);
    // Nobody listens on a port that was just given back.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endpoint = format!("http://secret@{address}");
    let settings = [("FERNAMT_OTLP_ENDPOINT", endpoint.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "50")];
    let served = Served::start_with(folder.path(), &settings).await;
    let mut call = held_call(&workspace(&served.url, 42), &tuesday(&calcom), "10:00", "Haarschnitt").await;
    let report = "traces cannot be delivered";
    eventually("the report", || async { log_of(folder.path()).contains(report).then_some(()) }).await;

    for _ in 0..20 {
        assert_eq!(call.start().await, 204);
    }
    says_yes(&mut call).await;
    let watch = fernamt::clock::Clock::stopwatch();
    assert!(served.terminate().await.success());

    assert!(watch.elapsed_ms() < 10_000, "a stop took {} ms", watch.elapsed_ms());
    let log = log_of(folder.path());
    assert_eq!(log.matches(report).count(), 1, "{log}");
    assert!(!log.contains("secret"), "{log}");
}

/// Somebody who says everything that can be said, and everything wrongly that can be.
async fn talkative(retell: &Workspace, (day, time): (&str, &str), served: &Served) {
    let mut call = held_call(retell, day, time, "Beratung").await;
    let all =
        json!({"email": "erika@beispiel.example", "telefonnummer": "0171 7654321", "notiz": "Kopfschmerz"});
    call.invoke("collect_appointment", all).await;
    says_yes(&mut call).await;
    call.says("Mein Geheimwort ist Rhabarberkuchen.");
    call.invoke("erfunden_fuer_Wiebke", json!({"name": "Wiebke Platzhalter"})).await;
    retell.post_signed("/api/webhooks/retell", b"nonsense about Erika Beispiel").await;
    retell.post_raw("/api/webhooks/retell", &call.body_of("call_ended"), &[]).await;
    retell.post_raw("/api/webhooks/retell/Erika/+491711234567", b"{}", &[]).await;
    let query = "calls?company=Erika&from=+491711234567&token=fernamt_geheim";
    let url = format!("{}/api/admin/v1/{query}", served.url);
    reqwest::Client::new().get(url).header("x-request-id", "Erika").send().await.unwrap();
    call.hang_up("user_hangup");
    call.ended().await;
    call.analyzed(json!({"_name": "Erika Beispiel", "notiz": "Kopfschmerz"})).await;
}

/// All that must not be found anywhere.
fn secrets(folder: &Path, calcom: &Calcom, token: &str) -> Vec<String> {
    let names = NAMES.iter().flat_map(|name| name.split(' '));
    let said = ["Beispiel", "beispiel.example", "Kopfschmerz", "Rechnung", "Rhabarberkuchen", "Geheimwort"];
    let numbers =
        ["49301234", "12345678", "1711234567", "1717654321", "7654321", &NUMBER_A[1..], &NUMBER_B[1..]];
    let keys = [KEY_A, KEY_B, "cal_sim_key", token, "geheim"];
    let fixed = names.chain(said).chain(numbers).chain(keys).map(str::to_owned);
    let uids = calcom.ledger().bookings().into_iter().map(|booking| booking.uid);
    let master = std::fs::read_to_string(folder.join("fernamt.key")).unwrap().trim().to_owned();
    fixed.chain(uids).chain([master]).collect()
}

async fn all_settled(served: &Served, token: &str, at_least: usize) {
    eventually("every promise of the half day to be kept", || async {
        let metrics = Metrics::of(&served.url).await;
        let open = metrics.value("fernamt_bookings_open", &[]) == Some(0.0);
        let booked = get(&served.url, token, "bookings?state=booked&limit=200").await;
        (open && booked["items"].as_array().unwrap().len() >= at_least).then_some(())
    })
    .await;
}

/// A day is 120 calls to two companies, each of the demo's stories about ten times, three outages among them; ten are
/// on the telephone at a time where the demo has one. The morning is logged as text and the afternoon as JSON, both at
/// debug, the afternoon's traces go to a collector.
#[actix_rt::test]
async fn a_day_at_ten_times_the_speed_leaves_nothing_personal_in_logs_metrics_and_traces() {
    let (calcom, collector) = (calendar(), Collector::listen());
    let folder = furnished(&calcom);
    std::fs::write(folder.path().join("b.toml"), salon_b().replace("CALCOM", &calcom.url())).unwrap();
    assert_eq!(run(folder.path(), &["apply", "b.toml"]).0, 0);
    let (token, day) = (token(folder.path()), tuesday(&calcom));
    let trace =
        [("FERNAMT_LOG", "trace"), ("FERNAMT_LOG_FORMAT", "json"), ("FERNAMT_OTLP_ENDPOINT", &collector.url)];
    let settings: [&[(&str, &str)]; 2] = [&[("FERNAMT_LOG", "debug")], &trace];
    let mut seen = String::new();
    for (n, half) in day::halves(day::CALLS).iter().enumerate() {
        let served = Served::start_with(folder.path(), settings[n]).await;
        let company = |key, agent, number, event_type| Company {
            retell: workspace_of(&served.url, (key, agent), 51 + n as u64),
            number,
            service: "Haarschnitt",
            synonym: "Schnitt",
            event_type,
        };
        let companies =
            vec![company(KEY_A, "agent_a", NUMBER_A, 1001), company(KEY_B, "agent_b", NUMBER_B, 1003)];
        let stage = Stage { calcom: calcom.clone(), companies, now: calcom.now() };
        // Before the outages: after them the breaker may keep the calendar from being asked for a while.
        talkative(&stage.companies[0].retell, (&day, ["10:00", "15:00"][n]), &served).await;
        let played = half.play(&stage, SPEED).await;
        assert!(played.len() >= 50, "{} calls are no half of the day", played.len());
        all_settled(&served, &token, 30).await;
        seen += &Metrics::of(&served.url).await.0;
        assert!(served.terminate().await.success());
    }
    let log = log_of(folder.path());
    let (text, json) = log.split_at(log.find("\n{").unwrap());
    for half in [text, json] {
        assert!(half.contains("fernamt listens on"), "the log is the one meant");
        assert!(half.contains("turn") && half.contains("cal.com, create_booking"), "it is the log at debug");
    }
    assert!(!log.contains("panicked"), "{log}");
    seen += &log;
    seen += &String::from_utf8_lossy(&collector.bytes());
    assert!(collector.holds("create_booking"));

    let secrets = secrets(folder.path(), &calcom, &token);

    assert!(secrets.len() > 80 && seen.len() > 500_000, "{} {}", secrets.len(), seen.len());
    for secret in secrets {
        let place = seen.find(&secret).map(|at| seen[..at].lines().last().unwrap().to_owned() + &secret);
        assert_eq!(place, None, "logs, metrics or traces hold \"{secret}\"");
    }
}
