//! Each rule: from facts to a light, and words that say what to do.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use secrecy::SecretString;
use uuid::Uuid;

use super::*;
use crate::domain::deployment::catalogue;
use crate::domain::directory::{Account, Branch, Calendar, Offer, Service};
use crate::domain::hours::{DateRange, Opening, OpeningHours};
use crate::domain::ids::AccountId;
use crate::domain::phone::PhoneNumber;
use crate::domain::policy::Policy;
use crate::domain::speech::Language;

const URL: &str = "https://fernamt.example";
const NUMBER: &str = "+493083793369";
const AGENT: &str = "agent_a";

fn account() -> AccountId {
    Uuid::from_u128(1).into()
}

fn event_type(host: &str) -> EventType {
    EventType {
        title: "Haarschnitt".into(),
        length_minutes: Some(30),
        length_options: Vec::new(),
        hosts: vec![host.into()],
        scheduling: Scheduling::Personal,
        requires_confirmation: false,
        seats: None,
        is_recurring: false,
        price: 0,
        minimum_notice_minutes: 0,
        buffer_minutes: 0,
        required_questions: Vec::new(),
        allows_phone_only: false,
        requires_email_verification: false,
        requires_authentication: false,
        is_instant: false,
        is_hidden: false,
        window_days: None,
        window_until: None,
        disables_cancelling: false,
        disables_rescheduling: false,
    }
}

fn service(slug: &str, event_type_id: i64, calendar: u128) -> Service {
    let id = u128::from(event_type_id.unsigned_abs());
    Service {
        id: Uuid::from_u128(id).into(),
        slug: slug.into(),
        name: slug.into(),
        synonyms: Vec::new(),
        duration_minutes: 30,
        offers: vec![Offer {
            id: Uuid::from_u128(id).into(),
            staff: None,
            event_type_id,
            calendar: Uuid::from_u128(calendar).into(),
        }],
    }
}

fn company() -> Company {
    let calendar = |slug: &str, id| Calendar {
        id: Uuid::from_u128(id).into(),
        slug: slug.into(),
        account: account(),
        hosts: 1,
    };
    let hours = OpeningHours::parse("mon-fri 09:00-18:00").unwrap();
    Company {
        id: Uuid::from_u128(2).into(),
        slug: "salon".into(),
        name: "Salon Beispiel".into(),
        language: Language::De,
        policy: Policy::default(),
        webhook_keys: Vec::new(),
        hotlines: Vec::new(),
        channels: Vec::new(),
        accounts: vec![Account {
            id: account(),
            name: "default".into(),
            base_url: "https://api.cal.com".into(),
            webhook_secret: None,
            api_key: SecretString::from("cal_test"),
            attendee_email_domain: Some("anrufer.salon.example".into()),
            requests_per_minute: 100,
            is_active: true,
        }],
        calendars: vec![calendar("anna", 10), calendar("bea", 11)],
        branches: vec![Branch {
            id: Uuid::from_u128(3).into(),
            slug: "mitte".into(),
            name: "Salon Beispiel Mitte".into(),
            zone: jiff::tz::TimeZone::get("Europe/Berlin").unwrap(),
            zone_name: "Europe/Berlin".into(),
            opening: Some(Opening { hours, closures: Vec::new(), holidays: None, special: Vec::new() }),
            paused: false,
            transfer_to: None,
            agent_id: Some(AGENT.into()),
            numbers: vec![PhoneNumber::parse_e164(NUMBER).unwrap()],
            services: vec![service("haarschnitt", 1001, 10), service("bart", 1002, 11)],
            retired: Vec::new(),
        }],
        retired: Vec::new(),
    }
}

/// What the catalogue has the agent pass on.
fn parameters(name: &str) -> BTreeSet<String> {
    let all = catalogue::entry(name).into_iter().flat_map(|entry| entry.parameters);
    all.map(|parameter| parameter.name.de.to_owned()).collect()
}

fn tool(name: &str) -> Tool {
    Tool {
        name: name.into(),
        url: function_url(URL, name),
        method: "POST".into(),
        args_at_root: false,
        timeout_ms: Some(8_000),
        parameters: parameters(name),
    }
}

