"""`python -m corsac` and the `corsac` program have the same options, findings, images, decisions and exit codes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import shared_vectors
from serving import PATIENCE
from shared_vectors import ROOT

if TYPE_CHECKING:
    from pathlib import Path

API = str(ROOT / "examples" / "api.toml")
SETS = str(ROOT / "examples" / "sets.toml")
EXAMPLES = sorted(str(path) for path in (ROOT / "examples").glob("*.toml"))
ORIGIN = "https://app.example.com"
WRONG = """
allow_origins = ["https://a.example/", "https://b.example,https://c.example", "*.example"]
allow_methods = ["patch"]
allow_credential = true
max_age = 100000
"""
WRONG_SET = '[[policy]]\npath = "/a"\nallow_origins = ["https://a.example/"]\n[[policy]]\nallow_origins = ["x"]\n'
DOUBTFUL = 'allow_origins = ["https://a.example"]\nallow_methods = ["patch"]\n'


class Ended:
    def __init__(self, *command: str, stdin: bytes = b"") -> None:
        ended = subprocess.run(command, input=stdin, capture_output=True, check=False, timeout=PATIENCE)
        self.code, self.out, self.err = ended.returncode, ended.stdout, ended.stderr


def module_run(*arguments: str, stdin: bytes = b"") -> Ended:
    return Ended(sys.executable, "-m", "corsac", *arguments, stdin=stdin)


def both(*arguments: str, stdin: bytes = b"") -> tuple[Ended, Ended]:
    """Run the module and the program, whose exit codes must be equal."""
    binary = ROOT / "target" / "debug" / "corsac"
    assert binary.exists(), "run cargo build --package corsac-cli"
    program = Ended(str(binary), *arguments, stdin=stdin)
    module = module_run(*arguments, stdin=stdin)
    assert module.code == program.code, module.err
    assert bool(module.err) == bool(program.err)
    return module, program


@pytest.mark.parametrize("text", [WRONG, WRONG_SET, DOUBTFUL, 'allow_origins = ["https://a.example"]\n'])
def test_check_reports_the_same_findings(text: str, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(text)

    def found(ended: Ended) -> Any:  # noqa: ANN401
        report = json.loads(ended.out)
        report["findings"].sort(key=lambda finding: json.dumps(finding, sort_keys=True))
        return report

    module, program = both("check", str(policy), "--format", "json")
    assert found(module) == found(program)
    assert list(json.loads(module.out)) == list(json.loads(program.out))
    assert [list(finding) for finding in json.loads(module.out)["findings"][:1]] == [
        list(finding) for finding in json.loads(program.out)["findings"][:1]
    ]
    words = both("check", str(policy))[0].out.decode()
    assert words.endswith(both("check", str(policy))[1].out.decode().splitlines()[-1] + "\n")
    assert all(finding["code"] in words for finding in json.loads(module.out)["findings"])


def test_check_reads_images_and_standard_input(tmp_path: Path) -> None:
    image = tmp_path / "api.corsac"
    assert both("compile", API, "-o", str(image))[0].code == 0
    module, program = both("check", str(image))
    assert module.out == program.out
    module, program = both("check", "-", stdin=b'allow_origins = ["https://a.example"]')
    assert module.out == program.out == b"standard input: no findings\n"


@pytest.mark.parametrize("output_format", ["text", "json"])
@pytest.mark.parametrize(
    "path", ["/", "/account", "/account/cards", "/accounts", "/account/../x", "//", "/b%C3%A4r", "/a b"]
)
@pytest.mark.parametrize("example", EXAMPLES)
def test_check_shows_the_policies_of_a_path(example: str, path: str, output_format: str, tmp_path: Path) -> None:
    image = tmp_path / "policy.corsac"
    assert module_run("compile", example, "-o", str(image)).code == 0
    for policy in (example, str(image)):
        module, program = both("check", policy, "--path", path, "--format", output_format)
        assert module.out == program.out != b""


def test_check_of_a_path_without_a_policy() -> None:
    for policy in (b'[[policy]]\npath = "/api"\ncors = false\n', b"allow_origins = []\n"):
        module, program = both("check", "-", "--path", "/", stdin=policy)
        assert module.out.splitlines()[-1] == program.out.splitlines()[-1]
    module, program = both("check", "-", "--path", "/", "--format", "json", stdin=b"allow_origins = []\n")
    assert list(json.loads(module.out)) == list(json.loads(program.out)) == ["findings", "errors", "warnings"]
    for path in ("account", "https://a.example/x", ""):
        module, program = both("check", API, "--path", path)
        assert (module.code, module.out, module.err) == (2, program.out, program.err)


def options_of(command: str, ended: Ended) -> set[str]:
    """The options that a help text lists."""
    assert ended.code == 0, command
    return set(re.findall(r"--[a-z-]+", ended.out.decode().partition("Examples:")[0])) - {"--help"}


# Only the program reads other products' configurations.
DIALECTS = {"check": {"--from", "--only", "--product-version"}, "eval": {"--from", "--only", "--product-version"}}


@pytest.mark.parametrize("command", ["check", "compile", "eval"])
def test_commands_take_the_same_options(command: str) -> None:
    module, program = both(command, "--help")
    assert options_of(command, module) | DIALECTS.get(command, set()) == options_of(command, program)


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (["--as", "http://api.example.com/"], 1, "mixed-content"),
        (["--as", "https://api.example.com/"], 0, None),
        (["--as", "http://localhost:8000/"], 0, "mixed-content"),
        (["--as", "http://localhost:8000/", "--deployed"], 1, "mixed-content"),
        (["--as", "https://192.168.0.5/", "--page-space", "public"], 0, "local-network-permission"),
        (["--as", "https://192.168.0.5/", "--page-space", "local"], 0, None),
        (["--as", "x:y"], 2, None),
    ],
)
def test_eval_judges_the_delivery_as_the_program_does(options: list[str], code: int, told: str | None) -> None:
    module, program = both("eval", API, "--origin", ORIGIN, *options)
    assert (module.code, program.code) == (code, code)
    for ended in (module, program):
        assert told is None or f"[{told}]" in ended.out.decode()
        assert told is not None or "elivery in" not in ended.out.decode()


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_give_the_same_everywhere(example: str) -> None:
    for arguments in (["check", example], ["check", example, "--format", "json"], ["compile", example, "-o", "-"]):
        module, program = both(*arguments)
        assert module.out == program.out
    for origin in (ORIGIN, "https://account.example.com", "https://evil.example", "null"):
        for path in ("/", "/account/cards"):
            script = [
                "--origin",
                origin,
                "--path",
                path,
                "--method",
                "PUT",
                "--header",
                "content-type: application/json",
            ]
            module, program = both("eval", example, *script)
            assert module.out.decode().startswith(heads_of(program))
            head = f"OPTIONS {path} HTTP/1.1\nOrigin: {origin}\nAccess-Control-Request-Method: PUT\n"
            module, program = both("eval", example, stdin=head.encode())
            assert module.out == program.out
            request = {"method": "GET", "headers": [["Origin", origin]], "raw_path": path}
            module, program = both("eval", example, "--jsonl", stdin=json.dumps(request).encode())
            assert json.loads(module.out) == json.loads(program.out)


def heads_of(program: Ended) -> str:
    """The requests and responses of the program's `eval`. After them, it shows what browsers do in its own way."""
    return re.split(r"\n(?:In each browser|In every browser|Every browser)", program.out.decode())[0].rstrip("\n")


