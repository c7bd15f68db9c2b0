//! Tests of what a deployment would do: what is ours is merged, everything else stays in its very letters.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;

const URL: &str = "https://fernamt.example";
const NUMBER: &str = "+493083793369";
/// Written as no program of ours would write it.
const FOREIGN: &str = r#"{"type":"send_sms", "name":"sms","zeta":1.0,"alpha":1e3,
  "headers":{"Authorization":"Bearer {{x}}","A":"\u00e4"}}"#;

fn place() -> Place {
    Place {
        agent_id: "agent_a".into(),
        numbers: vec![NUMBER.into()],
        hotlines: Vec::new(),
        public_url: URL.into(),
        removes_legacy: false,
    }
}

fn object(value: &Value) -> Object {
    Object::parse(&value.to_string()).unwrap()
}

fn number(binding: &Value) -> Object {
    object(&json!({"phone_number": NUMBER, "inbound_agents": binding, "nickname": "Empfang"}))
}

/// An agent with an engine of these letters, answering in its only version.
fn standing(kind: &str, engine: &str, binding: &Value) -> AtRetell {
    let of = match kind {
        "retell-llm" => json!({"type": kind, "llm_id": "llm_a", "version": 3}),
        "conversation-flow" => json!({"type": kind, "conversation_flow_id": "flow_a", "version": 3}),
        other => json!({"type": other, "llm_websocket_url": "wss://llm.example"}),
    };
    let agent = json!({"agent_id": "agent_a", "version": 3, "is_published": true, "response_engine": of});
    let answering = Version { agent: object(&agent), engine: Object::parse(engine) };
    AtRetell {
        contents: BTreeMap::from([(3, answering.clone())]),
        answering,
        versions: vec![Listed { version: 3, is_published: true }],
        numbers: vec![number(binding)],
        resolved: BTreeMap::from([("latest_published".into(), 3), ("latest".into(), 3), ("3".into(), 3)]),
    }
}

fn published() -> Value {
    json!([{"agent_id": "agent_a", "agent_version": "latest_published", "weight": 1}])
}

fn llm(tools: &str) -> AtRetell {
    let engine = format!(
        r#"{{"llm_id":"llm_a","version":3,"general_prompt":"Du bist der Empfang.","general_tools":[{tools}]}}"#
    );
    standing("retell-llm", &engine, &published())
}

fn flow(tools: &str, nodes: &str) -> AtRetell {
    let engine = format!(r#"{{"conversation_flow_id":"flow_a","tools":[{tools}],"nodes":[{nodes}]}}"#);
    standing("conversation-flow", &engine, &published())
}

/// As things stand once the plan has been carried out.
fn done(at: &AtRetell, plan: &Plan) -> AtRetell {
    let mut after = at.clone();
    after.answering.agent = at.answering.agent.with(&plan.agent);
    after.answering.engine = at.answering.engine.as_ref().map(|engine| engine.with(&plan.engine));
    for patch in &plan.numbers {
        for there in after
            .numbers
            .iter_mut()
            .filter(|there| there.string("phone_number").as_ref() == Some(&patch.number))
        {
            *there = there.with(&patch.members);
        }
    }
    after
}

fn names(plan: &Plan, list: &str) -> Vec<String> {
    plan.engine.objects(list).iter().filter_map(|tool| tool.string("name")).collect()
}

fn whats(plan: &Plan) -> Vec<String> {
    plan.changes.iter().map(|change| format!("{} {}", change.subject, change.what)).collect()
}

#[test]
fn a_second_plan_has_nothing_to_change() {
    for at in [llm(FOREIGN), flow(FOREIGN, ""), standing("custom-llm", "null", &json!([]))] {
        let wanted = Wanted::plain(URL);
        let first = plan(&at, &wanted, &place());

        let second = plan(&done(&at, &first), &wanted, &place());

        assert!(!first.is_empty());
        assert_eq!(second.changes, [], "{second:?}");
        assert!(!second.makes_version && second.numbers.is_empty());
    }
}

#[test]
fn tools_of_others_stay_in_their_very_letters() {
    let plan = plan(&llm(FOREIGN), &Wanted::plain(URL), &place());

    assert!(plan.engine.text().contains(FOREIGN), "{}", plan.engine.text());
    assert_eq!(names(&plan, "general_tools").len(), 10);
}

#[test]
fn of_a_function_of_ours_only_what_is_set_from_here_changes() {
    let there = r#"{"headers":{"X-Key":"geheim"},"type":"custom","name":"check_availability",
        "url":"https://old.example/api/mcp/gateway/retell/functions/check_availability?key=geheim",
        "description":"alt","max_retry":2,"speak_after_execution":false,"response_variables":{"a":"b"}}"#;
    let plan = plan(&llm(there), &Wanted::plain(URL), &place());

    let tool = &plan.engine.objects("general_tools")[0];

    assert_eq!(tool.value("url"), format!("{URL}/api/mcp/gateway/retell/functions/check_availability"));
    assert_eq!(tool.value("headers"), json!({"X-Key": "geheim"}));
    assert_eq!((tool.value("max_retry"), tool.value("speak_after_execution")), (json!(0), json!(true)));
    assert_eq!(tool.value("response_variables"), json!({"a": "b"}));
    assert_eq!(tool.keys().next(), Some("headers"));
    assert!(!format!("{:?}", plan.changes).contains("geheim"));
}

