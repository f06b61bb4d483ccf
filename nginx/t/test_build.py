"""The module is at the right place among the filters, takes all its memory from nginx's pools, and its sources look like nginx's own."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from harness import MODULE, NGINX, PATIENCE, ROOT, need

# Functions of libc and nginx that get memory without a pool.
ALLOCATORS = {
    "malloc", "calloc", "realloc", "reallocarray", "free", "memalign", "aligned_alloc", "posix_memalign", "strdup", "strndup", "mmap", "mmap64", "brk", "sbrk",
    "ngx_alloc", "ngx_calloc", "ngx_memalign", "ngx_create_pool", "ngx_shmtx_create", "ngx_slab_alloc", "ngx_shared_memory_add",
}  # fmt: skip


def imports(path):
    said = subprocess.run(["nm", "--dynamic", "--undefined-only", path], capture_output=True, check=True).stdout.decode()
    return {line.split()[-1].split("@")[0] for line in said.splitlines()}


SOURCES = sorted([*(ROOT / "nginx").glob("*.c"), *(ROOT / "nginx").glob("*.h")])


class Sources(unittest.TestCase):
    """The sources follow nginx's style."""

    def test_lines_have_80_columns_and_comments_78(self):
        found = []
        for path in [*SOURCES, ROOT / "nginx" / "config"]:
            in_comment = False
            for number, line in enumerate(path.read_text().splitlines(), 1):
                in_comment = in_comment or line.lstrip().startswith("/*")
                if len(line) > (78 if in_comment or line.lstrip().startswith("# ") else 80):
                    found.append(f"{path.name}:{number}: {line}")
                in_comment = in_comment and "*/" not in line
        self.assertEqual(found, [])

    def test_static_names_are_unique(self):
        # So that a breakpoint on a name finds one function.
        places = {}
        for path in SOURCES:
            for name in re.findall(r"^(?:static [^;={]*?[ *\n])(\w+)(?:\(|\[|;| =)", path.read_text(), re.MULTILINE):
                places.setdefault(name, set()).add(path.name)
        self.assertGreater(len(places), 60)
        self.assertEqual({name: found for name, found in places.items() if len(found) > 1}, {})


class Build(unittest.TestCase):
    def test_all_memory_comes_from_pools(self):
        need("nm", MODULE)
        found = imports(MODULE)
        self.assertIn("ngx_palloc", found)
        self.assertEqual(found & ALLOCATORS, set())

    def test_memory_without_a_pool_would_show(self):
        need("nm", NGINX)
        # nginx fills its pools with this function.
        self.assertIn("posix_memalign", imports(shutil.which(NGINX)) & ALLOCATORS)

    def configure(self, link, filters="ngx_http_userid_filter_module ngx_http_headers_filter_module ngx_http_copy_filter_module", platform="Linux:6.1.0:x86_64"):
        """Runs `config` as nginx's configure does, for a dynamic or a built-in module."""
        with tempfile.TemporaryDirectory() as directory:
            auto = pathlib.Path(directory, "auto")
            auto.mkdir()
            auto.joinpath("module").write_text('HTTP_FILTER_MODULES="$HTTP_FILTER_MODULES $ngx_module_name"\n')
            script = f"""ngx_module_link={link}; ngx_addon_dir={ROOT / 'nginx'}; HTTP_FILTER_MODULES="{filters}"
                . {ROOT / 'nginx' / 'config'}; echo $ngx_module_order; echo $HTTP_FILTER_MODULES; echo $ngx_module_libs"""
            return subprocess.run(["sh", "-c", script], cwd=directory, env={"PATH": os.environ["PATH"], "NGX_PLATFORM": platform}, capture_output=True, text=True, check=False)

    def test_module_comes_before_the_headers_filter_in_its_list(self):
        ours = "ngx_http_corsac_module ngx_http_corsac_refusal_module"
        dynamic = self.configure("DYNAMIC")
        self.assertEqual((dynamic.returncode, dynamic.stderr), (0, ""))
        self.assertEqual(dynamic.stdout.splitlines()[0], "ngx_http_corsac_module ngx_http_headers_filter_module")
        static = self.configure("ADDON")
        self.assertEqual((static.returncode, static.stderr), (0, ""))
        self.assertEqual(
            static.stdout.splitlines()[1], f"ngx_http_userid_filter_module {ours} ngx_http_headers_filter_module ngx_http_copy_filter_module"
        )

    def test_linker_of_macos_gets_no_unknown_option(self):
        linux = self.configure("DYNAMIC").stdout.splitlines()[2]
        macos = self.configure("DYNAMIC", platform="Darwin:23.6.0:arm64").stdout.splitlines()[2]
        self.assertEqual(linux, f"{macos} -Wl,--exclude-libs,libcorsac.a")
        self.assertTrue(macos.endswith("/libcorsac.a"), macos)

    def test_static_build_without_the_headers_filter_is_refused(self):
        static = self.configure("ADDON", "ngx_http_copy_filter_module")
        self.assertEqual((static.returncode, static.stdout), (1, ""))
        self.assertIn("write --add-dynamic-module=", static.stderr)

    def test_configure_of_nginx_gives_a_static_build_the_right_order(self):
        source = pathlib.Path(os.environ.get("NGINX_SRC", "/usr/share/nginx/src"))
        need(source / "configure", "cc")
        with tempfile.TemporaryDirectory() as directory:
            shutil.copytree(source, directory, dirs_exist_ok=True)
            run = subprocess.run(
                ["bash", "./configure", "--without-http_rewrite_module", "--without-http_gzip_module", f"--add-module={ROOT / 'nginx'}"],
                cwd=directory, capture_output=True, text=True, check=False, timeout=4 * PATIENCE,
            )  # fmt: skip
            self.assertEqual(run.returncode, 0, run.stdout[-2000:] + run.stderr)
            modules = re.findall(r'^ *"(\w+)"', pathlib.Path(directory, "objs/ngx_modules.c").read_text(), re.MULTILINE)
        at = modules.index("ngx_http_headers_filter_module")
        self.assertEqual(modules[at - 2 : at], ["ngx_http_corsac_module", "ngx_http_corsac_refusal_module"])
        self.assertEqual(modules.count("ngx_http_corsac_module"), 1)


if __name__ == "__main__":
    unittest.main()
