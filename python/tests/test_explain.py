"""``explain`` with the shared facts about browsers, and as you would use it."""

from __future__ import annotations

from typing import Any

import pytest
from shared_vectors import cases, lines

import corsac

PROFILES = ["spec", "chromium", "firefox", "webkit"]
PAGE, API = "https://app.example", "https://api.example/things"

# The kinds of facts that `holds` knows.
KINDS = ("actual", "preflight", "redirect")
# In these cases, the standard differs from the browsers.
DEVIATIONS: dict[str, str] = {}


def asked(case: dict[str, Any]) -> dict[str, Any]:
    request = case["request"]
    return {
        "origin": request.get("origin", "http://web-platform.test:8000"),
        "url": request.get("url_origin", "http://www1.web-platform.test:8000") + "/x",
        "method": request.get("method", "GET"),
        "headers": lines(request.get("headers", [])),
        "credentials": request.get("credentials", "same-origin"),
        "mode": request.get("mode", "cors"),
        "referrer_policy": request.get("referrer_policy", ""),
        "upload_listener": request.get("use_cors_preflight") is True,
    }


def response_of(response: dict[str, Any] | None) -> tuple[int, list[tuple[bytes, bytes]]] | None:
    if not response or "status" not in response:
        return None
    return (response["status"], lines(response.get("headers", [])))


def chain(case: dict[str, Any]) -> list[dict[str, Any]]:
    hops: list[dict[str, Any]] = []
    is_told = False
    for hop in case["chain"]:
        read = {"preflight": response_of(hop.get("preflight")), "response": response_of(hop)}
        hops.append(read if is_told else {**read, "url": hop["url_origin"] + "/x"})
        is_told = any(name.lower() == "location" for name, _ in hop.get("headers", []))
    return hops


def holds(case: dict[str, Any]) -> bool:
    told = {"allow": "allowed", "block": "blocked", "opaque": "opaque"}
    if case["kind"] == "actual":
        preflight = response_of(case.get("preflight_response"))
        explained = corsac.explain(**asked(case), preflight=preflight, response=response_of(case["response"]))
        verdicts = {told[case["expect"]]} | ({"incomplete"} if case["expect"] == "allow" and not preflight else set())
        return explained.verdict["spec"] in verdicts
    if case["kind"] == "redirect":
        asks = {**asked(case), "url": case["chain"][0]["url_origin"] + "/x", "hops": chain(case)}
        explained = corsac.explain(**asks)
        return explained.verdict["spec"] == told[case["expect"]]
    explained = corsac.explain(**asked(case), preflight=response_of(case["response"]))
    wanted = {"allow": "passed", "block": "failed"}[case["expect"]]
    return explained.preflight["spec"] == ("not-needed" if case.get("preflight_sent") is False else wanted)


@pytest.mark.parametrize("kind", KINDS)
def test_spec_verdict_equals_the_shared_facts(kind: str) -> None:
    facts = [case for case in cases("browser-cases")["vectors"] if case["kind"] == kind]
    assert facts
    assert {case["id"] for case in facts if not holds(case)} == {
        name for name in DEVIATIONS if DEVIATIONS[name] == kind
    }


def test_missing_header_has_cause_and_headers_to_send() -> None:
    explained = corsac.explain(origin=PAGE, url=API, response=(200, [("content-type", "text/html")]))
    assert explained.verdict == dict.fromkeys(PROFILES, "blocked")
    assert not explained.allowed_in_all
    (blocked,) = explained.blocked
    assert (blocked.code, blocked.at, blocked.hop, blocked.bytes) == ("acao-missing", "response", 0, b"")
    assert blocked.profiles == blocked.first_in == tuple(PROFILES)
    assert blocked.fix.endswith("Access-Control-Allow-Origin: https://app.example")
    assert blocked.console["chromium"].startswith(f"Access to fetch at '{API}' from origin '{PAGE}'")
    assert "spec" not in blocked.console
    text = str(explained)
    assert f"GET {API} from {PAGE}" in text
    assert blocked.cause in text
    assert blocked.fix in text


def test_sent_requests_can_be_sent() -> None:
    explained = corsac.explain(origin=PAGE, url=API + "#top", method="put", headers={"X-A": "1"}, credentials="include")
    assert explained.verdict == dict.fromkeys(PROFILES, "incomplete")
    (sent,) = explained.sent
    assert (sent.method, sent.url, sent.origin, sent.cookies) == ("PUT", API, PAGE, True)
    assert sent.headers == (("X-A", "1"),)
    assert sent.needs_preflight == dict.fromkeys(PROFILES, True)
    assert sent.preflight_request == (
        ("Origin", PAGE),
        ("Access-Control-Request-Method", "PUT"),
        ("Access-Control-Request-Headers", "x-a"),
    )


