"""A policy for each path: whole segments, the longest first. Ambiguous paths are denied."""

from __future__ import annotations

from pathlib import Path

import pytest
from asgi_connection import Answering, exchange

from corsac import Policy, PolicySet
from corsac._native import _PathTable
from corsac.asgi import CORSMiddleware, PolicyFile, PolicyHolder

APP = "https://app.example.com"
ACAO = "access-control-allow-origin"


class Named(PolicyHolder):
    """A holder whose policy exposes the holder's name, so that a decision shows who made it."""

    def __init__(self, name: str) -> None:
        super().__init__(Policy(["*"], expose_headers=[name]))


def chosen(table: _PathTable, path: str | bytes, raw_path: bytes | None = None) -> str | None:
    decision = table.evaluate(path, "GET", [(b"origin", b"https://a.example")], raw_path)
    if decision is None:
        return None
    return decision.denial.code if decision.denial else decision.headers[1][1].decode()


TABLE = _PathTable([("/a", Named("a")), ("/a/b", Named("ab")), ("/a/b/c", Named("abc")), ("/", Named("default"))])


@pytest.mark.parametrize(
    ("path", "entry"),
    [
        ("/a", "a"),
        ("/a/", "a"),
        ("/a/x", "a"),
        ("/a/bx", "a"),
        ("/a/b", "ab"),
        ("/a/b/", "ab"),
        ("/a/b/c/d/e", "abc"),
        ("/a/b/cd", "ab"),
        ("/", "default"),
        ("", "default"),
        ("/ab", "default"),
        ("/A", "default"),
        ("/x/a", "default"),
        ("/a/...", "a"),
        ("/a/.b", "a"),
        ("/a/b..", "a"),
        ("a", "path-ambiguous"),
        ("//a", "path-ambiguous"),
        ("/a//b", "path-ambiguous"),
        ("/a/../b", "path-ambiguous"),
        ("/a/..", "path-ambiguous"),
        ("/a/./b", "path-ambiguous"),
        ("/a/.", "path-ambiguous"),
        ("/./a", "path-ambiguous"),
        ("/a\\b", "path-ambiguous"),
    ],
)
def test_longest_path_of_whole_segments_decides(path: str, entry: str) -> None:
    assert chosen(TABLE, path) == entry
    assert chosen(TABLE, path.encode(), path.encode()) == entry


@pytest.mark.parametrize("raw", [b"/a/b%2fc", b"/a%2Fb", b"/%2f", b"/a%5cb"])
def test_encoded_separator_is_ambiguous(raw: bytes) -> None:
    assert chosen(TABLE, "/a/b/c", raw) == "path-ambiguous"


def test_query_and_other_encoded_bytes_are_not_ambiguous() -> None:
    assert chosen(TABLE, "/a/b/c", b"/a/b/c%20%2e?next=%2f") == "abc"


def test_table_with_one_path_has_no_ambiguous_paths() -> None:
    table = _PathTable([("/a", Named("a"))])
    assert [chosen(table, path) for path in ("/a/../b", "/a//b", "/b/../a", "a")] == ["a", "a", None, None]


def test_path_is_text() -> None:
    table = _PathTable([("/bär", Named("a"))])
    assert chosen(table, "/bär") == chosen(table, "/bär".encode()) == "a"
    assert chosen(table, "/b\udcc3r") is None


