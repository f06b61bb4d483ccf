//! The binary run once, and what came out of it.

use std::process::Output;

use assert_cmd::Command;

pub(crate) fn corsac(args: &[&str], stdin: impl Into<Vec<u8>>) -> Output {
    Command::cargo_bin("corsac").unwrap().args(args).write_stdin(stdin).output().unwrap()
}

/// -1: a signal ended it.
pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

pub(crate) fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
