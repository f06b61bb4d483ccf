"""Settings that worked with django-cors-headers and that work here too: switches, empty lists, old defaults."""

from __future__ import annotations

import logging

import pytest
from django.core import checks
from test_django_checks import check_id
from test_django_middleware import ORIGIN, OTHER, PREFLIGHT, Async, Sync, cors

from corsac.django import CorsMiddleware
from corsac.django.checks import check_cors

ACAO = "access-control-allow-origin"
EVIL = "https://evil.example"


@pytest.fixture(params=[Sync, Async])
def ask(request):
    return request.param().request


OLD_DEFAULT_HEADERS = [
    "accept",
    "accept-encoding",
    "authorization",
    "content-type",
    "dnt",
    "origin",
    "user-agent",
    "x-csrftoken",
    "x-requested-with",
]


def test_former_default_headers_are_warnings(ask, found):
    messages = found(CORS_ALLOW_HEADERS=OLD_DEFAULT_HEADERS, CORS_PREFLIGHT_MAX_AGE=604800)
    assert {message.level for message in messages.values()} == {checks.WARNING}
    assert any(message.msg.startswith("CORS_ALLOW_HEADERS[") for message in messages.values())
    headers = PREFLIGHT | {"Access-Control-Request-Headers": "authorization,content-type"}
    assert cors(ask("OPTIONS", "/ok", headers))["access-control-max-age"] == "86400"


@pytest.mark.parametrize(
    ("origin", "code", "switch", "value"),
    [
        ("http://192.168.1.5:3000", "insecure-origin", "CORSAC_DANGEROUSLY_ALLOW_INSECURE_ORIGINS", True),
        ("http://dev.internal:8000", "insecure-origin", "CORSAC_DANGEROUSLY_ALLOW_INSECURE_ORIGINS", True),
        ("https://myapp-*.vercel.app", "public-suffix", "CORSAC_DANGEROUSLY_ALLOW_PUBLIC_SUFFIXES", ["vercel.app"]),
        ("https://myapp-*.vercel.app", "public-suffix", "CORSAC_DANGEROUSLY_ALLOW_PUBLIC_SUFFIXES", True),
    ],
)
def test_finding_names_the_setting_that_allows_it(ask, found, origin, code, switch, value):
    settings = {"CORS_ALLOWED_ORIGINS": [origin], "CORS_ALLOW_CREDENTIALS": True}
    message = found(**settings)[check_id("E", code)]
    assert switch in message.msg
    assert "dangerously_allow" not in f"{message.msg}{message.hint}"
    assert found(**settings, **{switch: value}) == {}
    sent = origin.replace("*", "a1b2")
    assert cors(ask("GET", "/ok", {"Origin": sent})) == {ACAO: sent, "access-control-allow-credentials": "true"}


def test_null_has_its_setting(ask, found):
    message = found(CORS_ALLOWED_ORIGINS=["null"])[check_id("E", "null-origin")]
    assert "CORSAC_DANGEROUSLY_ALLOW_NULL_ORIGIN" in message.msg
    found(CORS_ALLOWED_ORIGINS=["null"], CORSAC_DANGEROUSLY_ALLOW_NULL_ORIGIN=True)
    assert cors(ask("GET", "/ok", {"Origin": "null"})) == {ACAO: "null"}


def test_switch_holds_for_regular_expressions_too(found):
    settings = {
        "CORS_ALLOWED_ORIGINS": None,
        "CORS_ALLOWED_ORIGIN_REGEXES": [r"^https://app-\d+\.vercel\.app$"],
        "CORS_ALLOW_CREDENTIALS": True,
    }
    assert "corsac.E102" in found(**settings)
    assert "corsac.E102" not in found(**settings, CORSAC_DANGEROUSLY_ALLOW_PUBLIC_SUFFIXES=["vercel.app"])


def test_switch_of_another_type_is_named(found):
    messages = found(CORSAC_DANGEROUSLY_ALLOW_PUBLIC_SUFFIXES="vercel.app", CORSAC_OFF_WHEN_EMPTY="yes")
    assert "CORSAC_DANGEROUSLY_ALLOW_PUBLIC_SUFFIXES" in messages["corsac.E101"].msg


@pytest.mark.parametrize("origins", [[], None])
def test_empty_list_is_off_with_the_switch(ask, found, origins):
    message = found(CORS_ALLOWED_ORIGINS=origins)[check_id("E", "no-origins")]
    assert "CORSAC_OFF_WHEN_EMPTY = True" in message.hint
    assert found(CORS_ALLOWED_ORIGINS=origins, CORSAC_OFF_WHEN_EMPTY=True) == {}
    response = ask("GET", "/reflects", {"Origin": OTHER})
    assert (cors(response)[ACAO], response["Vary"]) == (OTHER, "Cookie")
    found(CORS_ALLOWED_ORIGINS=[ORIGIN], CORSAC_OFF_WHEN_EMPTY=True)
    assert cors(ask("GET", "/ok", {"Origin": ORIGIN})) == {ACAO: ORIGIN}