def test_long_path_is_decided() -> None:
    assert chosen(TABLE, "/a/b" + "/x" * 1_000_000) == "ab"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("a", '"/a"'),
        ("", '"/"'),
        ("/a/", '"/a"'),
        ("//", '"/"'),
        ("/a//b", '"/a/b"'),
        ("/a/../b", r"policies\['/a/../b'\]"),
        ("/a/*", '"/a"'),
        ("/a%20b", "decoded"),
    ],
)
def test_path_that_cannot_match_is_refused_with_the_fix(path: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        CORSMiddleware(Answering(), policies={path: Policy(["*"])})


def test_path_is_a_str() -> None:
    with pytest.raises(TypeError, match="a path must be a str"):
        CORSMiddleware(Answering(), policies={b"/a": Policy(["*"])})


def test_two_policies_for_every_path_are_refused() -> None:
    with pytest.raises(ValueError, match=r"policies\['/'\] is a second policy"):
        CORSMiddleware(Answering(), policies={"/": Policy(["*"])}, policy=Policy([APP]))


def governed(**others: object) -> CORSMiddleware:
    policies = {
        "/public": Policy(["*"]),
        "/account": {"allow_origins": [APP], "allow_credentials": True},
        "/raw": None,
    }
    return CORSMiddleware(Answering(headers=[(b"access-control-allow-origin", b"theirs")]), policies=policies, **others)


@pytest.mark.parametrize(
    ("path", "acao"),
    [
        ("/public/x", ["*"]),
        ("/account", [APP]),
        ("/accounts", ["theirs"]),
        ("/raw", ["theirs"]),
        ("/public/../account", []),
    ],
)
def test_policy_of_the_path_decides_or_the_path_is_untouched(path: str, acao: list[str]) -> None:
    assert exchange(governed(), path=path, headers={"origin": APP}).all(ACAO) == acao


def test_ambiguous_path_is_denied_and_varies_on_origin() -> None:
    app = governed(policy=Policy(["*"]))
    for path, raw in [("/public/../account", None), ("/public/account", b"/public%2faccount")]:
        sent = exchange(app, path=path, raw_path=raw, headers={"origin": APP})
        assert (sent.all(ACAO), sent.one("vary")) == ([], "Origin")
        preflight = {"origin": APP, "access-control-request-method": "GET"}
        sent = exchange(app, method="OPTIONS", path=path, raw_path=raw, headers=preflight)
        assert (sent.status, sent.all(ACAO)) == (403, [])


def test_policy_with_policies_decides_every_other_path() -> None:
    app = governed(policy=Policy(["https://other.example.com"]))
    for path, acao in [("/x", "https://other.example.com"), ("/raw", "theirs")]:
        assert exchange(app, path=path, headers={"origin": "https://other.example.com"}).one(ACAO) == acao


@pytest.mark.parametrize(
    ("root", "path", "acao"),
    [
        ("/v1", "/v1/public", "*"),
        ("/v1", "/public", "*"),
        ("/public", "/public", "theirs"),
        ("/pub", "/public", "*"),
        ("/v1", "/v1", "theirs"),
    ],
)
def test_path_is_the_one_that_the_router_sees(root: str, path: str, acao: str) -> None:
    sent = exchange(governed(), path=path, root_path=root, headers={"origin": APP})
    assert sent.one(ACAO) == acao


def test_without_a_default_there_is_none_to_swap() -> None:
    app = governed()
    assert app.policy is None
    with pytest.raises(ValueError, match="PolicyHolder"):
        app.policy = Policy(["*"])


SET = PolicySet(
    [
        {"path": "/account", "allow_origins": [APP], "allow_credentials": True},
        {"path": "/account", "allow_origins": ["*"], "allow_timing": True},
        {"path": "/raw", "cors": False},
    ]
)


def acao(app: CORSMiddleware, path: str, origin: str = APP) -> list[str]:
    return exchange(app, path=path, headers={"origin": origin}).all(ACAO)


def test_policy_set_decides_by_path_and_by_origin() -> None:
    app = CORSMiddleware(Answering(headers=[(b"access-control-allow-origin", b"theirs")]), policy=SET)
    assert acao(app, "/account/x") == [APP]
    assert acao(app, "/account/x", "https://a.example") == ["*"]
    assert acao(app, "/raw") == acao(app, "/else") == ["theirs"]
    assert acao(app, "/account/../raw") == []
    sent = exchange(
        app, method="OPTIONS", path="/account", headers={"origin": APP, "access-control-request-method": "GET"}
    )
    assert sent.one("access-control-allow-credentials") == "true"


def test_policy_set_sees_the_raw_path_and_the_root_path() -> None:
    app = CORSMiddleware(Answering(), policy=SET)
    assert exchange(app, path="/account/x", raw_path=b"/account%2fx", headers={"origin": APP}).all(ACAO) == []
    assert exchange(app, path="/v1/account", root_path="/v1", headers={"origin": APP}).all(ACAO) == [APP]


def test_timing_header_is_replaced_if_a_policy_has_allow_timing() -> None:
    theirs = [(b"timing-allow-origin", b"theirs")]
    app = CORSMiddleware(Answering(headers=theirs), policy=SET)
    for origin, lines in [("https://a.example", ["*"]), (APP, [])]:
        sent = exchange(app, path="/account", headers={"origin": origin})
        assert sent.all("timing-allow-origin") == lines
    assert exchange(app, path="/raw", headers={"origin": APP}).all("timing-allow-origin") == ["theirs"]
    app = CORSMiddleware(Answering(headers=theirs), allow_origins=[APP], allow_timing=True)
    assert exchange(app, headers={"origin": APP}).all("timing-allow-origin") == [APP]
    assert exchange(app, headers={"origin": "https://a.example"}).all("timing-allow-origin") == []
    app = CORSMiddleware(Answering(headers=theirs), allow_origins=[APP])
    assert exchange(app, headers={"origin": APP}).all("timing-allow-origin") == ["theirs"]


def test_policy_and_policy_set_replace_each_other_while_serving() -> None:
    app = CORSMiddleware(Answering(), policy=Policy([APP]))
    assert acao(app, "/raw") == [APP]
    app.policy = SET
    assert (acao(app, "/raw"), acao(app, "/account")) == ([], [APP])
    app.policy = Policy([APP])
    assert acao(app, "/raw") == [APP]


def test_policy_file_may_hold_a_policy_set(tmp_path: Path) -> None:
    for file, content in [
        ("set.image", SET.image),
        ("set.toml", b'[[policy]]\npath = "/account"\nallow_origins = ["*"]'),
    ]:
        (tmp_path / file).write_bytes(content)
        app = CORSMiddleware(Answering(), policy=PolicyFile(tmp_path / file))
        assert isinstance(app.policy, PolicySet)
        assert (acao(app, "/account", "https://a.example"), acao(app, "/else")) == (["*"], [])


def test_policy_set_may_be_the_policy_of_a_path() -> None:
    app = CORSMiddleware(Answering(), policies={"/account": SET, "/": Policy(["https://a.example"])})
    assert (acao(app, "/account"), acao(app, "/x"), acao(app, "/x", "https://a.example")) == (
        [APP],
        [],
        ["https://a.example"],
    )


def test_origin_check_is_asked_for_a_policy_set() -> None:
    tables = [{"path": "/a", "allow_origins": [], "external_origins": True}, {"path": "/b", "allow_origins": [APP]}]
    asked = []

    def origin_check(origin: bytes) -> bool:
        asked.append(origin)
        return origin == b"https://tenant.example"

    async def waiting(origin: bytes) -> bool:
        return origin_check(origin)

    for check in (origin_check, waiting):
        for options in ({"policy": PolicySet(tables)}, {"policies": {"/a": PolicySet(tables)}}):
            app = CORSMiddleware(Answering(), origin_check=check, **options)
            assert acao(app, "/a", "https://tenant.example") == ["https://tenant.example"]
            assert acao(app, "/a", "https://other.example") == acao(app, "/b", "https://other.example") == []
            assert asked == [b"https://tenant.example", b"https://other.example"]
            asked.clear()
    with pytest.raises(ValueError, match="never asked"):
        CORSMiddleware(Answering(), policy=SET, origin_check=origin_check)
