//! How a company's accounts at Cal.com are set up: whether they can be reached, and what they have to offer.

mod connection;
mod event_types;

use std::time::Duration;

use crate::actors::line::Unread;

pub use connection::{Connection, Connections, Owner, test_connection};
pub use event_types::{AccountTypes, EventTypes, Hindrance, HostView, TypeView, Use, event_types};

/// How long one account may take to be asked about everything.
const PATIENCE: Duration = Duration::from_secs(15);

/// Why an account did not answer, in words that say what to do.
fn in_words(unread: &Unread) -> String {
    match unread {
        Unread::Failed(failure) if failure.is_bad_key() => {
            "Cal.com does not accept the key: make a new one at Cal.com → Settings → Developer → API keys, put it into the \
             company's file, then fernamt apply FILE"
                .into()
        }
        Unread::Failed(failure) => format!("Cal.com could not be asked: {failure}"),
        Unread::Kept(kept) => format!("nothing is sent until {}: {}", kept.until, kept.why),
    }
}

const UNUSABLE: &str = "base_url is no http or https address, or the key holds signs that no key has";
const TOO_SLOW: &str = "Cal.com takes too long; try again";
