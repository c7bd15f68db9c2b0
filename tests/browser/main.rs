//! The desk in a real browser: Debian's chromium, driven through chromedriver. Where either is missing, or axe-core, that is
//! said and the rest is done without. Pictures of what was seen stand in `target/screenshots`.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its stage should fail there")]
#![expect(clippy::panic, reason = "as above")]

#[expect(dead_code, reason = "the tests without a browser need more of it")]
#[path = "../it/browser.rs"]
mod browser;
mod chromium;
#[expect(dead_code, reason = "as above")]
#[path = "../it/house.rs"]
mod house;

use browser::{PASSWORD, person};
use chromium::{Chromium, Look};
use fernamt::sim::retell::Call;
use house::{House, Setup, eventually, says_yes, wish};
use serde_json::json;

const EMAIL: &str = "anna@beispiel.example";

/// Every page of these areas, by the name of its picture; more are added as they come.
const PAGES: [(&str, &str); 6] = [
    ("today", "/admin"),
    ("calls", "/admin/calls"),
    ("callbacks", "/admin/callbacks?show=all"),
    ("bookings", "/admin/bookings"),
    ("calendars", "/admin/calendars"),
    ("audit", "/admin/audit"),
];

async fn sign_in(browser: &Chromium) {
    browser.go("/admin").await;
    browser.type_into("#email", EMAIL).await;
    browser.type_into("#password", PASSWORD).await;
    browser.click("main button[type=submit]").await;
    browser.reads("h1", "Heute").await;
}

async fn sign_out(browser: &Chromium) {
    browser.click("form[action='/admin/logout'] button").await;
    browser.reads("h1", "Anmelden").await;
    browser.go("/admin/calls").await;
    browser.reads("h1", "Anmelden").await;
}

/// A caller makes an appointment; the browser is asked whether it has seen so in between.
async fn books(house: &House, browser: &Chromium) -> Call {
    let mut call = house.ring();
    call.start().await;
    call.says("Guten Tag, ich hätte gern einen Haarschnitt.");
    browser.reads("section:has(#live)", "+49").await;
    call.invoke("check_availability", json!({"datum": "2026-10-20", "dienstleistung": "Haarschnitt"})).await;
    call.invoke("collect_appointment", wish("2026-10-20", "14:30", "Erika Beispiel")).await;
    browser.reads("section:has(#live)", "Erika Beispiel").await;
    says_yes(&mut call).await;
    call.hang_up("user_hangup");
    call.ended().await;
    call
}

/// A caller wants to be called back.
async fn wants_a_call(house: &House) {
    let mut call = house.ring();
    let words = json!({"name": "Max Muster", "grund": "Frage zur Farbe", "wunschzeit": "morgen um 10 Uhr"});
    call.invoke("request_callback", words).await;
    call.hang_up("user_hangup");
    call.ended().await;
    call.analyzed(json!({})).await;
    eventually("the callback item", || async { house.callbacks().await.into_iter().next() }).await;
}

#[actix_rt::test]
async fn a_day_at_the_desk_from_signing_in_to_signing_out() {
    let house = House::open(Setup::default()).await;
    let Some(browser) = Chromium::open(&house.app.url(), Look::Desk).await else { return };
    person(&house, EMAIL, "platform_admin", &[]).await;

    browser.go("/admin/login").await;
    browser.look("login").await;
    sign_in(&browser).await;
    browser.mark().await;
    let call = books(&house, &browser).await;
    browser.reads("section:has(#booked)", "Erika Beispiel").await;
    browser.reads("section:has(#booked)", "gebucht").await;
    assert!(browser.is_marked().await, "the page was not loaded again");
    browser.look("today").await;

    browser.click("nav.places a[href='/admin/calls']").await;
    browser.reads("#calls", "gebucht").await;
    browser.look("calls").await;
    browser.click("#calls tbody th a").await;
    browser.reads(".sentence", "14:30: gebucht (der Anrufer hat").await;
    browser.reads("#call", "collect_appointment").await;
    browser.look("call").await;
    browser.go(&format!("/admin/calls/{}/replay", call.id())).await;
    browser.reads("ol.cards", "wie damals").await;
    browser.look("replay").await;

    wants_a_call(&house).await;
    browser.click("nav.places a[href='/admin/callbacks']").await;
    browser.reads("#callbacks", "Max Muster").await;
    browser.look("callbacks").await;
    browser.click("button[value=take]").await;
    browser.reads(".notice", "kümmerst").await;
    browser.click("button[value=done]").await;
    browser.reads(".notice", "erledigt").await;
    assert_eq!(house.callbacks().await[0]["state"], "done");

    browser.go("/admin/bookings").await;
    browser.look("bookings").await;
    browser.click("#bookings tbody th a").await;
    browser.reads("#booking", "Erika Beispiel").await;
    browser.look("booking").await;
    browser.click("a.danger").await;
    browser.reads("h1", "wirklich absagen").await;
    browser.look("booking-cancel").await;
    browser.go("/admin/calendars").await;
    browser.look("calendars").await;
    sign_out(&browser).await;
    browser.close().await;
}

#[actix_rt::test]
async fn on_a_phone_at_night_every_page_can_be_read_and_used() {
    let house = House::open(Setup::default()).await;
    let Some(browser) = Chromium::open(&house.app.url(), Look::PhoneAtNight).await else { return };
    person(&house, EMAIL, "platform_admin", &[]).await;
    let (call, booking) = house.booked().await;
    wants_a_call(&house).await;
    let own = [
        ("call", format!("/admin/calls/{}", call.id())),
        ("replay", format!("/admin/calls/{}/replay", call.id())),
        ("booking", format!("/admin/bookings/{}", booking["id"].as_str().unwrap())),
    ];

    sign_in(&browser).await;
    let pages = PAGES.map(|(name, path)| (name, path.to_owned()));
    for (name, path) in pages.into_iter().chain(own) {
        browser.go(&path).await;
        browser.look(&format!("{name}-phone")).await;
        assert!(browser.fits().await, "{path} is wider than the screen");
    }
    browser.click("details.places summary").await;
    browser.click("details.places a[href='/admin/callbacks']").await;
    browser.reads("#callbacks", "Max Muster").await;
    sign_out(&browser).await;
    browser.close().await;
}