#[test]
fn what_is_switched_off_goes_and_what_is_known_by_its_address_is_taken_over() {
    let there = format!(
        r#"{{"type":"custom","name":"opening_hours","url":"{URL}/api/mcp/gateway/retell/functions/opening_hours"}},
           {{"type":"custom","name":"termin_pruefen","url":"{URL}/api/mcp/gateway/retell/functions/check_availability"}}"#
    );
    let mut wanted = Wanted::plain(URL);
    wanted.functions.iter_mut().for_each(|function| function.is_on = function.name == "check_availability");

    let plan = plan(&llm(&there), &wanted, &place());

    assert_eq!(names(&plan, "general_tools"), ["check_availability"]);
    assert!(whats(&plan).contains(&"opening_hours is taken away: it is switched off".to_owned()));
}

#[test]
fn in_a_flow_what_a_node_calls_is_never_taken_away_and_who_calls_nothing_is_told() {
    let there = r#"{"type":"custom","name":"opening_hours","tool_id":"t1","url":"https://x.example"}"#;
    let node = r#"{"id":"n1","type":"function","tool_id":"t1"}"#;
    let mut wanted = Wanted::plain(URL);
    wanted.functions.iter_mut().for_each(|function| function.is_on = function.name == "check_availability");

    let plan = plan(&flow(there, node), &wanted, &place());

    assert_eq!(names(&plan, "tools"), ["opening_hours", "check_availability"]);
    assert_eq!(plan.engine.objects("tools")[1].value("tool_id"), "tool-fernamt-check_availability");
    assert!(
        plan.remarks
            .iter()
            .any(|remark| remark.contains("opening_hours is switched off, and stays because a node calls it"))
    );
    assert!(plan.notes.iter().any(|note| note.starts_with("no node calls check_availability")));
}

#[test]
fn a_function_in_a_state_or_a_subagent_is_set_there_and_not_given_a_second_time() {
    let tool = r#"{"z":1.0,"type":"custom","name":"check_availability","url":"https://x.example"}"#;
    let state = format!(
        r#"{{"general_tools":[],"states":[{{"name":"buchen","edges":[{{"a":1e3}}],"tools":[{FOREIGN},{tool}]}}]}}"#
    );
    let node = format!(r#"{{"id":"n1","type":"subagent","tools":[{tool}]}}"#);
    let engines = [
        (standing("retell-llm", &state, &published()), "states", "general_tools", " in state buchen"),
        (flow("", &node), "nodes", "tools", " in node n1"),
    ];
    for (at, part, list, whereabouts) in engines {
        let wanted = Wanted::plain(URL);
        let first = plan(&at, &wanted, &place());

        let second = plan(&done(&at, &first), &wanted, &place());

        assert!(!names(&first, list).contains(&"check_availability".to_owned()));
        assert!(whats(&first).contains(&format!("check_availability url{whereabouts}")), "{first:?}");
        let parts = first.engine.raw(part).unwrap().get();
        assert!(parts.contains("/functions/check_availability") && parts.contains(r#""z":1.0"#), "{parts}");
        assert!(part == "nodes" || (parts.contains(FOREIGN) && parts.contains("1e3")), "{parts}");
        assert!(second.is_empty(), "{second:?}");
        let goal = Goal::wanted(&at.answering, &first, &wanted, &place());
        assert!(goal.is_met(goal.target()) && !goal.is_met(&at.answering));
    }
}

#[test]
fn what_is_switched_off_or_no_longer_accepted_goes_from_states_too() {
    let engine = format!(
        r#"{{"general_tools":[],"states":[{{"name":"buchen","tools":[
            {{"type":"custom","name":"cancel_appointment","url":"{URL}/api/mcp/gateway/retell/functions/cancel_appointment"}},
            {{"type":"book_appointment_cal","name":"cal"}}]}}]}}"#
    );
    let at = standing("retell-llm", &engine, &published());
    let mut wanted = Wanted::plain(URL);
    wanted.functions.iter_mut().for_each(|one| one.is_on = one.name != "cancel_appointment");

    let refused = plan(&at, &wanted, &place());
    let taken = plan(&at, &wanted, &Place { removes_legacy: true, ..place() });

    assert!(refused.obstacles[0].contains("(cal)"), "{refused:?}");
    assert_eq!(
        (taken.obstacles.len(), taken.engine.value("states")),
        (0, json!([{"name": "buchen", "tools": []}]))
    );
    let gone = "cancel_appointment is taken away in state buchen: it is switched off".to_owned();
    assert!(whats(&taken).contains(&gone), "{taken:?}");
}

