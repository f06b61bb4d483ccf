"""Tries a fenced block in the way of its language: runs it, or at least checks it. Nothing of the checkout changes."""

from __future__ import annotations

import ast
import http.server
import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import threading
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from before import BEFORE, FRAMEWORKS, REFUSED
from blocks import Block, commands, prints_as_shown
from reader import ROOT, NotAsThePageSays, free_port
from reviewed import NOT_RUN_COMMANDS

if TYPE_CHECKING:
    from types import TracebackType

CORSAC = ROOT / "target/debug/corsac"
# Where `make python-install`, `make js` and `make nginx-module` put the package, the npm package and the module.
PYTHON = ROOT / "target/python-install/bin"
JAVASCRIPT = ROOT / "js/dist/esm/command/main.js"
MODULE = ROOT / "target/nginx/ngx_http_corsac_module.so"
SHOWN_SERVERS = re.compile(r"(?:https://api\.example\.com|http://localhost:8000)(?=/)")
# Commands that ask a server about a policy: their URLs become that of this test's server.
LIVE = ("verify", "audit", "policy-from")
SECONDS = 60
# A HAR of 20 exchanges: pages ask for number 17.
EXCHANGE = {
    "request": {"method": "GET", "url": "https://api.example.com/things", "headers": [{"name": "Origin", "value": "https://app.example.com"}]},
    "response": {"status": 200, "headers": []},
}
HAR = json.dumps({"log": {"entries": [EXCHANGE] * 20}})


class NotInstalledError(Exception):
    """Something that other parts of `make test` build is not there."""


