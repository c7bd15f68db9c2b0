//! The desk's pages about calls, callbacks, bookings and calendars: what they show to whom, and what is done from them.

use serde_json::{Value, json};

use crate::browser::{Browser, Page};
use crate::house::{House, Setup, eventually, instant, says_yes, wish};

const EMAIL: &str = "anna@beispiel.example";

/// A call whose caller wants to be called back, and its item.
async fn wants_to_be_called(house: &House) -> Value {
    let mut call = house.ring();
    let words =
        json!({"name": "Erika Beispiel", "grund": "Frage zur Farbe", "wunschzeit": "morgen um 10 Uhr"});
    call.invoke("request_callback", words).await;
    call.hang_up("user_hangup");
    call.ended().await;
    call.analyzed(json!({})).await;
    eventually("the callback item", || async { house.callbacks().await.into_iter().next() }).await
}

fn says(page: &Page, words: &[&str]) {
    assert_eq!(page.status, 200, "{}", page.html);
    for word in words {
        assert!(page.html.contains(word), "{word} is missing: {}", page.html);
    }
}

#[actix_rt::test]
async fn staff_take_a_callback_note_tries_and_see_it_done_and_others_do_not_see_it() {
    let house = House::open(Setup::default()).await;
    let item = wants_to_be_called(&house).await;
    let id = item["id"].as_str().unwrap();
    let staff = Browser::of(&house, "empfang@beispiel.example", "staff", &["salon-a"]).await;
    let other = Browser::of(&house, "ben@beispiel.example", "company_admin", &["salon-b"]).await;
    let act = |act: &'static str| [("act", act), ("note", "Mailbox"), ("note_was", "")];

    let open = staff.get("/admin/callbacks").await;
    let taken = staff.submit(&format!("/admin/callbacks/{id}?reason=callers_wish"), &act("take")).await;
    staff.submit(&format!("/admin/callbacks/{id}"), &[("act", "unreachable")]).await;
    let tried = staff.get("/admin/callbacks?show=unreachable").await;
    let done = staff.submit(&format!("/admin/callbacks/{id}?show=todo"), &[("act", "done")]).await;
    let after = (staff.get(&done.location).await, staff.get("/admin/callbacks?show=done").await);
    let foreign = other.submit(&format!("/admin/callbacks/{id}"), &[("act", "open")]).await;
    let none = other.get("/admin/callbacks?show=all").await;

    says(&open, &["Erika Beispiel", "Wunsch des Anrufers", "href=\"tel:+49", "Übernehmen"]);
    assert!(!open.html.contains("/admin/calls/"), "staff have no calls: {}", open.html);
    assert_eq!(taken.location, "/admin/callbacks?reason=callers_wish&notice=callback-taken");
    says(&tried, &["Mailbox", "einmal", "ich", "Abgeben"]);
    says(&after.0, &["Der Rückruf ist erledigt.", "Niemand wartet"]);
    says(&after.1, &["Erika Beispiel", "Wieder öffnen"]);
    assert_eq!(foreign.status, 404, "{}", foreign.html);
    assert!(!none.html.contains("Erika"), "{}", none.html);
    assert_eq!(house.callbacks().await[0]["state"], "done");
}

#[actix_rt::test]
async fn a_note_that_nobody_touched_overwrites_nothing() {
    let house = House::open(Setup::default()).await;
    let item = wants_to_be_called(&house).await;
    let path = format!("/admin/callbacks/{}", item["id"].as_str().unwrap());
    let browser = Browser::of(&house, EMAIL, "company_admin", &["salon-a"]).await;

    browser.submit(&path, &[("act", "note"), ("note", "von Anna\r\nzweite Zeile"), ("note_was", "")]).await;
    browser.submit(&path, &[("act", "take"), ("note", ""), ("note_was", "")]).await;
    let unknown = browser.submit(&path, &[("act", "vanish")]).await;
    let forged = browser.post(&path, &[("act", "done")]).await;

    let item = &house.callbacks().await[0];
    assert_eq!((&item["note"], &item["owner"]), (&json!("von Anna\nzweite Zeile"), &json!(EMAIL)));
    assert_eq!((unknown.status, forged.status, &item["state"]), (400, 403, &json!("open")));
}

