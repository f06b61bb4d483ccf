//! The sending half of `corsac probe`: sends what the browser model says over a real connection, and returns the response unchanged.
//! It diagnoses nothing and follows no redirect, because core says what the next hop sends.

mod again;
mod browse;
mod certificate;
mod client;
mod connection;
mod head;
mod outgoing;
mod progress;
mod proxy;
mod recorded;
pub(crate) mod target;
mod tls;
mod trouble;
mod verifier;

pub(crate) use browse::run;
