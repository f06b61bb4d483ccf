"""Log lines that clients can bring about at will: counted, so that no client fills the log.

The rule is that of the nginx module: of the same kind, the first 16 in one minute are logged, and then the 32nd, the
64th and so on, with their number.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from corsac._log import logger

if TYPE_CHECKING:
    from collections.abc import Callable

# As many as a person reads.
_FIRST = 16
_PERIOD = 60.0
# A policy set may have thousands of paths. What comes after so many kinds is counted as one kind.
_KINDS_MAX = 512
# Of what is logged once.
_ONCE_MAX = 64


class BoundedLog:
    """The lines of one middleware.

    :param clock: seconds, for tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str], tuple[float, int]] = {}
        self._said: set[tuple[str, str]] = set()

    def say(
        self, level: int, path: str, kind: str, line: Callable[[], tuple[str, ...]], error: Exception | None = None
    ) -> None:
        """Log a line, unless too many of its kind were logged for its path within a minute.

        :param path: a path of the policy set, never of a request.
        :param kind: what is counted; there are few of them.
        :param line: makes the text and its arguments. It is called only for what is logged.
        """
        if not logger.isEnabledFor(level):
            return
        number = self._number(path, kind)
        if number <= _FIRST:
            text, *arguments = line()
        elif number & (number - 1) == 0:
            text, *arguments = line()
            text, arguments = f"{text} (%s of these in a minute)", [*arguments, str(number)]
        else:
            return
        _write(level, text, tuple(arguments), error)

    def say_once(self, level: int, path: str, kind: str, line: Callable[[], tuple[str, ...]]) -> None:
        """Log a line once for a path and a kind."""
        if not logger.isEnabledFor(level):
            return
        with self._lock:
            if (path, kind) in self._said or len(self._said) >= _ONCE_MAX:
                return
            self._said.add((path, kind))
        text, *arguments = line()
        _write(level, text, tuple(arguments))

    def _number(self, path: str, kind: str) -> int:
        now = self._clock()
        with self._lock:
            key = (path, kind) if (path, kind) in self._counts or len(self._counts) < _KINDS_MAX else ("", "")
            start, number = self._counts.get(key, (now, 0))
            if now - start >= _PERIOD:
                start, number = now, 0
            self._counts[key] = (start, number + 1)
        return number + 1


def _write(level: int, text: str, arguments: tuple[str, ...], error: Exception | None = None) -> None:
    """Log without a search for the caller, which costs the most."""
    exc_info = None if error is None else (type(error), error, error.__traceback__)
    line = _write.__code__.co_firstlineno
    record = logger.makeRecord(logger.name, level, __file__, line, text, arguments, exc_info, _write.__name__)
    logger.handle(record)
