"""Policies in Python: where they come from, and which values they accept and refuse."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pydantic
import pytest
import yarl
from shared_vectors import ROOT

import corsac
from corsac import Policy, PolicyError, PolicySet

A = "https://a.example"


def refused(**options: Any) -> str:  # noqa: ANN401
    with pytest.raises(TypeError) as raised:
        Policy(**options)
    return str(raised.value)


@pytest.mark.parametrize("option", ["allow_origins", "allow_methods", "allow_headers", "expose_headers"])
def test_list_option_refuses_other_types(option: str) -> None:
    assert refused(**{option: "GET"}) == f'{option} must be a list, not str: write ["GET"]'
    assert refused(**{option: b"GET"}).startswith(f"{option} must be a list, not bytes: write [")
    assert refused(**{option: {"GET": 1}}).startswith(f"{option} must be a list, not dict: write [")
    assert refused(**{option: 7}) == f"{option} must be a list of str, not int"
    assert refused(**{option: ["GET", b"PUT"]}).startswith(f"{option}[1] must be a str, not bytes: ")


def test_error_never_quotes_unprintable_text() -> None:
    assert refused(allow_origins='x"\n') == 'allow_origins must be a list, not str: write ["https://a.example"]'


@pytest.mark.parametrize("option", ["max_age", "preflight_status", "denied_preflight_status"])
def test_number_option_refuses_other_types(option: str) -> None:
    for value, kind in [(True, "bool"), (1.0, "float"), (b"600", "bytes")]:
        assert refused(allow_origins=[A], **{option: value}) == f"{option} must be a whole number, not {kind}"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (timedelta(minutes=10), 600),
        (timedelta(days=1), 86400),
        ("600", 600),
        (" 600\n", 600),
        ("0", 0),
        (600, 600),
    ],
)
def test_max_age_is_a_number_a_timedelta_or_digits(value: int | str | timedelta, seconds: int) -> None:
    assert Policy([A], max_age=value) == Policy([A], max_age=seconds)
    assert Policy.from_mapping({"allow_origins": [A], "max_age": value}) == Policy([A], max_age=seconds)


@pytest.mark.parametrize("value", ["", "-", "6e2", "ten", "6.0", "\u0666", "\ud800"])
def test_max_age_of_another_str_is_refused(value: str) -> None:
    said = "max_age must be a whole number of seconds, and this str is not one: write 600"
    assert refused(allow_origins=[A], max_age=value) == said


def test_max_age_out_of_range_or_fractional_is_refused() -> None:
    for value in (timedelta(seconds=-1), timedelta.min, "-1", "-" + "9" * 30):
        with pytest.raises(PolicyError, match=r"max_age: .* 86400"):
            Policy([A], max_age=value)
    for value in (timedelta.max - timedelta(microseconds=999_999), "9" * 30):
        assert [finding.code for finding in Policy([A], max_age=value).findings] == ["max-age-capped"]
    with pytest.raises(
        ValueError, match=r"^max_age must be a whole number of seconds: write timedelta\(seconds=600\)$"
    ):
        Policy([A], max_age=timedelta(milliseconds=1500))


@pytest.mark.parametrize("url_of", [pydantic.AnyHttpUrl, pydantic.AnyUrl, yarl.URL, httpx.URL])
def test_url_object_is_accepted_as_an_origin(url_of: Any) -> None:  # noqa: ANN401
    for origin in ("https://a.example", "http://localhost:3000", "https://[2001:db8::1]:8443"):
        assert Policy([url_of(origin)]) == Policy([url_of(origin + "/")]) == Policy([origin])
    with pytest.raises(PolicyError) as raised:
        Policy([url_of("https://a.example/x"), url_of("https://a.example/x/"), url_of("https://user@a.example")])
    assert [finding.index for finding in raised.value.findings] == [0, 1, 2]
    assert refused(allow_origins=[A], allow_methods=[url_of(A)]).startswith("allow_methods[0] must be a str, not ")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (None, "allow_origins[0] must be a str, not NoneType"),
        (7, "allow_origins[0] must be a str, not int"),
        (b"https://a.example", "allow_origins[0] must be a str, not bytes: write it without the b, or decode it"),
        (
            re.compile("https://.*"),
            "allow_origins[0] must be a str, not Pattern: write a pattern, such as "
            '"https://*.example.com", or pass the regular expression to a middleware as allow_origin_regex',
        ),
        (["https://a.example"], "allow_origins[0] must be a str, not list"),
    ],
)
def test_entry_of_wrong_type_is_named_with_the_fix(entry: Any, said: str) -> None:  # noqa: ANN401
    assert refused(allow_origins=[entry]) == said


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("https://a.example,https://b.example", "two-entries"),
        ("https://a.example; https://b.example", "two-entries"),
        (r"https://.*\.example\.com", "regular-expression"),
        ("^https://a.example$", "regular-expression"),
    ],
)
def test_unsplit_list_and_regular_expression_are_explained(entry: str, code: str) -> None:
    with pytest.raises(PolicyError) as raised:
        Policy([entry])
    assert [finding.code for finding in raised.value.findings] == [code]


@pytest.mark.parametrize(
    ("origin", "switch"),
    [
        ("http://dev.internal:8000", "dangerously_allow_insecure_origins"),
        ("http://192.168.1.5:3000", "dangerously_allow_insecure_origins"),
        ("https://*.vercel.app", "dangerously_allow_public_suffixes"),
        ("chrome-extension://*", "dangerously_allow_insecure_origins"),
    ],
)
def test_error_names_the_switch_that_allows_the_origin(origin: str, switch: str) -> None:
    with pytest.raises(PolicyError, match=switch):
        Policy([origin], allow_credentials=True)
    assert Policy([origin]).allow_origins == (origin,)


def test_switch_refuses_other_values_than_bools() -> None:
    for value, kind in [(1, "int"), ("false", "str")]:
        message = refused(allow_origins=[A], allow_credentials=value)
        assert message == f"allow_credentials must be True or False, not {kind}"


@pytest.mark.parametrize("seconds", [-1, -(2**63) - 1, -(10**30)])
def test_negative_number_is_out_of_range(seconds: int) -> None:
    with pytest.raises(PolicyError, match=r"max_age: .* 86400") as raised:
        Policy([A], max_age=seconds)
    assert [finding.code for finding in raised.value.findings] == ["out-of-range"]


@pytest.mark.parametrize("seconds", [86401, 2**63, 10**30])
def test_more_than_a_day_is_capped_with_a_warning(seconds: int) -> None:
    policy = Policy([A], max_age=seconds)
    assert [finding.code for finding in policy.findings] == ["max-age-capped"]
    assert "max_age=86400" in repr(policy)


def test_public_suffixes_may_be_listed() -> None:
    uni = ["https://*.kuleuven.be"]
    with pytest.raises(PolicyError) as raised:
        Policy(uni, allow_credentials=True)
    assert [finding.code for finding in raised.value.findings] == ["public-suffix"]
    cases: list[tuple[bool | tuple[str, ...], str]] = [(True, "True"), (("kuleuven.be",), "['kuleuven.be']")]
    for allowed, shown in cases:
        policy = Policy(uni, allow_credentials=True, dangerously_allow_public_suffixes=allowed)
        assert policy.findings == ()
        assert f"dangerously_allow_public_suffixes={shown}" in repr(policy)
    message = refused(allow_origins=[A], dangerously_allow_public_suffixes=1)
    assert message == "dangerously_allow_public_suffixes must be True, False or a list of str, not int"
    message = refused(allow_origins=[A], dangerously_allow_public_suffixes="kuleuven.be")
    assert message == 'dangerously_allow_public_suffixes must be a list, not str: write ["kuleuven.be"]'


def test_policy_does_not_open_the_image_of_a_set() -> None:
    with pytest.raises(ValueError, match=r"PolicySet\.from_image"):
        Policy.from_image(PolicySet([{"path": "/a", "allow_origins": [A]}]).image)


def test_any_iterable_of_str_is_a_list() -> None:
    assert Policy(origin for origin in [A]) == Policy((A,)) == Policy({A}) == Policy([A])


def test_policy_is_frozen_and_final() -> None:
    policy: Any = Policy([A])
    with pytest.raises(AttributeError):
        policy.image = b""
    with pytest.raises(AttributeError):
        policy.unknown = 1
    with pytest.raises(TypeError):
        type("Mine", (Policy,), {})


def test_policies_are_equal_by_their_image() -> None:
    policy = Policy([A], allow_headers=["X-A", "x-b"])
    assert policy == Policy([A], allow_headers=["x-b", "X-A"])
    assert hash(policy) == hash(Policy.from_image(policy.image))
    assert policy != Policy([A])
    assert policy != "a policy"
    assert {policy: 1}[Policy.from_image(policy.image)] == 1


def test_repr_shows_what_was_compiled() -> None:
    policy = Policy([A], allow_methods=["get", "PUT"], allow_credentials=True, max_age=600)
    assert (
        repr(policy)
        == f"Policy(allow_origins=['{A}'], allow_methods=['GET', 'PUT'], max_age=600, allow_credentials=True)"
    )
    every = Policy(
        ["null", "http://a.example"],
        allow_methods=[],
        preflight_status=200,
        denied_preflight_status=403,
        external_origins=True,
        dangerously_allow_null_origin=True,
    )
    assert (
        repr(Policy.from_image(every.image))
        == repr(every)
        == (
            "Policy(allow_origins=['null', 'http://a.example'], allow_methods=[], "
            "preflight_status=200, denied_preflight_status=403, "
            "external_origins=True, dangerously_allow_null_origin=True)"
        )
    )
    many = repr(Policy([f"https://a{n}.example" for n in range(1000)]))
    assert "... 992 more]" in many
    assert len(many) < 400


def test_list_properties_match_the_image() -> None:
    policy = Policy(["*"], allow_methods=["*"], allow_headers=["*"], expose_headers=["ETag"])
    assert (policy.allow_origins, policy.allow_methods, policy.allow_headers) == (("*",), ("*",), ("*",))
    assert policy.expose_headers == ("etag",)
    assert policy.is_any_origin
    assert not policy.allows_credentials
    assert not policy.allows_external_origins


def test_every_byte_of_an_image_is_checked() -> None:
    image = Policy([A]).image
    assert Policy.from_image(image).image == image
    for broken in [b"", b"corsac", image[:-1], image + b"\0", image.replace(b"a.example", b"a\nexample")]:
        with pytest.raises(ValueError, match="image"):
            Policy.from_image(broken)


@pytest.mark.parametrize("name", ["api", "device", "public"])
def test_policy_files_of_the_command_line_are_read(name: str) -> None:
    policy = Policy.from_toml(ROOT / "examples" / f"{name}.toml")
    assert policy.allow_origins
    assert policy == Policy.from_toml(os.fspath(ROOT / "examples" / f"{name}.toml"))


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "policy.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_error_names_the_file_and_all_findings(tmp_path: Path) -> None:
    path = written(tmp_path, 'allowOrigins = ["https://a.example/"]\nmax_age = -1\n')
    with pytest.raises(PolicyError) as raised:
        Policy.from_toml(path)
    assert [finding.code for finding in raised.value.findings] == ["unknown-key", "out-of-range"]
    assert all(
        re.match(rf"{re.escape(str(path))}(:\d+:\d+)?: error: ", line) for line in str(raised.value).splitlines()
    )
    assert "did you mean allow_origins?" in str(raised.value)
    assert [(finding.line, finding.column) for finding in raised.value.findings] == [(1, 1), (2, 11)]
    assert f"{path}:2:11: error: max_age: " in str(raised.value)


def test_misspelt_list_of_origins_is_one_mistake() -> None:
    table = {"allowOrigins": ["https://a.example"]}

    def codes(mapping: dict[str, Any]) -> list[str]:
        with pytest.raises(PolicyError) as raised:
            (PolicySet if "policy" in mapping else Policy).from_mapping(mapping)
        assert "did you mean allow_origins?" in str(raised.value)
        return [finding.code for finding in raised.value.findings]

    assert codes(table) == ["unknown-key"]
    assert codes({"policy": [{"path": "/a", **table}, {"allow_origins": ["*"]}]}) == ["unknown-key"]
    # Another table without origins is a mistake of its own.
    assert codes({"policy": [{"path": "/a", **table}, {}]}) == ["unknown-key", "no-origins"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'allow_origins = "https://a.example"',
            'allow_origins is a list of strings, not a string; write ["https://a.example"]',
        ),
        ("max_age = true", "max_age is a whole number, not true or false"),
        ("[[policy]]", "PolicySet.from_toml"),
        ("allow_origins = [", "line 1, column 18: not TOML: "),
        (b"max_age = 5\n\xff", "line 2, column 1: a byte that is not UTF-8"),
        (b"\x89corsac\x01", "Policy.from_image("),
    ],
)
def test_error_names_a_file_that_is_not_toml(tmp_path: Path, text: str | bytes, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ValueError, match=r"policy\.toml(:\d+:\d+)?: ") as raised:
        Policy.from_toml(path)
    assert str(raised.value).startswith(f"{path}:")
    assert said in str(raised.value)


def test_missing_file_raises_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Policy.from_toml(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("key", "said"),
    [("allow-origin", "allow_origins"), ("maxAge", "max_age"), ("origins", "allow_origins"), ("title", None)],
)
def test_unknown_key_names_the_most_similar_option(key: str, said: str | None) -> None:
    with pytest.raises(PolicyError) as raised:
        Policy.from_mapping({"allow_origins": [A], key: []})
    (finding,) = raised.value.findings
    assert (finding.code, finding.field) == ("unknown-key", key)
    assert finding.suggestion == (said and f"did you mean {said}?")


def test_from_mapping_refuses_other_types() -> None:
    assert Policy.from_mapping({"allow_origins": [A], "max_age": 5}) == Policy([A], max_age=5)
    wrong: Any
    for wrong in [[("allow_origins", [A])], {1: 2}, None]:
        with pytest.raises(TypeError):
            Policy.from_mapping(wrong)


def test_module_shows_its_version_and_command_line() -> None:
    def said(option: str) -> str:
        command = [sys.executable, "-m", "corsac", option]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    assert said("--version") == f"corsac {corsac.__version__}\n"
    assert "cargo install" in said("--help")
