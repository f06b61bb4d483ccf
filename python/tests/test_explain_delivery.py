"""``explain``: whether a request leaves the browser, with the shared vectors."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from shared_vectors import cases

import corsac

PAGE = "https://app.example.com"


def explained(case: dict[str, Any]) -> corsac.Explanation:
    hops: list[Any] = []
    for hop in case.get("hops", []):
        response = hop.get("response")
        read = response and (response["status"], [tuple(line) for line in response["headers"]])
        hops.append({**hop, "response": read})
    return corsac.explain(**case["request"], hops=hops)


@pytest.mark.parametrize("case", cases("delivery"), ids=lambda case: case["says"])
def test_delivery_is_what_the_vectors_say(case: dict[str, Any]) -> None:
    found = explained(case)
    assert (found.delivery, found.delivery_code) == (case["delivery"], case["codes"])
    versions = {profile: text for profile, text in found.delivery_versions.items() if text is not None}
    assert versions == case.get("versions", {})


def test_delivery_changes_no_verdict() -> None:
    url, response = "http://192.168.0.5/x", (200, [("Access-Control-Allow-Origin", "*")])
    alone = corsac.explain(origin=PAGE, url=url, response=response)
    more = corsac.explain(origin=PAGE, url=url, response=response, page_space="public", permission="denied")
    assert alone.verdict == more.verdict
    assert alone.allowed_in_all
    assert more.delivery["chromium"] == "refused"


def test_delivery_is_in_the_text_and_survives_pickling() -> None:
    found = corsac.explain(origin=PAGE, url="http://api.example.com/x")
    assert "delivery in firefox: refused [mixed-content]\n" in str(found)
    again = pickle.loads(pickle.dumps(found))
    assert (again.delivery, again.delivery_code) == (found.delivery, found.delivery_code)
    local = corsac.explain(origin=PAGE, url="https://10.0.0.1/x", page_space="public")
    assert "delivery in chromium: ask [local-network-permission] (Chrome 142 and later)\n" in str(local)
    assert pickle.loads(pickle.dumps(local)).delivery_versions == local.delivery_versions
    assert "delivery" not in str(corsac.explain(origin=PAGE, url="https://api.example.com/x"))


@pytest.mark.parametrize(
    ("option", "value"),
    [("page_space", "private"), ("target_address_space", ""), ("permission", "yes"), ("target_address", "api")],
)
def test_unknown_name_is_refused(option: str, value: str) -> None:
    arguments: dict[str, Any] = {"origin": PAGE, "url": "https://api.example.com/", option: value}
    with pytest.raises(ValueError, match="write"):
        corsac.explain(**arguments)


def test_address_is_for_a_single_url_or_for_a_hop() -> None:
    asked: Any = {"origin": PAGE, "url": "https://nas.example.com/", "page_space": "public"}
    asked["hops"] = [{"target_address": "10.0.0.1"}]
    assert corsac.explain(**asked).delivery["spec"] == "ask"
    with pytest.raises(ValueError, match="target_address"):
        corsac.explain(**asked, target_address="10.0.0.1")
