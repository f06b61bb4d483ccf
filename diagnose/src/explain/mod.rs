//! The diagnosis of one exchange, and how it is shown.

mod captured;
mod delivery;
mod diagnosis;
mod diagram;
mod guard;
mod headline;
mod hints;
mod json_in;
mod json_out;
mod missing;
mod obstacle;
mod remedy;
mod report;
mod sentence;
mod shell;
mod summary;
mod verdict_text;
mod wire;

pub use captured::{ready, show_each, worse, worst_of};
pub use delivery::{Deliveries, push_line as push_delivery};
pub use diagnosis::{Diagnosis, PerProfile, Sent, in_browsers};
pub use diagram::preflight_word;
pub use json_in::{CapturedRequest, Later, read as read_line};
pub use json_out::write as write_line;
pub(crate) use json_out::write_json;
pub use obstacle::is_same_origin;
pub use report::{Shown, push as push_report, push_others};
pub(crate) use sentence::{fix, sentence};
pub use shell::shell_word;
pub use summary::{summary, summary_of_stopped};
pub use verdict_text::push_verdicts;
pub use wire::{preflight_headers, request_headers};
