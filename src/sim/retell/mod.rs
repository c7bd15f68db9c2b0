//! A Retell for tests and demos: plays calls against the house as the vendor's documents say, signed with its own code.

mod by_hand;
mod call;
mod records;
mod rest;
mod signer;
#[cfg(test)]
mod tests;
mod transcript;
mod versions;
mod workspace;

pub use call::{Call, Prepared};
pub use rest::{Account, Asked, Fault, Rest, Weather};
pub use signer::{SIGNATURE_HEADER, sign};
pub use workspace::{Answer, Ring, Settings, Workspace};
