"""Websocket handshakes: refuse those of origins that the policy does not list, except of the server's own origin.

Browsers do not use CORS for websockets, so the server must check Origin itself. A policy does not list its own origin.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corsac import Policy
from corsac._log import refusals_logged

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from corsac._governor import Governor
    from corsac.asgi.protocol import Scope

_HOST = r"([a-z0-9._-]+|\[[0-9a-f:.]+\])"
_AUTHORITY = re.compile(rf"{_HOST}(?::([0-9]{{1,5}}))?", re.ASCII)
_DEFAULT_PORTS = {"http": "80", "https": "443"}


_ANY_ORIGIN = (b"Access-Control-Allow-Origin", b"*")


class Handshakes:
    """Refuses websocket handshakes whose Origin the policy does not list."""

    def __init__(self, governor: Governor[Scope], hosts: Collection[str]) -> None:
        self._governor = governor
        self._own_hosts = OwnHosts(hosts)

    @classmethod
    def of(cls, governor: Governor[Scope], is_enforced: bool, hosts: Collection[str]) -> Handshakes | None:
        """Return a checker of handshakes if they are enforced.

        :raises ValueError: there are hosts without enforcement, or every policy allows any origin.
        """
        with refusals_logged():
            handshakes = cls(governor, hosts)
            if not is_enforced:
                if hosts:
                    raise ValueError("websocket_hosts has no effect alone: write enforce_websocket_origin=True too")
                return None
            policies = governor.policies.all
            if policies and all(isinstance(policy, Policy) and policy.is_any_origin for policy in policies):
                raise ValueError(
                    "enforce_websocket_origin needs a policy that lists origins: this one allows any origin"
                )
            return handshakes

    async def may_go_on(self, scope: Scope) -> bool:
        """Return whether a handshake may continue. A refusal is logged."""
        governor = self._governor
        decision = await governor.decide_async("GET", scope["headers"], scope)
        if decision is None or governor.report_only:
            return True
        allows_any = _ANY_ORIGIN in decision.headers and decision.request_class != "plain"
        if (decision.allowed and not allows_any) or self._own_hosts.are_origin_of(scope):
            return True
        if allows_any:
            why = "the policy of its path allows any origin, so it lists none"
            governor.log_refusal("websocket refused", why, scope)
        else:
            governor.log_denial(decision, scope, "websocket refused")
        return False


class OwnHosts:
    """The names of a server, for handshakes whose Origin is the server's own.

    Equal Host and Origin are not enough: with DNS rebinding, a hostile name that leads to the server's address is in
    both. So the host must be a name of the server. `X-Forwarded-*` is never read, because anyone can send it.

    :param hosts: names or addresses without scheme and port, in lower case.
    :raises ValueError: an entry is `*`, or cannot match a Host.
    """

    def __init__(self, hosts: Collection[str]) -> None:
        if isinstance(hosts, str):
            raise TypeError(f"websocket_hosts must be a list: write [{hosts!r}]")
        for host in hosts:
            if not re.fullmatch(_HOST, host):
                raise ValueError(
                    f"websocket_hosts: {host!r} is not a host name in lower case, without scheme and port: "
                    'write the names of this server, such as "app.example.com" or "localhost"'
                )
        self._hosts = frozenset(hosts)

    def are_origin_of(self, scope: Scope) -> bool:
        """Return whether a handshake comes from a page of the server's own origin."""
        host_lines, origin_lines = _values(scope["headers"], b"host"), _values(scope["headers"], b"origin")
        if len(host_lines) != 1 or len(origin_lines) != 1:
            return False
        scheme, sign, authority = origin_lines[0].partition("://")
        if not sign or scheme not in _DEFAULT_PORTS or (scheme == "http" and scope.get("scheme") == "wss"):
            return False
        # Browsers send Origin in lower case, so no other case is accepted. Other programs may send
        # Host in any case.
        asked, page = _parsed(host_lines[0].lower(), scheme), _parsed(authority, scheme)
        return asked is not None and asked == page and asked[0] in self._hosts


def _values(lines: Iterable[tuple[bytes, bytes]], wanted: bytes) -> list[str]:
    return [value.decode("latin-1") for name, value in lines if name.lower() == wanted]


def _parsed(authority: str, scheme: str) -> tuple[str, str] | None:
    """Return host and port. Without a port, it is the default of Origin's scheme."""
    parts = _AUTHORITY.fullmatch(authority)
    return None if parts is None else (parts[1], parts[2] or _DEFAULT_PORTS[scheme])
