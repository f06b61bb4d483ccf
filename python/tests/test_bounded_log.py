"""The log of a middleware is counted, escaped and bounded, because attackers choose origins, methods and paths."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from corsac import Policy
from corsac._bounded_log import BoundedLog
from corsac._log import escaped

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


class Clock:
    """A clock whose seconds pass only when a test sets them."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def numbered(number: int) -> Callable[[], tuple[str, ...]]:
    return lambda: ("line %s", str(number))


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    said = [record.getMessage() for record in caplog.records]
    caplog.clear()
    return said


def test_of_one_kind_few_lines_are_logged_in_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    log = BoundedLog(clock)
    for number in range(1, 5001):
        log.log(logging.WARNING, "/a", "denied", numbered(number))
    numbers = [32 << shift for shift in range(8)]
    assert lines(caplog) == [
        *(f"line {number}" for number in range(1, 17)),
        *(f"line {number} ({number} of these in a minute)" for number in numbers),
    ]
    log.log(logging.WARNING, "/a", "another kind", lambda: ("other",))
    log.log(logging.WARNING, "/b", "denied", lambda: ("other",))
    assert lines(caplog) == ["other", "other"]
    clock.now = 60.0
    log.log(logging.WARNING, "/a", "denied", lambda: ("again",))
    assert lines(caplog) == ["again"]


def test_kinds_are_bounded_and_the_rest_is_one_kind(caplog: pytest.LogCaptureFixture) -> None:
    log = BoundedLog(Clock())
    for number in range(5000):
        log.log(logging.WARNING, f"/{number}", "denied", lambda: ("line",))
    assert len(lines(caplog)) < 512 + 16 + 13
    log.log(logging.WARNING, "/0", "denied", lambda: ("known",))
    assert lines(caplog) == ["known"]


def test_line_logged_once_is_not_repeated_and_bounded(caplog: pytest.LogCaptureFixture) -> None:
    log = BoundedLog(Clock())
    for number in range(200):
        for _ in range(2):
            log.log_once(logging.WARNING, f"/{number}", "header", numbered(number))
    assert lines(caplog) == [f"line {number}" for number in range(64)]


def test_line_below_the_level_is_not_counted(caplog: pytest.LogCaptureFixture) -> None:
    log = BoundedLog(Clock())
    with caplog.at_level(logging.ERROR, "corsac"):
        for _ in range(100):
            log.log(logging.WARNING, "/", "denied", lambda: ("line",))
            log.log_once(logging.WARNING, "/", "header", lambda: ("line",))
    log.log(logging.WARNING, "/", "denied", lambda: ("first",))
    log.log_once(logging.WARNING, "/", "header", lambda: ("once",))
    assert lines(caplog) == ["first", "once"]


def test_line_that_is_not_logged_is_not_made(caplog: pytest.LogCaptureFixture) -> None:
    log = BoundedLog(Clock())
    made: list[int] = []

    def line() -> tuple[str, ...]:
        made.append(1)
        return ("line",)

    for _ in range(1000):
        log.log(logging.WARNING, "/", "denied", line)
        log.log(logging.DEBUG, "/", "not logged", line)
        log.log_once(logging.WARNING, "/", "header", line)
    assert len(made) == 16 + 5 + 1 == len(lines(caplog))


def test_threads_count_together(caplog: pytest.LogCaptureFixture) -> None:
    log = BoundedLog(Clock())

    def many() -> None:
        for _ in range(256):
            log.log(logging.WARNING, "/", "denied", lambda: ("line",))

    threads = [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = lines(caplog)
    assert len(said) == 16 + 6
    assert said[-1] == "line (1024 of these in a minute)"


def test_escape_is_the_engines() -> None:
    policy = Policy(["https://app.example.com"])
    for text in (bytes(range(128)), bytes(range(128, 256)), b"x" * 128, b"x" * 129, b"\xff" * 500, b"", b'"<\\'):
        denial = policy.evaluate("GET", [(b"origin", b"https://" + text)]).denial
        assert denial is not None
        assert f'"{escaped(b"https://" + text)}"' in denial.message, denial.message


def test_escape_takes_any_str() -> None:
    assert escaped("/ä\n\ud800") == r"/\xC3\xA4\x0A\xED\xA0\x80"
