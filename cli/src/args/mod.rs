//! The arguments of the command line, with their help and examples.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use corsac_diagnose::Stack;

mod dialects;
mod live;
mod stacks;

pub(crate) use dialects::{DialectOptions, Diff, DiffFormat, Export, Import};
pub(crate) use live::{Audit, PolicyFrom, ReportFormat, ReportOptions, SendingOptions, Verify};
use stacks::stacks;

/// Find out why a browser blocks a request (CORS), and check and compile CORS policies.
#[derive(Debug, Parser)]
#[command(name = "corsac", version, after_help = EXIT_CODES, after_long_help = FIRST_STEPS)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What people come for: shown without arguments.
pub(crate) const MAIN_USES: &str = r#"Corsac finds out why a browser blocked your request (CORS), and checks and compiles CORS policies.

Ask a server what a browser would ask, and see what is wrong with the response:
    corsac probe https://api.example.com/things --origin https://app.example.com --method PUT

Explain a message of the browser's console, a HAR file, the output of curl -v, or a code:
    corsac explain --console "Reason: CORS header 'Access-Control-Allow-Origin' missing"
    corsac explain app.har
    corsac explain acao-missing

Check the policy that you write:
    corsac check api.toml

corsac --help shows everything else.
"#;

const EXIT_CODES: &str =
    "Exit codes: 0 fine; 1 errors in the policy, or a request that is denied or blocked; 2 could not run, or unknown";

const FIRST_STEPS: &str = r#"A policy is a TOML file:

    allow_origins = ["https://app.example.com", "https://preview-*.example.com"]
    allow_methods = ["GET", "PUT"]
    allow_headers = ["authorization", "content-type"]
    allow_credentials = true

First steps:
    corsac check api.toml
    corsac eval api.toml --origin https://app.example.com --method PUT --header authorization
    corsac compile api.toml -o api.corsac
    corsac probe https://api.example.com/things --origin https://app.example.com --method PUT
    corsac explain app.har

Several policies in one file, chosen by path and origin, are a policy set:

    [[policy]]
    path = "/account"
    allow_origins = ["https://account.example.com"]
    allow_credentials = true

    [[policy]]
    allow_origins = ["*"]

Wherever a policy is asked for, you can give a TOML file of a policy or a policy set, a compiled image, or - for standard input.

Exit codes:
    0   fine
    1   a problem: errors in the policy, a denied request, a request that a browser blocks
    2   could not run, or unknown: wrong usage, an unreadable file, a missing response"#;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(Check),
    Compile(Compile),
    Eval(Eval),
    Import(Import),
    Export(Export),
    Diff(Diff),
    Explain(Explain),
    Probe(Probe),
    Verify(Verify),
    Audit(Audit),
    PolicyFrom(PolicyFrom),
    Mcp(Mcp),
    Completions(Completions),
    Manual(Manual),
}

