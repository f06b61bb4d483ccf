"""Where the things under test are, and what to install where one is missing: said by name, and under CI=true a failure."""

import os
import pathlib
import shutil
import socket
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
TARGET = ROOT / "target" / "nginx"
MODULE = pathlib.Path(os.environ.get("NGINX_MODULE", TARGET / "ngx_http_corsac_module.so"))
# The server to test with: Angie, freenginx or another nginx, with a module that was built for it.
NGINX = os.environ.get("NGINX_BINARY", "nginx")
CORSAC = pathlib.Path(os.environ.get("CORSAC", ROOT / "target" / "debug" / "corsac"))

INSTALL = {
    "nginx": "apt-get install nginx",
    "wrk": "apt-get install wrk",
    "valgrind": "apt-get install valgrind",
    "chromium": "apt-get install chromium",
    "nm": "apt-get install binutils",
    "node": "see https://nodejs.org",
    "cc": "apt-get install gcc libc6-dev",
    str(TARGET / "deb" / "libnginx-mod-http-corsac.deb"): "make nginx-deb",
    "/usr/share/nginx/src/configure": "apt-get install nginx-dev",
    str(MODULE): "make nginx-module",
    str(CORSAC): "cargo build --package corsac-cli",
    str(ROOT / "tests" / "browsers" / "node_modules" / "playwright-core"): "make browsers-tools",
}


def missing(*tools):
    """What of these is not here, each with the command that brings it."""
    found = {tool: os.path.exists(tool) if os.path.isabs(tool) else shutil.which(tool) for tool in map(str, tools)}
    return [f"{tool} is missing: {INSTALL.get(tool, 'make nginx-test-tools')}" for tool, there in found.items() if not there]


def need(*tools):
    """Skips the test that lacks one of these; under CI=true it fails instead."""
    lacks = missing(*tools)
    if lacks and os.environ.get("CI") == "true":
        raise AssertionError("; ".join(lacks))
    if lacks:
        raise unittest.SkipTest("; ".join(lacks))


def scratch():
    """A directory of its own below target/; its user removes it."""
    below = TARGET / "t"
    below.mkdir(parents=True, exist_ok=True)
    return pathlib.Path(tempfile.mkdtemp(dir=below))


def free_port():
    """A loopback port that nobody listens on. Somebody else may take it: whoever binds it tries another."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
