//! What JavaScript calls for an explanation: of console messages, captures, codes and single exchanges.
//!
//! JavaScript asks for [`room`](boundary::room), writes there the options of a call as JSON and then what is to be explained, and
//! calls an export with the length of the options. The export returns the length of its output, which is JSON too and has an
//! `error` if it failed. Memory is only touched through these buffers, so wrong lengths read nothing else.
//!
//! Two modules are built of it, one for each feature, because the entries of all codes are long, and few pages show them.
//!
//! No diagnosis is here: each export reads its input and calls `corsac-diagnose`.

#![cfg(target_arch = "wasm32")]

#[cfg_attr(
    not(feature = "diagnosis"),
    allow(dead_code, reason = "a code is explained with few options, and without URLs")
)]
mod boundary;
#[cfg(feature = "diagnosis")]
mod capture;
#[cfg(feature = "codes")]
mod code;
#[cfg(feature = "diagnosis")]
mod console;
#[cfg(feature = "diagnosis")]
mod exchange;
#[cfg_attr(not(feature = "diagnosis"), allow(dead_code, reason = "a code is explained with few options"))]
mod fields;
#[cfg(feature = "diagnosis")]
mod live;
#[cfg_attr(not(feature = "diagnosis"), allow(dead_code, reason = "a code is explained with few options"))]
mod options;
#[cfg(feature = "diagnosis")]
mod own;
#[cfg(feature = "diagnosis")]
mod stacks;
#[cfg(feature = "diagnosis")]
mod twice;
#[cfg(feature = "diagnosis")]
mod urls;