@pytest.mark.parametrize("policy", [API, SETS])
def test_compile_writes_the_same_image(policy: str, tmp_path: Path) -> None:
    module, program = both("compile", policy, "-o", "-")
    assert module.out == program.out != b""
    target = tmp_path / "policy.corsac"
    target.write_bytes(b"old")
    target.chmod(0o640)
    link = tmp_path / "link"
    link.symlink_to(target)
    assert module_run("compile", policy, "-o", str(link)).code == 0
    assert (link.is_symlink(), target.read_bytes(), target.stat().st_mode & 0o777) == (True, module.out, 0o640)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "policy.corsac"]


def test_compile_of_a_wrong_policy_keeps_the_old_image(tmp_path: Path) -> None:
    policy, target = tmp_path / "policy.toml", tmp_path / "policy.corsac"
    policy.write_text(WRONG)
    target.write_bytes(b"old")
    module, _ = both("compile", str(policy), "-o", str(target))
    assert (module.code, module.out, target.read_bytes()) == (1, b"", b"old")
    assert b"https://a.example/" in module.err
    module, _ = both("compile", API, "-o", str(tmp_path))
    assert (module.code, module.err[:13]) == (2, b"error: cannot")


@pytest.mark.parametrize("name", ["field", "malformed", "request-headers", "sets"])
def test_eval_of_json_lines_gives_the_same_decisions(name: str, tmp_path: Path) -> None:
    by_policy: dict[bytes, list[str]] = {}
    for case in shared_vectors.cases(name):
        mapping = shared_vectors.options(case["spec"])
        if mapping is None or "request" not in case:
            continue
        image = compiled(mapping)
        request = case["request"]
        line = {
            "method": shared_vectors.latin(request["method"]).decode("latin-1"),
            "headers": [
                [n.decode("latin-1"), v.decode("latin-1")] for n, v in shared_vectors.lines(request["headers"])
            ],
        }
        paths = {key: shared_vectors.path(request, key) for key in ("path", "raw_path")}
        line |= {key: path.decode("latin-1") for key, path in paths.items() if path is not None}
        by_policy.setdefault(image, []).append(json.dumps(line))
    for number, (image, lines) in enumerate(sorted(by_policy.items(), key=lambda item: -len(item[1]))[:8]):
        policy = tmp_path / f"{number}.corsac"
        policy.write_bytes(image)
        module, program = both("eval", str(policy), "--jsonl", stdin="\n".join(lines).encode())
        module_lines, program_lines = (
            [json.loads(line, object_pairs_hook=list) for line in ended.out.splitlines()] for ended in (module, program)
        )
        assert module_lines == program_lines
        assert len(module_lines) == len(lines)