/// Show everything that is wrong or doubtful in a policy
///
/// You get all findings at once, each with its place and what to write instead. The exit code is 1 if there are errors, and 0 if
/// there are only warnings. A compiled image is checked again as it is opened. Another product's configuration is judged by what
/// browsers would get from it: each finding comes with a request that shows it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n    corsac check api.toml\n    corsac check api.toml --format json | jq '.findings[].code'\n    corsac check - < api.toml\n    corsac check sets.toml --path /account/cards\n    corsac check --from kong - < kong.yaml"
)]
pub(crate) struct Check {
    /// The policy or policy set: a TOML file, a compiled image, or - for standard input
    pub(crate) policy: OsString,
    /// How to show the findings
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Also show which policies of a policy set apply to this path of a URL
    #[arg(long, value_name = "PATH")]
    pub(crate) path: Option<OsString>,
    #[command(flatten)]
    pub(crate) dialect: DialectOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For machines
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
    /// The policy or policy set: a TOML file, a compiled image, or - for standard input
    pub(crate) policy: OsString,
    /// The file to write, or - for standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

/// Show how a policy responds to a request, and why
///
/// The request comes from --origin, --method and --header, as a browser sends it, with its preflight if it needs one. Without
/// --origin, it is a raw request head on standard input or, with --jsonl, one JSON object per line.
#[derive(Debug, Args)]
#[command(after_help = EVAL_EXAMPLES)]
pub(crate) struct Eval {
    /// The policy or policy set: a TOML file, a compiled image, or - for standard input
    pub(crate) policy: OsString,
    /// The origin of the page whose script sends the request, such as https://app.example.com
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) origin: Option<OsString>,
    /// The method of the script's request [default: GET]
    #[arg(long, requires = "origin", value_name = "METHOD")]
    pub(crate) method: Option<OsString>,
    /// A header that the script sets: without a value, it counts as one that needs a preflight
    #[arg(long = "header", short = 'H', requires = "origin", value_name = "NAME[: VALUE]")]
    pub(crate) headers: Vec<OsString>,
    /// The script sends credentials (cookies, client certificates)
    #[arg(long, requires = "origin")]
    pub(crate) credentials: bool,
    /// The path of the URL that the script requests, which chooses the policy of a policy set [default: /]
    #[arg(long, requires = "origin", value_name = "PATH")]
    pub(crate) path: Option<OsString>,
    #[command(flatten)]
    pub(crate) network: NetworkOptions,
    /// Read one request per line from standard input, as JSON, and write one decision per line
    #[arg(long, conflicts_with_all = ["origin", "method", "headers", "credentials", "path", "page_space", "as_url", "deployed"])]
    pub(crate) jsonl: bool,
    #[command(flatten)]
    pub(crate) dialect: DialectOptions,
}

const EVAL_EXAMPLES: &str = r#"Examples:
    corsac eval api.toml --origin https://app.example.com --method PUT --header authorization
    corsac eval api.toml --origin https://app.example.com -H 'content-type: text/plain' --credentials
    corsac eval sets.toml --origin https://app.example.com --path /account/cards
    corsac eval api.toml < request.txt
    corsac eval api.toml --jsonl < requests.jsonl > decisions.jsonl
    corsac eval kong.yaml --from kong --jsonl < requests.jsonl > responses.jsonl

A request head is what is sent, or what curl -v and developer tools show of it:
    OPTIONS /things HTTP/1.1
    Origin: https://app.example.com
    Access-Control-Request-Method: PUT

A line of --jsonl, in and out (one byte of the request is one code point, 0 to 255):
    {"method":"GET","headers":[["Origin","https://app.example.com"]]}
    {"class":"actual","allowed":true,"denial":null,"status":null,"headers":[["Access-Control-Allow-Origin","https://app.example.com"],["Vary","Origin"]]}
A bad line gives {"error":"...","line":2}. The other lines are evaluated, and the exit code is 2.

With --from, the file is another product's configuration. A line may have what the application sends, and the output is what the product makes of it:
    {"method":"GET","headers":[["Origin","https://app.example.com"]],"upstream":{"status":200,"headers":[]}}
    {"status":200,"headers":[["Vary","Origin"]],"reaches_upstream":true,"unknown":[]}
"unknown" names what rests on an uncertain fact about the product; if there is any, the exit code is 2.

In a policy set, the path of the request chooses the policy: --path, the path of the request head, or "path" (decoded) and "raw_path" (as it was sent) of a line. If no policy applies to the path, Corsac leaves the request untouched: a line gives {"untouched":true}, and the other forms end with exit code 2, because only the application's own headers count."#;

