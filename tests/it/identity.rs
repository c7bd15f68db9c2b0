//! Who may hear of an appointment that exists: whoever shows whose it is, and nobody learns whether there is one otherwise.

use fernamt::sim::retell::{Answer, Call, Ring};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::house::{CALLER, House, NUMBER_A, Setup, salon_a, says_yes, status, wish};

const STRANGER: &str = "+493055512345";
const FUNCTIONS: [&str; 2] = ["find_appointments", "confirm_appointment"];

fn ring(house: &House, from: Option<&'static str>) -> Call {
    house.salon().ring(Ring { from, to: NUMBER_A, ..Ring::default() })
}

/// Somebody rings from that number and books for that name.
async fn books(house: &House, from: &'static str, (date, time, name): (&str, &str, &str)) {
    let mut call = ring(house, Some(from));
    call.invoke("collect_appointment", wish(date, time, name)).await;
    assert_eq!(says_yes(&mut call).await, "confirmed");
    call.hang_up("user_hangup");
    call.ended().await;
    house.booking_in(call.id(), &["booked"]).await;
}

/// What a caller from there hears, asking for this person three times, then once more.
async fn asking(house: &House, from: Option<&'static str>, name: &str) -> Vec<Answer> {
    let mut call = ring(house, from);
    let mut answers = Vec::new();
    for function in FUNCTIONS {
        answers.push(call.invoke(function, json!({})).await);
    }
    for round in 0..4 {
        answers.push(call.invoke(FUNCTIONS[round % 2], json!({"name": name})).await);
    }
    answers
}

fn messages(answers: &[Answer]) -> Vec<String> {
    answers.iter().map(|answer| String::from_utf8_lossy(&answer.bytes).into_owned()).collect()
}

/// The answers without the time until which somebody calls back, which moves on with the clock.
fn without_until(answers: &[Answer]) -> Vec<(String, Value)> {
    let told = |answer: &Answer| {
        let mut body = answer.body.clone();
        let message = body["message"].as_str().unwrap().split("spätestens").next().unwrap().to_owned();
        body["message"] = message.into();
        body.as_object_mut().unwrap().remove("until");
        (status(answer), body)
    };
    answers.iter().map(told).collect()
}

#[actix_rt::test]
async fn a_withheld_number_cannot_learn_whether_a_person_has_an_appointment() {
    let house = House::open(Setup::default()).await;
    let before = asking(&house, None, "Erika Beispiel").await;
    books(&house, CALLER, ("2026-10-20", "14:30", "Erika Beispiel")).await;

    let after = asking(&house, None, "Erika Beispiel").await;
    let of_nobody = asking(&house, None, "Otto Muster").await;

    assert_eq!(messages(&before), messages(&after), "byte for byte");
    assert_eq!(messages(&before), messages(&of_nobody));
    let statuses: Vec<String> = after.iter().map(status).collect();
    let needed = "identity_needed";
    assert_eq!(statuses, [needed, needed, needed, needed, "incomplete", "incomplete"]);
    assert_eq!(messages(&after[..4]).windows(2).filter(|pair| pair[0] != pair[1]).count(), 0);
    assert_eq!(after[4].body["missing"], json!(["telefonnummer"]));
}

#[actix_rt::test]
async fn a_forged_number_with_a_wrong_name_hears_what_a_stranger_hears_and_then_of_a_callback() {
    let house = House::open(Setup::default()).await;
    books(&house, CALLER, ("2026-10-20", "14:30", "Erika Beispiel")).await;

    let forged = asking(&house, Some(CALLER), "Otto Muster").await;
    let stranger = asking(&house, Some(STRANGER), "Erika Beispiel").await;
    let withheld = asking(&house, None, "Erika Beispiel").await;

    assert_eq!(without_until(&forged), without_until(&stranger));
    assert_eq!(messages(&forged[..4]), messages(&withheld[..4]), "byte for byte");
    assert_eq!(status(&forged[4]), "callback_noted");
    assert_eq!(forged[4].body["message"], forged[5].body["message"], "the promise stays what it was");
    let items = house.callbacks().await;
    let reasons: Vec<&Value> = items.iter().map(|item| &item["reason"]).collect();
    assert_eq!(reasons, [&json!("unidentified"), &json!("unidentified")], "{items:?}");
}

#[actix_rt::test]
async fn the_number_and_a_name_that_fits_are_told_day_and_time() {
    let house = House::open(Setup::default()).await;
    books(&house, CALLER, ("2026-10-20", "14:30", "Erika Beispiel")).await;
    let mut call = ring(&house, Some(CALLER));

    let found = call.invoke("find_appointments", json!({"name": "Frau Baispiel"})).await;
    let confirmed = call.invoke("confirm_appointment", json!({"booking": "t1"})).await;

    assert_eq!(status(&found), "found");
    assert_eq!(
        found.body["appointments"],
        json!([{
            "booking": "t1", "start": "2026-10-20T14:30:00+02:00",
            "spoken": "Dienstag, 20. Oktober, 14 Uhr 30", "confirmed": true,
        }])
    );
    assert_eq!(found.body["message"], "Sie haben einen Termin: am Dienstag, 20. Oktober, 14 Uhr 30.");
    assert_eq!(status(&confirmed), "confirmed");
    let told = house.get(&format!("calls/{}/timeline", call.id())).await.to_string();
    assert!(told.contains("the caller was identified by the number and a name that fits"), "{told}");
    assert!(told.contains("the caller said that they will come to an appointment"), "{told}");
}

