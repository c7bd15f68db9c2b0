//! Stories of calls: what is said at the desk, and what stands in the books afterwards.

mod asked;
mod at_desk;
mod at_once;
mod audit;
mod changing;
mod doubt;
mod ending;
mod gathering;
mod hotline;
pub(in crate::domain) mod house;
mod knowing;
mod line;
mod lost;
mod moments;
mod names;
mod ordering;
mod properties;
mod replayed;
mod resuming;
mod several;
mod slots;
mod spans;
mod truth;
mod why;
mod why_not;
mod windows;
