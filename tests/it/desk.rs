//! The desk from outside: settings, users, a company written back, what a change says; on the page and at the command line.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::house::{House, NOWHERE, Setup};
use super::process::{program, run};

const PASSWORD: &str = "sehr geheim und lang";
const EMAIL: &str = "anna@beispiel.example";

/// Runs the program with more in its environment; what it printed, both streams.
fn with(folder: &Path, variables: &[(&str, &str)], args: &[&str]) -> (i32, String) {
    let mut command: Command = program(folder);
    let output = command.args(args).envs(variables.iter().copied()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), text)
}

/// The company of the README as it stands there, but for its Cal.com, which nobody here asks.
fn of_readme() -> String {
    let readme = include_str!("../../README.md");
    let company = readme.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    company.replace("[company.calcom]", &format!("[company.calcom]\nbase_url = \"{NOWHERE}\""))
}

/// Without the notes on what could not be looked at.
fn changes(said: &str) -> String {
    said.split_inclusive('\n').filter(|line| !line.starts_with("note: ")).collect()
}

/// A file of the demo, which fills in where its simulated vendors listen.
fn filled(text: &str) -> String {
    text.replace("CALCOM_URL", NOWHERE).replace("RETELL_URL", "https://retell.example")
}

#[test]
fn a_company_that_is_written_back_and_applied_again_changes_nothing() {
    let companies = [
        of_readme(),
        include_str!("../../src/cli/demo/salon.toml").to_owned(),
        include_str!("../../src/cli/demo/werkstatt.toml").to_owned(),
    ];
    for text in companies {
        let plan: toml::Table = filled(&text).parse().unwrap();
        let slug = plan["company"]["slug"].as_str().unwrap().to_owned();
        let folder = tempfile::tempdir().unwrap();
        let file = filled(&text);
        std::fs::write(folder.path().join("first.toml"), &file).unwrap();
        let prefix = slug.to_uppercase().replace('-', "_");
        let key_of = |table: &str| plan["company"][table]["api_key"].as_str().unwrap().to_owned();
        let (retell, calcom) = (format!("{prefix}_RETELL_API_KEY"), format!("{prefix}_CALCOM_API_KEY"));
        let (retell_key, calcom_key) = (key_of("retell"), key_of("calcom"));
        let keys = [
            ("RETELL_API_KEY", "key_eins"),
            ("RETELL_WEBHOOK_KEY", "key_zwei"),
            ("CALCOM_API_KEY", "cal_drei"),
            (&retell, &retell_key),
            (&calcom, &calcom_key),
        ];

        let (code, said) = with(folder.path(), &keys, &["apply", "first.toml"]);
        assert_eq!(code, 0, "{said}");
        let (code, exported) = with(folder.path(), &keys, &["export-config", "--company", &slug]);
        assert_eq!(code, 0, "{exported}");
        std::fs::write(folder.path().join("second.toml"), &exported).unwrap();
        let (code, again) = with(folder.path(), &keys, &["apply", "second.toml"]);

        assert_eq!(code, 0, "{again}");
        assert!(again.contains(&format!("company {slug}: nothing to change")), "{again}\n{exported}");
        assert!(!exported.contains("key_demo") && !exported.contains("key_eins"), "{exported}");
        let (_, third) = with(folder.path(), &keys, &["export-config", "--company", &slug]);
        let bare = |text: &str| text.lines().filter(|line| !line.starts_with('#')).collect::<String>();
        assert_eq!(bare(&third), bare(&exported));
    }
}

#[test]
fn a_dry_run_says_in_the_words_of_the_file_what_a_change_then_does() {
    let folder = tempfile::tempdir().unwrap();
    let keys =
        [("RETELL_API_KEY", "key_eins"), ("RETELL_WEBHOOK_KEY", "key_zwei"), ("CALCOM_API_KEY", "cal_drei")];
    std::fs::write(folder.path().join("salon.toml"), of_readme()).unwrap();
    with(folder.path(), &keys, &["apply", "salon.toml"]);
    let changed = of_readme()
        .replace("hold_minutes = 10", "hold_minutes = 15")
        .replace("fri 09:00-18:00", "fri 09:00-17:00");
    std::fs::write(folder.path().join("salon.toml"), changed).unwrap();
    let keys =
        [("RETELL_API_KEY", "key_eins"), ("RETELL_WEBHOOK_KEY", "key_zwei"), ("CALCOM_API_KEY", "cal_neu")];

    let (_, dry) = with(folder.path(), &keys, &["apply", "--dry-run", "salon.toml"]);
    let (_, done) = with(folder.path(), &keys, &["apply", "salon.toml"]);

    let lines = [
        "company salon-anna: policy.hold_minutes: 10 → 15",
        "calcom account default: api_key changes (env:CALCOM_API_KEY)",
        r#"branch mitte: hours: "mon-fri 09:00-18:00, sat 09:00-14:00" → "mon-fri 09:00-17:00, sat 09:00-14:00""#,
    ]
    .join("\n");
    assert_eq!(changes(&dry), format!("{lines}\ncompany salon-anna: 3 changes would be made\n"));
    assert_eq!(changes(&done), format!("{lines}\ncompany salon-anna: 3 changes made\n"));
}

