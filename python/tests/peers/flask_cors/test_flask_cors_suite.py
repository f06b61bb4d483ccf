"""flask-cors' own tests, downloaded and run with our class. All pass except those in `exceptions.toml`."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent
VERSION = "6.0.5"


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """Return the outcome of every test of the suite, by `file::class::test`."""
    work = tmp_path_factory.mktemp("flask-cors")
    download = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--no-binary=:all:",
        f"flask-cors=={VERSION}",
    ]
    fetched = subprocess.run(download, cwd=work, capture_output=True, text=True)
    if fetched.returncode != 0:
        missing = f"flask-cors {VERSION} could not be fetched:\n{fetched.stderr}"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    with tarfile.open(next(work.glob("*.tar.gz"))) as source:
        members = [member for member in source.getmembers() if "/tests/" in member.name]
        source.extractall(work, members, filter="data")
    suite = next(path for path in work.glob("flask_cors-*") if path.is_dir())
    report = work / "report.xml"
    options = ["-q", "-p", "no:cacheprovider", "-c", os.devnull, f"--rootdir={suite}", f"--junitxml={report}", "tests"]
    path = os.pathsep.join([str(HERE / "standin"), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "pytest", *options]
    run = subprocess.run(command, cwd=suite, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True)
    assert run.returncode in (0, 1), run.stdout + run.stderr
    cases = ET.parse(report).iter("testcase")
    return {
        f"{case.get('classname')}::{case.get('name')}": next((child.tag for child in case), "passed") for case in cases
    }


@pytest.fixture(scope="module")
def exceptions():
    reasons = tomllib.loads((HERE / "exceptions.toml").read_text())
    return {f"tests.{name}": reason for reason, names in reasons.items() for name in names["tests"]}


def test_failing_tests_are_exactly_the_listed_exceptions(outcomes, exceptions):
    failed = {name for name, outcome in outcomes.items() if outcome in ("failure", "error")}
    assert sorted(failed - set(exceptions)) == [], "tests that must pass"
    assert sorted(set(exceptions) - failed) == [], "exceptions that are none: take them off the list"


def test_no_test_of_the_suite_is_left_out(outcomes):
    assert len(outcomes) == 99
    assert [name for name, outcome in outcomes.items() if outcome == "skipped"] == [
        "tests.decorator.test_exception_interception.NoExceptionInterceptionTestCase::test_acl_uncaught_exception_500",
    ]
