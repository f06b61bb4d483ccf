"""Under load, with hostile requests and a reload every second, there is no error and no wrong response, and no process grows.

Set CORSAC_LOAD_SECONDS to run it longer than 15 seconds."""

import json
import os
import pathlib
import signal
import subprocess
import time
import unittest

from harness import PATIENCE, need, until
from harness.case import POLICY, Case

SECONDS = int(os.environ.get("CORSAC_LOAD_SECONDS", "15"))
SCRIPT = pathlib.Path(__file__).parent / "load" / "mixed.lua"


def server_of(policy, more=""):
    # X-Case names the case of a response for the script, also on responses to preflights.
    return f"""
        # The defaults. nginx keeps a few bytes for every large request head until the connection ends, also without the module.
        keepalive_requests 1000; keepalive_timeout 60s; large_client_header_buffers 4 16k; {more}
        server {{
            listen 127.0.0.1:%PORT% reuseport backlog=1024;
            # nginx formats every message, and none is stored.
            error_log /dev/null info;
            {policy}
            location ~ ^/(?<case>.+)$ {{ add_header X-Case $case always; add_header Vary Cookie always; return 200 ok; }}
        }}
    """


class Load(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        need("wrk")

    def wrk(self, server, seconds, each_second=lambda: None):
        """Runs wrk and returns what its script found."""
        run = subprocess.Popen(
            ["wrk", "--threads", "2", "--connections", "32", "--duration", f"{seconds}s", "--timeout", "10s", "--script", SCRIPT,
             f"http://127.0.0.1:{server.port}/"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        self.addCleanup(lambda: run.poll() is None and run.kill())
        for _ in range(seconds):
            time.sleep(1)
            each_second()
        said = run.communicate(timeout=PATIENCE)[0].decode()
        self.assertEqual(run.returncode, 0, said)
        return json.loads(said.split("RESULT ", 1)[1].splitlines()[0])

    def resident(self, server):
        """kB of every process, the master first."""
        pids = [server.process.pid, *server.workers()] if server.master else server.workers()
        return [int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4 for pid in pids]

    def assert_all_right(self, found):
        self.assertEqual((found["wrong"], found["first"]), (0, ""))
        for error in ("connect", "write", "timeout"):
            self.assertEqual(found[error], 0, error)
        self.assertGreater(found["right"], 1000)

    def test_worker_does_not_grow_and_responses_are_right(self):
        server = self.serve(server_of(POLICY), master=True)
        self.assert_all_right(self.wrk(server, 2))
        warm = self.resident(server)
        found = self.wrk(server, max(3, SECONDS // 3))
        self.assert_all_right(found)
        self.assertEqual(found["read"], 0)
        for before, after in zip(warm, self.resident(server), strict=True):
            self.assertLess(after, before + 1024, "kB")

    def test_reloads_every_second_lose_nothing(self):
        server = self.serve(server_of(POLICY), master=True)
        sizes = []

        def reload():
            # A second signal would be lost if it came before nginx has read the first.
            count = server.log().count("reconfiguring")
            server.process.send_signal(signal.SIGHUP)
            self.assertTrue(until(lambda: server.log().count("reconfiguring") > count), server.said())
            sizes.append(self.resident(server)[0])

        found = self.wrk(server, SECONDS, reload)
        self.assert_all_right(found)
        # A worker that ends closes its idle connections. wrk may have sent a request by then, and opens another connection.
        self.assertLess(found["read"], 32 * SECONDS + 1)
        self.assertGreaterEqual(server.log().count("reconfiguring"), SECONDS)
        half = sizes[len(sizes) // 2 :]
        self.assertLess(half[-1], half[0] + 2048, f"the master grows: {sizes} kB")

    def test_script_finds_wrong_responses(self):
        for policy in ("", POLICY.replace("https://app.example", "https://other.example"), "cors on; cors_allow_origins *;"):
            server = self.serve(server_of(policy), master=True)
            found = self.wrk(server, 1)
            self.assertGreater(found["wrong"], 100, policy)
            self.assertNotEqual(found["first"], "")


if __name__ == "__main__":
    unittest.main()
