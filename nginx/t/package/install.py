"""Installs the package with dpkg, sends requests to an nginx that loads it, removes and purges it. Prints its findings as JSON.

It changes /etc, /usr and /var, and root runs it: `test_package.py` gives it copies of these."""

import http.client
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import PATIENCE, Nginx  # noqa: E402

PLACES = ("/etc/nginx", "/usr/lib/nginx", "/usr/share/nginx", "/usr/share/doc", "/var/lib/dpkg/info")
NAME = "libnginx-mod-http-corsac"


def files():
    """All files and directories below these places, and the target of each link. A directory ends with a slash."""
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
    """The status and the allowed origin of a response of nginx, with the module that Debian's configuration loads."""
    nginx = Nginx("")
    nginx.process = subprocess.Popen(["nginx", "-c", configuration])
    nginx.ports = [port]
    try:
        nginx.accepts_connections()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        headers = {"Origin": "https://app.example", "Access-Control-Request-Method": "PUT"}
        connection.request("OPTIONS", "/", headers=headers)
        response = connection.getresponse()
        return [response.status, response.getheader("Access-Control-Allow-Origin")]
    finally:
        nginx.end()
        nginx.remove()


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
