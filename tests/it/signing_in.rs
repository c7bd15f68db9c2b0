//! Signing in at the dashboard: who gets in, who does not, how it ends, and that nobody else's page can act for a reader.

use serde_json::{Value, json};

use crate::browser::{Browser, PASSWORD, person};
use crate::house::{House, Setup, wish};

const EMAIL: &str = "anna@beispiel.example";
const SESSION: &str = "fernamt_session";

async fn change(house: &House, id: &Value, change: Value) -> u16 {
    let url = format!("{}/api/admin/v1/users/{}", house.app.url(), id.as_str().unwrap());
    let answer = house.http.patch(url).bearer_auth(&house.token).json(&change).send().await.unwrap();
    answer.status().as_u16()
}

#[actix_rt::test]
async fn whoever_is_not_signed_in_is_shown_the_door_and_comes_back_to_where_he_wanted() {
    let house = House::open(Setup::default()).await;
    person(&house, "Anna@Beispiel.example", "platform_admin", &[]).await;
    let browser = Browser::at(&house);

    let away = browser.get("/admin?company=salon-a").await;
    let door = browser.get(&away.location).await;
    let form =
        [("email", "ANNA@beispiel.example"), ("password", PASSWORD), ("next", "/admin?company=salon-a")];
    let inside = browser.post("/admin/login", &form).await;
    let page = browser.get(&inside.location).await;

    assert_eq!((away.status, away.location.as_str()), (303, "/admin/login?next=/admin%3Fcompany%3Dsalon-a"));
    assert_eq!(door.status, 200);
    assert!(door.html.contains("value=\"/admin?company=salon-a\""), "{}", door.html);
    assert_eq!((inside.status, inside.location.as_str()), (303, "/admin?company=salon-a"));
    let cookie = inside.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
        "{cookie}"
    );
    assert_eq!(page.status, 200);
    assert!(page.html.contains(EMAIL) && page.html.contains("<html lang=\"de\">"), "{}", page.html);
}

#[actix_rt::test]
async fn a_wrong_password_an_unknown_e_mail_and_a_disabled_user_are_answered_alike() {
    let house = House::open(Setup::default()).await;
    let user = person(&house, EMAIL, "staff", &["salon-a"]).await;
    let gone = person(&house, "weg@beispiel.example", "staff", &["salon-a"]).await;
    change(&house, &gone["id"], json!({"disabled": true})).await;
    let browser = Browser::at(&house);

    let wrong = browser.sign_in(EMAIL, "etwas ganz anderes").await;
    let unknown = browser.sign_in("ben@beispiel.example", PASSWORD).await;
    let disabled = browser.sign_in("weg@beispiel.example", PASSWORD).await;

    let said = |page: &crate::browser::Page, email: &str| page.html.replace(email, "");
    assert_eq!((wrong.status, unknown.status, disabled.status), (401, 401, 401));
    assert_eq!(said(&wrong, EMAIL), said(&unknown, "ben@beispiel.example"));
    assert_eq!(said(&wrong, EMAIL), said(&disabled, "weg@beispiel.example"));
    assert!(browser.cookie(SESSION).is_none() && user["id"].is_string());
}

#[actix_rt::test]
async fn the_cookie_opens_the_interfaces_too_and_signing_out_ends_it() {
    let house = House::open(Setup::default()).await;
    let browser = Browser::of(&house, EMAIL, "platform_admin", &[]).await;
    let held = browser.cookie(SESSION).unwrap();
    let csrf = browser.get("/admin").await.csrf();
    let ask = json!({"jsonrpc": "2.0", "id": 1, "method": "branch.list"}).to_string();

    let read = browser.get("/api/admin/v1/branches").await;
    let gateway = browser.request("POST", "/api/mcp/gateway").header("X-CSRF-Token", &csrf).body(ask);
    let asked = browser.send(gateway).await;
    let out = browser.submit("/admin/logout", &[]).await;
    browser.set_cookie(SESSION, &held);
    let after = (browser.get("/admin").await.status, browser.get("/api/admin/v1/branches").await.status);

    assert_eq!((read.status, asked.status), (200, 200));
    assert!(asked.html.contains("mitte"), "{}", asked.html);
    assert_eq!((out.status, out.location.as_str()), (303, "/admin/login"));
    assert_eq!(after, (303, 401), "what the browser held opens nothing any more");
}

