//! What both programs share: the adapter between HTTP and the engine, and the application behind it.
#![no_std]
#![forbid(unsafe_code)]

mod adapter;
mod thermostat;

pub use adapter::{After, EMPTY_LINES, Full, Head, Lines, Response, parse, respond};
