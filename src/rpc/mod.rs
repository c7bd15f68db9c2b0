//! The gateway: every method by its name, over JSON-RPC 2.0, described as `OpenRPC`; it knows nothing of HTTP.
//!
//! A method is one entry of the table: name, summary, typed params, typed result, an operation. A namespace is a file in
//! `methods/`. Permission is checked in `operations`; here only stands that a voice agent reaches nothing but its functions.

pub mod envelope;
mod failure;
pub mod mcp;
mod methods;
pub mod openrpc;
mod table;
mod wrong;

pub use failure::{Code, Failure};
pub use table::{Ask, Effect, Method, Nothing, Table, table};

/// Entries of one batch, at most.
pub const BATCH_MAX: usize = 50;
/// The largest body, in bytes.
pub const BODY_MAX_BYTES: usize = 256 * 1_024;

/// Answers a body with what is to be sent back; None: there were only notifications, which are not answered.
pub async fn answer(ask: &Ask, letter: envelope::Letter) -> Option<envelope::Reply> {
    envelope::answer(letter, async |method, params| table().call(ask, method, params).await).await
}
