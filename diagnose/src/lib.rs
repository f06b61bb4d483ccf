//! Why a browser blocked a request: captures, HAR files and console messages in, a [`Diagnosis`] out, as data and as text.
//!
//! The command line and the Python package are its faces. It opens no file, knows no terminal and sends nothing. The browser model in
//! `corsac::browser` decides what browsers do.

mod added_headers;
pub mod capture;
mod certainty;
pub mod codes;
pub mod console;
mod delivery;
pub mod exchange;
mod explain;
mod failures;
mod hints;
pub mod json_text;
mod lend;
pub mod live;
mod neighbours;
mod net_error;
mod next_step;
mod place;
mod printable;
mod resolve;
mod script_request;
mod secret;
mod stack;
#[cfg(feature = "public-suffix")]
mod suffixes;
mod surroundings;
mod twice;
mod urls;
mod warnings;

pub use certainty::Certainty;
pub use delivery::deliver;
pub use explain::{
    CapturedRequest, Deliveries, Diagnosis, Later, Outcome, PerProfile, Row, Sent, Shown, captured_json, captures_json,
    drawn_rows, is_same_origin, later_preflights, number, preflight_headers, probed, push_delivery, push_report,
    push_verdicts, read_resolved, ready, request_headers, rows, show_each, summary, summary_of_stopped, worse,
    worst_of, write_line,
};
pub use failures::{Failure, judge};
pub use lend::{with, with_request};
pub use neighbours::{Neighbour, Suffixes};
pub use next_step::{NextStep, next_step, sendable};
pub use printable::{is_hidden, printable, push_printable, without_styles};
pub use resolve::resolve;
pub use script_request::script_request;
pub use stack::Stack;
#[cfg(feature = "public-suffix")]
pub use suffixes::PublicSuffixList;
pub use surroundings::Surroundings;
pub use twice::{Mixed, Question, Twice};
#[cfg(feature = "url")]
pub use urls::UrlCrate;
pub use urls::Urls;
pub use warnings::{Warning, warnings_of};
