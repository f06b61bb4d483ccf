//! CORS policies written in Rust source: [`policy!`] for one policy, [`policy_set!`] for several
//! that are chosen by path and origin.
//!
//! Both check and compile the policy while rustc runs, with the same compiler as
//! [`corsac::PolicySpec::compile`], and expand to the compiled image. A policy with an error fails
//! `cargo build` at the entry that is wrong. The program carries only the bytes of the image.
//!
//! ```
//! use corsac::{Policy, Request};
//!
//! static POLICY: Policy<&'static [u8]> = corsac_macros::policy! {
//!     allow_origins: ["https://app.example.com", "https://*.preview.example.com"],
//!     allow_methods: ["GET", "PUT"],
//!     max_age: 600,
//!     allow_credentials: true,
//! };
//!
//! let mut request = Request::new("GET");
//! request.header("Origin", "https://app.example.com");
//! assert!(POLICY.evaluate(&request).is_allowed());
//! ```

mod compile;
mod note;
mod options;
mod read;

use proc_macro2::TokenStream;

/// Compiles a policy at build time; an expression of type `corsac::Policy<&'static [u8]>`.
///
/// Write the fields of [`corsac::PolicySpec`] as `name: value`, separated by commas. A value is a
/// list of strings in brackets, a whole number, `true` or `false`. An option that you leave out has
/// its default. Your crate must depend on `corsac` under that name.
///
/// Each error in the policy is a compile error at its own literal. If an option cannot be read (its
/// name is unknown, its value is of the wrong kind), only this is reported: the policy is checked
/// once every option can be read. Each warning is a warning of rustc at its literal under the lint
/// `deprecated`, because that is the only lint that a macro can raise on stable Rust.
/// `#[allow(deprecated)]` on the item silences it. Wildcards are checked against the public suffix
/// list even if your program's `corsac` comes without it.
///
/// ```compile_fail
/// static POLICY: corsac::Policy<&'static [u8]> = corsac_macros::policy! {
///     allow_origins: ["https://app.example.com/"], // an origin has no trailing slash
/// };
/// ```
///
/// ```
/// use corsac::{Policy, Request};
///
/// static POLICY: Policy<&'static [u8]> = corsac_macros::policy! {
///     allow_origins: ["https://app.example.com"],
///     allow_credentials: true,
/// };
///
/// let request = Request::from_lines("GET", [("Origin", "https://app.example.com")]);
/// assert!(POLICY.evaluate(&request).is_allowed());
/// ```
#[proc_macro]
pub fn policy(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand(input, quote::quote!(::corsac::Policy), compile::policy)
}

/// Compiles a policy set at build time; an expression of type `corsac::PolicySet<&'static [u8]>`.
///
/// Write each policy in braces, in the order in which they are asked. A policy takes the options of
/// [`policy!`], and two more: `path`, the path that the policy is for (`"/"` if you leave it out),
/// and `cors: false`, which leaves the path without any policy.
///
/// ```
/// use corsac::{PolicySet, Request, RequestPath};
///
/// static POLICIES: PolicySet<&'static [u8]> = corsac_macros::policy_set! {
///     { path: "/account", allow_origins: ["https://account.example.com"], allow_credentials: true },
///     { path: "/internal", cors: false },
///     { allow_origins: ["*"] },
/// };
///
/// let mut request = Request::new("GET");
/// request.header("Origin", "https://other.example");
/// let is_allowed = |path| POLICIES.evaluate(&RequestPath::decoded(path), &request).map(|decision| decision.is_allowed());
/// assert_eq!(is_allowed("/news"), Some(true));
/// assert_eq!(is_allowed("/account/cards"), Some(false));
/// assert_eq!(is_allowed("/internal"), None);
/// ```
///
/// Errors and warnings are those of [`policy!`], at their own literals.
#[proc_macro]
pub fn policy_set(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand(input, quote::quote!(::corsac::PolicySet), compile::policy_set)
}

/// Expands to a compiled value of this type, or to the errors.
fn expand(
    input: proc_macro::TokenStream,
    of_type: TokenStream,
    compile: fn(TokenStream) -> Result<compile::Compiled, Vec<note::Note>>,
) -> proc_macro::TokenStream {
    let expanded = match compile(input.into()) {
        Ok(compiled) => compiled.expand(&of_type),
        Err(errors) => note::refuse(&errors, &of_type),
    };
    expanded.into()
}

/// The Rust examples of the README run as they are there.
#[cfg(doctest)]
#[doc = include_str!("../tests/pages/readme.txt")]
struct Readme;
