"""A crate that depends on the packed crates, as one that adds them by `cargo add` would."""

import pathlib
import subprocess
import tarfile
import unittest

from artefact import DIST, ORIGIN, ROOT, VERSION, Place, find, program

MAIN = f"""use corsac::{{Policy, Request}};

static POLICY: Policy<&[u8]> = corsac_macros::policy! {{ allow_origins: ["{ORIGIN}"] }};

fn main() {{
    let request: Request<'_> = Request::from_lines("GET", [("Origin", "{ORIGIN}")]);
    println!("{{}}", POLICY.evaluate(&request).is_allowed());
}}
"""


class Crates(Place):
    def test_crate_with_the_packed_crates_builds_and_runs(self):
        find(f"crates/corsac-{VERSION}.crate", "dist-crates")
        for parts in DIST.glob("crates/*.cdx.json"):
            self.assert_parts(parts.read_text(), None, {"corsac", "rust-std"} if parts.name != f"corsac-{VERSION}.cdx.json" else {"heapless"})
        patches = []
        for archive in sorted(DIST.glob(f"crates/*-{VERSION}.crate")):
            with tarfile.open(archive) as packed:
                packed.extractall(self.folder / "packed", filter="data")
            name = archive.name.removesuffix(f"-{VERSION}.crate")
            patches.append(f'{name} = {{ path = "packed/{name}-{VERSION}" }}')
        wanted = "".join(f'{name} = "{VERSION}"\n' for name in ("corsac", "corsac-macros"))
        manifest = f'[package]\nname = "app"\nversion = "1.0.0"\nedition = "2024"\n\n[dependencies]\n{wanted}\n'
        manifest += "[profile.dev]\ndebug = false\n\n[patch.crates-io]\n"
        (self.folder / "Cargo.toml").write_text(manifest + "\n".join(patches) + "\n\n[workspace]\n")
        (self.folder / "src").mkdir()
        (self.folder / "src/main.rs").write_text(MAIN)
        # In the workspace's folder and without debug information, others' crates are compiled already.
        done = subprocess.run(
            [program("cargo", "see https://rustup.rs"), "run", "--quiet", "--offline", "--target-dir", ROOT / "target"],
            cwd=self.folder, capture_output=True, text=True,
        )  # fmt: skip
        self.assertEqual(done.stdout.strip(), "true", done.stderr)


if __name__ == "__main__":
    unittest.main()
