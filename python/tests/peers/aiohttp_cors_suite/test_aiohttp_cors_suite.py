"""aiohttp-cors' own tests of responses, downloaded and run with `corsac.aiohttp` instead."""

from __future__ import annotations

from pathlib import Path

import pytest
from peers import archive

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    work = tmp_path_factory.mktemp("aiohttp-cors")
    # Other tests are about functions inside aiohttp-cors, or drive a browser.
    tests = ["tests/integration/test_main.py", "tests/doc/test_basic_usage.py"]
    return archive.outcomes(work, "aiohttp-cors==0.8.1", tests, path=HERE / "standin", plugin="aiohttp_fixtures")


def test_failing_tests_are_exactly_the_listed_exceptions(found):
    failed, listed = archive.failed(found), archive.exceptions(HERE / "exceptions.toml")
    assert sorted(failed - listed) == [], "tests that must pass"
    assert sorted(listed - failed) == [], "exceptions that are none: take them off the list"


def test_no_test_of_the_suite_is_left_out(found):
    assert sum(found.values()) == 72
    assert not [name for name, outcome in found if outcome == "skipped"]