def compiled(mapping: dict[str, Any]) -> bytes:
    from corsac._policy_file import policy_or_set

    return policy_or_set(mapping).image


def test_eval_continues_after_a_bad_line() -> None:
    lines = [
        b'{"method":"GET","headers":[]}',
        b'{"method":"GET"}',
        b"",
        b'{"method":"GET","headers":[],"other":1}',
        b'{"method":"GET","method":"GET","headers":[]}',
        b'{"method":"\\u0100","headers":[]}',
        b'{"method":"GET","headers":[["a"]]}',
        b"[]",
        b"\xff",
        b'{"method":"GET","headers":[["Origin","https://app.example.com"]]}',
    ]
    module, program = both("eval", API, "--jsonl", stdin=b"\n".join(lines))
    assert module.code == 2
    lines_out = [json.loads(line) for line in module.out.splitlines()]
    assert [line.get("line") for line in lines_out] == [None, 2, 4, 5, 6, 7, 8, 9, None]
    expected = [json.loads(line) for line in program.out.splitlines()]
    assert [line.get("line") for line in expected] == [None, 2, 4, 5, 6, 7, 8, 9, None]
    assert (lines_out[0], lines_out[-1]) == (expected[0], expected[-1])


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--origin", ORIGIN], 0),
        (["--origin", ORIGIN, "--method", "put", "-H", "authorization", "--credentials"], 0),
        (["--origin", ORIGIN, "--method", "PATCH"], 1),
        (["--origin", ORIGIN, "-H", "x-trace: 1"], 1),
        (["--origin", "https://evil.example"], 1),
        (["--origin", "https://evil.example", "--method", "PUT"], 1),
        (["--origin", "null"], 1),
        (["--origin", "a b"], 2),
        (["--origin", ORIGIN, "--method", "TRACE"], 2),
        (["--origin", ORIGIN, "-H", "cookie: a=b"], 2),
        (["--origin", ORIGIN, "-H", "a b"], 2),
        (["--origin", ORIGIN, "--path", "account"], 2),
        (["--method", "PUT"], 2),
        (["--jsonl", "--origin", ORIGIN], 2),
    ],
)
def test_eval_of_a_script_shows_the_same_requests_and_responses(options: list[str], code: int) -> None:
    module, program = both("eval", API, *options)
    assert module.code == code
    if code < 2:
        assert module.out.decode().startswith(heads_of(program))


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (f"OPTIONS /x HTTP/1.1\r\nOrigin: {ORIGIN}\r\nAccess-Control-Request-Method: PUT\r\n\r\nbody", 0),
        (f"> GET /x HTTP/2\n> Origin: {ORIGIN}\n>\n", 0),
        (f":method: GET\n:path: /x\norigin: {ORIGIN}\n", 0),
        ("GET http://b.example/x?y HTTP/1.1\nOrigin: https://evil.example\n", 1),
        ("\ufeffGET / HTTP/1.1\n\n", 0),
        ("GET /\n", 0),
        ("GET / HTTP/1.1\nno colon\n", 2),
        ("GET / HTTP/1.1\nOrigin: a\x01b\n", 2),
        ("Origin: https://a.example\n", 2),
        ("", 2),
    ],
)
def test_eval_of_a_request_head_writes_the_same_text(head: str, code: int) -> None:
    module, program = both("eval", API, stdin=head.encode())
    assert module.code == code
    assert module.out == program.out
    if code == 2:
        assert module.err == program.err


