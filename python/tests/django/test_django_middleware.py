"""The rules for every adapter (docs/design.md, 8) in the Django class, sync and async."""

from __future__ import annotations

import asyncio
import logging

import pytest
import site_of_views
from django.core.exceptions import ImproperlyConfigured
from django.test import AsyncClient, Client

import corsac
from corsac.django import check_request_enabled, reload

ORIGIN = "https://app.example.com"
OTHER = "https://other.example"
PREFLIGHT = {"Origin": ORIGIN, "Access-Control-Request-Method": "PUT"}


class Sync:
    def request(self, method="GET", path="/ok", headers=None):
        return Client(raise_request_exception=False).generic(method, path, headers=headers or {})


class Async:
    def request(self, method="GET", path="/ok", headers=None):
        client = AsyncClient(raise_request_exception=False)
        return asyncio.run(client.generic(method, path, headers=headers or {}))


@pytest.fixture(params=[Sync, Async])
def ask(request):
    site_of_views.reached.clear()
    return request.param().request


def cors(response):
    return {name.lower(): value for name, value in response.items() if name.lower().startswith("access-control-")}


def test_preflight_never_reaches_later_middlewares(ask):
    response = ask("OPTIONS", "/inner-answers", PREFLIGHT)
    assert response.status_code == 204
    assert cors(response)["access-control-allow-origin"] == ORIGIN
    assert cors(response)["access-control-allow-methods"] == "DELETE, GET, OPTIONS, PATCH, POST, PUT"
    assert response["Vary"] == "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
    assert "Content-Type" not in response
    assert site_of_views.reached == []


def test_denied_preflight_gives_its_reason_in_body_and_log(ask, caplog):
    with caplog.at_level(logging.INFO, "corsac"):
        response = ask("OPTIONS", "/ok", PREFLIGHT | {"Origin": "https://evil.example"})
    assert response.status_code == 403
    assert b"https://evil.example" in response.content
    assert response["Content-Type"] == "text/plain"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "https://evil.example" in caplog.text


def test_plain_options_reaches_the_view(ask):
    response = ask("OPTIONS", "/ok", {"Origin": ORIGIN})
    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.parametrize(
    ("path", "status"),
    [("/ok", 200), ("/async", 200), ("/missing", 404), ("/nowhere", 404), ("/forbidden", 403), ("/raises", 500),
     ("/redirects", 302), ("/not-modified", 304), ("/streams", 200), ("/inner-answers", 401), ("/inner-raises", 500)],
)  # fmt: skip
def test_every_response_carries_the_headers(ask, path, status):
    response = ask("GET", path, {"Origin": ORIGIN})
    assert response.status_code == status
    assert cors(response) == {"access-control-allow-origin": ORIGIN}
    assert response["Vary"] == "Origin"


@pytest.mark.parametrize("headers", [{}, {"Origin": OTHER}, {"Origin": "null"}])
def test_view_that_reflects_origins_cannot_undo_a_denial(ask, headers):
    response = ask("GET", "/reflects", headers)
    assert cors(response) == {}
    assert response["Vary"] == "Cookie, Origin"
    assert response["X-Kept"] == "1"
    assert response.cookies["a"].value == "1"


def test_cors_headers_of_a_view_are_replaced(ask):
    assert cors(ask("GET", "/reflects", {"Origin": ORIGIN})) == {"access-control-allow-origin": ORIGIN}


def test_requested_headers_are_echoed_under_any_header(ask, configured):
    configured(CORS_ALLOW_HEADERS=["*"])
    response = ask("OPTIONS", "/ok", PREFLIGHT | {"Access-Control-Request-Headers": "x-a,x-b"})
    assert cors(response)["access-control-allow-headers"] == "x-a,x-b"


def test_joined_origin_lines_are_malformed(ask):
    response = ask("OPTIONS", "/ok", PREFLIGHT | {"Origin": f"{ORIGIN},{ORIGIN}"})
    assert response.status_code == 403
    assert b"well-formed origin" in response.content


def test_urls_that_the_regex_does_not_match_are_untouched(ask, configured):
    configured(CORS_URLS_REGEX=r"^/api/")
    assert cors(ask("GET", "/api/ok", {"Origin": ORIGIN})) != {}
    response = ask("GET", "/ok", {"Origin": ORIGIN})
    assert cors(response) == {}
    assert "Vary" not in response
    assert "access-control-allow-origin" in ask("GET", "/reflects", {"Origin": OTHER})