#[test]
fn a_name_of_ours_that_stands_in_a_state_for_something_else_is_an_obstacle_before_anything_is_sent() {
    let engine = r#"{"general_tools":[],"states":[{"name":"a","tools":[{"type":"integration_app","name":"list_services"}]}]}"#;

    let plan = plan(&standing("retell-llm", engine, &published()), &Wanted::plain(URL), &place());

    assert!(plan.obstacles[0].contains("integration_app that is called list_services"), "{plan:?}");
    assert!(!plan.is_empty());
}

#[test]
fn what_went_elsewhere_brings_no_secret_along_and_a_twin_of_somebody_elses_stays() {
    let there = format!(
        r#"{{"type":"custom","name":"opening_hours","url":"https://erp.example/hours?key=geheim","headers":{{"Authorization":"geheim"}},
            "query_params":{{"k":"geheim"}}}},
           {{"type":"custom","name":"collect_appointment_data","url":"https://erp.example/collect","headers":{{"Authorization":"geheim"}}}},
           {{"type":"custom","name":"collect_appointment","url":"{URL}/api/mcp/gateway/retell/functions/collect_appointment",
             "headers":{{"X-Proxy":"eigen"}}}}"#
    );
    let plan = plan(&llm(&there), &Wanted::plain(URL), &place());

    let tools = plan.engine.objects("general_tools");

    assert_eq!((tools[0].value("headers"), tools[0].value("query_params")), (Value::Null, Value::Null));
    assert_eq!(tools[1].value("url"), "https://erp.example/collect");
    assert_eq!(tools[2].value("headers"), json!({"X-Proxy": "eigen"}));
    assert!(
        plan.notes
            .iter()
            .any(|note| note.starts_with("opening_hours went to https://erp.example/hours until now"))
    );
    assert!(
        plan.notes
            .iter()
            .any(|note| note.starts_with("collect_appointment_data goes to https://erp.example"))
    );
    assert!(!format!("{:?}{:?}", plan.changes, plan.notes).contains("geheim"));
}

#[test]
fn former_calcom_tools_stand_in_the_way_until_their_removal_is_asked_for() {
    let at = llm(
        r#"{"type":"check_availability_cal","name":"check_cal","cal_api_key":"geheim","event_type_id":1}"#,
    );

    let refused = plan(&at, &Wanted::plain(URL), &place());
    let taken = plan(&at, &Wanted::plain(URL), &Place { removes_legacy: true, ..place() });

    assert!(refused.obstacles[0].contains("check_cal") && refused.obstacles[0].contains("--remove-legacy"));
    assert_eq!(taken.obstacles, [""; 0]);
    assert!(!taken.engine.text().contains("check_cal\""));
}

