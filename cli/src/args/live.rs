//! The arguments of live checks: `verify`, `audit` and `policy-from`, and how they send and report.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use corsac_diagnose::Stack;

use super::stacks::stacks;

/// Ask a running server whether it keeps a policy
///
/// Sends what browsers would send for each origin, method and header that the policy lists, and for strangers and near misses that it does
/// not. A browser model judges the responses. Several URLs are the layers of one service, from the edge to the application: you learn at
/// which layer headers get lost. Only OPTIONS, HEAD and GET are sent, each GET with a query that no cache has seen, and at most five
/// requests a second to other machines. Proxies and root certificates are those of `corsac probe`.
#[derive(Debug, Args)]
#[command(after_help = VERIFY_EXAMPLES)]
pub(crate) struct Verify {
    /// The policy or policy set: a TOML file, a compiled image, or - for standard input
    pub(crate) policy: OsString,
    /// The URL to check; several are layers, the edge first
    #[arg(required = true, value_name = "URL")]
    pub(crate) urls: Vec<String>,
    /// Also send the requests of unsafe methods, such as PUT and DELETE, without a body
    #[arg(long)]
    pub(crate) send_unsafe: bool,
    /// Count only findings that this report does not have: the output of an earlier run with --format json
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
    #[command(flatten)]
    pub(crate) sending: SendingOptions,
}

const VERIFY_EXAMPLES: &str = r#"Examples:
    corsac verify api.toml https://api.example.com/things
    corsac verify api.toml https://api.example.com/ http://localhost:8000/
    corsac verify api.toml https://api.example.com/ -H "Authorization: Bearer $TOKEN" --format json > report.json
    corsac verify api.toml https://api.example.com/ --baseline report.json
    corsac verify api.toml https://api.example.com/ --dry-run

Exit codes: 0 the server keeps the policy, perhaps with warnings; 1 a promise is broken; 2 not everything was asked, or could not run."#;

/// Find out which strangers a running server lets in
///
/// Asks as pages that are not yours: a made-up site, null, names that are near to yours, with bytes that some browsers let through. You
/// learn which of them read what, with or without the user's cookies, in which browser, and what to change. Test only servers that you may
/// test: for another machine, the command first shows what it would send, and wants --i-may-test.
#[derive(Debug, Args)]
#[command(after_help = AUDIT_EXAMPLES)]
pub(crate) struct Audit {
    /// The URL to ask; several for several servers
    #[arg(required = true, value_name = "URL")]
    pub(crate) urls: Vec<String>,
    /// A page of yours, so that names near to it are tried too; several for several pages
    #[arg(long = "origin", value_name = "ORIGIN")]
    pub(crate) origins: Vec<OsString>,
    /// You may test these servers
    #[arg(long)]
    pub(crate) i_may_test: bool,
    #[command(flatten)]
    pub(crate) report: ReportOptions,
    #[command(flatten)]
    pub(crate) sending: SendingOptions,
}

const AUDIT_EXAMPLES: &str = r#"Examples:
    corsac audit http://localhost:8000/things
    corsac audit https://api.example.com/things --origin https://app.example.com --i-may-test
    corsac audit https://api.example.com/things --dry-run

Exit codes: 0 no stranger is let in, or only what everyone may read; 1 a stranger is let in by reflection or a loose match; 2 not everything was asked, or could not run."#;

/// Draft a policy from what a running server sends
///
/// Asks as pages of the origins that you give, and of two that are made up, and writes what the server lets in as a policy file. If a
/// stranger is let in, no origin is written. Credentials, null, http: origins and wildcards are only in comments, because you must decide
/// about them. Then `corsac check` the file, and read it.
#[derive(Debug, Args)]
#[command(after_help = POLICY_FROM_EXAMPLES)]
pub(crate) struct PolicyFrom {
    /// The URL to ask
    pub(crate) url: String,
    /// The origin of a page that uses the server; several for several pages
    #[arg(long = "origin", required = true, value_name = "ORIGIN")]
    pub(crate) origins: Vec<OsString>,
    /// The file to write, or - for standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) sending: SendingOptions,
}

const POLICY_FROM_EXAMPLES: &str = r#"Examples:
    corsac policy-from https://api.example.com/things --origin https://app.example.com --origin https://www.example.com
    corsac policy-from https://api.example.com/things --origin https://app.example.com -o draft.toml

Exit codes: 0 a draft; 1 a stranger is let in, or none of the origins, so that no origin is written; 2 not everything was asked, or could not run."#;

/// How `verify` and `audit` report
#[derive(Debug, Args)]
pub(crate) struct ReportOptions {
    /// How to show what was found
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(crate) format: ReportFormat,
    /// Show the fix for this server or framework; several times for several layers
    #[arg(long = "stack", value_parser = stacks(), value_name = "STACK")]
    pub(crate) stacks: Vec<Stack>,
}

/// The forms of a report
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people
    Text,
    /// For machines
    Json,
    /// JUnit's XML, which most CI systems show
    Junit,
    /// SARIF 2.1.0, which code scanning reads
    Sarif,
    /// Annotations for a workflow on GitHub
    Github,
}

/// How `verify`, `audit` and `policy-from` send
#[derive(Debug, Args)]
pub(crate) struct SendingOptions {
    /// A header for every request but preflights, such as "Authorization: Bearer ..."; it is not shown
    #[arg(long = "header", short = 'H', value_name = "NAME: VALUE")]
    pub(crate) headers: Vec<OsString>,
    /// Send at most so many requests
    #[arg(long, value_name = "NUMBER", default_value_t = 200)]
    pub(crate) max_requests: usize,
    /// Print the requests as curl commands, and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Give up on a request after this time
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0)]
    pub(crate) timeout: f64,
    /// Connect to this address instead of looking up the host; several times for several hosts
    #[arg(long, value_name = "HOST:PORT:ADDRESS")]
    pub(crate) resolve: Vec<String>,
    /// Trust the root certificates of this PEM file, and no others
    #[arg(long, value_name = "FILE", conflicts_with = "insecure")]
    pub(crate) cacert: Option<PathBuf>,
    /// Accept any certificate, which a browser would not
    #[arg(long)]
    pub(crate) insecure: bool,
}