def test_regex_must_match_the_whole_origin(ask, configured):
    configured(CORS_ALLOWED_ORIGIN_REGEXES=[r"https://\w+\.example\.com"])
    assert cors(ask("GET", "/ok", {"Origin": "https://a.example.com"})) != {}
    assert cors(ask("GET", "/ok", {"Origin": "https://a.example.com.evil.net"})) == {}


def test_policies_by_path_take_the_longest(ask, configured, tmp_path):
    image = tmp_path / "account.corsac"
    image.write_bytes(corsac.Policy([ORIGIN], allow_credentials=True).image)
    configured(CORS_ALLOWED_ORIGINS=None, CORSAC_POLICIES={"/account": image, "/api": {"allow_origins": ["*"]}})
    assert cors(ask("GET", "/account/ok", {"Origin": ORIGIN}))["access-control-allow-credentials"] == "true"
    assert cors(ask("GET", "/api/ok", {"Origin": OTHER})) == {"access-control-allow-origin": "*"}
    assert "Vary" not in ask("GET", "/ok", {"Origin": ORIGIN})
    denied = ask("GET", "/account/../ok", {"Origin": ORIGIN})
    assert (cors(denied), denied["Vary"]) == ({}, "Origin")


def test_path_without_a_policy_is_untouched(ask, configured):
    configured(CORSAC_POLICIES={"/reflects": None})
    assert cors(ask("GET", "/reflects", {"Origin": ORIGIN}))["access-control-allow-origin"] == ORIGIN
    assert cors(ask("GET", "/ok", {"Origin": ORIGIN})) == {"access-control-allow-origin": ORIGIN}


SET = """
    [[policy]]
    path = "/ok"
    allow_origins = ["https://app.example.com"]
    allow_credentials = true

    [[policy]]
    path = "/ok"
    external_origins = true

    [[policy]]
    path = "/raw"
    cors = false
"""


@pytest.mark.parametrize("form", ["set", "mapping", "image", "image file", "toml file"])
def test_policy_set_takes_every_form(ask, configured, tmp_path, form):
    (tmp_path / "set.toml").write_text(SET)
    policy_set = corsac.PolicySet.from_toml(tmp_path / "set.toml")
    (tmp_path / "set").write_bytes(policy_set.image)
    tables = [
        {"path": "/ok", "allow_origins": [ORIGIN], "allow_credentials": True},
        {"path": "/ok", "external_origins": True},
        {"path": "/raw", "cors": False},
    ]
    forms = {"set": policy_set, "mapping": {"policy": tables}, "image": policy_set.image,
             "image file": tmp_path / "set", "toml file": str(tmp_path / "set.toml")}  # fmt: skip
    configured(
        CORS_ALLOWED_ORIGINS=None,
        CORSAC_POLICY=forms[form],
        CORSAC_ORIGIN_CHECK=lambda origin, request: (origin, request.path) == (OTHER.encode(), "/ok"),
    )
    assert cors(ask("GET", "/ok", {"Origin": ORIGIN}))["access-control-allow-credentials"] == "true"
    assert cors(ask("GET", "/ok", {"Origin": OTHER})) == {"access-control-allow-origin": OTHER}
    assert cors(ask("GET", "/ok", {"Origin": "https://evil.example"})) == {}
    assert "Vary" not in ask("GET", "/raw", {"Origin": ORIGIN})


@pytest.mark.parametrize("form", ["policy", "options", "image", "image file", "toml file"])
def test_policy_setting_accepts_every_form(ask, configured, tmp_path, form):
    policy = corsac.Policy([OTHER])
    (tmp_path / "policy").write_bytes(policy.image)
    (tmp_path / "policy.toml").write_text(f'allow_origins = ["{OTHER}"]')
    forms = {"policy": policy, "options": {"allow_origins": [OTHER]}, "image": policy.image,
             "image file": tmp_path / "policy", "toml file": str(tmp_path / "policy.toml")}  # fmt: skip
    configured(CORS_ALLOWED_ORIGINS=None, CORSAC_POLICY=forms[form])
    assert cors(ask("GET", "/ok", {"Origin": OTHER})) == {"access-control-allow-origin": OTHER}


def test_origin_check_gets_the_request(ask, configured):
    def origin_check(origin, request):
        return origin == b"https://other.example" and request.path == "/ok"

    configured(CORS_ALLOWED_ORIGINS=None, CORSAC_ORIGIN_CHECK=origin_check)
    assert cors(ask("GET", "/ok", {"Origin": OTHER})) != {}
    assert cors(ask("GET", "/missing", {"Origin": OTHER})) == {}


