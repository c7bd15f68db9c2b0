//! A company is taken in: what cannot be booked safely is refused with the reason, and what cannot be seen is said.

use std::path::Path;

use fernamt::sim::calcom::{self, Calcom, EventType};

use super::house::salon_a;
use super::process::run;

fn calendar_with(event_type: EventType) -> Calcom {
    drop(rustls::crypto::ring::default_provider().install_default());
    Calcom::start(calcom::Settings::with_hosts(3).and(event_type)).unwrap()
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

#[actix_rt::test]
async fn an_event_type_that_cannot_be_booked_safely_is_refused_before_anything_is_applied() {
    let strict = EventType { email_verified: true, ..EventType::personal(2001, 2) };
    let calcom = calendar_with(strict);
    let folder = tempfile::tempdir().unwrap();
    let good = salon_a("").replace("CALCOM", &calcom.url());
    let other = good.replace("salon-a", "salon-c").replace("+493083793369", "+493083793370");
    write(folder.path(), "good.toml", &good);
    write(folder.path(), "bad.toml", &other.replace("1002", "2001"));

    let (code, said) = run(folder.path(), &["apply", "good.toml", "bad.toml"]);

    assert_eq!(code, 1, "{said}");
    let reason = "branch mitte, service beratung: event type 2001: it wants the e-mail address verified, which a caller \
                  cannot do; at Cal.com → Event types → 2001: switch off \"Require booker email verification\"";
    assert!(said.contains(&format!("bad.toml: {reason}")), "{said}");
    assert!(said.contains("nothing was applied; mend bad.toml"), "{said}");
    // Not even the company whose file has no fault.
    let (code, said) = run(folder.path(), &["apply", "--dry-run", "good.toml"]);
    assert!(code == 0 && said.contains("company salon-a") && !said.contains("nothing to change"), "{said}");
}

#[actix_rt::test]
async fn a_calendar_that_cannot_be_reached_keeps_nobody_out_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "salon.toml", &salon_a("").replace("CALCOM", super::house::NOWHERE));

    let (code, said) = run(folder.path(), &["apply", "salon.toml"]);

    assert_eq!(code, 0, "{said}");
    for place in ["service haarschnitt: event type 1001", "service beratung: event type 1002"] {
        assert!(
            said.contains(&format!("note: company salon-a: branch mitte, {place} was not looked at")),
            "{said}"
        );
    }
    let (code, said) = run(folder.path(), &["apply", "salon.toml"]);
    assert!(code == 0 && said.contains("company salon-a: nothing to change"), "{said}");
}

#[actix_rt::test]
async fn an_event_type_nobody_has_is_named_when_a_company_is_taken_in() {
    let calcom = calendar_with(EventType::personal(2001, 2));
    let folder = tempfile::tempdir().unwrap();
    let text = salon_a("").replace("CALCOM", &calcom.url()).replace("1002", "4711");
    write(folder.path(), "salon.toml", &text);

    let (code, said) = run(folder.path(), &["apply", "salon.toml"]);

    assert_eq!(code, 0, "{said}");
    assert!(said.contains("event type 4711 was not looked at, Cal.com has none of that number"), "{said}");
    assert!(!said.contains("event type 1001 was not"), "{said}");
}
