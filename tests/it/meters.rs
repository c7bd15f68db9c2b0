//! What whoever watches the house sees: metrics with the right numbers, help texts, and nothing about anybody.

use serde_json::json;

use super::house::{House, KEY_A, NUMBER_A, Setup, eventually, says_yes};
use super::process::{Served, calendar, furnished, get, held_call, token, tuesday, workspace};

/// The metrics of a server as its text says them.
pub(crate) struct Metrics(pub(crate) String);

impl Metrics {
    pub(crate) async fn of(url: &str) -> Self {
        let answer = reqwest::get(format!("{url}/metrics")).await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
        Self(answer.text().await.unwrap())
    }

    /// The sum of all series of that name whose labels hold all of these; None: there is no such series.
    pub(crate) fn value(&self, name: &str, labels: &[&str]) -> Option<f64> {
        let series = self.0.lines().filter(|line| line.split([' ', '{']).next() == Some(name));
        let fitting = series.filter(|line| labels.iter().all(|label| line.contains(label)));
        let values: Vec<f64> =
            fitting.map(|line| line.rsplit(' ').next().unwrap().parse().unwrap()).collect();
        (!values.is_empty()).then(|| values.iter().sum())
    }

    /// Every series belongs to a name with a type and a help text that stand before it.
    fn assert_explained(&self) {
        let (mut helped, mut typed) = (None, None);
        for line in self.0.lines().filter(|line| !line.is_empty()) {
            if let Some(help) = line.strip_prefix("# HELP ") {
                let (name, text) = help.split_once(' ').unwrap();
                assert!(text.len() > 10, "{line}");
                helped = Some(name);
            } else if let Some(of_type) = line.strip_prefix("# TYPE ") {
                typed = of_type.split(' ').next();
                assert_eq!(helped, typed, "{line}");
            } else {
                let name = line.split([' ', '{']).next().unwrap();
                let family = typed.unwrap();
                let is_part =
                    ["", "_bucket", "_sum", "_count"].iter().any(|end| *name == format!("{family}{end}"));
                assert!(is_part, "{line} stands under {family}");
            }
        }
    }
}

#[actix_rt::test]
async fn metrics_tell_what_happened_with_help_texts_and_about_nobody() {
    let calcom = calendar();
    let folder = furnished(&calcom);
    let (served, token, day) = (Served::start(folder.path()).await, token(folder.path()), tuesday(&calcom));
    let retell = workspace(&served.url, 31);
    let mut call = held_call(&retell, &day, "10:00", "Haarschnitt").await;
    assert_eq!(says_yes(&mut call).await, "confirmed");
    call.repeat_last().await;
    call.invoke("erfunden_fuer_erika", json!({"name": "Erika Beispiel"})).await;
    let talking = held_call(&retell, &day, "11:00", "Haarschnitt").await;
    talking.start().await;
    call.hang_up("user_hangup");
    assert_eq!(call.ended().await, 204);
    assert_eq!(call.ended().await, 204);
    let unsigned = retell.post_raw("/api/webhooks/retell", &call.body_of("call_ended"), &[]).await;
    assert_eq!(unsigned.status, 401);
    eventually("the booking", || async {
        let booked = get(&served.url, &token, "bookings?state=booked").await;
        (!booked["items"].as_array().unwrap().is_empty()).then_some(())
    })
    .await;

    let metrics = Metrics::of(&served.url).await;

    metrics.assert_explained();
    let value = |name, labels: &[&str]| metrics.value(name, labels);
    let turns = |labels: &[&str]| value("fernamt_turn_seconds_count", labels);
    assert_eq!(turns(&["function=\"collect_appointment\"", "status=\"held\""]), Some(2.0));
    assert_eq!(turns(&["function=\"collect_appointment\"", "status=\"confirmed\""]), Some(1.0));
    assert_eq!(turns(&["function=\"collect_appointment\"", "status=\"repeated\""]), Some(1.0));
    assert_eq!(turns(&["function=\"unknown\""]), Some(1.0));
    let longest = ["function=\"collect_appointment\"", "le=\"60\""];
    assert_eq!(value("fernamt_turn_seconds_bucket", &longest), Some(4.0));
    let functions =
        ["route=\"/api/mcp/gateway/retell/functions/{function}\"", "method=\"POST\"", "status=\"2xx\""];
    assert_eq!(value("fernamt_http_request_seconds_count", &functions), Some(5.0));
    assert_eq!(value("fernamt_webhooks_total", &["event=\"call_ended\"", "result=\"taken_in\""]), Some(2.0));
    assert_eq!(value("fernamt_webhooks_total", &["result=\"not_signed\""]), Some(1.0));
    assert_eq!(value("fernamt_signatures_refused_total", &["reason=\"missing\""]), Some(1.0));
    assert_eq!(value("fernamt_booking_attempts_total", &["class=\"created\""]), Some(1.0));
    assert_eq!(value("fernamt_bookings_settled_total", &["state=\"booked\""]), Some(1.0));
    let created = ["kind=\"create_booking\"", "outcome=\"2xx\""];
    assert_eq!(value("fernamt_calcom_request_seconds_count", &created), Some(1.0));
    assert!(value("fernamt_slot_questions_total", &["answered_by=\"calcom\""]).unwrap() >= 2.0);
    assert!(value("fernamt_journal_commit_seconds_count", &[]).unwrap() >= 6.0);
    assert_eq!(value("fernamt_breaker_state", &["state=\"closed\""]), Some(1.0));
    assert_eq!(value("fernamt_calls_live", &[]), Some(1.0));
    assert_eq!(value("fernamt_actors", &["kind=\"call\""]), Some(2.0));
    assert_eq!(value("fernamt_bookings_open", &[]), Some(0.0));
    assert_eq!(value("fernamt_callbacks_open", &["company=\"salon-a\""]), Some(0.0));
    assert_eq!(value("fernamt_build_info", &[env!("CARGO_PKG_VERSION")]), Some(1.0));
    assert!(value("process_resident_memory_bytes", &[]).unwrap() > 1e6);
    for personal in ["Erika", "erika", "Beispiel", "1711234567", NUMBER_A, KEY_A, call.id(), "anna"] {
        assert!(!metrics.0.contains(personal), "the metrics hold \"{personal}\"");
    }
    assert!(served.terminate().await.success());
}

