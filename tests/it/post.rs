//! What leaves the house: alerts gathered and signed, sent again until they are taken; what customers are told of their
//! appointments, and only if they have agreed.

use fernamt::sim::retell::Ring;
use serde_json::{Value, json};

use super::house::{House, NUMBER_A, Setup, eventually, salon_a, salon_b, says_yes, wish};
use super::process::{Served, calendar, furnished, run, workspace};
use super::sinks::{HookSink, MailSink, decoded};

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const FAST: &str = "[messages]\nevery_ms = 50\nwatch_every_ms = 100\ntimeout_ms = 10000\n\
                    retry_after_ms = [50, 100, 150]\ngather_ms = 0\nallow_private = true\n";

fn settings(more: &str) -> &'static str {
    Box::leak(format!("public_url = \"https://fernamt.example\"\n{FAST}{more}").into_boxed_str())
}

fn hook(sink: &HookSink, kinds: &str) -> String {
    let url = sink.url();
    format!(
        "[[company.channel]]\nname = \"hook\"\nwebhook = \"{url}\"\nsecret = \"{SECRET}\"\nkinds = [{kinds}]\n"
    )
}

/// Salon A with these channels and this policy, and salon B without any.
fn companies(channels: &str, policy: &str) -> Vec<String> {
    vec![salon_a(&format!("{policy}\n{channels}")), salon_b()]
}

async fn house(channels: &str, policy: &str, more: &str) -> House {
    let companies = companies(channels, policy);
    House::open(Setup { settings: settings(more), companies, ..Setup::default() }).await
}

/// An agent that promises what nobody has done: one alert for each call.
async fn promise(house: &House) -> String {
    let mut call = house.ring();
    call.start().await;
    call.agent("Ja, Ihr Termin am Dienstag um 14 Uhr 30 ist gebucht!");
    call.hang_up("user_hangup");
    call.ended().await;
    call.analyzed(json!({})).await;
    call.id().to_owned()
}

async fn messages(house: &House, filter: &str) -> Vec<Value> {
    house.get(&format!("messages?limit=200&{filter}")).await["items"].as_array().unwrap().clone()
}

async fn sent(sink: &HookSink, kind: &str, count: usize) -> Vec<super::sinks::Arrived> {
    eventually(&format!("{count} of {kind}"), || async {
        Some(sink.of(kind)).filter(|all| all.len() >= count)
    })
    .await
}

/// Until it is written down that they were taken: a house that shuts before sends them again.
async fn written_down(house: &House, kind: &str) {
    eventually("what was taken is written down", || async {
        messages(house, &format!("state=waiting&kind={kind}")).await.is_empty().then_some(())
    })
    .await;
}

/// A call that has ended in a booking, by somebody who gave an address and was asked.
async fn booked(house: &House, allowed: Option<bool>) -> Value {
    let mut call = house.ring();
    let mut said = wish("2026-10-20", "14:30", "Erika Beispiel");
    said["email"] = json!("erika@beispiel.example");
    if let Some(allowed) = allowed {
        said["benachrichtigung_erlaubt"] = json!(allowed);
    }
    call.invoke("collect_appointment", said).await;
    says_yes(&mut call).await;
    call.hang_up("user_hangup");
    call.ended().await;
    house.booking_in(call.id(), &["booked"]).await
}

#[actix_rt::test]
async fn an_alert_arrives_signed_as_the_specification_says_and_leads_to_the_dashboard() {
    let sink = HookSink::open();
    let house = house(&hook(&sink, "\"alert.*\""), "", "").await;

    promise(&house).await;
    let event = sent(&sink, "alert.promise_without_booking", 1).await.remove(0);

    let receiver = standardwebhooks::Webhook::new(SECRET).unwrap();
    let signature = receiver.sign(&event.id, event.timestamp, event.body.as_bytes()).unwrap();
    assert_eq!(event.signature, signature);
    assert!(event.id.starts_with("msg_"), "{}", event.id);
    let data = &event.json()["data"];
    assert_eq!((&data["company"], &data["count"]), (&json!("salon-a"), &json!(1)));
    assert!(data["link"].as_str().unwrap().starts_with("https://fernamt.example/admin/calls/"), "{data}");
    assert!(!data["to_do"].as_str().unwrap().is_empty());
}

