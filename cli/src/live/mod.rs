//! Live checks: sends what `corsac_diagnose::live` asks for, politely, and shows what it found.

mod baseline;
mod options;
mod sending;
mod verify;

pub(crate) use verify::run as verify;
