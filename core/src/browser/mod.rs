//! The browser's side of CORS: what it sends, whether it shares the response with the script, and
//! why not.
//!
//! An [`Exchange`] is a script's request and the known responses to it. Its
//! [`steps`](Exchange::steps) are what the browser sends. [`judge`](Exchange::judge) decides what
//! the script gets in one of four [profiles](Profile). It reports every failure with its stable
//! code, the bytes that are the reason, and that browser's own console text. [`OwnResponse`] judges
//! what an application responds by itself, for a report-only mode.

mod blocked;
mod cause;
mod causes;
mod console;
mod console_text;
mod cors_check;
mod decode;
mod delivery;
mod diagnose;
mod exchange;
mod exposed;
mod http_version;
mod judge;
mod message;
mod name_order;
mod own_response;
mod preflight_cache;
mod preflight_check;
mod profile;
mod remedy;
mod requested;
mod safelist;
mod scheme_words;
mod script;
mod step;
mod steps;
mod text;
mod url;
mod url_text;
mod webkit_name;
mod webkit_scheme;

pub use blocked::{Blocked, BlockedCode, Part};
pub use cause::Cause;
pub use causes::Causes;
pub use console::Console;
pub use decode::{ConsoleMessage, ConsoleReason, console_reasons, decode_console};
pub use delivery::address_space::AddressSpace;
pub use delivery::code::{Certainty, DeliveryCode, DeliveryVerdict};
pub use delivery::console::DeliveryConsole;
pub use delivery::console_text::DeliveryText;
pub use delivery::decode::{DeliveryMessage, decode_delivery, delivery_texts};
pub use delivery::judge::Delivery;
pub use delivery::network::{Network, Permission};
pub use exchange::{Exchange, Hop, Judgement, PreflightOutcome, Verdict};
pub use http_version::HttpVersion;
pub use message::{Evidence, Line, Response};
pub use own_response::{OwnResponse, OwnVerdict};
pub use profile::Profile;
pub use remedy::PassingLine;
pub use requested::RequestedHeaders;
pub use safelist::{RequestHeader, is_forbidden_header, is_safelisted_header};
pub use script::{Api, Credentials, Mode, ReferrerPolicy, ScriptRequest};
pub use step::{Step, Tainting};
pub use steps::Steps;