fn agent() -> Agent {
    let tools = ["check_availability", "collect_appointment"].map(tool).to_vec();
    Agent {
        version: Some(7),
        is_published: true,
        webhook_url: Some(webhook_url(URL)),
        webhook_events: None,
        tools: Asked::Known(Some(tools)),
        tells_ai: Some(true),
    }
}

fn number() -> Number {
    let binding = Binding { agent_id: AGENT.into(), version: None };
    Number { e164: NUMBER.into(), inbound_agents: vec![binding], inbound_webhook_url: Some(inbound_url(URL)) }
}

fn known(host: &str) -> Knowledge {
    Knowledge { event_type: Asked::Known(Some(event_type(host))), has_listed_booking: false }
}

type Change<T> = fn(&mut T);

/// Everything is as it should be; Anna, whose key it is, is host 1, and Bea is host 2, whose bookings have been seen.
fn facts() -> Facts {
    let bea = Knowledge { has_listed_booking: true, ..known("2") };
    Facts {
        now: "2026-10-14T08:05:00Z".parse::<Timestamp>().unwrap(),
        house: House { public_url: URL.into(), master_key: MasterKey::Given },
        retell: Workspace {
            base_url: "https://api.retellai.com".into(),
            has_webhook_key: true,
            signing: Signing::default(),
            numbers: Asked::Known(vec![number()]),
            agents: BTreeMap::from([(AGENT.into(), Asked::Known(Some(agent())))]),
        },
        accounts: BTreeMap::from([(
            account(),
            AccountFacts {
                me: Asked::Known("1".into()),
                lists: Asked::Known(()),
                own_event_types: Vec::new(),
                webhooks: Asked::NotAsked,
            },
        )]),
        event_types: BTreeMap::from([((account(), 1001), known("1")), ((account(), 1002), bea)]),
    }
}

fn with_agent(change: impl FnOnce(&mut Agent)) -> Facts {
    let mut facts = facts();
    let mut agent = agent();
    change(&mut agent);
    facts.retell.agents.insert(AGENT.into(), Asked::Known(Some(agent)));
    facts
}

fn with_event_type(change: impl FnOnce(&mut EventType)) -> Facts {
    let mut facts = facts();
    let mut kind = event_type("1");
    change(&mut kind);
    facts.event_types.insert(
        (account(), 1001),
        Knowledge { event_type: Asked::Known(Some(kind)), has_listed_booking: false },
    );
    facts
}

/// All that is not green.
fn troubles(company: &Company, facts: &Facts) -> Vec<Finding> {
    judge(company, facts).into_iter().filter(|finding| finding.light != Light::Green).collect()
}

/// The only trouble there is: its light, its area, and all its words.
fn the_trouble(company: &Company, facts: &Facts) -> (Light, Area, String) {
    let mut found = troubles(company, facts);
    assert_eq!(found.len(), 1, "{found:#?}");
    let one = found.remove(0);
    (one.light, one.area, format!("{}: {} – {}", one.subject, one.what, one.fix.unwrap()))
}

#[track_caller]
fn assert_trouble(company: &Company, facts: &Facts, (light, area): (Light, Area), words: &[&str]) {
    let (found, place, text) = the_trouble(company, facts);
    assert_eq!((found, place), (light, area), "{text}");
    for word in words {
        assert!(text.contains(word), "{word} in {text}");
    }
}

#[test]
fn where_nothing_is_wrong_everything_is_green_and_calls_may_come() {
    let report = Report::of("salon", judge(&company(), &facts()));

    assert_eq!(troubles(&company(), &facts()), []);
    assert_eq!((report.light, report.next.as_str()), (Light::Green, READY));
}

#[test]
fn what_was_not_asked_is_yellow_and_never_green() {
    let mut facts = facts();
    facts.retell.numbers = Asked::NotAsked;
    facts.retell.agents.clear();
    facts.accounts.clear();
    facts.event_types.clear();

    let found = troubles(&company(), &facts);

    assert!(found.iter().all(|finding| finding.light == Light::Yellow), "{found:#?}");
    let areas: Vec<&str> = found.iter().map(|finding| finding.area.as_str()).collect();
    assert_eq!(areas, ["retell", "number", "agent", "account", "service", "service"]);
}

