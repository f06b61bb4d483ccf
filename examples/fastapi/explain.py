"""Sends the API what a browser would send, so that Corsac's browser model can say what a browser makes of the answers."""

from __future__ import annotations

import http.client
from typing import TypeAlias

import corsac

Answer: TypeAlias = "tuple[int, list[tuple[str, str]]]"


def ask_like_a_browser(server: tuple[str, int], origin: str, method: str, path: str, headers: dict[str, str]) -> str:
    """The explanation, as text.

    :param server: the API, and no other: what a page may have fetched must not be its own choice.
    """
    url = f"http://{server[0]}:{server[1]}{path}"
    asks = {"origin": origin, "url": url, "method": method, "headers": list(headers.items()), "credentials": "include"}
    # Nothing was answered yet: the model says what a browser sends.
    (sends, *_) = corsac.explain(**asks).sent
    preflight = response = None
    if sends.needs_preflight["spec"]:
        preflight = _ask(server, "OPTIONS", path, {"Origin": origin, **dict(sends.preflight_request)})
    # A preflight that fails is all that a browser sends; nothing of what it would change is asked for here.
    if preflight is None:
        response = _ask(server, method, path, {"Origin": origin, **headers})
    return str(corsac.explain(**asks, preflight=preflight, response=response))


def _ask(server: tuple[str, int], method: str, path: str, headers: dict[str, str]) -> Answer:
    connection = http.client.HTTPConnection(*server, timeout=5)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.getheaders()
    finally:
        connection.close()
