//! The house as a whole: real server, real books, simulated Retell and Cal.com, everything over HTTP.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its stage should fail there")]
#![expect(clippy::panic, reason = "as above")]

mod appointments;
mod audit;
mod books;
mod books_rpc;
mod browser;
mod calls;
mod changes;
mod changing;
mod chaos;
mod deploy;
mod deploy_heard;
mod deploy_watch;
mod description;
mod desk;
mod doors;
mod gateway;
mod holds;
mod hostile;
mod house;
mod identity;
mod incall;
mod late;
mod limits;
mod logs;
mod mcp;
mod meters;
mod newcomer;
mod offers;
mod onboarding;
mod outage;
mod privacy;
mod post;
mod pages;
mod process;
mod promises;
mod readiness;
mod reception;
mod replays;
mod resuming;
mod signing_in;
mod sinks;
mod slow_commit;
mod story;