#[test]
fn the_two_missing_ids_are_the_only_red_and_what_to_write_is_proposed() {
    let mut company = company();
    company.branches[0].agent_id = None;
    company.branches[0].services.truncate(1);
    company.branches[0].services[0].offers.clear();
    let mut facts = facts();
    facts.retell.agents.clear();
    let types = [(1002, "Bart", 15), (1001, "Schnitt", 30)];
    facts.accounts.get_mut(&account()).unwrap().own_event_types =
        types.map(|(id, title, minutes)| (id, title.to_owned(), Some(minutes))).to_vec();

    let found = troubles(&company, &facts);

    let fixes: Vec<&str> = found.iter().map(|finding| finding.fix.as_deref().unwrap()).collect();
    assert!(found.iter().all(|finding| finding.light == Light::Red) && found.len() == 2, "{found:#?}");
    assert!(fixes[0].contains("retell_agent_id = \"agent_a\""), "{}", fixes[0]);
    assert!(
        fixes[1].contains("event_type_id = one of Cal.com's: 1001 (\"Schnitt\", 30 min), 1002"),
        "{}",
        fixes[1]
    );
    assert_eq!(Report::of("salon", found.clone()).next, fixes[0]);
}

#[test]
fn a_server_that_retell_cannot_reach_is_red_unless_retell_stands_beside_it() {
    let mut facts = with_agent(|agent| {
        agent.webhook_url = Some(webhook_url("http://127.0.0.1:8080"));
        agent.tools = Asked::Known(None);
    });
    facts.house.public_url = "http://127.0.0.1:8080".into();
    let found = house::findings(&facts);
    assert_eq!(found[0].light, Light::Red);
    assert!(found[0].fix.as_ref().unwrap().contains("FERNAMT_PUBLIC_URL"));

    facts.retell.base_url = "http://127.0.0.1:4011".into();
    assert_eq!(house::findings(&facts)[0].light, Light::Green);
    facts.retell.base_url = "https://api.retellai.com".into();
    facts.house.public_url = "http://fernamt.example".into();
    assert_eq!(house::findings(&facts)[0].light, Light::Yellow);
}

#[test]
fn a_master_key_that_others_can_read_is_red_with_the_command_that_mends_it() {
    let mut facts = facts();
    facts.house.master_key = MasterKey::File { path: Some("/srv/fernamt.key".into()), open_to_others: true };

    assert_trouble(&company(), &facts, (Light::Red, Area::House), &["chmod 600 /srv/fernamt.key"]);
    facts.house.master_key = MasterKey::File { path: None, open_to_others: true };
    assert_trouble(&company(), &facts, (Light::Red, Area::House), &["whoever runs the server"]);
}

#[test]
fn a_key_that_is_not_accepted_is_one_red_point_and_what_hangs_on_it_is_yellow() {
    let mut at_retell = facts();
    at_retell.retell.numbers = Asked::BadKey;
    at_retell.retell.agents.clear();
    let mut at_calcom = facts();
    at_calcom.accounts.get_mut(&account()).unwrap().me = Asked::BadKey;
    at_calcom.event_types.values_mut().for_each(|known| known.event_type = Asked::BadKey);

    for (facts, area, words) in [
        (at_retell, Area::Retell, "[company.retell]: api_key"),
        (at_calcom, Area::Account, "[company.calcom]: api_key"),
    ] {
        let found = troubles(&company(), &facts);
        let red: Vec<&Finding> = found.iter().filter(|finding| finding.light == Light::Red).collect();
        assert_eq!(red.len(), 1, "{found:#?}");
        assert_eq!(red[0].area, area);
        assert!(red[0].fix.as_ref().unwrap().contains(words), "{red:?}");
        assert_eq!(found.len(), 3, "{found:#?}");
    }
}