#[actix_rt::test]
async fn what_another_page_makes_the_browser_send_is_refused() {
    let house = House::open(Setup::default()).await;
    let browser = Browser::of(&house, EMAIL, "platform_admin", &[]).await;
    let csrf = browser.get("/admin").await.csrf();
    let reset = || browser.request("POST", "/api/admin/v1/breakers/salon-a/reset");
    let leave = |origin: &str, csrf: &str| {
        let form = browser.request("POST", "/admin/logout").header("Origin", origin);
        form.body(format!("csrf={csrf}"))
    };

    let bare = browser.send(reset()).await.status;
    let wrong = browser.send(reset().header("X-CSRF-Token", "00".repeat(32))).await.status;
    let foreign = reset().header("X-CSRF-Token", &csrf).header("Origin", "https://evil.example");
    let foreign = browser.send(foreign).await.status;
    let site = reset().header("X-CSRF-Token", &csrf).header("Sec-Fetch-Site", "cross-site");
    let site = browser.send(site).await.status;
    let no_token = browser.send(leave(&house.app.url(), "")).await.status;
    let elsewhere = browser.send(leave("null", &csrf)).await.status;
    let door = browser.request("POST", "/admin/login").header("Origin", "https://evil.example");
    let door = browser.send(door.body(format!("email={EMAIL}&password=x"))).await.status;
    let own = browser.send(reset().header("X-CSRF-Token", &csrf).header("Origin", house.app.url())).await;

    assert_eq!([bare, wrong, foreign, site, no_token, elsewhere, door], [403; 7]);
    assert_eq!(own.status, 200, "{}", own.html);
}

#[actix_rt::test]
async fn a_new_sign_in_ends_the_session_before_it_and_a_disabled_user_is_out_at_once() {
    let house = House::open(Setup::default()).await;
    let user = person(&house, EMAIL, "company_admin", &["salon-a"]).await;
    let browser = Browser::at(&house);
    browser.sign_in(EMAIL, PASSWORD).await;
    let first = browser.cookie(SESSION).unwrap();
    browser.sign_in(EMAIL, PASSWORD).await;
    let second = browser.cookie(SESSION).unwrap();

    browser.set_cookie(SESSION, &first);
    let before = browser.get("/admin").await.status;
    browser.set_cookie(SESSION, &second);
    let now = browser.get("/admin").await.status;
    let disabled = change(&house, &user["id"], json!({"disabled": true})).await;
    let after = browser.get("/admin").await.status;
    change(&house, &user["id"], json!({"disabled": false})).await;

    assert_ne!(first, second);
    assert_eq!((before, now, disabled, after), (303, 200, 200, 303));
    assert_eq!(browser.get("/admin").await.status, 303, "the session does not come back with the user");
}

#[actix_rt::test]
async fn pages_carry_what_browsers_are_to_know_and_load_only_what_is_ours() {
    let house = House::open(Setup::default()).await;
    let browser = Browser::of(&house, EMAIL, "platform_admin", &[]).await;

    let page = browser.get("/admin").await;
    let missing = browser.get("/admin/nowhere").await;
    let asset = page.html.split("href=\"").find(|part| part.starts_with("/admin/assets/desk.css")).unwrap();
    let style = browser.get(asset.split('"').next().unwrap()).await;
    let known =
        browser.request("GET", "/admin/assets/desk.js").header("If-None-Match", &style.headers["etag"]);
    let known = browser.send(known).await;

    for page in [&page, &missing] {
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(page.headers["x-content-type-options"], "nosniff");
        assert_eq!(page.headers["cache-control"], "no-store");
        assert_eq!(page.headers["x-fernamt-version"], env!("CARGO_PKG_VERSION"));
        assert!(
            !page.html.contains("style=") && !page.html.contains(" onclick"),
            "nothing stands in the page itself"
        );
    }
    assert_eq!((missing.status, style.status, known.status), (404, 200, 304));
    assert!(missing.html.contains("Das gibt es hier nicht"), "{}", missing.html);
    assert!(style.headers["cache-control"].to_str().unwrap().contains("immutable"));
}

