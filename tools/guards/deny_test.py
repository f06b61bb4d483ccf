"""`make deny` refuses a licence, a source, a wildcard and a second version that deny.toml does not let in."""

import unittest

from scratch import Scratch, manifest

SOURCE = "//! A crate.\n"


class Deny(Scratch):
    lock = ["cargo", "generate-lockfile"]

    def crate(self, **parts):
        return {"Cargo.toml": manifest(**parts), "src/lib.rs": SOURCE}

    def other(self, name, license="MIT"):
        return {
            f"{name}/Cargo.toml": f'[package]\nname = "{name}"\nversion = "0.1.0"\nlicense = "{license}"\n',
            f"{name}/src/lib.rs": SOURCE,
        }

    def test_passes_a_crate_of_ours(self):
        self.assert_passes("deny", self.crate(dependencies='heapless = "0.9"'))

    def test_refuses_a_licence(self):
        files = self.crate(dependencies='other = { path = "other" }') | self.other("other", "GPL-3.0-only")
        self.assert_refuses("deny", files, "GPL-3.0-only", "licenses FAILED")

    def test_refuses_a_git_repository(self):
        for name, text in self.other("other").items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "a crate"]):
            who = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
            made = self.run_in("git", *who, *command, directory="other")
            self.assertEqual(made.returncode, 0, made.stdout)
        files = self.crate(dependencies=f'other = {{ git = "file://{self.root}/other" }}')
        self.assert_refuses("deny", files, "sources FAILED")

    def test_refuses_a_wildcard(self):
        self.assert_refuses("deny", self.crate(dependencies='heapless = "*"'), "wildcard", "bans FAILED")

    def test_refuses_a_second_version_of_what_core_depends_on(self):
        two = 'heapless = "0.9"\nolder = { package = "heapless", version = "0.8" }'
        self.assert_refuses("deny", self.crate(dependencies=two), "heapless", "bans FAILED")


if __name__ == "__main__":
    unittest.main()
