//! The command line of Corsac: every command runs here and becomes an exit code here.

mod args;
mod check;
mod compile;
mod dialect;
mod diff;
mod eval;
mod eval_dialect;
mod eval_jsonl;
mod explain;
mod export;
mod failure;
mod finding_json;
mod finding_text;
mod findings;
mod http_text;
mod import;
mod input;
mod jsonl;
mod jsonl_request;
mod live;
mod mcp;
mod network_options;
mod packaging;
mod policy_source;
mod probe;
mod request_head;
mod script_options;

use std::io::Write;
use std::process::ExitCode;

use args::{Arguments, Command};
use clap::Parser;
use failure::Outcome;

fn main() -> ExitCode {
    if std::env::args_os().len() < 2 {
        let _ = anstream::stderr().write_all(args::MAIN_USES.as_bytes());
        return ExitCode::from(2);
    }
    let arguments = Arguments::parse();
    let result = match &arguments.command {
        Command::Check(check) => check::run(check),
        Command::Compile(compile) => compile::run(compile),
        Command::Eval(eval) => eval::run(eval),
        Command::Import(import) => import::run(import),
        Command::Export(export) => export::run(export),
        Command::Diff(diff) => diff::run(diff),
        Command::Explain(explain) => explain::run(explain),
        Command::Probe(probe) => probe::run(probe),
        Command::Verify(verify) => live::verify(verify),
        Command::Audit(audit) => live::audit(audit),
        Command::PolicyFrom(from) => live::policy_from(from),
        Command::Mcp(mcp) => mcp::run(mcp),
        Command::Completions(completions) => packaging::completions(completions.shell),
        Command::Manual(manual) => packaging::manual(manual),
    };
    match result {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Problem) => ExitCode::from(1),
        Err(failure) => {
            failure.show();
            ExitCode::from(2)
        }
    }
}
