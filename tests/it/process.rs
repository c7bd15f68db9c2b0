//! The program as a process: started from the command line, killed in the middle, started again.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fernamt::sim::calcom::{self, Calcom};
use fernamt::sim::retell::{self, Call, Ring, Workspace};
use jiff::ToSpan;
use jiff::civil::Weekday;
use serde_json::{Value, json};

use super::house::{KEY_A, NUMBER_A, eventually, salon_a, says_yes, status, wish};

const PROGRAM: &str = env!("CARGO_BIN_EXE_fernamt");

/// A server of its own process.
pub(crate) struct Served {
    child: Child,
    pub(crate) url: String,
    folder: PathBuf,
}

impl Served {
    pub(crate) async fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[]).await
    }

    /// A server with some settings changed.
    pub(crate) async fn start_with(folder: &Path, settings: &[(&str, &str)]) -> Self {
        let port_file = folder.join("port");
        drop(std::fs::remove_file(&port_file));
        let log = std::fs::OpenOptions::new().create(true).append(true).open(folder.join("log")).unwrap();
        let child = program(folder)
            .envs(settings.iter().copied())
            .args(["serve", "--port-file"])
            .arg(&port_file)
            .stderr(log)
            .spawn()
            .unwrap();
        let address = eventually("the server to listen", || async {
            std::fs::read_to_string(&port_file).ok().filter(|text| !text.is_empty())
        })
        .await;
        Self { child, url: format!("http://{address}"), folder: folder.to_owned() }
    }

    pub(crate) fn kill(mut self) -> PathBuf {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.folder.clone()
    }

    pub(crate) async fn terminate(mut self) -> std::process::ExitStatus {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        eventually("the server to stop", || {
            let done = self.child.try_wait().unwrap();
            async move { done }
        })
        .await
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // A test that failed half way leaves no server behind.
        drop(self.child.kill());
    }
}

pub(crate) fn program(folder: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .current_dir(folder)
        .env_clear()
        .env("FERNAMT_DATABASE_URL", format!("sqlite://{}?mode=rwc", folder.join("fernamt.db").display()))
        .env("FERNAMT_LISTEN", "127.0.0.1:0")
        .env("FERNAMT_LOG", "debug,sqlx=info")
        .env("FERNAMT_THREADS", "2")
        .env("FERNAMT_CALLS__SWEEP_EVERY_MS", "200")
        .env("FERNAMT_CALCOM__LOOK_AFTER_MS", "50,100,200,400")
        .env("FERNAMT_CALCOM__LOOK_AGAIN_MS", "300")
        .env("FERNAMT_CALCOM__RETRY_LONGEST_MS", "1000")
        .env("FERNAMT_CALCOM__BREAKER_COOL_DOWN_MS", "500")
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    command
}

pub(crate) fn run(folder: &Path, args: &[&str]) -> (i32, String) {
    let output = program(folder).args(args).stderr(Stdio::piped()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), text)
}

pub(crate) fn token(folder: &Path) -> String {
    let (code, text) = run(folder, &["token", "create", "--role", "platform_admin"]);
    assert_eq!(code, 0, "{text}");
    text.lines().find(|line| line.starts_with("fernamt_")).unwrap().to_owned()
}

pub(crate) fn workspace(url: &str, seed: u64) -> Workspace {
    workspace_of(url, (KEY_A, "agent_a"), seed)
}

pub(crate) fn workspace_of(url: &str, (key, agent): (&str, &str), seed: u64) -> Workspace {
    let http = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
    let clock_offset = jiff::SignedDuration::ZERO;
    let (house_url, key, agent_id) = (url.to_owned(), key.to_owned(), agent.to_owned());
    Workspace::new(retell::Settings { house_url, key, agent_id, clock_offset, http, seed })
}

pub(crate) async fn get(url: &str, token: &str, path: &str) -> Value {
    let answer = reqwest::Client::new()
        .get(format!("{url}/api/admin/v1/{path}"))
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    answer.error_for_status().unwrap().json().await.unwrap()
}

/// The next Tuesday that is at least three days away.
pub(crate) fn tuesday(calcom: &Calcom) -> String {
    let today = calcom.now().to_zoned(jiff::tz::TimeZone::get("Europe/Berlin").unwrap()).date();
    let days = (3..).map(|days| today.saturating_add(days.days()));
    days.into_iter().find(|day| day.weekday() == Weekday::Tuesday).unwrap().to_string()
}

pub(crate) fn furnished(calcom: &Calcom) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("salon.toml"), salon_a("").replace("CALCOM", &calcom.url())).unwrap();
    let (code, text) = run(folder.path(), &["apply", "salon.toml"]);
    assert_eq!(code, 0, "{text}");
    folder
}

pub(crate) fn calendar() -> Calcom {
    drop(rustls::crypto::ring::default_provider().install_default());
    Calcom::start(calcom::Settings { requests_per_minute: None, ..calcom::Settings::with_hosts(3) }).unwrap()
}

pub(crate) async fn held_call(retell: &Workspace, day: &str, time: &str, service: &str) -> Call {
    let mut call = retell.ring(Ring { from: Some("+491711234567"), to: NUMBER_A, ..Ring::default() });
    let mut wish = wish(day, time, "Erika Beispiel");
    wish["dienstleistung"] = json!(service);
    let answer = call.invoke("collect_appointment", wish).await;
    assert_eq!(status(&answer), "held", "{}", answer.body);
    call
}

