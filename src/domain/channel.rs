//! A channel: where a company wants to hear of things, and of which.

use std::fmt;

use secrecy::SecretString;

use super::ids::ChannelId;
use super::outbox::Topic;

/// A mailbox or a webhook of a company.
#[derive(Clone, Debug)]
pub struct Channel {
    pub id: ChannelId,
    /// Unique in its company.
    pub name: String,
    pub to: Address,
    pub kinds: Vec<Pattern>,
    /// Whoever is there has said that nothing is wanted any more (410).
    pub is_gone: bool,
}

/// Where it leads.
#[derive(Clone)]
pub enum Address {
    Email(String),
    Webhook { url: String, secret: SecretString },
}

/// Kinds of messages: one, or all that begin alike, such as "alert.*".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(String);

impl Address {
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Email(_) => "email",
            Self::Webhook { .. } => "webhook",
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

impl Channel {
    pub fn wants(&self, topic: Topic) -> bool {
        !self.is_gone && self.kinds.iter().any(|pattern| pattern.fits(topic))
    }
}

impl Pattern {
    /// A kind of messages that there is, or the beginning of some; None: nothing would ever fit.
    pub fn parse(text: &str) -> Option<Self> {
        let pattern = Self(text.trim().to_owned());
        Topic::all().any(|topic| pattern.fits(topic)).then_some(pattern)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn fits(&self, topic: Topic) -> bool {
        let topic = topic.as_str();
        match self.0.strip_suffix('*') {
            Some(beginning) => topic.starts_with(beginning),
            None => self.0 == topic,
        }
    }

    /// Whether something about a customer would fit: that goes to no mailbox of the company unasked.
    pub fn fits_customers(&self) -> bool {
        Topic::all().any(|topic| topic.is_about_a_customer() && self.fits(topic))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::alert::Kind;
    use crate::domain::outbox::Occasion;

    #[test]
    fn a_pattern_is_one_kind_or_the_beginning_of_several() {
        let alerts = Pattern::parse("alert.*").unwrap();
        let one = Pattern::parse("appointment.moved").unwrap();

        assert!(alerts.fits(Topic::Alert(Kind::NoCalls)));
        assert!(!alerts.fits(Topic::Appointment(Occasion::Moved)));
        assert!(one.fits(Topic::Appointment(Occasion::Moved)));
        assert!(!one.fits(Topic::Appointment(Occasion::Booked)));
        assert!(one.fits_customers() && !alerts.fits_customers());
        assert!(Pattern::parse("*").is_some_and(|all| all.fits_customers()));
    }

    #[test]
    fn a_pattern_that_nothing_would_ever_fit_is_none() {
        for text in ["", "alert", "alerts.*", "appointment.deleted"] {
            assert_eq!(Pattern::parse(text), None, "{text}");
        }
    }
}
