//! Erasing and handing over: whoever is erased is found nowhere any more, whatever is killed or put back, and nobody else is touched.

use std::path::Path;

use fernamt::operations::{Role, tokens};
use fernamt::sim::calcom::Calcom;
use fernamt::sim::retell::{Account, Call, Rest, Ring, Weather, Workspace};
use serde_json::{Value, json};

use super::house::{
    CALLER, House, KEY_A, NOWHERE, NUMBER_A, Setup, eventually, salon_a, says_yes, status, wish,
};
use super::process::{Served, calendar, get, run, token, tuesday, workspace};

const OTHER: &str = "+493098765432";
const PHONE: &str = "0171 1234567";

/// Everything by which she could be found: her number in every form it was written or spoken in, name, address, words.
const HER: [&str; 17] = [
    "+491711234567",
    "491711234567",
    "01711234567",
    "1711234567",
    "0171 1234567",
    "0171/1234567",
    "0171 12 34 567",
    "+49 171 1234567",
    "null eins sieben eins",
    "1711234",
    "234567",
    "Erika",
    "erika",
    "Beispiel",
    "beispiel.example",
    "Kopfschmerz",
    "Rhabarberkuchen",
];

/// What of it stands in the files as it was said.
const SAID: [&str; 9] = [
    "+491711234567",
    "0171/1234567",
    "0171 12 34 567",
    "+49 171 1234567",
    "null eins sieben eins",
    "Erika Beispiel",
    "beispiel.example",
    "Kopfschmerz",
    "Rhabarberkuchen",
];

/// A company's file in a folder of its own, with Cal.com and Retell as they are simulated here.
fn furnished(calcom: &Calcom, rest: &Rest) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let file = salon_a("").replace("CALCOM", &calcom.url()).replace(NOWHERE, &rest.url());
    std::fs::write(folder.path().join("salon.toml"), file).unwrap();
    let (code, text) = run(folder.path(), &["apply", "salon.toml"]);
    assert_eq!(code, 0, "{text}");
    folder
}

/// What the files of that kind in the folder hold.
fn holds(folder: &Path, needle: &str, is_meant: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        // The company's file is ours, and no file of the house.
        if path.is_file() && is_meant(&name) {
            let bytes = std::fs::read(&path).unwrap();
            if bytes.windows(needle.len()).any(|window| window == needle.as_bytes()) {
                found.push(name);
            }
        }
    }
    found
}

fn is_of_the_house(name: &str) -> bool {
    name != "salon.toml"
}

fn found_nowhere(folder: &Path) {
    for needle in HER {
        assert_eq!(holds(folder, needle, is_of_the_house), Vec::<String>::new(), "{needle}");
    }
}

async fn hangs_up(mut call: Call, analysis: Value) -> Call {
    call.hang_up("user_hangup");
    assert_eq!(call.ended().await, 204);
    assert_eq!(call.analyzed(analysis).await, 204);
    call
}

async fn books(retell: &Workspace, (from, name): (Option<&str>, &str), (day, time): (&str, &str)) -> Call {
    let mut call = retell.ring(Ring { from, to: NUMBER_A, ..Ring::default() });
    call.inbound().await;
    call.says(&format!("Guten Tag, {name}, ich hätte gern einen Termin."));
    let answer = call.invoke("collect_appointment", wish(day, time, name)).await;
    assert_eq!(status(&answer), "held", "{}", answer.body);
    call
}

