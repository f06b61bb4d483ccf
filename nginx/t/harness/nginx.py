"""One nginx. It does not read the configuration of the machine, and writes only below its prefix."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess

from .http1 import Connection
from .place import MODULE, NGINX, PATIENCE, free_port, scratch, until

# Tests of load and reloads need a master. The others run in one process, which ends at once.
MASTER = "master_process on; worker_processes 1;"
SINGLE = "master_process off;"
# Seconds until a signal is sent again.
AGAIN = 0.2

HTTP = """
client_body_temp_path {prefix}/tmp/body; proxy_temp_path {prefix}/tmp/proxy; fastcgi_temp_path {prefix}/tmp/fastcgi;
uwsgi_temp_path {prefix}/tmp/uwsgi; scgi_temp_path {prefix}/tmp/scgi;
types {{ text/html html; text/plain txt; }} default_type text/plain;
server_tokens off;
"""


class StartFailed(AssertionError):
    """nginx did not start. The message has its output."""


class Nginx:
    """`http` is the content of the http block, where `%PORT%` is the first port, `%PORT1%` the second and so on, and `%PREFIX%` the
    directory. `wrap` is a command that runs it, such as valgrind."""

    def __init__(self, http, *, master=False, module=MODULE, access_log=False, ports=1, main="", top="", files=None, level="info"):
        self.prefix = scratch()
        self.main, self.top, self.module, self.master, self.level = main, top, module, master, level
        self.wrap = []
        self.binary = NGINX
        self.access_log = access_log
        self.ports = [free_port() for _ in range(ports)]
        self.process = None
        (self.prefix / "tmp").mkdir()
        (self.prefix / "html").mkdir()
        for name, content in (files or {}).items():
            self.write(name, content)
        self.http = http
        self.configure(http)

    # Its configuration.

    @property
    def port(self):
        return self.ports[0]

    def write(self, name, content):
        path = self.prefix / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def fill(self, text):
        """Replaces `%PORT%`, `%PORT1%` … and `%PREFIX%`. Braces and dollars would mean something to nginx."""
        for place, port in reversed(list(enumerate(self.ports))):
            text = text.replace(f"%PORT{place or ''}%", str(port))
        return text.replace("%PREFIX%", str(self.prefix))

    def configure(self, http):
        """Writes the configuration, which a running nginx reads at its next reload. Line n of `http` is `http.conf:n`."""
        self.http = http
        load = f"load_module {self.module};" if self.module else ""
        user = "user root root;" if os.geteuid() == 0 and self.master else ""
        log = "" if self.access_log else "access_log off;"
        self.write("http.conf", self.fill(http))
        self.write(
            "nginx.conf",
            f"{load}{self.top}\n{user}\ndaemon off; {MASTER if self.master else SINGLE}\npid {self.prefix}/nginx.pid;\n"
            f"lock_file {self.prefix}/nginx.lock;\nerror_log {self.prefix}/error.log {self.level};\n{self.fill(self.main)}\n"
            f"events {{ worker_connections 1024; }}\nhttp {{\n{HTTP.format(prefix=self.prefix)}\n{log}\n"
            f"include {self.prefix}/http.conf;\n}}\n",
        )

    def command(self, *arguments):
        return [self.binary, "-p", str(self.prefix), "-c", str(self.prefix / "nginx.conf"), "-e", str(self.prefix / "error.log"), *arguments]

    # Start and end.

    def check(self):
        """Runs `nginx -t` and returns its exit code and output."""
        run = subprocess.run(self.command("-t"), capture_output=True, timeout=PATIENCE, check=False)
        return run.returncode, (run.stderr + run.stdout).decode("utf-8", "replace")

    def version(self):
        """Its name and version, as `nginx -v` prints them."""
        return subprocess.run([self.binary, "-v"], capture_output=True, text=True, timeout=PATIENCE, check=True).stderr.partition(": ")[2].strip()

    def start(self):
        for attempt in range(5):
            self.configure(self.http)
            with (self.prefix / "stderr.log").open("wb") as stderr:
                self.process = subprocess.Popen(
                    [*self.wrap, *self.command()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr, env={"PATH": os.environ["PATH"]}
                )
            if self.accepts_connections():
                return self
            said = self.said() + (self.prefix / "stderr.log").read_text(errors="replace")
            self.end()
            if "Address already in use" not in said or attempt == 4:
                raise StartFailed(f"nginx did not start:\n{said}")
            self.ports = [free_port() for _ in self.ports]
        raise AssertionError("unreachable")

    def accepts_connections(self):
        """Waits until it takes connections on every port that it listens on, and returns whether it does. It opens them one after the other."""
        text = self.fill(self.http)
        listens = [port for port in self.ports if re.search(rf"listen 127\.0\.0\.1:{port}\b", text)] or [self.port]

        def connects():
            try:
                for port in listens:
                    socket.create_connection(("127.0.0.1", port), PATIENCE).close()
            except OSError:
                return False
            return True

        until(lambda: self.ended() or connects())
        return not self.ended() and bool(self.workers())

    def ended(self):
        return self.process.poll() is not None

    def workers(self):
        """The process ids of the workers that serve, or of the only process. A master listens before it has a worker, so this waits for one;
        the list is empty if the master ended."""
        if not self.master:
            return [self.process.pid]
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        until(lambda: self.ended() or children.read_text())
        return [] if self.ended() else [int(pid) for pid in children.read_text().split()]

    def reload(self):
        """Reloads the configuration, and returns whether nginx accepted it."""
        before, workers = len(self.log()), set(self.workers())

        def refused():
            return "[emerg]" in self.log()[before:]

        def serves():
            # The new worker serves when the old one shuts down, which can take a while.
            return "gracefully shutting down" in self.log()[before:] and bool(set(self.workers()) - workers)

        # A master that gets the signal twice would start another worker.
        if not self.signal_until(signal.SIGHUP, lambda: refused() or serves(), PATIENCE if self.master else AGAIN):
            raise AssertionError("nginx did not react to SIGHUP:\n" + self.said())
        return not refused()

    def signal_until(self, how, happened, again=AGAIN):
        """Sends this signal until it has brought about what it should, and returns whether it has.

        A single process can miss one. nginx only notes a signal, and looks at the note before it waits for events: a signal that comes between the
        two is noticed at the next event, and there may be none. A master does not miss it. But 1.5 s after the last SIGTERM it kills its workers,
        which can need longer on a busy machine."""
        for _ in range(round(PATIENCE / again)):
            self.process.send_signal(how)
            if until(happened, again):
                return True
        return False

    def end(self, how=signal.SIGTERM):
        """Ends it by its own process id and returns its exit code. You can call it again."""
        if self.process and not self.ended() and not self.signal_until(how, self.ended):
            self.process.kill()
            self.process.wait()
        return self.process.returncode if self.process else None

    def remove(self):
        shutil.rmtree(self.prefix, ignore_errors=True)

    # Its log.

    def log(self):
        path = self.prefix / "error.log"
        return path.read_bytes().decode("latin-1") if path.exists() else ""

    def said(self, lines=60):
        return "\n".join(self.log().splitlines()[-lines:])

    def alarms(self):
        """Lines that must never be in a log: about a worker that died, a leaked connection, a wrong configuration."""
        return [line for line in self.log().splitlines() if any(f"[{level}]" in line for level in ("alert", "emerg", "crit"))]

    def read(self, name):
        return (self.prefix / name).read_bytes().decode("latin-1")

    def lines(self, name, count):
        """The first `count` lines of a log. It waits for them, because nginx writes them after it has sent the response."""
        until(lambda: len(self.read(name).splitlines()) >= count)
        return self.read(name).splitlines()

    # Requests.

    def connect(self, place=0):
        return Connection(self.ports[place])

    def ask(self, method, target, headers=(), body=b"", host="localhost", place=0):
        """One request on a connection of its own."""
        with self.connect(place) as connection:
            return connection.ask(method, target, headers, body, host)
