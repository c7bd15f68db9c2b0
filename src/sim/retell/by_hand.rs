//! What somebody does at Retell's dashboard while a program is at work there.

use std::collections::BTreeMap;
use std::fmt::{self, Debug, Formatter};

use super::rest::Account;

/// A change by hand: in which workspace, before which request, and what.
pub(super) struct ByHand {
    key: String,
    path: String,
    change: Box<dyn FnOnce(&mut Account) + Send>,
}

impl ByHand {
    pub(super) fn new(key: &str, path: &str, change: impl FnOnce(&mut Account) + Send + 'static) -> Self {
        Self { key: key.to_owned(), path: path.to_owned(), change: Box::new(change) }
    }

    /// Whether it is done before a request of that path.
    pub(super) fn is_before(&self, path: &str) -> bool {
        path.starts_with(&self.path)
    }

    pub(super) fn done(self, accounts: &mut BTreeMap<String, Account>) {
        if let Some(account) = accounts.get_mut(&self.key) {
            (self.change)(account);
        }
    }
}

impl Debug for ByHand {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByHand").field("path", &self.path).finish_non_exhaustive()
    }
}