#[actix_rt::test]
async fn a_call_is_found_by_its_branch_and_outcome_and_tells_what_happened_and_why() {
    let house = House::open(Setup::default()).await;
    let (call, booking) = house.booked().await;
    let mut other = house.ring();
    other.invoke("check_availability", json!({"datum": "2026-10-20", "dienstleistung": "Haarschnitt"})).await;
    let browser = Browser::of(&house, EMAIL, "company_admin", &["salon-a"]).await;

    let booked = browser.get("/admin/calls?outcome=booked&branch=salon-a/mitte").await;
    let live = browser.get("/admin/calls?live=yes").await;
    let elsewhen = browser.get("/admin/calls?from=2026-10-15&to=2026-10-16").await;
    let page = browser.get(&format!("/admin/calls/{}", booking["call_id"].as_str().unwrap())).await;
    let by_retell = browser.get(&format!("/admin/calls/{}", call.id())).await;
    let english = browser.request("GET", &format!("/admin/calls/{}", call.id()));
    let english = browser.send(english.header("Accept-Language", "en")).await;
    let odd = browser.get("/admin/calls?outcome=wonderful").await;

    says(&booked, &[booking["call_id"].as_str().unwrap(), "gebucht", "Anrufer hat aufgelegt"]);
    says(&live, &["am Telefon"]);
    assert!(!live.html.contains(booking["call_id"].as_str().unwrap()));
    says(&elsewhen, &["Nichts passt zu dieser Auswahl."]);
    says(
        &page,
        &[
            "Haarschnitt, Di. 20. Okt. 2026, 14:30: gebucht (der Anrufer hat zum Vorgelesenen ja gesagt).",
            "collect_appointment",
            "vorgelesen und gehalten",
            "/v2/bookings",
            "call_ended",
            &format!("/admin/bookings/{}", booking["id"].as_str().unwrap()),
        ],
    );
    assert_eq!(by_retell.status, 200);
    says(
        &english,
        &[
            "Haarschnitt, Tue 20 Oct 2026, 14:30: booked (the caller said yes to what was read back).",
            "What happened",
        ],
    );
    assert_eq!(odd.status, 400);
}

#[actix_rt::test]
async fn calls_are_not_for_staff_and_not_for_other_companies() {
    let house = House::open(Setup::default()).await;
    let (call, booking) = house.booked().await;
    let staff = Browser::of(&house, "empfang@beispiel.example", "staff", &["salon-a"]).await;
    let other = Browser::of(&house, "ben@beispiel.example", "company_admin", &["salon-b"]).await;
    let id = booking["id"].as_str().unwrap();

    for path in [
        "/admin/calls".to_owned(),
        format!("/admin/calls/{}", call.id()),
        format!("/admin/calls/{}/replay", call.id()),
    ] {
        assert_eq!(staff.get(&path).await.status, 403, "{path}");
    }
    for path in [
        format!("/admin/calls/{}", call.id()),
        format!("/admin/calls/{}/replay", call.id()),
        format!("/admin/bookings/{id}"),
    ] {
        assert_eq!(other.get(&path).await.status, 404, "{path}");
    }
    for path in ["/admin/bookings", "/admin/calendars", "/admin/calls"] {
        let page = other.get(path).await;
        assert!(
            page.status == 200 && !page.html.contains("Erika") && !page.html.contains("salon-a"),
            "{}",
            page.html
        );
    }
    assert_eq!(other.submit(&format!("/admin/bookings/{id}/cancel"), &[]).await.status, 404);
    says(&staff.get(&format!("/admin/bookings/{id}")).await, &["Erika Beispiel", "Absagen"]);
    let calendars = staff.get("/admin/calendars").await;
    says(&calendars, &["anna", "Warteschlangen"]);
    assert!(!calendars.html.contains("Leitungen zu Cal.com"), "{}", calendars.html);
}

#[actix_rt::test]
async fn a_call_played_again_is_answered_as_it_was_then_and_changes_nothing() {
    let house = House::open(Setup::default()).await;
    let mut call = house.ring();
    call.invoke("check_availability", json!({"datum": "2026-10-20", "dienstleistung": "Haarschnitt"})).await;
    call.invoke("collect_appointment", wish("2026-10-20", "14:30", "Erika Beispiel")).await;
    says_yes(&mut call).await;
    call.hang_up("user_hangup");
    call.ended().await;
    house.booking_in(call.id(), &["booked"]).await;
    let browser = Browser::of(&house, EMAIL, "platform_admin", &[]).await;
    let before = house.get(&format!("calls/{}/timeline", call.id())).await;

    let page = browser.get(&format!("/admin/calls/{}/replay", call.id())).await;

    says(&page, &["Schritt 1", "check_availability", "vorgelesen", "wie damals", "14:30"]);
    assert_eq!(page.html.matches("badge good\">wie damals").count(), 3, "{}", page.html);
    assert!(!page.html.contains("heute anders</span>"), "{}", page.html);
    let after = house.get(&format!("calls/{}/timeline", call.id())).await;
    assert_eq!(before["events"], after["events"]);
}