#[actix_rt::test]
async fn a_reader_chooses_the_language_and_a_browser_is_asked_before() {
    let house = House::open(Setup::default()).await;
    let browser = Browser::of(&house, EMAIL, "platform_admin", &[]).await;

    let by_browser =
        browser.send(browser.request("GET", "/admin").header("Accept-Language", "en-GB,en;q=0.9")).await;
    let chosen =
        browser.post("/admin/language", &[("language", "en"), ("next", "/admin?company=salon-a")]).await;
    let english = browser.get("/admin").await;
    browser.post("/admin/language", &[("language", "de"), ("next", "https://evil.example")]).await;
    let german = browser.get("/admin").await;

    assert!(by_browser.html.contains("lang=\"en\"") && by_browser.html.contains("Newest bookings"));
    assert_eq!((chosen.status, chosen.location.as_str()), (303, "/admin?company=salon-a"));
    assert!(english.html.contains("<html lang=\"en\">"), "{}", english.html);
    assert!(german.html.contains("Neueste Buchungen"), "{}", german.html);
}

#[actix_rt::test]
async fn today_shows_what_a_caller_has_said_to_those_whose_company_it_is_and_staff_see_less() {
    let house = House::open(Setup::default()).await;
    let mut call = house.ring();
    call.invoke("collect_appointment", wish("2026-10-20", "14:30", "Erika Beispiel")).await;
    let own = Browser::of(&house, EMAIL, "company_admin", &["salon-a"]).await;
    let staff = Browser::of(&house, "empfang@beispiel.example", "staff", &["salon-a"]).await;
    let other = Browser::of(&house, "ben@beispiel.example", "company_admin", &["salon-b"]).await;

    let page = own.get("/admin").await;
    let theirs = (staff.get("/admin").await, other.get("/admin").await);
    let foreign = other.get("/admin?company=salon-a").await;
    let none = other.get("/admin?company=salon-c").await;

    assert!(page.html.contains("Erika Beispiel · Di. 20. Okt. 2026 · 14:30"), "{}", page.html);
    assert!(page.html.contains("gehalten: Di. 20. Okt. 2026, 14:30"), "{}", page.html);
    assert!(!page.html.contains("salon-b"), "{}", page.html);
    let has_audit = |page: &crate::browser::Page| page.html.contains("href=\"/admin/audit\"");
    assert!(has_audit(&page) && !has_audit(&theirs.0), "staff are not shown what is not theirs");
    assert_eq!(staff.get("/admin/audit").await.status, 403);
    assert!(
        !theirs.0.html.contains("Erika") && theirs.0.html.contains("Niemand wartet"),
        "{}",
        theirs.0.html
    );
    assert!(!theirs.1.html.contains("Erika") && !theirs.1.html.contains("salon-a"), "{}", theirs.1.html);
    assert_eq!((foreign.status, none.status), (404, 404));
    assert_eq!(foreign.html.replace("salon-a", ""), none.html.replace("salon-c", ""));
}

#[actix_rt::test]
async fn an_account_is_locked_after_too_many_wrong_passwords_and_nobody_is_told() {
    let settings = "[sign_in]\nwrong_passwords_max = 3\n";
    let house = House::open(Setup { settings, ..Setup::default() }).await;
    person(&house, EMAIL, "platform_admin", &[]).await;
    let browser = Browser::at(&house);

    let wrong = browser.sign_in(EMAIL, "etwas ganz anderes").await;
    for _ in 0..2 {
        browser.sign_in(EMAIL, "etwas ganz anderes").await;
    }
    let locked = browser.sign_in(EMAIL, PASSWORD).await;
    let house = house.restart_at("2026-10-14T08:21:00Z").await;
    let later = Browser::at(&house).sign_in(EMAIL, PASSWORD).await;

    assert_eq!((wrong.status, locked.status, later.status), (401, 401, 303));
    assert_eq!(wrong.html, locked.html, "a lock looks like a wrong password");
}

#[actix_rt::test]
async fn a_session_ends_when_nobody_uses_it_and_at_last_however_much_it_is_used() {
    let settings = "[sign_in]\nsession_idle_ms = 7200000\nsession_longest_ms = 10800000\n";
    let house = House::open(Setup { settings, ..Setup::default() }).await;
    let browser = Browser::of(&house, EMAIL, "platform_admin", &[]).await;
    let held = browser.cookie(SESSION).unwrap();
    let at = |house: &House| {
        let browser = Browser::at(house);
        browser.set_cookie(SESSION, &held);
        browser
    };

    let house = house.restart_at("2026-10-14T09:35:00Z").await;
    let by_itself = at(&house).request("GET", "/admin").header("X-Fernamt-Live", "1");
    let by_itself = at(&house).send(by_itself).await.status;
    let by_hand = at(&house).get("/admin").await.status;
    let house = house.restart_at("2026-10-14T10:30:00Z").await;
    let used_since = at(&house).get("/admin").await.status;
    let house = house.restart_at("2026-10-14T11:10:00Z").await;
    let at_last = at(&house).get("/admin").await.status;

    assert_eq!((by_itself, by_hand, used_since), (200, 200, 200));
    assert_eq!(at_last, 303);
}

