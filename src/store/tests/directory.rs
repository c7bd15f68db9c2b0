//! Tests of the directory: a plan becomes what it says, twice is once, every change is said and no secret shown.

use entities::{account, company};
use secrecy::ExposeSecret;

use super::*;
use crate::domain::directory::{Company, Line};
use crate::store::directory::PREVIOUS_COUNTS;

const SECRETS: &str = "geheim";

fn changed(from: &str, to: &str) -> String {
    assert!(ANNA.contains(from), "{from}");
    ANNA.replacen(from, to, 1)
}

async fn loaded(books: &Books) -> Company {
    let directory = books.store.directory().load().await.unwrap();
    directory.company_by_slug("salon-anna").unwrap().as_ref().clone()
}

async fn webhook_keys(books: &Books) -> Vec<String> {
    loaded(books).await.webhook_keys.iter().map(|key| key.expose_secret().to_owned()).collect()
}

/// The key that counts, and the others by their letters.
async fn sorted(books: &Books) -> Vec<String> {
    let mut keys = webhook_keys(books).await;
    keys[1..].sort();
    keys
}

#[tokio::test]
async fn a_new_company_is_there_as_the_plan_says() {
    let books = Books::new().await;

    let said = books.apply(ANNA, false).await.unwrap();

    assert_eq!(said.first().map(String::as_str), Some("company salon-anna: created"));
    // One company, one account, two calendars, two branches, three services, three numbers.
    assert_eq!(said.len(), 12, "{said:#?}");
    assert!(said.iter().all(|line| line.ends_with(": created")));
    let company = loaded(&books).await;
    assert_eq!((company.name.as_str(), company.policy.hold_minutes), ("Salon Anna", 10));
    assert_eq!(company.hotlines, [phone("+493083793300")]);
    assert_eq!(company.accounts[0].api_key.expose_secret(), "calcom-geheim-1");
    assert_eq!(company.accounts[0].base_url, "https://api.cal.com");
    let [mitte, nord] = company.branches.as_slice() else { panic!("two branches") };
    assert_eq!((mitte.slug.as_str(), nord.slug.as_str()), ("mitte", "nord"));
    assert_eq!((mitte.zone_name.as_str(), mitte.opening.is_some()), ("Europe/Berlin", true));
    assert_eq!(nord.opening, None);
    assert_eq!(mitte.numbers, [phone("+493083793369")]);
    let [cut, colour] = mitte.services.as_slice() else { panic!("two services") };
    assert_eq!((cut.duration_minutes, cut.offers[0].event_type_id), (30, 1001));
    assert_eq!(colour.synonyms, ["Coloration"]);
    assert_eq!(cut.offers[0].calendar, nord.services[0].offers[0].calendar);
    assert_ne!(cut.offers[0].calendar, colour.offers[0].calendar);
    assert!(company.account_of(cut.offers[0].calendar).is_some());
    let directory = books.store.directory().load().await.unwrap();
    let line = Line { company: company.id, branch: Some(nord.id) };
    assert_eq!(directory.line_of_number(&phone("+493083793370")), Some(line));
}

#[tokio::test]
async fn a_branch_keeps_its_own_holidays_else_the_companys_else_none() {
    let kept = async |company: &str, branch: &str| {
        let books = Books::new().await;
        let hours = "hours = \"mon-fri 09:00-18:00\"";
        let branches = changed(hours, &format!("{hours}\n{branch}"));
        let (head, tail) = branches.split_at(branches.find("[[branch]]").unwrap());
        books.apply(&format!("{head}[company.policy]\n{company}\n{tail}"), false).await.unwrap();
        let opening = loaded(&books).await.branches[0].opening.clone().unwrap();
        let standing = books.store.directory().standing("salon-anna").await.unwrap().unwrap().plan;
        (opening.holidays.map(|region| region.to_string()), standing.branch[0].holidays.clone())
    };
    let code = |code: &str| Some(code.to_owned());

    assert_eq!(kept("", "").await, (None, None));
    assert_eq!(kept("holidays = \"DE-BE\"", "").await, (code("DE-BE"), None));
    assert_eq!(kept("holidays = \"DE-BE\"", "holidays = \"AT\"").await, (code("AT"), code("AT")));
    assert_eq!(kept("holidays = \"DE-BE\"", "holidays = \"none\"").await, (None, code("none")));
}

