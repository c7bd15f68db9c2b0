//! `retell.functions.*`: what the agent does for a caller, for agents that reach us with a token instead of a signature.

use schemars::JsonSchema;

use crate::domain::call::Function;
use crate::operations::functions::args::{
    CancelAppointment, ChangeAppointment, CheckAvailability, CollectAppointment, ConfirmAppointment,
    FindAppointments, ListServices, OpeningHours, RequestCallback,
};
use crate::operations::functions::{self, Asking};
use crate::rpc::table::{Ask, Method};

pub(super) fn methods() -> Vec<Method> {
    appointments().into_iter().chain(questions()).collect()
}

fn questions() -> Vec<Method> {
    vec![
        function::<ListServices>(
            "retell.functions.list_services",
            "What is offered, how long it takes and by whom",
            Function::ListServices,
        ),
        function::<OpeningHours>(
            "retell.functions.opening_hours",
            "When somebody is there: on a day, over some days, or as a rule",
            Function::OpeningHours,
        ),
        function::<FindAppointments>(
            "retell.functions.find_appointments",
            "The appointments of a caller, once it is known who that is",
            Function::FindAppointments,
        ),
        function::<ConfirmAppointment>(
            "retell.functions.confirm_appointment",
            "Notes that a caller is going to come, once it is known who that is",
            Function::ConfirmAppointment,
        ),
        function::<RequestCallback>(
            "retell.functions.request_callback",
            "Has somebody call back",
            Function::RequestCallback,
        ),
    ]
}

fn appointments() -> Vec<Method> {
    vec![
        function::<CheckAvailability>(
            "retell.functions.check_availability",
            "Free times for a wish: date, time, service, staff, in the caller's words",
            Function::CheckAvailability,
        ),
        function::<CollectAppointment>(
            "retell.functions.collect_appointment",
            "Gathers an appointment, reads it back, and books it once the caller has said yes",
            Function::CollectAppointment,
        ),
        function::<ChangeAppointment>(
            "retell.functions.change_appointment",
            "Moves an appointment, once the caller is known and has said yes",
            Function::ChangeAppointment,
        )
        .destructive(),
        function::<CancelAppointment>(
            "retell.functions.cancel_appointment",
            "Cancels an appointment, once the caller is known and has said yes",
            Function::CancelAppointment,
        )
        .destructive(),
    ]
}

/// A turn of a conversation: even a question leaves its answer in the journal.
fn function<A: JsonSchema + 'static>(
    name: &'static str,
    summary: &'static str,
    function: Function,
) -> Method {
    Method::changes(name, summary, move |ask: Ask, asking: Asking<A>| {
        let function = function.clone();
        async move { functions::call(&ask.house, &ask.who, function, asking).await }
    })
}
