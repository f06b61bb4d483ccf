"""`eval`: the decision about a request, which comes from options, a request head, or JSON lines."""

from __future__ import annotations

import json
import os
import re
import sys
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from corsac import explain
from corsac._command.source import Failure, line_of, shown, url_path

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable

    from corsac import Decision, Explanation, PolicySet

    Headers = list[tuple[bytes, bytes]]

# No page has this origin, so every request is cross-origin.
_SERVER_URL = "https://server.invalid/"
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_KEYS = ("method", "headers", "path", "raw_path")


class Untouched(Exception):  # noqa: N818
    """No policy is for the path, so the policy does not decide."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(text)


def from_options(policies: PolicySet, arguments: Namespace) -> tuple[str, bool]:
    """Evaluate what a browser sends for a script: the text, and whether the script can read in every browser."""
    path = url_path(arguments.path or "/")
    headers = [_header(os.fsencode(line)) for line in arguments.header]
    facts: dict[str, Any] = {
        "origin": os.fsencode(arguments.origin),
        "url": _SERVER_URL,
        "method": os.fsencode(arguments.method or "GET"),
        "headers": headers,
        "credentials": "include" if arguments.credentials else "same-origin",
    }
    if re.fullmatch(rb"[\x21-\x7e]+", facts["origin"]) is None:
        raise Failure(f'no browser sends the origin "{shown(facts["origin"])}"')
    request = _explained(facts)
    if request.throws is not None:
        raise Failure(f"scripts cannot send this request ({request.throws})")
    if request.dropped:
        raise Failure(f"scripts cannot set the header {request.dropped[0]}")
    sent = request.sent[0]
    lines = [] if sent.origin is None else [("Origin", sent.origin)]
    lines += [(name, value or "...") for name, value in sent.headers]
    # The values of cookies, and of headers without a value, are not known.
    own = _bytes([*lines, ("Cookie", "...")] if sent.cookies else lines)
    hop: dict[str, Any] = {}
    may_send, text = True, "The browser sends the request without a preflight:\n\n"
    if sent.preflight_request is not None:
        text = "The browser asks first, with a preflight:\n\n"
        text, decision = respond(policies, path, b"OPTIONS", _bytes(sent.preflight_request), text)
        hop["preflight"] = (decision.status, decision.headers)
        may_send = decision.allowed
        text += "\nThen it sends the request:\n\n" if may_send else "\nThe browser does not send the request.\n"
    if may_send:
        text, decision = respond(policies, path, sent.method.encode("latin-1"), own, text)
        hop["response"] = (200, decision.headers)
    explanation = _explained(facts | hop)
    told, is_refused = _delivery(facts | hop, arguments)
    blocked = "blocked" in explanation.verdict.values()
    return f"{text}\n{explanation}{told}", not (blocked or is_refused)


def _delivery(facts: dict[str, Any], arguments: Namespace) -> tuple[str, bool]:
    """Whether the request leaves the browser, for what the options say about the network: lines, and "refused"."""
    space = arguments.page_space or ("public" if arguments.deployed else None)
    if space is None and arguments.as_url is None:
        return "", False
    try:
        url = urlsplit(arguments.as_url or _SERVER_URL)
    except ValueError:
        url = urlsplit("")
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise Failure(f'--as: "{shown(os.fsencode(arguments.as_url))}" is not the URL of a server')
    # The CORS verdict does not depend on this.
    judged = _explained(facts | {"url": url.geturl(), "page_space": space})
    told = {
        profile: code
        for profile, code in judged.delivery_code.items()
        # Any server's name may have a private address: that alone is not worth a line.
        if code not in {None, "target-space-unknown"}
    }
    verdicts = cast("dict[str, str]", judged.delivery)
    versions = {profile: f" ({text})" if text else "" for profile, text in judged.delivery_versions.items()}
    lines = [
        f"delivery in {profile}: {verdicts[profile]} [{code}]{versions[profile]}\n" for profile, code in told.items()
    ]
    # Browsers treat a page in development otherwise.
    is_local = re.fullmatch(r"(.+\.)?localhost|127\..*|::1", url.hostname) is not None
    counts = arguments.deployed or not is_local
    return "".join(lines), counts and "refused" in judged.delivery.values()


def _explained(facts: dict[str, Any]) -> Explanation:
    try:
        return explain(**facts)
    except ValueError as error:
        raise Failure(str(error)) from None


def _bytes(lines: Iterable[tuple[str, str]]) -> Headers:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in lines]


def _header(line: bytes) -> tuple[bytes, bytes | None]:
    name, colon, value = line.partition(b":")
    name = name.strip()
    if _TOKEN.fullmatch(name) is None:
        raise Failure(f'"{shown(name)}" is not a valid header name: write NAME or NAME: VALUE')
    return name, value.strip() if colon else None


def respond(policies: PolicySet, path: bytes, method: bytes, lines: Headers, before: str = "") -> tuple[str, Decision]:
    """Evaluate one request: the text with both heads, and the decision."""
    text = before + f"> {shown(method)} {shown(path)} HTTP/1.1\n"
    text += "".join(f"> {shown(name)}: {shown(value)}\n" for name, value in lines) + "\n"
    decision = policies.evaluate(None, method, lines, path)
    if decision is None:
        raise Untouched(
            f"{text}no policy applies to the path {shown(path)}: Corsac does not change the request or its response, "
            "and only the application's own headers count\n"
        )
    if decision.status is None:
        text += "< (the application's status and headers, and)\n"
    else:
        known = {status.value: status.phrase for status in HTTPStatus}
        text += f"< HTTP/1.1 {decision.status} {known.get(decision.status, '')}".rstrip() + "\n"
    text += "".join(f"< {name.decode()}: {shown(value)}\n" for name, value in decision.headers)
    if not decision.headers and decision.status is None:
        text += "< (nothing else)\n"
    return f"{text}{decision}\n", decision


def from_head(policies: PolicySet, data: bytes) -> tuple[str, bool]:
    """Evaluate one raw request head."""
    method, path, lines = read_head(data)
    text, decision = respond(policies, path, method, lines)
    return text, decision.allowed


def read_head(data: bytes) -> tuple[bytes, bytes, Headers]:
    """Return method, path and headers of a request head: as it is sent, from `curl -v`, or of HTTP/2."""
    method, path, is_begun = None, b"/", False
    lines: Headers = []
    for number, whole in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        line = whole.removesuffix(b"\r")
        line = line.removeprefix(b"> ") if line.startswith(b"> ") else line.removeprefix(b">")
        if not line.strip():
            if is_begun:
                break
            continue
        words = line.split(b" ")
        if line.startswith(b":method:"):
            method = _method(line[8:].strip(), number)
        elif line.startswith(b":path:"):
            path = _path(line[6:].strip())
        elif line.startswith(b":"):
            pass
        elif not is_begun and b":" not in words[0] and len(words) > 1 and words[1]:
            method, path = _method(words[0], number), _path(words[1])
        else:
            name, colon, value = line.partition(b":")
            if not colon or _TOKEN.fullmatch(name) is None or re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", value):
                raise Failure(f'line {number} of the request is not a header (NAME: VALUE): "{shown(line[:128])}"')
            lines.append((name, value.strip(b" \t")))
        is_begun = True
    if method is not None:
        return method, path, lines
    if is_begun:
        raise Failure('the request has no method: it starts with a line such as "GET / HTTP/1.1"')
    raise Failure("there is no request: write one on standard input, or use --origin and --method")


def _method(method: bytes, number: int) -> bytes:
    if _TOKEN.fullmatch(method) is None:
        raise Failure(f'line {number} of the request: "{shown(method[:128])}" is not a valid method')
    return method


def _path(target: bytes) -> bytes:
    if target.startswith(b"/") or b"://" not in target:
        return target
    # A request to a proxy has a whole URL (RFC 9112, 3.2).
    at = re.search(rb"[/?]", target.partition(b"://")[2])
    path = target.partition(b"://")[2][at.start() :] if at else b""
    return path if path.startswith(b"/") else b"/"


def from_lines(policies: PolicySet) -> bool:
    """Write one decision for each request on standard input. Return whether all lines could be read."""
    are_read = True
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            result = _decided(policies, line)
        except ValueError as error:
            are_read, result = False, {"error": str(error), "line": number}
        sys.stdout.write(line_of(result))
        sys.stdout.flush()
    return are_read


def _decided(policies: PolicySet, line: bytes) -> dict[str, object]:
    request = json.loads(line, object_pairs_hook=_once)
    if not isinstance(request, dict):
        raise ValueError('a line is an object with "method" and "headers"')
    read = cast("dict[str, Any]", request)
    for key in ("method", "headers"):
        if key not in read:
            raise ValueError(f"missing field `{key}`")
    lines = [_pair(pair) for pair in _list(read["headers"])]
    path, raw_path = (None if read.get(key) is None else _text(read[key]) for key in ("path", "raw_path"))
    path = b"/" if path is None and raw_path is None else path
    decision = policies.evaluate(path, _text(read["method"]), lines, raw_path)
    if decision is None:
        return {"untouched": True}
    denial = decision.denial
    return {
        "class": decision.request_class,
        "allowed": decision.allowed,
        "denial": None if denial is None else {"code": denial.code, "bytes": denial.bytes.decode("latin-1")},
        "status": decision.status,
        "headers": [[name.decode(), value.decode("latin-1")] for name, value in decision.headers],
    }


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read: dict[str, object] = {}
    for key, value in pairs:
        if key not in _KEYS:
            raise ValueError(f"unknown field `{key}`, expected one of {', '.join(f'`{name}`' for name in _KEYS)}")
        if key in read:
            raise ValueError(f'"{key}" twice')
        read[key] = value
    return read


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError("headers must be a list of [name, value] pairs")
    return cast("list[object]", value)


def _pair(pair: object) -> tuple[bytes, bytes]:
    if not isinstance(pair, list) or len(cast("list[object]", pair)) != 2:
        raise ValueError("a header must be a [name, value] pair of strings")
    name, value = cast("list[object]", pair)
    return _text(name), _text(value)


def _text(value: object) -> bytes:
    if not isinstance(value, str):
        raise ValueError("a string is needed")
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        raise ValueError("a code point above 255 is not a byte") from None
