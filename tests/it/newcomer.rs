//! A newcomer's way, as the README tells it: simulated vendors, a file with two ids missing, check, and the first call.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::house::eventually;

const PROGRAM: &str = env!("CARGO_BIN_EXE_fernamt");
const SALON: &str = include_str!("../../examples/salon-anna.toml");

/// A process that ends with the test, however the test ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A folder of one's own, and a port that the server will have.
struct Desk {
    folder: tempfile::TempDir,
    port: u16,
}

impl Desk {
    fn new() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { folder: tempfile::tempdir().unwrap(), port }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn house(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn program(&self, args: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .args(args)
            .current_dir(self.path())
            .env_clear()
            .env("FERNAMT_LISTEN", format!("127.0.0.1:{}", self.port))
            .env("FERNAMT_THREADS", "2")
            .env("FERNAMT_LOG", "warn")
            .stdin(Stdio::null());
        command
    }

    /// Exit code and what was printed.
    fn run(&self, args: &[&str]) -> (i32, String) {
        let output = self.program(args).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        (output.status.code().unwrap(), text)
    }

    /// The simulated vendors, and the company's file with their addresses in it.
    fn simulate(&self) -> (Running, String) {
        let ports = ["sim", "serve", "--calcom-port", "0", "--retell-port", "0", "--house", &self.house()];
        let mut child = self.program(&ports).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut address = |name: &str| {
            let line = lines.find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned()
        };
        let (calcom, retell) = (address("simulated Cal.com"), address("simulated Retell"));
        let text = SALON.replace("http://127.0.0.1:4010", &calcom).replace("http://127.0.0.1:4011", &retell);
        (Running(child), text)
    }

    fn apply(&self, text: &str) {
        std::fs::write(self.path().join("salon-anna.toml"), text).unwrap();
        let (code, said) = self.run(&["apply", "salon-anna.toml"]);
        assert_eq!(code, 0, "{said}");
    }
}

/// What stands between quotes after these words.
fn quoted<'a>(text: &'a str, after: &str) -> &'a str {
    text.split_once(after).unwrap().1.split('"').next().unwrap()
}

#[actix_rt::test]
async fn a_newcomer_gets_from_two_missing_ids_to_a_booked_call_by_what_check_says() {
    let desk = Desk::new();
    let (_vendors, text) = desk.simulate();

    // Entered as far as it is known.
    desk.apply(&text);
    let (code, said) = desk.run(&["check"]);
    assert_eq!(code, 1, "{said}");
    let red: Vec<&str> = said.lines().filter(|line| line.starts_with("  RED")).collect();
    assert_eq!(red.len(), 2, "{said}");
    assert!(red[0].contains("retell_agent_id") && red[1].contains("event_type_id"), "{said}");

    // The first step, then the second, each in the words of the last line.
    let step = said.lines().last().unwrap();
    let agent = quoted(step, "retell_agent_id = \"");
    let text = text.replace("# retell_agent_id = \"agent_…\"", &format!("retell_agent_id = \"{agent}\""));
    desk.apply(&text);
    let (code, said) = desk.run(&["check", "--company", "salon-anna"]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.lines().last().unwrap().contains("event_type_id = one of Cal.com's: 1001 (\"Haarschnitt\""),
        "{said}"
    );
    desk.apply(&text.replace("# event_type_id = …", "event_type_id = 1001"));

    let (code, said) = desk.run(&["check", "--rehearse"]);
    assert_eq!((code, said.lines().last()), (0, Some("ready for calls")), "{said}");
    assert!(said.contains("nothing was written") && said.contains("Paula Probe"), "{said}");

    // The first call.
    let port_file = desk.path().join("port");
    let serve = desk.program(&["serve", "--port-file", "port"]).stderr(Stdio::null()).spawn().unwrap();
    let _server = Running(serve);
    eventually("the server to listen", || async { port_file.exists().then_some(()) }).await;
    let (code, said) = desk.run(&["sim", "call", "--house", &desk.house()]);
    assert_eq!(code, 0, "{said}");
    let call = said.split_whitespace().last().unwrap();
    let story = eventually("the booking", || async {
        let (_, story) = desk.run(&["call", call]);
        story.contains(" booked").then_some(story)
    })
    .await;
    assert!(story.contains("why: "), "{story}");
}

#[test]
fn a_company_nobody_knows_is_a_wrong_use_of_the_command() {
    let desk = Desk::new();

    let (code, said) = desk.run(&["check", "--offline", "--company", "salon-nirgends"]);

    assert_eq!(code, 2, "{said}");
    assert!(said.contains("fernamt apply FILE"), "{said}");
}

#[test]
fn offline_nothing_that_others_know_is_green() {
    let desk = Desk::new();
    desk.apply(
        &SALON
            .replace("# retell_agent_id", "retell_agent_id")
            .replace("# event_type_id = …", "event_type_id = 1001"),
    );

    let (code, said) = desk.run(&["check", "--offline", "--json"]);

    let readiness: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, readiness["light"].as_str()), (0, Some("yellow")), "{said}");
    let findings = readiness["companies"][0]["findings"].as_array().unwrap();
    let unasked = findings.iter().filter(|one| one["what"].as_str().unwrap().contains("not asked"));
    let subjects: Vec<&str> = unasked.map(|one| one["subject"].as_str().unwrap()).collect();
    assert_eq!(subjects, ["api_key", "+493083793369", "mitte", "default", "mitte/haarschnitt"], "{said}");
}