#[test]
fn a_number_retell_does_not_know_or_gives_to_another_agent_is_red() {
    let mut unknown = facts();
    unknown.retell.numbers = Asked::Known(Vec::new());
    let mut strange = facts();
    let other = Binding { agent_id: "agent_b".into(), version: None };
    strange.retell.numbers = Asked::Known(vec![Number { inbound_agents: vec![other], ..number() }]);
    let mut silent = facts();
    silent.retell.numbers = Asked::Known(vec![Number { inbound_agents: Vec::new(), ..number() }]);

    assert_trouble(&company(), &unknown, (Light::Red, Area::Number), &[NUMBER, "buy or import"]);
    assert_trouble(&company(), &strange, (Light::Red, Area::Number), &["agent_b", "choose agent agent_a"]);
    assert_trouble(&company(), &silent, (Light::Red, Area::Number), &["no agent", "choose agent agent_a"]);
}

#[test]
fn a_hotline_may_be_answered_by_any_agent_of_the_company() {
    let mut company = company();
    company.hotlines = std::mem::take(&mut company.branches[0].numbers);
    let mut strange = facts();
    let other = Binding { agent_id: "agent_b".into(), version: None };
    strange.retell.numbers = Asked::Known(vec![Number { inbound_agents: vec![other], ..number() }]);

    assert_eq!(troubles(&company, &facts()), []);
    assert_trouble(&company, &strange, (Light::Red, Area::Number), &["one of this company's agents"]);
}

#[test]
fn a_number_that_does_not_ask_while_it_rings_is_yellow() {
    let mut facts = facts();
    facts.retell.numbers = Asked::Known(vec![Number { inbound_webhook_url: None, ..number() }]);

    assert_trouble(&company(), &facts, (Light::Yellow, Area::Number), &[&inbound_url(URL)]);
}

#[test]
fn an_agent_that_is_gone_is_a_draft_or_tells_others_is_red() {
    let mut gone = facts();
    gone.retell.agents.insert(AGENT.into(), Asked::Known(None));
    let draft = with_agent(|agent| agent.is_published = false);
    let elsewhere = with_agent(|agent| agent.webhook_url = Some("https://other.example/hook".into()));
    let deaf = with_agent(|agent| agent.webhook_events = Some(vec!["call_started".into()]));

    let red = (Light::Red, Area::Agent);
    assert_trouble(&company(), &gone, red, &["has no agent agent_a"]);
    assert_trouble(&company(), &draft, red, &["draft", "publish"]);
    assert_trouble(&company(), &elsewhere, red, &["other.example", &webhook_url(URL)]);
    assert_trouble(&company(), &deaf, red, &["call_ended, call_analyzed"]);
}

#[test]
fn an_agent_without_a_webhook_of_its_own_is_yellow_since_the_workspaces_cannot_be_read() {
    let facts = with_agent(|agent| agent.webhook_url = None);

    assert_trouble(&company(), &facts, (Light::Yellow, Area::Agent), &["cannot be read", &webhook_url(URL)]);
}

#[test]
fn a_function_that_goes_elsewhere_or_hides_its_call_is_red() {
    let broken = |change: fn(&mut Tool)| {
        with_agent(|agent| {
            let mut tools = ["check_availability", "collect_appointment"].map(tool).to_vec();
            change(&mut tools[0]);
            agent.tools = Asked::Known(Some(tools));
        })
    };
    let red = (Light::Red, Area::Function);

    let elsewhere = broken(|tool| tool.url = "https://other.example/f?token=secret".into());
    let (_, _, text) = the_trouble(&company(), &elsewhere);
    assert!(text.contains(&function_url(URL, "check_availability")) && !text.contains("secret"), "{text}");
    assert_trouble(&company(), &broken(|tool| tool.url.push('x')), red, &["does not have"]);
    assert_trouble(&company(), &broken(|tool| tool.args_at_root = true), red, &["args only"]);
    assert_trouble(&company(), &broken(|tool| tool.method = "GET".into()), red, &["method = POST"]);
    let slow = broken(|tool| tool.timeout_ms = None);
    assert_trouble(&company(), &slow, (Light::Yellow, Area::Function), &["two minutes", "8000"]);
}

