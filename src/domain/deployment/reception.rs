//! What a company has set about its agent: functions, webhook, prompt; for all branches, or for one of them.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::catalogue::{Entry, Place, TIMEOUT_MS, entry, names};
use super::wanted::WantedFunction;
use super::wording::{BEGIN, END};
use crate::domain::Field;

/// How long Retell may wait for a function, in milliseconds; this house answers in five seconds, and nobody waits longer
/// than the other.
pub const TIMEOUT_MS_RANGE: std::ops::RangeInclusive<u32> = 1_000..=15_000;
/// How long Retell may wait for a webhook, in milliseconds.
pub const WEBHOOK_TIMEOUT_MS_RANGE: std::ops::RangeInclusive<u32> = 1_000..=30_000;
const WEBHOOK_TIMEOUT_MS: u32 = 10_000;

/// The longest texts, in characters.
const DESCRIPTION_MAX: usize = 1_000;
const PARAMETER_MAX: usize = 500;
const SPEAK_DURING_MAX: usize = 200;
const RECORDING_MAX: usize = 500;
const EXTRA_MAX: usize = 4_000;

/// What Retell can tell of calls.
pub const EVENTS: [&str; 8] = [
    "call_started",
    "call_ended",
    "call_analyzed",
    "transcript_updated",
    "transfer_started",
    "transfer_bridged",
    "transfer_cancelled",
    "transfer_ended",
];
/// Without these, calls are neither begun, ended nor decided here.
pub const EVENTS_NEEDED: [&str; 3] = ["call_started", "call_ended", "call_analyzed"];

/// Who writes the agent's prompt.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// This house: a deployment replaces the prompt at Retell.
    Ours,
    /// Somebody else, at Retell: a deployment leaves it as it is.
    #[default]
    Theirs,
}

/// What a company does, for its prompt.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Trade {
    #[default]
    General,
    /// Hair, beard, nails, cosmetics.
    Salon,
    /// Medical practices, dentists, physiotherapy.
    Practice,
    /// Cars, bicycles, appliances.
    Workshop,
}

/// What was set; what was not is taken from the company's, then from the catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reception {
    functions: BTreeMap<String, OwnFunction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_events: Option<BTreeSet<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_timeout_ms: Option<u32>,
    prompt: OwnPrompt,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct OwnFunction {
    enabled: Option<bool>,
    description: Option<String>,
    /// By their German names.
    parameters: BTreeMap<String, String>,
    timeout_ms: Option<u32>,
    /// Empty: nothing is said.
    speak_during: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct OwnPrompt {
    author: Option<Author>,
    trade: Option<Trade>,
    recording: Option<String>,
    extra: Option<String>,
}

/// What is to be changed about a function; a field that is left out stays, null goes back to what holds without it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FunctionChange {
    /// Whether the agent gets it at the next deployment.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub enabled: Field<bool>,
    /// When the model is to call it, 1 to 1000 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub description: Field<String>,
    /// Descriptions of its parameters by their names, 1 to 500 characters each; null goes back to the usual one.
    #[serde(default)]
    pub parameters: BTreeMap<String, Option<String>>,
    /// How long Retell waits for an answer, 1000 to 15000 milliseconds.
    #[serde(default)]
    #[schema(value_type = Option<u32>)]
    pub timeout_ms: Field<u32>,
    /// What the agent says while it waits, at most 200 characters; an empty text: nothing.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub speak_during: Field<String>,
}

/// What is to be changed about what Retell tells; a field that is left out stays, null goes back to the usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookChange {
    /// Which events; `call_started`, `call_ended` and `call_analyzed` are always needed.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    pub webhook_events: Field<Vec<String>>,
    /// How long Retell waits for this server to take an event in, 1000 to 30000 milliseconds.
    #[serde(default)]
    #[schema(value_type = Option<u32>)]
    pub webhook_timeout_ms: Field<u32>,
}

/// What is to be changed about the prompt; a field that is left out stays, null goes back to the usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromptChange {
    /// `ours`: the next deployment replaces the prompt at Retell by this one. `theirs` (usual): it is left alone.
    #[serde(default)]
    #[schema(value_type = Option<Author>)]
    pub author: Field<Author>,
    /// Which template.
    #[serde(default)]
    #[schema(value_type = Option<Trade>)]
    pub trade: Field<Trade>,
    /// What is said about recording or transcription after the greeting, word for word, at most 500 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub recording: Field<String>,
    /// The company's own instructions at the end of the prompt, at most 4000 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub extra: Field<String>,
}

