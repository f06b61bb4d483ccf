"""Every shared case with a decision, in each form in which servers have headers."""

from __future__ import annotations

from typing import Any

import pytest
from shared_vectors import DECISIONS, cases, latin, lines, options, path

from corsac import Decision, Policy, PolicySet


def told(decision: Decision) -> dict[str, Any]:
    denial = decision.denial and (decision.denial.code, decision.denial.bytes)
    return {
        "class": decision.request_class,
        "allowed": decision.allowed,
        "denial": denial,
        "status": decision.status,
        "headers": list(decision.headers),
    }


def expected(case: dict[str, Any]) -> dict[str, Any]:
    decision = dict(case["decision"])
    denial = decision["denial"]
    decision["denial"] = denial and (denial["code"], latin(denial["bytes"]))
    decision["headers"] = lines(decision["headers"])
    return decision


@pytest.mark.parametrize("name", DECISIONS)
def test_every_case_has_its_decision(name: str) -> None:
    for case in cases(name):
        spec = options(case["spec"])
        assert spec is not None, case["says"]
        policy = Policy(**spec)
        method, headers = latin(case["request"]["method"]), lines(case["request"]["headers"])
        wanted = expected(case)
        assert told(policy.evaluate(method, headers)) == wanted, case["says"]
        # Headers as in WSGI, and as any iterable.
        text = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
        assert told(policy.evaluate(method.decode("latin-1"), iter(text))) == wanted, case["says"]
        assert told(Policy.from_image(policy.image).evaluate(method, headers)) == wanted, case["says"]


def test_every_case_of_a_set_has_its_decision() -> None:
    decided = [case for case in cases("sets") if "request" in case]
    assert decided
    for case in decided:
        spec, request = options(case["spec"]), case["request"]
        assert spec is not None, case["says"]
        policy_set = PolicySet.from_mapping(spec)
        method, headers = latin(request["method"]), lines(request["headers"])
        decoded, raw = path(request, "path"), path(request, "raw_path")
        wanted = None if case["decision"] is None else expected(case)
        for one in (policy_set, PolicySet(spec["policy"]), PolicySet.from_image(policy_set.image)):
            decision = one.evaluate(decoded, method, headers, raw)
            assert (decision and told(decision)) == wanted, case["says"]


def test_comparison_detects_a_wrong_expectation() -> None:
    case = cases("origins")[0]
    case["decision"]["headers"][0][1] = "https://b.example"
    policy = Policy(**case["spec"])
    assert told(policy.evaluate("GET", lines(case["request"]["headers"]))) != expected(case)
