//! The command line: names, help and examples, as people read them.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// Check, compile and try CORS policies.
#[derive(Debug, Parser)]
#[command(name = "corsac", version, arg_required_else_help = true, after_help = EXIT_CODES, after_long_help = FIRST_STEPS)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str =
    "Exit codes: 0 fine; 1 the answer is \"no\" (errors in the policy, a denied request); 2 could not run";

const FIRST_STEPS: &str = r#"A policy is a TOML file:

    allow_origins = ["https://app.example.com", "https://preview-*.example.com"]
    allow_methods = ["GET", "PUT"]
    allow_headers = ["authorization", "content-type"]
    allow_credentials = true

First steps:
    corsac check api.toml
    corsac eval api.toml --origin https://app.example.com --method PUT --header authorization
    corsac compile api.toml -o api.corsac

Wherever a policy is asked for, a TOML file, a compiled image or - (standard input) will do.

Exit codes:
    0   fine
    1   the answer is "no": errors in the policy, a denied request
    2   could not run: wrong usage, an unreadable file, not TOML, not an image"#;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(Check),
    Compile(Compile),
    Eval(Eval),
    Explain(Explain),
    Completions(Completions),
}

/// Show everything that is wrong or doubtful in a policy
///
/// All findings are shown at once, each with its place and what to write instead. Errors give exit code 1, warnings
/// alone give 0. A compiled image is opened, which proves the same again.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n    corsac check api.toml\n    corsac check api.toml --format json | jq '.findings[].code'\n    corsac check - < api.toml"
)]
pub(crate) struct Check {
    /// The policy: a TOML file, a compiled image, or - for standard input
    pub(crate) policy: OsString,
    /// How to show the findings
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people: the line itself, marked
    Text,
    /// For machines: one JSON object with every finding
    Json,
}

/// Compile a policy into the image that nginx, C, Python and devices open
///
/// FILE is replaced whole or not at all. A policy with errors is not compiled.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n    corsac compile api.toml -o api.corsac\n    corsac compile api.toml -o - | xxd | head"
)]
pub(crate) struct Compile {
    /// The policy: a TOML file, a compiled image, or - for standard input
    pub(crate) policy: OsString,
    /// Where the image goes; - for standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

/// Show what is answered to a request, and why
///
/// The request is what a browser sends for --origin, --method and --header (with its preflight, if it needs one), or a
/// raw request head on standard input, or, with --jsonl, one JSON object per line on standard input.
#[derive(Debug, Args)]
#[command(after_help = EVAL_EXAMPLES)]
pub(crate) struct Eval {
    /// The policy: a TOML file, a compiled image, or - for standard input
    pub(crate) policy: OsString,
    /// The origin of the page whose script sends the request, such as https://app.example.com
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) origin: Option<OsString>,
    /// The method of the script's request [default: GET]
    #[arg(long, requires = "origin", value_name = "METHOD")]
    pub(crate) method: Option<OsString>,
    /// A header that the script sets; without a value it counts as one that needs a preflight
    #[arg(long = "header", short = 'H', requires = "origin", value_name = "NAME[: VALUE]")]
    pub(crate) headers: Vec<OsString>,
    /// The script sends credentials (cookies, client certificates)
    #[arg(long, requires = "origin")]
    pub(crate) credentials: bool,
    /// Read one request per line from standard input, as JSON, and write one decision per line
    #[arg(long, conflicts_with_all = ["origin", "method", "headers", "credentials"])]
    pub(crate) jsonl: bool,
}

const EVAL_EXAMPLES: &str = r#"Examples:
    corsac eval api.toml --origin https://app.example.com --method PUT --header authorization
    corsac eval api.toml --origin https://app.example.com -H 'content-type: text/plain' --credentials
    corsac eval api.toml < request.txt
    corsac eval api.toml --jsonl < requests.jsonl > decisions.jsonl

A request head is what goes over the wire, or what curl -v and developer tools show of it:
    OPTIONS /things HTTP/1.1
    Origin: https://app.example.com
    Access-Control-Request-Method: PUT

A line of --jsonl, in and out (one byte of the request is one code point, 0 to 255):
    {"method":"GET","headers":[["Origin","https://app.example.com"]]}
    {"class":"actual","allowed":true,"denial":null,"status":null,"headers":[["Access-Control-Allow-Origin","https://app.example.com"],["Vary","Origin"]]}
A bad line gives {"error":"...","line":2}, the rest goes on, and the exit code is 2."#;

/// Say why a browser blocks a request
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// Read one exchange per line from standard input, as JSON, and write one diagnosis per line
    #[arg(long)]
    pub(crate) jsonl: bool,
}

/// Write the completions of a shell to standard output
#[derive(Debug, Args)]
#[command(after_help = "Example:\n    corsac completions bash > ~/.local/share/bash-completion/completions/corsac")]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}
