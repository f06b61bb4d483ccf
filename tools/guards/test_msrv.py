"""The guard of dependencies' rust-versions refuses one that is newer than the crate's."""

import unittest

import msrv


def metadata(own, theirs, kind=None):
    return {
        "packages": [
            {"id": "a", "name": "a", "rust_version": own},
            {"id": "b", "name": "b", "rust_version": None},
            {"id": "c", "name": "c", "rust_version": theirs},
        ],
        "workspace_members": ["a"],
        "resolve": {
            "nodes": [
                {"id": "a", "deps": [{"pkg": "b", "dep_kinds": [{"kind": None}]}]},
                {"id": "b", "deps": [{"pkg": "c", "dep_kinds": [{"kind": kind}]}]},
                {"id": "c", "deps": []},
            ]
        },
    }


class Msrv(unittest.TestCase):
    def test_passes_the_same_version_however_it_is_written(self):
        self.assertEqual(msrv.newer(metadata("1.87", "1.87.0")), [])

    def test_refuses_a_newer_dependency_of_a_dependency(self):
        self.assertEqual(msrv.newer(metadata("1.87", "1.87.1")), [("a", "1.87", "c", "1.87.1")])
        self.assertEqual(msrv.newer(metadata("1.9", "1.10", "build")), [("a", "1.9", "c", "1.10")])

    def test_lets_what_only_tests_need_be_newer(self):
        self.assertEqual(msrv.newer(metadata("1.87", "1.90", "dev")), [])

    def test_refuses_a_crate_that_names_none(self):
        self.assertEqual(msrv.newer(metadata(None, "1.60")), [("a", "no rust-version", "", "")])


if __name__ == "__main__":
    unittest.main()