#[test]
fn a_function_without_a_parameter_for_what_callers_say_is_yellow_and_names_it() {
    let facts = with_agent(|agent| {
        let mut tools = ["check_availability", "collect_appointment"].map(tool).to_vec();
        tools[1].parameters.remove("bestaetigung");
        agent.tools = Asked::Known(Some(tools));
    });

    let yellow = (Light::Yellow, Area::Function);
    assert_trouble(&company(), &facts, yellow, &["collect_appointment has no parameter for bestaetigung"]);

    let mut without_yes = company();
    without_yes.policy.require_confirmation = false;
    let found = troubles(&without_yes, &facts);
    assert!(found.iter().all(|finding| finding.area != Area::Function), "{found:#?}");
}

#[test]
fn an_agent_that_does_not_say_what_it_is_is_red() {
    let facts = with_agent(|agent| agent.tells_ai = Some(false));

    assert_trouble(&company(), &facts, (Light::Red, Area::Agent), &["an AI answers", "KI-Assistent"]);
    let unread = with_agent(|agent| agent.tells_ai = None);
    assert_eq!(troubles(&company(), &unread), []);
}

#[test]
fn an_agent_without_our_functions_books_only_what_is_left_in_its_variables() {
    let facts = with_agent(|agent| agent.tools = Asked::Known(Some(Vec::new())));

    assert_trouble(
        &company(),
        &facts,
        (Light::Yellow, Area::Function),
        &["check_availability and collect_appointment", &function_url(URL, "collect_appointment")],
    );
}

#[test]
fn places_without_numbers_hours_services_or_opening_are_named() {
    let mut silent = company();
    silent.branches[0].numbers.clear();
    let mut always = company();
    always.branches[0].opening = None;
    let mut closed = company();
    let range = DateRange::parse("2026-10-01/2026-12-31").unwrap();
    closed.branches[0].opening.as_mut().unwrap().closures.push(range);
    let mut paused = company();
    paused.branches[0].paused = true;
    let mut empty = company();
    empty.branches[0].services.clear();
    let mut nowhere = company();
    nowhere.branches.clear();

    let (red, yellow) = ((Light::Red, Area::Branch), (Light::Yellow, Area::Branch));
    assert_trouble(&silent, &facts(), red, &["phone_numbers"]);
    assert_trouble(&always, &facts(), yellow, &["hours ="]);
    assert_trouble(&closed, &facts(), red, &["closed for the next 14 days"]);
    assert_trouble(&paused, &facts(), yellow, &["paused = false"]);
    assert_trouble(&empty, &facts(), red, &["[[branch.service]]"]);
    assert_trouble(&nowhere, &facts(), red, &["[[branch]]"]);
}

#[test]
fn an_event_type_of_another_length_is_red_since_its_own_length_is_booked() {
    let longer = with_event_type(|kind| kind.length_minutes = Some(45));
    let several = with_event_type(|kind| {
        (kind.length_minutes, kind.length_options) = (Some(45), vec![30, 45]);
    });

    assert_trouble(
        &company(),
        &longer,
        (Light::Red, Area::Service),
        &["mitte/haarschnitt", "duration_minutes = 45"],
    );
    assert_trouble(&company(), &several, (Light::Red, Area::Service), &["unless told otherwise"]);
}

#[test]
fn an_event_type_nobody_finds_is_red() {
    let mut facts = facts();
    facts
        .event_types
        .insert((account(), 1001), Knowledge { event_type: Asked::Known(None), has_listed_booking: false });

    assert_trouble(
        &company(),
        &facts,
        (Light::Red, Area::Service),
        &["no event type 1001", "event_type_id ="],
    );
}

#[test]
fn kinds_that_the_telephone_cannot_book_are_red() {
    let cases: [(Change<EventType>, &str); 8] = [
        (|kind| kind.price = 1_000, "costs money"),
        (|kind| kind.requires_email_verification = true, "verified"),
        (|kind| kind.requires_authentication = true, "log-in"),
        (|kind| kind.is_instant = true, "instant"),
        (|kind| kind.scheduling = Scheduling::Managed, "managed"),
        (|kind| kind.seats = Some(8), "seats"),
        (|kind| kind.is_recurring = true, "series"),
        (|kind| kind.required_questions = vec!["grund".into()], "make grund optional"),
    ];
    for (change, words) in cases {
        assert_trouble(&company(), &with_event_type(change), (Light::Red, Area::Service), &[words]);
    }
}

