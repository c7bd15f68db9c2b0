//! Passwords: long enough, kept as argon2id, verified off the threads that answer calls.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use super::Error;

/// The fewest characters of a password.
const LENGTH_MIN: usize = 12;
/// The most bytes; argon2 would take more, a request should not.
const BYTES_MAX: usize = 1_024;
/// Hashing takes 19 MiB each and a processor to itself: no more at a time, others wait.
const AT_A_TIME_MAX: usize = 2;

static PLACES: Semaphore = Semaphore::const_new(AT_A_TIME_MAX);

/// The password as it is stored, with a salt of its own.
pub(super) async fn hash(password: SecretString) -> Result<String, Error> {
    let length = password.expose_secret().chars().count();
    if length < LENGTH_MIN {
        return Err(Error::Invalid(format!(
            "the password has {length} characters; it needs at least {LENGTH_MIN}"
        )));
    }
    if password.expose_secret().len() > BYTES_MAX {
        return Err(Error::Invalid(format!("the password is longer than {BYTES_MAX} bytes")));
    }
    let hashed = aside(move || {
        Argon2::default().hash_password(password.expose_secret().as_bytes()).ok().map(|hash| hash.to_string())
    });
    hashed.await.flatten().ok_or_else(|| Error::Invalid("the password could not be hashed; try again".into()))
}

/// Whether the password is the one behind the hash. Without a hash it takes as long and is not, so that nobody learns
/// from the time which e-mails are known.
pub(super) async fn fits(password: SecretString, hash: Option<String>) -> bool {
    if password.expose_secret().len() > BYTES_MAX {
        return false;
    }
    let fits = aside(move || {
        let given = password.expose_secret().as_bytes();
        match hash.as_deref().map(PasswordHash::new) {
            Some(Ok(hash)) => Argon2::default().verify_password(given, &hash).is_ok(),
            Some(Err(_)) => false,
            None => Argon2::default().hash_password(given).is_err(),
        }
    });
    fits.await.unwrap_or(false)
}

/// Runs on a thread where it may take its time; None: the process is going down.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let _place = PLACES.acquire().await.ok()?;
    tokio::task::spawn_blocking(work).await.ok()
}
