//! Live checks: sends what `corsac_diagnose::live` asks for, politely, and shows what it found.

mod audit;
mod baseline;
mod forms;
mod options;
mod policy_from;
mod run;
mod sending;
mod verify;

pub(crate) use audit::run as audit;
pub(crate) use policy_from::run as policy_from;
pub(crate) use verify::run as verify;
