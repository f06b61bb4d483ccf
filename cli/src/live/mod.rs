//! Live checks: sends what `corsac_diagnose::live` asks for, politely, and shows what it found.

mod audit;
mod baseline;
mod options;
mod run;
mod sending;
mod verify;

pub(crate) use audit::run as audit;
pub(crate) use verify::run as verify;
