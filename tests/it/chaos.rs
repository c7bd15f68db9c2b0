//! `fernamt chaos` in small: the program tries itself, and the judge has nothing to say.

use std::process::Command;

const PROGRAM: &str = env!("CARGO_BIN_EXE_fernamt");

fn chaos(args: &[&str]) -> (bool, String) {
    let output = Command::new(PROGRAM).arg("chaos").args(args).env_clear().output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.success(), text)
}

#[test]
fn two_hundred_calls_among_crashes_and_a_faithless_calendar_keep_every_promise() {
    let (is_clean, text) = chaos(&["--calls", "200", "--seed", "4"]);

    assert!(is_clean, "{text}");
    assert!(text.contains("0 duplicates, 0 lost, 0 false sentences"), "{text}");
    // A run in which nothing went wrong proves nothing.
    for trouble in ["kills of the house", "functions unanswered", "webhooks tried again"] {
        assert!(text.contains(trouble), "no {trouble}: {text}");
    }
    // Which of these a run meets depends on how far the calls come between two kills.
    let mishaps = ["cut after the insert", "cut before the insert", "500 after the insert", "late commit"];
    assert!(mishaps.iter().any(|mishap| text.contains(mishap)), "no mishap: {text}");
}
