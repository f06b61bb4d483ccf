"""`manage.py check` shows each finding with its setting, a stable id and what to write instead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core import checks

from corsac._native import _FINDING_NUMBERS
from corsac.django.checks import check_cors
from corsac.django.review import WRONG_KEY

ORIGIN = "https://app.example.com"


def check_id(level, code):
    return f"corsac.{level}{_FINDING_NUMBERS[code]:03}"


def test_checks_are_registered():
    assert check_cors in checks.registry.registry.get_checks()


def test_simple_configuration_has_no_finding(found):
    assert found(CORS_ALLOWED_ORIGINS=[ORIGIN]) == {}


def test_any_origin_has_no_finding(found):
    assert found(CORS_ALLOWED_ORIGINS=None, CORS_ALLOW_ALL_ORIGINS=True) == {}


def test_any_origin_with_credentials_is_refused(found):
    for settings in ({"CORS_ALLOW_ALL_ORIGINS": True, "CORS_ALLOWED_ORIGINS": None}, {"CORS_ALLOWED_ORIGINS": ["*"]}):
        message = found(CORS_ALLOW_CREDENTIALS=True, **settings)[check_id("E", "any-origin-with-credentials")]
        assert message.hint == "list the origins in CORS_ALLOWED_ORIGINS, or remove CORS_ALLOW_CREDENTIALS"
        assert next(iter(settings)) in message.msg


@pytest.mark.parametrize(
    "regex", [r".*", r"https?://.*", re.compile(r"^https://corsac-canary\.invalid|.+$"), "null|https://a"]
)
def test_regex_that_matches_any_origin_is_refused_with_credentials(found, regex):
    message = found(CORS_ALLOWED_ORIGINS=None, CORS_ALLOWED_ORIGIN_REGEXES=[regex], CORS_ALLOW_CREDENTIALS=True)[
        "corsac.E102"
    ]
    assert "with credentials" in message.msg


@pytest.mark.parametrize(
    ("regex", "says"),
    [
        (r"^https://.*\.com$", "strangers can register names"),
        (r"^https://\w+\.vercel\.app$", "strangers can register names"),
        (r"^https?://\w+\.example\.com$", "write CORS_ALLOWED_ORIGINS = ['https://*.example.com'] instead"),
        (r"^http://.*\.lan$", "anyone on the network"),
        (r"^https://(?!.*invalid).*$", "write a function for CORSAC_ORIGIN_CHECK"),
    ],
)
def test_unproved_regex_is_refused_with_credentials(found, regex, says):
    settings = {"CORS_ALLOWED_ORIGINS": None, "CORS_ALLOWED_ORIGIN_REGEXES": [r"^https://a\.example$", regex]}
    message = found(CORS_ALLOW_CREDENTIALS=True, **settings)["corsac.E102"]
    assert message.msg.startswith(f"CORS_ALLOWED_ORIGIN_REGEXES: {regex!r} is refused with credentials")
    assert says in message.msg
    assert "corsac.E102" not in found(CORS_ALLOW_CREDENTIALS=False, **settings)


def test_regex_is_proved_with_the_switches_of_each_policy(found, tmp_path):
    policy = {"external_origins": True, "allow_credentials": True}
    switch = {"dangerously_allow_public_suffixes": ["vercel.app"]}
    (tmp_path / "cors.toml").write_text("external_origins = true")
    for own, is_refused in (
        (policy, True),
        (policy | switch, False),
        # The policy in the file may allow credentials later.
        (tmp_path / "cors.toml", True),
    ):
        messages = found(
            CORS_ALLOWED_ORIGINS=None,
            CORS_ALLOWED_ORIGIN_REGEXES=[r"^https://app-\d+\.vercel\.app$"],
            CORSAC_POLICIES={"/api": own},
        )
        assert ("corsac.E102" in messages) == is_refused


def test_regex_warns_with_the_pattern_to_write(found):
    message = found(CORS_ALLOWED_ORIGINS=None, CORS_ALLOWED_ORIGIN_REGEXES=[r"^https://\w+\.example\.com$"])[
        "corsac.W106"
    ]
    assert "CORS_ALLOWED_ORIGINS = ['https://*.example.com']" in message.msg


def test_finding_names_setting_entry_and_fix(found):
    message = found(CORS_ALLOWED_ORIGINS=[ORIGIN, "https://a.example/"])[check_id("E", "trailing-slash")]
    assert message.msg.startswith("CORS_ALLOWED_ORIGINS[1]: ")
    assert "https://a.example" in message.hint


def test_older_setting_names_are_read_and_named(found):
    message = found(CORS_ALLOWED_ORIGINS=None, CORS_ORIGIN_WHITELIST=["https://a.example/"])[
        check_id("E", "trailing-slash")
    ]
    assert message.msg.startswith("CORS_ORIGIN_WHITELIST[0]: ")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("CORS_ALLOWED_ORIGINS", ORIGIN),
        ("CORS_ALLOWED_ORIGINS", 7),
        ("CORS_ALLOW_METHODS", ["GET", None]),
        ("CORS_ALLOW_HEADERS", "x-a, x-b"),
        ("CORS_ALLOW_CREDENTIALS", "False"),
        ("CORS_ALLOW_ALL_ORIGINS", 1),
        ("CORS_PREFLIGHT_MAX_AGE", "600"),
        ("CORS_URLS_REGEX", None.__class__),
        ("CORSAC_POLICIES", [ORIGIN]),
    ],
)
def test_setting_of_wrong_type_is_named(found, setting, value):
    message = found(**{setting: value})["corsac.E101"]
    assert setting in message.msg


@pytest.mark.parametrize(
    ("number", "settings"),
    [
        ("E102", {"CORS_URLS_REGEX": "("}),
        ("E102", {"CORS_ALLOWED_ORIGIN_REGEXES": ["("]}),
        ("E103", {"CORS_ALLOWED_ORIGINS": None, "CORSAC_POLICY": "no-such-file.toml"}),
        ("E103", {"CORS_ALLOWED_ORIGINS": None, "CORSAC_POLICY": b"no image"}),
        ("E103", {"CORS_ALLOWED_ORIGINS": None, "CORSAC_POLICIES": {"account/": {"allow_origins": [ORIGIN]}}}),
        ("E104", {"CORSAC_POLICY": {"allow_origins": [ORIGIN]}}),
        ("E105", {"CORSAC_ORIGIN_CHECK": "no.such.function"}),
        ("E105", {"CORSAC_ORIGIN_CHECK": 7}),
        ("E100", {"CORS_ALLOWED_ORIGINS": None, "CORSAC_POLICY": {"allow_origins": [ORIGIN], "allow_all": []}}),
        ("E028", {"CORS_ALLOWED_ORIGINS": None}),
        ("W107", {"MIDDLEWARE": ["django.middleware.common.CommonMiddleware", "corsac.django.CorsMiddleware"]}),
    ],
)
def test_every_problem_has_its_own_id(found, number, settings):
    assert list(found(**settings)) == [f"corsac.{number}"]


def test_every_finding_of_a_policy_file_is_shown(found, tmp_path):
    (tmp_path / "cors.toml").write_text('allow_origins = ["https://a.example/", "HTTPS://b.example"]')
    assert {check_id("E", "trailing-slash"), check_id("E", "upper-case")} <= set(
        found(CORS_ALLOWED_ORIGINS=None, CORSAC_POLICY=tmp_path / "cors.toml")
    )


def test_findings_of_a_policy_set_name_their_table(found):
    tables = [{"allow_origins": [ORIGIN]}, {"path": "/a", "allow_origins": ["https://a.example/"]}]
    message = found(CORS_ALLOWED_ORIGINS=None, CORSAC_POLICY={"policy": tables})[check_id("E", "trailing-slash")]
    assert message.msg.startswith("CORSAC_POLICY: policy[1].allow_origins[0]: ")


def test_switch_that_is_not_needed_is_information(found):
    policy = {"allow_origins": [ORIGIN], "dangerously_allow_insecure_origins": True}
    (message,) = found(CORS_ALLOWED_ORIGINS=None, CORSAC_POLICY=policy).values()
    assert (message.id, message.level) == (check_id("I", "switch-not-needed"), checks.INFO)


def test_numbers_are_those_of_the_engine():
    engine = (Path(__file__).parents[3] / "core/src/spec/finding_code.rs").read_text()
    codes = re.findall(r'^    \w+ = (\d+) => "([\w-]+)",$', engine, re.MULTILINE)
    assert {code: int(number) for number, code in codes} == _FINDING_NUMBERS
    assert len(codes) > 50
    assert max(_FINDING_NUMBERS.values()) < WRONG_KEY
