//! The judgement of wildcards over an origin: one pass over its host from the right end, eight bytes at a time, and a look-up only where the
//! policy has a wildcard over what is to the right.

use crate::byte::{is_opaque_host_byte, places};
use crate::hash::{BLOCK, Suffix, is_equal};
use crate::host::{LABEL_MAX, are_labels};
use crate::image::{Image, flag};
use crate::origin::Origin;
use crate::origin_table::{Table, rest_length};
use crate::pattern::ANY_PORT;

impl Origin<'_> {
    /// The wildcard, or the host with any port, that matches; `except` is a pattern that does not count.
    #[inline]
    pub(crate) fn find_rest<'i>(&self, image: Image<'i>, except: Option<&[u8]>) -> Option<&'i [u8]> {
        if self.is_web { self.find_web(image, except) } else { self.find_other(image, except) }
    }

    /// Of `http` and `https`.
    fn find_web<'i>(&self, image: Image<'i>, except: Option<&[u8]>) -> Option<&'i [u8]> {
        let lengths = image.rest_lengths();
        let has = |length| lengths & rest_length(length) != 0;
        let seed = image.rest_seed();
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
                    let found = self.find_below(image, suffix, block, length + right, except);
                    if found.is_some() {
                        return found;
                    }
                }
                dots &= u64::MAX.checked_shr(8 * right as u32 + 1).unwrap_or(0);
            }
            let left = host_length.checked_sub(length)?;
            if left < BLOCK {
                let is_asked = image.has(flag::REST_ANY_PORT) && has(host_length);
                let hash = suffix.within(block, left, ANY_PORT);
                return if is_asked { self.find_any_port(image, hash, except) } else { None };
            }
            length += BLOCK;
            // No pattern reaches further to the left.
            if lengths < rest_length(length) {
                return None;
            }
            suffix = suffix.before(block);
        }
    }

    /// Of every other scheme, whose hosts have no labels.
    #[cold]
    fn find_other<'i>(&self, image: Image<'i>, except: Option<&[u8]>) -> Option<&'i [u8]> {
        let (table, seed) = (Table::rest(image), image.rest_seed());
        let port_text = self.bytes(self.host_end, self.text.len());
        for (port, port_text) in [(self.port, port_text), (ANY_PORT, b":*")] {
            let hash = Suffix::hash(seed, self.scheme(), b"", port);
            let found = table.find(hash, |text| self.is_any_host(text, port_text) && except != Some(text));
            if found.is_some() {
                return found;
            }
        }
        self.find_any_port(image, Suffix::hash(seed, self.scheme(), self.host(), ANY_PORT), except)
    }

    /// The wildcard over the last `length` bytes of the host, some of which are this block's: with this very port, or with any.
    #[inline(never)]
    fn find_below<'i>(
        &self,
        image: Image<'i>,
        suffix: Suffix,
        block: u64,
        length: usize,
        except: Option<&[u8]>,
    ) -> Option<&'i [u8]> {
        let find = |port, is_any_port| {
            Table::rest(image).find(suffix.within(block, length % BLOCK, port), |text| {
                self.is_below(text, is_any_port, length) && except != Some(text)
            })
        };
        let fixed = if image.has(flag::REST_FIXED_PORT) { find(self.port, false) } else { None };
        if fixed.is_none() && image.has(flag::REST_ANY_PORT) { find(ANY_PORT, true) } else { fixed }
    }

    #[inline(never)]
    fn find_any_port<'i>(&self, image: Image<'i>, hash: u64, except: Option<&[u8]>) -> Option<&'i [u8]> {
        Table::rest(image).find(hash, |text| except != Some(text) && self.is_any_port(text))
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
    fn is_below(&self, pattern: &[u8], is_any_port: bool, length: usize) -> bool {
        let (pattern, end) =
            if is_any_port { (pattern.strip_suffix(b":*"), self.host_end) } else { (Some(pattern), self.text.len()) };
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
    }
}

/// One label that the glob matches, with a byte at least in the place of its `*`.
#[inline(never)]
fn is_globbed(glob: &[u8], label: &[u8]) -> bool {
    let mut halves = glob.splitn(2, |&b| b == b'*');
    let (Some(before), Some(after)) = (halves.next(), halves.next()) else { return false };
    label.len() <= LABEL_MAX
        && label.len() > before.len() + after.len()
        && label.starts_with(before)
        && label.ends_with(after)
        && !label.contains(&b'.')
}
