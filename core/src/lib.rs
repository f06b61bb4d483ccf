//! Corsac decides what a server must answer to a cross-origin request.
//!
//! One [`PolicySpec`] is compiled into one flat image, a [`Policy`], in storage that the caller owns; the policy
//! evaluates a [`Request`] into a [`Decision`]: class, allowed or why not, status, and the exact response headers.
//! There is no allocator anywhere, no `unsafe`, and nothing is formatted per request.
//!
//! ```
//! use corsac::{PolicySpec, Request};
//!
//! let spec = PolicySpec {
//!     allow_methods: Some(&["GET", "PUT"]),
//!     allow_headers: &["authorization", "content-type"],
//!     allow_credentials: true,
//!     max_age: Some(600),
//!     ..PolicySpec::new(&["https://app.example.com", "https://preview-*.example.com"])
//! };
//! let policy = spec.compile([0; 1024], |finding| eprintln!("{finding}"))?;
//!
//! let request = Request::from_lines("OPTIONS", [
//!     ("Origin", "https://preview-7.example.com"),
//!     ("Access-Control-Request-Method", "PUT"),
//!     ("Access-Control-Request-Headers", "authorization"),
//! ]);
//! let decision = policy.evaluate(&request);
//! assert!(decision.is_allowed());
//! assert_eq!(decision.status(), Some(204));
//! assert_eq!(decision.headers().next().unwrap().value, b"https://preview-7.example.com");
//! # Ok::<(), corsac::CompileError>(())
//! ```
//!
//! Terms are those of the [Fetch standard](https://fetch.spec.whatwg.org/#http-cors-protocol).
#![no_std]
#![forbid(unsafe_code)]

pub mod browser;
mod bucket;
mod byte;
mod compile;
mod decision;
mod denial;
mod escape;
mod evaluate;
mod field_name;
mod finding;
mod hash;
mod host;
mod image;
mod list;
mod method;
mod method_index;
mod name_index;
mod open;
mod origin;
mod origin_table;
mod pattern;
mod patterns;
mod policy;
mod preflight;
#[cfg(feature = "public-suffix")]
mod public_suffix;
mod request;
mod response;
mod review;
mod spec;
mod suggestion;
mod table_writer;
mod wildcard;

pub use byte::is_token;
pub use compile::CompileError;
pub use decision::{Decision, Header, HeaderList, Headers};
pub use denial::{Denial, DenialCode};
pub use escape::Escaped;
pub use finding::{Field, Finding, FindingCode, Severity};
pub use image::IMAGE_MAGIC;
pub use method::normalize_method;
pub use open::OpenError;
pub use policy::Policy;
pub use request::{Class, READ_HEADERS, REQUEST_HEADERS_LINES, Request, is_read_header};
pub use response::{VaryLines, is_owned_header};
pub use spec::PolicySpec;
pub use suggestion::Suggestion;