#[tokio::test]
async fn applying_a_plan_twice_says_nothing_the_second_time() {
    let books = Books::new().await;
    books.apply(ANNA, false).await.unwrap();
    let version = books.store.directory().version().await.unwrap();

    assert_eq!(books.apply(ANNA, false).await.unwrap(), Vec::<String>::new());

    assert_eq!((version, books.store.directory().version().await.unwrap()), (1, 1));
}

#[tokio::test]
async fn every_kind_of_change_is_said_in_one_line_and_the_next_time_no_more() {
    let mitte_hours = r#"hours = "mon-fri 09:00-18:00""#;
    let cases = [
        (r#"name = "Salon Anna""#, r#"name = "Salon Annabell""#, "company salon-anna: name: "),
        ("retell-geheim-1", "retell-geheim-9", "company salon-anna: retell.api_key changes"),
        ("[company.calcom]", "webhook_key = \"geheim-w\"\n[company.calcom]", "retell.webhook_key is set"),
        (
            "[company.calcom]",
            "previous_webhook_key = \"geheim-p\"\n[company.calcom]",
            "retell.previous_webhook_key is set",
        ),
        (
            "[company.retell]",
            "[company.policy]\nhold_minutes = 5\n[company.retell]",
            "company salon-anna: policy.hold_minutes: 10 → 5",
        ),
        ("calcom-geheim-1", "calcom-geheim-9", "calcom account default: api_key changes"),
        (
            "[company.calcom]",
            "[company.calcom]\nwebhook_secret = \"geheim-s\"",
            "calcom account default: webhook_secret is set",
        ),
        (
            "[company.calcom]",
            "[company.calcom]\nrequests_per_minute = 60",
            "calcom account default: requests_per_minute: 100 → 60",
        ),
        (
            mitte_hours,
            r#"hours = "mon-fri 10:00-18:00""#,
            "branch mitte: hours: \"mon-fri 09:00-18:00\" → \"mon-fri 10:00-18:00\"",
        ),
        (mitte_hours, "paused = true", "branch mitte: paused: false → true"),
        (r#"name = "Farbe""#, r#"name = "Farben""#, "branch mitte: service farbe: name: "),
        ("duration_minutes = 90", "duration_minutes = 95", "service farbe: duration_minutes: 90 → 95"),
        ("event_type_id = 1002", "event_type_id = 1009", "service farbe: event_type_id: 1002 → 1009"),
        ("+493083793369", "+493083793399", "number +493083793399: created"),
        (r#"calendar = "ben""#, r#"calendar = "cleo""#, "calendar cleo: created"),
    ];
    for (from, to, line) in cases {
        let books = Books::new().await;
        books.apply(ANNA, false).await.unwrap();

        let said = books.apply(&changed(from, to), false).await.unwrap();

        assert_eq!(said.iter().filter(|said| said.contains(line)).count(), 1, "{line}: {said:#?}");
        assert!(!said.iter().any(|said| said.contains(SECRETS) || said.contains("x1:")), "{said:#?}");
        assert_eq!(books.apply(&changed(from, to), false).await.unwrap(), Vec::<String>::new(), "{line}");
        assert_eq!(books.store.directory().version().await.unwrap(), 2);
    }
}

#[tokio::test]
async fn a_number_that_moves_to_another_branch_rings_there() {
    let books = Books::new().await;
    books.apply(ANNA, false).await.unwrap();
    let moved = changed(r#"phone_numbers = ["+493083793369"]"#, "phone_numbers = []")
        .replace(r#"["+493083793370"]"#, r#"["+493083793370", "+493083793369"]"#);

    let said = books.apply(&moved, false).await.unwrap();

    assert_eq!(said, ["number +493083793369: rings at: \"branch mitte\" → \"branch nord\""]);
    assert_eq!(loaded(&books).await.branches[1].numbers.len(), 2);
}

#[tokio::test]
async fn a_number_of_another_company_is_refused_and_nothing_is_kept() {
    let books = Books::new().await;
    books.apply(ANNA, false).await.unwrap();
    let thief = PRAXIS.replace("+493083793380", "+493083793369");

    let refused = books.apply(&thief, false).await.unwrap_err();

    assert_eq!(
        refused.to_string(),
        "phone number +493083793369 already belongs to company salon-anna; a number rings at one place"
    );
    let directory = books.store.directory().load().await.unwrap();
    assert_eq!((directory.companies().count(), books.store.directory().version().await.unwrap()), (1, 1));
}

#[tokio::test]
async fn a_dry_run_says_the_same_and_keeps_nothing() {
    let books = Books::new().await;

    let dry = books.apply(ANNA, true).await.unwrap();
    assert_eq!(books.store.directory().load().await.unwrap().companies().count(), 0);
    let real = books.apply(ANNA, false).await.unwrap();

    assert_eq!(dry, real);
    let dry = books.apply(&changed("Farbe", "Farben"), true).await.unwrap();
    assert_eq!((dry.len(), loaded(&books).await.branches[0].services[1].name.as_str()), (1, "Farbe"));
    assert_eq!(books.store.directory().version().await.unwrap(), 1);
}

#[tokio::test]
async fn retell_may_have_signed_with_the_webhook_key_or_the_api_key_or_the_previous_one() {
    let books = Books::new().await;
    books.apply(ANNA, false).await.unwrap();
    assert_eq!(webhook_keys(&books).await, ["retell-geheim-1"]);

    let both = "webhook_key = \"geheim-v\"\nprevious_webhook_key = \"retell-geheim-1\"\n[company.calcom]";
    books.apply(&changed("[company.calcom]", both), false).await.unwrap();

    assert_eq!(webhook_keys(&books).await, ["geheim-v", "retell-geheim-1"]);
}

#[tokio::test]
async fn the_signing_key_that_a_file_replaces_counts_for_three_days_more_and_that_is_said() {
    let books = Books::new().await;
    books.apply(ANNA, false).await.unwrap();
    let anna = loaded(&books).await.id;
    let own = changed("[company.calcom]", "webhook_key = \"geheim-w\"\n[company.calcom]");
    let until = at(0).checked_add(PREVIOUS_COUNTS).unwrap();
    let counts = format!("; the signing key of before counts until {until}");

    let dry = books.apply(&own, true).await.unwrap();
    assert_eq!(webhook_keys(&books).await, ["retell-geheim-1"]);
    let said = books.apply(&own, false).await.unwrap();
    assert_eq!(webhook_keys(&books).await, ["geheim-w", "retell-geheim-1"]);
    books.store.directory().replace_webhook_key(anna, &"geheim-neu".into(), Some(at(60))).await.unwrap();
    let back = books.apply(&own, false).await.unwrap();
    let known = sorted(&books).await;
    assert_eq!(known, ["geheim-w", "geheim-neu", "retell-geheim-1"], "set by hand, taken back by the file");
    let out = books.apply(ANNA, false).await.unwrap();

    assert_eq!(dry, said);
    for lines in [&said, &back, &out] {
        assert!(lines.len() == 1 && lines[0].contains(&counts), "{lines:?}");
    }
    assert_eq!(sorted(&books).await, ["retell-geheim-1", "geheim-neu", "geheim-w"]);
    assert!(books.store.directory().end_replaced_keys(anna, at(1)).await.unwrap());
    books.store.directory().forget_replaced_keys(at(1)).await.unwrap();
    assert_eq!(webhook_keys(&books).await, ["retell-geheim-1"]);
}

#[tokio::test]
async fn what_the_plan_no_longer_names_goes_out_of_use_and_its_bookings_stay() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let mut story = Story::new(tenant, "call_1");
    story.begins(&books.store).await;
    let end = story.promise(&tenant.calendars);
    story.tell(&books.store, end).await.unwrap();
    let head = ANNA.split("[[branch]]").next().unwrap();
    let nord = ANNA.rsplit("[[branch]]").next().unwrap();
    let smaller = format!("{head}[[branch]]{nord}");

    let said = books.apply(&smaller, false).await.unwrap();

    assert!(said.contains(&"branch mitte: out of use".to_owned()), "{said:?}");
    assert!(said.contains(&"number +493083793369: removed".to_owned()), "{said:?}");
    let company = loaded(&books).await;
    assert_eq!(company.branches.iter().map(|branch| branch.slug.as_str()).collect::<Vec<_>>(), ["nord"]);
    let kept = books.store.bookings(Scope::one(tenant.company)).of_call(story.call.id).await.unwrap();
    assert_eq!(kept.len(), 2);
    for row in &kept {
        assert!(company.account_of(row.calendar_id.into()).is_some(), "an open booking needs its account");
    }

    let back = books.apply(ANNA, false).await.unwrap();
    assert!(back.contains(&"branch mitte: in use again".to_owned()), "{back:?}");
    assert_eq!(loaded(&books).await.branches[0].id, tenant.branch);
}

#[tokio::test]
async fn a_service_the_plan_no_longer_names_goes_out_of_use_and_comes_back_as_itself() {
    let books = Books::new().await;
    books.apply(ANNA, false).await.unwrap();
    let before = loaded(&books).await.branches[0].services[1].clone();
    let (start, rest) = ANNA.split_once("[[branch.service]]\n      slug = \"farbe\"").unwrap();
    let (_, end) = rest.split_once("[[branch]]").unwrap();
    let smaller = format!("{start}[[branch]]{end}");

    let said = books.apply(&smaller, false).await.unwrap();
    assert_eq!(said, ["calendar ben: out of use", "branch mitte: service farbe: out of use"]);
    assert_eq!(loaded(&books).await.branches[0].services.len(), 1);
    assert_eq!(books.apply(&smaller, false).await.unwrap(), Vec::<String>::new());

    books.apply(ANNA, false).await.unwrap();
    assert_eq!(loaded(&books).await.branches[0].services[1], before);
}

#[tokio::test]
async fn no_secret_lies_in_the_books_in_clear() {
    let books = Books::new().await;
    let text = changed("[company.calcom]", "webhook_key = \"geheim-w\"\n[company.calcom]").replace(
        "api_key = \"calcom-geheim-1\"",
        "api_key = \"calcom-geheim-1\"\nwebhook_secret = \"geheim-s\"",
    );
    books.apply(&text, false).await.unwrap();

    let db = &books.store.read;
    let rows = format!(
        "{:?}{:?}",
        company::Entity::find().all(db).await.unwrap(),
        account::Entity::find().all(db).await.unwrap()
    );
    assert!(!rows.contains(SECRETS), "{rows}");
    if let Some(bytes) = books.bytes() {
        let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(holds("salon-anna"), "the search finds what is there");
        assert!(!holds(SECRETS));
    }
}

#[tokio::test]
async fn under_another_master_key_the_books_are_not_opened() {
    let books = Books::new().await;
    books.apply(ANNA, false).await.unwrap();
    let other = Keyring::parse(["HxwdHhsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA="]).unwrap();

    let (store, _writer) = open(&books.settings, other, false).await.unwrap();

    assert!(matches!(store.directory().load().await, Err(Error::Secret(_))));
}

#[tokio::test]
async fn a_second_account_and_a_hotline_are_loaded_where_they_belong() {
    let books = Books::new().await;
    let more = "[[company.calcom_account]]\nname = \"zwei\"\napi_key = \"geheim-z\"\n\
                attendee_email_domain = \"termine.example\"\n[[company.calendar]]\nslug = \"ben\"\n\
                account = \"zwei\"\n[[branch]]";

    books.apply(&changed("[[branch]]", more), false).await.unwrap();

    let company = loaded(&books).await;
    let calendar = |slug: &str| company.calendars.iter().find(|calendar| calendar.slug == slug).unwrap().id;
    let account = company.account_of(calendar("ben")).unwrap();
    assert_eq!((account.name.as_str(), account.api_key.expose_secret()), ("zwei", "geheim-z"));
    assert_eq!(account.attendee_email_domain.as_deref(), Some("termine.example"));
    assert_eq!(company.account_of(calendar("anna")).unwrap().name, "default");
}

#[tokio::test]
async fn where_a_key_comes_from_is_kept_and_a_new_name_for_it_is_said() {
    let books = Books::new().await;
    let key_of = |text: &str| changed("retell-geheim-1", text);
    // The test's keys are what stands in the plan, so the value changes with the name.
    books.apply(&key_of("env:RETELL_ONE"), false).await.unwrap();

    let standing = books.store.directory().standing("salon-anna").await.unwrap().unwrap();
    let said = books.apply(&key_of("file:keys/two"), false).await.unwrap();

    assert_eq!(standing.plan.company.retell.api_key, "env:RETELL_ONE");
    assert_eq!(standing.plan.company.calcom.api_key, "", "a key that was written out is not given back");
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("company salon-anna: retell.api_key changes (file:keys/two)"), "{said:?}");
}

#[tokio::test]
async fn an_account_the_plan_no_longer_names_goes_out_of_use_once() {
    let books = Books::new().await;
    let more = "[[company.calcom_account]]\nname = \"zwei\"\napi_key = \"geheim-z\"\n[[company.calendar]]\n\
                slug = \"ben\"\naccount = \"zwei\"\n[[branch]]";
    books.apply(&changed("[[branch]]", more), false).await.unwrap();

    let said = books.apply(ANNA, false).await.unwrap();

    assert_eq!(said, [r#"calendar ben: account: "zwei" → "default""#, "calcom account zwei: out of use"]);
    assert_eq!(books.apply(ANNA, false).await.unwrap(), Vec::<String>::new());
    assert_eq!(loaded(&books).await.accounts.len(), 2, "what was promised there is still looked after");
}
