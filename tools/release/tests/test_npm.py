"""The npm archive on Node, and on Deno and Bun where they are here."""

import json
import os
import pathlib
import shutil
import subprocess
import tarfile
import unittest

from artefact import ORIGIN, ROOT, VERSION, Place, block, find, free_port, missing, program


class Archive(Place):
    def setUp(self):
        super().setUp()
        self.archive = find(f"corsac-{VERSION}.tgz", "dist-npm")

    def installed(self, *others):
        """A project with the archive, and others that come from the registry before it."""
        npm = program("npm", "apt-get install npm")
        (self.folder / "package.json").write_text('{"private": true}\n')
        common = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        kept = {name: os.environ[name] for name in os.environ if name.lower().startswith("npm_config")}
        environment = {**self.environment(), **kept, "npm_config_cache": str(self.folder / "cache"), "HOME": os.environ.get("HOME", "/")}
        if others and subprocess.run([npm, "install", *common, *others], cwd=self.folder, env=environment).returncode:
            missing(", ".join(others), "a network")
        subprocess.run([npm, "install", "--offline", *common, self.archive], cwd=self.folder, env=environment, check=True)

    def test_express_page_works_from_the_archive(self):
        self.installed("express@5")
        port = free_port()
        (self.folder / "app.js").write_text(block("start/express.md", "js").replace("8000", str(port)))
        with self.serving(program("node", "see https://nodejs.org"), "app.js", port=port):
            self.assert_preflights(port)

    def test_program_of_the_package_says_its_version(self):
        self.installed()
        said = self.run_here(self.folder / "node_modules/.bin/corsac", "--version")
        self.assertIn(VERSION, said)

    def test_archive_says_what_is_in_it(self):
        with tarfile.open(self.archive) as archive:
            names = archive.getnames()
            manifest = json.load(archive.extractfile("package/package.json"))
            for name in (name for name in names if name.endswith(".cdx.json")):
                self.assert_parts(archive.extractfile(name).read().decode(), "wasm32-unknown-unknown", {"heapless", "rust-std"})
            licences = archive.extractfile("package/LICENSE-THIRD-PARTY").read().decode()
        self.assert_documents(names)
        # A crate of each module.
        for crate in ("heapless", "serde_json", "regex-syntax"):
            self.assertIn(f"\n{crate} ", licences)
        self.assertIn("Public Suffix List", licences)
        self.assertEqual(manifest["version"], VERSION)
        self.assertNotIn("dependencies", manifest)

    def test_other_runtimes_decide_from_the_archive(self):
        self.installed()
        script = f"""import {{ Policy }} from 'corsac';
const policy = new Policy({{ allowOrigins: ['{ORIGIN}'] }});
console.log(policy.evaluate('GET', {{ origin: '{ORIGIN}' }}).allowed, policy.evaluate('GET', {{ origin: 'https://evil.example' }}).allowed);
"""
        (self.folder / "try.mjs").write_text(script)
        ran = []
        for name, command in runtimes():
            with self.subTest(name):
                self.assertEqual(self.run_here(*command, "try.mjs").strip(), "true false")
                ran.append(name)
        self.assertIn("node", ran)


def runtimes():
    """Node, and those that `make nightly-js` has fetched."""
    yield "node", [program("node", "see https://nodejs.org")]
    modules = ROOT / "target/js/runtimes/node_modules"
    deno = modules / "@deno/linux-x64-glibc/deno"
    bun = modules / "@oven/bun-linux-x64/bin/bun"
    if deno.exists():
        yield "deno", [deno, "run", "--allow-all", "--node-modules-dir=manual"]
    if bun.exists():
        yield "bun", [bun]


if __name__ == "__main__":
    unittest.main()
