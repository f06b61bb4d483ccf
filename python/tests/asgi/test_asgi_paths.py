"""A policy for each path: whole segments, the longest first; what could be read in two ways takes the default."""

from __future__ import annotations

import pytest
from asgi_connection import Answering, exchange

from corsac import Policy
from corsac._paths import PathTable
from corsac.asgi import CORSMiddleware

TABLE = PathTable({"/a": "a", "/a/b": "ab", "/a/b/c": "abc"}, "default")


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
        ("a", "default"),
        ("a/b", "default"),
        ("//a", "default"),
        ("/x/a", "default"),
        ("/a//b", "a"),
        ("/a/../b", "default"),
        ("/a/..", "default"),
        ("/a/./b", "default"),
        ("/a/.", "default"),
        ("/./a", "default"),
        ("/a/...", "a"),
        ("/a/.b", "a"),
        ("/a/b..", "a"),
    ],
)
def test_whole_segments_the_longest_first(path: str, entry: str) -> None:
    assert TABLE.choose(path) == entry


@pytest.mark.parametrize("raw", [b"/a/b%2fc", b"/a%2Fb", b"/%2f", b"/a/b?%2f"])
def test_an_encoded_slash_takes_the_default(raw: bytes) -> None:
    assert TABLE.choose("/a/b/c", raw) == "default"
    assert TABLE.choose("/a/b/c", b"/a/b/c%20%2e") == "abc"


def test_a_slash_alone_governs_every_path() -> None:
    table = PathTable({"/": "root", "/a": "a"}, None)
    assert [table.choose(path) for path in ("/", "/x/y", "/a", "//a")] == ["root", "root", "a", "root"]
    assert table.choose("/a/..") is None


def test_a_long_path_is_not_taken_apart() -> None:
    assert TABLE.choose("/a/b" + "/x" * 1_000_000) == "ab"


@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        ("a", "'/a'"),
        ("", "'/'"),
        ("/a/", "'/a'"),
        ("//", "'/'"),
        ("/a//b", "empty segment"),
        ("/a/../b", "dot segment"),
        ("/a/*", "wildcards"),
        ("/a%20b", "decoded"),
    ],
)
def test_a_prefix_that_could_never_match_is_refused_with_what_to_write(prefix: str, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("*", r"\*")):
        PathTable({prefix: 1}, None)


def test_a_prefix_is_a_str() -> None:
    with pytest.raises(TypeError, match="a path is a str"):
        PathTable({b"/a": 1}, None)  # type: ignore[dict-item]


def governed(**others: object) -> CORSMiddleware:
    policies = {
        "/public": Policy(["*"]),
        "/account": {"allow_origins": ["https://app.example.com"], "allow_credentials": True},
        "/raw": None,
    }
    return CORSMiddleware(Answering(headers=[(b"access-control-allow-origin", b"theirs")]), policies=policies, **others)


@pytest.mark.parametrize(
    ("path", "acao"),
    [
        ("/public/x", "*"),
        ("/account", "https://app.example.com"),
        ("/accounts", "theirs"),
        ("/raw", "theirs"),
        ("/public/../account", "theirs"),
    ],
)
def test_the_middleware_takes_the_policy_of_the_path_or_leaves_it_alone(path: str, acao: str) -> None:
    assert (
        exchange(governed(), path=path, headers={"origin": "https://app.example.com"}).one(
            "access-control-allow-origin"
        )
        == acao
    )


def test_what_no_path_governs_has_the_default() -> None:
    app = governed(policy=Policy(["https://other.example.com"]))
    for path in ("/x", "/public/../account", "/public%2faccount"):
        sent = exchange(
            app, path=path.replace("%2f", "/"), raw_path=path.encode(), headers={"origin": "https://other.example.com"}
        )
        assert sent.one("access-control-allow-origin") == "https://other.example.com"
    assert (
        exchange(app, path="/raw", headers={"origin": "https://other.example.com"}).one("access-control-allow-origin")
        == "theirs"
    )


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
def test_the_path_is_the_one_that_the_router_sees(root: str, path: str, acao: str) -> None:
    sent = exchange(governed(), path=path, root_path=root, headers={"origin": "https://app.example.com"})
    assert sent.one("access-control-allow-origin") == acao


def test_without_a_default_there_is_none_to_swap() -> None:
    app = governed()
    assert app.policy is None
    with pytest.raises(ValueError, match="PolicyHolder"):
        app.policy = Policy(["*"])
