//! The judgement of wildcards over an origin: one pass over its host from the right end, eight bytes at a time, and a look-up only where the
//! policy has a wildcard over what is to the right.

use crate::image::hash::{BLOCK, Suffix, is_equal};
use crate::image::layout::{Image, flag};
use crate::origins::origin::Origin;
use crate::origins::table::{Table, fixed_length_bit};
use crate::spec::pattern::ANY_PORT;
use crate::syntax::byte::{is_opaque_host_byte, places};
use crate::syntax::host::are_labels;

impl Origin<'_> {
    /// The wildcard, or the host with any port, that matches. No pattern matches itself.
    #[inline]
    pub(crate) fn find_wildcard<'i>(&self, image: Image<'i>) -> Option<&'i [u8]> {
        if self.is_web { self.find_web(image) } else { self.find_other(image) }
    }

    /// Of `http` and `https`.
    fn find_web<'i>(&self, image: Image<'i>) -> Option<&'i [u8]> {
        let lengths = image.fixed_lengths();
        let has = |length| lengths & fixed_length_bit(length) != 0;
        let seed = image.wildcard_seed();
        // Written out, they are hashed by the compiler.
        let mut suffix = if self.host_at == 8 { Suffix::new(seed, b"https") } else { Suffix::new(seed, b"http") };
        let host_length = self.host_end.checked_sub(self.host_at)?;
        let mut length = 0;
        loop {
            let end = self.host_end.checked_sub(length)?;
            // With `http://` alone there are no eight bytes; neither is there a host.
            let block = end.checked_sub(BLOCK).and_then(|start| self.text.get(start..)?.first_chunk());
            let block = block.map_or(0, |block| u64::from_le_bytes(*block));
            // From the right. No dot stands in front of the host.
            let mut dots = places(block, b'.');
            while dots != 0 {
                let right = dots.leading_zeros() as usize / 8;
                if has(length + right) {
                    let found = self.find_below(image, suffix, block, length + right);
                    if found.is_some() {
                        return found;
                    }
                }
                dots &= u64::MAX.checked_shr(8 * right as u32 + 1).unwrap_or(0);
            }
            let left = host_length.checked_sub(length)?;
            if left < BLOCK {
                let is_asked = image.has(flag::WILDCARD_ANY_PORT) && has(host_length);
                let hash = suffix.within(block, left, ANY_PORT);
                return if is_asked { self.find_any_port(image, hash) } else { None };
            }
            length += BLOCK;
            // No pattern reaches further to the left.
            if lengths < fixed_length_bit(length) {
                return None;
            }
            suffix = suffix.before(block);
        }
    }

    /// Of every other scheme, whose hosts have no labels.
    #[cold]
    fn find_other<'i>(&self, image: Image<'i>) -> Option<&'i [u8]> {
        let (table, seed) = (Table::wildcards(image), image.wildcard_seed());
        let port_text = self.bytes(self.host_end, self.text.len());
        for (port, port_text) in [(self.port, port_text), (ANY_PORT, b":*")] {
            let hash = Suffix::hash(seed, self.scheme(), b"", port);
            let found = table.find(hash, |text| text != self.text && self.is_any_host(text, port_text));
            if found.is_some() {
                return found;
            }
        }
        self.find_any_port(image, Suffix::hash(seed, self.scheme(), self.host(), ANY_PORT))
    }

    /// The wildcard over the last `length` bytes of the host, some of which are this block's: with this very port, or with any.
    #[inline(never)]
    fn find_below<'i>(&self, image: Image<'i>, suffix: Suffix, block: u64, length: usize) -> Option<&'i [u8]> {
        let ports = [(flag::WILDCARD_FIXED_PORT, self.port, false), (flag::WILDCARD_ANY_PORT, ANY_PORT, true)];
        for (flag, port, is_any_port) in ports {
            if image.has(flag) {
                let hash = suffix.within(block, length % BLOCK, port);
                let found = Table::wildcards(image).find(hash, |text| self.is_below(text, is_any_port, length));
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }

    #[inline(never)]
    fn find_any_port<'i>(&self, image: Image<'i>, hash: u64) -> Option<&'i [u8]> {
        Table::wildcards(image).find(hash, |text| text != self.text && self.is_any_port(text))
    }

    /// `https://host:*`.
    fn is_any_port(&self, pattern: &[u8]) -> bool {
        pattern.strip_suffix(b":*") == self.text.get(..self.host_end)
    }

    /// `app://*`, with this port.
    fn is_any_host(&self, pattern: &[u8], port_text: &[u8]) -> bool {
        let lead = pattern.strip_suffix(port_text).and_then(|pattern| pattern.strip_suffix(b"*"));
        lead == self.text.get(..self.host_at)
            && self.host().iter().all(|&b| is_opaque_host_byte(b) || Some(b) == self.extra)
    }

    /// `https://*.rest` or `https://glob-*.rest`, where the rest is so many bytes of the host, behind a dot.
    #[inline]
    fn is_below(&self, whole: &[u8], is_any_port: bool, length: usize) -> bool {
        let (pattern, end) =
            if is_any_port { (whole.strip_suffix(b":*"), self.host_end) } else { (Some(whole), self.text.len()) };
        let (Some(pattern), Some(dot)) = (pattern, self.host_end.checked_sub(length + 1)) else { return false };
        let (labels, tail) = (self.bytes(self.host_at, dot), self.bytes(dot, end));
        let Some(parts) = pattern.len().checked_sub(tail.len()).and_then(|at| pattern.split_at_checked(at)) else {
            return false;
        };
        let (Some((lead, glob)), same) = (parts.0.split_at_checked(self.host_at), parts.1) else { return false };
        is_equal(same, tail, false)
            && is_equal(lead, self.bytes(0, self.host_at), false)
            && (glob == b"*" || is_globbed(glob, labels))
            && are_labels(labels, self.extra)
            // No byte of a request is a `*`.
            && (self.extra.is_none() || whole != self.text)
    }
}

