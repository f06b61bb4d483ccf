"""Regular expressions for migration, and origin checks. An expression must match the whole origin."""

from __future__ import annotations

import re
import warnings

import pytest
from asgi_connection import APP, EVIL, Answering, exchange, preflight

from corsac import Policy
from corsac._regex import RegexCheck
from corsac.asgi import CorsacMigrationWarning, CORSMiddleware


def governed(regex: object, **others: object) -> CORSMiddleware:
    with pytest.warns(CorsacMigrationWarning):
        return CORSMiddleware(Answering(), allow_origin_regex=regex, **others)


@pytest.mark.parametrize("regex", [r"https://.*\.example\.com", re.compile(r"https://.*\.example\.com")])
def test_expression_must_match_the_whole_origin(regex: object) -> None:
    app = governed(regex, allow_credentials=True)
    assert exchange(app, headers={"origin": APP}).one("access-control-allow-origin") == APP
    assert exchange(app, "OPTIONS", headers=preflight(APP)).one("access-control-allow-credentials") == "true"
    for origin in (APP + ".evil.test", "x" + APP, APP + "\n", EVIL, "null", ""):
        assert exchange(app, headers={"origin": origin}).one("access-control-allow-origin") is None, origin


def test_listed_origins_pass_together_with_an_expression() -> None:
    app = governed(r"http://localhost:\d+", allow_origins=[APP])
    for origin in (APP, "http://localhost:3000"):
        assert exchange(app, headers={"origin": origin}).one("access-control-allow-origin") == origin


@pytest.mark.parametrize(
    "regex", [".*", "https://.*", "https?://.*", "http://.*", r"https://[\w.-]+", "null|https://a", "(null)?"]
)
def test_expression_for_any_origin_is_refused_with_credentials(regex: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ValueError, match="with credentials") as caught:
            CORSMiddleware(Answering(), allow_origin_regex=regex, allow_credentials=True)
    assert "allow_origins=[" in str(caught.value)
    governed(regex)


def test_credentials_of_any_policy_can_refuse_an_expression() -> None:
    trusting = Policy(external_origins=True, allow_credentials=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ValueError, match="with credentials"):
            CORSMiddleware(Answering(), allow_origin_regex="https://.*", policies={"/account": trusting})
    app = governed("https://.*")
    with pytest.raises(ValueError, match="with credentials"):
        app.policy = trusting
    assert app.policy is not trusting


def test_invalid_expression_is_refused() -> None:
    with pytest.raises(ValueError, match="not a regular expression"):
        CORSMiddleware(Answering(), allow_origin_regex="(")
    with pytest.raises(TypeError, match="must be a str"):
        CORSMiddleware(Answering(), allow_origin_regex=re.compile(b"x"))
    with pytest.raises(TypeError, match=r"\['x'\]"):
        RegexCheck("x", option="CORS_ALLOWED_ORIGIN_REGEXES", policies=[])


def test_warning_names_the_callers_line_and_the_pattern() -> None:
    with pytest.warns(CorsacMigrationWarning, match=re.escape("allow_origins=['https://*.example.com']")) as caught:
        CORSMiddleware(Answering(), allow_origin_regex=r"https://.*\.example\.com")
    assert caught[0].filename == __file__
    with pytest.warns(CorsacMigrationWarning, match="origin_check="):
        CORSMiddleware(Answering(), allow_origin_regex=r"https://(?!evil)\w+")


@pytest.mark.parametrize(
    ("regex", "advice"),
    [
        (r"https://.*\.example\.com", "write allow_origins=['https://*.example.com'] instead"),
        (
            r"^https://(.*\.)?example\.com$",
            "write allow_origins=['https://*.example.com', 'https://example.com'] instead",
        ),
        (
            r"https://preview-\d+\.example\.com",
            "write allow_origins=['https://preview-*.example.com'] instead, which match more than the expression",
        ),
        (
            r"https://.*example\.com",
            "write allow_origins=['https://*.example.com', 'https://example.com'] instead, which match less than the"
            " expression",
        ),
        (r"chrome-extension://.*", "write allow_origins=['chrome-extension://*'] instead"),
        (
            re.compile(r"https://A\.example\.com", re.IGNORECASE),
            "write allow_origins=['https://a.example.com'] instead",
        ),
        (
            re.compile(r"https://a\.example\.com", re.VERBOSE),
            'list the origins, as in allow_origins=["https://app.example.com", "https://*.example.com"], or write a '
            "function for origin_check=",
        ),
    ],
)
def test_warning_names_the_pattern_and_how_it_differs(regex: str | re.Pattern[str], advice: str) -> None:
    with pytest.warns(CorsacMigrationWarning) as caught:
        CORSMiddleware(Answering(), allow_origin_regex=regex)
    assert str(caught[0].message).endswith(f"is read for migration only: {advice}")


def test_origin_check_is_asked_about_unmatched_origins_only() -> None:
    asked: list[bytes] = []

    def origin_check(origin: bytes) -> bool:
        asked.append(origin)
        return origin.endswith(b".tenant.example")

    app = CORSMiddleware(Answering(), allow_origins=[APP], origin_check=origin_check)
    for origin, allowed in (
        (APP, True),
        ("https://a.tenant.example", True),
        (EVIL, False),
        ("x" * 1000, False),
        ("", False),
    ):
        assert exchange(app, headers={"origin": origin}).one("access-control-allow-origin") == (
            origin if allowed else None
        )
    assert asked == [b"https://a.tenant.example", EVIL.encode()]


def test_async_origin_check_is_awaited_and_asked_once() -> None:
    asked: list[bytes] = []

    async def origin_check(origin: bytes) -> bool:
        asked.append(origin)
        return origin.endswith(b".tenant.example")

    with pytest.warns(CorsacMigrationWarning):
        app = CORSMiddleware(
            Answering(),
            origin_check=origin_check,
            allow_origin_regex=r"https://.*\.example\.com",
            allow_credentials=True,
        )
    for origin, allowed in ((APP, True), ("https://a.tenant.example", True), (EVIL, False)):
        assert exchange(app, headers={"origin": origin}).one("access-control-allow-origin") == (
            origin if allowed else None
        )
    assert (
        exchange(app, "OPTIONS", headers=preflight("https://a.tenant.example")).one("access-control-allow-origin")
        == "https://a.tenant.example"
    )
    assert asked == [b"https://a.tenant.example", EVIL.encode(), b"https://a.tenant.example"]


def test_origin_check_without_external_origins_is_refused() -> None:
    with pytest.raises(ValueError, match="external_origins=True"):
        CORSMiddleware(Answering(), policy=Policy([APP]), origin_check=lambda _: True)
    CORSMiddleware(Answering(), policies={"/x": Policy([APP], external_origins=True)}, origin_check=lambda _: True)
