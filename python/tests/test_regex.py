"""Expressions of origins with credentials need a proof, in every middleware."""

from __future__ import annotations

import re
import warnings
from random import Random
from typing import TYPE_CHECKING

import pytest

from corsac import Policy, PolicySet, asgi, wsgi
from corsac._native import _prove_regex
from corsac._regex import RegexCheck

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from corsac._policies import PolicyLike
    from corsac._regex import Regexes


async def _asgi_app(scope: object, receive: object, send: object) -> None:
    """Fail if it is called."""


def _wsgi_app(_environ: object, _start_response: Callable[..., object]) -> Iterable[bytes]:
    return []


def make(kind: str, expression: Regexes, **options: object) -> None:
    """Make a middleware, and ignore its warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if kind == "asgi":
            asgi.CORSMiddleware(_asgi_app, allow_origin_regex=expression, **options)  # type: ignore[arg-type]
        else:
            wsgi.CORSMiddleware(_wsgi_app, allow_origin_regex=expression, **options)  # type: ignore[arg-type]


ACCEPTED = [
    r"https://app\.example\.com",
    r"\Ahttps://(app|www)\.example\.com\Z",
    r"https://.*\.example\.com(:\d+)?",
    r"https://(?P<number>[\w-]+)\.preview\.example\.com",
    r"http://localhost(:\d+)?",
    re.compile(r"https://APP\.example\.com", re.IGNORECASE),
]
REFUSED = [
    # Strangers can register names below these suffixes.
    (r"https://.*\.com", "strangers can register names"),
    (r"https://.*\.co\.uk", "strangers can register names"),
    (r"https://.*\.vercel\.app", "dangerously_allow_public_suffixes would allow it"),
    (r"https://preview-\d+\.vercel\.app", "strangers can register names"),
    (r"https://.*\.netlify\.app", "strangers can register names"),
    (r"https://.*\.github\.io", "strangers can register names"),
    (r"https://.*\.herokuapp\.com", "strangers can register names"),
    (r"https://.*\.web\.app", "strangers can register names"),
    (r"https://.*\.ngrok\.io", "strangers can register names"),
    # Anyone on the network can impersonate these.
    (r"https?://.*\.example\.com", "dangerously_allow_insecure_origins would allow it"),
    (r"http://.*\.lan", "anyone on the network"),
    (r"https?://example\.com", "anyone on the network"),
    # These match more than their author expects.
    (r"https://.*example\.com", r"write allow_origins=\['https://\*.example.com', 'https://example.com'\] instead"),
    (r"https://.*\.example.com", "escape each dot"),
    (r"https://example\.com.*", "no literal domain"),
    # The analyser cannot read these.
    (r"https://(?!.*invalid).*", "a look-around"),
    (r"https://(?P<x>a)(?P=x)\.example\.com", "a back-reference"),
    (re.compile(r"https://a\.example\.com", re.VERBOSE), "VERBOSE"),
    # Any origin.
    (r"https?://.*", "origin_check="),
    (r".*", "a literal scheme"),
    (r"null|https://a\.example", "a literal scheme"),
]


@pytest.mark.parametrize("kind", ["asgi", "wsgi"])
@pytest.mark.parametrize("expression", ACCEPTED)
def test_proved_expression_is_accepted_with_credentials(kind: str, expression: str) -> None:
    make(kind, expression, allow_credentials=True)


@pytest.mark.parametrize("kind", ["asgi", "wsgi"])
@pytest.mark.parametrize(("expression", "says"), REFUSED)
def test_unproved_expression_is_refused_with_credentials(kind: str, expression: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        make(kind, expression, allow_credentials=True)
    assert str(caught.value).startswith("allow_origin_regex: ")
    make(kind, expression)


@pytest.mark.parametrize(("expression", "_says"), REFUSED)
def test_advice_of_a_refusal_is_accepted_with_credentials(expression: str, _says: str) -> None:
    with pytest.raises(ValueError, match="refused") as caught:
        make("asgi", expression, allow_credentials=True)
    advised = re.search(r"write allow_origins=\[([^\]]*)\]", str(caught.value))
    if advised is not None:
        Policy(re.findall("'([^']*)'", advised[1]), allow_credentials=True)


@pytest.mark.parametrize("kind", ["asgi", "wsgi"])
def test_switches_of_the_policy_hold_for_its_expression(kind: str) -> None:
    for expression, switch in (
        (r"https?://.*\.example\.com", {"dangerously_allow_insecure_origins": True}),
        (r"https://preview-\d+\.vercel\.app", {"dangerously_allow_public_suffixes": ["vercel.app"]}),
    ):
        make(kind, expression, allow_credentials=True, **switch)
        policy = Policy(external_origins=True, allow_credentials=True, **switch)
        make(kind, expression, policies={"/account": policy})
        tables = [{"external_origins": True, "allow_credentials": True, **switch}]
        make(kind, expression, policies={"/account": PolicySet(tables)})
        # A holder may get a policy without the switch later.
        with pytest.raises(ValueError, match="refused"):
            make(kind, expression, policies={"/account": asgi.PolicyHolder(policy)})


@pytest.mark.parametrize(
    ("policy", "is_refused"),
    [
        (Policy(external_origins=True, allow_credentials=True), True),
        (PolicySet([{"external_origins": True, "allow_credentials": True}]), True),
        ({"external_origins": True, "allow_credentials": True}, True),
        (asgi.PolicyHolder(Policy(external_origins=True)), True),
        # These policies never use the expression, or allow no credentials.
        (Policy(["https://a.example"], allow_credentials=True), False),
        (Policy(external_origins=True), False),
        (
            PolicySet(
                [{"allow_origins": ["https://a.example"], "allow_credentials": True}, {"external_origins": True}]
            ),
            False,
        ),
    ],
)
def test_expression_is_proved_for_every_policy_with_credentials(policy: PolicyLike, is_refused: bool) -> None:
    if not is_refused:
        make("asgi", "https://.*", policies={"/account": policy})
        return
    with pytest.raises(ValueError, match="refused"):
        make("asgi", "https://.*", policies={"/account": policy})


def _proved(_expression: str, _ignores_case: bool, _policies: object) -> list[str]:
    return ["https://a.example:*", "https://*.b.example"]


@pytest.mark.parametrize(
    "expression",
    [
        r"https://(a\.example|.*\.invalid)",
        r"https?://a\.example:\d+",
        r"http://a\.b\.example",
        r"null|https://a\.example",
        r"https://.*a\.example.*",
        r"https://a\.example.*",
        r"https://.*b\.example",
        r"https://.*\.b\.example[^:]*",
    ],
)
def test_canary_refuses_an_expression_that_a_wrong_proof_accepts(
    expression: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corsac._regex._prove_regex", _proved)
    with pytest.raises(ValueError, match="refused with credentials, because it matches '"):
        make("asgi", expression, allow_credentials=True)


def test_origin_outside_the_proved_patterns_is_denied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corsac._regex._prove_regex", _proved)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check = RegexCheck([r"https://(a|c)\.example"], option="allow_origin_regex", policies=[None])
    assert check(b"https://a.example")
    assert not check(b"https://c.example")
    assert not check(b"https://x.b.example")


def test_every_refused_expression_is_named() -> None:
    with pytest.raises(ValueError, match="refused") as caught:
        RegexCheck([r"https://.*", r"http://a\.lan", r"https://a\.example"], option="x", policies=[None])
    assert [line.split(" is refused")[0] for line in str(caught.value).splitlines()] == [
        r"x: 'https://.*'",
        r"x: 'http://a\\.lan'",
    ]


@pytest.mark.parametrize("kind", ["asgi", "wsgi"])
def test_several_expressions_are_proved_each(kind: str) -> None:
    proved: list[str | re.Pattern[str]] = [r"https://a\.example", re.compile(r"https://B\.example", re.IGNORECASE)]
    make(kind, proved, allow_credentials=True)
    with pytest.raises(ValueError, match="refused") as caught:
        make(kind, [*proved, r"https://.*\.com", ".*"], allow_credentials=True)
    assert len(str(caught.value).splitlines()) == 2
    with pytest.raises(ValueError, match="allows no origin"):
        make(kind, [])
    with pytest.raises(TypeError, match="must be a str"):
        make(kind, b"https://a")  # type: ignore[arg-type]


# Expressions that people write, and some that the analyser could read differently from `re`.
_SCHEMES = ("https://", "https://", "https?://", "(?P<s>https)://", "http://", r"https:\/\/", "(?i:HTTPS)://")
_HOSTS = (
    *(
        r"\.",
        r"\.",
        ".",
        ".*",
        ".+",
        ".*?",
        ".*+",
        r"\w+",
        "[^.]+",
        "[a-z0-9-]+",
        r"[\w.-]+",
        r"(.*\.)?",
        r"([a-z]+\.)*",
    ),
    *("(a|b)", "[12]", "x?", "x??", r"\d{1,3}", "a{,2}", "{", "a{2", "-", "[]a]", "[^]a]", "[a&&b]", "[a--b]", "[[a]]"),
    *("[a||b]", "[[:alpha:]]", r"[\d.]", r"(?-i:a)", "(?:)", "()", "app", "example", r"\.com", r"\.example\.com"),
    *(r"\.vercel\.app", "localhost", "[:.]", ":", r"\b", r"\Z", "$", r"\x61", r"\-", r"\_", "#", "&&"),
)
_TAILS = ("", r"\.example\.com", r"\.example\.com(:\d+)?", r"\.example\.com$", r"\.a\.example\Z", ".example.com")
_ORIGINS = tuple(
    f"{scheme}://{host}{port}"
    for scheme in ("https", "http")
    for tail in ("", ".example.com", ".a.example", ".com", ".vercel.app", "localhost", ".evil.invalid", "xexample.com")
    for label in ("a", "app", "b", "1", "x", "evil", "a.a", "example", "a-b", "a_", "aa", "evil.example", "&&b", "a{2")
    for host in (label + tail, "evil" + label + tail)
    for port in ("", ":80", ":8443")
)


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_everything_that_re_matches_is_within_the_proof() -> None:
    random, accepted = Random(16), 0
    for _ in range(2000):
        hosts = "".join(random.choice(_HOSTS) for _ in range(random.randint(0, 4)))
        expression = random.choice(_SCHEMES) + hosts + random.choice(_TAILS)
        try:
            regex = re.compile(expression)
            bounds = _prove_regex(expression, False, [None])
        except (ValueError, re.error):
            continue
        assert bounds is not None
        accepted += 1
        matched = [origin for origin in _ORIGINS if regex.fullmatch(origin)]
        policy, any_host = Policy(bounds), Policy(["https://*:*", "http://*:*"])
        for origin in matched:
            is_of_browsers = any_host.evaluate("GET", [("Origin", origin)]).allowed
            assert not is_of_browsers or policy.evaluate("GET", [("Origin", origin)]).allowed, (expression, origin)
    assert accepted > 100
