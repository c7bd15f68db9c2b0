//! The methods by namespace: one file each, named like it.

mod appointments;
mod branch;
mod calcom;
mod callback;
mod customer;
mod database;
mod deployment;
mod discover;
mod functions;
mod queue;
mod retell;
mod retell_config;
mod webhook;

use super::table::Method;

/// All of them.
pub(super) fn all() -> Vec<Method> {
    let spaces = [
        appointments::methods(),
        branch::methods(),
        calcom::methods(),
        callback::methods(),
        customer::methods(),
        database::methods(),
        of_the_set_up(deployment::methods()),
        discover::methods(),
        functions::methods(),
        queue::methods(),
        of_the_set_up(retell::methods()),
        of_the_set_up(retell_config::methods()),
        webhook::methods(),
    ];
    spaces.into_iter().flatten().collect()
}

fn of_the_set_up(methods: Vec<Method>) -> Vec<Method> {
    methods.into_iter().map(Method::of_the_set_up).collect()
}
