//! Why a request is denied: a stable code, and the bytes of the request that are the reason.

use core::fmt;

use crate::spec::limits::NAME_MAX;
use crate::syntax::byte::is_tchar;
use crate::syntax::escape::Excerpt;
use crate::syntax::names::names;

/// Bytes of a path that a denial shows: enough to find it in a log.
const PATH_SHOWN: usize = 128;

names! {
    /// Why a request is denied. The names and numbers are stable.
    ///
    /// ```
    /// use corsac::DenialCode;
    /// assert_eq!(DenialCode::OriginNotAllowed.as_str(), "origin-not-allowed");
    /// assert_eq!("origin-not-allowed".parse(), Ok(DenialCode::OriginNotAllowed));
    /// assert!(DenialCode::ALL.contains(&DenialCode::TooLarge));
    /// ```
    DenialCode:
    /// No pattern matches the origin.
    OriginNotAllowed = 1 => "origin-not-allowed",
    /// There is more than one `Origin` line, or it is empty, has a byte outside 0x21..=0x7E, or is
    /// neither `null` nor has `://`.
    OriginMalformed = 2 => "origin-malformed",
    /// The requested method is not listed.
    MethodNotAllowed = 3 => "method-not-allowed",
    /// There is more than one `Access-Control-Request-Method` line, or it is not a token.
    MethodMalformed = 4 => "method-malformed",
    /// A requested header is not listed.
    HeaderNotAllowed = 5 => "header-not-allowed",
    /// A requested header is not a token or is repeated, or there are too many empty elements or
    /// too much white space.
    HeadersMalformed = 6 => "headers-malformed",
    /// A value is over its limit: `Origin` 328 bytes, method 128 bytes, echoed header names 4096
    /// bytes or 32 lines.
    TooLarge = 7 => "too-large",
    /// A policy set has several paths, and the path of the request can be read in more than one
    /// way.
    PathAmbiguous = 8 => "path-ambiguous",
}

/// Why a request is denied, and which of its bytes are the reason.
///
/// `Display` writes one sentence with at most 128 bytes of the request, escaped, so you can write
/// it to a log.
///
/// ```
/// use corsac::{DenialCode, PolicySpec, Request};
/// let policy = PolicySpec::new(&["https://app.example.com"]).compile([0; 256], |_| ())?;
/// let request = Request::from_lines("GET", [("Origin", "https://other.example")]);
/// let decision = policy.evaluate(&request);
/// let denial = decision.denial().expect("the origin is not listed");
/// assert_eq!((denial.code(), denial.bytes()), (DenialCode::OriginNotAllowed, b"https://other.example".as_slice()));
/// assert_eq!(denial.to_string(), r#"origin "https://other.example" is not allowed"#);
/// # Ok::<(), corsac::CompileError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Denial<'d> {
    pub(crate) code: DenialCode,
    pub(crate) offence: &'d [u8],
}

impl<'d> Denial<'d> {
    /// Builds a denial from the code and the [`bytes`](Self::bytes) of another, for example to show
    /// it later.
    ///
    /// ```
    /// use corsac::{Denial, DenialCode};
    /// let denial = Denial::new(DenialCode::HeaderNotAllowed, b"x-trace");
    /// assert_eq!(denial.to_string(), r#"request header "x-trace" is not allowed"#);
    /// ```
    #[must_use]
    pub const fn new(code: DenialCode, bytes: &'d [u8]) -> Self {
        Self { code, offence: bytes }
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> DenialCode {
        self.code
    }

    /// The first bytes of the request, in wire order, that are not allowed: the value of `Origin`
    /// or of the requested method, an element of the requested headers (at most 128 bytes of it),
    /// or the path (at most 128 bytes). They are untrusted: escape them with
    /// [`Escaped`](crate::Escaped) before you show them.
    #[must_use]
    pub fn bytes(&self) -> &'d [u8] {
        match self.code {
            // The offence is the rest of the line from the name on, because the engine stops there.
            // The end of the name is found here.
            DenialCode::HeaderNotAllowed => {
                let end = self.offence.iter().take(NAME_MAX).take_while(|&&b| is_tchar(b)).count();
                self.offence.get(..end).unwrap_or(self.offence)
            }
            DenialCode::PathAmbiguous => self.offence.get(..PATH_SHOWN).unwrap_or(self.offence),
            _ => self.offence,
        }
    }
}

impl fmt::Display for Denial<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, after) = match self.code {
            DenialCode::OriginNotAllowed => ("origin ", " is not allowed"),
            DenialCode::OriginMalformed => ("Origin ", " is not a single well-formed origin"),
            DenialCode::MethodNotAllowed => ("method ", " is not allowed"),
            DenialCode::MethodMalformed => ("requested method ", " is not a single valid method"),
            DenialCode::HeaderNotAllowed => ("request header ", " is not allowed"),
            DenialCode::HeadersMalformed => {
                ("requested header ", " is not a header name, is repeated, or is one element too many")
            }
            DenialCode::TooLarge => ("value ", " is too long"),
            DenialCode::PathAmbiguous => ("path ", " can be read in more than one way"),
        };
        write!(f, "{before}{}{after}", Excerpt(self.bytes()))
    }
}

impl fmt::Debug for Denial<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Denial").field("code", &self.code).field("bytes", &Excerpt(self.bytes())).finish()
    }
}