/// Why something is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(String);

impl Reception {
    /// These settings, where they say something, else those of the company.
    pub fn over(&self, company: &Self) -> Self {
        let mut all = company.clone();
        for (name, own) in &self.functions {
            let under = all.functions.entry(name.clone()).or_default();
            under.enabled = own.enabled.or(under.enabled);
            under.timeout_ms = own.timeout_ms.or(under.timeout_ms);
            lay(&mut under.description, own.description.as_ref());
            lay(&mut under.speak_during, own.speak_during.as_ref());
            under.parameters.extend(own.parameters.clone());
        }
        lay(&mut all.webhook_events, self.webhook_events.as_ref());
        all.webhook_timeout_ms = self.webhook_timeout_ms.or(all.webhook_timeout_ms);
        all.prompt.author = self.prompt.author.or(all.prompt.author);
        all.prompt.trade = self.prompt.trade.or(all.prompt.trade);
        lay(&mut all.prompt.recording, self.prompt.recording.as_ref());
        lay(&mut all.prompt.extra, self.prompt.extra.as_ref());
        all
    }

    /// A function as it is offered, still without its address.
    pub fn function(&self, entry: &Entry, place: Place) -> WantedFunction {
        let usual = OwnFunction::default();
        let own = self.functions.get(entry.name).unwrap_or(&usual);
        let said = |name: &str| own.parameters.get(name).map(String::as_str);
        let waiting = entry.while_waiting.map(|said| said.by(place.language).to_owned());
        WantedFunction {
            name: entry.name.to_owned(),
            is_on: own.enabled.unwrap_or(entry.is_on),
            url: String::new(),
            description: own.description.clone().unwrap_or_else(|| entry.said.by(place.language).to_owned()),
            parameters: entry.schema(place, said),
            timeout_ms: own.timeout_ms.unwrap_or(TIMEOUT_MS),
            speak_during: own.speak_during.clone().or(waiting).filter(|words| !words.is_empty()),
        }
    }

    pub fn is_on(&self, entry: &Entry) -> bool {
        self.functions.get(entry.name).and_then(|own| own.enabled).unwrap_or(entry.is_on)
    }

    pub fn webhook_events(&self) -> BTreeSet<String> {
        let usual = || EVENTS_NEEDED.map(str::to_owned).into();
        self.webhook_events.clone().unwrap_or_else(usual)
    }

    pub fn webhook_timeout_ms(&self) -> u32 {
        self.webhook_timeout_ms.unwrap_or(WEBHOOK_TIMEOUT_MS)
    }

    pub fn author(&self) -> Author {
        self.prompt.author.unwrap_or_default()
    }

    pub fn trade(&self) -> Trade {
        self.prompt.trade.unwrap_or_default()
    }

    pub fn recording(&self) -> Option<&str> {
        self.prompt.recording.as_deref()
    }

    pub fn extra(&self) -> Option<&str> {
        self.prompt.extra.as_deref()
    }

    /// Takes a change of a function, or none of it.
    pub fn change_function(&mut self, name: &str, change: FunctionChange) -> Result<(), Refused> {
        let known = entry(name).ok_or_else(|| {
            let names: Vec<&str> = names().collect();
            Refused(format!("there is no function \"{}\"; there are {}", shown(name), names.join(", ")))
        })?;
        let mut own = self.functions.get(known.name).cloned().unwrap_or_default();
        change.enabled.put(&mut own.enabled);
        within("timeout_ms", &change.timeout_ms, &TIMEOUT_MS_RANGE)?;
        change.timeout_ms.put(&mut own.timeout_ms);
        text("description", change.description, DESCRIPTION_MAX)?.put(&mut own.description);
        if let Field::Given(words) = change.speak_during {
            let said = words.as_deref().map(|words| cleaned("speak_during", words, SPEAK_DURING_MAX));
            own.speak_during = said.transpose()?;
        }
        for (given, words) in change.parameters {
            let parameter = known.parameter(&given).ok_or_else(|| no_parameter(known, &given))?;
            let place = format!("parameters.{given}");
            match text(&place, Field::Given(words), PARAMETER_MAX)? {
                Field::Given(Some(words)) => drop(own.parameters.insert(parameter.name.de.into(), words)),
                Field::Given(None) | Field::Left => drop(own.parameters.remove(parameter.name.de)),
            }
        }
        if own == OwnFunction::default() {
            self.functions.remove(known.name);
        } else {
            self.functions.insert(known.name.to_owned(), own);
        }
        Ok(())
    }

