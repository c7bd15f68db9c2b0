//! An e-mail address in one form: lower case, so that it names one person however it is typed.

/// An address; hides itself in debug output.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

/// The text is no e-mail address that a mailbox may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address like anna@beispiel.example")]
pub struct NotAnAddress;

impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Email")
    }
}

impl Email {
    /// Reads an address: one @, ASCII, a domain with a dot, at most 254 characters.
    pub fn parse(text: &str) -> Result<Self, NotAnAddress> {
        let text = text.trim().to_lowercase();
        if text.len() <= 254 && is_an_address(&text) { Ok(Self(text)) } else { Err(NotAnAddress) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Something before one @, a domain with a dot behind it; the mailbox's owner and Cal.com judge the rest.
pub fn is_an_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let sound =
        |part: &str| !part.is_empty() && !part.contains(['@', ' ', ',', ';', '<', '>']) && part.is_ascii();
    sound(local)
        && sound(domain)
        && domain.split('.').count() > 1
        && domain.split('.').all(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_however_it_is_typed() {
        assert_eq!(Email::parse(" Anna@Beispiel.Example "), Email::parse("anna@beispiel.example"));
        assert_eq!(Email::parse("anna@beispiel"), Err(NotAnAddress));
        assert_eq!(Email::parse("anna at beispiel.example"), Err(NotAnAddress));
    }
}