#[test]
fn kinds_that_mean_something_else_than_a_caller_thinks_are_yellow() {
    let cases: [(Change<EventType>, &str); 9] = [
        (|kind| kind.requires_confirmation = true, "only requested"),
        (|kind| kind.is_hidden = true, "hidden"),
        (|kind| kind.minimum_notice_minutes = 120, "min_notice_minutes = 120"),
        (|kind| kind.buffer_minutes = 10, "10 minutes free"),
        (|kind| kind.window_days = Some(30), "max_horizon_days = 30"),
        (|kind| kind.window_until = Some(jiff::civil::date(2026, 10, 31)), "later times are never free"),
        (|kind| kind.disables_cancelling = true, "cannot be called off"),
        (|kind| kind.disables_rescheduling = true, "switch off \"Disable rescheduling\""),
        (|kind| (kind.disables_cancelling, kind.disables_rescheduling) = (true, true), "moved or called off"),
    ];
    for (change, words) in cases {
        assert_trouble(&company(), &with_event_type(change), (Light::Yellow, Area::Service), &[words]);
    }
}

#[test]
fn one_host_in_two_calendars_is_red_and_two_hosts_in_one_calendar_yellow() {
    let mut torn = facts();
    torn.event_types.insert((account(), 1002), known("1"));
    let mut shared = company();
    shared.branches[0].services[1].offers[0].calendar = Uuid::from_u128(10).into();

    assert_trouble(&company(), &torn, (Light::Red, Area::Calendar), &["anna and bea", "calendar = \"anna\""]);
    assert_trouble(&shared, &facts(), (Light::Yellow, Area::Calendar), &["anna", "2 different hosts"]);
}

#[test]
fn a_pool_that_is_smaller_or_larger_than_the_file_says_is_told_with_the_number() {
    let shared = with_event_type(|kind| {
        kind.scheduling = Scheduling::RoundRobin;
        kind.hosts = vec!["1".into(), "7".into()];
    });
    let with_hosts = |hosts| {
        let mut company = company();
        company.calendars[0].hosts = hosts;
        company
    };

    assert_trouble(
        &with_hosts(1),
        &shared,
        (Light::Yellow, Area::Calendar),
        &["2 hosts share it", "hosts = 2"],
    );
    assert_trouble(&with_hosts(3), &shared, (Light::Red, Area::Calendar), &["3 callers", "hosts = 2"]);
    assert_trouble(&with_hosts(2), &facts(), (Light::Red, Area::Calendar), &["2 callers", "hosts = 1"]);
}

#[test]
fn bookings_of_others_that_nobody_has_listed_yet_are_yellow() {
    let mut facts = facts();
    facts.event_types.insert((account(), 1002), known("2"));

    assert_trouble(&company(), &facts, (Light::Yellow, Area::Service), &["mitte/bart", "belongs to user 1"]);
}

#[test]
fn a_key_that_may_not_list_bookings_is_red() {
    let mut facts = facts();
    facts.accounts.get_mut(&account()).unwrap().lists = Asked::BadKey;

    assert_trouble(&company(), &facts, (Light::Red, Area::Account), &["could not be looked for"]);
}

#[test]
fn a_secret_for_webhooks_without_a_webhook_that_tells_everything_is_yellow() {
    let mut company = company();
    company.accounts[0].webhook_secret = Some(SecretString::from("whsec_erfunden"));
    let url = calcom_webhook_url(&facts().house.public_url, "salon");
    let whole = Subscription {
        url: url.clone(),
        is_active: true,
        triggers: [
            "BOOKING_CREATED",
            "BOOKING_REQUESTED",
            "BOOKING_RESCHEDULED",
            "BOOKING_CANCELLED",
            "BOOKING_REJECTED",
        ]
        .map(str::to_owned)
        .to_vec(),
    };
    let told = |hooks: Vec<Subscription>| {
        let mut facts = facts();
        facts.accounts.get_mut(&account()).unwrap().webhooks = Asked::Known(hooks);
        facts
    };
    let part = Subscription { triggers: whole.triggers[..3].to_vec(), ..whole.clone() };
    let off = Subscription { is_active: false, ..whole.clone() };
    let yellow = (Light::Yellow, Area::Account);

    assert_eq!(troubles(&company, &told(vec![whole])), []);
    assert_eq!(troubles(&company, &facts()), [], "what was not asked is not complained of");
    assert_trouble(&company, &told(Vec::new()), yellow, &[&url, "BOOKING_CREATED", "the same secret"]);
    assert_trouble(&company, &told(vec![part]), yellow, &["add BOOKING_CANCELLED, BOOKING_REJECTED"]);
    assert_trouble(&company, &told(vec![off]), yellow, &["switch on"]);
}

