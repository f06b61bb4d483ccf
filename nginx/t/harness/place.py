"""The paths of all that the tests use. If a tool is missing, its tests are skipped with the command that installs it; with CI=true they fail."""

import os
import pathlib
import random
import shutil
import socket
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
TARGET = ROOT / "target" / "nginx"
MODULE = pathlib.Path(os.environ.get("NGINX_MODULE", TARGET / "ngx_http_corsac_module.so"))
# The server for the tests. It can be Angie, freenginx or another nginx, with a module that was built for it.
NGINX = os.environ.get("NGINX_BINARY", "nginx")
CORSAC = pathlib.Path(os.environ.get("CORSAC", ROOT / "target" / "debug" / "corsac"))
# Seconds until a test gives up. What it waits for takes a second here, under valgrind five, and many times as long on a busy machine. Only what
# hangs takes all of them.
PATIENCE = 180

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
    """Those of these tools that are missing, each with the command that installs it."""
    found = {tool: os.path.exists(tool) if os.path.isabs(tool) else shutil.which(tool) for tool in map(str, tools)}
    return [f"{tool} is missing: {INSTALL.get(tool, 'make nginx-test-tools')}" for tool, there in found.items() if not there]


def need(*tools):
    """Skips the test if one of these tools is missing. With CI=true it fails instead."""
    lacks = missing(*tools)
    if lacks and os.environ.get("CI") == "true":
        raise AssertionError("; ".join(lacks))
    if lacks:
        raise unittest.SkipTest("; ".join(lacks))


def until(happened, seconds=PATIENCE):
    """Waits until this function returns something true, for so many seconds at most. Returns what it returned last."""
    end = time.monotonic() + seconds
    while not (found := happened()) and time.monotonic() < end:
        time.sleep(0.01)
    return found


def scratch():
    """A new directory in target/. The caller removes it."""
    below = TARGET / "t"
    below.mkdir(parents=True, exist_ok=True)
    return pathlib.Path(tempfile.mkdtemp(dir=below))


def free_port():
    """A free loopback port. Another program can take it before you do: then try another one. No client takes it, because Linux gives them ports
    from 32768 on."""
    while True:
        port = random.randrange(15000, 32000)
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
