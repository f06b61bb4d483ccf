"""Policies and decisions can be pickled for other processes, and a forged pickle is refused."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from typing import TYPE_CHECKING, Any

import pytest

import corsac
from corsac import (
    Blocked,
    CapturedExchange,
    Decision,
    Denial,
    ExplainedCapture,
    ExplainedText,
    Explanation,
    Finding,
    Policy,
    PolicyError,
    PolicySet,
    Reading,
    ResponseWarning,
    Sent,
)
from corsac._native import _restore_decision, _restore_denial, _restore_policy, _restore_policy_set
from corsac.asgi import PolicyFile, PolicyHolder

if TYPE_CHECKING:
    from pathlib import Path

POLICY = Policy(
    ["https://a.example"],
    allow_methods=["GET", "patch"],
    allow_headers=["content-type"],
    max_age=600,
    preflight_status=200,
)

SET = PolicySet(
    [
        {"path": "/account", "allow_origins": ["https://a.example"]},
        {"path": "/account", "allow_origins": ["https://a.example", "https://b.example"]},
        {"path": "/raw", "cors": False},
    ]
)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_unpickled_policy_is_equal_and_has_its_findings(protocol: int) -> None:
    again = pickle.loads(pickle.dumps(POLICY, protocol))
    assert again == POLICY
    assert again.findings == POLICY.findings != ()
    assert repr(again) == repr(POLICY)
    assert "max_age=600, preflight_status=200" in repr(again)


def test_policy_from_an_image_can_be_pickled() -> None:
    policy = Policy.from_image(POLICY.image)
    assert pickle.loads(pickle.dumps(policy)) == policy
    assert copy.deepcopy(policy) == copy.copy(policy) == policy


def test_pickle_with_a_broken_image_is_refused() -> None:
    broken = pickle.dumps(POLICY).replace(b"a.example", b"a\nexample")
    with pytest.raises(ValueError, match="image"):
        pickle.loads(broken)
    with pytest.raises(ValueError, match="image"):
        _restore_policy(b"", [])


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_policy_set_comes_back_equal_with_its_findings(protocol: int) -> None:
    again = pickle.loads(pickle.dumps(SET, protocol))
    assert again == SET == copy.deepcopy(SET) == copy.copy(SET)
    assert again.findings == SET.findings
    assert [finding.table for finding in again.findings] == [1]
    assert repr(again) == repr(SET)
    with pytest.raises(ValueError, match="image"):
        pickle.loads(pickle.dumps(SET, protocol).replace(b"b.example", b"b\nexample"))
    with pytest.raises(ValueError, match="image"):
        _restore_policy_set(b"", [])


def decide(policy: Policy) -> tuple[tuple[bytes, bytes], ...]:
    return policy.evaluate("GET", [(b"origin", b"https://a.example")]).headers


def test_policy_decides_in_a_spawned_process() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(decide, (POLICY,)) == decide(POLICY)


def decisions() -> list[Decision]:
    """Return one decision of each kind. Several requested headers are echoed."""
    policy = Policy(["https://a.example"], allow_headers=["*"], allow_timing=True, max_age=5)
    origin = (b"origin", b"https://a.example")
    asked = [origin, (b"access-control-request-method", b"GET"), *[(b"access-control-request-headers", b"x-a")] * 2]
    return [
        policy.evaluate("OPTIONS", asked),
        policy.evaluate("OPTIONS", [(b"origin", b"https://b.example\xff"), *asked[1:]]),
        policy.evaluate("GET", [origin]),
        policy.evaluate("GET", [(b"origin", b"https://b.example")]),
        policy.evaluate("GET", []),
    ]


def copies(value: Any) -> list[Any]:  # noqa: ANN401
    protocols = range(2, pickle.HIGHEST_PROTOCOL + 1)
    return [copy.copy(value), copy.deepcopy(value), *(pickle.loads(pickle.dumps(value, at)) for at in protocols)]


@pytest.mark.parametrize("decision", decisions(), ids=repr)
def test_decision_comes_back_equal(decision: Decision) -> None:
    response = [(b"timing-allow-origin", b"*"), (b"vary", b"accept")]
    for again in copies(decision):
        assert again == decision
        assert hash(again) == hash(decision)
        assert repr(again) == repr(decision)
        assert again.headers == decision.headers
        assert again.merge(response) == decision.merge(response)
        assert again.status is None or again.preflight_response() == decision.preflight_response()


def test_denial_comes_back_equal() -> None:
    denials = [decision.denial for decision in decisions() if decision.denial is not None]
    assert [denial.code for denial in denials] == ["origin-malformed", "origin-not-allowed"]
    for denial in denials:
        for again in copies(denial):
            assert type(again) is Denial
            assert (again, again.message, hash(again)) == (denial, denial.message, hash(denial))


def test_explanation_comes_back_the_same() -> None:
    explanation = corsac.explain(
        origin="https://a.example",
        url="https://b.example/",
        method="PUT",
        headers=[("x-a", "1"), ("cookie", "2")],
        preflight=(204, [("access-control-allow-origin", "https://c.example\xff")]),
    )
    cached = (200, [("access-control-allow-origin", "https://a.example"), ("age", "7")])
    warned = corsac.explain(origin="https://a.example", url="https://b.example/", response=cached)
    assert explanation.blocked
    assert warned.warnings
    assert explanation.sent

    def seen(value: object) -> Any:  # noqa: ANN401
        if isinstance(value, tuple):
            return [seen(item) for item in value]
        if isinstance(value, Explanation | Blocked | ResponseWarning | Sent):
            names = [name for name in dir(type(value)) if not name.startswith("_")]
            return {name: seen(getattr(value, name)) for name in names} | {"str": str(value), "repr": repr(value)}
        return value

    for original in (explanation, warned):
        for again in copies(original):
            assert type(again) is Explanation
            assert seen(again) == seen(original)


def test_every_public_class_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "cors.toml"
    file.write_text('allow_origins = ["https://a.example"]\n')
    with pytest.raises(PolicyError) as raised:
        Policy(["x"])
    held = PolicyHolder(POLICY)
    for again in copies(held):
        assert again.policy == POLICY
    watched = PolicyFile(file, interval=0)
    for again in copies(watched):
        file.write_text('allow_origins = ["https://b.example"]\n')
        assert [again.policy for _ in range(3)][-1].allow_origins == ("https://b.example",)
        file.write_text('allow_origins = ["https://a.example"]\n')
    explained = corsac.explain_text(
        "Fetch API cannot load https://a.example/x. Response for preflight is invalid (redirect)"
    )
    assert explained.readings
    for again in copies(explained):
        assert again == explained
    captured = corsac.explain_capture(
        "GET /x HTTP/1.1\nHost: b.example\nOrigin: https://a.example\n\nHTTP/1.1 200 OK\n\n"
    )
    assert captured.exchanges
    for again in copies(captured):
        assert again == captured
    for again in copies(raised.value):
        assert again.findings == raised.value.findings
        assert str(again) == str(raised.value)
    known = {
        Blocked,
        CapturedExchange,
        Decision,
        Denial,
        ExplainedCapture,
        ExplainedText,
        Explanation,
        Finding,
        Policy,
        PolicyError,
        PolicySet,
        Reading,
        ResponseWarning,
        Sent,
    }
    assert known == {value for name in corsac.__all__ if isinstance(value := getattr(corsac, name), type)}


@pytest.mark.parametrize(
    "lie",
    [
        ("preflight", None, None, [], False),
        ("preflight", 302, None, [], False),
        ("actual", 200, None, [], False),
        ("other", None, None, [], False),
        ("actual", None, None, [(b"Set-Cookie", b"a=b")], False),
        ("actual", None, None, [(b"Vary", b"Origin\r\nSet-Cookie: a=b")], False),
    ],
)
def test_pickle_of_an_impossible_decision_is_refused(lie: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match=r"^this is not the (class|status|header) of a decision$"):
        _restore_decision(*lie)


def test_pickle_of_a_denial_with_unknown_code_is_refused() -> None:
    with pytest.raises(ValueError, match="code"):
        _restore_denial("x", b"")
