//! `rpc.discover`: the gateway describes itself.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::rpc::openrpc;
use crate::rpc::table::{Ask, Method, Nothing};

/// An `OpenRPC` document.
#[derive(Debug, Serialize, JsonSchema)]
struct Document {
    openrpc: Value,
    info: Value,
    servers: Value,
    methods: Value,
    components: Value,
}

pub(super) fn methods() -> Vec<Method> {
    vec![Method::reads(
        "rpc.discover",
        "This document: what may be asked of the gateway",
        |ask: Ask, Nothing {}| {
            let mut document = openrpc::document(ask.who.role).clone();
            let mut part = |name: &str| document[name].take();
            let (openrpc, info, servers) = (part("openrpc"), part("info"), part("servers"));
            let (methods, components) = (part("methods"), part("components"));
            async { Ok(Document { openrpc, info, servers, methods, components }) }
        },
    )]
}