/// She rings three times, once without showing her number, and says everything that can be said.
async fn her_calls(retell: &Workspace, day: &str) -> Vec<Call> {
    let mut first = books(retell, (Some(CALLER), "Erika Beispiel"), (day, "10:00")).await;
    let all =
        json!({"email": "erika@beispiel.example", "telefonnummer": "0171/1234567", "notiz": "Kopfschmerz"});
    first.invoke("collect_appointment", all).await;
    first.says("Mein Geheimwort ist Rhabarberkuchen, und die Nummer null eins sieben eins, 12 34 567.");
    says_yes(&mut first).await;
    let analysis = json!({"_name": "Erika Beispiel", "_telefonnummer": "+49 171 1234567"});
    let first = hangs_up(first, analysis).await;
    let mut second = retell.ring(Ring { from: Some(CALLER), to: NUMBER_A, ..Ring::default() });
    second.invoke("request_callback", json!({"grund": "Kopfschmerz", "name": "Erika Beispiel"})).await;
    let second = hangs_up(second, json!({})).await;
    let mut third = retell.ring(Ring { from: None, to: NUMBER_A, ..Ring::default() });
    let spoken = json!({"grund": "Rückruf unter 0171 12 34 567", "telefonnummer": "0171 12 34 567", "name": "Erika Beispiel"});
    third.invoke("request_callback", spoken).await;
    vec![first, second, hangs_up(third, json!({})).await]
}

async fn erase(url: &str, token: &str, more: Value) -> (u16, Value) {
    let mut asked = json!({"company": "salon-a", "phone": PHONE});
    asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let http = reqwest::Client::new();
    let answer = http
        .post(format!("{url}/api/admin/v1/erasures"))
        .bearer_auth(token)
        .json(&asked)
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

fn step<'a>(erasure: &'a Value, name: &str) -> &'a Value {
    erasure["steps"].as_array().unwrap().iter().find(|step| step["step"] == name).unwrap()
}

async fn finished(url: &str, token: &str, id: &Value) -> Value {
    eventually("the erasure to be over", || async {
        let erasure = get(url, token, &format!("erasures/{}", id.as_str().unwrap())).await;
        (erasure["state"] != "open").then_some(erasure)
    })
    .await
}

async fn all_settled(url: &str, token: &str, booked: usize) {
    eventually("what was promised to be booked and the calls to be settled", || async {
        let calls = get(url, token, "calls?limit=200").await;
        let settled = calls["items"].as_array().unwrap().iter().all(|call| call["phase"] == "settled");
        let bookings = get(url, token, "bookings?state=booked&limit=200").await;
        (settled && bookings["items"].as_array().unwrap().len() == booked).then_some(())
    })
    .await;
}

#[actix_rt::test]
async fn whoever_is_erased_by_number_is_in_no_file_no_list_no_export_and_no_log_and_others_are_left_alone() {
    let (calcom, rest) = (calendar(), Rest::start(0).unwrap());
    let folder = furnished(&calcom, &rest);
    let (served, token, day) = (Served::start(folder.path()).await, token(folder.path()), tuesday(&calcom));
    let retell = workspace(&served.url, 61).known_at(&rest);
    let mut hers = her_calls(&retell, &day).await;
    let mut other = books(&retell, (Some(OTHER), "Max Mustermann"), (&day, "11:00")).await;
    says_yes(&mut other).await;
    let other = hangs_up(other, json!({})).await;
    all_settled(&served.url, &token, 2).await;
    for needle in SAID {
        assert_ne!(
            holds(folder.path(), needle, is_of_the_house),
            Vec::<String>::new(),
            "{needle} was never there"
        );
    }
    let (code, preview) = erase(&served.url, &token, json!({"preview": true})).await;
    assert_eq!((code, &preview["calls"], &preview["callbacks"]), (200, &json!(3), &json!(2)), "{preview}");
    assert_eq!(preview["people"][0]["name"], "Erika Beispiel");
    assert_eq!(preview["appointments_ahead"][0]["service"], "Haarschnitt");

    let (code, erasure) = erase(&served.url, &token, json!({"cancel_future": true})).await;

    assert_eq!(code, 201, "{erasure}");
    let erasure = finished(&served.url, &token, &erasure["id"]).await;
    assert_eq!(erasure["state"], "done", "{erasure:#}");
    for (name, state, count) in [
        ("remembered", "done", 0),
        ("appointments", "done", 1),
        ("calls_at_retell", "done", 3),
        ("appointments_at_calcom", "not_possible", 1),
        ("memory", "done", 3),
        ("files", "done", 0),
    ] {
        let step = step(&erasure, name);
        assert_eq!((&step["state"], &step["count"]), (&json!(state), &json!(count)), "{step}");
    }
    assert_eq!(step(&erasure, "books")["state"], "done");
    found_nowhere(folder.path());
    let left: Vec<String> = rest.account(KEY_A).unwrap().calls.into_keys().collect();
    assert_eq!(left, [other.id()]);
    assert_eq!(calcom.ledger().live_bookings().len(), 1);
    let mut seen = String::new();
    for path in ["calls", "bookings", "callbacks", "deliveries", "alerts", "erasures"] {
        seen += &get(&served.url, &token, &format!("{path}?limit=200")).await.to_string();
    }
    for call in &hers {
        seen += &get(&served.url, &token, &format!("calls/{}", call.id())).await.to_string();
        seen += &get(&served.url, &token, &format!("calls/{}/timeline", call.id())).await.to_string();
    }
    let (code, exported) =
        run(folder.path(), &["export-person", "--company", "salon-a", "--phone", "+491711234567"]);
    assert!(code == 0 && exported.contains("\"people\": []"), "{exported}");
    seen += &exported;
    assert!(seen.contains("Max Mustermann"), "the lists are those of this company");
    for needle in HER {
        assert!(!seen.contains(needle), "a list holds {needle}");
    }
    // What Retell tells of an erased call later is acknowledged and not taken in.
    assert_eq!(hers[0].analyzed(json!({"_name": "Erika Beispiel"})).await, 204);
    assert_eq!(hers[1].deliver("call_ended").await, 204);
    let stopped = served.terminate().await;
    assert!(stopped.success());
    found_nowhere(folder.path());
}

