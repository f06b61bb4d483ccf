"""Python decides like the engine: for any bytes, Python and the command line give the same decision."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serving import PATIENCE
from shared_vectors import ROOT
from test_vectors import told

from corsac import Policy, PolicyError, PolicySet
from corsac._policy_file import read

POLICIES: list[dict[str, Any]] = [
    {
        "allow_origins": [
            "https://a.example",
            "https://*.b.example",
            "https://preview-*.c.example",
            "http://localhost:*",
        ],
        "allow_methods": ["GET", "PUT", "PATCH"],
        "allow_headers": ["content-type", "x-a", "x-b"],
        "allow_credentials": True,
        "expose_headers": ["etag"],
        "max_age": 600,
    },
    {"allow_origins": ["*"], "allow_methods": ["*"], "allow_headers": ["*"], "expose_headers": ["*"]},
    {"allow_origins": ["https://a.example"], "denied_preflight_status": 418, "preflight_status": 200},
    {"allow_origins": ["https://a.example"], "allow_private_network": True, "allow_headers": ["*"]},
    {
        "allow_origins": ["https://*", "http://10.0.0.0/8:*", "app://"],
        "allow_headers": ["x-a", "x-amz-meta-*"],
        "allow_timing": True,
    },
]
SET = PolicySet(
    [
        {"path": "/a", **POLICIES[0]},
        {"path": "/a", **POLICIES[4]},
        {"path": "/a/b", "cors": False},
        {"path": "/c", **POLICIES[1]},
        {"path": "/c/\u00e4", **POLICIES[3]},
    ]
)


class Engine:
    """Runs one ``corsac eval --jsonl`` for each policy, and writes one request at a time."""

    def __init__(self, policy: Path) -> None:
        binary = ROOT / "target" / "debug" / "corsac"
        if not binary.exists():
            pytest.fail("the command line is missing: cargo build --package corsac-cli")
        self.process = subprocess.Popen(
            [binary, "eval", policy, "--jsonl"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    @staticmethod
    def _open(pipe: IO[bytes] | None) -> IO[bytes]:
        assert pipe is not None
        return pipe

    def evaluate(
        self, method: bytes, headers: list[tuple[bytes, bytes]], **paths: bytes | None
    ) -> dict[str, Any] | None:
        asked = {
            "method": method.decode("latin-1"),
            "headers": [[n.decode("latin-1"), v.decode("latin-1")] for n, v in headers],
            **{name: path.decode("latin-1") for name, path in paths.items() if path is not None},
        }
        stdin = self._open(self.process.stdin)
        stdin.write(json.dumps(asked).encode() + b"\n")
        stdin.flush()
        decision: dict[str, Any] = json.loads(self._open(self.process.stdout).readline())
        if "untouched" in decision:
            return None
        denial = decision["denial"]
        decision["denial"] = denial and (denial["code"], denial["bytes"].encode("latin-1"))
        decision["headers"] = [(n.encode("latin-1"), v.encode("latin-1")) for n, v in decision["headers"]]
        return decision

    def close(self) -> None:
        self._open(self.process.stdin).close()
        self._open(self.process.stdout).close()
        assert self.process.wait(timeout=PATIENCE) == 0


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[Policy, Engine]]]:
    made: list[tuple[Policy, Engine]] = []
    for number, options in enumerate(POLICIES):
        policy = Policy(**options)
        # Both read the same image.
        path = tmp_path_factory.mktemp("policies") / f"{number}.image"
        path.write_bytes(policy.image)
        made.append((policy, Engine(path)))
    yield made
    for _, engine in made:
        engine.close()


@pytest.fixture(scope="module")
def set_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("sets") / "set.image"
    path.write_bytes(SET.image)
    engine = Engine(path)
    yield engine
    engine.close()


def cased(names: list[bytes]) -> st.SearchStrategy[bytes]:
    return st.sampled_from(names).flatmap(lambda name: st.sampled_from([name, name.upper(), name.lower(), name + b" "]))


NAMES = cased(
    [
        b"Origin",
        b"Access-Control-Request-Method",
        b"Access-Control-Request-Headers",
        b"Access-Control-Request-Private-Network",
        b"Host",
    ]
) | st.binary(max_size=40)
ORIGINS = st.sampled_from(
    [
        *(b"https://a.example", b"https://x.b.example", b"https://preview-1.c.example", b"http://localhost:3000"),
        *(b"https://A.example", b"https://a.example/", b"https://b.example", b"https://a.example:443"),
        *(b"null", b"", b"https://" + b"a" * 400, b"http://10.1.2.3:5173", b"http://10.1.2.03", b"app://"),
    ]
)
ASKED = st.lists(
    st.sampled_from([b"x-a", b"X-B", b"content-type", b"", b" ", b"x-c", b"x-amz-meta-a", b"\xe9", b"\0", b"x" * 200]),
    max_size=24,
)
VALUES = (
    ORIGINS
    | st.sampled_from([b"PUT", b"put", b"GET", b"PATCH", b"TRACE", b"true", b"*", b"P\xdcT"])
    | ASKED.map(b",".join)
    | ASKED.map(b", ".join)
    | st.binary(max_size=400)
    | st.builds(
        lambda piece, times: piece * times,
        st.sampled_from([b",", b"a,", b" ", b"\xff", b"x-a,"]),
        st.integers(0, 20_000),
    )
)
LINES = st.lists(st.tuples(NAMES, VALUES), max_size=12) | st.builds(
    lambda origin, method, asked, rest: [
        (b"Origin", origin),
        (b"Access-Control-Request-Method", method),
        *((b"Access-Control-Request-Headers", line) for line in asked),
        *rest,
    ],
    ORIGINS,
    VALUES,
    st.lists(VALUES, max_size=40),
    st.lists(st.tuples(NAMES, VALUES), max_size=3),
)


def is_owned(name: bytes, has_timing: bool) -> bool:
    others = (b"access-control-max-age", b"access-control-expose-headers", *[b"timing-allow-origin"] * has_timing)
    return name.lower().startswith(b"access-control-allow-") or name.lower() in others


OWNED = [
    b"Access-Control-Allow-Origin",
    b"Access-Control-Allow-Methods",
    b"Access-Control-Max-Age",
    b"Timing-Allow-Origin",
]
RESPONSE_NAMES = cased([b"Vary", b"Content-Type", *OWNED]) | st.binary(max_size=12)
METHODS = st.sampled_from([b"OPTIONS", b"OPTIONS", b"OPTIONS", b"GET", b"options", b"PUT"]) | st.binary(max_size=20)


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(place=st.integers(0, len(POLICIES) - 1), method=METHODS, headers=LINES)
def test_python_and_the_command_line_give_the_same_decision(
    pairs: list[tuple[Policy, Engine]], place: int, method: bytes, headers: list[tuple[bytes, bytes]]
) -> None:
    policy, engine = pairs[place]
    wanted = engine.evaluate(method, headers)
    decision = policy.evaluate(method, headers)
    assert told(decision) == wanted
    text = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
    assert policy.evaluate(method.decode("latin-1"), text) == decision
    # No header of a response may have a control byte.
    for lines in (decision.headers, decision.merge([]), decision.preflight_response()[1] if decision.status else []):
        assert all(0x20 <= byte <= 0x7E for line in lines for part in line for byte in part)


SEGMENTS = [b"a", b"a", b"b", b"c", b"", b".", b"..", b"\xc3\xa4", b"\xe4", b"a\\", b"%2f", b"%61", b"a?b"]
PATHS = st.lists(st.sampled_from(SEGMENTS), max_size=4).map(lambda segments: b"/" + b"/".join(segments)) | st.binary(
    max_size=300
)


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(path=PATHS, raw=st.none() | PATHS, method=METHODS, headers=LINES)
def test_policy_set_decides_as_in_the_command_line(
    set_engine: Engine, path: bytes, raw: bytes | None, method: bytes, headers: list[tuple[bytes, bytes]]
) -> None:
    for decoded, sent in [(path, raw), (None, raw or path)]:
        wanted = set_engine.evaluate(method, headers, path=decoded, raw_path=sent)
        decision = SET.evaluate(decoded, method, headers, sent)
        assert (decision and told(decision)) == wanted
        if decision is not None:
            assert all(0x20 <= byte <= 0x7E for line in decision.headers for part in line for byte in part)


def test_comparison_detects_a_different_decision(pairs: list[tuple[Policy, Engine]]) -> None:
    (_, engine), (other, _) = pairs[0], pairs[1]
    headers = [(b"Origin", b"https://a.example")]
    assert told(other.evaluate(b"GET", headers)) != engine.evaluate(b"GET", headers)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(max_size=40) | st.sampled_from(["*", "null", "https://a.example", "http://é"]), max_size=5))
def test_any_list_of_texts_compiles_or_raises_policy_error(entries: list[str]) -> None:
    for option in ("allow_origins", "allow_methods", "allow_headers", "expose_headers"):
        options: dict[str, Any] = {"allow_origins": ["https://a.example"], option: entries}
        try:
            policy = Policy(**options)
        except PolicyError:
            continue
        assert Policy.from_image(policy.image) == policy


@settings(max_examples=300, deadline=None)
@given(
    place=st.integers(0, len(POLICIES) - 1),
    method=METHODS,
    headers=LINES,
    response=st.lists(st.tuples(RESPONSE_NAMES, VALUES | st.sampled_from([b"accept, ORIGIN", b"*"])), max_size=8),
)
def test_merge_keeps_other_headers_and_completes_vary(
    place: int, method: bytes, headers: list[tuple[bytes, bytes]], response: list[tuple[bytes, bytes]]
) -> None:
    decision = Policy(**POLICIES[place]).evaluate(method, headers)
    merged = decision.merge(response)
    kept = [line for line in response if not is_owned(line[0], "allow_timing" in POLICIES[place])]
    assert merged[: len(kept)] == kept
    added = [(name.lower(), value) for name, value in decision.headers if name != b"Vary"]
    assert merged[len(kept) : len(kept) + len(added)] == added
    rest = merged[len(kept) + len(added) :]
    assert {name for name, _ in rest} <= {b"vary"}

    def varies(lines: list[tuple[bytes, bytes]]) -> list[bytes]:
        values = [value for name, value in lines if name.lower() == b"vary"]
        return [name.strip(b" \t\r\n\f").lower() for value in values for name in value.split(b",")]

    wanted = set(varies(list(decision.headers)))
    assert b"*" in varies(merged) or wanted <= set(varies(merged))
    assert not set(varies(rest)) & set(varies(kept))


@pytest.mark.parametrize("name", ["api", "device", "public", "sets"])
def test_policy_file_gives_the_image_of_the_command_line(name: str, tmp_path: Path) -> None:
    source, image = ROOT / "examples" / f"{name}.toml", tmp_path / "image"
    subprocess.run(
        [ROOT / "target" / "debug" / "corsac", "compile", source, "-o", image], check=True, capture_output=True
    )
    assert read(source).image == image.read_bytes()