#[test]
fn a_tool_of_another_kind_under_a_name_of_ours_stands_in_the_way() {
    let plan = plan(&llm(r#"{"type":"mcp","name":"list_services"}"#), &Wanted::plain(URL), &place());

    assert_eq!(
        plan.obstacles,
        ["the agent has a tool of the kind mcp that is called list_services: rename it at Retell"]
    );
}

#[test]
fn a_prompt_of_somebody_elses_is_touched_between_our_marks_only_and_not_at_all_unasked() {
    let at = |prompt: &str| {
        let engine = json!({"general_tools": [], "general_prompt": prompt}).to_string();
        standing("retell-llm", &engine, &published())
    };
    let wanted = Wanted { prompt: Some("Neu.".into()), ..Wanted::plain(URL) };
    let prompt = |prompt: &str, wanted| plan(&at(prompt), wanted, &place()).engine.value("general_prompt");

    assert_eq!(
        prompt("A <!-- fernamt -->alt<!-- /fernamt --> Z", &wanted),
        "A <!-- fernamt -->\nNeu.\n<!-- /fernamt --> Z"
    );
    assert_eq!(prompt("alt", &wanted), "Neu.");
    assert_eq!(prompt("alt", &Wanted::plain(URL)), Value::Null);
}

#[test]
fn numbers_follow_what_is_published_and_whoever_shares_one_keeps_the_share() {
    let shared = json!([{"agent_id": "agent_a", "agent_version": 3, "weight": 0.25, "x": "y"},
                        {"agent_id": "agent_b", "weight": 0.75}]);
    let mut at = llm("");
    at.numbers = vec![number(&shared)];

    let plan = plan(&at, &Wanted::plain(URL), &place());

    let agents = plan.numbers[0].members.value("inbound_agents");
    let ours = json!({"agent_id": "agent_a", "agent_version": "latest_published", "weight": 0.25, "x": "y"});
    assert_eq!(agents, json!([ours, {"agent_id": "agent_b", "weight": 0.75}]));
    assert!(plan.holds.is_empty());
}

#[test]
fn a_number_that_follows_drafts_is_kept_where_it_is_while_a_draft_is_made() {
    let mut at = llm("");
    at.numbers = vec![number(&json!([{"agent_id": "agent_a", "weight": 1}]))];

    let plan = plan(&at, &Wanted::plain(URL), &place());

    assert_eq!(plan.holds[0].members.value("inbound_agents")[0]["agent_version"], 3);
    assert_eq!(plan.numbers[0].members.value("inbound_agents")[0]["agent_version"], "latest_published");
}

#[test]
fn who_moves_to_what_is_published_finds_there_what_answered_before() {
    let wanted = Wanted::plain(URL);
    let mut at = llm("");
    at = done(&at, &plan(&at, &wanted, &place()));
    at.numbers = vec![
        number(&json!([{"agent_id": "agent_a", "agent_version": 3, "weight": 1}]))
            .with(&object(&json!({"inbound_webhook_url": wanted.inbound_webhook_url}))),
    ];
    let alone = plan(&at, &wanted, &place());
    at.versions.push(Listed { version: 5, is_published: true });

    let behind = plan(&at, &wanted, &place());

    assert!(!alone.makes_version && behind.makes_version);
    assert!(
        behind.notes.iter().any(|note| note.starts_with("version 5 was published after version 3")),
        "{behind:?}"
    );
}

#[test]
fn events_count_as_a_set_and_where_none_are_named_the_vendors_default_does() {
    let mut at = llm("");
    at.answering.agent = at.answering.agent.with(&object(&json!({
        "webhook_url": format!("{URL}/api/webhooks/retell"), "webhook_timeout_ms": 10_000.0
    })));
    let mut named = at.clone();
    let events = json!(["call_ended", "call_started", "call_analyzed"]);
    named.answering.agent.set("webhook_events", &events);

    for at in [at, named] {
        assert!(plan(&at, &Wanted::plain(URL), &place()).agent.is_empty());
    }
}

#[test]
fn a_draft_is_as_it_is_to_be_with_defaults_of_the_vendors_but_not_with_anything_else_changed() {
    let at = llm(FOREIGN);
    let wanted = Wanted::plain(URL);
    let plan = plan(&at, &wanted, &place());
    let goal = Goal::wanted(&at.answering, &plan, &wanted, &place());
    let mut draft = goal.target().clone();
    draft.agent.set("version", &json!(4));
    let mut tools = draft.engine.as_ref().unwrap().value("general_tools");
    tools[1]["enable_typing_sound"] = json!(false);
    draft.engine.as_mut().unwrap().set("general_tools", &tools);

    assert!(goal.is_met(&draft));
    assert!(!goal.is_met(&at.answering));
    let mut other = draft.clone();
    other.engine.as_mut().unwrap().set("general_prompt", &json!("anders"));
    assert!(!goal.is_met(&other));
    tools[0]["zeta"] = json!(2);
    draft.engine.as_mut().unwrap().set("general_tools", &tools);
    assert!(!goal.is_met(&draft));
}

#[test]
fn what_differs_in_every_version_is_no_difference_and_what_is_too_much_goes() {
    let one =
        object(&json!({"version": 3, "a": 1, "b": 2.0, "response_engine": {"llm_id": "x", "version": 3}}));
    let other = object(
        &json!({"version": 4, "a": 2, "b": 2, "c": 1, "response_engine": {"llm_id": "x", "version": 4}}),
    );

    assert_eq!(differences(&one, &other).text(), r#"{"a":1,"c":null}"#);
}

/// The same agent once a deployment has made and published a version above it.
fn deployed(before: &AtRetell, plan: &Plan) -> AtRetell {
    let mut after = done(before, plan);
    let version = 1 + after.latest().unwrap();
    after.answering.agent.set("version", &json!(version));
    after.versions.push(Listed { version, is_published: true });
    after.contents.insert(version, after.answering.clone());
    after.resolved.extend(["latest", "latest_published"].map(|word| (word.to_owned(), version)));
    after
}

#[test]
fn what_was_kept_before_it_was_known_who_hears_what_still_leads_back() {
    let before = llm("");
    let first = plan(&before, &Wanted::plain(URL), &place());
    let mut kept: Value = serde_json::to_value(Saved::of(&before, &place())).unwrap();
    for member in ["published", "latest", "resolved", "contents", "follows_drafts"] {
        kept.as_object_mut().unwrap().remove(member);
    }
    let saved: Saved = serde_json::from_str(&kept.to_string()).unwrap();

    let way = saved.way_back(&deployed(&before, &first), &place()).unwrap();

    assert!(way.goal.unwrap().is_met(&before.answering) && way.plan.makes_version);
    assert_eq!(way.plan.numbers[0].members.value("inbound_webhook_url"), Value::Null);
    assert!(saved.way_back(&before, &place()).unwrap().plan.changes.is_empty());
}

#[test]
fn who_followed_a_draft_beside_others_who_did_not_is_kept_on_it_and_it_is_said() {
    const OTHER: &str = "+493083793370";
    let mut before = llm("");
    let mut draft = before.answering.clone();
    draft.agent.set("version", &json!(4));
    draft.agent.set("voice_id", &json!("halb"));
    before.versions.push(Listed { version: 4, is_published: false });
    before.contents.insert(4, draft);
    before.resolved.insert("latest".into(), 4);
    let follows = json!([{"agent_id": "agent_a", "agent_version": "latest", "weight": 1}]);
    before.numbers.push(object(&json!({"phone_number": OTHER, "inbound_agents": follows})));
    let place = Place { numbers: vec![NUMBER.into(), OTHER.into()], ..place() };
    let first = plan(&before, &Wanted::plain(URL), &place);

    let way = Saved::of(&before, &place).way_back(&deployed(&before, &first), &place).unwrap();

    assert!(way.goal.unwrap().is_met(&before.answering), "what was published is published again");
    assert_eq!(way.plan.early[0].number, OTHER);
    assert_eq!(way.plan.early[0].members.value("inbound_agents")[0]["agent_version"], 4);
    assert!(way.plan.notes[0].starts_with(&format!("{OTHER} is kept on version 4")), "{:?}", way.plan.notes);
}

#[test]
fn a_draft_that_was_left_behind_is_withdrawn_where_somebody_outside_hears_it() {
    let mut before = llm("");
    let follows = json!([{"agent_id": "agent_a", "agent_version": "latest", "weight": 1}]);
    before.numbers.push(object(&json!({"phone_number": "+493083793399", "inbound_agents": follows})));
    let saved = Saved::of(&before, &place());
    let mut failed = before.clone();
    let mut draft = before.answering.clone();
    draft.agent.set("webhook_url", &json!(URL));
    failed.versions.push(Listed { version: 4, is_published: false });
    failed.contents.insert(4, draft);
    failed.resolved.insert("latest".into(), 4);

    let way = saved.way_back(&failed, &place()).unwrap();

    assert!(way.goal.is_some() && !way.plan.changes.is_empty(), "{:?}", way.plan);
    assert!(saved.way_back(&before, &place()).unwrap().goal.is_none());
}
