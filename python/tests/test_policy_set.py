"""Policy sets in Python: where they come from, which values they accept and refuse, and what they decide."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from shared_vectors import ROOT

from corsac import Policy, PolicyError, PolicySet

A, B = "https://a.example", "https://b.example"
TABLES: list[dict[str, object]] = [
    {"path": "/account", "allow_origins": [A], "allow_credentials": True},
    {"allow_origins": [A, "https://*.a.example"], "allow_methods": ["GET", "PUT"]},
    {"path": "/", "allow_origins": ["*"]},
    {"path": "/raw", "cors": False},
]
SET = PolicySet(TABLES)
TOML = """
[[policy]]
path = "/account"
allow_origins = ["https://a.example"]
allow_credentials = true

[[policy]]
allow_origins = ["https://a.example", "https://*.a.example"]
allow_methods = ["GET", "PUT"]

[[policy]]
path = "/"
allow_origins = ["*"]

[[policy]]
path = "/raw"
cors = false
"""


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "policy.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def acao(policy_set: PolicySet, path: str | None, origin: str, raw: str | bytes | None = None) -> bytes | None:
    decision = policy_set.evaluate(path, "GET", [("Origin", origin)], raw)
    assert decision is not None
    return dict(decision.headers).get(b"Access-Control-Allow-Origin")


def codes(tables: Any) -> list[tuple[str, int | None, str]]:  # noqa: ANN401
    with pytest.raises(PolicyError) as raised:
        PolicySet(tables)
    return [(finding.code, finding.table, finding.field) for finding in raised.value.findings]


def test_path_and_then_origin_choose_the_policy() -> None:
    assert acao(SET, "/account/cards", A) == A.encode()
    assert acao(SET, "/account/cards", B) is None
    assert acao(SET, "/news", A) == A.encode()
    assert acao(SET, "/news", B) == b"*"
    for path in ("/raw", "/raw/x"):
        assert SET.evaluate(path, "GET", [("Origin", A)]) is None
    preflight = [("Origin", A), ("Access-Control-Request-Method", "PUT")]
    decision = SET.evaluate("/news", "OPTIONS", preflight)
    assert decision is not None
    assert decision.allowed


def test_ambiguous_path_is_denied() -> None:
    for path, raw in [("/account/../raw", None), ("/raw/x", b"/raw%2Fx?y"), ("/raw", "/raw%5c")]:
        for method, lines, status in [
            ("GET", [], None),
            ("GET", [("Origin", B)], None),
            ("OPTIONS", [("Origin", B), ("Access-Control-Request-Method", "GET")], 403),
        ]:
            decision = SET.evaluate(path, method, lines, raw)
            assert decision is not None
            assert decision.denial is not None
            assert (decision.denial.code, decision.status) == ("path-ambiguous", status)
            assert [name for name, _ in decision.headers] == [b"Vary"]


def test_path_is_text_or_bytes() -> None:
    policy_set = PolicySet([{"path": "/b\u00e4r", "allow_origins": [A]}, {"path": "/x", "allow_origins": [B]}])
    for path in ("/b\u00e4r/x", "/b\u00e4r".encode()):
        assert policy_set.evaluate(path, "GET", []) is not None
    for path in ("/b\udce4r", "/b\u00e4r".encode("latin-1"), "", b""):
        assert policy_set.evaluate(path, "GET", []) is None
    wrong: Any = 7
    with pytest.raises(TypeError, match="path must be str or bytes, not int"):
        policy_set.evaluate(wrong, "GET", [])
    assert acao(policy_set, None, A, "/b%C3%a4r?x") == acao(policy_set, None, A, b"/b%c3%a4r") == A.encode()
    with pytest.raises(TypeError, match="pass at least one of them"):
        policy_set.evaluate(None, "GET", [])
    with pytest.raises(TypeError, match="raw_path must be bytes or str, not int"):
        policy_set.evaluate("/x", "GET", [], wrong)
    with pytest.raises(TypeError, match="method must be bytes or str, not int"):
        policy_set.evaluate("/x", wrong, [])


def test_plain_decision_of_a_path_is_made_once() -> None:
    assert SET.evaluate("/account", "GET", []) is SET.evaluate("/account/x", "HEAD", [])
    assert SET.evaluate("/account", "GET", []) is not SET.evaluate("/", "GET", [])
    first, second = SET.evaluate("/a//b", "GET", []), SET.evaluate("/c//d", "GET", [])
    assert first is not None
    assert second is not None
    assert first.denial != second.denial


def test_origin_check_gets_table_and_origin() -> None:
    policy_set = PolicySet([*TABLES[:1], {"path": "/account", "external_origins": True}, *TABLES[1:]])
    asked: list[tuple[int, bytes]] = []

    def origin_check(table: int, origin: bytes) -> bool:
        asked.append((table, origin))
        return True

    decision = policy_set.evaluate("/account", "GET", [("Origin", B)], origin_check=origin_check)
    assert decision is not None
    assert decision.allowed
    for path, origin in [("/account", A), ("/account", "junk"), ("/", B)]:
        policy_set.evaluate(path, "GET", [("Origin", origin)], origin_check=origin_check)
    assert asked == [(1, B.encode())]

    def broken(_table: int, _origin: bytes) -> bool:
        raise LookupError("no database")

    with pytest.raises(LookupError):
        policy_set.evaluate("/account", "GET", [("Origin", B)], origin_check=broken)
    wrong: Any = lambda *_: 1  # noqa: E731
    with pytest.raises(TypeError, match="must return True or False, not int"):
        policy_set.evaluate("/account", "GET", [("Origin", B)], origin_check=wrong)


def test_tables_are_those_of_the_set() -> None:
    assert [(path, policy and policy.allow_origins) for path, policy in SET.tables] == [
        ("/account", (A,)),
        ("/", (A, "https://*.a.example")),
        ("/", ("*",)),
        ("/raw", None),
    ]
    assert SET.tables[0][1] == Policy([A], allow_credentials=True)
    assert SET.tables is SET.tables
    assert SET.allows_credentials
    assert not PolicySet(TABLES[1:]).allows_credentials
    assert not SET.allows_external_origins
    assert PolicySet([{"external_origins": True}]).allows_external_origins


def test_policy_set_is_frozen_final_and_equal_by_its_image() -> None:
    policy_set: Any = SET
    with pytest.raises(AttributeError):
        policy_set.image = b""
    with pytest.raises(TypeError):
        type("Mine", (PolicySet,), {})
    again = PolicySet.from_image(SET.image)
    assert again == SET
    assert hash(again) == hash(SET)
    assert PolicySet(TABLES[:2]) != SET
    assert SET != "a set"


def test_repr_is_the_call_that_makes_the_set() -> None:
    methods = "'allow_methods': ['GET', 'HEAD', 'POST']"
    assert repr(SET) == (
        f"PolicySet([{{'path': '/account', 'allow_origins': ['{A}'], {methods}, 'allow_credentials': True}}, "
        f"{{'path': '/', 'allow_origins': ['{A}', 'https://*.a.example'], 'allow_methods': ['GET', 'PUT']}}, "
        f"{{'path': '/', 'allow_origins': ['*'], {methods}}}, {{'path': '/raw', 'cors': False}}])"
    )
    assert eval(repr(SET)) == SET
    many = repr(PolicySet([{"path": f"/{n}", "allow_origins": [A]} for n in range(1000)]))
    assert many.endswith("... 992 more])")
    assert len(many) < 1500


def test_image_is_checked_whole() -> None:
    image = SET.image
    assert PolicySet.from_image(image).image == image
    for broken in [b"", b"corsac", image[:-1], image + b"\0", image.replace(b"a.example", b"a\nexample")]:
        with pytest.raises(ValueError, match="image"):
            PolicySet.from_image(broken)


def test_policy_is_a_set_of_one(tmp_path: Path) -> None:
    policy = Policy([A], max_age=5)
    text = f'allow_origins = ["{A}"]\nmax_age = 5\n'
    one = PolicySet.from_image(policy.image)
    for policy_set in (
        one,
        PolicySet.from_toml(written(tmp_path, text)),
        PolicySet.from_mapping({"allow_origins": [A], "max_age": 5}),
    ):
        assert policy_set.tables == (("/", policy),)
        assert policy_set == one
        for path in ("/", "/x", "/a/../b", "", "x"):
            assert acao(policy_set, path, A) == A.encode()


def test_file_is_read(tmp_path: Path) -> None:
    assert PolicySet.from_toml(written(tmp_path, TOML)) == SET
    assert PolicySet.from_mapping({"policy": TABLES}) == SET


def test_example_and_the_short_form_of_the_readme_are_read(tmp_path: Path) -> None:
    example = PolicySet.from_toml(ROOT / "examples" / "sets.toml")
    readme = (ROOT / "python" / "README.md").read_text().split("```toml\n", 1)[1].split("```", 1)[0]
    account, app, other = "https://account.example.com", "https://app.example.com", "https://other.example"
    for policy_set in (example, PolicySet.from_toml(written(tmp_path, readme))):
        assert policy_set.findings == ()
        assert acao(policy_set, "/account/keys", account) == account.encode()
        assert acao(policy_set, "/account/keys", app) is None
        assert acao(policy_set, "/x", app) == app.encode()
        assert acao(policy_set, "/x", other) == b"*"


def test_file_with_findings_names_itself_and_the_tables(tmp_path: Path) -> None:
    first = '[[policy]]\nallow_origins = ["https://a.example"]\n'
    text = f'max_age = 5\n{first}[[policy]]\npath = "/a/"\nallowOrigins = ["*"]\n'
    path = written(tmp_path, text)
    with pytest.raises(PolicyError) as raised:
        PolicySet.from_toml(path)
    found = {(finding.code, finding.table, finding.field) for finding in raised.value.findings}
    assert found == {
        ("misplaced-option", None, "max_age"),
        ("unknown-key", 1, "allowOrigins"),
        ("invalid-path", 1, "path"),
    }
    lines = str(raised.value).splitlines()
    assert all(re.match(rf"{re.escape(str(path))}(:\d+:\d+)?: error: ", line) for line in lines)
    assert any(": policy[1].allowOrigins: " in line and "did you mean allow_origins?" in line for line in lines)
    assert any(": policy[1].path: " in line and line.endswith('write "/a"') for line in lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[[policy]]\nallow_origins = "*"',
            'policy[0].allow_origins: allow_origins is a list of strings, not a string; write ["*"]',
        ),
        (
            "[[policy]]\nmax_age = 5\n[[policy]]\nmax_age = true",
            "policy[1].max_age: max_age is a whole number, not true or false",
        ),
        ("[[policy]]\npath = 7", "policy[0].path: path is a string, not a whole number"),
        ('[[policy]]\ncors = "no"', "policy[0].cors: cors is true or false, not a string"),
        ("[policy]", "policy is a list of tables, not a table"),
        ("policy = [7]", "policy[0][0]: an entry of policy is a table, not a whole number; write a [[policy]] table"),
        ("[[policy]", "line 1, column 9: not TOML: "),
        (b"\x89corsac\x02", "PolicySet.from_image("),
    ],
)
def test_file_that_is_wrong_names_itself(tmp_path: Path, text: str | bytes, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ValueError, match=r"policy\.toml(:\d+:\d+)?: ") as raised:
        PolicySet.from_toml(path)
    assert said in str(raised.value)


def test_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        PolicySet.from_toml(tmp_path / "none.toml")


@pytest.mark.parametrize("wrong", ["/a", b"/a", {"path": "/a"}, 7, None, [7], [["path", "/a"]], [{7: 8}]])
def test_tables_are_a_list_of_mappings(wrong: Any) -> None:  # noqa: ANN401
    with pytest.raises(TypeError):
        PolicySet(wrong)


def test_wrong_sets_are_refused_with_table_and_field() -> None:
    assert codes([]) == [("no-policies", None, "policy")]
    assert codes([{"path": "/a/..", "allow_origins": [A]}]) == [("invalid-path", 0, "path")]
    assert codes([{"allow_origins": ["*"]}, {"allow_origins": [A]}]) == [("never-decides", 1, "path")]
    assert codes([{"cors": False, "allow_origins": [A], "max_age": 5}]) == [
        ("misplaced-option", 0, "allow_origins"),
        ("misplaced-option", 0, "max_age"),
    ]
    assert codes([{"external_origins": True}] * 2) == [("external-origins-twice", 1, "external_origins")]
    assert ("too-many", 4096, "policy") in codes([{"path": f"/{n}", "allow_origins": [A]} for n in range(10_000)])
    assert "too-many" in {code for code, _, _ in codes([{"allow_origins": [f"https://{n}.example"]} for n in range(9)])}


def test_warnings_stay_with_the_set() -> None:
    (finding,) = PolicySet([{"allow_origins": [A]}, {"allow_origins": [A, B]}]).findings
    assert (finding.code, finding.table, finding.index, finding.related) == ("covered-by-earlier", 1, 0, A.encode())
    assert repr(finding).startswith("<Finding covered-by-earlier warning: policy[1].allow_origins[0]: ")
