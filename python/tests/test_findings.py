"""Every shared case with findings, and how Python shows them."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from shared_vectors import cases, latin, options

from corsac import Finding, Policy, PolicyError, PolicySet


def findings(spec: dict[str, Any]) -> tuple[Finding, ...]:
    try:
        return PolicySet.from_mapping(spec).findings if "policy" in spec else Policy(**spec).findings
    except PolicyError as error:
        return error.findings


def key(finding: dict[str, Any]) -> tuple[Any, ...]:
    place = (finding.get("table"), finding["index"])
    return (finding["code"], finding["field"], finding["severity"], *(-1 if at is None else at for at in place))


def key_of(finding: Finding) -> tuple[Any, ...]:
    return key({name: getattr(finding, name) for name in ("code", "table", "field", "severity", "index")})


@pytest.mark.parametrize("name", ["findings", "sets"])
def test_every_case_has_its_findings(name: str) -> None:
    compared, unsayable = 0, 0
    for case in cases(name):
        spec = options(case["spec"])
        if spec is None:
            unsayable += 1
        elif "findings" in case:
            compare(case, spec)
            compared += 1
    # An entry that is not UTF-8 is rare.
    assert compared > 20 * unsayable


def compare(case: dict[str, Any], spec: dict[str, Any]) -> None:
    got, wanted = sorted(findings(spec), key=key_of), sorted(case["findings"], key=key)
    assert [key_of(finding) for finding in got] == [key(finding) for finding in wanted], case["says"]
    for finding, want in zip(got, wanted, strict=True):
        if "suggestion" in want:
            assert finding.replacement == want["suggestion"], case["says"]
            is_text = want["suggestion"] is not None
            assert (finding.suggestion == f'write "{want["suggestion"]}"') == is_text, case["says"]
        if "at" in want:
            assert [finding.start, finding.end] == want["at"], case["says"]
        if "related" in want:
            assert finding.related == latin(want["related"]), case["says"]
        if finding.index is not None:
            options_of = spec if finding.table is None else spec["policy"][finding.table]
            assert finding.text == options_of[finding.field][finding.index].encode(), case["says"]


def test_policy_error_has_all_findings() -> None:
    with pytest.raises(PolicyError) as raised:
        Policy(["https://a.example/", "*"], allow_credentials=True, max_age=-1)
    assert isinstance(raised.value, ValueError)
    codes = [finding.code for finding in raised.value.findings]
    assert {"trailing-slash", "any-origin-with-credentials", "out-of-range"} <= set(codes)
    said = str(raised.value).splitlines()
    assert len(said) == len(codes)
    (slash,) = (line for line in said if line.startswith("error: allow_origins[0]: "))
    assert slash.endswith(': "https://a.example/"; write "https://a.example"')


def test_policy_error_survives_a_process_boundary() -> None:
    with pytest.raises(PolicyError) as raised:
        Policy(["https://a.example/"])
    again = pickle.loads(pickle.dumps(raised.value))
    assert isinstance(again, PolicyError)
    assert again.findings == raised.value.findings
    assert hash(again.findings) == hash(raised.value.findings)
    assert str(again) == str(raised.value)


def test_text_beyond_ascii_is_a_finding_not_a_type_error() -> None:
    with pytest.raises(PolicyError) as raised:
        Policy(["https://bücher.example"])
    (finding,) = raised.value.findings
    assert finding.code == "non-ascii-host"
    assert finding.text == "https://bücher.example".encode()
    with pytest.raises(PolicyError) as raised:
        Policy(["https://a\udc80.example"])
    assert raised.value.findings[0].text == b"https://a\xed\xb2\x80.example"


def test_warnings_stay_with_the_policy() -> None:
    policy = Policy(["https://a.example"], allow_methods=["GET", "patch"], allow_headers=["content-type"])
    assert [finding.code for finding in policy.findings] == ["method-case"]
    assert repr(policy.findings[0]).startswith("<Finding method-case warning: allow_methods[1]: ")
