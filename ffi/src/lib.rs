//! The C interface of Corsac: all of the engine as `extern "C"` functions, with the names and layouts of `include/corsac.h`.
//!
//! The header is generated from this crate, and its documentation is the comments here: write them for people who write C. `ffi/artifact`
//! builds the libraries from it. A function checks its arguments, calls the engine and writes what the engine returns. No rule of CORS is here.
#![no_std]
#![deny(clippy::undocumented_unsafe_blocks)]
#![allow(non_camel_case_types, reason = "the names are those of the C interface")]
#![allow(clippy::missing_safety_doc, reason = "the top of the header says once what callers must do")]

// A blank line after each keeps this order, which is the order of the header.
mod version;

mod result;

mod bytes;

mod result_text;

mod spec;

mod sentence;

mod finding;

mod policy;

mod request;

mod decision;

mod set;

mod path;

mod ask;

#[cfg(feature = "toml")]
mod parse;

mod text;

mod response;

mod explain;

mod pointer;

pub use ask::{corsac_asked, corsac_evaluate_ask, corsac_evaluate_asked};
pub use bytes::{corsac_bytes, corsac_header, corsac_list};
pub use decision::{
    CORSAC_ACTUAL, CORSAC_ALLOWED, CORSAC_HEADER_NOT_ALLOWED, CORSAC_HEADERS_MALFORMED, CORSAC_HEADERS_MAX,
    CORSAC_METHOD_MALFORMED, CORSAC_METHOD_NOT_ALLOWED, CORSAC_ORIGIN_MALFORMED, CORSAC_ORIGIN_NOT_ALLOWED,
    CORSAC_PATH_AMBIGUOUS, CORSAC_PLAIN, CORSAC_PREFLIGHT, CORSAC_REQUEST_TOO_LARGE, corsac_decision,
    corsac_origin_check, corsac_policy_evaluate, corsac_policy_evaluate_with,
};
pub use explain::*;
pub use finding::{CORSAC_ERROR, CORSAC_NO_INDEX, CORSAC_NO_TABLE, CORSAC_WARNING, corsac_finding, corsac_on_finding};
#[cfg(feature = "toml")]
pub use parse::{
    corsac_parse_sizes, corsac_policy_parse, corsac_policy_set_parse, corsac_policy_set_text, corsac_policy_text,
};
pub use path::{
    CORSAC_AMBIGUOUS_ID, CORSAC_PATH_POLICIES_WORDS, corsac_path_policies, corsac_path_policies_evaluate,
    corsac_path_policies_evaluate_with, corsac_policy_set_at, corsac_policy_set_evaluate,
    corsac_policy_set_evaluate_with,
};
pub use policy::{
    corsac_policy, corsac_policy_allows_credentials, corsac_policy_allows_external_origins, corsac_policy_compile,
    corsac_policy_is_any_origin, corsac_policy_is_public_suffix_checked, corsac_policy_open, corsac_policy_size,
};
pub use request::{
    CORSAC_REQUEST_WORDS, corsac_read_header_name, corsac_request, corsac_request_add_header, corsac_request_class,
    corsac_request_init,
};
pub use response::{
    CORSAC_ADDED_MAX, CORSAC_VARY_MAX, corsac_replaces_header, corsac_response_changes, corsac_vary_add,
    corsac_vary_missing,
};
pub use result::{
    CORSAC_ASK, CORSAC_DAMAGED, CORSAC_FINDINGS, CORSAC_INVALID_ARGUMENT, CORSAC_IS_SET, CORSAC_NO_SPELLING,
    CORSAC_NOT_AN_IMAGE, CORSAC_OK, CORSAC_OTHER_VERSION, CORSAC_REFUSED, CORSAC_STORAGE_TOO_SMALL, CORSAC_TOO_LARGE,
    CORSAC_TOO_MANY, CORSAC_UNTOUCHED, CORSAC_WRONG_LENGTH, corsac_result,
};
pub use result_text::corsac_result_text;
pub use sentence::CORSAC_MESSAGE_MAX;
pub use set::{
    corsac_on_table, corsac_policy_set, corsac_policy_set_compile, corsac_policy_set_open, corsac_policy_set_size,
    corsac_policy_set_tables, corsac_policy_table, corsac_request_path,
};
pub use spec::{CORSAC_UNSET, corsac_spec, corsac_spec_init};
pub use text::{corsac_class_name, corsac_denial_message, corsac_denial_name, corsac_escape};
pub use version::{CORSAC_ABI_VERSION, corsac_abi_version, corsac_version};
