"""A policy crosses to other processes whole, and a pickle that lies is refused."""

from __future__ import annotations

import copy
import multiprocessing
import pickle

import pytest

from corsac import Policy, PolicySet
from corsac._native import _restore_policy, _restore_policy_set

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
def test_a_policy_comes_back_equal_with_its_findings(protocol: int) -> None:
    again = pickle.loads(pickle.dumps(POLICY, protocol))
    assert again == POLICY
    assert again.findings == POLICY.findings != ()
    assert repr(again) == repr(POLICY)
    assert "max_age=600, preflight_status=200" in repr(again)


def test_a_policy_that_came_as_an_image_does_too() -> None:
    policy = Policy.from_image(POLICY.image)
    assert pickle.loads(pickle.dumps(policy)) == policy
    assert copy.deepcopy(policy) == copy.copy(policy) == policy


def test_a_pickle_with_a_broken_image_is_refused() -> None:
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


def test_a_policy_decides_in_a_spawned_process() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(decide, (POLICY,)) == decide(POLICY)