def test_empty_list_with_origin_check_is_not_off(ask, found):
    found(CORS_ALLOWED_ORIGINS=[], CORSAC_OFF_WHEN_EMPTY=True, CORSAC_ORIGIN_CHECK=lambda origin, request: True)
    assert cors(ask("GET", "/ok", {"Origin": OTHER})) == {ACAO: OTHER}


def test_library_own_headers_stay_where_a_path_is_left_alone(ask, found, caplog):
    assert found(CORSAC_POLICIES={"/reflects": None}) == {}
    assert cors(ask("GET", "/reflects", {"Origin": OTHER}))[ACAO] == OTHER
    assert caplog.records == []
    found(CORSAC_POLICIES={})
    assert cors(ask("GET", "/reflects", {"Origin": OTHER})) == {}
    assert "the policy replaced or removed the application's header access-control-allow-origin" in caplog.text
    assert "GET /reflects from 127.0.0.1" in caplog.text


def test_origin_beyond_latin_1_is_denied():
    ask = Sync().request
    for origin in ("https://€.example", "https://\U0001f600", "https://ä€,https://b"):
        for method in ("GET", "OPTIONS"):
            headers = {"Origin": origin, "Access-Control-Request-Method": "€", "Access-Control-Request-Headers": "€"}
            assert cors(ask(method, "/ok", headers)) == {}


def test_log_names_method_path_and_client_and_is_bounded(ask, found, caplog):
    found(CORS_ALLOWED_ORIGINS=[ORIGIN])
    with caplog.at_level(logging.DEBUG, "corsac"):
        for number in range(40):
            origin = f"https://evil-{number}.example"
            ask("OPTIONS", f"/ok/{number}", PREFLIGHT | {"Origin": origin})
            ask("GET", "/ok", {"Origin": origin})
    lines = [f"{record.levelname} {record.getMessage()}" for record in caplog.records if record.name == "corsac"]
    assert lines[:2] == [
        'WARNING preflight denied: origin "https://evil-0.example" is not allowed; OPTIONS /ok/0 from 127.0.0.1',
        'DEBUG response not shared: origin "https://evil-0.example" is not allowed; GET /ok from 127.0.0.1',
    ]
    assert len(lines) == 2 * 17


@pytest.mark.parametrize(
    ("settings", "number", "says", "hint"),
    [
        ({"MIDDLEWARE": []}, "W108", "is not in MIDDLEWARE", 'MIDDLEWARE = ["corsac.django.CorsMiddleware", ...]'),
        (
            {"MIDDLEWARE": ["corsac.django.CorsMiddleware", "corsheaders.middleware.CorsMiddleware"]},
            "W109",
            "corsheaders.middleware.CorsMiddleware is in MIDDLEWARE",
            "remove corsheaders",
        ),
        ({"INSTALLED_APPS": ["corsac.django", "corsheaders"]}, "W109", "corsheaders is in INSTALLED_APPS", "remove"),
        ({"CORS_ALLOW_ORIGINS": [ORIGIN]}, "W110", "CORS_ALLOW_ORIGINS is not a setting", "CORS_ALLOWED_ORIGINS?"),
        ({"CORSAC_ORIGIN_CHECKS": "x.y"}, "W110", "CORSAC_ORIGIN_CHECKS", "did you mean CORSAC_ORIGIN_CHECK?"),
        ({"CORS_REPLACE_HTTPS_REFERER": True}, "W110", "CORS_REPLACE_HTTPS_REFERER", ""),
    ],
)
def test_probable_mistake_is_a_warning(found, settings, number, says, hint):
    (message,) = found(**settings).values()
    assert message.id == f"corsac.{number}"
    assert says in message.msg
    assert hint in message.hint


def test_middleware_under_another_name_is_not_missing(found):
    assert found(MIDDLEWARE=["test_django_migration.Mine"]) == {}


def test_file_of_a_finding_is_named(found, tmp_path):
    file = tmp_path / "cors.toml"
    file.write_text('allow_origins = ["https://a.example"]\nallow_methods = ["GET", "patch"]')
    found(CORS_ALLOWED_ORIGINS=None, CORSAC_POLICIES={"/x": str(file)})
    (message,) = check_cors()
    assert message.msg.startswith(f"CORSAC_POLICIES['/x'] ({file}): allow_methods[1]: ")


class Mine(CorsMiddleware):
    """The middleware as a subclass in a site."""
