"""The steps of the container files, as a script: there is no daemon here that builds images."""

import gzip
import os
import re
import shutil
import subprocess
import unittest

from artefact import CPU, ROOT, VERSION, Place, find, free_port, missing, program

CONTAINERS = ROOT / "tools/release/containers"


class Images(Place):
    def test_command_line_runs_with_nothing_else_in_its_root(self):
        find(f"corsac-{VERSION}-{CPU}-unknown-linux-musl.tar.gz", f"dist-cli-{CPU}")
        text = (CONTAINERS / "cli.Containerfile").read_text().replace("${VERSION}", VERSION).replace("${CPU}", CPU)
        source = re.search(r"^ADD (\S+) /$", text, re.MULTILINE)[1]
        inside = re.search(r"^COPY --from=unpacked /(\S+)/ /$", text, re.MULTILINE)[1]
        subprocess.run(["tar", "--extract", "--file", ROOT / source, "--directory", self.folder], check=True)
        entry = re.search(r'^ENTRYPOINT \["(.*)"\]$', text, re.MULTILINE)[1]
        if os.geteuid() != 0:
            missing("root", "the test changes its root folder: sudo make dist-test")
        # Others may read what the archive holds.
        self.folder.chmod(0o755)
        said = self.run_here(program("chroot", "apt-get install coreutils"), "--userspec=65534:65534", self.folder / inside, entry, "--version")
        self.assertEqual(said.strip(), f"corsac {VERSION}")

    def test_nginx_serves_the_site_of_the_image(self):
        package = find(f"libnginx-mod-http-corsac_{VERSION}-1_*.deb", "dist-nginx")
        nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or missing("nginx", "apt-get install nginx")
        self.run_here(program("dpkg-deb", "apt-get install dpkg"), "--extract", package, self.folder / "tree")
        documents = self.folder / "tree/usr/share/doc/libnginx-mod-http-corsac"
        self.assertTrue((documents / "LICENSE-THIRD-PARTY.gz").is_file())
        with gzip.open(documents / "sbom.cdx.json.gz", "rt") as parts:
            self.assert_parts(parts.read(), f"{CPU}-unknown-linux-gnu", {"corsac-hot", "heapless"})
        module = next((self.folder / "tree").rglob("ngx_http_corsac_module.so"))
        port = free_port()
        site = (CONTAINERS / "default.conf").read_text().replace("listen 80;", f"listen 127.0.0.1:{port};")
        (self.folder / "nginx.conf").write_text(
            f"load_module {module};\nuser root;\npid nginx.pid;\nerror_log stderr;\nevents {{}}\nhttp {{ access_log off;\n{site} }}\n"
        )
        with self.serving(nginx, "-p", self.folder, "-c", "nginx.conf", "-g", "daemon off;", port=port):
            self.assert_preflights(port)


if __name__ == "__main__":
    unittest.main()
