//! Proves which origins a regular expression can match.
//!
//! People bring regular expressions for origins from other libraries. Many allow more than their
//! author meant: `https://.*example\.com` matches `https://evilexample.com`. With credentials, an
//! expression is safe only if everything that it matches is safe. This crate finds patterns that
//! together match everything that the expression matches, and compiles them with the switches of
//! the policy. So an expression can allow nothing that a pattern could not allow.
//!
//! ```
//! use corsac_regexes::{Reading, Switches, prove};
//!
//! let switches = Switches { allow_credentials: true, ..Switches::default() };
//! let bounds = prove(r"https://preview-\d+\.example\.com", Reading::STARLETTE, &switches)?;
//! assert_eq!(bounds, ["https://*.example.com"]);
//!
//! let refusal = prove(r"https://.*\.example.com", Reading::STARLETTE, &switches).unwrap_err();
//! assert!(refusal.to_string().contains(r"escape each dot"));
//! # Ok::<(), corsac_regexes::Refusal>(())
//! ```
//!
//! An alternative of the expression is proved if it has a literal scheme, and then one of these:
//!
//! * a finite set of hosts, each with one port or any port;
//! * after `https://` or `http://`, a *fixed tail*: the literal text after its last variable part,
//!   except for an optional port. From the first dot of that text on, it is the pattern `*.TAIL`.
//!
//! Nothing else is proved, whatever the switches are: not a variable part that touches the first
//! label of the tail, not a look-around, and nothing that this crate cannot read.
//!
//! # Limits
//!
//! An expression has at most 16 384 bytes and 1 024 alternatives, and groups are at most 64 deep.
//! The work is bounded, too: at most four million bytes are copied.

#![forbid(unsafe_code)]

mod advice;
mod expand;
mod parts;
mod pieces;
mod proof;
mod reading;
mod refusal;
mod suggest;
mod switches;
mod syntax;

pub use advice::{Advice, advise, draft};
pub use proof::{bounds, prove};
pub use reading::{Language, Matching, Reading};
pub use refusal::Refusal;
pub use switches::Switches;