def test_path_without_a_policy_is_exit_code_2(tmp_path: Path) -> None:
    policy = tmp_path / "set.toml"
    policy.write_text('[[policy]]\npath = "/api"\nallow_origins = ["https://a.example"]\n')
    for arguments, head in ((["--origin", ORIGIN, "--path", "/x"], b""), ([], b"GET /x HTTP/1.1\n")):
        module, program = both("eval", str(policy), *arguments, stdin=head)
        assert (module.code, module.out) == (2, program.out)
    module, program = both("eval", str(policy), "--jsonl", stdin=b'{"method":"GET","headers":[],"path":"/x"}')
    assert (module.code, module.out) == (0, program.out)
    module, program = both("eval", SETS, "--origin", ORIGIN, "--path", "/account/cards")
    assert module.code == program.code


def test_failure_is_exit_code_2_and_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.corsac"
    broken.write_bytes(b"\x89corsac\x01broken")
    for arguments in (
        ["check", str(tmp_path / "missing.toml")],
        ["check", str(broken)],
        ["eval", "-"],
        ["eval", "-", "--jsonl"],
    ):
        module, _ = both(*arguments)
        assert (module.code, module.out, len(module.err.splitlines())) == (2, b"", 1)
    policy = tmp_path / "policy.toml"
    policy.write_text("allow_origins = [\n")
    assert both("check", str(policy))[0].code == 2
    for arguments in ([], ["other"], ["check"], ["compile", API]):
        assert both(*arguments)[0].code == 2


def test_control_characters_never_reach_the_terminal(tmp_path: Path) -> None:
    policy = tmp_path / "a\x1b[31m.toml"
    policy.write_text('allow_origins = ["https://a\\u001b[31m.example"]\n"\\u001b[1m" = 1\n')
    for arguments in (["check", os.fspath(policy)], ["eval", os.fspath(policy), "--origin", ORIGIN]):
        module, _ = both(*arguments)
        assert b"\x1b" not in module.out + module.err
    module, _ = both("eval", API, stdin=b"GET /\x1b HTTP/1.1\nOrigin: \x80\n")
    assert b"\x1b" not in module.out
    assert b"\x80" not in module.out


def test_closed_pipe_is_not_a_failure() -> None:
    lines = b'{"method":"GET","headers":[]}\n' * 20_000
    with subprocess.Popen(
        [sys.executable, "-m", "corsac", "eval", API, "--jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        try:
            child.stdin.write(lines)
            child.stdin.close()
        except BrokenPipeError:
            pass
        errors = child.stderr.read()
        child.wait(PATIENCE)
    assert (child.returncode, errors) == (0, b"")
