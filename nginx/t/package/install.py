"""Installs the package with dpkg, asks an nginx that loads what it installed, removes and purges it. Prints what was found as JSON.

It changes /etc, /usr and /var, and is run by root: `test_package.py` gives it copies of them, where it can."""

import http.client
import json
import os
import pathlib
import subprocess
import sys
import time

PLACES = ("/etc/nginx", "/usr/lib/nginx", "/usr/share/nginx", "/usr/share/doc", "/var/lib/dpkg/info")
NAME = "libnginx-mod-http-corsac"


def files():
    """Each file and directory below these places, with what a link leads to. A directory ends in a slash."""
    found = {}
    for place in PLACES:
        for directory, folders, names in os.walk(place):
            for name in [*folders, *names]:
                path = pathlib.Path(directory, name)
                found[f"{path}{'/' * (path.is_dir() and not path.is_symlink())}"] = os.readlink(path) if path.is_symlink() else ""
    return found


def dpkg(*arguments):
    run = subprocess.run(["dpkg", *arguments], capture_output=True, text=True, check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    return [run.returncode, run.stdout + run.stderr]


def preflight(configuration, port):
    """The status and the origin that nginx sends, with the module that Debian's configuration loads."""
    server = subprocess.Popen(["nginx", "-c", configuration])
    try:
        until = time.monotonic() + 10
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                headers = {"Origin": "https://app.example", "Access-Control-Request-Method": "PUT"}
                connection.request("OPTIONS", "/", headers=headers)
                answer = connection.getresponse()
                return [answer.status, answer.getheader("Access-Control-Allow-Origin")]
            except ConnectionRefusedError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
    finally:
        server.terminate()
        server.wait(20)


def check(configuration):
    run = subprocess.run(["nginx", "-t", "-c", configuration], capture_output=True, text=True, check=False)
    return [run.returncode, run.stderr]


def main(package, configuration, port):
    found = {"before": files(), "installed": dpkg("--install", package)}
    found["files"] = files()
    found["check"] = check(configuration)
    found["preflight"] = preflight(configuration, port)
    found["removed"] = dpkg("--remove", NAME)
    found["unloaded"] = check(configuration)
    found["purged"] = dpkg("--purge", NAME)
    found["after"] = files()
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
