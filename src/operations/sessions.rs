//! Signing in with e-mail and password, being recognised afterwards, signing out, and changing one's own password.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::audit::{self, Action, Deed};
use super::{By, Error, Principal, grants, passwords};
use crate::clock::Clock;
use crate::domain::Email;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::lockout::Rules;
use crate::domain::retry::{later, millis};
use crate::store::sessions::Session;
use crate::store::users::{Change, User};
use crate::store::{Scope, Store};

const RANDOM_BYTES: usize = 32;
/// That a session was used is written down this often, in milliseconds.
const TOUCH_EVERY_MS: u64 = 60_000;

/// Settings of the `[sign_in]` table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// A session that was not used for so long has ended, in milliseconds.
    pub session_idle_ms: u64,
    /// A session ends after so long however much it is used, in milliseconds.
    pub session_longest_ms: u64,
    /// So many wrong passwords lock an account, 1 or more.
    pub wrong_passwords_max: u32,
    /// Wrong passwords count together that were tried within so many milliseconds.
    pub wrong_within_ms: u64,
    pub locked_ms: u64,
}

impl Settings {
    fn rules(&self) -> Rules {
        Rules {
            wrong_max: self.wrong_passwords_max,
            within_ms: self.wrong_within_ms,
            locked_ms: self.locked_ms,
        }
    }
}

/// Where sessions are kept, and how long they last.
#[derive(Clone, Copy, Debug)]
pub struct Register<'a> {
    pub store: &'a Store,
    pub clock: Clock,
    pub settings: &'a Settings,
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub session: SessionId,
    pub user: UserId,
    pub who: Principal,
}

/// What a browser gets that has just signed in; hides itself in debug output.
pub struct Opened {
    /// What the browser shows from now on, given out here and nowhere else.
    pub text: String,
    pub signed_in: SignedIn,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("signed_in", &self.signed_in).finish_non_exhaustive()
    }
}

impl Register<'_> {
    /// Signs somebody in; None: nobody, for whatever reason. It takes as long whatever the reason is.
    pub async fn open(&self, email: &str, password: SecretString) -> Result<Option<Opened>, Error> {
        let Some((user, who)) = self.who_knows(email, password).await? else { return Ok(None) };
        let text = random()?;
        let now = self.clock.now();
        let session = Session {
            id: self.clock.mint().into(),
            user: user.id,
            created_at: now,
            used_at: now,
            ends_at: later(now, millis(self.settings.session_longest_ms)),
        };
        let idle = millis(self.settings.session_idle_ms);
        self.store.sessions().forget(now, later(now, -idle)).await?;
        self.store.sessions().enter(&session, &text).await?;
        let deed = Deed::new(Action::SignedIn).about("user", user.id);
        audit::note(self.store, self.clock, &who, deed.at_only(&user.companies)).await?;
        Ok(Some(Opened { text, signed_in: SignedIn { session: session.id, user: user.id, who } }))
    }

    /// Whose password it is. A try counts before anybody learns what came of it, and whoever is locked out is not told.
    async fn who_knows(
        &self,
        email: &str,
        password: SecretString,
    ) -> Result<Option<(User, Principal)>, Error> {
        let found = match Email::parse(email) {
            Ok(email) => self.store.users().find(&email).await?,
            Err(_) => None,
        };
        let known = found.as_ref().map(|(user, _)| (user.id, user.companies.clone()));
        let (user, hash) = found.filter(|(user, _)| user.disabled_at.is_none()).unzip();
        // Side by side, so that the time tells nobody whether there was a try to be counted.
        let (may_try, fits) = join(self.may_try(user.as_ref()), passwords::fits(password, hash)).await;
        let fits = may_try? && fits;
        let who = user.filter(|_| fits).and_then(|user| Some((principal(&user)?, user)));
        let Some((who, user)) = who else {
            let mut deed = Deed::new(Action::SignInRefused);
            if let Some((id, companies)) = known {
                deed = deed.about("user", id).at_only(&companies);
            }
            audit::note_of_nobody(self.store, self.clock, deed).await?;
            return Ok(None);
        };
        self.store.users().forget_tries(user.id).await?;
        Ok(Some((user, who)))
    }

    /// Counts a try at somebody's password; false: nobody may try now, or there is nobody.
    async fn may_try(&self, user: Option<&User>) -> Result<bool, Error> {
        let Some(user) = user else { return Ok(false) };
        let rules = self.settings.rules();
        Ok(self.store.users().try_password(user.id, rules, self.clock.now()).await?)
    }

    /// Who shows this text; None: nobody, or the session is over. Only what a person does keeps a session from ending.
    pub async fn recognise(&self, text: &str, is_by_hand: bool) -> Result<Option<SignedIn>, Error> {
        let Some((session, user)) = self.store.sessions().find(text).await? else { return Ok(None) };
        let now = self.clock.now();
        let idle = later(session.used_at, millis(self.settings.session_idle_ms));
        if now >= session.ends_at || now >= idle || user.disabled_at.is_some() {
            return Ok(None);
        }
        if is_by_hand && now >= later(session.used_at, millis(TOUCH_EVERY_MS)) {
            self.store.sessions().touch(session.id, now).await?;
        }
        Ok(principal(&user).map(|who| SignedIn { session: session.id, user: user.id, who }))
    }

    /// Signs somebody out.
    pub async fn close(&self, signed_in: &SignedIn) -> Result<(), Error> {
        if self.store.sessions().end(signed_in.session).await? {
            let deed = Deed::new(Action::SignedOut).about("user", signed_in.user);
            audit::note(self.store, self.clock, &signed_in.who, of(deed, &signed_in.who)).await?;
        }
        Ok(())
    }

    /// Gives oneself another password; all other sessions end. The old one is tried like at the door, and counts like there.
    pub async fn change_password(
        &self,
        signed_in: &SignedIn,
        old: SecretString,
        new: SecretString,
    ) -> Result<(), Error> {
        let who = &signed_in.who;
        let knows = self.who_knows(&who.name, old).await?.is_some_and(|(user, _)| user.id == signed_in.user);
        if !knows {
            return Err(Error::Invalid("the old password is not right".into()));
        }
        let hash = passwords::hash(new).await?;
        let change = Change::Password { hash, keep: Some(signed_in.session) };
        self.store.users().change(signed_in.user, change).await?;
        let deed = Deed::new(Action::PasswordChanged).about("user", signed_in.user);
        audit::note(self.store, self.clock, who, of(deed, who)).await
    }
}

fn random() -> Result<String, Error> {
    let mut random = [0; RANDOM_BYTES];
    getrandom::fill(&mut random)
        .map_err(|_| Error::Invalid("the operating system gave no random bytes".into()))?;
    Ok(URL_SAFE_NO_PAD.encode(random))
}

fn principal(user: &User) -> Option<Principal> {
    grants::principal((By::User(user.id), user.email.clone()), &user.role, user.companies.clone())
}

/// What is about a user of one company is that company's.
fn of(deed: Deed, who: &Principal) -> Deed {
    match &who.scope {
        Scope::Companies(companies) => deed.at_only(companies),
        Scope::All => deed,
    }
}
