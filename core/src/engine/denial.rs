//! Why a request is denied: a stable code, and the bytes of the request that say so.

use core::fmt;

use crate::spec::limits::NAME_MAX;
use crate::syntax::byte::is_tchar;
use crate::syntax::escape::Escaped;
use crate::syntax::names::names;

names! {
    /// Why a request is denied. The names are stable.
    DenialCode:
    /// No pattern matches the origin.
    OriginNotAllowed = "origin-not-allowed",
    /// Not exactly one `Origin` line, or one that is empty, has a byte outside 0x21..=0x7E, or is neither `null` nor has `://`.
    OriginMalformed = "origin-malformed",
    /// The requested method is not listed.
    MethodNotAllowed = "method-not-allowed",
    /// Not exactly one `Access-Control-Request-Method` line, or no token.
    MethodMalformed = "method-malformed",
    /// A requested header is not listed.
    HeaderNotAllowed = "header-not-allowed",
    /// A requested header that is no token or stands twice; too many empty elements, or too much white space.
    HeadersMalformed = "headers-malformed",
    /// A value over its limit: `Origin` 328 bytes, method 128, echoed header names 4096 bytes or 32 lines.
    TooLarge = "too-large",
}

/// Why a request is denied, and what of it.
///
/// `Display` is one sentence, with at most 128 bytes of the request, escaped: fit for a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denial<'d> {
    pub(crate) code: DenialCode,
    pub(crate) offence: &'d [u8],
}

impl<'d> Denial<'d> {
    /// A denial that was kept as its code and its [`bytes`](Self::bytes), to be shown.
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

    /// The first offending bytes of the request in wire order: a line of `Origin` or of the requested method, or an element of the requested
    /// headers (at most 128 bytes of it). Untrusted: escape them with [`Escaped`] before they are shown.
    #[must_use]
    pub fn bytes(&self) -> &'d [u8] {
        match self.code {
            // The scan stopped as soon as the name was known to be none of the list; its end is looked for only here.
            DenialCode::HeaderNotAllowed => {
                let end = self.offence.iter().take(NAME_MAX).take_while(|&&b| is_tchar(b)).count();
                self.offence.get(..end).unwrap_or(self.offence)
            }
            _ => self.offence,
        }
    }
}

impl fmt::Display for Denial<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (before, after) = match self.code {
            DenialCode::OriginNotAllowed => ("origin ", " is not allowed"),
            DenialCode::OriginMalformed => ("", " is not the one well-formed Origin of a browser"),
            DenialCode::MethodNotAllowed => ("method ", " is not allowed"),
            DenialCode::MethodMalformed => ("", " is not the one method of a preflight"),
            DenialCode::HeaderNotAllowed => ("request header ", " is not allowed"),
            DenialCode::HeadersMalformed => {
                ("", " is malformed, repeated or one too many in Access-Control-Request-Headers")
            }
            DenialCode::TooLarge => ("", " is over its limit"),
        };
        let bytes = self.bytes();
        let shown = bytes.get(..128).unwrap_or(bytes);
        let more = if shown.len() < bytes.len() { "..." } else { "" };
        write!(f, "{before}\"{}{more}\"{after}", Escaped(shown))
    }
}
