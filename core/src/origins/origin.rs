//! An `Origin`, split into scheme, host and port.

use crate::syntax::byte::is_all_visible;
use crate::syntax::host::HOST_MAX;
use crate::syntax::number::decimal;
use crate::syntax::scheme::{default_port, find_authority};

/// Longest `Origin`, in bytes: as long as the longest pattern, so that no longer one can match.
pub(crate) const ORIGIN_MAX: usize = 328;

/// Whether a browser could have sent this: `null`, or visible bytes with `://`. That does not mean
/// that a policy allows it.
pub(crate) fn is_well_formed(origin: &[u8]) -> bool {
    let has_authority = || origin.starts_with(b"https://") || find_authority(origin).is_some();
    is_all_visible(origin) && (origin == b"null" || has_authority())
}

/// An origin, or a pattern that is looked up like one.
#[derive(Clone, Copy)]
pub(crate) struct Origin<'o> {
    pub(crate) text: &'o [u8],
    /// Where the host begins, after `://`, and where it ends.
    pub(crate) host_at: usize,
    pub(crate) host_end: usize,
    pub(crate) port: u32,
    /// Whether the scheme is `http` or `https`.
    pub(crate) is_web: bool,
    /// One more byte that labels may have: the `*` of a pattern that is looked up.
    pub(crate) extra: Option<u8>,
}

impl<'o> Origin<'o> {
    /// Splits an origin into scheme, host and port. Scheme and host are not validated here, because
    /// the byte-for-byte match does that.
    #[inline]
    pub(crate) fn parse(text: &'o [u8]) -> Option<Self> {
        let digits = text.iter().rev().take(6).take_while(|b| b.is_ascii_digit()).count();
        let digits_at = text.len().checked_sub(digits)?;
        match digits_at.checked_sub(1) {
            Some(colon) if digits != 0 && text.get(colon) == Some(&b':') => {
                let port = decimal(text.get(digits_at..)?, 65535).filter(|&port| port != 0)?;
                Self::with_port(text, colon, port, None)
            }
            _ => Self::with_port(text, text.len(), 0, None),
        }
    }

    /// Splits a pattern in the same way. Its `*` counts as a byte of a label, so it represents all
    /// origins that the pattern matches.
    pub(crate) fn of_pattern(text: &'o [u8], port: u32) -> Option<Self> {
        let host_end = match port {
            0 => text.len(),
            _ => text.iter().rposition(|&b| b == b':')?,
        };
        Self::with_port(text, host_end, port, Some(b'*'))
    }

    #[inline]
    fn with_port(text: &'o [u8], host_end: usize, port: u32, extra: Option<u8>) -> Option<Self> {
        let (host_at, is_web) = if text.starts_with(b"https://") {
            (8, true)
        } else if text.starts_with(b"http://") {
            (7, true)
        } else {
            (find_authority(text)? + 3, false)
        };
        let origin = Self { text, host_at, host_end, port, is_web, extra };
        let is_canonical = port == 0 || default_port(origin.scheme()) != Some(port);
        let host_len = host_end.checked_sub(host_at)?;
        // An origin of an app may have no host (`app://`), and then it has no port.
        let is_host = host_len <= HOST_MAX && (host_len != 0 || (!is_web && port == 0));
        (is_canonical && is_host).then_some(origin)
    }

    /// The bytes between two places. Empty if there are none.
    #[inline]
    pub(crate) fn bytes(&self, start: usize, end: usize) -> &'o [u8] {
        self.text.get(start..end).unwrap_or_default()
    }

    #[inline]
    pub(crate) fn scheme(&self) -> &'o [u8] {
        self.bytes(0, self.host_at.saturating_sub(3))
    }

    #[inline]
    pub(crate) fn host(&self) -> &'o [u8] {
        self.bytes(self.host_at, self.host_end)
    }
}
