//! What an agent at Retell is to be like, and how it gets there from what it is.

pub mod catalogue;
pub mod prompt;
pub mod reception;

mod agent;
mod change;
mod goal;
mod heard;
mod joined;
mod notes;
mod numbers;
mod object;
mod plan;
mod saved;
mod standing;
#[cfg(test)]
mod tests;
mod tool;
mod tools;
mod undone;
mod wanted;
mod wording;

pub use change::{Area, Change};
pub use goal::{Goal, differences};
pub use heard::{Due, Ear, Hears, Share};
pub use joined::joined;
pub use notes::tail;
pub use numbers::{NumberPatch, ours};
pub use object::Object;
pub use plan::{Place, Plan, plan};
pub use saved::{Saved, WayBack};
pub use standing::{AtRetell, Bound, Engine, Listed, Version, bindings};
pub use tools::extras;
pub use wanted::{Wanted, WantedFunction};
