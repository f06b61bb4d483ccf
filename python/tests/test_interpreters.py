"""Several interpreters in one process, as in mod_wsgi. One loads the module, the others get an error with the fix."""

from __future__ import annotations

import subprocess
import sys

import pytest

# The code for an interpreter. It raises if something is wrong.
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
# In 3.12 and newer, an interpreter with its own lock gets the error of CPython.
REFUSED_BY_PYTHON = """
try:
    import corsac
    raise SystemError("loaded")
except ImportError as error:
    assert "does not support loading in subinterpreters" in str(error), error
"""
# CPython renamed the API: 3.10 to 3.12, 3.13, 3.14.
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


def test_first_sub_interpreter_loads_the_module() -> None:
    in_a_process("run(shared(), paths + works)")


def test_second_sub_interpreter_gets_an_error_with_the_fix() -> None:
    in_a_process("run(shared(), paths + works); run(shared(), paths + refused)")


def test_sub_interpreter_after_the_main_one_gets_the_error() -> None:
    in_a_process("exec(works); run(shared(), paths + refused); exec(works)")


def test_interpreter_after_the_end_of_the_first_gets_the_error() -> None:
    in_a_process(
        "first = shared(); run(first, paths + works); module.destroy(first)\n"
        "for _ in range(3): run(shared(), paths + refused)\n"
        "exec(refused)"
    )


def test_first_interpreter_can_import_again() -> None:
    in_a_process(
        "exec(works)\nfor name in [name for name in sys.modules if name.startswith('corsac')]: del sys.modules[name]\n"
        "import corsac"
    )


@pytest.mark.skipif(sys.version_info < (3, 12), reason="interpreters share one lock before Python 3.12")
def test_python_refuses_interpreter_with_its_own_lock() -> None:
    in_a_process("run(own(), paths + refused_by_python)")
