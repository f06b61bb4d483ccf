"""How a governor reads a request. Each adapter has a reader for the requests of its framework."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    HeaderPairs: TypeAlias = Iterable[tuple[bytes, bytes]]

R = TypeVar("R", contravariant=True)


class RequestReader(Protocol[R]):
    """Reads a request, such as a WSGI environ.

    For a decision, only :meth:`path` and :meth:`raw_path` are called, and only if there are policies by path.
    """

    def path(self, request: R, /) -> str | bytes:
        """The decoded path that the router matches."""
        ...

    def raw_path(self, request: R, /) -> str | bytes | None:
        """The path as it was sent, with or without a query, if the server keeps it."""
        ...

    def method(self, request: R, /) -> str:
        """The method, for the log."""
        ...

    def client(self, request: R, /) -> str | None:
        """The client's address, for the log."""
        ...

    def lines(self, request: R, /) -> HeaderPairs:
        """The headers, for the log.

        It needs those of the decision, and `Cookie`, `Authorization` and `Sec-Fetch-Site`.
        """
        ...
