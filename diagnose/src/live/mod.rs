//! Live checks: whether a running server keeps a policy. Questions, witnesses and judgements are data. The caller sends the requests, so
//! there is no network here.
//!
//! A [`Check`] asks about one URL. It says what to send next, gets the responses, and ends as a [`Checked`]. What a server must do is the
//! policy's own decision, judged by the browser model; there is no second rule.

mod ask;
mod asking;
mod audit;
mod check;
mod checked;
mod code;
mod draft;
mod finding;
mod judge;
mod layers;
mod made;
mod plan;
mod planned;
mod promise;
mod question;
mod report;
mod target;
mod witness;

pub use ask::Ask;
pub use check::{Check, CheckOptions};
pub use checked::{Asked, Checked, NotTried};
pub use code::{LiveCode, LiveSeverity};
pub use draft::{Draft, Drafted};
pub use finding::{LiveFinding, LiveResponse, StackFix};
pub use layers::{Lost, lost};
pub use report::{Run, RunEnd};
pub use witness::curl;
