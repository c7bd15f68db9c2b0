//! Mail, handed over to a server by SMTP under an id that stays the same.

use std::time::Duration;

use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use secrecy::ExposeSecret as _;

use super::{Courier, Error, Smtp};
use crate::domain::outbox::Verdict;

/// A mail as it leaves.
#[derive(Clone)]
pub struct Mail<'a> {
    /// The same for every attempt.
    pub id: &'a str,
    pub to: &'a str,
    /// In whose name it is written.
    pub by: &'a str,
    pub subject: &'a str,
    pub text: &'a str,
    /// An appointment to be taken into a calendar: the method of the invitation, and its text.
    pub invite: Option<(&'static str, String)>,
}

impl std::fmt::Debug for Mail<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mail({})", self.id)
    }
}

/// Says that a program writes, so that no program answers (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted(String);

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

#[derive(Clone)]
pub(super) struct Mailer {
    smtp: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mailer")
    }
}

impl Mailer {
    /// None: no mail is to be sent.
    pub(super) fn new(settings: &Smtp, timeout: Duration) -> Result<Option<Self>, Error> {
        let url = settings.url.expose_secret();
        if url.is_empty() {
            return Ok(None);
        }
        let from: Mailbox = settings.from.parse().map_err(|_| Error::From(settings.from.clone()))?;
        let smtp = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(Error::SmtpUrl)?;
        Ok(Some(Self { smtp: smtp.timeout(Some(timeout)).build(), from }))
    }

    fn message(&self, mail: &Mail<'_>) -> Option<Message> {
        let from = Mailbox::new(Some(mail.by.to_owned()), self.from.email.clone());
        let to: Address = mail.to.parse().ok()?;
        let builder = Message::builder()
            .from(from)
            .to(Mailbox::new(None, to))
            .subject(mail.subject)
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            .header(AutoSubmitted("auto-generated".into()));
        let text = SinglePart::plain(mail.text.to_owned());
        match &mail.invite {
            None => builder.singlepart(text).ok(),
            Some((method, ics)) => {
                let kind =
                    ContentType::parse(&format!("text/calendar; charset=utf-8; method={method}")).ok()?;
                let file = Attachment::new("invite.ics".into()).body(ics.clone(), kind);
                builder.multipart(MultiPart::mixed().singlepart(text).singlepart(file)).ok()
            }
        }
    }
}

impl Courier {
    /// Hands a mail over.
    pub async fn mail(&self, mail: &Mail<'_>) -> Verdict {
        let Some(mailer) = &self.mailer else {
            return Verdict::NotNow("no mail can be sent: smtp.url is not set".into());
        };
        let Some(message) = mailer.message(mail) else {
            return Verdict::Refused("the address or the text cannot be written as mail".into());
        };
        match mailer.smtp.send(message).await {
            Ok(_) => Verdict::Taken,
            // What the other side says may repeat the address; its code says enough.
            Err(error) => {
                let why = error.status().map_or_else(|| word_for(&error), |code| format!("answered {code}"));
                if error.is_permanent() { Verdict::Refused(why) } else { Verdict::NotNow(why) }
            }
        }
    }

    /// The mailbox that mail comes from.
    pub fn mailbox(&self) -> Option<String> {
        self.mailer.as_ref().map(|mailer| mailer.from.email.to_string())
    }
}

fn word_for(error: &lettre::transport::smtp::Error) -> String {
    let word = if error.is_timeout() {
        "no answer in time"
    } else if error.is_tls() {
        "no encrypted connection"
    } else {
        "no connection"
    };
    word.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailer() -> Mailer {
        let settings =
            Smtp { url: "smtp://127.0.0.1:1".into(), from: "Fernamt <fernamt@agentur.example>".into() };
        Mailer::new(&settings, Duration::from_secs(1)).unwrap().unwrap()
    }

    fn mail(to: &str) -> Mail<'_> {
        Mail {
            id: "msg_1",
            to,
            by: "Salon Müller, Mitte",
            subject: "Ihr Termin: 20. März",
            text: "Guten Tag,\n\nbis bald.\n",
            invite: Some(("PUBLISH", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".into())),
        }
    }

    #[test]
    fn a_mail_bears_the_companys_name_one_id_and_says_that_a_program_writes() {
        let text = String::from_utf8(mailer().message(&mail("erika@beispiel.example")).unwrap().formatted())
            .unwrap();

        assert!(text.contains("Message-ID: <msg_1@agentur.example>"), "{text}");
        assert!(text.contains("<fernamt@agentur.example>"), "{text}");
        assert!(text.contains("Auto-Submitted: auto-generated"), "{text}");
        assert!(text.contains("method=PUBLISH"), "{text}");
        assert!(!text.contains("Müller"), "names beyond ASCII are encoded: {text}");
    }

    #[test]
    fn what_is_no_address_makes_no_mail_and_adds_no_header() {
        for to in ["erika", "erika@beispiel.example\r\nBcc: x@y.example", ""] {
            assert!(mailer().message(&mail(to)).is_none(), "{to:?}");
        }
        let smuggled = Mail { subject: "a\r\nBcc: x@y.example", ..mail("erika@beispiel.example") };
        let text = String::from_utf8(mailer().message(&smuggled).unwrap().formatted()).unwrap();
        assert!(!text.lines().any(|line| line.starts_with("Bcc:")), "{text}");
    }

    #[test]
    fn without_an_address_of_a_server_no_mail_is_sent_and_a_wrong_one_is_refused() {
        let timeout = Duration::from_secs(1);
        let with = |url: &str, from: &str| Smtp { url: url.into(), from: from.into() };

        assert!(Mailer::new(&Smtp::default(), timeout).unwrap().is_none());
        assert!(matches!(Mailer::new(&with("smtp://a", "nobody"), timeout), Err(Error::From(_))));
        assert!(matches!(Mailer::new(&with("http://a", "a@b.example"), timeout), Err(Error::SmtpUrl(_))));
    }
}
