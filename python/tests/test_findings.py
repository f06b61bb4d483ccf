"""Every shared case with findings, and how they reach a person in Python."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from shared_vectors import cases, latin, options

from corsac import Finding, Policy, PolicyError

COUNT = 220
# Entries that are no UTF-8: a str of Python cannot say them.
UNSAYABLE = 3


def findings(spec: dict[str, Any]) -> tuple[Finding, ...]:
    try:
        return Policy(**spec).findings
    except PolicyError as error:
        return error.findings


def key(finding: dict[str, Any]) -> tuple[str, str, str, int]:
    index = finding["index"]
    return (finding["code"], finding["field"], finding["severity"], -1 if index is None else index)


def test_every_case_has_its_findings() -> None:
    count, unsayable = 0, 0
    for case in cases("findings"):
        spec = options(case["spec"])
        if spec is None:
            unsayable += 1
            continue
        got = sorted(
            findings(spec), key=lambda f: key({n: getattr(f, n) for n in ("code", "field", "severity", "index")})
        )
        wanted = sorted(case["findings"], key=key)
        assert len(got) == len(wanted), case["says"]
        for finding, want in zip(got, wanted, strict=True):
            for name in ("severity", "code", "field", "index"):
                assert getattr(finding, name) == want[name], case["says"]
            if "suggestion" in want:
                assert finding.replacement == want["suggestion"], case["says"]
                is_text = want["suggestion"] is not None
                assert (finding.suggestion == f'write "{want["suggestion"]}"') == is_text, case["says"]
            if "at" in want:
                assert [finding.start, finding.end] == want["at"], case["says"]
            if "related" in want:
                assert finding.related == latin(want["related"]), case["says"]
            if finding.index is not None:
                assert finding.text == spec[finding.field][finding.index].encode(), case["says"]
        count += 1
    assert (count, unsayable) == (COUNT, UNSAYABLE)


def test_a_wrong_spec_raises_with_everything_that_is_wrong() -> None:
    with pytest.raises(PolicyError) as raised:
        Policy(["https://a.example/", "*"], allow_credentials=True, max_age=-1)
    assert isinstance(raised.value, ValueError)
    codes = [finding.code for finding in raised.value.findings]
    assert {"trailing-slash", "any-origin-with-credentials", "out-of-range"} <= set(codes)
    said = str(raised.value).splitlines()
    assert len(said) == len(codes)
    (slash,) = (line for line in said if line.startswith("error: allow_origins[0]: "))
    assert slash.endswith(': "https://a.example/"; write "https://a.example"')


def test_an_error_survives_a_process_boundary() -> None:
    with pytest.raises(PolicyError) as raised:
        Policy(["https://a.example/"])
    again = pickle.loads(pickle.dumps(raised.value))
    assert isinstance(again, PolicyError)
    assert again.findings == raised.value.findings
    assert hash(again.findings) == hash(raised.value.findings)
    assert str(again) == str(raised.value)


def test_what_is_not_ascii_is_explained_and_not_refused_by_type() -> None:
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