#[test]
fn without_a_domain_for_callers_it_depends_on_what_cal_com_asks_for() {
    let mut company = company();
    company.accounts[0].attendee_email_domain = None;
    let mut phone_only = facts();
    for known in phone_only.event_types.values_mut() {
        if let Asked::Known(Some(event_type)) = &mut known.event_type {
            event_type.allows_phone_only = true;
        }
    }

    assert_trouble(&company, &facts(), (Light::Red, Area::Account), &["attendee_email_domain ="]);
    assert_trouble(&company, &phone_only, (Light::Yellow, Area::Account), &["attendee_email_domain ="]);
}

#[test]
fn rules_that_may_not_be_meant_are_named() {
    let with = |change: fn(&mut Policy)| {
        let mut company = company();
        change(&mut company.policy);
        company
    };
    let cases: [(Change<Policy>, Light, &str); 6] = [
        (|policy| policy.test_mode = true, Light::Yellow, "test_mode = false"),
        (|policy| policy.hold_minutes = 0, Light::Yellow, "hold_minutes = 10"),
        (|policy| policy.require_confirmation = false, Light::Yellow, "require_confirmation = true"),
        (|policy| policy.alternatives_max = 9, Light::Yellow, "alternatives_max = 3"),
        (|policy| policy.holidays = Some("Berlin".into()), Light::Yellow, "DE-BE"),
        (|policy| policy.min_notice_minutes = 90 * 24 * 60, Light::Red, "max_horizon_days"),
    ];
    for (change, light, words) in cases {
        assert_trouble(&with(change), &facts(), (light, Area::Policy), &[words]);
    }
}

fn signed(signing: Signing) -> Finding {
    let mut facts = facts();
    facts.retell.signing = signing;
    let all = judge(&company(), &facts);
    all.into_iter().find(|finding| finding.subject == "webhook_key").unwrap()
}

#[test]
fn a_key_with_which_nothing_has_come_is_not_green_while_another_counts_or_something_was_refused() {
    let now = facts().now;
    let hours = |hours: i64| Some(now.checked_add(jiff::SignedDuration::from_hours(hours)).unwrap());
    let new = Signing { has_previous: true, previous_until: hours(72), ..Signing::default() };
    let refused = Signing { refused_at: hours(-1), ..Signing::default() };
    let light = |signing: Signing| signed(signing).light;

    assert_eq!(light(new), Light::Yellow);
    assert!(signed(new).what.contains("counts until 2026-10-17 08:05 UTC"), "{}", signed(new).what);
    assert_eq!(light(Signing { seen_at: hours(-2), ..new }), Light::Green);
    assert_eq!(light(refused), Light::Red);
    assert_eq!(light(Signing { seen_at: hours(-2), ..refused }), Light::Yellow);
    assert_eq!(light(Signing { seen_at: hours(0), ..refused }), Light::Green);
    assert_eq!(light(Signing { refused_at: hours(-25), ..Signing::default() }), Light::Green, "long ago");
}

#[test]
fn where_nobody_was_asked_nothing_is_said_to_be_ready() {
    let yellow = vec![Finding::yellow(Area::Retell, "api_key", "Retell was not asked", "ask")];
    let red = vec![Finding::red(Area::Agent, "mitte", "no agent", "name one")];

    assert_eq!(Report::of("salon", yellow).unasked().next, UNASKED);
    assert_eq!(Report::of("salon", red).unasked().next, "name one");
}