def test_sync_origin_check_may_use_sync_only_code(ask, configured):
    from django.utils.asyncio import async_unsafe

    @async_unsafe
    def data_base(origin, request):
        return origin == b"https://other.example"

    configured(CORSAC_ORIGIN_CHECK=data_base)
    assert cors(ask("GET", "/ok", {"Origin": OTHER})) != {}


def raising(_origin, _request):
    raise RuntimeError("the data base is away")


async def raising_later(_origin, _request):
    raise RuntimeError("the data base is away")


async def waiting(origin, _request):
    return origin == OTHER.encode()


class Waiting:
    async def __call__(self, origin, _request):
        return origin == OTHER.encode()


@pytest.mark.parametrize("check", [raising, raising_later])
def test_failing_origin_check_denies_but_the_view_runs(ask, configured, check, caplog):
    configured(CORSAC_ORIGIN_CHECK=check)
    response = ask("GET", "/ok", {"Origin": OTHER})
    assert (response.status_code, response.content, cors(response)) == (200, b"ok", {})
    assert response["Vary"] == "Origin"
    assert f'origin check failed: "{OTHER}" is denied; GET /ok from 127.0.0.1' in caplog.text
    assert ask("OPTIONS", "/ok", PREFLIGHT | {"Origin": OTHER}).status_code == 403


@pytest.mark.parametrize("check", [waiting, Waiting(), lambda origin, request: waiting(origin, request)])
def test_awaitable_is_awaited_on_async_servers_and_denied_on_sync(configured, check, caplog):
    configured(CORSAC_ORIGIN_CHECK=check)
    assert cors(Async().request(headers={"Origin": OTHER})) != {}
    assert cors(Async().request(headers={"Origin": "https://evil.example"})) == {}
    assert caplog.records == []
    response = Sync().request(headers={"Origin": OTHER})
    assert (response.status_code, cors(response)) == (200, {})
    assert "cannot be awaited here" in caplog.text


@pytest.mark.parametrize(("result", "allowed"), [("yes", True), ([0], True), (None, False), (0, False)])
def test_result_of_an_origin_check_goes_by_truth(ask, configured, result, allowed):
    configured(CORSAC_ORIGIN_CHECK=lambda _origin, _request: result)
    assert (cors(ask("GET", "/ok", {"Origin": OTHER})) != {}) == allowed


def test_failing_origin_check_leaves_the_signal_in_force(ask, configured):
    def receiver(sender, request, **_):
        return request.headers["origin"] == OTHER

    check_request_enabled.connect(receiver)
    try:
        configured(CORSAC_ORIGIN_CHECK=raising)
        assert cors(ask("GET", "/ok", {"Origin": OTHER})) != {}
    finally:
        check_request_enabled.disconnect(receiver)


def test_signal_receiver_can_allow_an_origin(ask, configured):
    def receiver(sender, request, **_):
        return request.headers["origin"] == OTHER

    check_request_enabled.connect(receiver)
    try:
        configured(CORS_ALLOWED_ORIGINS=[ORIGIN])
        assert cors(ask("GET", "/ok", {"Origin": OTHER})) != {}
        assert cors(ask("GET", "/ok", {"Origin": "https://third.example"})) == {}
    finally:
        check_request_enabled.disconnect(receiver)


def test_settings_are_swapped_while_serving_and_wrong_ones_are_refused(configured):
    client = Client()
    assert cors(client.get("/ok", headers={"Origin": ORIGIN})) != {}
    from django.conf import settings

    configured(CORS_ALLOWED_ORIGINS=[ORIGIN])
    reload()
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.com/"]
    with pytest.raises(ImproperlyConfigured, match="CORS_ALLOWED_ORIGINS"):
        reload()
    assert cors(client.get("/ok", headers={"Origin": ORIGIN})) != {}
    settings.CORS_ALLOWED_ORIGINS = [OTHER]
    reload()
    assert cors(client.get("/ok", headers={"Origin": ORIGIN})) == {}


def test_wrong_settings_stop_the_start_and_are_all_named(configured):
    configured(CORS_ALLOWED_ORIGINS=["https://a.example/", "b.example"], CORS_PREFLIGHT_MAX_AGE=-1)
    with pytest.raises(ImproperlyConfigured) as refused:
        Client().get("/ok")
    for part in ("CORS_ALLOWED_ORIGINS[0]", "CORS_ALLOWED_ORIGINS[1]", "CORS_PREFLIGHT_MAX_AGE"):
        assert part in str(refused.value)
