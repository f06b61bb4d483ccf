"""Falcon's own tests of its CORS middleware, downloaded and run with Corsac instead, under WSGI and ASGI."""

from __future__ import annotations

from pathlib import Path

import pytest
from peers import archive

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    work = tmp_path_factory.mktemp("falcon")
    return archive.outcomes(
        work, "falcon==4.4.0", ["tests/test_cors_middleware.py"], path=HERE, plugin="falcon_standin"
    )


def test_failing_tests_are_exactly_the_listed_exceptions(found):
    failed, listed = archive.failed(found), archive.exceptions(HERE / "exceptions.toml")
    assert sorted(failed - listed) == [], "tests that must pass"
    assert sorted(listed - failed) == [], "exceptions that are none: take them off the list"


def test_no_test_of_the_suite_is_left_out(found):
    assert sum(found.values()) == 49
    assert not [name for name, outcome in found if outcome == "skipped"]
