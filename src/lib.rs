//! Fernamt: the exchange between a telephone voice agent and the calendar. This page is the map; ARCHITECTURE.md walks it.
//!
//! | room | what for | floor |
//! |---|---|---|
//! | [`domain`] | what is true and what follows: pure, no clock, no socket, no database | 0 |
//! | [`clock`], [`meters`] | what time it is; what is counted and measured | 1 |
//! | [`store`], [`calcom`], [`retell`] | the books; the two wires, each known to its room alone | 2 |
//! | [`actors`] | calls, branches, calendars, breakers: thin shells round the machines of `domain` | 3 |
//! | [`operations`] | what a person or program may do, permission checked | 4 |
//! | [`rpc`] | the gateway: methods by name, over JSON-RPC | 5 |
//! | [`http`] | all of actix-web | 6 |
//! | [`app`], [`config`], [`telemetry`], [`cli`] | composition and the outside of the program | – |
//! | [`sim`] | outside the house: Retell and Cal.com over loopback, for demo, tests and benches | – |

pub mod actors;
pub mod app;
pub mod calcom;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod http;
pub mod meters;
pub mod notify;
pub mod operations;
pub mod retell;
pub mod rpc;
pub mod sim;
pub mod store;
pub mod telemetry;
