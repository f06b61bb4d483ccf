//! The sending half of `corsac probe`: sends what the browser model says over a real connection, and returns the response unchanged.
//! It diagnoses nothing and follows no redirect, because core says what the next hop sends.

pub(crate) mod again;
pub(crate) mod browse;
mod certificate;
pub(crate) mod client;
mod connection;
mod conversation;
mod head;
pub(crate) mod listed;
mod outgoing;
mod progress;
mod proxy;
mod recorded;
pub(crate) mod target;
mod tls;
pub(crate) mod trouble;
mod verifier;

pub(crate) use browse::run;
