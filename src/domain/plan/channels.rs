//! Channels as a company's file declares them.

use serde::{Deserialize, Serialize};

use super::check_twice;
use super::checks::is_domain;
use crate::domain::channel::Pattern;
use crate::domain::email::is_an_address;
use crate::domain::outbox::Topic;

/// A mailbox or a webhook, and what goes there.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelPlan {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<String>,
    /// What a webhook is signed with: `whsec_` and 24 to 64 bytes in base64, or where that is found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// Kinds of messages, or beginnings of them such as "alert.*".
    #[serde(default = "alerts", skip_serializing_if = "is_alerts")]
    pub kinds: Vec<String>,
}

impl std::fmt::Debug for ChannelPlan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChannelPlan").field("name", &self.name).finish_non_exhaustive()
    }
}

impl ChannelPlan {
    /// What its secret is said to belong to.
    pub fn subject(&self) -> String {
        format!("channel {}", self.name)
    }

    /// What is wrong with it; empty: nothing.
    pub fn complaints(&self) -> Vec<String> {
        let place = self.subject();
        let mut complaints = Vec::new();
        let sound = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-';
        if self.name.is_empty() || self.name.len() > 64 || !self.name.chars().all(sound) {
            complaints.push(format!("{place}: name must be 1 to 64 of a-z, 0-9 and -"));
        }
        match (&self.email, &self.webhook) {
            (Some(email), None) => self.check_email(&place, email, &mut complaints),
            (None, Some(url)) => self.check_webhook(&place, url, &mut complaints),
            (Some(_), Some(_)) | (None, None) => {
                complaints.push(format!("{place}: give either email or webhook"));
            }
        }
        if self.kinds.is_empty() {
            complaints.push(format!("{place}: kinds must name at least one, such as \"alert.*\""));
        }
        for kind in self.kinds.iter().filter(|kind| Pattern::parse(kind).is_none()) {
            let all: Vec<&str> = Topic::all().map(Topic::as_str).collect();
            let all = all.join(", ");
            complaints.push(format!(
                "{place}: \"{kind}\" is no kind of message; there are {all}, and alert.* and appointment.*"
            ));
        }
        complaints
    }

    fn check_email(&self, place: &str, email: &str, complaints: &mut Vec<String>) {
        let domain = email.split_once('@').map_or("", |(_, domain)| domain);
        if !is_an_address(email) || !is_domain(domain) {
            complaints.push(format!("{place}: email must be an address like buero@salon.example"));
        }
        if self.secret.is_some() {
            complaints.push(format!("{place}: a secret signs webhooks; take it out"));
        }
        let patterns = self.kinds.iter().filter_map(|kind| Pattern::parse(kind));
        if patterns.into_iter().any(|pattern| pattern.fits_customers()) {
            complaints.push(format!(
                "{place}: appointments of customers are not sent to a mailbox; name alert kinds, or take a webhook"
            ));
        }
    }

    fn check_webhook(&self, place: &str, url: &str, complaints: &mut Vec<String>) {
        let is_http = url.starts_with("https://") || url.starts_with("http://");
        if !is_http || url.len() > 2_000 || url.contains(char::is_whitespace) {
            complaints.push(format!("{place}: webhook must be a URL that begins with https://"));
        }
        if url.split('/').nth(2).is_some_and(|host| host.contains('@')) {
            complaints.push(format!("{place}: webhook must not hold a user or a password: its secret signs"));
        }
        if self.secret.is_none() {
            complaints.push(format!(
                "{place}: a webhook needs a secret: whsec_ and what `head -c 32 /dev/urandom | base64` prints"
            ));
        }
    }
}

pub(super) fn check(channels: &[ChannelPlan], complaints: &mut Vec<String>) {
    complaints.extend(channels.iter().flat_map(ChannelPlan::complaints));
    check_twice("channel", channels.iter().map(|channel| &channel.name), complaints);
}

fn alerts() -> Vec<String> {
    vec!["alert.*".to_owned()]
}

fn is_alerts(kinds: &Vec<String>) -> bool {
    *kinds == alerts()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(text: &str) -> Vec<String> {
        toml::from_str::<ChannelPlan>(text).unwrap().complaints()
    }

    #[test]
    fn a_mailbox_gets_alerts_where_nothing_else_is_said() {
        let plan: ChannelPlan = toml::from_str("name = \"buero\"\nemail = \"buero@salon.example\"").unwrap();

        assert_eq!(plan.kinds, ["alert.*"]);
        assert_eq!(plan.complaints(), [] as [String; 0]);
    }

    #[test]
    fn a_channel_is_either_a_mailbox_or_a_webhook_with_a_secret() {
        assert_eq!(complaints("name = \"a\""), ["channel a: give either email or webhook"]);
        let bare = complaints("name = \"a\"\nwebhook = \"https://hook.example/a\"");
        assert!(bare[0].starts_with("channel a: a webhook needs a secret"), "{bare:?}");
        let whole = "name = \"a\"\nwebhook = \"https://hook.example/a\"\nsecret = \"env:HOOK\"";
        assert!(complaints(whole).is_empty());
    }

    #[test]
    fn customers_appointments_do_not_go_to_a_mailbox() {
        let mailbox = "name = \"a\"\nemail = \"a@b.example\"\nkinds = [\"appointment.*\"]";

        assert!(complaints(mailbox)[0].contains("not sent to a mailbox"));
    }

    #[test]
    fn a_kind_that_there_is_not_is_told_all_there_are() {
        let told = complaints("name = \"a\"\nemail = \"a@b.example\"\nkinds = [\"alerts\"]");

        assert!(told[0].contains("\"alerts\"") && told[0].contains("alert.booking_failed"), "{told:?}");
    }
}