#[actix_rt::test]
async fn killed_among_twenty_live_calls_it_knows_every_answer_and_keeps_every_promise() {
    let calcom = calendar();
    let folder = furnished(&calcom);
    let (served, token, day) = (Served::start(folder.path()).await, token(folder.path()), tuesday(&calcom));
    let retell = workspace(&served.url, 7);
    calcom.dials().write_delay_ms(150, 300);
    let mut calls = Vec::new();
    for n in 0..20 {
        let (service, turn) = (["Haarschnitt", "Beratung"][n % 2], n / 2);
        let time = format!("{:02}:{:02}", 9 + turn / 2, turn % 2 * 30);
        let mut call = held_call(&retell, &day, &time, service).await;
        let prepared = call.prepare("collect_appointment", &json!({"bestaetigung": true}));
        let yes = prepared.send().await;
        assert_eq!(status(&yes), "confirmed");
        call.hear(&yes);
        calls.push((call, prepared, yes));
    }
    // Ten have hung up; their bookings are under way at the slow calendar when the process dies.
    for (call, ..) in &mut calls[..10] {
        call.hang_up("user_hangup");
        assert_eq!(call.ended().await, 204);
    }
    eventually("a booking to be under way", || async {
        (calcom.ledger().count("POST /v2/bookings") >= 2).then_some(())
    })
    .await;
    let folder_path = served.kill();

    let served = Served::start(&folder_path).await;

    // The same tool calls, asked again of the new process, are answered with the same bytes.
    for (_, prepared, yes) in &calls {
        let again = workspace(&served.url, 7).post_signed(&prepared.path, &prepared.body).await;
        assert_eq!(again.bytes, yes.bytes);
    }
    for (call, ..) in &mut calls[10..] {
        call.hang_up("user_hangup");
        let ended =
            workspace(&served.url, 7).post_signed("/api/webhooks/retell", &call.body_of("call_ended")).await;
        assert_eq!(ended.status, 204);
    }
    eventually("twenty bookings in the books", || async {
        let booked = get(&served.url, &token, "bookings?state=booked&limit=200").await;
        (booked["items"].as_array().unwrap().len() == 20).then_some(())
    })
    .await;
    let ledger = calcom.ledger();
    assert_eq!(ledger.live_bookings().len(), 20);
    assert!(ledger.live_bookings_per_intent().values().all(|count| *count == 1));
    assert!(ledger.overlaps().is_empty());
    assert!(served.terminate().await.success());
}

#[actix_rt::test]
async fn the_command_line_applies_makes_tokens_and_tells_a_calls_story() {
    let calcom = calendar();
    let folder = furnished(&calcom);
    let again = run(folder.path(), &["apply", "salon.toml"]);
    assert_eq!((again.0, again.1.as_str()), (0, "company salon-a: nothing to change\n"));
    let served = Served::start(folder.path()).await;
    let token = token(folder.path());
    let mut call = held_call(&workspace(&served.url, 8), &tuesday(&calcom), "10:00", "Haarschnitt").await;
    says_yes(&mut call).await;
    call.hang_up("user_hangup");
    assert_eq!(call.ended().await, 204);
    eventually("the booking", || async {
        let booked = get(&served.url, &token, "bookings?state=booked").await;
        (!booked["items"].as_array().unwrap().is_empty()).then_some(())
    })
    .await;

    let (code, refused) = run(folder.path(), &["serve"]);
    assert!(code == 1 && refused.contains("another server is running"), "{refused}");

    // What is applied while the server runs is in use without a restart.
    let text = std::fs::read_to_string(folder.path().join("salon.toml")).unwrap();
    std::fs::write(folder.path().join("salon.toml"), text.replace("\"Haarschnitt\"", "\"Zauberschnitt\""))
        .unwrap();
    let (code, said) = run(folder.path(), &["apply", "salon.toml"]);
    assert!(code == 0 && said.contains("Zauberschnitt"), "{said}");
    eventually("the new name", || async {
        let branches = get(&served.url, &token, "branches").await;
        branches.to_string().contains("Zauberschnitt").then_some(())
    })
    .await;

    let (code, story) = run(folder.path(), &["call", call.id()]);
    assert_eq!(code, 0);
    assert!(story.contains("why: Haarschnitt on") && story.contains("Cal.com accepted it"), "{story}");
    let (code, json) = run(folder.path(), &["call", "--json", call.id()]);
    let told: Value = serde_json::from_str(&json).unwrap();
    assert!(code == 0 && story.trim_end().ends_with(told["why"].as_str().unwrap()), "{json}");
    let (code, complaint) = run(folder.path(), &["call", "call_nobody"]);
    assert!(code == 1 && complaint.contains("there is no call call_nobody in sqlite://"), "{complaint}");
    assert_eq!(run(folder.path(), &["frobnicate"]).0, 2);
    let at = "2026-10-14T10:05:00+02:00";
    let (code, understood) = run(folder.path(), &["understand", "Dienstag 14 Uhr 30", "--at", at]);
    let expected = json!({"kind": "exact", "start": "2026-10-20T14:30:00+02:00", "spoken": "Dienstag, 20. Oktober, 14 Uhr 30"});
    assert_eq!((code, serde_json::from_str(&understood).ok()), (0, Some(expected)));
    let (code, complaint) = run(folder.path(), &["apply", "nothing.toml"]);
    assert!(code == 1 && complaint.contains("nothing.toml"), "{complaint}");
    assert!(served.terminate().await.success());
}
