//! The tables as sea-orm entities: rows only, no rules, no queries.

mod ms;

pub mod account;
pub mod alert;
pub mod alert_round;
pub mod attempt;
pub mod audit;
pub mod backfill;
pub mod booking;
pub mod branch;
pub mod calendar;
pub mod call;
pub mod call_event;
pub mod call_particulars;
pub mod callback;
pub mod channel;
pub mod code;
pub mod company;
pub mod customer;
pub mod customer_number;
pub mod deployment;
pub mod enquiry;
pub mod erasure;
pub mod exchange;
pub mod function_invocation;
pub mod hold;
pub mod inbox;
pub mod mark;
pub mod measure;
pub mod message;
pub mod number;
pub mod offer;
pub mod reception;
pub mod replaced_key;
pub mod reservation;
pub mod retention;
pub mod service;
pub mod session;
pub mod token;
pub mod user;
pub mod webhook_test;

pub use ms::Ms;
