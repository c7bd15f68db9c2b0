//! The channels: whether what a company wants to hear can reach it.

use super::{Area, Finding};
use crate::domain::channel::{Address, Channel};

/// What is known of a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelFacts {
    /// The installation can send mail.
    pub has_mail: bool,
    /// Why its address may not be sent to.
    pub not_allowed: Option<String>,
    /// The last message to it was given up, and why.
    pub failed: Option<String>,
}

const SET_SMTP: &str = "set url and from under [smtp] in fernamt.toml (or FERNAMT_SMTP__URL and FERNAMT_SMTP__FROM), and start the server again";

impl ChannelFacts {
    pub fn judge(&self, channel: &Channel) -> Finding {
        let name = &channel.name;
        let test = format!("mend the receiver, then POST /api/admin/v1/channels/{name}/test");
        if matches!(channel.to, Address::Email(_)) && !self.has_mail {
            return Finding::red(Area::Channel, name, "no mail can be sent from here", SET_SMTP);
        }
        if let Some(why) = &self.not_allowed {
            let fix = format!(
                "another address for the channel {name} in the company's file; then fernamt apply FILE"
            );
            return Finding::red(Area::Channel, name, format!("its address {why}"), fix);
        }
        if channel.is_gone {
            let what = "whoever is there has answered 410: nothing is sent any more";
            return Finding::red(Area::Channel, name, what, test);
        }
        match &self.failed {
            Some(why) => {
                Finding::yellow(Area::Channel, name, format!("the last message was given up: {why}"), test)
            }
            None => Finding::green(Area::Channel, name, format!("{} is sent to", channel.to.kind())),
        }
    }
}

/// Customers are to be written to, and no mail can be sent.
pub fn no_mail_for_customers() -> Finding {
    let what = "confirmations is on, but no mail can be sent from here";
    Finding::red(Area::Policy, "confirmations", what, SET_SMTP)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::readiness::Light;

    fn channel(to: Address, is_gone: bool) -> Channel {
        Channel { id: Uuid::from_u128(1).into(), name: "buero".into(), to, kinds: Vec::new(), is_gone }
    }

    fn hook() -> Address {
        Address::Webhook { url: "https://hook.example/a".into(), secret: "geheim".into() }
    }

    #[test]
    fn a_mailbox_without_a_mail_server_is_red_and_says_what_to_set() {
        let mailbox = channel(Address::Email("a@b.example".into()), false);

        let red = ChannelFacts::default().judge(&mailbox);
        let green = ChannelFacts { has_mail: true, ..ChannelFacts::default() }.judge(&mailbox);

        assert_eq!((red.light, green.light), (Light::Red, Light::Green));
        assert!(red.fix.is_some_and(|fix| fix.contains("[smtp]")));
    }

    #[test]
    fn a_webhook_is_red_where_it_may_not_go_or_is_not_wanted_and_yellow_after_a_failure() {
        let not_allowed =
            ChannelFacts { not_allowed: Some("must begin with https://".into()), ..ChannelFacts::default() };
        let failed = ChannelFacts { failed: Some("answered 500".into()), ..ChannelFacts::default() };

        assert_eq!(not_allowed.judge(&channel(hook(), false)).light, Light::Red);
        assert_eq!(ChannelFacts::default().judge(&channel(hook(), true)).light, Light::Red);
        assert_eq!(failed.judge(&channel(hook(), false)).light, Light::Yellow);
        assert_eq!(ChannelFacts::default().judge(&channel(hook(), false)).light, Light::Green);
    }
}