#[actix_rt::test]
async fn a_page_that_keeps_itself_up_to_date_does_not_keep_a_session() {
    let settings = "[sign_in]\nsession_idle_ms = 7200000\n";
    let house = House::open(Setup { settings, ..Setup::default() }).await;
    let browser = Browser::of(&house, EMAIL, "platform_admin", &[]).await;
    let held = browser.cookie(SESSION).unwrap();

    let house = house.restart_at("2026-10-14T09:35:00Z").await;
    let browser = Browser::at(&house);
    browser.set_cookie(SESSION, &held);
    let live = browser.request("GET", "/admin").header("X-Fernamt-Live", "1");
    let live = browser.send(live).await.status;
    let house = house.restart_at("2026-10-14T10:10:00Z").await;
    let browser = Browser::at(&house);
    browser.set_cookie(SESSION, &held);
    let after = browser.request("GET", "/admin").header("X-Fernamt-Live", "1");
    let after = browser.send(after).await.status;

    assert_eq!((live, after), (200, 401));
}

#[actix_rt::test]
async fn ones_own_password_is_changed_with_the_old_one_and_all_other_sessions_end() {
    let house = House::open(Setup::default()).await;
    let here = Browser::of(&house, EMAIL, "staff", &["salon-a"]).await;
    let there = Browser::at(&house);
    there.sign_in(EMAIL, PASSWORD).await;
    let other = "noch ein langes Passwort";

    let wrong = here.submit("/admin/password", &[("old", "falsch"), ("new", other)]).await;
    let short = here.submit("/admin/password", &[("old", PASSWORD), ("new", "kurz")]).await;
    let changed = here.submit("/admin/password", &[("old", PASSWORD), ("new", other)]).await;
    let said = here.get(&changed.location).await;

    assert_eq!((wrong.status, short.status), (400, 400));
    assert_eq!((changed.status, changed.location.as_str()), (303, "/admin/password?notice=password-changed"));
    assert!(said.html.contains("Das Passwort ist geändert"), "{}", said.html);
    assert_eq!(there.get("/admin").await.status, 303);
    assert_eq!(there.sign_in(EMAIL, PASSWORD).await.status, 401);
    assert_eq!(there.sign_in(EMAIL, other).await.status, 303);
}

#[actix_rt::test]
async fn an_agency_sees_its_companies_at_a_glance_and_chooses_one() {
    let house = House::open(Setup::default()).await;
    house.booked().await;
    let browser = Browser::of(&house, EMAIL, "agency", &["salon-a", "salon-b"]).await;

    let all = browser.get("/admin").await;
    let one = browser.get("/admin?company=salon-a").await;

    assert!(all.html.contains("Firmen auf einen Blick"), "{}", all.html);
    let row = all.html.split("<tr").find(|row| row.contains("?company=salon-a")).unwrap();
    assert!(row.contains("in Ordnung") && row.contains("<td class=\"number\">1</td>"), "{row}");
    assert!(all.html.contains("Erika Beispiel"), "{}", all.html);
    assert!(!one.html.contains("Firmen auf einen Blick") && one.html.contains("value=\"salon-a\" selected"));
}

#[actix_rt::test]
async fn over_tls_the_cookie_is_for_tls_alone_and_the_public_address_is_one_of_ours() {
    let settings = "public_url = \"https://amt.example\"\n";
    let house = House::open(Setup { settings, ..Setup::default() }).await;
    person(&house, EMAIL, "platform_admin", &[]).await;
    let browser = Browser::at(&house);
    let form = |origin: &str| {
        let request = browser.request("POST", "/admin/login").header("Origin", origin);
        request.body(format!("email={EMAIL}&password={}", PASSWORD.replace(' ', "+")))
    };

    let foreign = browser.send(form("https://amt.example.evil.example")).await;
    let own = browser.send(form("https://amt.example")).await;

    assert_eq!((foreign.status, own.status), (403, 303));
    let cookie = own.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-fernamt_session=") && cookie.contains("Secure"), "{cookie}");
    assert_eq!(browser.get("/admin").await.status, 200);
}
