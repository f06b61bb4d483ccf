"""The shared decision vectors through the WSGI class: status, headers and the reason, byte for byte."""

from __future__ import annotations

import pytest
from environs import cases, environ, not_carried

import corsac
from corsac._environ import path, raw_path, request_lines
from corsac._policy_file import policy_or_set
from corsac.wsgi import CORSMiddleware

CASES = cases()
CARRIED = [case for case in CASES if not_carried(case) is None]


def application(environ, start_response):
    start_response("299 Application", [("X-Own", "1")])
    return [b"application"]


@pytest.mark.parametrize("case", CARRIED, ids=lambda case: case["says"])
def test_middleware_responds_as_in_the_vectors(case):
    policy, expected = policy_or_set(case["options"]), case["decision"]
    started = []
    body = b"".join(
        CORSMiddleware(application, policy=policy)(environ(case), lambda *arguments: started.append(arguments))
    )
    status, lines = started[0][:2]
    if expected is None:
        assert (status, lines, body) == ("299 Application", [("X-Own", "1")], b"application")
        return
    asked = [case["method"], request_lines(environ(case))]
    if isinstance(policy, corsac.PolicySet):
        asked = [path(environ(case)), *asked, raw_path(environ(case))]
    decision = policy.evaluate(*asked)
    assert (decision.request_class, decision.allowed) == (expected["class"], expected["allowed"])
    assert (decision.denial.code if decision.denial else None) == (
        expected["denial"]["code"] if expected["denial"] else None
    )
    own = [
        line for line in lines if line[0] not in ("X-Own", "content-type", "content-length", "x-content-type-options")
    ]
    assert own == expected["headers"]
    if expected["class"] == "preflight":
        assert int(status[:3]) == expected["status"]
        assert bool(body) == (decision.denial is not None and expected["status"] not in (204, 205))
    else:
        assert (status, body) == ("299 Application", b"application")


def test_cases_that_an_environ_cannot_hold_are_counted():
    rules = [not_carried(case) for case in CASES]
    assert {rule: rules.count(rule) for rule in rules if rule} == {
        "several lines of requested headers that are echoed are one line": 24,
        "a comma inside Origin is the mark of two lines": 2,
        "a raw path alone": 19,
        "a path without a slash is one with a slash, as routers take it": 4,
    }
