//! Corsac decides what a server sends back to a cross-origin request (CORS), and explains why a
//! browser blocks a response.
//!
//! Write the options of your policy as a [`PolicySpec`] and compile it: you get a [`Policy`], one
//! flat image in storage that you own. The policy evaluates a [`Request`] and returns a
//! [`Decision`]: whether the request is allowed, or why not, and the exact status and headers of
//! the response. Nothing here allocates, there is no `unsafe`, and no text is formatted per
//! request.
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
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;

/// The examples of the README run as they are there.
#[cfg(all(doctest, feature = "alloc"))]
#[doc = include_str!("../README.md")]
struct Readme;

pub mod browser;
mod engine;
mod image;
mod origins;
#[cfg(feature = "alloc")]
mod owned;
mod policy;
mod spec;
mod syntax;
#[cfg(feature = "toml")]
mod toml;

pub use engine::decision::{Decision, DecisionSentence};
pub use engine::denial::{Denial, DenialCode};
pub use engine::header::{Header, HeaderList};
pub use engine::headers::Headers;
pub use engine::read_header::{READ_HEADERS, is_read_header};
pub use engine::request::{Class, REQUEST_HEADERS_LINES, Request};
pub use engine::request_path::RequestPath;
pub use engine::response::{ReplacedHeaders, VaryMerge};
pub use image::layout::IMAGE_MAGIC;
#[cfg(feature = "alloc")]
pub use owned::findings::{Findings, OwnedFinding};
#[cfg(feature = "alloc")]
pub use owned::set_spec::{OwnedSetSpec, OwnedTable};
#[cfg(feature = "alloc")]
pub use owned::spec::{OwnedSpec, OwnedSuffixes};
pub use policy::ask::Asked;
pub use policy::compile::CompileError;
#[doc(hidden)]
pub use policy::compile_set::{compile_set, set_image_len};
pub use policy::handle::Policy;
pub use policy::open::OpenError;
pub use policy::set::{PathPolicies, PolicySet};
pub use spec::field::Field;
pub use spec::finding::{Finding, Severity};
pub use spec::finding_code::FindingCode;
#[cfg(any(feature = "toml", feature = "serde"))]
pub use spec::option_name::{OptionAdvice, UnknownOption, policy_option, policy_options, table_option};
#[doc(hidden)]
pub use spec::policy_set_spec::Tables;
pub use spec::policy_set_spec::{PolicySetSpec, PolicyTable};
pub use spec::policy_spec::{PolicySpec, PublicSuffixes};
#[cfg(feature = "public-suffix")]
pub use spec::public_suffix::registrable_domain;
pub use spec::suggestion::{Replacement, Suggestion};
pub use syntax::byte::is_token;
pub use syntax::escape::Escaped;
pub use syntax::method::normalize_method;
pub use syntax::names::UnknownName;
#[cfg(feature = "toml")]
pub use toml::finding::{TextAdvice, TextFinding};
#[cfg(feature = "toml")]
pub use toml::policy_text::{PolicyText, TextError};
#[cfg(feature = "toml")]
pub use toml::slot::TextSlot;
