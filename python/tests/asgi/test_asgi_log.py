"""The log lines about requests: client, method, path, the reason of a denial, and replaced headers."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from asgi_connection import APP, EVIL, Answering, exchange, preflight

from corsac import Policy, PolicySet
from corsac.asgi import CORSMiddleware, PolicyHolder

POLICIES = {"/account": Policy([APP]), "/public": Policy(["*"]), "/off": None}
ACAO = b"Access-Control-Allow-Origin"
EXPOSE = b"access-control-expose-headers"


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Any:
    caplog.set_level(logging.DEBUG, "corsac")

    def said() -> list[str]:
        lines = [f"{record.levelname} {record.getMessage()}" for record in caplog.records]
        caplog.clear()
        return lines

    return said


def test_denied_preflight_names_method_path_and_client(said: Any) -> None:
    exchange(CORSMiddleware(Answering(), allow_origins=[APP]), "OPTIONS", "/orders/7", preflight(EVIL))
    assert said() == [
        f'WARNING preflight denied: origin "{EVIL}" is not allowed; OPTIONS /orders/7 from 127.0.0.1',
    ]


def test_denied_request_is_debug_except_from_own_pages(said: Any) -> None:
    app = CORSMiddleware(Answering(), allow_origins=[APP])
    exchange(app, "POST", "/orders", {"origin": EVIL})
    assert said() == [f'DEBUG response not shared: origin "{EVIL}" is not allowed; POST /orders from 127.0.0.1']
    for site, lines in (("same-origin", 0), ("none", 0), ("same-site", 1), ("cross-site", 1)):
        exchange(app, "POST", "/orders", {"origin": EVIL, "Sec-Fetch-Site": site})
        assert len(said()) == lines, site
    exchange(app, "POST", "/orders", {"origin": APP})
    exchange(app, "POST", "/orders")
    assert said() == []


def test_server_without_client_is_not_an_error(said: Any) -> None:
    exchange(CORSMiddleware(Answering(), allow_origins=[APP]), "OPTIONS", "/x", preflight(EVIL), client=None)
    (line,) = said()
    assert line.endswith("; OPTIONS /x")


@pytest.mark.parametrize("hostile", ['/\n\x1b[31m"\\<', "/" + "x" * 10_000, "/" * 60_000, "/é"])
def test_hostile_path_method_and_client_are_escaped_and_cut(said: Any, hostile: str) -> None:
    app = CORSMiddleware(Answering(), policies=POLICIES)
    path = f"/account{hostile}"
    for raw in (None, path.encode("utf-8", "surrogatepass")):
        lines = preflight("https://evil.example/\n")
        exchange(app, "OPTIONS", path, lines, client=(hostile, 1), raw_path=raw)
        (line,) = said()
        assert line.isascii()
        assert line.isprintable()
        assert len(line) < 1600
        assert "<" not in line


def test_query_is_never_logged(said: Any) -> None:
    app = CORSMiddleware(Answering(), allow_origins=[APP])
    exchange(app, "OPTIONS", "/x", preflight(EVIL), raw_path=b"/x?token=secret", query_string=b"token=secret")
    assert "secret" not in said()[0]


def test_many_denials_are_few_lines(said: Any) -> None:
    app = CORSMiddleware(Answering(), policies=POLICIES)
    for number in range(1000):
        exchange(app, "OPTIONS", f"/account/{number}", preflight(f"https://evil-{number}.example"))
        exchange(app, "GET", f"/account/{number}", {"origin": f"https://evil-{number}.example"})
    lines = said()
    assert len([line for line in lines if line.startswith("WARNING")]) == 16 + 5
    assert len([line for line in lines if line.startswith("DEBUG")]) == 16 + 5
    assert "(512 of these in a minute)" in lines[-1]


@pytest.mark.parametrize(
    "options",
    [
        {"policies": {"/a": Policy([APP]), "/a/b": Policy([APP])}},
        {"policy": PolicySet([{"path": "/a", "allow_origins": [APP]}, {"path": "/a/b", "allow_origins": [APP]}])},
    ],
)
def test_denials_are_counted_for_each_path_of_the_set(said: Any, options: Any) -> None:
    app = CORSMiddleware(Answering(), **options)
    for path in ("/a/x", "/a/b", "/a/bc", "/a/b/c"):
        for _ in range(10):
            exchange(app, "OPTIONS", path, preflight(EVIL))
    # /a/x and /a/bc belong to /a.
    assert len(said()) == 16 + 16


def test_failing_origin_checks_are_few_tracebacks(said: Any) -> None:
    def check(_origin: bytes) -> bool:
        raise LookupError("the data base is away")

    app = CORSMiddleware(Answering(), allow_origins=[APP], origin_check=check)
    for number in range(500):
        exchange(app, path=f"/{number}", headers={"origin": f"https://evil-{number}.example"})
    lines = [line for line in said() if line.startswith("ERROR")]
    assert lines[0] == 'ERROR origin check failed: "https://evil-0.example" is denied; GET /0 from 127.0.0.1'
    assert len(lines) == 16 + 4


def test_reports_are_few_lines(said: Any) -> None:
    app = CORSMiddleware(Answering(), allow_origins=[APP], report_only=True)
    for number in range(500):
        exchange(app, path=f"/{number}", headers={"origin": f"https://evil-{number}.example"})
    assert len(said()) == 16 + 4


def lost(name: str, path: str) -> str:
    return (
        f"WARNING the policy replaced or removed the application's header {name}: write its value into the policy, or"
        f" write None instead of a policy for the path; GET {path} from 127.0.0.1"
    )


def test_replaced_header_of_the_application_is_logged_once(said: Any) -> None:
    inner = Answering(headers=[(b"x-a", b"1"), (ACAO, b"https://partner.example"), (EXPOSE, b"etag"), (b"vary", b"x")])
    app = CORSMiddleware(inner, policies=POLICIES)
    for path in ("/account/1", "/account/2", "/off", "/else", "/public"):
        exchange(app, path=path, headers={"origin": APP})
    assert said() == [
        lost("access-control-allow-origin", "/account/1"),
        lost("access-control-expose-headers", "/account/1"),
        lost("access-control-allow-origin", "/public"),
        lost("access-control-expose-headers", "/public"),
    ]


def test_header_that_the_policy_writes_too_is_not_lost(said: Any) -> None:
    for headers in ([(ACAO, APP.encode())], [(ACAO, APP.encode()), (b"x-a", b"1")], [], [(b"Vary", b"Origin")]):
        app = CORSMiddleware(Answering(headers=headers), allow_origins=[APP])
        exchange(app, headers={"origin": APP})
        assert said() == []


@pytest.mark.parametrize("kind", [list, tuple, iter, lambda lines: [iter(line) for line in lines]])
def test_lost_header_shows_in_every_form_of_headers(said: Any, kind: Any) -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        lines = kind([(b"x-a", b"1"), (ACAO, b"*"), (b"x-b", b"2")])
        await send({"type": "http.response.start", "status": 200, "headers": lines})
        await send({"type": "http.response.body", "body": b""})

    sent = exchange(CORSMiddleware(app, allow_origins=[APP]), path="/x", headers={"origin": APP})
    assert sent.all("x-a") == ["1"]
    assert sent.all("x-b") == ["2"]
    assert said() == [lost("access-control-allow-origin", "/x")]


def test_warning_about_a_policy_names_its_place(said: Any) -> None:
    CORSMiddleware(Answering(), policies={"/a": PolicyHolder(Policy([APP], allow_methods=["patch"]))})
    assert any(line.startswith("WARNING policies['/a']: warning: allow_methods[0]: ") for line in said())
