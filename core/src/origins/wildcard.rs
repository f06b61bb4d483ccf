//! Patterns with a `*`. The table holds each under its fixed part, and an origin is looked up by
//! the parts of its host.
//!
//! | pattern | is found under | is looked up |
//! |---|---|---|
//! | `https://*.example.com` | scheme, `example.com`, port | at every dot of the host |
//! | `https://pr-*.example.com` | the same, marked as a glob | at the first dot: a glob matches one label |
//! | `https://example.com:*` | scheme, `example.com`, any port | once |
//! | `https://*`, `app://*` | scheme, nothing, port | once |
//!
//! "Port" is the origin's own one, or any. So a host with 126 dots takes at most 258 look-ups,
//! whatever the patterns are.
//!
//! A dot is skipped if no `*.` has that many labels after it. So an origin that nothing matches
//! takes no more look-ups than the most expensive one that the policy allows, because that one has
//! the same dots.

use crate::image::hash::{BLOCK, Suffix, is_equal};
use crate::image::layout::{Image, flag};
use crate::origins::bounds::labels_bit;
use crate::origins::bucket::Records;
use crate::origins::origin::Origin;
use crate::origins::table::Table;
use crate::spec::pattern::{ANY_PORT, Kind, Pattern};
use crate::syntax::address::Address;
use crate::syntax::byte::{contains, is_opaque_host_byte, places};
use crate::syntax::host::{are_labels, ends_in_number, find_wrong_label, without_root_dot};
use crate::syntax::scheme::find_authority;

/// Most globs with the same scheme, fixed part and port. An origin may be compared with all of
/// them.
pub(crate) const GLOBS_MAX: usize = 32;

/// Marks the key of a glob. No port has this bit.
const GLOB: u32 = ANY_PORT << 1;

/// The key of a pattern in the table.
pub(crate) fn wildcard_hash(seed: u32, pattern: &Pattern<'_>) -> u64 {
    let mark = if pattern.kind == Kind::Glob { GLOB } else { 0 };
    Suffix::hash(seed, pattern.scheme, pattern.fixed, pattern.port.key() | mark)
}

/// How many globs of a bucket have the scheme, fixed part and port of this pattern. 0 if it is not
/// a glob.
pub(crate) fn globs_like(bucket: &[u8], text: &[u8]) -> usize {
    let Some(own) = around_glob_label(text) else { return 0 };
    Records::new(bucket).filter(|(_, other)| around_glob_label(other) == Some(own)).count()
}

/// What a glob has before and after its first label. `None`: it is not a glob.
fn around_glob_label(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let host_at = find_authority(text)? + 3;
    let dot = host_at + text.get(host_at..)?.iter().position(|&b| b == b'.')?;
    let label = text.get(host_at..dot).filter(|label| label.len() > 1)?;
    if contains(label, b'*') { Some((text.get(..host_at)?, text.get(dot..)?)) } else { None }
}

/// Everything right of a dot of a host: the fixed part of a pattern that could match.
#[derive(Clone, Copy)]
struct FixedPart {
    /// Where the dot is in the origin.
    dot: usize,
    length: usize,
    /// The hash of the blocks right of the one that holds the dot.
    suffix: Suffix,
    block: u64,
}

impl FixedPart {
    #[inline]
    fn hash(&self, port: u32) -> u64 {
        self.suffix.within(self.block, self.length % BLOCK, port)
    }
}