#[actix_rt::test]
async fn a_server_that_is_killed_while_it_erases_goes_on_with_it() {
    let (calcom, rest) = (calendar(), Rest::start(0).unwrap());
    let folder = furnished(&calcom, &rest);
    let (served, token, day) = (Served::start(folder.path()).await, token(folder.path()), tuesday(&calcom));
    let retell = workspace(&served.url, 62).known_at(&rest);
    her_calls(&retell, &day).await;
    all_settled(&served.url, &token, 1).await;
    rest.weather(Weather::Slow { ms: 60_000 });
    let url = format!("{}/api/admin/v1/erasures", served.url);
    let asked = json!({"company": "salon-a", "phone": PHONE, "cancel_future": true});
    let asking = reqwest::Client::new().post(url).bearer_auth(&token).json(&asked).send();
    let in_the_middle =
        eventually("Retell to be asked", || async { (rest.asked("/v2/delete-call/") > 0).then_some(()) });
    let (asking, in_the_middle) = (std::pin::pin!(asking), std::pin::pin!(in_the_middle));
    futures_util::future::select(asking, in_the_middle).await;
    let path = served.kill();
    rest.weather(Weather::Fair);

    let served = Served::start(&path).await;

    let erasures = get(&served.url, &token, "erasures").await;
    let erasure = finished(&served.url, &token, &erasures["items"][0]["id"]).await;
    assert_eq!(erasure["state"], "done", "{erasure:#}");
    assert!(rest.account(KEY_A).unwrap().calls.is_empty());
    assert!(calcom.ledger().live_bookings().is_empty());
    found_nowhere(folder.path());
}

