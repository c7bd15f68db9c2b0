//! What a test of the webhook shows, in words, and what to do about it.

use crate::retell::probe::{Answered, Fault};

/// What is said about a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) success: bool,
    pub(super) message: String,
    /// What to do; None where nothing has to be done.
    pub(super) fix: Option<String>,
}

/// Judges a test by what came back and by whether it stands in the books.
pub(super) fn verdict(url: &str, sent: Result<Answered, Fault>, ms: u64, arrived: bool) -> Verdict {
    let (message, fix) = match sent {
        Ok(Answered { status: 200..=299 }) if arrived => {
            let message = format!("went all the way through {url} in {ms} ms and stands in the books");
            return Verdict { success: true, message, fix: local(url) };
        }
        Ok(Answered { status }) => answered(url, status),
        Err(fault) => (format!("{url} could not be reached: {fault}"), unanswered(fault)),
    };
    Verdict { success: false, message, fix: Some(fix.to_owned()) }
}

fn answered(url: &str, status: u16) -> (String, &'static str) {
    let what = match status {
        200..=299 => "but nothing arrived here",
        300..=399 => "which leads somewhere else; Retell need not follow",
        401 => "the signature was not accepted",
        404 => "the path or the number is not known there",
        413 => "the body was too large",
        429 => "too many came at once",
        502..=504 => "a proxy answers, the server behind it does not",
        _ => "which is no acknowledgement",
    };
    (format!("{url} answered {status}: {what}"), fix_of(status))
}

fn fix_of(status: u16) -> &'static str {
    match status {
        200..=299 => {
            "something else answers at this address: let FERNAMT_PUBLIC_URL, or the proxy in front, lead to this server"
        }
        300..=399 => "set FERNAMT_PUBLIC_URL to the address it leads to in the end, and deploy again",
        401 => {
            "the server behind this address knows another signing key, or its clock is wrong by more than five minutes: let it \
             use the same books as this one, and see whether both clocks are right"
        }
        404 => {
            "let the proxy pass /api/webhooks/retell on unchanged; if it does, the server behind it has other companies in its \
             books"
        }
        413 => "let the proxy pass on bodies up to 8 MiB",
        429 => "wait a minute and test again",
        _ => "look into the log of the proxy and of this server at this minute, then test again",
    }
}

fn unanswered(fault: Fault) -> &'static str {
    match fault {
        Fault::NoAddress => "set FERNAMT_PUBLIC_URL to an address such as https://phone.example.com",
        Fault::UnknownHost => "enter the name in the DNS, or correct FERNAMT_PUBLIC_URL",
        Fault::Refused => {
            "nobody listens there: start the proxy or open the port, or correct FERNAMT_PUBLIC_URL"
        }
        Fault::Tls => {
            "the certificate is not valid for this name, has expired, or no TLS is spoken on this port: renew it, or correct \
             FERNAMT_PUBLIC_URL"
        }
        Fault::TimedOut => {
            "a firewall may drop what comes from this machine, or the server is overloaded: try the address from outside, too"
        }
        Fault::Broken => "look into the log of the proxy at this minute, then test again",
    }
}

/// What went well here may still be out of Retell's reach.
fn local(url: &str) -> Option<String> {
    let host = url.split("://").nth(1)?.split(['/', ':']).next()?;
    let is_local = host == "localhost" || host.starts_with("127.") || host == "[";
    (is_local || url.starts_with("http://")).then(|| {
        "Retell calls from the internet: it needs a public https address in FERNAMT_PUBLIC_URL".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://phone.example/api/webhooks/retell";

    fn told(sent: Result<Answered, Fault>, arrived: bool) -> Verdict {
        verdict(URL, sent, 12, arrived)
    }

    #[test]
    fn only_what_was_acknowledged_and_stands_in_the_books_went_well() {
        let good = told(Ok(Answered { status: 204 }), true);
        assert_eq!((good.success, good.fix), (true, None));
        assert!(good.message.contains("12 ms"), "{}", good.message);

        for (status, arrived) in [(204, false), (401, false), (404, false), (502, true)] {
            let bad = told(Ok(Answered { status }), arrived);
            assert!(!bad.success && bad.fix.is_some() && bad.message.contains(&status.to_string()));
        }
    }

    #[test]
    fn every_fault_has_its_own_words_and_says_what_to_do() {
        let faults = [
            Fault::NoAddress,
            Fault::UnknownHost,
            Fault::Refused,
            Fault::Tls,
            Fault::TimedOut,
            Fault::Broken,
        ];
        let told: std::collections::BTreeSet<(String, Option<String>)> =
            faults.map(|fault| told(Err(fault), false)).map(|verdict| (verdict.message, verdict.fix)).into();

        assert_eq!(told.len(), faults.len());
    }

    #[test]
    fn a_signature_that_is_not_accepted_leads_to_the_keys() {
        let refused = told(Ok(Answered { status: 401 }), false);

        assert!(refused.fix.unwrap().contains("signing key"));
    }

    #[test]
    fn an_address_that_only_this_machine_reaches_is_pointed_out() {
        let url = "http://127.0.0.1:8080/api/webhooks/retell";

        let verdict = verdict(url, Ok(Answered { status: 204 }), 3, true);

        assert!(verdict.success && verdict.fix.unwrap().contains("public https address"));
    }
}
