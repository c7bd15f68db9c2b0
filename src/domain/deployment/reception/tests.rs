//! Tests of what a company sets: what is taken, what is refused, and which of several settings counts.

use serde_json::json;

use super::*;
use crate::domain::speech::Language;

fn change(of: serde_json::Value) -> FunctionChange {
    serde_json::from_value(of).unwrap()
}

fn shown_as(reception: &Reception, name: &str) -> WantedFunction {
    reception.function(entry(name).unwrap(), Place::plain(Language::De))
}

#[test]
fn what_was_set_is_offered_and_null_goes_back_to_the_usual() {
    let mut reception = Reception::default();
    let usual = shown_as(&reception, "cancel_appointment");
    let own = json!({"enabled": false, "description": "Nur auf Nachfrage.", "timeout_ms": 5000, "speak_during": ""});

    reception.change_function("cancel_appointment", change(own)).unwrap();
    let set = shown_as(&reception, "cancel_appointment");

    assert_eq!((set.is_on, set.description.as_str(), set.timeout_ms), (false, "Nur auf Nachfrage.", 5_000));
    assert_eq!(set.speak_during, None);
    let back = json!({"enabled": null, "description": null, "timeout_ms": null, "speak_during": null});
    reception.change_function("cancel_appointment", change(back)).unwrap();
    assert_eq!(shown_as(&reception, "cancel_appointment"), usual);
    assert_eq!(reception, Reception::default());
}

#[test]
fn a_field_that_is_left_out_stays() {
    let mut reception = Reception::default();
    reception.change_function("list_services", change(json!({"timeout_ms": 3000}))).unwrap();

    reception.change_function("list_services", change(json!({"enabled": false}))).unwrap();

    let set = shown_as(&reception, "list_services");
    assert_eq!((set.is_on, set.timeout_ms), (false, 3_000));
}

#[test]
fn a_parameter_is_described_by_its_german_or_english_name() {
    let mut reception = Reception::default();

    let words = json!({"parameters": {"date": "Der Tag der Inspektion."}});
    reception.change_function("check_availability", change(words)).unwrap();

    let set = shown_as(&reception, "check_availability");
    assert_eq!(set.parameters["properties"]["datum"]["description"], "Der Tag der Inspektion.");
    let back = json!({"parameters": {"datum": null}});
    reception.change_function("check_availability", change(back)).unwrap();
    assert_eq!(reception, Reception::default());
}

#[test]
fn what_cannot_be_is_refused_with_what_can_and_nothing_is_taken() {
    let long = "x".repeat(1_001);
    let refused = [
        ("book", json!({}), "there is no function \"book\"; there are check_availability"),
        ("list_services", json!({"enabled": false, "timeout_ms": 999}), "timeout_ms must be 1000 to 15000"),
        ("list_services", json!({"timeout_ms": 15_001}), "timeout_ms must be 1000 to 15000"),
        ("list_services", json!({"description": long}), "description must be at most 1000 characters"),
        (
            "opening_hours",
            json!({"parameters": {"tag": "x"}}),
            "has no parameter \"tag\"; it has datum, filiale",
        ),
    ];
    for (name, of, why) in refused {
        let mut reception = Reception::default();

        let error = reception.change_function(name, change(of)).unwrap_err().to_string();

        assert!(error.contains(why), "{error}");
        assert_eq!(reception, Reception::default());
    }
}

#[test]
fn events_are_those_of_retell_and_the_three_that_are_needed_cannot_be_left_out() {
    let mut reception = Reception::default();
    let mut take = |events: &[&str]| {
        let events = events.iter().map(|event| (*event).to_owned()).collect();
        let change = WebhookChange { webhook_events: Field::Given(Some(events)), ..WebhookChange::default() };
        reception.change_webhook(change).map(|()| reception.webhook_events().len())
    };

    assert_eq!(take(&["call_started", "call_ended", "call_analyzed", "transfer_started"]), Ok(4));
    assert!(
        take(&["call_started", "call_ended"]).unwrap_err().to_string().contains("must have call_analyzed")
    );
    assert!(take(&["call_begun"]).unwrap_err().to_string().contains("no event \"call_begun\""));
}

#[test]
fn a_branchs_settings_lie_over_the_companys_field_by_field() {
    let (mut company, mut branch) = (Reception::default(), Reception::default());
    company.change_function("list_services", change(json!({"enabled": false, "timeout_ms": 3000}))).unwrap();
    company
        .change_prompt(PromptChange { trade: Field::Given(Some(Trade::Salon)), ..PromptChange::default() })
        .unwrap();

    branch.change_function("list_services", change(json!({"enabled": true}))).unwrap();
    branch
        .change_prompt(PromptChange { author: Field::Given(Some(Author::Ours)), ..PromptChange::default() })
        .unwrap();

    let both = branch.over(&company);
    let set = shown_as(&both, "list_services");
    assert_eq!((set.is_on, set.timeout_ms), (true, 3_000));
    assert_eq!((both.trade(), both.author()), (Trade::Salon, Author::Ours));
}

#[test]
fn settings_that_are_kept_are_read_again_as_they_were_and_so_are_those_of_an_older_program() {
    let mut reception = Reception::default();
    reception.change_function("list_services", change(json!({"speak_during": "Moment."}))).unwrap();
    reception
        .change_prompt(PromptChange { extra: Field::Given(Some("Duze.".into())), ..PromptChange::default() })
        .unwrap();

    let kept = serde_json::to_value(&reception).unwrap();

    assert_eq!(serde_json::from_value::<Reception>(kept).unwrap(), reception);
    assert_eq!(serde_json::from_value::<Reception>(json!({})).unwrap(), Reception::default());
}

#[test]
fn the_marks_of_our_part_of_a_prompt_are_refused_and_signs_that_turn_others_round_go() {
    let mut reception = Reception::default();
    let change: PromptChange = serde_json::from_value(json!({"extra": "a <!-- /fernamt --> b"})).unwrap();
    let hidden = serde_json::from_value(json!({"description": "kurz\u{202e} und gut"})).unwrap();

    let refused = reception.change_prompt(change).unwrap_err().to_string();
    reception.change_function("check_availability", hidden).unwrap();

    assert!(refused.starts_with("extra must not have <!-- fernamt -->"), "{refused}");
    let entry = entry("check_availability").unwrap();
    let function = reception.function(entry, Place::plain(Language::De));
    assert_eq!(function.description, "kurz und gut");
}
