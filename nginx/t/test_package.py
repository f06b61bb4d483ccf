"""Debian's package of the module: its files and dependencies, and that nginx loads it, once unpacked and once installed by dpkg."""

import gzip
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from harness import PATIENCE, ROOT, free_port, need
from harness.case import APP, EVIL, POLICY, Case, preflight
from harness.place import TARGET

HERE = pathlib.Path(__file__).parent
NAME = "libnginx-mod-http-corsac"
LINK = "/etc/nginx/modules-enabled/60-mod-http-corsac.conf"
AVAILABLE = "/usr/share/nginx/modules-available/mod-http-corsac.conf"
MODULE = "/usr/lib/nginx/modules/ngx_http_corsac_module.so"
DOC = f"/usr/share/doc/{NAME}"

# dpkg changes a copy in memory, in its own mount namespace, and sees no process of this machine.
APART = """
set -e
mount -t tmpfs none "$1"
for place in etc usr var; do
    mkdir "$1/$place" "$1/$place.work"
    mount -t overlay overlay -o "lowerdir=/$place,upperdir=$1/$place,workdir=$1/$place.work" "/$place"
done
shift
exec "$@"
"""


def package():
    """The package that `make nginx-deb` built."""
    found = sorted((TARGET / "deb").glob(f"{NAME}_*.deb"))
    need("dpkg-deb", found[0] if found else TARGET / "deb" / f"{NAME}.deb")
    return found[0]


class Package(Case):
    def setUp(self):
        self.package = package()

    def test_it_depends_on_the_abi_of_this_nginx(self):
        abi = re.search(r"nginx-abi-[\w.-]+", subprocess.run(["dpkg", "--status", "nginx"], capture_output=True, text=True, check=True).stdout)[0]
        depends = subprocess.run(["dpkg-deb", "--field", self.package, "Depends"], capture_output=True, text=True, check=True).stdout
        self.assertIn(abi, depends.replace(",", " ").split())
        version = subprocess.run(["dpkg-deb", "--field", self.package, "Version"], capture_output=True, text=True, check=True).stdout
        self.assertEqual(version.strip(), re.search(r'^version = "(.*)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)[1] + "-1")

    def test_it_contains_the_module_its_configuration_and_its_licences(self):
        root = self.unpacked()
        files = {"/" + str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
        examples = {f"{DOC}/examples/{path.name}" for path in (ROOT / "nginx" / "examples").iterdir()}
        documents = {f"{DOC}/{name}" for name in ("copyright", "changelog.Debian.gz", "README.md.gz", "LICENSE-THIRD-PARTY.gz")}
        self.assertEqual(files, {MODULE, AVAILABLE, *documents, *examples})
        self.assertEqual((root / AVAILABLE[1:]).read_text(), "load_module modules/ngx_http_corsac_module.so;\n")
        for path in files:
            self.assertEqual((root / path[1:]).stat().st_mode & 0o777, 0o644, path)

    def test_licences_name_every_crate_of_the_library(self):
        with gzip.open(self.unpacked() / f"{DOC[1:]}/LICENSE-THIRD-PARTY.gz", "rt") as notice:
            # tools/test_notices.py compares it with the lock file.
            self.assertEqual(notice.read(), (ROOT / "tools/release/notices/LICENSE-library").read_text())

    def unpacked(self):
        root = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, root)
        subprocess.run(["dpkg-deb", "--extract", self.package, root], check=True)
        return root

    def test_nginx_runs_with_the_files_of_the_package(self):
        root = self.unpacked()
        server = self.prepare(f"server {{ listen 127.0.0.1:%PORT%; {POLICY} location / {{ return 200; }} }}", module=None, top=f"include {root}{AVAILABLE};")
        # A link, as in Debian's /usr/share/nginx.
        (server.prefix / "modules").symlink_to(root / "usr/lib/nginx/modules")
        self.assertEqual(server.check()[0], 0, server.check())
        server.start()
        self.addCleanup(self.ended, server)
        self.assert_preflight(server.ask("OPTIONS", "/", preflight()))
        self.assert_denied(server.ask("GET", "/", [("Origin", EVIL)]), 200)

    def test_nginx_of_another_version_refuses_the_module(self):
        major, minor, patch = map(int, re.search(r"nginx/(\d+)\.(\d+)\.(\d+)", self.prepare("").version()).groups())
        version = major * 1_000_000 + minor * 1000 + patch
        built = (self.unpacked() / MODULE[1:]).read_bytes()
        # The number is a word of the machine, in the description of each of the two modules.
        word = version.to_bytes(8, sys.byteorder)
        self.assertEqual(built.count(word), 2)
        other = pathlib.Path(tempfile.mkdtemp()) / "other.so"
        self.addCleanup(shutil.rmtree, other.parent)
        other.write_bytes(built.replace(word, (version - 1).to_bytes(8, sys.byteorder)))
        status, said = self.prepare("", module=None, top=f"load_module {other};").check()
        self.assertNotEqual(status, 0)
        self.assertIn(f'module "{other}" version {version - 1} instead of {version}', said)

    def test_dpkg_installs_and_removes_it(self):
        if os.geteuid() != 0:
            self.skipTest("only root can install a package")
        need("dpkg", "unshare", "mount")
        port = free_port()
        server = self.prepare("")
        configuration = server.write(
            "installed.conf",
            f"include /etc/nginx/modules-enabled/*.conf; daemon off; master_process off; pid {server.prefix}/pid; error_log stderr;\n"
            f"events {{}} http {{ access_log off; server {{ listen 127.0.0.1:{port}; {POLICY} location / {{ return 200; }} }} }}\n",
        )
        apart = ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", APART, "sh", server.prefix / "tmp"]
        if subprocess.run([*apart, "true"], capture_output=True, check=False).returncode:
            if os.environ.get("CI") != "true":
                self.skipTest("no mount namespace, in which dpkg would change only copies; with CI=true it changes this machine")
            apart = []
        command = [*apart, sys.executable, HERE / "package" / "install.py", self.package, configuration, str(port)]
        run = subprocess.run(command, capture_output=True, text=True, timeout=4 * PATIENCE, check=False)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        found = json.loads(run.stdout)
        for step in ("installed", "removed", "purged"):
            self.assertEqual(found[step][0], 0, found[step])
        new = {path: link for path, link in found["files"].items() if path not in found["before"] and path[-1] != "/" and not path.startswith((DOC, "/var"))}
        self.assertEqual(new, {MODULE: "", AVAILABLE: "", LINK: AVAILABLE})
        self.assertEqual(found["check"][0], 0, found["check"])
        self.assertEqual(found["preflight"], [204, APP])
        # Without the package, nginx does not know the directives.
        self.assertEqual(found["unloaded"][0], 1, found["unloaded"])
        self.assertIn('unknown directive "cors"', found["unloaded"][1])
        self.assertEqual(found["after"], found["before"], "dpkg left something")


if __name__ == "__main__":
    unittest.main()
