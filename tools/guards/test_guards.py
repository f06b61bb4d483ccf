"""Spelling, documentation and lints: the Makefile's recipes refuse what they are for."""

import unittest

from scratch import Scratch, manifest


def crate(source):
    return {"Cargo.toml": manifest(), "src/lib.rs": f"//! A crate.\n{source}\n"}


class Guards(Scratch):
    def test_spelling_passes_what_is_well_written(self):
        self.assert_passes("spelling", {"a.md": "The colour of an origin; Authorization; normalize_method\n"})

    def test_spelling_refuses_a_slip_and_another_spelling(self):
        said = ("`recieve` should be `receive`", "`favor` should be `favour`")  # typos:allow
        self.assert_refuses("spelling", {"a.md": "We recieve\n", "b.rs": "// in favor of\n"}, *said)  # typos:allow

    def test_doc_passes_a_link_that_resolves(self):
        self.assert_passes("doc", crate("/// See [`Thing`].\npub struct Thing;"))

    def test_doc_refuses_a_link_that_does_not(self):
        self.assert_refuses("doc", crate("/// See [`Nothing`].\npub struct Thing;"), "unresolved link to `Nothing`")

    def test_lint_refuses_a_warning(self):
        self.assert_refuses("lint", crate("mod a { pub fn unseen() {} }"), "function `unseen` is never used")

    def test_lint_refuses_an_unsafe_block_without_its_reason(self):
        unsafe = "/// Reads.\npub fn read(from: &u8) -> u8 {\n    unsafe { std::ptr::read(from) }\n}"
        self.assert_refuses("lint", crate(unsafe), "unsafe block missing a safety comment")

    def test_lint_refuses_what_the_rust_version_does_not_have(self):
        newer = "/// Pairs.\npub fn pairs(bytes: &[u8]) -> usize { bytes.as_chunks::<2>().0.len() }"
        self.assert_refuses("lint", crate(newer), "current MSRV (Minimum Supported Rust Version) is `1.85.0`")


if __name__ == "__main__":
    unittest.main()