#[actix_rt::test]
async fn old_books_that_are_put_back_are_erased_again_at_the_start() {
    let (calcom, rest) = (calendar(), Rest::start(0).unwrap());
    let folder = furnished(&calcom, &rest);
    let (served, token, day) = (Served::start(folder.path()).await, token(folder.path()), tuesday(&calcom));
    let retell = workspace(&served.url, 63).known_at(&rest);
    her_calls(&retell, &day).await;
    all_settled(&served.url, &token, 1).await;
    assert!(served.terminate().await.success());
    let copy = tempfile::tempdir().unwrap();
    copy_books(folder.path(), copy.path());
    let arguments = [
        "erase",
        "--company",
        "salon-a",
        "--phone",
        PHONE,
        "--name",
        "Erika Beispiel",
        "--cancel-future",
        "--yes",
    ];
    let (code, said) = run(folder.path(), &arguments);
    assert!(code == 0 && said.contains("Erika Beispiel: +491711234567"), "{said}");
    found_nowhere(folder.path());

    copy_books(copy.path(), folder.path());
    assert_ne!(holds(folder.path(), "Erika", is_of_the_house), Vec::<String>::new());
    let served = Served::start(folder.path()).await;

    let erasures = get(&served.url, &token, "erasures").await;
    assert_eq!(erasures["items"].as_array().unwrap().len(), 1, "{erasures}");
    assert_eq!(erasures["items"][0]["asked_by"], Value::Null);
    finished(&served.url, &token, &erasures["items"][0]["id"]).await;
    found_nowhere(folder.path());
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert_eq!(log.matches("is done again").count(), 1);
    // Whoever calls again afterwards is not erased by the next start.
    let retell = workspace(&served.url, 64).known_at(&rest);
    let mut call = books_again(&retell, &day).await;
    says_yes(&mut call).await;
    hangs_up(call, json!({})).await;
    all_settled(&served.url, &token, 1).await;
    let served = Served::start(&served.kill()).await;
    let bookings = get(&served.url, &token, "bookings?state=booked").await;
    assert_eq!(bookings["items"][0]["customer"]["name"], "Erika Beispiel");
}

/// Puts the books of one folder into another one, in place of those that are there.
fn copy_books(from: &Path, to: &Path) {
    for name in ["fernamt.db", "fernamt.db-wal", "fernamt.db-shm"] {
        drop(std::fs::remove_file(to.join(name)));
        // Whether there is a log beside them depends on how the last process has ended.
        drop(std::fs::copy(from.join(name), to.join(name)));
    }
}

async fn books_again(retell: &Workspace, day: &str) -> Call {
    books(retell, (Some(CALLER), "Erika Beispiel"), (day, "15:00")).await
}

#[actix_rt::test]
async fn what_retell_does_not_delete_stays_open_and_is_done_after_a_restart() {
    let house = House::open(Setup::default()).await;
    let (call, booking) = house.booked().await;
    house.retell.weather(Weather::Failing(503));

    let (code, erasure) = erase(&house.app.url(), &house.token, json!({})).await;

    assert_eq!((code, &erasure["state"]), (201, &json!("open")), "{erasure:#}");
    let at_retell = step(&erasure, "calls_at_retell");
    assert_eq!(at_retell["state"], "open", "{at_retell}");
    assert!(at_retell["what"].as_str().unwrap().contains("1 calls are still at Retell"), "{at_retell}");
    // Without being called off, what lies ahead stands; the books know its time and no more.
    assert_eq!(step(&erasure, "appointments")["state"], "not_needed");
    let kept = house.get(&format!("bookings/{}", booking["id"].as_str().unwrap())).await;
    assert_eq!(
        (&kept["state"], &kept["start"], &kept["customer"]["name"]),
        (&json!("booked"), &booking["start"], &Value::Null)
    );
    assert_eq!(house.calcom.ledger().live_bookings().len(), 1);
    let house = house.restart().await;
    house.retell.weather(Weather::Fair);
    house
        .retell
        .open(KEY_A, Account { calls: [(call.id().to_owned(), call.object())].into(), ..Account::default() });
    let house = house.restart().await;
    let erasure = finished(&house.app.url(), &house.token, &erasure["id"]).await;
    assert_eq!(erasure["state"], "done", "{erasure:#}");
    assert!(house.retell.account(KEY_A).unwrap().calls.is_empty());
}

#[actix_rt::test]
async fn who_is_on_the_telephone_is_erased_once_the_call_is_over() {
    let house = House::open(Setup::default()).await;
    let mut call = house.ring();
    call.invoke("collect_appointment", wish("2026-10-20", "14:30", "Erika Beispiel")).await;

    let (_, erasure) = erase(&house.app.url(), &house.token, json!({})).await;

    assert_eq!(step(&erasure, "books")["state"], "open", "{erasure:#}");
    let shown = house.get(&format!("calls/{}", call.id())).await;
    assert_eq!(shown["actor"]["draft"][0]["name"], "Erika Beispiel", "a call goes on undisturbed");
    call.hang_up("user_hangup");
    call.ended().await;
    call.analyzed(json!({})).await;
    let house = house.restart().await;
    let erasure = finished(&house.app.url(), &house.token, &erasure["id"]).await;
    assert_eq!(erasure["state"], "done", "{erasure:#}");
    assert_eq!(house.get("callbacks").await["items"], json!([]));
    assert_eq!(house.get(&format!("calls/{}", call.id())).await["caller"], Value::Null);
}

