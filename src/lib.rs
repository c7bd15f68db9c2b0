//! Fernamt: the exchange between a telephone voice agent and the calendar. This page is the map; ARCHITECTURE.md walks it.

pub mod domain;
pub mod sim;
pub mod store;