class Server(http.server.BaseHTTPRequestHandler):
    """A server behind a cache that mixes up pages: it allows one origin, and has no `Vary: Origin`."""

    seen: dict[str, str | None]

    def do_GET(self) -> None:  # noqa: N802 - the name that http.server asks for
        """The response to the first request for this URL, again."""
        age = self.path in self.seen
        allowed = self.seen.setdefault(self.path, self.headers["Origin"])
        self.send_response(200)
        if allowed == "https://app.example.com":
            self.send_header("Access-Control-Allow-Origin", allowed)
        if age:
            self.send_header("Age", "7")
        self.end_headers()

    def version_string(self) -> str:
        """What `Server` says."""
        return "nginx"

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class Trial:
    """A folder with the files that pages name, and a server in the place of theirs."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="corsac-blocks-")
        self.cwd = Path(self.folder.name)
        for name in ("api.toml", "cors.toml"):
            shutil.copy(ROOT / "examples/api.toml", self.cwd / name)
        shutil.copy(ROOT / "examples/sets.toml", self.cwd / "sets.toml")
        (self.cwd / "app.har").write_text(HAR)
        (self.cwd / "examples").symlink_to(ROOT / "examples")
        (self.cwd / "bin").mkdir()
        (self.cwd / "bin/corsac").symlink_to(CORSAC)
        self.page = ""
        self.following: Block | None = None
        self.environment = {**os.environ, "PATH": f"{self.cwd / 'bin'}:{PYTHON}:{os.environ['PATH']}:/usr/sbin"}
        handler = type("Fresh", (Server,), {"seen": {}})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", free_port()), handler)
        self.url = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self) -> Trial:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.folder.cleanup()

    def run(self, *command: str | Path, text: str = "", good: tuple[int, ...] = (0,)) -> str:
        """What the command prints."""
        done = subprocess.run(command, cwd=self.cwd, env=self.environment, input=text.encode(), capture_output=True, timeout=SECONDS, check=False)
        if done.returncode not in good:
            raise NotAsThePageSays(f"{shlex.join(map(str, command))}\nexit code {done.returncode}\n{done.stdout.decode()}{done.stderr.decode()}")
        return (done.stdout + (done.stderr if 0 not in good else b"")).decode()

    def try_block(self, page: str, block: Block, following: Block | None) -> None:
        """Tries the block; `following` is the one after it, which may be its output."""
        self.page, self.following = page, following
        way = getattr(self, "try_" + block.language, None) if block.language else None
        if way is None:
            raise NotAsThePageSays(f"no test runs a block of the language {block.language!r}")
        way(block)

    # Commands.

    def try_console(self, block: Block) -> None:
        """A session: each command runs, and prints what is shown. If nothing is shown, it only runs."""
        for command, shown in commands(block):
            printed = self.command(command)
            if printed is not None and shown and not prints_as_shown(shown, printed.splitlines()):
                raise NotAsThePageSays(f"$ {command}\n{printed}")

    def try_sh(self, block: Block) -> None:
        """Commands: those of Corsac run, `make` has the target, and any other is in the list of what is not run."""
        for command in block.text.replace("\\\n", " ").splitlines():
            self.command(command)

    def command(self, command: str) -> str | None:
        """What one command prints."""
        if command in NOT_RUN_COMMANDS or command.startswith("#"):
            return None
        words = shlex.split(command, comments=True)
        if words[0] == "make":
            self.make(words)
            return None
        if words[:3] == ["cargo", "run", "--"]:
            words[:3] = ["corsac"]
        elif words[:2] == ["npx", "corsac"]:
            if not JAVASCRIPT.exists():
                raise NotInstalledError("the npm package: run `make js`")
            words[:2] = ["node", str(JAVASCRIPT)]
        elif words[0] == "python":
            self.need_python()
        elif words[0] != "corsac":
            raise NotAsThePageSays(f"no test runs this command: {command}")
        if "probe" in words:
            at = words.index("probe") + 1
            shown = urlsplit(words[at])
            words[at] = SHOWN_SERVERS.sub(self.url, words[at])
            if not words[at].startswith(self.url):
                raise NotAsThePageSays(f"this test sends nothing to {shown.netloc}: use a server that it knows")
            # The npm package's has no such option, and its pages show no output.
            words += [] if words[0] == "node" else ["--as", f"{shown.scheme}://{shown.netloc}"]
        into = None
        if len(words) > 2 and words[-2] == ">":
            *words, _, into = words
        if words[1] in LIVE:
            for at, word in enumerate(words):
                shown = urlsplit(word)
                words[at] = SHOWN_SERVERS.sub(self.url, word)
                if shown.scheme in ("http", "https") and words[at] == word and "," not in word and words[at - 1] != "--origin":
                    raise NotAsThePageSays(f"this test sends nothing to {shown.netloc}: use a server that it knows")
        # "No" is a verdict, and no failure.
        printed = self.run(*words, good=(0, 1))
        if into:
            (self.cwd / into).write_text(printed)
        return printed.replace(self.url, "https://api.example.com") if words[1] in LIVE else printed

    def try_text(self, block: Block) -> None:
        """The usage of the command line: it has these commands and no other, each with these options."""
        lines = block.text.splitlines()
        if not all(line.startswith("corsac ") for line in lines):
            raise NotAsThePageSays("no test runs this text")
        known = set(re.findall(r"^  ([a-z-]+)  ", self.run("corsac", "--help"), re.MULTILINE)) - {"help"}
        if {line.split()[1] for line in lines} != known:
            raise NotAsThePageSays(f"the commands are {sorted(known)}")
        for line in lines:
            printed = self.run("corsac", line.split()[1], "--help")
            for option in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", line):
                if not re.search(rf"(?<![\w-]){option}(?![\w-])", printed):
                    raise NotAsThePageSays(f"{line.split()[1]} has no {option}")

    def make(self, words: list[str]) -> None:
        """There is such a target."""
        makefiles = "".join(path.read_text() for path in [ROOT / "Makefile", *(ROOT / "tools/mk").glob("*.mk")])
        for target in words[1:]:
            if "=" in target or re.search(rf"^{re.escape(target)}:|^\.PHONY:.*\b{re.escape(target)}\b", makefiles, re.MULTILINE):
                continue
            if not (target.startswith("check-") and (ROOT / target.removeprefix("check-")).is_dir()):
                raise NotAsThePageSays(f"make has no target {target}")

    # Data.

    def try_json(self, block: Block) -> None:
        """JSON: a server of tools starts, and the result of a tool is what the tool gives."""
        value = json.loads(block.text)
        for servers in (value.get("mcpServers", {}), value.get("servers", {})):
            for server in servers.values():
                self.ask_tools(server["command"], server["args"], "check", {"policy": 'allow_origins = ["*"]'})
        if "untrusted" in value:
            place = self.url.removeprefix("http://")
            arguments = {"url": f"{self.url}/things", "origin": "http://localhost:3000"}
            result = self.ask_tools("corsac", ["mcp", "--probe", place], "probe", arguments)
            value["untrusted"] = value["untrusted"].removesuffix(" ...")
            result["untrusted"] = result["untrusted"][: len(value["untrusted"])]
            if result != value:
                raise NotAsThePageSays(json.dumps(result, indent=2))

    def ask_tools(self, command: str, arguments: list[str], tool: str, given: dict[str, Any]) -> dict[str, Any]:
        """What the tool of this server gives back."""
        call = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": tool, "arguments": given}}
        start = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "pages", "version": "1"}}
        lines = [json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": start}), json.dumps(call)]
        printed = self.run(command, *arguments, text="\n".join(lines) + "\n").splitlines()
        result = json.loads(printed[-1])["result"]
        if "structuredContent" not in result:
            raise NotAsThePageSays(printed[-1])
        content: dict[str, Any] = result["structuredContent"]
        return content

    def try_toml(self, block: Block) -> None:
        """A policy, which `corsac check` accepts, or the configuration of an assistant."""
        servers = tomllib.loads(block.text).get("mcp_servers", {})
        for server in servers.values():
            self.ask_tools(server["command"], server["args"], "check", {"policy": 'allow_origins = ["*"]'})
        if not servers:
            self.run("corsac", "check", "-", text=block.text)

    # Programs.

    def need_python(self) -> None:
        """Python with the package."""
        if not (PYTHON / "python").exists():
            raise NotInstalledError("the Python package: run `make python-install`")

    def try_python(self, block: Block) -> None:
        """A program: it runs, and prints the text that follows it, if one does."""
        self.need_python()
        code, shown = block.text, self.following.text if self.following and self.following.language == "text" else ""
        if code.startswith(">>> "):
            code, shown = code.removeprefix(">>> ").split("\n", 1)
        code = BEFORE.get(first_line(block), "") + code
        for module, names in imports(code):
            source = ROOT / "python/src" / module.replace(".", "/")
            file = source.with_suffix(".py") if source.with_suffix(".py").exists() else source / "__init__.py"
            if not file.exists() or any(not re.search(rf"\b{name}\b", file.read_text()) for name in names):
                raise NotAsThePageSays(f"{module} has not all of {names}")
        if FRAMEWORKS & {module for module, _ in imports(code)}:
            return
        printed = self.run(PYTHON / "python", "-W", "ignore", "-c", code, good=(1,) if "Error: " in shown else (0,))
        if "".join(shown.split()) not in "".join(printed.split()):
            raise NotAsThePageSays(printed)

    def try_js(self, block: Block) -> None:
        """A program: it runs in a project that has the npm package and what the package is tested with."""
        if not JAVASCRIPT.exists() or not (ROOT / "js/node_modules").exists():
            raise NotInstalledError("the npm package: run `make js`")
        if not (self.cwd / "node_modules").exists():
            (self.cwd / "node_modules").mkdir()
            for name in ("express", "hono", "fastify", "koa"):
                (self.cwd / "node_modules" / name).symlink_to(ROOT / "js/node_modules" / name)
            (self.cwd / "node_modules/corsac").symlink_to(ROOT / "js")
        is_module = re.search(r"^(?:import|export|await) ", block.text, re.MULTILINE)
        before = "" if "express()" in block.text else BEFORE.get(first_line(block), "")
        # It listens on any port, and ends.
        code = before + block.text.replace(".listen(8000)", ".listen(0)") + "\nsetImmediate(() => process.exit());\n"
        file = self.cwd / ("block.mjs" if is_module else "block.cjs")
        file.write_text(code)
        printed = self.run("node", *(["--check"] if first_line(block) in REFUSED else []), file)
        for said in re.findall(r"^console\.log\(.*\);\s+// '([^']+)'", block.text, re.MULTILINE):
            if said not in printed:
                raise NotAsThePageSays(f"it does not print {said}:\n{printed}")

    def try_diff(self, block: Block) -> None:
        """The lines that you write instead: a program of their own."""
        added = "".join(line[1:] + "\n" for line in block.text.splitlines() if line.startswith("+"))
        language = "js" if self.page.startswith("js/") else "python"
        self.try_block(self.page, Block(block.page, block.line, language, added, block.before), None)

    def try_c(self, block: Block) -> None:
        """A part of a program: it compiles against the header."""
        before = BEFORE.get(first_line(block), "")
        file = self.cwd / "block.c"
        file.write_text("#include <stdlib.h>\n#include <string.h>\n#include <corsac.h>\n" + before + block.text + ("}\n" if before else ""))
        self.run("cc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", f"-I{ROOT / 'include'}", file)

    def try_nginx(self, block: Block) -> None:
        """A configuration: nginx accepts it, with the files that it names."""
        if not MODULE.exists() or shutil.which("nginx", path=self.environment["PATH"]) is None:
            raise NotInstalledError("nginx and its module: run `make nginx-module`")
        folder = self.cwd / "nginx"
        for name in ("policies", "logs"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "examples/api.toml", folder / "policies/shop.toml")
        self.run("corsac", "compile", "api.toml", "-o", folder / "policies/docs.image")
        text = block.text.replace("    ...\n", "")
        if "server {" not in text:
            text = f"server {{\nlocation / {{\n{text}}}\n}}\n"
        temporary = "".join(f"{name}_temp_path logs;\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        head = f"load_module {MODULE};\npid logs/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n"
        (folder / "nginx.conf").write_text(f"{head}{temporary}{text}}}\n")
        self.run("nginx", "-t", "-q", "-p", folder, "-c", folder / "nginx.conf")


def first_line(block: Block) -> str:
    """The line that names the block in reviewed.py."""
    return block.text.split("\n", 1)[0]


def imports(code: str) -> list[tuple[str, list[str]]]:
    """The modules of Corsac that the program names, in an import or in a setting, with what it takes from them."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("corsac"):
            found.append((str(node.module), [alias.name for alias in node.names]))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"corsac\.\w+(?:\.\w+)?", node.value):
            module, _, name = node.value.removeprefix("corsac.").partition(".")
            found.append((f"corsac.{module}", [name] if name else []))
    return found
