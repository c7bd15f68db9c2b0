//! Secrets at rest: XChaCha20-Poly1305 under a master key, bound to the place they are stored at.

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
const FORMAT: &str = "x1:";
/// What the keys for marks are derived for.
const MARKS: &[u8] = b"fernamt marks";

/// The master key, and the previous one while a rotation is under way.
#[derive(Clone)]
pub struct Keyring {
    keys: Arc<[XChaCha20Poly1305]>,
    /// Derived from the same keys in the same order.
    markers: Arc<[Hmac<Sha256>]>,
}

/// A stored secret that no key of ours opens, or that was moved from another place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sealed under another master key, or damaged")]
pub struct Unreadable;

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum NoKey {
    #[error("the master key must be 32 bytes in base64, for example from: head -c 32 /dev/urandom | base64")]
    Malformed,
    #[error("{path} does not hold a master key: 32 bytes in base64; put the right file back")]
    MalformedFile { path: String },
    #[error("the master key file {path} could not be read or made")]
    File { path: String, source: io::Error },
    #[error("the operating system gave no random bytes")]
    NoChance,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keyring({} keys)", self.keys.len())
    }
}

impl Keyring {
    /// From base64 texts; the first seals, all open.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, NoKey> {
        let keys: Vec<_> = texts.into_iter().map(cipher).collect::<Result<_, _>>()?;
        let (keys, markers): (Vec<_>, Vec<_>) = keys.into_iter().unzip();
        if keys.is_empty() {
            return Err(NoKey::Malformed);
        }
        Ok(Self { keys: keys.into(), markers: markers.into() })
    }

    /// From the file, which is made with a fresh key (mode 0600) where there is none.
    pub fn of_file(path: &Path) -> Result<Self, NoKey> {
        let failed = |source| NoKey::File { path: path.display().to_string(), source };
        match fs::read_to_string(path) {
            Ok(text) => Self::parse([text.trim()])
                .map_err(|_| NoKey::MalformedFile { path: path.display().to_string() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut key = [0; KEY_BYTES];
                getrandom::fill(&mut key).map_err(|_| NoKey::NoChance)?;
                let text = STANDARD.encode(key);
                write_new(path, &text).map_err(failed)?;
                // Another process may have been first; what stands in the file counts.
                Self::parse([fs::read_to_string(path).map_err(failed)?.trim()])
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Seals a secret for one place ("table.column:row").
    pub fn seal(&self, place: &str, secret: &SecretString) -> Result<String, Unreadable> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| Unreadable)?;
        let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: place.as_bytes() };
        let key = self.keys.first().ok_or(Unreadable)?;
        let sealed = key.encrypt(&XNonce::from(nonce), payload).map_err(|_| Unreadable)?;
        Ok(format!("{FORMAT}{}", STANDARD.encode([nonce.as_slice(), &sealed].concat())))
    }

    /// A mark of a text for one place: the same for the same text, and nobody without the key can tell from which.
    pub fn mark(&self, place: &str, text: &str) -> String {
        self.marks(place, text).swap_remove(0)
    }

    /// The same by every key, the first first.
    pub fn marks(&self, place: &str, text: &str) -> Vec<String> {
        let mark = |marker: &Hmac<Sha256>| {
            let mut marker = marker.clone();
            marker.update(place.as_bytes());
            marker.update(&[0]);
            marker.update(text.as_bytes());
            hex::encode(marker.finalize().into_bytes())
        };
        self.markers.iter().map(mark).collect()
    }

    /// Opens what was sealed for that place.
    pub fn open(&self, place: &str, sealed: &str) -> Result<SecretString, Unreadable> {
        let bytes =
            sealed.strip_prefix(FORMAT).and_then(|text| STANDARD.decode(text).ok()).ok_or(Unreadable)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES).ok_or(Unreadable)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| Unreadable)?;
        let opened = self.keys.iter().find_map(|key| {
            key.decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: place.as_bytes() }).ok()
        });
        let text = opened.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(Unreadable)?;
        Ok(text.into())
    }
}

fn cipher(text: &str) -> Result<(XChaCha20Poly1305, Hmac<Sha256>), NoKey> {
    let bytes = STANDARD.decode(text.trim()).map_err(|_| NoKey::Malformed)?;
    let cipher = XChaCha20Poly1305::new_from_slice(&bytes).map_err(|_| NoKey::Malformed)?;
    let mut derived = <Hmac<Sha256> as KeyInit>::new_from_slice(&bytes).map_err(|_| NoKey::Malformed)?;
    derived.update(MARKS);
    let derived = derived.finalize().into_bytes();
    let marker = <Hmac<Sha256> as KeyInit>::new_from_slice(&derived).map_err(|_| NoKey::Malformed)?;
    Ok((cipher, marker))
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    match options.open(path) {
        Ok(mut file) => writeln!(file, "{text}"),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const OTHER: &str = "HxwdHhsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";

    #[test]
    fn a_secret_opens_only_at_its_own_place() {
        let keyring = Keyring::parse([KEY]).unwrap();
        let sealed = keyring.seal("accounts.api_key:7", &"cal_geheim".into()).unwrap();

        assert!(!sealed.contains("geheim"));
        assert_eq!(keyring.open("accounts.api_key:7", &sealed).unwrap().expose_secret(), "cal_geheim");
        assert_eq!(keyring.open("accounts.api_key:8", &sealed).unwrap_err(), Unreadable);
    }

    #[test]
    fn during_a_rotation_both_keys_open_and_the_first_seals() {
        let sealed_before = Keyring::parse([KEY]).unwrap().seal("x", &"eins".into()).unwrap();
        let both = Keyring::parse([OTHER, KEY]).unwrap();

        assert_eq!(both.open("x", &sealed_before).unwrap().expose_secret(), "eins");
        let sealed_now = both.seal("x", &"zwei".into()).unwrap();
        assert_eq!(Keyring::parse([OTHER]).unwrap().open("x", &sealed_now).unwrap().expose_secret(), "zwei");
    }

    #[test]
    fn the_key_file_is_made_once_and_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fernamt.key");
        let sealed = Keyring::of_file(&path).unwrap().seal("x", &"eins".into()).unwrap();

        let again = Keyring::of_file(&path).unwrap();

        assert_eq!(again.open("x", &sealed).unwrap().expose_secret(), "eins");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_mark_is_the_same_for_the_same_text_at_the_same_place_under_the_same_key() {
        let (one, both) = (Keyring::parse([KEY]).unwrap(), Keyring::parse([OTHER, KEY]).unwrap());

        assert_eq!(one.mark("a", "471100"), one.mark("a", "471100"));
        assert_ne!(one.mark("a", "471100"), one.mark("b", "471100"));
        assert_ne!(one.mark("a", "471100"), both.mark("a", "471100"));
        assert_eq!(both.marks("a", "471100")[1], one.mark("a", "471100"));
        assert!(!one.mark("a", "471100").contains("471100"));
    }

    #[test]
    fn a_short_key_is_refused() {
        assert!(matches!(Keyring::parse(["c2hvcnQ="]), Err(NoKey::Malformed)));
    }
}