    /// Takes a change of what Retell tells, or none of it.
    pub fn change_webhook(&mut self, change: WebhookChange) -> Result<(), Refused> {
        if let Field::Given(Some(events)) = &change.webhook_events {
            if let Some(unknown) = events.iter().find(|event| !EVENTS.contains(&event.as_str())) {
                let all = EVENTS.join(", ");
                return Err(Refused(format!("Retell tells no event \"{}\"; it tells {all}", shown(unknown))));
            }
            let missing =
                EVENTS_NEEDED.into_iter().find(|needed| !events.iter().any(|event| event == needed));
            if let Some(missing) = missing {
                let why = "without it calls are not begun, ended or decided here";
                return Err(Refused(format!("webhook_events must have {missing}: {why}")));
            }
        }
        within("webhook_timeout_ms", &change.webhook_timeout_ms, &WEBHOOK_TIMEOUT_MS_RANGE)?;
        if let Field::Given(events) = change.webhook_events {
            self.webhook_events = events.map(|events| events.into_iter().collect());
        }
        change.webhook_timeout_ms.put(&mut self.webhook_timeout_ms);
        Ok(())
    }

    /// Takes a change of the prompt, or none of it.
    pub fn change_prompt(&mut self, change: PromptChange) -> Result<(), Refused> {
        let recording = text("recording", change.recording, RECORDING_MAX)?;
        let extra = text("extra", change.extra, EXTRA_MAX)?;
        recording.put(&mut self.prompt.recording);
        extra.put(&mut self.prompt.extra);
        change.author.put(&mut self.prompt.author);
        change.trade.put(&mut self.prompt.trade);
        Ok(())
    }
}

fn lay<T: Clone>(under: &mut Option<T>, over: Option<&T>) {
    if let Some(over) = over {
        *under = Some(over.clone());
    }
}

fn no_parameter(entry: &Entry, given: &str) -> Refused {
    let names: Vec<&str> = entry.parameters.iter().map(|parameter| parameter.name.de).collect();
    let there = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    Refused(format!("{} has no parameter \"{}\"; it has {there}", entry.name, shown(given)))
}

/// What somebody made up, as far as an error repeats it.
fn shown(text: &str) -> String {
    text.chars().filter(|sign| !sign.is_control()).take(64).collect()
}

fn within(name: &str, field: &Field<u32>, range: &std::ops::RangeInclusive<u32>) -> Result<(), Refused> {
    match field {
        Field::Given(Some(ms)) if !range.contains(ms) => {
            Err(Refused(format!("{name} must be {} to {} milliseconds", range.start(), range.end())))
        }
        Field::Given(_) | Field::Left => Ok(()),
    }
}

/// An empty text is none.
fn text(name: &str, field: Field<String>, chars_max: usize) -> Result<Field<String>, Refused> {
    let Field::Given(Some(words)) = field else { return Ok(field) };
    let words = cleaned(name, &words, chars_max)?;
    Ok(Field::Given(Some(words).filter(|words| !words.is_empty())))
}

/// Without what no screen shows.
fn cleaned(name: &str, words: &str, chars_max: usize) -> Result<String, Refused> {
    if words.chars().count() > chars_max {
        return Err(Refused(format!("{name} must be at most {chars_max} characters")));
    }
    let kept: String =
        words.chars().filter(|sign| (!sign.is_control() || *sign == '\n') && !turns(*sign)).collect();
    if [BEGIN, END].iter().any(|mark| kept.contains(mark)) {
        return Err(Refused(format!(
            "{name} must not have {BEGIN} or {END}: they mark which part of a prompt is ours"
        )));
    }
    Ok(kept.trim().to_owned())
}

/// Signs that nobody sees and that turn the order of those round them.
fn turns(sign: char) -> bool {
    matches!(sign, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests;
