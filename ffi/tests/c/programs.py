"""Builds C programs with strict options and runs them with a time limit. If a tool is missing, the test is skipped; under CI it fails."""

import functools
import os
import shutil
import subprocess
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
LIBRARY = ROOT / "ffi/artifact/target/release"
# Seconds until a command counts as one that hangs. The slowest takes a minute here, and many times as long on a busy machine.
PATIENCE = 900
OUT = ROOT / "target/c-tests"
C99 = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror"]
CPP17 = ["-std=c++17", "-pedantic", "-Wall", "-Wextra", "-Werror"]
SANITISERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"]  # typos:allow
PACKAGES = {"clang++": "clang", "g++": "g++", "readelf": "binutils", "nm": "binutils", "make": "make"}

# Vectors of the browser model: the others are of the engine.
OF_BROWSERS = {"browser-cases.json", "browsers.json", "delivery.json"}
VECTORS = sorted(path for path in (ROOT / "vectors").glob("*.json") if path.name not in OF_BROWSERS)
CASES = ["vectors.c", "case.c", "subject.c", "decision.c", "finding.c", "text.c", "memory.c", "fault.c"]
MADE = ["made.c", "memory.c", "fault.c"]
MISUSES = ["misuse.c", "sentence.c", "promise.c", *sorted(path.name for path in HERE.glob("misuse_*.c")), *MADE]


def needs(*wanted):
    """Skips a test whose tools are missing, and says which package has them; under CI it fails. pkg-config looks for `lib...`."""

    def has(tool):
        if not tool.startswith("lib"):
            return shutil.which(tool) is not None
        # pkg-config knows jansson by that name, and libmicrohttpd by its own.
        names = (tool.removesuffix("-dev"), tool.removeprefix("lib").removesuffix("-dev"))
        return has("pkg-config") and any(subprocess.run(["pkg-config", "--exists", name], check=False).returncode == 0 for name in names)

    def decorate(test):
        @functools.wraps(test)
        def run(self, *arguments):
            missing = sorted({PACKAGES.get(tool, tool) for tool in wanted if not has(tool)})
            words = f"missing: apt-get install {' '.join(missing)}"
            if missing and os.environ.get("CI") == "true":
                self.fail(words)
            if missing:
                self.skipTest(words)
            return test(self, *arguments)

        return run

    return decorate


def run(*command, **options):
    """The exit code of a command, and its output. It does not inherit the options of make."""
    options.setdefault("env", {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))})
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "errors": "backslashreplace"}
    done = subprocess.run([str(word) for word in command], timeout=PATIENCE, check=False, **output, **options)
    return done.returncode, done.stdout


class Programs(unittest.TestCase):
    maxDiff = None

    def succeeds(self, *command, **options):
        code, said = run(*command, **options)
        self.assertEqual(code, 0, said)
        return said

    def refuses(self, words, *command, **options):
        code, said = run(*command, **options)
        self.assertNotEqual(code, 0, said)
        self.assertIn(words, said)

    def build(self, name, sources, compiler="gcc", flags=(), library="libcorsac.a"):
        """Links a program with one of the two libraries. The last flags can name others."""
        OUT.mkdir(parents=True, exist_ok=True)
        dialect = CPP17 if compiler.endswith("++") else C99
        program = OUT / name
        paths = [HERE / source for source in sources]
        include = ["-I", HERE, "-I", ROOT / "include"]
        self.succeeds(compiler, *dialect, "-g", *include, *paths, LIBRARY / library, f"-Wl,-rpath,{LIBRARY}", "-o", program, *flags)
        return program


def valgrind(*command, tool="memcheck"):
    leaks = ["--leak-check=full", "--show-leak-kinds=all", "--errors-for-leak-kinds=all"] if tool == "memcheck" else []
    return ["valgrind", "--quiet", f"--tool={tool}", "--error-exitcode=9", *leaks, *command]