#[test]
fn the_settings_are_shown_with_where_they_come_from_and_misspelt_ones_are_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("fernamt.toml"), "[calls]\nbodies_days = 3\n").unwrap();
    let variables = [
        ("FERNAMT_MASTER_KEY", "geheim"),
        ("FERNAMT_CALCOM__READ_TIMEOUT_MS", "1500"),
        ("FERNAMT_LISSEN", "x"),
    ];

    let (code, shown) = with(folder.path(), &variables, &["config"]);
    let (_, default) = run(folder.path(), &["config", "--default"]);

    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("bodies_days = 3  # file "), "{shown}");
    assert!(
        shown.contains("read_timeout_ms = 1500  # environment: FERNAMT_CALCOM__READ_TIMEOUT_MS"),
        "{shown}"
    );
    assert!(shown.contains("master_key = \"(hidden)\"") && !shown.contains("geheim"), "{shown}");
    assert!(shown.contains("FERNAMT_LISSEN is no setting"), "{shown}");
    assert_eq!(default, fernamt::config::DEFAULTS);
    std::fs::write(folder.path().join("fernamt.toml"), "lissen = 1\n[calls]\nbody_days = 3\n").unwrap();
    let (code, refused) = run(folder.path(), &["config"]);
    assert_eq!(code, 1);
    assert!(refused.contains("calls.body_days, lissen is no setting; fernamt config --default"), "{refused}");
}

#[test]
fn every_command_has_an_example_in_its_help() {
    let folder = tempfile::tempdir().unwrap();
    let (_, help) = run(folder.path(), &["--help"]);
    let commands = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names: Vec<&str> = commands
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(names.len() > 8, "{help}");
    for name in names {
        let (_, help) = run(folder.path(), &[name, "--help"]);
        if help.contains("Commands:") {
            let commands = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
            for own in commands
                .lines()
                .filter_map(|line| line.split_whitespace().next())
                .filter(|own| *own != "help")
            {
                let (code, help) = run(folder.path(), &[name, own, "--help"]);
                assert!(code != 0 || help.contains("Example: fernamt"), "{name} {own}: {help}");
            }
        } else {
            assert!(help.contains("Example: "), "{name}: {help}");
        }
    }
}

#[test]
fn a_user_is_made_listed_and_disabled_at_the_command_line_and_mistakes_say_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let given = [("FERNAMT_PASSWORD", PASSWORD)];
    let create = ["user", "create", "--email", "Anna@Beispiel.example", "--role", "platform_admin"];

    let (_, none) = run(folder.path(), &create);
    let (_, short) = with(folder.path(), &[("FERNAMT_PASSWORD", "kurz")], &create);
    let (code, made) = with(folder.path(), &given, &create);
    let (_, twice) = with(folder.path(), &given, &create);
    let (_, no_company) =
        with(folder.path(), &given, &["user", "create", "--email", "b@b.example", "--role", "staff"]);
    run(folder.path(), &["user", "disable", EMAIL]);
    let (_, list) = run(folder.path(), &["user", "list"]);
    let (missing, _) = run(folder.path(), &["user", "enable", "ben@beispiel.example"]);

    assert!(none.contains("set FERNAMT_PASSWORD"), "{none}");
    assert!(short.contains("at least 12"), "{short}");
    assert!(code == 0 && made.contains("user anna@beispiel.example (platform_admin) made"), "{made}");
    assert!(twice.contains("there is a user with this e-mail already"), "{twice}");
    assert!(no_company.contains("needs a company: --company SLUG"), "{no_company}");
    assert!(list.contains(EMAIL) && list.contains("disabled"), "{list}");
    assert_eq!(missing, 1);
}

async fn send(house: &House, token: &str, (method, path): (&str, &str), body: Value) -> (u16, Value) {
    let url = format!("{}/api/admin/v1/{path}", house.app.url());
    let answer = house.http.request(method.parse().unwrap(), url).bearer_auth(token).json(&body);
    let answer = answer.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

#[actix_rt::test]
async fn nobody_gives_more_than_he_has_or_sees_the_people_of_others() {
    let house = House::open(Setup::default()).await;
    let token = |role: &str, company: &str| json!({"role": role, "companies": [company], "name": "desk"});
    let (_, a) = send(&house, &house.token, ("POST", "tokens"), token("company_admin", "salon-a")).await;
    let (_, b) = send(&house, &house.token, ("POST", "tokens"), token("company_admin", "salon-b")).await;
    let (mine, other) = (a["token"].as_str().unwrap(), b["token"].as_str().unwrap());

    let (own, made) = send(&house, mine, ("POST", "tokens"), token("staff", "salon-a")).await;
    let (foreign, _) = send(&house, mine, ("POST", "tokens"), token("staff", "salon-b")).await;
    let all = json!({"role": "platform_admin", "name": "all"});
    let (greater, _) = send(&house, mine, ("POST", "tokens"), all).await;
    let (_, seen) = send(&house, mine, ("GET", "tokens"), Value::Null).await;
    let revoke = format!("tokens/{}", made["id"].as_str().unwrap());
    let (stranger, _) = send(&house, other, ("DELETE", &revoke), Value::Null).await;
    let (revoked, _) = send(&house, mine, ("DELETE", &revoke), Value::Null).await;
    let (after, _) = send(&house, made["token"].as_str().unwrap(), ("GET", "bookings"), Value::Null).await;

    assert_eq!((own, foreign, greater), (201, 400, 403));
    assert_eq!(seen["items"].as_array().unwrap().len(), 2, "{seen}");
    assert!(!seen.to_string().contains("fernamt_"), "a token is shown once: {seen}");
    assert_eq!((stranger, revoked, after), (404, 204, 401));
}
