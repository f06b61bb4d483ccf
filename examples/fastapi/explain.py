"""Sends the API what a browser would send, and explains with Corsac's browser model what a browser does with the responses."""

from __future__ import annotations

import http.client
from typing import TypeAlias

import corsac

Response: TypeAlias = "tuple[int, list[tuple[str, str]]]"


def explain_like_a_browser(server: tuple[str, int], origin: str, method: str, path: str, headers: dict[str, str]) -> str:
    """The explanation, as text.

    :param server: always the API. A page must not choose which server is asked.
    """
    url = f"http://{server[0]}:{server[1]}{path}"
    exchange = {"origin": origin, "url": url, "method": method, "headers": list(headers.items()), "credentials": "include"}
    # Without any response, the model says what a browser sends first.
    (sends, *_) = corsac.explain(**exchange).sent
    preflight = response = None
    if sends.needs_preflight["spec"]:
        preflight = _send(server, "OPTIONS", path, {"Origin": origin, **dict(sends.preflight_request)})
    # After a preflight, the request itself is not sent, because it could change something.
    if preflight is None:
        response = _send(server, method, path, {"Origin": origin, **headers})
    return str(corsac.explain(**exchange, preflight=preflight, response=response))


def _send(server: tuple[str, int], method: str, path: str, headers: dict[str, str]) -> Response:
    connection = http.client.HTTPConnection(*server, timeout=5)
    try:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        return response.status, response.getheaders()
    finally:
        connection.close()
