"""A policy for one view. The middleware finds it, and decides its preflight before everything else."""

from __future__ import annotations

import logging

import pytest
from test_django_middleware import ORIGIN, OTHER, Async, Sync, cors

from corsac import PolicyError
from corsac.django import cors_policy

EVIL = "https://evil.example"
ACAO = "access-control-allow-origin"


@pytest.fixture(params=[Sync, Async])
def ask(request):
    return request.param().request


@pytest.mark.parametrize(
    ("path", "method", "origin", "acao"),
    [
        ("/avatar/7", "GET", EVIL, "*"),
        ("/avatar/x", "GET", EVIL, None),
        ("/async-avatar", "GET", EVIL, "*"),
        ("/en-us/avatar", "GET", EVIL, "*"),
        ("/de/avatar", "GET", EVIL, "*"),
        ("/de/nowhere", "GET", EVIL, None),
        ("/orders", "PUT", OTHER, OTHER),
        ("/orders", "PUT", ORIGIN, None),
        ("/ok", "GET", ORIGIN, ORIGIN),
        ("/ok", "GET", OTHER, None),
        ("/checked", "GET", "https://partner.example", "https://partner.example"),
        ("/checked", "GET", ORIGIN, None),
    ],
)
def test_policy_of_a_view_decides_preflight_and_request(ask, path, method, origin, acao):
    preflight = ask("OPTIONS", path, {"Origin": origin, "Access-Control-Request-Method": method})
    assert (cors(preflight).get(ACAO), preflight.status_code) == (acao, 403 if acao is None else 204)
    if path != "/checked":
        assert cors(ask(method, path, {"Origin": origin})).get(ACAO) == acao


def test_view_without_a_policy_by_none_is_untouched(ask):
    response = ask("GET", "/own", {"Origin": EVIL})
    assert (cors(response)[ACAO], response["Vary"]) == (EVIL, "Cookie")


def test_view_decides_whatever_the_settings_say_of_its_path(ask, configured):
    configured(CORS_URLS_REGEX="^/api/", CORSAC_POLICIES={"/avatar": None})
    assert cors(ask("GET", "/avatar/7", {"Origin": EVIL})) == {ACAO: "*"}


def test_report_only_changes_nothing_for_views_too(ask, configured, caplog):
    configured(CORSAC_REPORT_ONLY=True)
    with caplog.at_level(logging.INFO, "corsac"):
        assert cors(ask("GET", "/avatar/7", {"Origin": EVIL})) == {}
        headers = {"Origin": EVIL, "Access-Control-Request-Method": "GET"}
        assert ask("OPTIONS", "/avatar/7", headers).status_code == 200
    assert len([record for record in caplog.records if "report only" in record.getMessage()]) == 2


def test_wrong_policy_is_refused_where_it_is_written():
    with pytest.raises(PolicyError):
        cors_policy({"allow_origins": ["https://view.example/"]})
    with pytest.raises(ValueError, match="never asked"):
        cors_policy({"allow_origins": [ORIGIN]}, origin_check=lambda origin, request: True)


def test_class_is_refused_with_what_to_write():
    with pytest.raises(TypeError, match="method_decorator"):
        cors_policy({"allow_origins": [ORIGIN]})(Sync)
