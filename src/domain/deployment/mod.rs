//! What an agent at Retell is to be like, and how it gets there from what it is.

pub mod catalogue;
pub mod prompt;
pub mod reception;

mod agent;
mod change;
mod goal;
mod notes;
mod numbers;
mod object;
mod plan;

mod standing;
#[cfg(test)]
mod tests;
mod tool;
mod tools;
mod wanted;
mod wording;

pub use change::{Area, Change};
pub use goal::{Goal, differences};
pub use numbers::{NumberPatch, holds, ours};
pub use object::Object;
pub use plan::{Place, Plan, plan};
pub use standing::{AtRetell, Bound, Engine, Listed, Version, bindings, follows};
pub use wanted::{Wanted, WantedFunction};