#[actix_rt::test]
async fn what_waits_is_seen_with_its_age_until_the_calendar_is_back() {
    let house = House::open(Setup::default()).await;
    house.calcom.go_down().await;
    let mut call = house.ring();
    let wish = super::house::wish("2026-10-20", "14:30", "Erika Beispiel");
    call.invoke("collect_appointment", wish).await;
    says_yes(&mut call).await;
    call.hang_up("user_hangup");
    call.ended().await;

    let waiting = eventually("the breaker to open", || async {
        let metrics = Metrics::of(&house.app.url()).await;
        let is_open = metrics.value("fernamt_breaker_state", &["state=\"open\""]) >= Some(1.0);
        is_open.then_some(metrics)
    })
    .await;

    let salon = "company=\"salon-a\"";
    assert_eq!(waiting.value("fernamt_queue_bookings", &[salon]), Some(1.0));
    assert!(waiting.value("fernamt_queue_oldest_seconds", &[salon]).is_some_and(|age| age < 60.0));
    assert_eq!(waiting.value("fernamt_bookings_open", &[]), Some(1.0));
    assert!(waiting.value("fernamt_breaker_opens_total", &[]) >= Some(1.0));

    house.calcom.come_back().unwrap();
    house.booking_in(call.id(), &["booked"]).await;

    eventually("the series to go with what it told of", || async {
        let after = Metrics::of(&house.app.url()).await;
        after.value("fernamt_queue_bookings", &[salon]).is_none().then_some(())
    })
    .await;
}

#[actix_rt::test]
async fn who_comes_through_a_proxy_needs_a_token_and_off_is_off() {
    let house = House::open(Setup::default()).await;
    let url = format!("{}/metrics", house.app.url());
    let ask = |token: Option<&str>| {
        let request = house.http.get(&url).header("X-Forwarded-For", "203.0.113.9");
        let request = if let Some(token) = token { request.bearer_auth(token) } else { request };
        async move { request.send().await.unwrap().status().as_u16() }
    };

    assert_eq!((ask(None).await, ask(Some(&house.token)).await), (401, 200));

    let off = House::open(Setup { settings: "[web]\nmetrics = \"off\"", ..Setup::default() }).await;
    assert_eq!(reqwest::get(format!("{}/metrics", off.app.url())).await.unwrap().status(), 404);
    let token = House::open(Setup { settings: "[web]\nmetrics = \"token\"", ..Setup::default() }).await;
    let url = format!("{}/metrics", token.app.url());
    assert_eq!(token.http.get(&url).send().await.unwrap().status(), 401);
    assert_eq!(token.http.get(&url).bearer_auth(&token.token).send().await.unwrap().status(), 200);
}