/// Say why a browser blocks a request, from captured traffic, a console message or a code
///
/// Reads the output of curl -i or curl -v, heads copied from developer tools, or a HAR file ("Save all as HAR"). For each cross-origin
/// request you get the verdict of every browser, the cause, and what to change. Add what the capture lacks with the options. If the
/// capture does not say whether the request carries credentials, both cases are shown.
#[derive(Debug, Args)]
#[command(after_help = EXPLAIN_EXAMPLES)]
pub(crate) struct Explain {
    /// The captures (- or none is standard input), or a code such as acao-missing
    ///
    /// A file that has messages of a browser's console in the place of a capture is read as --console reads it. A known code wins over a file of the same name: write ./acao-missing for the file.
    #[arg(value_name = "FILE|CODE")]
    pub(crate) files: Vec<OsString>,
    /// The origin of the page whose script sends the request: null for a file or a sandboxed frame
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) origin: Option<OsString>,
    /// The URL that the script requests
    #[arg(long)]
    pub(crate) url: Option<String>,
    /// The method of the script's request
    #[arg(long, value_name = "METHOD")]
    pub(crate) method: Option<OsString>,
    /// A header that the script sets
    #[arg(long = "header", short = 'H', value_name = "NAME[: VALUE]")]
    pub(crate) headers: Vec<OsString>,
    /// The script sends credentials (cookies, client certificates)
    #[arg(long)]
    pub(crate) credentials: bool,
    #[command(flatten)]
    pub(crate) network: NetworkOptions,
    /// Show the fix for this server or framework; several times for several layers
    #[arg(long = "stack", value_parser = stacks(), value_name = "STACK")]
    pub(crate) stacks: Vec<Stack>,
    /// Show only this entry of a HAR file, or the exchange that begins at this line of a text file
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["console", "jsonl"])]
    pub(crate) entry: Option<u64>,
    /// Show the values of Cookie and Authorization
    #[arg(long)]
    pub(crate) show_secrets: bool,
    /// Decode a message from a browser's console; - is standard input
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["files", "method", "headers", "credentials", "jsonl"])]
    pub(crate) console: Option<String>,
    /// How to show the explanation of a code, a message or a capture
    #[arg(long, value_enum, default_value_t = Format::Text, conflicts_with = "jsonl")]
    pub(crate) format: Format,
    /// Read one exchange per line from standard input, as JSON, and write one diagnosis per line
    #[arg(long, conflicts_with_all = ["files", "origin", "url", "method", "headers", "credentials", "stacks", "show_secrets", "page_space", "as_url", "deployed"])]
    pub(crate) jsonl: bool,
}

const EXPLAIN_EXAMPLES: &str = r#"Examples:
    corsac explain app.har
    corsac explain app.har --entry 17 --stack nginx
    curl -si -X OPTIONS -H 'Origin: https://app.example.com' -H 'Access-Control-Request-Method: PUT' \
        https://api.example.com/things | corsac explain --origin https://app.example.com --method PUT
    corsac explain --console "Reason: CORS header 'Access-Control-Allow-Origin' missing"
    corsac explain acao-missing
    corsac explain '[acao-missing: options-not-routed]' --stack fastapi
    corsac explain --jsonl < exchanges.jsonl > diagnoses.jsonl

A line of --jsonl has at most 32 URLs, and 2000 headers in each request and response. Its time grows with their number.

Exit codes: 0 allowed, or a code explained; 1 blocked in at least one browser; 2 unknown (a response is missing), or could not run."#;

