//! What an agent at Retell is to be like, and how it gets there from what it is.

mod wanted;

pub use wanted::{Wanted, WantedFunction};