#[actix_rt::test]
async fn a_booking_is_called_off_after_a_question_and_the_calendar_is_told() {
    let house = House::open(Setup::default()).await;
    let (call, booking) = house.booked().await;
    let path = format!("/admin/bookings/{}", booking["id"].as_str().unwrap());
    let browser = Browser::of(&house, EMAIL, "company_admin", &["salon-a"]).await;

    let page = browser.get(&path).await;
    let asked = browser.get(&format!("{path}/cancel")).await;
    let still = house.bookings(call.id()).await[0]["state"].clone();
    let done = browser.submit(&format!("{path}/cancel"), &[]).await;
    house.booking_in(call.id(), &["cancelled"]).await;
    let after = browser.get(&done.location).await;
    let again = browser.submit(&format!("{path}/cancel"), &[]).await;
    let retried = browser.submit(&format!("{path}/retry"), &[]).await;

    says(&page, &["Buchen, Versuch 1", "angelegt", "Absagen …"]);
    says(&asked, &["Diesen Termin wirklich absagen?", "Nein, behalten"]);
    assert_eq!(still, "booked");
    assert_eq!(done.status, 303);
    says(&after, &["Die Absage ist auf dem Weg.", "abgesagt"]);
    assert!(house.calcom.ledger().live_bookings().is_empty());
    assert_eq!((again.status, retried.status), (409, 409));
    assert!(again.html.contains("steht nicht mehr"), "{}", again.html);
}

#[actix_rt::test]
async fn bookings_are_narrowed_by_state_calendar_branch_and_day() {
    let house = House::open(Setup::default()).await;
    let (_, booking) = house.booked().await;
    let id = booking["id"].as_str().unwrap();
    let browser = Browser::of(&house, EMAIL, "platform_admin", &[]).await;
    let with = [
        "state=booked",
        "calendar=salon-a/anna",
        "branch=salon-a/mitte",
        "from=2026-10-20&to=2026-10-20",
        "first=unsure",
    ];
    let without =
        ["state=failed", "calendar=salon-a/bea", "branch=salon-b/mitte", "to=2026-10-19", "company=salon-b"];

    for query in with {
        says(&browser.get(&format!("/admin/bookings?{query}")).await, &[id]);
    }
    for query in without {
        let page = browser.get(&format!("/admin/bookings?{query}")).await;
        assert!(page.status == 200 && !page.html.contains(id), "{query}: {}", page.html);
    }
    assert_eq!(browser.get("/admin/bookings?from=neulich").await.status, 400);
    assert!(instant(booking["start"].as_str().unwrap()) > house.clock.now());
}

#[actix_rt::test]
async fn an_interrupted_line_is_seen_among_the_calendars_and_reset_there() {
    let mut setup = Setup { settings: "[calls]\nsweep_every_ms = 3600000", ..Setup::default() };
    setup.calcom.keys[0].key = "another_key".into();
    setup.companies.truncate(1);
    let house = House::open(setup).await;
    let mut call = house.ring();
    call.invoke("check_availability", json!({"datum": "2026-10-20", "dienstleistung": "Haarschnitt"})).await;
    eventually("the breaker to see the key refused", || async {
        (house.breaker().await == "misconfigured").then_some(())
    })
    .await;
    let browser = Browser::of(&house, EMAIL, "company_admin", &["salon-a"]).await;

    let page = browser.get("/admin/calendars").await;
    let breaker = page.html.split("name=\"breaker\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let reset = browser.submit("/admin/calendars/reset", &[("breaker", breaker)]).await;

    says(&page, &["falsch eingerichtet", "Zurücksetzen"]);
    let after = browser.get(&reset.location).await;
    says(&after, &["Die Leitung ist zurückgesetzt.", "in Ordnung"]);
    assert!(!after.html.contains("Zurücksetzen"), "{}", after.html);
}
