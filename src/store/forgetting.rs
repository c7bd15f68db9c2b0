//! Forgetting a little at a time: the books have one writer, and calls wait for it.

use super::Error;

/// Rows that are forgotten in one statement.
pub(super) const AT_A_TIME: u64 = 500;

/// Forgets until a step finds less than it may take; says how many went.
pub(super) async fn in_steps(step: impl AsyncFn() -> Result<u64, Error>) -> Result<u64, Error> {
    let mut gone = 0;
    loop {
        let more = step().await?;
        gone += more;
        if more < AT_A_TIME {
            return Ok(gone);
        }
    }
}
