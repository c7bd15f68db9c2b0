//! The keys of a plan: where each stands, where it comes from, and what to call its variable where nothing is known.

use super::{CalcomPlan, Plan};

/// Where a key comes from; a key that stands in the file itself is never shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// `env:NAME`
    Variable(String),
    /// `file:PATH`, relative to the folder of the company's file.
    File(String),
    /// The key itself stands there, or nothing is known of where it came from.
    Literal,
}

/// One key of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// What it belongs to: "company salon-anna", "calcom account default".
    pub subject: String,
    /// Its name there: "`retell.api_key`".
    pub field: &'static str,
    /// None: the plan has no such key.
    pub source: Option<Source>,
    /// The variable it may be given in, where the file does not say.
    pub variable: String,
}

impl Source {
    pub fn of(text: &str) -> Self {
        if let Some(name) = text.strip_prefix("env:") {
            Self::Variable(name.to_owned())
        } else if let Some(path) = text.strip_prefix("file:") {
            Self::File(path.to_owned())
        } else {
            Self::Literal
        }
    }

    /// As the company's file writes it; None where the key itself stands there.
    pub fn reference(&self) -> Option<String> {
        match self {
            Self::Variable(name) => Some(format!("env:{name}")),
            Self::File(path) => Some(format!("file:{path}")),
            Self::Literal => None,
        }
    }
}

/// The reference in a key's text, if it is one.
pub fn reference(text: &str) -> Option<String> {
    Source::of(text).reference()
}

impl CalcomPlan {
    /// What its keys are said to belong to.
    pub fn subject(&self) -> String {
        format!("calcom account {}", self.name)
    }
}

impl Plan {
    /// All places where a key may stand, in a fixed order.
    pub fn keys(&self) -> Vec<Key> {
        let mut plan = self.clone();
        let source = |text: Option<&mut String>| text.map(|text| Source::of(text));
        plan.key_texts()
            .into_iter()
            .map(|(subject, field, variable, text)| Key { subject, field, source: source(text), variable })
            .collect()
    }

    /// Writes a reference to be filled wherever nothing is known of where a key came from; says which.
    pub fn refer_to_all_keys(&mut self) -> Vec<String> {
        let mut filled = Vec::new();
        for (_, _, variable, text) in self.key_texts() {
            if let Some(text) = text.filter(|text| Source::of(text) == Source::Literal) {
                *text = format!("env:{variable}");
                filled.push(variable);
            }
        }
        filled
    }

    /// Puts back the texts that the books have wherever a key is written as an export shows it. Fails with the place of a
    /// reference that was not shown there.
    pub fn keep_keys(&mut self, shown: &Self, kept: &Self) -> Result<(), String> {
        let (mut shown, mut kept) = (shown.clone(), kept.clone());
        let (shown, kept) = (shown.key_texts(), kept.key_texts());
        for (subject, field, _, text) in self.key_texts() {
            let Some(text) = text else { continue };
            let is_it = |(own, name, ..): &&(String, &str, String, Option<&mut String>)| {
                *own == subject && *name == field
            };
            let was_shown = shown.iter().find(is_it).and_then(|(.., text)| text.as_deref());
            let is_shown = was_shown == Some(text);
            if !is_shown && Source::of(text) != Source::Literal {
                return Err(format!("{subject}: {field}"));
            }
            let own = kept.iter().find(is_it).and_then(|(.., text)| text.as_deref());
            if let Some(own) = own.filter(|_| is_shown) {
                own.clone_into(text);
            }
        }
        Ok(())
    }

    /// Subject, field, the variable's name and the text of each key.
    fn key_texts(&mut self) -> Vec<(String, &'static str, String, Option<&mut String>)> {
        let company = &mut self.company;
        let subject = format!("company {}", company.slug);
        let prefix = company.slug.to_uppercase().replace('-', "_");
        let retell = &mut company.retell;
        let own = |field, name: &str, text| (subject.clone(), field, format!("{prefix}_RETELL_{name}"), text);
        let mut texts = vec![
            own("retell.api_key", "API_KEY", Some(&mut retell.api_key)),
            own("retell.webhook_key", "WEBHOOK_KEY", retell.webhook_key.as_mut()),
            own("retell.previous_webhook_key", "PREVIOUS_WEBHOOK_KEY", retell.previous_webhook_key.as_mut()),
        ];
        for (place, account) in
            std::iter::once(&mut company.calcom).chain(&mut company.calcom_account).enumerate()
        {
            let subject = account.subject();
            // Names of accounts are free text; their places make variables that never meet.
            let prefix = match place {
                0 => format!("{prefix}_CALCOM"),
                _ => format!("{prefix}_CALCOM_{}", place + 1),
            };
            let key = Some(&mut account.api_key);
            texts.push((subject.clone(), "api_key", format!("{prefix}_API_KEY"), key));
            let secret = account.webhook_secret.as_mut();
            texts.push((subject, "webhook_secret", format!("{prefix}_WEBHOOK_SECRET"), secret));
        }
        for channel in &mut company.channel {
            let variable = format!("{prefix}_CHANNEL_{}", channel.name.to_uppercase().replace('-', "_"));
            texts.push((channel.subject(), "secret", variable, channel.secret.as_mut()));
        }
        texts
    }
}