impl Origin<'_> {
    /// Finds the pattern with a `*` that matches. A pattern that is looked up like an origin does
    /// not match itself.
    #[inline]
    pub(crate) fn find_wildcard<'i>(&self, image: Image<'i>) -> Option<&'i [u8]> {
        if self.is_web { self.find_web(image) } else { self.find_other_scheme(image) }
    }

    /// Reads the host once from its right end, eight bytes at a time. Each fixed part's hash is one
    /// step away from the one before it.
    fn find_web<'i>(&self, image: Image<'i>) -> Option<&'i [u8]> {
        let (fixed_labels, longest) = (image.fixed_labels(), usize::from(image.longest_fixed()));
        let seed = image.wildcard_seed();
        // The schemes are constants here, so the compiler unrolls their hash.
        let mut suffix = if self.host_at == 8 { Suffix::new(seed, b"https") } else { Suffix::new(seed, b"http") };
        let host_length = self.host_end.checked_sub(self.host_at)?;
        let (mut last_dot, mut labels_end) = (None, usize::MAX);
        let (mut length, mut labels) = (0, 0);
        loop {
            let end = self.host_end.checked_sub(length)?;
            // There are always eight bytes before the end of a host: at least those of `http://`,
            // which have no dot.
            let block = end.checked_sub(BLOCK).and_then(|start| self.text.get(start..)?.first_chunk());
            let block = block.map_or(0, |block| u64::from_le_bytes(*block));
            let mut dots = places(block, b'.');
            while dots != 0 {
                // The highest byte of the word is the last one in memory.
                let right = dots.leading_zeros() as usize / 8;
                dots &= u64::MAX.checked_shr(8 * right as u32 + 1).unwrap_or(0);
                let fixed = FixedPart { dot: end.wrapping_sub(right + 1), length: length + right, suffix, block };
                labels += 1;
                if fixed_labels & labels_bit(labels) != 0 && fixed.dot <= labels_end {
                    let found = self.find_below(image, &fixed);
                    if found.is_some() {
                        // If a label is wrong, the dots right of it need not be looked at any more.
                        labels_end = self.labels_end(fixed.dot);
                        if labels_end == fixed.dot {
                            return found;
                        }
                    }
                }
                last_dot = Some(fixed);
            }
            let left = host_length.checked_sub(length)?;
            length += BLOCK;
            // The host ends in this block, or no pattern is longer.
            if left < BLOCK || length > longest {
                if !image.has(flag::GLOB | flag::HOST_ANY_PORT | flag::WEB_ANY_HOST) {
                    return None;
                }
                let hash = (left < BLOCK).then(|| suffix.within(block, left, ANY_PORT));
                return self.find_whole(image, last_dot.as_ref(), hash);
            }
            suffix = suffix.before(block);
        }
    }

    /// `https://*.example.com`, with this fixed part.
    #[inline(never)]
    fn find_below<'i>(&self, image: Image<'i>, fixed: &FixedPart) -> Option<&'i [u8]> {
        let find = |port, is_any_port| {
            let is_below = |text: &[u8]| self.first_label(text, is_any_port, fixed.dot) == Some(b"*");
            Table::wildcards(image).find(fixed.hash(port), is_below)
        };
        let found = if image.has(flag::WILDCARD_FIXED_PORT) { find(self.port, false) } else { None };
        if found.is_none() && image.has(flag::WILDCARD_ANY_PORT) { find(ANY_PORT, true) } else { found }
    }

    /// Finds patterns that need one look-up: globs over the fixed part of this host, this host with any
    /// port (by its hash), and any host.
    #[inline(never)]
    fn find_whole<'i>(&self, image: Image<'i>, fixed: Option<&FixedPart>, hash: Option<u64>) -> Option<&'i [u8]> {
        let glob = fixed.filter(|_| image.has(flag::GLOB)).and_then(|fixed| self.find_glob(image, fixed));
        let any_port = || hash.filter(|_| image.has(flag::HOST_ANY_PORT));
        let found = glob.or_else(|| self.find_any_port(image, any_port()?));
        if found.is_none() && image.has(flag::WEB_ANY_HOST) { self.find_any_host(image) } else { found }
    }

    /// `https://pr-*.example.com`.
    fn find_glob<'i>(&self, image: Image<'i>, fixed: &FixedPart) -> Option<&'i [u8]> {
        let label = self.bytes(self.host_at, fixed.dot);
        if contains(label, b'.') {
            return None;
        }
        let find = |port, is_any_port| {
            let fits = |text: &[u8]| {
                self.first_label(text, is_any_port, fixed.dot).is_some_and(|glob| is_globbed(glob, label))
            };
            Table::wildcards(image).find_rare(fixed.hash(port | GLOB), &fits)
        };
        let found = if image.has(flag::WILDCARD_FIXED_PORT) { find(self.port, false) } else { None };
        let found = if found.is_none() && image.has(flag::WILDCARD_ANY_PORT) { find(ANY_PORT, true) } else { found };
        found.filter(|_| self.labels_end(fixed.dot) == fixed.dot)
    }

    /// `https://example.com:*`.
    fn find_any_port<'i>(&self, image: Image<'i>, hash: u64) -> Option<&'i [u8]> {
        let lead = self.text.get(..self.host_end);
        Table::wildcards(image).find_rare(hash, &|text| text != self.text && text.strip_suffix(b":*") == lead)
    }

    /// `https://*` and `app://*`.
    pub(crate) fn find_any_host<'i>(&self, image: Image<'i>) -> Option<&'i [u8]> {
        let own_port = self.bytes(self.host_end, self.text.len());
        let found = [(self.port, own_port), (ANY_PORT, b":*")].into_iter().find_map(|(port, port_text)| {
            let hash = Suffix::hash(image.wildcard_seed(), self.scheme(), b"", port);
            let is_any_host = |text: &[u8]| {
                let lead = text.strip_suffix(port_text).and_then(|text| text.strip_suffix(b"*"));
                lead == self.text.get(..self.host_at) && text != self.text
            };
            Table::wildcards(image).find_rare(hash, &is_any_host)
        });
        found.filter(|_| if self.is_web { self.is_web_host() } else { self.is_opaque_host() })
    }

    /// Hosts of schemes other than `http` and `https` have no labels.
    #[cold]
    fn find_other_scheme<'i>(&self, image: Image<'i>) -> Option<&'i [u8]> {
        if !image.has(flag::OTHER_SCHEME) {
            return None;
        }
        let hash = Suffix::hash(image.wildcard_seed(), self.scheme(), self.host(), ANY_PORT);
        self.find_any_host(image).or_else(|| self.find_any_port(image, hash))
    }

    /// What a pattern has in place of the labels before this dot, if the rest of it is equal to
    /// this origin.
    #[inline]
    fn first_label<'p>(&self, pattern: &'p [u8], is_any_port: bool, dot: usize) -> Option<&'p [u8]> {
        let (fixed, end) =
            if is_any_port { (pattern.strip_suffix(b":*")?, self.host_end) } else { (pattern, self.text.len()) };
        let tail = self.bytes(dot, end);
        let (before, same) = fixed.split_at_checked(fixed.len().checked_sub(tail.len())?)?;
        let (lead, label) = before.split_at_checked(self.host_at)?;
        let is_same = is_equal(same, tail) && is_equal(lead, self.bytes(0, self.host_at));
        // A request has no `*`, so only a pattern can be equal to a pattern.
        (is_same && (self.extra.is_none() || pattern != self.text)).then_some(label)
    }

    /// Where the right labels from the start of the host end: at `end`, or at the dot before the
    /// first label that no browser sends.
    fn labels_end(&self, end: usize) -> usize {
        match find_wrong_label(self.bytes(self.host_at, end), self.extra) {
            None => end,
            Some(wrong) => (self.host_at + wrong).saturating_sub(1),
        }
    }

    /// Whether a browser could send this host: labels with at most one trailing dot, or an address.
    /// A pattern may also have a range.
    fn is_web_host(&self) -> bool {
        let host = self.host();
        let is_name = || are_labels(without_root_dot(host), self.extra) && !ends_in_number(host);
        let is_range = || self.extra.is_some() && contains(host, b'/');
        Address::of_host(host).is_some() || is_name() || is_range()
    }

    fn is_opaque_host(&self) -> bool {
        self.host().iter().all(|&b| is_opaque_host_byte(b) || Some(b) == self.extra)
    }
}

