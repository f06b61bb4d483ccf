"""``python -m corsac`` has the commands ``check``, ``compile`` and ``eval`` of the ``corsac`` program."""

from __future__ import annotations

import argparse
import os
import sys

from corsac import __version__
from corsac._command import checking, compiling, evaluate
from corsac._command.source import Failure, usable

_AFTERWORD = """\
exit codes:
  0   fine
  1   the result is "no": errors in the policy, or a request that is denied or blocked
  2   no result: wrong usage, an unreadable file, or a path that no policy is for

POLICY is a TOML file of a policy or a policy set, a compiled image, or - for standard input. The program `corsac`,
written in Rust, has these commands too, and explain, probe, mcp and completions: cargo install --locked --path cli
"""


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m corsac",
        description="Check, compile and try CORS policies.",
        epilog=_AFTERWORD,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"corsac {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    check = commands.add_parser(
        "check", help="show everything that is wrong or doubtful in a policy", allow_abbrev=False
    )
    check.add_argument("policy", metavar="POLICY")
    check.add_argument("--format", choices=("text", "json"), default="text", help="for people, or for machines")
    check.add_argument(
        "--path", metavar="PATH", help="also show which policies of a policy set are for this path of a URL"
    )
    compiled = commands.add_parser("compile", help="compile a policy into an image", allow_abbrev=False)
    compiled.add_argument("policy", metavar="POLICY")
    compiled.add_argument(
        "-o", "--output", metavar="FILE", required=True, help="where the image goes; - for standard output"
    )
    tried = commands.add_parser(
        "eval",
        help="show how the policy decides about a request, and why",
        description="The request is what a browser sends for --origin, --method and --header, or a raw request head on "
        "standard input, or, with --jsonl, one JSON object per line.",
        allow_abbrev=False,
    )
    tried.add_argument("policy", metavar="POLICY")
    tried.add_argument("--origin", help="the origin of the page whose script sends the request")
    tried.add_argument("--method", help="the method of the script's request [GET]")
    tried.add_argument(
        "-H", "--header", action="append", default=[], metavar="NAME[: VALUE]", help="a header of the script"
    )
    tried.add_argument("--credentials", action="store_true", help="the script sends credentials")
    tried.add_argument("--path", help="the path of the URL, which chooses the policy of a policy set [/]")
    tried.add_argument(
        "--page-space", choices=("public", "local", "loopback"), help="the network that the page is served from"
    )
    tried.add_argument("--as", dest="as_url", metavar="URL", help="judge the server as if it were at this URL")
    tried.add_argument("--deployed", action="store_true", help="judge the page as if it were deployed to the internet")
    tried.add_argument(
        "--jsonl", action="store_true", help="read one request per line, and write one decision per line"
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run a command, and return its exit code."""
    parser = _arguments()
    given = parser.parse_args(arguments)
    if given.command is None:
        parser.print_help(sys.stderr)
        return 2
    try:
        return _run(parser, given)
    except evaluate.Untouched as untouched:
        print(untouched.text, end="")
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
    except BrokenPipeError:
        # A closed pipe is not a failure. Without this, the interpreter would report an error when
        # it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return 2


def _run(parser: argparse.ArgumentParser, given: argparse.Namespace) -> int:
    if given.command == "check":
        text, is_sound = checking.check(given.policy, given.format, given.path)
        print(text, end="", flush=True)
        return int(not is_sound)
    if given.command == "eval":
        of_network = bool(given.page_space or given.as_url or given.deployed)
        of_browser = bool(given.method or given.header or given.credentials or given.path)
        if given.origin is None and (of_browser or of_network):
            parser.error("--method, --header, --credentials, --path, --page-space, --as and --deployed need --origin")
        if given.origin is not None and given.jsonl:
            parser.error("--jsonl and --origin exclude each other")
        if given.origin is None and given.policy == "-":
            raise Failure(
                "the policy and the request cannot both come from standard input: name a policy file, or use --origin"
            )
    policies = usable(given.policy)
    if policies is None:
        return 1
    if given.command == "compile":
        compiling.write(policies.image, given.output)
        return 0
    if given.jsonl:
        return 0 if evaluate.from_lines(policies) else 2
    text, is_allowed = (
        evaluate.from_head(policies, sys.stdin.buffer.read())
        if given.origin is None
        else evaluate.from_options(policies, given)
    )
    print(text, end="", flush=True)
    return int(not is_allowed)


if __name__ == "__main__":
    sys.exit(main())
