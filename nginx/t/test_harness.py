"""The harness finds what it must find: a worker that died, one header too many, another decision, a missing tool."""

import copy
import os
import signal
import subprocess
import sys
import threading
import unittest
from unittest import mock

import test_vectors
from harness import Response, need, until
from harness.case import ALLOWED, APP, POLICY, Case
from harness.words import CLIENT, ends_at_a_reload, messages, requested


class Harness(Case):
    def test_nginx_without_the_module_knows_no_cors(self):
        code, said = self.prepare(f"{POLICY} server {{ listen 127.0.0.1:%PORT%; }}", module=None).check()
        self.assertEqual(code, 1)
        self.assertIn('unknown directive "cors"', said)

    def test_a_worker_that_dies_raises_an_alarm(self):
        server = self.prepare("server { listen 127.0.0.1:%PORT%; }", master=True).start()
        os.kill(server.workers()[0], signal.SIGSEGV)
        until(server.alarms)
        self.assertIn("exited on signal 11", server.alarms()[0])
        with self.assertRaises(AssertionError):
            self.ended(server)

    def test_workers_waits_until_the_master_has_one(self):
        server = self.prepare("", master=True)
        slow = "import subprocess, sys, time; time.sleep(0.5); subprocess.run(['sleep', '30'])"
        server.process = subprocess.Popen([sys.executable, "-c", slow])
        self.addCleanup(server.end)
        (worker,) = server.workers()
        self.addCleanup(os.kill, worker, signal.SIGTERM)

    def test_workers_of_a_master_that_ended_are_none(self):
        server = self.prepare("", master=True)
        server.process = subprocess.Popen(["true"])
        self.assertEqual(server.workers(), [])

    def test_nothing_is_left_of_an_nginx_that_ended(self):
        server = self.prepare("server { listen 127.0.0.1:%PORT%; }", master=True).start()
        pids = [server.process.pid, *server.workers()]
        self.assertEqual(server.end(), 0)
        for pid in pids:
            with self.assertRaises(ProcessLookupError):
                os.kill(pid, 0)

    def test_lost_signal_is_sent_again(self):
        server = self.prepare("")
        # Like a single nginx that was about to wait for events when the first signal came.
        loses = "import signal; signal.signal(15, lambda *_: signal.signal(15, lambda *_: exit(0))); print(flush=True)\nwhile True: signal.pause()"
        server.process = subprocess.Popen([sys.executable, "-c", loses], stdout=subprocess.PIPE)
        with server.process.stdout as output:
            output.readline()
        self.assertEqual(server.end(), 0)

    def test_end_waits_for_a_slow_worker(self):
        server = self.prepare("server { listen 127.0.0.1:%PORT%; }", master=True).start()
        (worker,) = server.workers()
        os.kill(worker, signal.SIGSTOP)
        ending = threading.Thread(target=server.end)
        ending.start()
        try:
            # In 2 s. A master that gets only one signal kills its worker after 1.5 s.
            until(lambda: server.log().count("signal 15 (SIGTERM) received") >= 10)
        finally:
            os.kill(worker, signal.SIGCONT)
            ending.join()
        self.assertEqual((server.end(), server.alarms()), (0, []))

    def test_two_origin_lines_and_another_order_are_found(self):
        with self.assertRaises(AssertionError):
            Response(200, [("Access-Control-Allow-Origin", APP), ("access-control-allow-origin", APP)], b"").origin()
        self.assert_allowed(Response(200, ALLOWED, b""), 200)
        for lines in (ALLOWED[::-1], ALLOWED[:-1], [*ALLOWED, ("vary", "Origin")], [("access-control-allow-origin", APP), *ALLOWED[1:]]):
            with self.assertRaises(AssertionError):
                self.assert_allowed(Response(200, lines, b""), 200)

    def test_missing_tool_is_named_and_fails_in_ci(self):
        with mock.patch.dict(os.environ, {"CI": "true"}), self.assertRaisesRegex(AssertionError, "/no/tool is missing: make nginx-test-tools"):
            need("/no/tool")
        with mock.patch.dict(os.environ, {"CI": ""}), self.assertRaisesRegex(unittest.SkipTest, "/no/tool is missing"):
            need("/no/tool")
        need("sh")


class Words(unittest.TestCase):
    """On log lines that nginx 1.22.1 and Angie 1.13.0 wrote."""

    def test_name_of_the_server_is_not_part_of_a_message(self):
        said = "%s: [emerg] cors_max_age: too long in /etc/http.conf:2\n%s: configuration file /etc/nginx.conf test failed\n"
        for name in ("nginx", "angie", "free-nginx.1"):
            self.assertEqual(messages(said % (name, name)), [("emerg", "cors_max_age: too long in /etc/http.conf:2")])
        self.assertEqual(messages("[warn] not from a server\nnginx: [warn] a: [b] c\n"), [("warn", "a: [b] c")])

    def test_client_and_request_are_read_with_quotes_and_without(self):
        for client, request in (("127.0.0.1", "request"), ('"127.0.0.1"', "request_line")):
            line = f'2026/11/28 12:00:00 [notice] 7#7: *1 cors: x, client: {client}, server: _, {request}: "GET /a?b HTTP/1.1", host: "localhost"'
            self.assertRegex(line, CLIENT)
            self.assertEqual(requested(line), "GET /a?b HTTP/1.1")
        self.assertNotRegex("client: 127.0.0.2", CLIENT)

    def test_openresty_is_known_by_its_version(self):
        versions = ["openresty/1.31.3.1", "nginx/1.22.1", "Angie/1.13.0", "freenginx/1.27.2", "Tengine/3.2.0"]
        self.assertEqual([version for version in versions if ends_at_a_reload(version)], versions[:1])


class Differences(Case):
    """The comparison of vectors finds wrong vectors."""

    def failures(self, change):
        """The number of failures with the cases that `change` returns."""
        with mock.patch.object(test_vectors, "cases", lambda kind: change(copy.deepcopy(true_cases(kind)))):
            suite = unittest.TestSuite([test_vectors.Vectors("test_every_decision_over_http_1")])
            result = unittest.TestResult()
            with mock.patch("builtins.print"):
                suite.run(result)
        self.assertEqual(result.errors, [])
        return len(result.failures)

    def test_another_decision_is_found(self):
        def another_status(cases):
            case = next(case for case in cases if case["decision"]["class"] == "preflight" and test_vectors.rule(case) is None)
            case["decision"]["status"] += 1
            return cases

        def another_header(cases):
            case = next(case for case in cases if test_vectors.rule(case) is None and case["decision"]["headers"])
            case["decision"]["headers"].reverse()
            case["decision"]["headers"].append(["Vary", "Origin"])
            return cases

        # Once from directives, once from the image.
        self.assertEqual(self.failures(lambda cases: cases), 0)
        self.assertEqual(self.failures(another_status), 2)
        self.assertEqual(self.failures(another_header), 2)

    def test_lost_cases_are_found(self):
        def skipped(case):
            return test_vectors.rule(case) is not None

        # A rule that has lost its cases, and a run in which every case is skipped.
        self.assertGreater(self.failures(lambda cases: [case for case in cases if not skipped(case)]), 0)
        self.assertGreater(self.failures(lambda cases: [case for case in cases if skipped(case)]), 0)


true_cases = test_vectors.cases


if __name__ == "__main__":
    unittest.main()