/// Send what a browser would send, and explain the responses
///
/// Sends the preflight, if a browser needs one, then the request, follows redirects as a browser does, and explains the responses. No
/// body is sent or read. Proxies come from HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY (http: proxies only), and root
/// certificates from this machine, or from SSL_CERT_FILE and SSL_CERT_DIR.
#[derive(Debug, Args)]
#[command(after_help = PROBE_EXAMPLES)]
pub(crate) struct Probe {
    /// The URL that the script requests: http: or https:
    pub(crate) url: String,
    /// The origin of the page whose script would send the request, such as https://app.example.com
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) origin: OsString,
    /// The method of the script's request [default: GET]
    #[arg(long, value_name = "METHOD")]
    pub(crate) method: Option<OsString>,
    /// A header that the script sets
    #[arg(long = "header", short = 'H', value_name = "NAME[: VALUE]")]
    pub(crate) headers: Vec<OsString>,
    /// The script sends credentials: none are sent here, but the responses are judged as if they were
    #[arg(long)]
    pub(crate) credentials: bool,
    /// Send only the preflight
    #[arg(long)]
    pub(crate) no_request: bool,
    /// Ask again without an origin and for one that is made up, to see whether a cache mixes them up
    #[arg(long, conflicts_with = "no_request")]
    pub(crate) twice: bool,
    /// Give up on a request after this time
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0)]
    pub(crate) timeout: f64,
    /// Accept any certificate, which a browser would not
    #[arg(long)]
    pub(crate) insecure: bool,
    #[command(flatten)]
    pub(crate) network: NetworkOptions,
    /// Show the fix for this server or framework; several times for several layers
    #[arg(long = "stack", value_parser = stacks(), value_name = "STACK")]
    pub(crate) stacks: Vec<Stack>,
    /// Show the values of Cookie and Authorization
    #[arg(long)]
    pub(crate) show_secrets: bool,
}

const PROBE_EXAMPLES: &str = r#"Examples:
    corsac probe https://api.example.com/things --origin https://app.example.com
    corsac probe https://api.example.com/things --origin https://app.example.com --method PUT -H authorization --no-request
    corsac probe http://localhost:8000/things --origin http://localhost:3000 --credentials --stack fastapi

Exit codes: 0 allowed; 1 blocked in at least one browser; 2 no response, or could not run."#;

/// Serve the diagnosis as tools for a coding assistant (Model Context Protocol)
///
/// The assistant starts this program and asks it over standard input and output, so that it need not guess about CORS. The tools explain,
/// check and eval take texts and open no file. With --probe, a tool probe sends what a browser would send to the hosts that you name, and to
/// no others: no body, no credentials, no redirect elsewhere, at most 30 requests a minute.
#[derive(Debug, Args)]
#[command(after_help = MCP_EXAMPLES)]
pub(crate) struct Mcp {
    /// Let the assistant probe this host; several times for several hosts
    ///
    /// Without a port, these are 443 for https: and 80 for http:. A private address, loopback among them, is reached only if you name the
    /// address itself, or localhost.
    #[arg(long, value_name = "HOST[:PORT]")]
    pub(crate) probe: Vec<String>,
}

const MCP_EXAMPLES: &str = r#"Examples:
    corsac mcp
    corsac mcp --probe localhost:8000 --probe api.example.com

Most assistants read a configuration like this:
    {"mcpServers": {"corsac": {"command": "corsac", "args": ["mcp", "--probe", "localhost:8000"]}}}

Exit codes: 0 the assistant closed standard input; 2 could not run."#;

/// Where the page and the server are: it decides whether the browser sends the request at all
#[derive(Debug, Args)]
pub(crate) struct NetworkOptions {
    /// The network that the page is served from [default: what its origin says]
    #[arg(long, value_enum, value_name = "SPACE")]
    pub(crate) page_space: Option<PageSpace>,
    /// Judge the server as if it were at this URL
    #[arg(long = "as", value_name = "URL")]
    pub(crate) as_url: Option<String>,
    /// Judge the page as if it were deployed to the internet, also when it requests this machine
    #[arg(long)]
    pub(crate) deployed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PageSpace {
    /// The internet
    Public,
    /// A private network
    Local,
    /// The user's own machine
    Loopback,
}

/// Write shell completions to standard output
#[derive(Debug, Args)]
#[command(after_help = "Example:\n    corsac completions bash > ~/.local/share/bash-completion/completions/corsac")]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

/// Write a manual page to standard output
///
/// Without COMMAND, you get the page of `corsac` itself. Packages install these as corsac.1 and corsac-COMMAND.1.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n    corsac manual | man -l -\n    corsac manual probe > corsac-probe.1")]
pub(crate) struct Manual {
    /// The command whose page you want, such as `probe`
    pub(crate) command: Option<String>,
}
