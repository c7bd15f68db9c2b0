//! The functions of an agent: whether they come to this server in a shape it can answer.

use super::{Agent, Area, Finding, Tool, function_url};
use crate::domain::call::Function;
use crate::domain::deployment::catalogue::{self, Parameter, Place};
use crate::domain::deployment::reception::Trade;
use crate::domain::directory::{Branch, Company};

/// Without these the caller hears of no free time, and nothing is held.
const NEEDED: [&str; 2] = ["check_availability", "collect_appointment"];
const USEFUL: [&str; 5] =
    ["change_appointment", "cancel_appointment", "list_services", "opening_hours", "request_callback"];
/// Without these a wish cannot be understood, held or agreed to; the others help.
const ESSENTIAL: [&str; 8] = [
    "datum",
    "uhrzeit",
    "dienstleistung",
    "name",
    "bestaetigung",
    "neues_datum",
    "neue_uhrzeit",
    "telefonnummer",
];
/// A caller waits for an answer; this house answers in four seconds at most.
const TIMEOUT_MAX_MS: u64 = 15_000;

pub(super) fn findings(
    agent: &Agent,
    (company, branch): (&Company, &Branch),
    public_url: &str,
) -> Vec<Finding> {
    let desk = Desk { branch, public_url, place: Place::of(company, Trade::General) };
    match agent.tools.known() {
        Some(Some(tools)) => desk.of_tools(tools),
        Some(None) => {
            let what = "the agent thinks in a custom LLM of yours: its functions cannot be read from Retell";
            let fix = format!("let your LLM call {}", function_url(public_url, "collect_appointment"));
            vec![desk.yellow(what.to_owned(), fix)]
        }
        None => {
            let why = agent.tools.why_unknown().unwrap_or_default();
            vec![desk.yellow(format!("the agent's functions: {why}"), "run the check again".to_owned())]
        }
    }
}

#[derive(Clone, Copy)]
struct Desk<'a> {
    branch: &'a Branch,
    public_url: &'a str,
    place: Place,
}

impl Desk<'_> {
    fn of_tools(self, tools: &[Tool]) -> Vec<Finding> {
        let ours: Vec<&Tool> = tools.iter().filter(|tool| self.is_ours(tool)).collect();
        let mut findings: Vec<Finding> = ours.iter().flat_map(|tool| self.of_tool(tool)).collect();
        let is_missing = |name: &&&str| !ours.iter().any(|tool| tool.name == **name);
        let missing: Vec<&str> = NEEDED.iter().filter(is_missing).copied().collect();
        if !missing.is_empty() {
            findings.push(self.without(&missing));
        }
        if findings.is_empty() {
            let names: Vec<&str> = ours.iter().map(|tool| tool.name.as_str()).collect();
            let what = format!("{} come to this server", names.join(", "));
            findings.push(Finding::green(Area::Function, &self.branch.slug, what));
        }
        findings
    }

    /// By its name or by where it goes.
    fn is_ours(self, tool: &Tool) -> bool {
        is_known(&tool.name) || tool.url.starts_with(&function_url(self.public_url, ""))
    }

    fn of_tool(self, tool: &Tool) -> Vec<Finding> {
        let found = [
            self.address(tool),
            self.payload(tool),
            self.method(tool),
            self.patience(tool),
            self.parameters(tool),
        ];
        found.into_iter().flatten().collect()
    }

    fn address(self, tool: &Tool) -> Option<Finding> {
        let name = &tool.name;
        let called = tool.url.strip_prefix(&function_url(self.public_url, ""));
        match called.map(|rest| rest.split('?').next().unwrap_or(rest)) {
            Some(function) if is_known(function) => None,
            Some(function) => {
                let known: Vec<&str> = NEEDED.into_iter().chain(USEFUL).collect();
                let what = format!("{name} calls \"{function}\", which this server does not have");
                let fix = self.set(name, &format!("URL ending in one of {}", known.join(", ")));
                Some(self.red(what, fix))
            }
            None => {
                let what = format!("{name} goes to {}, not to this server", without_query(&tool.url));
                let fix = self.set(name, &format!("URL = {}", function_url(self.public_url, name)));
                Some(self.red(what, fix))
            }
        }
    }

    fn payload(self, tool: &Tool) -> Option<Finding> {
        let what =
            format!("{} sends its arguments only: nobody can tell which call they belong to", tool.name);
        tool.args_at_root.then(|| self.red(what, self.set(&tool.name, "switch off \"Payload: args only\"")))
    }

    fn method(self, tool: &Tool) -> Option<Finding> {
        let what = format!("{} is called with {}, which carries no call", tool.name, tool.method);
        (tool.method != "POST").then(|| self.red(what, self.set(&tool.name, "method = POST")))
    }

    fn patience(self, tool: &Tool) -> Option<Finding> {
        let waits =
            tool.timeout_ms.map_or_else(|| "two minutes".to_owned(), |ms| format!("{} s", ms / 1_000));
        let what = format!("{} lets the caller wait {waits} if this server does not answer", tool.name);
        let patient = tool.timeout_ms.is_none_or(|ms| ms > TIMEOUT_MAX_MS);
        patient.then(|| self.yellow(what, self.set(&tool.name, "timeout = 8000 ms")))
    }

    /// What the caller says arrives only if there is a parameter for it.
    fn parameters(self, tool: &Tool) -> Option<Finding> {
        let wanted = catalogue::entry(&tool.name)?.parameters.iter();
        let wanted = wanted.filter(|one| ESSENTIAL.contains(&one.name.de) && self.place.allows(one.when));
        let is_there = |one: &&Parameter| {
            [one.name.de, one.name.en].into_iter().any(|name| tool.parameters.contains(name))
        };
        let missing: Vec<&str> =
            wanted.filter(|one| !is_there(one)).map(|one| one.name.by(self.place.language)).collect();
        let names = missing.join(", ");
        let what =
            format!("{} has no parameter for {names}: what callers say of it does not arrive", tool.name);
        let fix = "let fernamt deploy set the functions, or add them under these names";
        (!missing.is_empty()).then(|| self.yellow(what, self.set(&tool.name, fix)))
    }

    fn without(self, missing: &[&str]) -> Finding {
        let names = missing.join(" and ");
        let what = format!(
            "the agent has no function {names}: only what is left in its variables is booked, after the call"
        );
        let urls: Vec<String> = missing.iter().map(|name| function_url(self.public_url, name)).collect();
        let fix = format!(
            "at Retell → Agents → {} → Functions: add custom functions {names}, POST {}, payload not \"args only\"; the \
             README lists their arguments",
            self.agent(),
            urls.join(" and ")
        );
        self.yellow(what, fix)
    }

    fn set(self, name: &str, what: &str) -> String {
        format!("at Retell → Agents → {} → Functions → {name}: {what}, then publish", self.agent())
    }

    fn agent(self) -> String {
        self.branch.agent_id.clone().unwrap_or_default()
    }

    fn red(self, what: String, fix: String) -> Finding {
        Finding::red(Area::Function, &self.branch.slug, what, fix)
    }

    fn yellow(self, what: String, fix: String) -> Finding {
        Finding::yellow(Area::Function, &self.branch.slug, what, fix)
    }
}

fn is_known(name: &str) -> bool {
    !matches!(Function::named(name), Function::Unknown(_))
}

/// A query may hold a secret.
pub(super) fn without_query(url: &str) -> &str {
    url.split('?').next().unwrap_or(url)
}
