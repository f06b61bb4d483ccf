"""What the module is made of: built as a dynamic module only, and all of its memory is of nginx's pools."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

from harness import MODULE, ROOT, need

# Whatever gets memory past a pool, libc's and nginx's own.
ALLOCATORS = {
    "malloc", "calloc", "realloc", "reallocarray", "free", "memalign", "aligned_alloc", "posix_memalign", "strdup", "strndup", "mmap", "mmap64", "brk", "sbrk",
    "ngx_alloc", "ngx_calloc", "ngx_memalign", "ngx_create_pool", "ngx_shmtx_create", "ngx_slab_alloc", "ngx_shared_memory_add",
}  # fmt: skip


def imports(path):
    said = subprocess.run(["nm", "--dynamic", "--undefined-only", path], capture_output=True, check=True).stdout.decode()
    return {line.split()[-1].split("@")[0] for line in said.splitlines()}


class Build(unittest.TestCase):
    def test_no_memory_comes_from_elsewhere_than_a_pool(self):
        need("nm", MODULE)
        found = imports(MODULE)
        self.assertIn("ngx_palloc", found)
        self.assertEqual(found & ALLOCATORS, set())

    def test_memory_from_elsewhere_would_show(self):
        need("nm", "nginx")
        # Whatever nginx has in its pools, it has from here.
        self.assertIn("posix_memalign", imports(shutil.which("nginx")) & ALLOCATORS)

    def configure(self, link):
        """Reads `config` as nginx's configure does, which sets what kind of module it is."""
        with tempfile.TemporaryDirectory() as directory:
            auto = pathlib.Path(directory, "auto")
            auto.mkdir()
            auto.joinpath("module").write_text('echo "order: $ngx_module_order"\n')
            script = f"ngx_module_link={link} ngx_addon_dir={ROOT / 'nginx'}; . {ROOT / 'nginx' / 'config'}"
            return subprocess.run(["sh", "-c", script], cwd=directory, capture_output=True, text=True, check=False)

    def test_a_module_that_add_header_would_come_behind_is_not_built(self):
        dynamic = self.configure("DYNAMIC")
        self.assertEqual((dynamic.returncode, dynamic.stderr), (0, ""))
        self.assertEqual(dynamic.stdout, "order: ngx_http_corsac_module ngx_http_headers_filter_module\n")
        static = self.configure("ADDON")
        self.assertEqual((static.returncode, static.stdout), (1, ""))
        self.assertIn("write --add-dynamic-module=", static.stderr)


if __name__ == "__main__":
    unittest.main()