#[actix_rt::test]
async fn a_family_number_asks_for_the_full_name() {
    let house = House::open(Setup::default()).await;
    books(&house, CALLER, ("2026-10-20", "14:30", "Erika Beispiel")).await;
    books(&house, CALLER, ("2026-10-21", "11:00", "Jonas Beispiel")).await;
    let mut call = ring(&house, Some(CALLER));

    let surname = call.invoke("find_appointments", json!({"name": "Beispiel"})).await;
    let full = call.invoke("find_appointments", json!({"name": "Jonas Beispiel"})).await;

    assert_eq!(status(&surname), "identity_needed");
    let starts: Vec<&Value> =
        full.body["appointments"].as_array().unwrap().iter().map(|row| &row["start"]).collect();
    assert_eq!(starts, [&json!("2026-10-21T11:00:00+02:00")]);
}

#[actix_rt::test]
async fn failed_tries_count_against_a_number_for_a_day_whichever_call_they_were_made_in() {
    let companies = vec![salon_a("identity_tries_a_day_max = 4")];
    let house = House::open(Setup { companies, ..Setup::default() }).await;
    books(&house, CALLER, ("2026-10-20", "14:30", "Erika Beispiel")).await;
    let (wrong, right) = (json!({"name": "Otto Muster"}), json!({"name": "Erika Beispiel"}));
    let mut statuses = Vec::new();
    for _ in 0..2 {
        let mut call = ring(&house, Some(CALLER));
        for _ in 0..2 {
            statuses.push(status(&call.invoke("find_appointments", wrong.clone()).await));
        }
    }

    let mut last = ring(&house, Some(CALLER));
    let refused = last.invoke("find_appointments", right).await;

    assert_eq!(statuses, ["identity_needed"; 4]);
    assert_eq!(status(&refused), "callback_noted");
    let why = house.get(&format!("calls/{}/timeline", last.id())).await["why"].as_str().unwrap().to_owned();
    assert!(why.contains("could not be identified, and a person is to call back"), "{why}");
}

#[actix_rt::test]
async fn the_code_of_a_booking_with_its_name_opens_it_from_a_withheld_number_and_stays_out_of_the_books() {
    let house = House::open(Setup::default()).await;
    let (_, booking) = house.booked().await;
    let (company, id) = {
        let directory = house.app.house().directory();
        let company = directory.company_by_slug("salon-a").unwrap().id;
        (company, booking["id"].as_str().unwrap().parse().unwrap())
    };
    let codes = house.app.house().store().codes(company);
    let code = codes.of(id).await.unwrap().unwrap().expose_secret().to_owned();
    assert_eq!(code.len(), 6);
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let mut call = ring(&house, None);

    let guessed = call.invoke("find_appointments", json!({"name": "Erika Beispiel", "code": wrong})).await;
    let found = call.invoke("find_appointments", json!({"name": "Erika Beispiel", "code": code})).await;
    let stands = call.invoke("confirm_appointment", json!({"name": "Erika Beispiel"})).await;

    assert_eq!(status(&guessed), "identity_needed");
    assert_eq!(
        (status(&found), &found.body["appointments"][0]["service"]),
        ("found".into(), &json!("Haarschnitt"))
    );
    assert_eq!(status(&stands), "confirmed");
    let told = house.get(&format!("calls/{}/timeline", call.id())).await.to_string();
    assert!(
        told.contains("the caller was identified by the code of a booking") && !told.contains(&code),
        "{told}"
    );
    for file in std::fs::read_dir(house.database().parent().unwrap()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let quoted = format!("\"{code}\"");
        assert!(
            !bytes.windows(quoted.len()).any(|window| window == quoted.as_bytes()),
            "in clear in the books"
        );
    }
}

#[actix_rt::test]
async fn after_ten_wrong_codes_under_a_name_like_its_customers_a_bookings_code_opens_nothing_for_a_day() {
    let policy = "caller_id = \"code\"\nidentity_tries_max = 20";
    let house = House::open(Setup { companies: vec![salon_a(policy)], ..Setup::default() }).await;
    let (_, booking) = house.booked().await;
    let company = house.app.house().directory().company_by_slug("salon-a").unwrap().id;
    let id = booking["id"].as_str().unwrap().parse().unwrap();
    let code = house.app.house().store().codes(company).of(id).await.unwrap().unwrap();
    let with = |code: &str| json!({"name": "Erika Beispiel", "code": code});
    let wrong = if code.expose_secret() == "000000" { "000001" } else { "000000" };
    let mut before = ring(&house, None);
    assert_eq!(status(&before.invoke("find_appointments", with(code.expose_secret())).await), "found");

    let mut call = ring(&house, None);
    for name in ["Erika Beispiel", "Erica Baispiel"].repeat(5) {
        let guess = json!({"name": name, "code": wrong});
        assert_eq!(status(&call.invoke("find_appointments", guess).await), "identity_needed");
    }

    assert_eq!(
        status(&call.invoke("find_appointments", with(code.expose_secret())).await),
        "identity_needed"
    );
    let house = house.restart_at("2026-10-16T08:05:00Z").await;
    let mut call = ring(&house, None);
    assert_eq!(status(&call.invoke("find_appointments", with(code.expose_secret())).await), "found");
}