/// One label that the glob matches, with a byte at least in the place of its `*`; how long it may be, [`are_labels`] says.
#[inline(never)]
fn is_globbed(glob: &[u8], label: &[u8]) -> bool {
    let mut halves = glob.splitn(2, |&b| b == b'*');
    let (Some(before), Some(after)) = (halves.next(), halves.next()) else { return false };
    label.len() > before.len() + after.len()
        && label.starts_with(before)
        && label.ends_with(after)
        && !label.contains(&b'.')
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::Origin;
    use crate::{PolicySpec, Request};
    use std::format;
    use std::string::String;

    const LEADS: [&str; 2] = ["https://", "http://"];

    fn allows(pattern: &str, origin: &str) -> bool {
        let policy = PolicySpec::new(&[pattern]).compile([0; 512], |_| ()).expect(pattern);
        policy.evaluate(&Request::from_lines("GET", [("Origin", origin)])).is_allowed()
    }

    /// So many letters, one of which is a dot.
    fn host(length: usize, dot: usize) -> String {
        (0..length).map(|at| if at == dot { '.' } else { char::from(b'a' + (at % 19) as u8) }).collect()
    }

    #[test]
    fn a_wildcard_is_found_wherever_its_dot_stands_and_no_other_is() {
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
    fn a_host_with_any_port_is_found_at_every_length_and_no_other_is() {
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

    /// A hash may be that of another text.
    #[test]
    fn every_byte_of_a_wildcard_is_compared() {
        let is_below = |pattern: &str| {
            let origin = Origin::parse(b"https://a.example:81").expect("an origin");
            origin.is_below(pattern.as_bytes(), false, 7)
        };
        let pattern = "https://*.example:81";
        assert!(is_below(pattern));
        for place in 0..pattern.len() {
            assert!(!is_below(&format!("{}?{}", &pattern[..place], &pattern[place + 1..])), "{place}");
            assert!(!is_below(&pattern[..place]) && !is_below(&pattern[place + 1..]), "{place}");
        }
    }

    /// Lengths that share a bit, and lengths that do not.
    #[test]
    fn long_rests_are_told_apart() {
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
