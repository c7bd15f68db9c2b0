//! The pure rooms: what is true and what follows, without a clock, a socket or a database.

pub mod alert;
pub mod alternatives;
pub mod answer;
pub mod appointment;
pub mod booking;
pub mod breaker;
pub mod budget;
pub mod call;
pub mod callback;
pub mod deployment;
pub mod directory;
pub mod email;
pub mod field;
pub mod habit;
pub mod hidden;
pub mod holidays;
pub mod hours;
pub mod identity;
pub mod ids;
pub mod lockout;
pub mod measures;
pub mod objection;
pub mod phone;
pub mod plan;
pub mod policy;
pub mod queue;
pub mod readiness;
pub mod retry;
pub mod ringing;
pub mod slot;
pub mod speech;
pub mod statistics;

pub use email::Email;
pub use field::Field;
pub use hidden::Hidden;
