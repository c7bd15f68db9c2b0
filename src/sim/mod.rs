//! The world outside the house, simulated over loopback from the vendors' documents: Cal.com and Retell.

pub mod calcom;
pub mod chaos;
pub mod day;
pub mod retell;
pub mod scenario;
pub mod time;