#[actix_rt::test]
async fn what_is_not_taken_comes_again_under_the_same_id_until_it_is() {
    let sink = HookSink::open();
    sink.answer([500, 503]);
    let house = house(&hook(&sink, "\"alert.*\""), "", "").await;

    promise(&house).await;
    let all = sent(&sink, "alert.promise_without_booking", 3).await;
    let told = eventually("the message is sent", || async {
        messages(&house, "state=sent").await.into_iter().next()
    })
    .await;

    assert_eq!(all.len(), 3);
    assert!(all.iter().all(|event| event.id == all[0].id && event.body == all[0].body));
    assert_eq!((&told["attempts"], &told["channel"]), (&json!(3), &json!("hook")));
    assert_eq!(told["kind"], "alert.promise_without_booking");
}

#[actix_rt::test]
async fn what_is_never_taken_is_given_up_told_elsewhere_and_sent_once_more_when_somebody_says_so() {
    let (deaf, other) = (HookSink::open(), HookSink::open());
    deaf.answer([500; 4]);
    let channels = hook(&deaf, "\"alert.promise_without_booking\"")
        + &hook(&other, "\"alert.deliveries_failing\"").replace("\"hook\"", "\"other\"");
    let house = house(&channels, "", "").await;

    promise(&house).await;
    let told = sent(&other, "alert.deliveries_failing", 1).await.remove(0);
    let failed = messages(&house, "state=failed").await.remove(0);
    let url = format!("{}/api/admin/v1/messages/{}/retry", house.app.url(), failed["id"].as_str().unwrap());
    let again = house.http.post(&url).bearer_auth(&house.token).send().await.unwrap().status();
    eventually("it is sent at last", || async {
        messages(&house, "state=sent&kind=alert.promise_without_booking").await.into_iter().next()
    })
    .await;
    let refused = house.http.post(&url).bearer_auth(&house.token).send().await.unwrap().status();

    assert_eq!((&failed["attempts"], &failed["error"]), (&json!(4), &json!("answered 500")));
    assert_eq!(told.json()["data"]["link"], "https://fernamt.example/admin/setup");
    assert_eq!((again.as_u16(), refused.as_u16()), (200, 409));
    assert_eq!(deaf.arrived().len(), 5);
}

#[actix_rt::test]
async fn a_receiver_that_is_gone_is_sent_nothing_more_until_a_test_arrives() {
    let sink = HookSink::open();
    sink.answer([410]);
    let house = house(&hook(&sink, "\"alert.*\""), "", "").await;

    promise(&house).await;
    eventually("the channel is closed", || async {
        let channels = house.get("channels?company=salon-a").await;
        (channels["items"][0]["is_gone"] == true).then_some(())
    })
    .await;
    let light = house.get("readiness?company=salon-a").await["companies"][0]["findings"].clone();
    let red = light.as_array().unwrap().iter().find(|one| one["area"] == "channel").unwrap().clone();
    let url = format!("{}/api/admin/v1/channels/hook/test?company=salon-a", house.app.url());
    let test: Value =
        house.http.post(url).bearer_auth(&house.token).send().await.unwrap().json().await.unwrap();
    let after = house.get("channels?company=salon-a").await;

    assert_eq!((&red["light"], &red["subject"]), (&json!("red"), &json!("hook")), "{red}");
    assert_eq!(test["success"], true, "{test}");
    assert_eq!(after["items"][0]["is_gone"], false);
    assert_eq!(sink.of("alert.promise_without_booking").len(), 1);
}

#[actix_rt::test]
async fn alerts_of_a_kind_are_told_at_once_and_then_gathered_and_counted() {
    let sink = HookSink::open();
    let settings = settings("").replace("gather_ms = 0", "gather_ms = 3600000");
    let companies = companies(&hook(&sink, "\"alert.*\""), "");
    let house =
        House::open(Setup { settings: Box::leak(settings.into_boxed_str()), companies, ..Setup::default() })
            .await;

    promise(&house).await;
    sent(&sink, "alert.promise_without_booking", 1).await;
    for _ in 0..7 {
        promise(&house).await;
    }
    let house = house.restart_at("2026-10-14T10:05:00Z").await;
    let all = sent(&sink, "alert.promise_without_booking", 2).await;

    assert_eq!(all.len(), 2);
    assert_eq!((&all[0].json()["data"]["count"], &all[1].json()["data"]["count"]), (&json!(1), &json!(7)));
    let what = all[1].json()["data"]["what"].as_str().unwrap().to_owned();
    assert!(what.ends_with("(und 6 weitere Meldungen)"), "{what}");
    drop(house);
}