/// Whether a glob matches this label. Its `*` is at least one byte.
fn is_globbed(glob: &[u8], label: &[u8]) -> bool {
    let Some(star) = glob.iter().position(|&b| b == b'*') else { return false };
    let (before, after) = (glob.get(..star).unwrap_or_default(), glob.get(star + 1..).unwrap_or_default());
    label.len() >= glob.len() && label.starts_with(before) && label.ends_with(after)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{Origin, around_glob_label};
    use crate::{PolicySpec, Request};
    use std::format;
    use std::string::String;

    const LEADS: [&str; 2] = ["https://", "http://"];

    fn allows(pattern: &str, origin: &str) -> bool {
        let policy = PolicySpec::new(&[pattern]).compile([0; 512], |_| ()).expect(pattern);
        policy.evaluate(&Request::from_lines("GET", [("Origin", origin)])).is_allowed()
    }

    /// A host of `length` letters, one of which is a dot.
    fn host(length: usize, dot: usize) -> String {
        (0..length).map(|at| if at == dot { '.' } else { char::from(b'a' + (at % 19) as u8) }).collect()
    }

    #[test]
    fn wildcard_is_found_at_every_place_of_its_dot() {
        for length in (3..=40).chain([63, 64, 65, 72]) {
            // Neither label is longer than 63 bytes.
            for dot in (1..length - 1).filter(|&dot| dot <= 63 && length - dot <= 64) {
                let host = host(length, dot);
                let rest = &host[dot + 1..];
                let (longer, other) = (format!("z{rest}"), format!("z{}", &rest[1..]));
                for lead in LEADS {
                    let is_found =
                        |rest: &str, port| allows(&format!("{lead}*.{rest}{port}"), &format!("{lead}{host}"));
                    for port in ["", ":*"] {
                        assert!(is_found(rest, port), "{host}");
                        for wrong in [&longer, &other, &rest[1..], &rest[..rest.len() - 1]] {
                            let is_host = (1..=63).contains(&wrong.len());
                            assert!(!is_host || !is_found(wrong, port), "{wrong} {host}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn host_with_any_port_is_found_at_every_length() {
        for length in (1..=72).chain([126, 127]) {
            let host = host(length, if length < 3 { length } else { length / 2 });
            let (longer, other) = (format!("z{host}"), format!("z{}", &host[1..]));
            for lead in LEADS {
                for asked in [&host, &longer, &other, &host[1..], &host[..length - 1]] {
                    for port in ["", ":81"] {
                        let is_found = allows(&format!("{lead}{host}:*"), &format!("{lead}{asked}{port}"));
                        assert_eq!(is_found, asked == host, "{host} {asked}");
                    }
                }
            }
        }
    }

    #[test]
    fn short_host_is_found_beside_a_long_pattern() {
        let long = format!("https://{}.example:*", "a".repeat(40));
        let policy =
            PolicySpec::new(&["https://b:*", "https://c*.d", &long]).compile([0; 512], |_| ()).expect("it compiles");
        for (origin, is_allowed) in
            [("https://b:81", true), ("https://cx.d", true), ("https://b.d:81", false), ("https://x.d", false)]
        {
            assert_eq!(
                policy.evaluate(&Request::from_lines("GET", [("Origin", origin)])).is_allowed(),
                is_allowed,
                "{origin}"
            );
        }
    }

    #[test]
    fn glob_is_its_text_around_the_first_label() {
        let around = |text: &'static str| around_glob_label(text.as_bytes());
        assert_eq!(around("https://a*.b.example:81"), Some((&b"https://"[..], &b".b.example:81"[..])));
        assert_eq!(around("http://*a.b"), Some((&b"http://"[..], &b".b"[..])));
        for other in ["https://*.a.example", "https://a.b.example", "https://a.b*.example", "https://a*", "*"] {
            assert_eq!(around(other), None, "{other}");
        }
    }

    /// Two texts may have the same hash, so each byte must be compared.
    #[test]
    fn every_byte_of_a_wildcard_is_compared() {
        let origin = Origin::parse(b"https://a.example:81").expect("an origin");
        let is_below = |pattern: &str| origin.first_label(pattern.as_bytes(), false, 9) == Some(b"*");
        let pattern = "https://*.example:81";
        assert!(is_below(pattern));
        for place in 0..pattern.len() {
            assert!(!is_below(&format!("{}?{}", &pattern[..place], &pattern[place + 1..])), "{place}");
            assert!(!is_below(&pattern[..place]) && !is_below(&pattern[place + 1..]), "{place}");
        }
    }

    #[test]
    fn hosts_with_a_common_end_differ_by_length() {
        let (whole, lengths) = (host(100, 60), [62, 63, 64, 100]);
        for (length, asked) in lengths.iter().flat_map(|length| lengths.map(|asked| (*length, asked))) {
            let (rest, host) = (&whole[100 - length..], &whole[100 - asked..]);
            for port in ["", ":*"] {
                let is_found = allows(&format!("https://*.{rest}{port}"), &format!("https://x.{host}"));
                assert_eq!(is_found, length == asked, "{length} {asked}");
            }
            let is_found = allows(&format!("https://{rest}:*"), &format!("https://{host}:81"));
            assert_eq!(is_found, length == asked, "{length} {asked}");
        }
    }
}
