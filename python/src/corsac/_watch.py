"""Holders of policies, so that a policy can be replaced while serving. A wrong new policy never replaces the old one.

docs/design.md, 8.
"""

from __future__ import annotations

import logging
import operator
import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from corsac import Policy, PolicySet
from corsac._policy_file import read

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger("corsac")

Stamp: TypeAlias = "tuple[int, int, int]"


class PolicyHolder:
    """A policy or a policy set that middlewares share. Any thread can replace it: `holder.policy = Policy(...)`.

    A request that has begun keeps its decision.
    """

    def __init__(self, policy: Policy | PolicySet) -> None:
        self._set(policy)

    def _set(self, policy: Policy | PolicySet) -> None:
        self._policy = _checked(policy)
        # Decides a request if the path does not matter. It is kept, because looking it up takes as
        # long as deciding.
        self.evaluate = policy.evaluate if isinstance(policy, Policy) else None

    # This getter runs for each request, and `attrgetter` needs no Python frame.
    policy = property(operator.attrgetter("_policy"), _set, doc="The policy for the next request.")


class PolicyFile(PolicyHolder):
    """A policy or a policy set read from a file, TOML or an image, and read again when the file changes.

    There is no thread, so it works after a fork too: at most once in `interval` seconds, a request checks the file. A
    changed file is read at the check after the one that saw the change, because the file may still be written until
    then. If the new policy is wrong, the log has all findings and the old policy stays.

    :param path: a policy file in TOML, or an image that `corsac compile` wrote.
    :param interval: seconds between two checks.
    :raises PolicyError: the file is wrong at the start, when there is no old policy.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, interval: float = 1.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._path = Path(path)
        self._interval = interval
        self._clock = clock
        self._lock = threading.Lock()
        self._read = self._seen = self._stamp()
        super().__init__(read(self._path))
        self._due = clock() + interval

    @property
    def policy(self) -> Policy | PolicySet:
        """The policy for the next request. If a check is due, the file is checked first."""
        now = self._clock()
        if now >= self._due and self._lock.acquire(blocking=False):
            try:
                self._due = now + self._interval
                self._look()
            finally:
                self._lock.release()
        return self._policy

    @policy.setter
    def policy(self, _policy: Policy | PolicySet) -> None:
        raise AttributeError(
            f"you cannot set this policy, because it is read from {self._path}: change the file, or use a PolicyHolder"
        )

    def __reduce__(self) -> tuple[object, tuple[str, float]]:
        # Another process or a copy reads the file again.
        return _watched, (str(self._path), self._interval)

    def _stamp(self) -> Stamp | None:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    def _look(self) -> None:
        stamp = self._stamp()
        if stamp != self._seen:
            self._seen = stamp
            return
        if stamp == self._read:
            return
        self._read = stamp
        try:
            self._policy = read(self._path)
        except (OSError, ValueError) as error:
            _log.error("%s: the new policy is refused, and the old one stays: %s", self._path, error)
        else:
            _log.info("%s: the new policy is in use", self._path)


def _watched(path: str, interval: float) -> PolicyFile:
    """Pickles call this."""
    return PolicyFile(path, interval=interval)


def _checked(policy: object) -> Policy | PolicySet:
    if not isinstance(policy, Policy | PolicySet):
        raise TypeError(
            f"the policy must be a corsac.Policy or corsac.PolicySet, not {type(policy).__name__}: "
            "write Policy([...]), Policy.from_toml(path) or PolicySet.from_toml(path)"
        )
    return policy