#[actix_rt::test]
async fn what_waits_while_the_house_is_shut_is_sent_once_when_it_opens_again() {
    let sink = HookSink::open();
    sink.answer([500]);
    let settings = settings("").replace("[50, 100, 150]", "[1800000, 1800000]");
    let companies = companies(&hook(&sink, "\"alert.*\""), "");
    let house =
        House::open(Setup { settings: Box::leak(settings.into_boxed_str()), companies, ..Setup::default() })
            .await;
    promise(&house).await;
    sent(&sink, "alert.promise_without_booking", 1).await;
    eventually("the failure is written down", || async {
        messages(&house, "state=waiting").await.into_iter().find(|one| !one["error"].is_null())
    })
    .await;

    let house = house.restart_at("2026-10-14T10:05:00Z").await;
    let all = sent(&sink, "alert.promise_without_booking", 2).await;
    written_down(&house, "alert.promise_without_booking").await;
    let house = house.restart_at("2026-10-14T12:05:00Z").await;
    promise(&house).await;
    let after = sent(&sink, "alert.promise_without_booking", 3).await;

    assert_eq!(all[0].id, all[1].id);
    assert_ne!(after[2].id, all[0].id, "what was sent is not sent again");
}

#[actix_rt::test]
async fn what_was_under_way_when_the_process_was_killed_is_sent_again_under_the_same_id() {
    let sink = HookSink::open();
    sink.answer([0]);
    let calcom = calendar();
    let folder = furnished(&calcom);
    let company = salon_a(&hook(&sink, "\"alert.*\"")).replace("CALCOM", &calcom.url());
    std::fs::write(folder.path().join("salon.toml"), company).unwrap();
    let (code, text) = run(folder.path(), &["apply", "salon.toml"]);
    assert_eq!(code, 0, "{text}");
    let quick = [
        ("FERNAMT_MESSAGES__EVERY_MS", "50"),
        ("FERNAMT_MESSAGES__TIMEOUT_MS", "5000"),
        ("FERNAMT_MESSAGES__ALLOW_PRIVATE", "true"),
    ];
    let served = Served::start_with(folder.path(), &quick).await;
    let ring = Ring { from: None, to: NUMBER_A, ..Ring::default() };
    let mut call = workspace(&served.url, 7).ring(ring);
    call.start().await;
    call.agent("Ja, Ihr Termin am Dienstag um 14 Uhr 30 ist gebucht!");
    call.hang_up("user_hangup");
    call.ended().await;
    call.analyzed(json!({})).await;
    sent(&sink, "alert.promise_without_booking", 1).await;

    served.kill();
    let again = Served::start_with(folder.path(), &quick).await;
    let all = sent(&sink, "alert.promise_without_booking", 2).await;

    assert_eq!((&all[0].id, &all[0].body), (&all[1].id, &all[1].body));
    let receiver = standardwebhooks::Webhook::new(SECRET).unwrap();
    receiver.verify(all[1].body.as_bytes(), &all[1].headers()).unwrap();
    assert_eq!(again.terminate().await.code(), Some(0));
}

#[actix_rt::test]
async fn an_outage_of_cal_com_and_its_end_are_told_once_each() {
    let sink = HookSink::open();
    let house = house(&hook(&sink, "\"alert.breaker_open\", \"alert.breaker_closed\""), "", "").await;

    house.calcom.dials().broken(true);
    let mut call = house.ring();
    call.invoke("collect_appointment", wish("2026-10-20", "14:30", "Erika Beispiel")).await;
    says_yes(&mut call).await;
    call.hang_up("user_hangup");
    call.ended().await;
    let open = sent(&sink, "alert.breaker_open", 1).await;
    house.calcom.dials().broken(false);
    sent(&sink, "alert.breaker_closed", 1).await;

    assert_eq!(open.len(), 1);
    let kinds: Vec<String> = sink.arrived().iter().map(super::sinks::Arrived::kind).collect();
    assert_eq!(kinds, ["alert.breaker_open", "alert.breaker_closed"]);
}

