//! An `Origin` taken apart, and the judgement of wildcards over it: one pass over the host from its right end.

use crate::byte::{is_all_visible, is_opaque_host_byte};
use crate::hash::Suffix;
use crate::host::{HOST_MAX, LABEL_MAX, are_labels, decimal};
use crate::image::{Image, flag};
use crate::origin_table::Table;
use crate::pattern::{ANY_PORT, default_port, find_authority, is_scheme};

/// Longest `Origin`, in bytes.
pub(crate) const ORIGIN_MAX: usize = 328;

/// `null`, or visible bytes with `://`: what a browser could have sent. Whether anybody allows it is another question.
pub(crate) fn is_well_formed(origin: &[u8]) -> bool {
    let has_authority = || origin.starts_with(b"https://") || find_authority(origin).is_some();
    is_all_visible(origin) && (origin == b"null" || has_authority())
}

/// An origin, or a pattern that is judged as if it were one.
#[derive(Clone, Copy)]
pub(crate) struct Origin<'o> {
    text: &'o [u8],
    /// Scheme and `://`.
    lead: &'o [u8],
    scheme: &'o [u8],
    host: &'o [u8],
    /// `:8443`, or nothing.
    port_text: &'o [u8],
    port: u32,
    /// One more byte that counts as a byte of a label: `*`, where a pattern is judged.
    extra: Option<u8>,
}

impl<'o> Origin<'o> {
    /// Scheme, host and canonical port; whether the host is one, the match decides.
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

    /// A pattern as the origin of all that it matches: its `*` is a byte like those of labels.
    pub(crate) fn of_pattern(text: &'o [u8], port: u32) -> Option<Self> {
        let host_end = match port {
            0 => text.len(),
            _ => text.iter().rposition(|&b| b == b':')?,
        };
        Self::with_port(text, host_end, port, Some(b'*'))
    }

    #[inline]
    fn with_port(text: &'o [u8], host_end: usize, port: u32, extra: Option<u8>) -> Option<Self> {
        let (scheme_end, is_web) = if text.starts_with(b"https://") {
            (5, true)
        } else if text.starts_with(b"http://") {
            (4, true)
        } else {
            (find_authority(text)?, false)
        };
        let host_at = scheme_end + 3;
        let (scheme, lead) = (text.get(..scheme_end)?, text.get(..host_at)?);
        let (host, port_text) = (text.get(host_at..host_end)?, text.get(host_end..)?);
        let is_canonical = port == 0 || default_port(scheme) != Some(port);
        (is_canonical && !host.is_empty() && host.len() <= HOST_MAX && (is_web || is_scheme(scheme))).then_some(Self {
            text,
            lead,
            scheme,
            host,
            port_text,
            port,
            extra,
        })
    }

    /// The wildcard, or the host with any port, that matches; `except` is a pattern that does not count.
    pub(crate) fn find_rest<'i>(&self, image: Image<'i>, except: Option<&[u8]>) -> Option<&'i [u8]> {
        let table = Table::rest(image);
        let mut suffix = Suffix::new(image.rest_seed(), self.scheme);
        let is_web = default_port(self.scheme).is_some();
        let has_fixed = image.has(flag::REST_FIXED_PORT);
        let has_any = image.has(flag::REST_ANY_PORT);
        let probe = |suffix: Suffix, port, port_text: &[u8], dot: usize| {
            table.find(suffix.with_port(port), |text| {
                let fits = if is_web { self.is_below(text, port_text, dot) } else { self.is_any_host(text, port_text) };
                fits && except != Some(text)
            })
        };
        // With this very port, then with any.
        let probe = |suffix, dot| {
            let fixed = if has_fixed { probe(suffix, self.port, self.port_text, dot) } else { None };
            if fixed.is_none() && has_any { probe(suffix, ANY_PORT, b":*", dot) } else { fixed }
        };
        if !is_web {
            let found = probe(suffix, 0);
            if found.is_some() {
                return found;
            }
        }
        let mut left = usize::from(image.longest_rest());
        let mut host = self.host;
        while let [before @ .., b] = host {
            if *b == b'.' && is_web {
                let found = probe(suffix, before.len());
                if found.is_some() {
                    return found;
                }
            }
            // No pattern reaches further to the left.
            left = left.checked_sub(1)?;
            suffix = suffix.before(*b);
            host = before;
        }
        table.find(suffix.with_port(ANY_PORT), |text| except != Some(text) && self.is_any_port(text))
    }

    /// `https://host:*`.
    fn is_any_port(&self, pattern: &[u8]) -> bool {
        let Some(end) = self.text.len().checked_sub(self.port_text.len()) else { return false };
        pattern.strip_suffix(b":*") == self.text.get(..end)
    }

    /// `app://*`, with this port.
    fn is_any_host(&self, pattern: &[u8], port_text: &[u8]) -> bool {
        let lead = pattern.strip_suffix(port_text).and_then(|pattern| pattern.strip_suffix(b"*"));
        lead == Some(self.lead) && self.host.iter().all(|&b| is_opaque_host_byte(b) || Some(b) == self.extra)
    }

    /// `https://*.rest` or `https://glob-*.rest`, where the rest follows the dot at this place of the host.
    fn is_below(&self, pattern: &[u8], port_text: &[u8], dot: usize) -> bool {
        let (Some(labels), Some(rest)) = (self.host.get(..dot), self.host.get(dot..)) else { return false };
        let label = pattern
            .strip_suffix(port_text)
            .and_then(|pattern| pattern.strip_suffix(rest))
            .and_then(|pattern| pattern.strip_prefix(self.lead));
        let Some(label) = label else { return false };
        let mut halves = label.splitn(2, |&b| b == b'*');
        let (Some(before), Some(after)) = (halves.next(), halves.next()) else { return false };
        let is_one = labels.len() <= LABEL_MAX && !labels.contains(&b'.');
        let is_shaped =
            labels.len() > before.len() + after.len() && labels.starts_with(before) && labels.ends_with(after);
        (label == b"*" || (is_one && is_shaped)) && are_labels(labels, self.extra)
    }
}
