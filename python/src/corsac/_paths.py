"""Which policy a path has: whole segments, the longest first (DESIGN section 7, rule 10).

What a router and a file system could read differently (dot segments, an encoded slash) is no path to choose by: it
takes the default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")


class PathTable(Generic[T]):
    """Prefixes of whole segments, and what stands for each.

    :param entries: `/account` governs `/account` and `/account/…`, never `/accounts`; `/` governs every path.
    :param default: for a path that no prefix governs, and for an ambiguous one.
    :raises ValueError: a prefix that could never be a whole number of segments.
    """

    __slots__ = ("_default", "_depth", "_entries")

    def __init__(self, entries: Mapping[str, T], default: T) -> None:
        self._entries: dict[str, T] = {}
        for prefix, entry in entries.items():
            _check(prefix)
            self._entries["" if prefix == "/" else prefix] = entry
        self._default = default
        self._depth = max((prefix.count("/") for prefix in self._entries), default=0)

    def all(self) -> list[T]:
        """What stands for the prefixes."""
        return list(self._entries.values())

    def choose(self, path: str, raw_path: bytes | None = None) -> T:
        """What governs a path.

        :param path: what the router matches: decoded, without the mount point.
        :param raw_path: the path as it was sent, where the server still has it: only it shows an encoded slash.
        """
        if raw_path is not None and b"%" in raw_path and b"%2f" in raw_path.lower():
            return self._default
        if "/." in path and not {".", ".."}.isdisjoint(path.split("/")):
            return self._default
        # No more segments than the longest prefix has: a long path costs no more than a short one.
        segments = path.split("/", self._depth + 1)[: self._depth + 1]
        if segments[0]:
            return self._default
        while segments:
            entry = self._entries.get("/".join(segments), self)
            if entry is not self:
                return entry  # type: ignore[return-value]
            segments.pop()
        return self._default


def _check(prefix: object) -> None:
    if not isinstance(prefix, str):
        raise TypeError(f"a path is a str, not {type(prefix).__name__}: {prefix!r}")
    if not prefix.startswith("/"):
        raise ValueError(f"a path begins with a slash: write {'/' + prefix!r} instead of {prefix!r}")
    if prefix == "/":
        return
    if prefix.endswith("/"):
        raise ValueError(
            f"a path governs whole segments and all below: write {prefix.rstrip('/') or '/'!r} instead of {prefix!r}"
        )
    segments = prefix.split("/")[1:]
    if "" in segments or "." in segments or ".." in segments:
        raise ValueError(f"no request has an empty segment or a dot segment here: {prefix!r}")
    if "%" in prefix or "?" in prefix or "*" in prefix:
        raise ValueError(f"a path is written decoded, without a query and without wildcards: {prefix!r}")
