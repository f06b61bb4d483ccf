"""Log lines that clients can cause at will. They are counted, so that no client can fill the log.

The nginx module has the same rule: of one kind of line, the first 16 in a minute are logged, then the 32nd, the 64th
and so on, with their number.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from corsac._log import logger

if TYPE_CHECKING:
    from collections.abc import Callable

# A person reads about as many.
_FIRST = 16
_PERIOD = 60.0
# A policy set may have thousands of paths. When there are so many kinds, all others are counted as
# one kind, which bounds the memory.
_KINDS_MAX = 512
# How many different lines are logged once, which bounds the memory.
_ONCE_MAX = 64


class BoundedLog:
    """The lines of one middleware.

    :param clock: returns seconds; tests replace it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str], tuple[float, int]] = {}
        self._logged_once: set[tuple[str, str]] = set()

    def log(
        self, level: int, path: str, kind: str, line: Callable[[], tuple[str, ...]], error: Exception | None = None
    ) -> None:
        """Log a line, unless too many of its kind were logged for its path within a minute.

        :param path: a path of the policy set, never of a request.
        :param kind: the kind of line that is counted. There must be few kinds.
        :param line: makes the text and its arguments. It is called only if the line is logged.
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

    def log_once(self, level: int, path: str, kind: str, line: Callable[[], tuple[str, ...]]) -> None:
        """Log a line once for a path and a kind."""
        if not logger.isEnabledFor(level):
            return
        with self._lock:
            if (path, kind) in self._logged_once or len(self._logged_once) >= _ONCE_MAX:
                return
            self._logged_once.add((path, kind))
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
    """Log without searching for the caller, which would cost most of the time."""
    exc_info = None if error is None else (type(error), error, error.__traceback__)
    line = _write.__code__.co_firstlineno
    record = logger.makeRecord(logger.name, level, __file__, line, text, arguments, exc_info, _write.__name__)
    logger.handle(record)
