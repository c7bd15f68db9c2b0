//! Fernamt: the exchange between a telephone voice agent and the calendar. This page is the map; ARCHITECTURE.md walks it.

pub mod actors;
pub mod calcom;
pub mod clock;
pub mod domain;
pub mod operations;
pub mod retell;
pub mod sim;
pub mod store;