def test_responses_of_a_policy_pass_in_browsers() -> None:
    policy = corsac.Policy([PAGE], allow_methods=["PUT"], allow_headers=["x-a"], expose_headers=["etag"], max_age=60)
    (sent,) = corsac.explain(origin=PAGE, url=API, method="PUT", headers=[("x-a", "1")]).sent
    assert sent.preflight_request is not None
    status, headers, _ = policy.evaluate("OPTIONS", sent.preflight_request).preflight_response()
    merged = policy.evaluate("PUT", [("Origin", PAGE)]).merge([(b"etag", b"1"), (b"x-b", b"2")])
    explained = corsac.explain(
        origin=PAGE, url=API, method="PUT", headers=[("x-a", "1")], preflight=(status, headers), response=(200, merged)
    )
    assert explained.allowed_in_all
    assert explained.blocked == ()
    assert explained.preflight == dict.fromkeys(PROFILES, "passed")
    assert explained.cache_seconds == dict.fromkeys(PROFILES, 60)
    assert explained.exposed == dict.fromkeys(PROFILES, ("etag",))


def test_redirect_is_followed_by_its_location() -> None:
    explained = corsac.explain(
        origin=PAGE,
        url=API,
        hops=[
            {"response": (302, {"Location": "https://other.example/x", "Access-Control-Allow-Origin": PAGE})},
            {"response": (200, {"Access-Control-Allow-Origin": PAGE})},
        ],
    )
    assert [(sent.url, sent.origin) for sent in explained.sent] == [(API, PAGE), ("https://other.example/x", "null")]
    assert [(blocked.code, blocked.hop) for blocked in explained.blocked] == [("acao-mismatch", 1)]


def test_stored_response_is_read_with_the_headers_of_its_304() -> None:
    stale: Any = {"url": API, "response": (200, [("access-control-allow-origin", "https://old.example")])}
    fresh: Any = {**stale, "revalidated": [("access-control-allow-origin", PAGE)]}
    assert corsac.explain(origin=PAGE, url=API, hops=[stale]).verdict["spec"] == "blocked"
    assert corsac.explain(origin=PAGE, url=API, hops=[fresh]).verdict["spec"] == "allowed"
    fresh["revalidated"] = None
    assert corsac.explain(origin=PAGE, url=API, hops=[fresh]).verdict["spec"] == "blocked"


def test_warnings_say_what_goes_wrong_although_cors_passes() -> None:
    cached = (200, [("access-control-allow-origin", PAGE), ("age", "7\x1b[31m"), ("set-cookie", "a=b; SameSite=Lax")])
    explained = corsac.explain(origin=PAGE, url=API, response=cached, credentials="include")
    codes = [(warning.code, warning.at, warning.hop) for warning in explained.warnings]
    assert ("vary-origin-missing", "response", 0) in codes
    assert all(warning.certainty in {"certain", "likely", "possible"} for warning in explained.warnings)
    assert str(explained.warnings[0]) == explained.warnings[0].message
    assert "Vary: Origin" in str(explained)
    assert "\x1b" not in str(explained)
    assert corsac.explain(origin=PAGE, url=API, response=(200, [("access-control-allow-origin", "*")])).warnings == ()


def test_forbidden_method_throws_in_the_script() -> None:
    explained = corsac.explain(origin=PAGE, url=API, method="TRACE", headers=[("Host", "x")])
    assert explained.throws == "method-forbidden"
    assert explained.dropped == ("Host",)
    assert explained.sent == ()
    assert explained.verdict == dict.fromkeys(PROFILES, "throws")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"url": "/things"}, "is not a valid URL"),
        ({"credentials": "yes"}, "write omit, same-origin or include"),
        ({"mode": "navigate"}, "write cors, no-cors or same-origin"),
        ({"referrer_policy": "never"}, "referrer_policy"),
        ({"headers": [("a", "b")] * 2001}, "2000"),
        ({"hops": [{"url": API}] * 40}, "32"),
        ({"hops": [{"uri": API}]}, "url, target_address, preflight, response or revalidated"),
        ({"hops": [{"url": API}], "response": (200, [])}, "for a single URL"),
        ({"hops": [{"url": API}, {}]}, "give its url"),
    ],
)
def test_invalid_argument_of_explain_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        corsac.explain(**{"origin": PAGE, "url": API, **wrong})


@pytest.mark.parametrize("response", [200, (200,), ("200", []), (200, [("a",)]), (70000, [])])
def test_response_must_be_a_pair_of_status_and_headers(response: Any) -> None:  # noqa: ANN401
    with pytest.raises(TypeError):
        corsac.explain(origin=PAGE, url=API, response=response)
