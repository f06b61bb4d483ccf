"""Origin checks: any result counts as true or false, awaitables are awaited, and a failure only denies."""

from __future__ import annotations

import asyncio
import functools
import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from asgi_connection import APP, EVIL, Answering, exchange, preflight

from corsac import Policy, PolicySet
from corsac.asgi import CorsacMigrationWarning, CORSMiddleware

FORMS = [
    {"allow_origins": [APP]},
    {"policy": Policy([APP], external_origins=True)},
    {"policy": PolicySet([{"allow_origins": [APP], "external_origins": True}])},
    {"policies": {"/": Policy([APP], external_origins=True)}},
]


def plain(result: object) -> Callable[[bytes], object]:
    return lambda _origin: result


def waiting(result: object) -> Callable[[bytes], object]:
    async def origin_check(_origin: bytes) -> object:
        return result

    return origin_check


def wrapped(result: object) -> Callable[[bytes], object]:
    """A plain function that returns a coroutine."""
    return lambda origin: waiting(result)(origin)


def twice(result: object) -> Callable[[bytes], object]:
    """An awaitable of an awaitable."""

    async def origin_check(origin: bytes) -> object:
        return waiting(result)(origin)

    return origin_check


class Waiting:
    def __init__(self, result: object) -> None:
        self.result = result

    async def __call__(self, _origin: bytes) -> object:
        return self.result


def partial(result: object) -> Callable[[bytes], object]:
    async def origin_check(result: object, _origin: bytes) -> object:
        return result

    return functools.partial(origin_check, result)


@pytest.mark.parametrize("options", FORMS)
@pytest.mark.parametrize("kind", [plain, waiting, wrapped, twice, Waiting, partial])
@pytest.mark.parametrize(
    ("result", "allowed"),
    [(True, True), (re.match("a", "a"), True), ([0], True), (None, False), (0, False), ("", False)],
)
def test_result_goes_by_truth(kind: Any, result: object, allowed: bool, options: Any) -> None:
    app = CORSMiddleware(Answering(), origin_check=kind(result), **options)
    expected = EVIL if allowed else None
    assert exchange(app, headers={"origin": EVIL}).one("access-control-allow-origin") == expected
    response = exchange(app, "OPTIONS", headers=preflight(EVIL))
    assert (response.one("access-control-allow-origin"), response.status == 403) == (expected, not allowed)


class Undecided:
    def __bool__(self) -> bool:
        raise RuntimeError("the data base is away")


def raising(_origin: bytes) -> bool:
    raise RuntimeError("the data base is away")


async def raising_later(_origin: bytes) -> bool:
    raise RuntimeError("the data base is away")


@pytest.mark.parametrize("options", FORMS)
@pytest.mark.parametrize("check", [raising, raising_later, plain(Undecided()), waiting(Undecided())])
def test_failure_denies_and_is_logged_and_the_application_runs(
    check: Any, options: Any, caplog: pytest.LogCaptureFixture
) -> None:
    inner = Answering()
    app = CORSMiddleware(inner, origin_check=check, **options)
    sent = exchange(app, "POST", headers={"origin": EVIL})
    assert (sent.error, sent.status, sent.body) == (None, 200, inner.body)
    assert (sent.one("access-control-allow-origin"), sent.one("vary")) == (None, "Origin")
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("corsac", logging.ERROR)
    assert record.getMessage() == f'origin check failed: "{EVIL}" is denied; POST / from 127.0.0.1'
    assert record.exc_info is not None
    assert "the data base is away" in caplog.text
    assert exchange(app, "OPTIONS", headers=preflight(EVIL)).status == 403
    assert exchange(app, headers={"origin": APP}).one("access-control-allow-origin") == APP


NULL = {"dangerously_allow_null_origin": True}
INSECURE = {"dangerously_allow_insecure_origins": True}
LAN = "http://192.168.1.5:3000"


@pytest.mark.parametrize(
    ("origin", "switches", "is_asked"),
    [
        ("null", {}, False),
        ("null", NULL, True),
        ("null", {"allow_credentials": True}, False),
        ("file://", {}, False),
        ("file://", NULL, True),
        ("file://", {"allow_credentials": True}, False),
        (LAN, {}, True),
        (LAN, {"allow_credentials": True}, False),
        (LAN, {"allow_credentials": True, **INSECURE}, True),
        ("http://localhost:3000", {"allow_credentials": True}, True),
        ("app://", {"allow_credentials": True}, True),
        ("rubbish", {}, False),
    ],
)
def test_check_is_asked_only_about_origins_that_could_match(
    origin: str, switches: dict[str, Any], is_asked: bool
) -> None:
    asked: list[bytes] = []

    def origin_check(asked_origin: bytes) -> bool:
        asked.append(asked_origin)
        return True

    app = CORSMiddleware(Answering(), allow_origins=[APP], origin_check=origin_check, **switches)
    expected = origin if is_asked else None
    assert exchange(app, headers={"origin": origin}).one("access-control-allow-origin") == expected
    assert asked == ([origin.encode()] if is_asked else [])


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_cancellation_and_exit_pass(kind: type[BaseException]) -> None:
    async def origin_check(_origin: bytes) -> bool:
        raise kind

    with pytest.raises(kind):
        exchange(CORSMiddleware(Answering(), origin_check=origin_check), headers={"origin": EVIL})


def test_failing_check_leaves_an_expression_in_force(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.warns(CorsacMigrationWarning):
        app = CORSMiddleware(Answering(), origin_check=raising, allow_origin_regex=r"https://.*\.example\.com")
    assert exchange(app, headers={"origin": APP}).one("access-control-allow-origin") == APP
    assert caplog.records == []
    assert exchange(app, headers={"origin": EVIL}).one("access-control-allow-origin") is None