#[actix_rt::test]
async fn a_burst_of_wrong_signatures_is_told_once_and_a_few_are_not() {
    let sink = HookSink::open();
    let house = house(&hook(&sink, "\"alert.*\""), "", "").await;
    let stranger = house.workspace("key_of_a_stranger", "agent_a");
    let knock = async || {
        let call = stranger.ring(Ring { from: None, to: NUMBER_A, ..Ring::default() });
        call.start().await;
    };

    for _ in 0..9 {
        knock().await;
    }
    promise(&house).await;
    sent(&sink, "alert.promise_without_booking", 1).await;
    let after_a_few = sink.of("alert.signature_failures").len();
    for _ in 0..6 {
        knock().await;
    }
    sent(&sink, "alert.signature_failures", 1).await;
    promise(&house).await;
    sent(&sink, "alert.promise_without_booking", 2).await;

    assert_eq!(after_a_few, 0);
    assert_eq!(sink.of("alert.signature_failures").len(), 1);
}

#[actix_rt::test]
async fn overdue_callbacks_and_a_line_that_falls_silent_are_told_once() {
    let sink = HookSink::open();
    let house = house(&hook(&sink, "\"alert.*\""), "alert_without_calls_hours = 3", "").await;
    promise(&house).await;

    let house = house.restart_at("2026-10-14T13:30:00Z").await;
    let overdue = sent(&sink, "alert.callback_overdue", 1).await;
    let silent = sent(&sink, "alert.no_calls", 1).await;
    written_down(&house, "alert.callback_overdue").await;
    written_down(&house, "alert.no_calls").await;
    let house = house.restart_at("2026-10-14T14:30:00Z").await;
    promise(&house).await;
    // Whatever a round finds of itself comes before what it gathers.
    sent(&sink, "alert.promise_without_booking", 2).await;

    assert_eq!((overdue.len(), silent.len()), (1, 1));
    assert_eq!(sink.of("alert.callback_overdue").len() + sink.of("alert.no_calls").len(), 2);
}

#[actix_rt::test]
async fn a_mailbox_hears_of_alerts_without_a_personal_word() {
    let mail = MailSink::open();
    let channel = "[[company.channel]]\nname = \"buero\"\nemail = \"buero@salon.example\"\n";
    let smtp = format!("[smtp]\nurl = \"{}\"\nfrom = \"fernamt@agentur.example\"\n", mail.url());
    let house = house(channel, "", &smtp).await;

    promise(&house).await;
    let (to, text) = eventually("a mail", || async { mail.mails().into_iter().next() }).await;

    let text = decoded(&text);
    assert_eq!(to, "buero@salon.example");
    assert!(text.contains("https://fernamt.example/admin/calls/"), "{text}");
    assert!(text.contains("Was zu tun ist"), "{text}");
    assert!(!text.contains("491711234567"), "{text}");
}

