//! The methods by namespace: one file each, named like it.

mod appointments;
mod branch;
mod calcom;
mod callback;
mod deployment;
mod discover;
mod functions;
mod retell_config;

use super::table::Method;

/// All of them.
pub(super) fn all() -> Vec<Method> {
    let spaces = [
        appointments::methods(),
        branch::methods(),
        calcom::methods(),
        callback::methods(),
        deployment::methods(),
        discover::methods(),
        functions::methods(),
        retell_config::methods(),
    ];
    spaces.into_iter().flatten().collect()
}
