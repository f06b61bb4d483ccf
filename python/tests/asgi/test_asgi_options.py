"""Starlette's options: the policies that they give, and the values that are refused."""

from __future__ import annotations

import inspect
import logging

import pytest
from asgi_connection import APP, EVIL, Answering, exchange, preflight
from starlette.middleware.cors import CORSMiddleware as StarlettesMiddleware

from corsac import Policy, PolicyError
from corsac.asgi import CORSMiddleware, PolicyHolder


def test_parameters_and_defaults_equal_starlettes() -> None:
    theirs = inspect.signature(StarlettesMiddleware).parameters
    ours = inspect.signature(CORSMiddleware).parameters
    assert {name: (place, ours[name].default) for place, name in enumerate(theirs)} == {
        name: (place, parameter.default) for place, (name, parameter) in enumerate(theirs.items())
    }
    assert list(ours)[: len(theirs)] == list(theirs)


def test_default_policy_equals_starlettes() -> None:
    policy = CORSMiddleware(Answering(), allow_origins=[APP]).policy
    assert policy == Policy(
        [APP],
        allow_methods=["GET"],
        max_age=600,
        preflight_status=200,
        allow_headers=["Accept", "Accept-Language", "Content-Language", "Content-Type"],
    )


def test_star_in_methods_is_starlettes_eight() -> None:
    governed = CORSMiddleware(Answering(), allow_origins=[APP], allow_methods=["*"])
    assert exchange(governed, "OPTIONS", headers=preflight(APP, "QUERY")).one("access-control-allow-origin") == APP
    assert "CUSTOM" in exchange(governed, "OPTIONS", headers=preflight(APP, "CUSTOM")).body.decode()


def test_star_in_headers_allows_any() -> None:
    governed = CORSMiddleware(Answering(), allow_origins=[APP], allow_headers=["*"])
    sent = exchange(governed, "OPTIONS", headers=preflight(APP, "GET", "authorization", "x-a"))
    assert sent.one("access-control-allow-headers") == "authorization,x-a"


def test_always_allowed_header_may_be_listed_in_any_case() -> None:
    governed = CORSMiddleware(Answering(), allow_origins=[APP], allow_headers=["content-type", "X-A"])
    assert governed.policy.findings == ()
    assert sorted(governed.policy.allow_headers) == [
        "accept",
        "accept-language",
        "content-language",
        "content-type",
        "x-a",
    ]


@pytest.mark.parametrize("option", ["allow_origins", "allow_methods", "allow_headers", "expose_headers"])
def test_str_instead_of_a_list_is_refused_with_the_list(option: str) -> None:
    with pytest.raises(TypeError, match=rf"{option}.*\['X-A'\]"):
        CORSMiddleware(Answering(), **{"allow_origins": [APP], option: "X-A"})


@pytest.mark.parametrize("origins", [["*"], [APP, "*"], ("*",)])
def test_any_origin_with_credentials_is_refused(origins: list[str]) -> None:
    with pytest.raises(PolicyError, match="credentials"):
        CORSMiddleware(Answering(), allow_origins=origins, allow_credentials=True)
    with pytest.raises(PolicyError, match="credentials"):
        CORSMiddleware(Answering(), policies={"/account": {"allow_origins": list(origins), "allow_credentials": True}})


def test_one_error_has_all_findings() -> None:
    with pytest.raises(PolicyError) as caught:
        CORSMiddleware(Answering(), allow_origins=["https://a.example/", "app.example.com"], max_age=-1)
    assert "https://a.example" in str(caught.value)
    assert "app.example.com" in str(caught.value)


def test_policy_without_any_origin_is_refused() -> None:
    with pytest.raises(PolicyError):
        CORSMiddleware(Answering())


def test_policy_together_with_options_is_refused() -> None:
    with pytest.raises(TypeError, match="remove allow_origins, max_age"):
        CORSMiddleware(Answering(), policy=Policy([APP]), allow_origins=[EVIL], max_age=5)
    with pytest.raises(TypeError, match="remove allow_origin_regex"):
        CORSMiddleware(Answering(), policy=Policy([APP]), allow_origin_regex="x")
    with pytest.raises(TypeError, match=r"must be a corsac\.Policy or corsac\.PolicySet"):
        CORSMiddleware(Answering(), policy=7)
    with pytest.raises(TypeError, match=r"PolicyFile\('cors.toml'\)"):
        CORSMiddleware(Answering(), policy="cors.toml")


def test_warnings_about_a_policy_are_logged_when_it_is_taken(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "corsac"):
        CORSMiddleware(Answering(), allow_origins=[APP, "*"])
    assert "redundant" in caplog.text or APP in caplog.text


def test_switch_that_is_not_needed_is_logged_as_information(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "corsac"):
        CORSMiddleware(Answering(), policy=Policy([APP], dangerously_allow_insecure_origins=True))
    assert [
        (record.levelname, "dangerously_allow_insecure_origins" in record.message) for record in caplog.records
    ] == [("INFO", True)]


def test_compiled_image_works_as_a_policy() -> None:
    governed = CORSMiddleware(Answering(), policy=Policy.from_image(Policy([APP]).image))
    assert exchange(governed, headers={"origin": APP}).one("access-control-allow-origin") == APP


def test_shared_holder_replaces_the_policy_of_every_middleware() -> None:
    holder = PolicyHolder(Policy([APP]))
    one, other = CORSMiddleware(Answering(), policy=holder), CORSMiddleware(Answering(), policies={"/x": holder})
    holder.policy = Policy([EVIL])
    assert exchange(one, headers={"origin": EVIL}).one("access-control-allow-origin") == EVIL
    assert exchange(other, path="/x", headers={"origin": EVIL}).one("access-control-allow-origin") == EVIL
    with pytest.raises(TypeError, match=r"must be a corsac\.Policy or corsac\.PolicySet"):
        holder.policy = None
    assert one.policy == Policy([EVIL])


def test_empty_list_is_off_only_with_the_switch(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(PolicyError, match="or write off_when_empty=True if the list may be empty"):
        CORSMiddleware(Answering(), allow_origins=[], allow_credentials=True)
    inner = Answering(405, [(b"access-control-allow-origin", b"theirs")])
    with caplog.at_level(logging.INFO, "corsac"):
        app = CORSMiddleware(inner, allow_origins=[], allow_credentials=True, off_when_empty=True)
    assert caplog.records[-1].getMessage() == "CORS is off, because no origin is allowed and off_when_empty is set"
    for method in ("GET", "OPTIONS"):
        sent = exchange(app, method, headers=preflight(EVIL))
        assert (sent.status, sent.lines) == (405, [(b"access-control-allow-origin", b"theirs")])
    app = CORSMiddleware(Answering(), allow_origins=[APP], off_when_empty=True)
    assert exchange(app, headers={"origin": APP}).one("access-control-allow-origin") == APP
    with pytest.raises(TypeError, match="remove off_when_empty"):
        CORSMiddleware(Answering(), policy=Policy([APP]), off_when_empty=True)


def test_former_default_headers_are_only_warnings() -> None:
    names = ["accept-encoding", "dnt", "origin", "authorization", "Origin", "Content-Type", "Accept"]
    app = CORSMiddleware(Answering(), allow_origins=[APP], allow_headers=names[:4] + names[5:])
    assert exchange(app, "OPTIONS", headers=preflight(APP, "GET", "authorization")).status == 200
