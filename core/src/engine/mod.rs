//! The engine: evaluates a request against a policy and makes a decision.

pub(crate) mod decision;
pub(crate) mod denial;
pub(crate) mod evaluate;
pub(crate) mod evaluate_set;
pub(crate) mod header;
pub(crate) mod headers;
pub(crate) mod read_header;
pub(crate) mod request;
pub(crate) mod request_path;
pub(crate) mod requested_headers;
pub(crate) mod response;