#[actix_rt::test]
async fn only_who_looks_after_the_company_may_erase_and_export_there() {
    let house = House::open(Setup::default()).await;
    house.booked().await;
    let granted = async |role, company: &str| {
        let (store, directory) = (house.app.house().store(), house.app.house().directory());
        tokens::create(store, house.clock, &directory, (role, &[company.to_owned()], "test")).await.unwrap().1
    };
    let (staff, stranger, owner) = (
        granted(Role::Staff, "salon-a").await,
        granted(Role::CompanyAdmin, "salon-b").await,
        granted(Role::CompanyAdmin, "salon-a").await,
    );
    let url = house.app.url();
    for preview in [true, false] {
        assert_eq!(erase(&url, &staff, json!({"preview": preview})).await.0, 403);
        assert_eq!(erase(&url, &stranger, json!({"preview": preview})).await.0, 404);
    }
    let params = json!({"company": "salon-a", "phone": PHONE});
    assert!(house.ask(&stranger, "customer.export", params.clone()).await.is_err());
    assert!(house.ask(&staff, "customer.erase", params.clone()).await.is_err());
    let wrong = erase(&url, &owner, json!({"phone": "12"})).await;
    assert!(wrong.0 == 400 && wrong.1["detail"].as_str().unwrap().starts_with("phone: "), "{wrong:?}");

    let exported = house.ask(&owner, "customer.export", params.clone()).await.unwrap();
    let erased = house.ask(&owner, "customer.erase", params).await.unwrap();

    assert_eq!(exported["people"][0]["numbers"][0]["number"], CALLER);
    assert_eq!(exported["appointments"][0]["appointment"]["customer"]["name"], "Erika Beispiel");
    let functions = exported["calls"][0]["functions"].as_array().unwrap();
    assert_eq!(functions[0]["function"], "collect_appointment");
    assert!(functions[0]["arguments"].to_string().contains("Erika Beispiel"), "{functions:?}");
    assert_eq!(exported["calls"][0]["caller"], CALLER);
    assert!(
        exported["calls"][0]["deliveries"].as_array().unwrap().iter().any(|one| one["event"] == "call_ended")
    );
    assert_eq!(erased["state"], "done", "{erased:#}");
    let path = format!("erasures/{}", erased["id"].as_str().unwrap());
    assert_eq!(house.get_as(&stranger, &path).await.0, 404);
    assert_eq!(house.get_as(&owner, &path).await.0, 200);
    assert_eq!(house.get_as(&stranger, "erasures").await.1["items"], json!([]));
}

/// A company that keeps what it can for a day, and transcripts no longer than it has to.
const BRIEF: &str = "[company.policy.retention]\ntranscripts_days = 0\nmessages_days = 1\nfunctions_days = 1\ncalls_days = 1\ncallbacks_days = 1\nexchanges_days = 1";

