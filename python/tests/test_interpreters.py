"""Several interpreters in one process, as mod_wsgi has them: one loads the module, the others say why they do not."""

from __future__ import annotations

import subprocess
import sys

import pytest

# What an interpreter finds out. What is wrong is raised.
WORKS = """
import corsac
try:
    corsac.Policy(["https://a.example/"])
    raise SystemError("accepted")
except corsac.PolicyError as error:
    assert error.findings[0].code == "trailing-slash"
assert corsac.Policy(["https://a.example"]).evaluate("GET", [(b"origin", b"https://a.example")]).allowed
"""
REFUSED = """
for _ in range(2):
    try:
        import corsac
        raise SystemError("loaded")
    except ImportError as error:
        assert "only one can load it" in str(error) and "WSGIApplicationGroup %{GLOBAL}" in str(error), error
"""
# 3.12 and newer: an interpreter with a lock of its own gets CPython's words.
REFUSED_BY_PYTHON = """
try:
    import corsac
    raise SystemError("loaded")
except ImportError as error:
    assert "does not support loading in subinterpreters" in str(error), error
"""
# One name for each API of CPython: 3.10 to 3.12, 3.13, 3.14.
PREAMBLE = """
import sys
try:
    import _interpreters as module
    def shared(): return module.create("legacy")
    def own(): return module.create("isolated")
    def run(interpreter, code):
        failed = module.exec(interpreter, code)
        assert failed is None, failed.formatted
except ImportError:
    import _xxsubinterpreters as module
    def shared(): return module.create(isolated=False)
    def own(): return module.create(isolated=True)
    run = module.run_string
works, refused, refused_by_python = {texts!r}
paths = f"import sys; sys.path[:] = {{sys.path!r}}\\n"
"""


def in_a_process(script: str) -> None:
    code = PREAMBLE.format(texts=(WORKS, REFUSED, REFUSED_BY_PYTHON)) + script
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_the_first_sub_interpreter_works() -> None:
    in_a_process("run(shared(), paths + works)")


def test_a_second_one_says_what_to_do() -> None:
    in_a_process("run(shared(), paths + works); run(shared(), paths + refused)")


def test_one_beside_the_main_interpreter_says_what_to_do() -> None:
    in_a_process("exec(works); run(shared(), paths + refused); exec(works)")


def test_one_after_the_end_of_the_first_says_what_to_do() -> None:
    in_a_process(
        "first = shared(); run(first, paths + works); module.destroy(first)\n"
        "for _ in range(3): run(shared(), paths + refused)\n"
        "exec(refused)"
    )


def test_the_first_can_import_again() -> None:
    in_a_process(
        "exec(works)\nfor name in [name for name in sys.modules if name.startswith('corsac')]: del sys.modules[name]\n"
        "import corsac"
    )


@pytest.mark.skipif(sys.version_info < (3, 12), reason="interpreters share one lock before Python 3.12")
def test_one_with_a_lock_of_its_own_is_refused_by_python() -> None:
    in_a_process("run(own(), paths + refused_by_python)")