#[actix_rt::test]
async fn a_customer_who_has_agreed_gets_a_confirmation_with_a_file_for_the_calendar() {
    let mail = MailSink::open();
    let smtp = format!("[smtp]\nurl = \"{}\"\nfrom = \"fernamt@agentur.example\"\n", mail.url());
    let house = house("", "confirmations = true", &smtp).await;

    let booking = booked(&house, Some(true)).await;
    let (to, text) = eventually("a mail", || async { mail.mails().into_iter().next() }).await;

    let text = decoded(&text);
    assert_eq!(to, "erika@beispiel.example");
    for words in [
        "Dienstag, 20. Oktober 2026, 14:30 Uhr",
        "Salon Morgenrot Mitte",
        "Haarschnitt",
        "Code: ",
        NUMBER_A,
        "METHOD:PUBLISH",
        "DTSTART:20261020T123000Z",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(text.contains(&format!("UID:{}@fernamt", booking["id"].as_str().unwrap())), "{text}");
}

#[actix_rt::test]
async fn a_cancelled_appointment_is_taken_out_of_the_customers_calendar() {
    let mail = MailSink::open();
    let smtp = format!("[smtp]\nurl = \"{}\"\nfrom = \"fernamt@agentur.example\"\n", mail.url());
    let house = house("", "confirmations = true\nmessages_name_service = false", &smtp).await;
    let booking = booked(&house, Some(true)).await;
    let id = booking["id"].as_str().unwrap();
    eventually("the confirmation", || async { mail.mails().into_iter().next() }).await;

    let url = format!("{}/api/admin/v1/bookings/{id}/cancel", house.app.url());
    house.http.post(url).bearer_auth(&house.token).send().await.unwrap();
    let mails = eventually("both mails", || async { Some(mail.mails()).filter(|all| all.len() == 2) }).await;

    let [made, taken_back] = [0, 1].map(|nth| decoded(&mails[nth].1));
    let line = |text: &str, name: &str| {
        let found = text.lines().find_map(|line| line.trim().strip_prefix(name).map(str::to_owned));
        found.unwrap_or_else(|| panic!("{name}: {text}"))
    };
    assert!(taken_back.contains("METHOD:CANCEL") && taken_back.contains("Ihr Termin wurde abgesagt"));
    assert_eq!(line(&made, "UID:"), line(&taken_back, "UID:"));
    let sequence = |text: &str| line(text, "SEQUENCE:").parse::<i32>().unwrap();
    assert!(sequence(&made) < sequence(&taken_back));
    assert!(!made.contains("Haarschnitt") && !taken_back.contains("Haarschnitt"), "the policy leaves it out");
}

#[actix_rt::test]
async fn a_mailbox_that_is_busy_is_tried_again_and_one_that_is_not_there_is_not() {
    let mail = MailSink::open();
    mail.refuse([451, 550]);
    let channel = "[[company.channel]]\nname = \"buero\"\nemail = \"buero@salon.example\"\n\
                   kinds = [\"alert.promise_without_booking\"]\n";
    let smtp = format!("[smtp]\nurl = \"{}\"\nfrom = \"fernamt@agentur.example\"\n", mail.url());
    let house = house(channel, "", &smtp).await;

    promise(&house).await;
    let failed =
        eventually("it is given up", || async { messages(&house, "state=failed").await.into_iter().next() })
            .await;
    promise(&house).await;
    eventually("the next is taken", || async { mail.mails().into_iter().next() }).await;
    let alerts = house.get("alerts?kind=deliveries_failing").await;

    assert_eq!((&failed["attempts"], &failed["error"]), (&json!(2), &json!("answered 550")));
    assert_eq!(alerts["items"].as_array().unwrap().len(), 1);
}

#[actix_rt::test]
async fn nobody_is_written_to_who_was_not_asked_or_has_said_no() {
    let (mail, sink) = (MailSink::open(), HookSink::open());
    let smtp = format!("[smtp]\nurl = \"{}\"\nfrom = \"fernamt@agentur.example\"\n", mail.url());
    for allowed in [None, Some(false)] {
        let house = house(&hook(&sink, "\"appointment.*\""), "confirmations = true", &smtp).await;
        booked(&house, allowed).await;
        let event = sent(&sink, "appointment.booked", 1).await.remove(0);
        let addressed = messages(&house, "").await.iter().filter(|one| one["channel"].is_null()).count();

        assert_eq!(addressed, 0);
        assert_eq!(event.json()["data"]["customer"], Value::Null, "no number without leave");
    }
    assert!(mail.mails().is_empty());
}

#[actix_rt::test]
async fn a_reminder_goes_with_the_appointment_and_is_sent_once() {
    let sink = HookSink::open();
    let house = house(&hook(&sink, "\"appointment.*\""), "", "").await;
    let booking = booked(&house, Some(true)).await;
    let id = booking["id"].as_str().unwrap();
    let first = sent(&sink, "appointment.booked", 1).await.remove(0).json();

    let moved = house
        .ask(
            &house.token,
            "appointment.management.change",
            json!({"booking_id": id, "start": "2026-10-22T10:00:00+02:00"}),
        )
        .await;
    let told = sent(&sink, "appointment.moved", 1).await.remove(0).json();
    let reminders = messages(&house, "kind=appointment.reminder").await;
    let house = house.restart_at("2026-10-19T13:00:00Z").await;
    let house = house.restart_at("2026-10-21T08:30:00Z").await;
    let reminded = sent(&sink, "appointment.reminder", 1).await.remove(0).json();
    written_down(&house, "appointment.reminder").await;
    let house = house.restart_at("2026-10-21T09:30:00Z").await;
    let once = messages(&house, "kind=appointment.reminder&state=sent").await;

    assert!(moved.is_ok(), "{moved:?}");
    assert_eq!(first["data"]["customer"]["phone"], "+491711234567");
    assert_eq!(
        (&told["data"]["start"], &told["data"]["was"]),
        (&json!("2026-10-22T08:00:00Z"), &json!("2026-10-20T12:30:00Z"))
    );
    let mut states: Vec<&str> = reminders.iter().map(|one| one["state"].as_str().unwrap()).collect();
    states.sort_unstable();
    assert_eq!(states, ["dropped", "waiting"]);
    assert_eq!(reminded["data"]["start"], "2026-10-22T08:00:00Z");
    assert_eq!((once.len(), sink.of("appointment.reminder").len()), (1, 1));
}

#[actix_rt::test]
async fn channels_are_set_shown_without_their_secret_and_taken_out_by_those_who_look_after_the_company() {
    let sink = HookSink::open();
    let house = house("", "", "").await;
    let token = |role: &'static str, company: &'static str| {
        let house = &house;
        async move {
            let url = format!("{}/api/admin/v1/tokens", house.app.url());
            let new = json!({"role": role, "companies": [company], "name": role});
            let answer = house.http.post(url).bearer_auth(&house.token).json(&new).send().await.unwrap();
            answer.json::<Value>().await.unwrap()["token"].as_str().unwrap().to_owned()
        }
    };
    let (a, b, staff) = (
        token("company_admin", "salon-a").await,
        token("company_admin", "salon-b").await,
        token("staff", "salon-a").await,
    );
    let put = |token: String, body: Value| {
        let house = &house;
        async move {
            let url = format!("{}/api/admin/v1/channels/hook", house.app.url());
            let answer = house.http.put(url).bearer_auth(token).json(&body).send().await.unwrap();
            (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
        }
    };

    let (status, made) =
        put(a.clone(), json!({"webhook": sink.url() + "?key=geheim", "kinds": ["alert.*"]})).await;
    let (again, kept) = put(a.clone(), json!({"webhook": sink.url(), "kinds": ["alert.*"]})).await;
    let (refused, why) = put(a.clone(), json!({"webhook": "ftp://a", "kinds": ["alarm"]})).await;
    promise(&house).await;
    let event = sent(&sink, "alert.promise_without_booking", 1).await.remove(0);

    let secret = made["secret"].as_str().unwrap().to_owned();
    assert_eq!((status, again, refused), (200, 200, 400), "{why}");
    assert_eq!(
        made["address"],
        sink.url().replace("/hook", "/…"),
        "what stands behind the host may be a key"
    );
    assert!(kept["secret"].is_null());
    let receiver = standardwebhooks::Webhook::new(&secret).unwrap();
    assert_eq!(event.signature, receiver.sign(&event.id, event.timestamp, event.body.as_bytes()).unwrap());
    for (token, list) in [(&a, 1), (&b, 0)] {
        assert_eq!(house.get_as(token, "channels").await.1["items"].as_array().unwrap().len(), list);
        assert_eq!(house.get_as(token, "messages").await.1["items"].as_array().unwrap().len(), list);
        assert!(!house.get_as(token, "channels").await.1.to_string().contains(&secret));
    }
    assert_eq!(house.get_as(&b, "channels?company=salon-a").await.0, 404);
    assert_eq!(house.get_as(&staff, "channels").await.0, 403);
    let message = messages(&house, "").await.remove(0)["id"].as_str().unwrap().to_owned();
    let retry = format!("{}/api/admin/v1/messages/{message}/retry", house.app.url());
    assert_eq!(house.http.post(retry).bearer_auth(&b).send().await.unwrap().status().as_u16(), 404);
    let url = format!("{}/api/admin/v1/channels/hook", house.app.url());
    let foreign = house.http.delete(&url).bearer_auth(&b).send().await.unwrap().status().as_u16();
    let own = house.http.delete(&url).bearer_auth(&a).send().await.unwrap().status().as_u16();
    assert_eq!((foreign, own), (404, 204));
    assert!(house.get_as(&a, "channels").await.1["items"].as_array().unwrap().is_empty());
}
