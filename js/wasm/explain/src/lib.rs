//! What JavaScript calls for an explanation: of console messages, captures, codes and single exchanges.
//!
//! JavaScript asks for [`room`](boundary::room), writes there the options of a call as JSON and then what is to be explained, and
//! calls an export with the length of the options. The export returns the length of its output, which is JSON too and has an
//! `error` if it failed. Memory is only touched through these buffers, so wrong lengths read nothing else.
//!
//! No diagnosis is here: each export reads its input and calls `corsac-diagnose`.

#![cfg(target_arch = "wasm32")]

mod boundary;
mod capture;
mod code;
mod console;
mod exchange;
mod fields;
mod live;
mod options;
mod own;
mod twice;
mod urls;
