"""Where a middleware's policy is kept, to be swapped while serving: the old one stays until a new one is right.

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
    """A policy or a policy set that middlewares share and that any thread may replace: `holder.policy = Policy(...)`.

    A request that has begun keeps the decision of the policy that it met.
    """

    def __init__(self, policy: Policy | PolicySet) -> None:
        self._set(policy)

    def _set(self, policy: Policy | PolicySet) -> None:
        self._policy = _checked(policy)
        # What decides a request whose path does not matter. Kept, because to look it up costs as much as to decide.
        self.evaluate = policy.evaluate if isinstance(policy, Policy) else None

    # Asked for each request: a getter without a frame of its own.
    policy = property(operator.attrgetter("_policy"), _set, doc="The policy for the next request.")


class PolicyFile(PolicyHolder):
    """A policy or a policy set read from a file, TOML or an image, and read again when the file changes.

    No thread runs: a request looks at the file when `interval` seconds have passed since one last did, so it works
    after a fork too. A file that changed is read at the look after the one that saw the change, when it is no longer
    being written. One that is wrong is refused and logged, with all findings, and the policy before it stays.

    :param path: a policy file of the command line, or what `corsac compile` writes.
    :param interval: seconds between two looks.
    :raises PolicyError: the file is wrong at the start, when there is nothing to keep.
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
        """The policy for the next request, after a look at the file where one is due."""
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
            f"this policy is read from {self._path}: change the file, or hold the policy in a PolicyHolder"
        )

    def __reduce__(self) -> tuple[object, tuple[str, float]]:
        # What another process or a copy needs is the file, not what was in it.
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
            _log.error("%s: refused, the policy before it stays: %s", self._path, error)
        else:
            _log.info("%s: the new policy is in force", self._path)


def _watched(path: str, interval: float) -> PolicyFile:
    """Make again what was pickled."""
    return PolicyFile(path, interval=interval)


def _checked(policy: object) -> Policy | PolicySet:
    if not isinstance(policy, Policy | PolicySet):
        raise TypeError(
            f"a corsac.Policy or corsac.PolicySet is needed, not {type(policy).__name__}: "
            "write Policy([...]), Policy.from_toml(path) or PolicySet.from_toml(path)"
        )
    return policy
