//! Looks a name up in the public suffix list: the longest rule that it matches.
//!
//! The rules are a tree of labels, from the right: `com` holds `github`'s. A node is a byte, its label and, if there are labels below it, the
//! length of their nodes in two bytes, then these nodes. The byte is the length of the label, with [`RULE`] and [`PARENT`]. A `*` matches every
//! label, and a `!` before a label makes it an exception from the `*` next to it. `tools/suffixes` writes the tree.

use crate::spec::suffix_list::TREE;

/// The name ends a rule here.
const RULE: u8 = 0x40;
/// Nodes follow for the labels below.
const PARENT: u8 = 0x80;
/// The rest of the byte: a label has at most 63 bytes.
const LENGTH: u8 = 0x3f;

/// Where the top-level domains with each first byte begin, because there are 1 500 of them, and each wildcard of a policy looks one up. All bytes that
/// are not ASCII count as one.
const STARTS: [u32; 130] = starts();

/// The public suffix of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Suffix {
    /// Its length, from the end of the name.
    pub(super) length: usize,
    /// Whether a rule of the list says so. Otherwise it is the last label, because the list does not have the name.
    pub(super) is_listed: bool,
}

struct Node {
    label: &'static [u8],
    is_rule: bool,
    below: &'static [u8],
}

/// The suffix of a name whose labels come from the right.
pub(super) fn find<'a>(labels: impl Iterator<Item = &'a [u8]>) -> Suffix {
    let mut found = Suffix { length: 0, is_listed: false };
    let mut length = 0;
    let mut nodes = &[][..];
    for label in labels {
        let above = length;
        length = if above == 0 { label.len() } else { above + 1 + label.len() };
        if above == 0 {
            found.length = length;
            nodes = beginning_like(label);
        }
        match matching(nodes, label) {
            Some(node) if node.label.starts_with(b"!") => return Suffix { length: above, is_listed: true },
            Some(node) => {
                if node.is_rule {
                    found = Suffix { length, is_listed: true };
                }
                nodes = node.below;
            }
            None => break,
        }
    }
    found
}

/// The nodes of the top-level domains that begin as this one does.
fn beginning_like(label: &[u8]) -> &'static [u8] {
    let at = label.first().map_or(0, |&b| usize::from(b.min(0x80)));
    let start = |at: usize| STARTS.get(at).map_or(0, |&start| start as usize);
    TREE.get(start(at)..start(at + 1)).unwrap_or_default()
}

/// The tree is in the order of its bytes, and no rule of the list is for every top-level domain.
#[expect(clippy::indexing_slicing, reason = "only rustc runs it, and TREE is a constant")]
const fn starts() -> [u32; 130] {
    let mut starts = [0; 130];
    let (mut at, mut next) = (0, 0);
    while at < TREE.len() {
        let head = TREE[at];
        let first = if TREE[at + 1] < 0x80 { TREE[at + 1] as usize } else { 0x80 };
        while next <= first {
            starts[next] = at as u32;
            next += 1;
        }
        at += 1 + (head & LENGTH) as usize;
        if head & PARENT != 0 {
            at += 2 + u16::from_le_bytes([TREE[at], TREE[at + 1]]) as usize;
        }
    }
    while next < starts.len() {
        starts[next] = at as u32;
        next += 1;
    }
    starts
}

/// The node of a label among its siblings, or else that of a `*`.
fn matching(nodes: &'static [u8], label: &[u8]) -> Option<Node> {
    let mut star = None;
    let mut rest = nodes;
    while let Some((node, after)) = next(rest) {
        if node.label.strip_prefix(b"!").unwrap_or(node.label) == label {
            return Some(node);
        }
        match node.label.first() {
            Some(b'*') => star = Some(node),
            Some(b'!') => {}
            // Both marks are before every letter, and the rest is in the order of its bytes.
            _ if node.label > label => break,
            _ => {}
        }
        rest = after;
    }
    star
}

/// The first of these nodes, and those after it.
fn next(nodes: &'static [u8]) -> Option<(Node, &'static [u8])> {
    let (&head, rest) = nodes.split_first()?;
    let (label, rest) = rest.split_at_checked(usize::from(head & LENGTH))?;
    let (below, rest) = if head & PARENT == 0 {
        (&[][..], rest)
    } else {
        let (&length, rest) = rest.split_first_chunk()?;
        rest.split_at_checked(usize::from(u16::from_le_bytes(length)))?
    };
    Some((Node { label, is_rule: head & RULE != 0, below }, rest))
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{Suffix, TREE, find, next};
    use proptest::prelude::*;
    use psl::{List, Psl as _};
    use std::string::String;
    use std::vec::Vec;

    fn suffix(name: &str) -> Suffix {
        find(name.as_bytes().rsplit(|&b| b == b'.'))
    }

    fn of_psl(name: &str) -> Suffix {
        let info = List.find(name.as_bytes().rsplit(|&b| b == b'.'));
        Suffix { length: info.len, is_listed: info.typ.is_some() }
    }

    /// The suffix is what psl says, which this list was made from. There is one difference: psl does not apply `*.run.app` to `mtls.run.app`,
    /// because `*.mtls.run.app` is a rule too. The list's [algorithm](https://github.com/publicsuffix/list/wiki/Format) does.
    fn assert_equal(name: &str) {
        let found = suffix(name);
        if found != of_psl(name) {
            let (_, parent) = name[name.len() - found.length..].split_once('.').expect(name);
            let other = std::format!("other.{parent}");
            assert_eq!(of_psl(&other), Suffix { length: other.len(), is_listed: true }, "{name}: {found:?}");
        }
    }

    /// Every name of the tree, with its marks.
    fn names(nodes: &'static [u8], above: &str, all: &mut Vec<String>) {
        let mut rest = nodes;
        while let Some((node, after)) = next(rest) {
            let label = std::str::from_utf8(node.label).expect("labels are text");
            let name = if above.is_empty() { String::from(label) } else { std::format!("{label}.{above}") };
            names(node.below, &name, all);
            all.push(name);
            rest = after;
        }
        assert!(rest.is_empty(), "{above} ends in the middle of a node");
    }

    fn every_name() -> Vec<String> {
        let mut all = Vec::new();
        names(TREE, "", &mut all);
        all
    }

    #[test]
    fn first_byte_leads_to_the_domains_that_begin_with_it() {
        assert_eq!(super::starts(), super::STARTS, "what rustc ran");
        for byte in 0..0x80 {
            let mut rest = super::beginning_like(&[byte]);
            while let Some((node, after)) = next(rest) {
                assert_eq!(node.label.first(), Some(&byte));
                rest = after;
            }
        }
    }

    #[test]
    fn every_rule_gives_what_psl_gives() {
        let all = every_name();
        assert!(all.len() > 10_000, "{}", all.len());
        for name in all {
            let name = name.replace('!', "").replace('*', "any");
            for name in [name.clone(), std::format!("a.b.{name}")] {
                assert_equal(&name);
            }
        }
    }

    proptest! {
        #[test]
        fn suffix_of_any_name_is_what_psl_says(labels in prop::collection::vec("[a-z]{1,3}|com|jp|ck|kobe|city|www|uk|co|xn--p1ai|[*!_]", 0..5)) {
            assert_equal(&labels.join("."));
        }
    }
}
