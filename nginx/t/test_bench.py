"""The bench reports its numbers with their confidence, and compares servers that send the same headers."""

import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

from harness import CORSAC, PATIENCE, ROOT, need, until
from harness.case import Case

sys.path.insert(0, str(ROOT / "nginx" / "bench"))

import compare  # noqa: E402
import reload  # noqa: E402
import servers  # noqa: E402


class Bench(Case):
    def test_interval_has_the_ranks_of_the_sign_test(self):
        # From tables of the binomial distribution: the ranks, from 1, that hold the median with at least 95 %.
        for count, low, high in ((6, 1, 6), (10, 2, 9), (20, 6, 15), (50, 18, 33), (100, 40, 61)):
            ratios = [float(rank) for rank in range(count, 0, -1)]
            self.assertEqual(compare.interval(ratios), ((count + 1) / 2, low, high), count)

    def test_result_says_whether_it_is_certain(self):
        slow, fast = (60.0, 15.0, 1.0), (100.0, 10.0, 1.0)
        for module, result in (([fast] * 20, "| pass |"), ([slow] * 20, "| fail |"), ([fast] * 11 + [slow] * 9, "| pass, not certain |")):
            found = {request: {"plain": [fast] * 20, "module": module} for request in servers.REQUESTS}
            rows = [row for row in compare.goal_lines(found) if row.startswith(("| proxied", "| 1 kB"))]
            self.assertEqual(len(rows), 8)
            for row in rows:
                self.assertTrue(row.endswith(result), row)

    def test_headers_by_add_header_equal_the_modules(self):
        for request in servers.REQUESTS:
            headers = servers.module_headers(request)
            self.assertEqual(headers[-1][0], "Vary")
            if "headers" in servers.variants(request):
                server = servers.Server("headers", request, headers, master=False)
                self.addCleanup(server.end)
                self.assertEqual(server.start(), headers)


class Reloads(Case):
    def test_no_request_fails_while_nginx_reads_policies_again(self):
        need(CORSAC)
        times, clients, _ = reload.measure(policies=3, reloads=2)
        self.assertEqual([client.failed for client in clients], [0, 0])
        self.assertGreater(min(client.sent for client in clients), 10)
        self.assertEqual(len(times), 2)

    def test_failed_requests_are_counted(self):
        server = self.one_server("location / { return 200; }")
        client = reload.Client(server, kept=True)
        client.start()
        while client.sent < 3:
            time.sleep(0.01)
        client.stopped.set()
        client.join()
        self.assertEqual(client.failed, client.sent)


def children(pid):
    """The process ids of all that a process has started, and of what these have started."""
    try:
        own = [int(child) for tasks in pathlib.Path(f"/proc/{pid}/task").glob("*/children") for child in tasks.read_text().split()]
    except OSError:
        return []
    return own + [further for child in own for further in children(child)]


def runs(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


class Ended(unittest.TestCase):
    # Two servers, each with a master, a worker, an application of two processes and a client. Their clients are stopped most of the time.
    SCRIPT = f"import servers, slices; servers.end_what_is_started(); slices.run(['plain', 'plain again'], '{servers.APPLICATION}, no Origin', [], 10**9)"
    PROCESSES = 10

    def test_nothing_is_left_of_a_bench_that_was_ended(self):
        need("nginx", "wrk")
        for how in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            bench = subprocess.Popen(
                [sys.executable, "-c", self.SCRIPT], env=os.environ | {"PYTHONPATH": str(ROOT / "nginx" / "bench")}, stderr=subprocess.DEVNULL
            )
            self.addCleanup(bench.kill)
            until(lambda: bench.poll() is not None or len(children(bench.pid)) == self.PROCESSES)  # noqa: B023
            started = children(bench.pid)
            self.assertEqual(len(started), self.PROCESSES, how.name)
            bench.send_signal(how)
            bench.wait(PATIENCE)
            # An application's second process may take a moment after its first.
            until(lambda: not any(runs(pid) for pid in started))  # noqa: B023
            self.assertEqual([pid for pid in started if runs(pid)], [], how.name)

    def test_bench_scripts_end_what_they_start(self):
        for name in ("compare", "reload"):
            lines = (ROOT / "nginx" / "bench" / f"{name}.py").read_text().splitlines()
            self.assertEqual(lines[-3:], ['if __name__ == "__main__":', "    end_what_is_started()", "    main()"], name)