#[actix_rt::test]
async fn what_is_old_enough_goes_and_what_a_promise_needs_stays() {
    let companies = vec![salon_a(BRIEF)];
    let house = House::open(Setup { companies, ..Setup::default() }).await;
    let (over, booking) = house.booked().await;
    let mut promised = house.ring();
    promised.invoke("request_callback", json!({"grund": "Frage", "name": "Erika Beispiel"})).await;
    let promised = hangs_up(promised, json!({})).await;
    eventually("both calls to be settled", || async {
        let settled = house.get("calls?live=false").await;
        let all = settled["items"].as_array().unwrap();
        (all.len() == 2 && all.iter().all(|call| call["phase"] == "settled")).then_some(())
    })
    .await;

    let house = house.restart_at("2026-10-16T08:05:00Z").await;

    let report = eventually("what is old to be gone", || async {
        let report = house.get("retention?company=salon-a").await["items"].as_array().unwrap().clone();
        let is_of_today = |one: &Value| one["ran_at"].as_str().is_some_and(|at| at.starts_with("2026-10-16"));
        report.iter().all(is_of_today).then_some(report)
    })
    .await;
    let gone = |kind: &str| report.iter().find(|one| one["kind"] == kind).unwrap()["gone"].as_i64().unwrap();
    assert_eq!((gone("calls"), gone("callbacks")), (1, 0), "{report:#?}");
    assert!(gone("functions") >= 3 && gone("exchanges") >= 1, "{report:#?}");
    let transcripts = report.iter().find(|one| one["kind"] == "transcripts").unwrap();
    assert!(
        transcripts["gone_ever"].as_i64() >= Some(3) && transcripts["oldest_at"].is_null(),
        "{report:#?}"
    );
    assert!(report.iter().all(|one| one["is_own"] == true), "{report:#?}");
    let caller = async |call: &Call| house.get(&format!("calls/{}", call.id())).await["caller"].clone();
    assert_eq!(caller(&over).await, Value::Null);
    assert_ne!(caller(&promised).await, Value::Null);
    assert_eq!(house.callbacks().await[0]["name"], "Erika Beispiel");
    let kept = house.get(&format!("bookings/{}", booking["id"].as_str().unwrap())).await;
    assert_eq!(kept["customer"]["name"], "Erika Beispiel");
    let deliveries = house.get("deliveries?limit=200").await;
    let bodies = deliveries["items"].as_array().unwrap().iter().filter(|one| one["has_body"] == true);
    assert_eq!(bodies.count(), 0, "{deliveries:#}");
}

#[actix_rt::test]
async fn who_refuses_to_be_recorded_leaves_no_words_and_who_was_not_asked_no_link() {
    let house = House::open(Setup::default()).await;
    let bodies = async |call: &Call| {
        let params = json!({"company": "salon-a", "phone": CALLER});
        let exported = house.ask(&house.token, "customer.export", params).await.unwrap();
        let calls = exported["calls"].as_array().unwrap().clone();
        let of_call = calls.into_iter().find(|one| one["retell_call_id"] == call.id()).unwrap();
        of_call["deliveries"].to_string()
    };
    let consent = async |call: &Call| house.get(&format!("calls/{}", call.id())).await["consent"].clone();
    let mut calls = Vec::new();
    for (answer, minute) in [(None, "10:00"), (Some("ja"), "11:00"), (Some("nein"), "12:00")] {
        let mut call = house.ring();
        assert_eq!(call.start().await, 204);
        call.says("Mein Geheimwort ist Rhabarberkuchen.");
        assert_eq!(call.transcript_updated().await, 204);
        call.invoke("collect_appointment", wish("2026-10-20", minute, "Erika Beispiel")).await;
        says_yes(&mut call).await;
        if let Some(answer) = answer {
            call.collect("aufzeichnung_erlaubt", answer);
        }
        call.collect("benachrichtigung_erlaubt", "ja");
        calls.push(hangs_up(call, json!({})).await);
    }

    let (not_asked, given, refused) = (&calls[0], &calls[1], &calls[2]);
    for (call, said) in [(not_asked, "not_asked"), (given, "given"), (refused, "refused")] {
        let consent = consent(call).await;
        assert_eq!(
            (&consent["recording"], &consent["messages"]),
            (&json!(said), &json!("given")),
            "{consent}"
        );
        assert_eq!(consent["recording_at"].is_string(), said != "not_asked", "{consent}");
    }
    let kept = bodies(not_asked).await;
    assert!(kept.contains("Rhabarberkuchen") && !kept.contains("recording_url"), "{kept}");
    assert!(bodies(given).await.contains("recording_url"));
    let kept = bodies(refused).await;
    assert!(!kept.contains("Rhabarberkuchen") && !kept.contains("recording_url"), "{kept}");
    // The appointment is made all the same.
    house.booking_in(refused.id(), &["booked"]).await;
}
