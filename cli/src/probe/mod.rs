//! The sending half of `corsac probe`: what the browser model says goes over the wire is sent over a real connection, and what
//! comes back is handed on as it came. Nothing is judged here and no redirect is followed: core says what the next hop sends.

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
