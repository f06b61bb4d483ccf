"""A reload swaps the policy; a wrong one is refused and the old one keeps serving."""

import os
import signal
import threading
import unittest

from harness import PATIENCE, until, words
from harness.case import APP, EVIL, Case
from harness.http1 import request_head
from harness.image import compile_image
from harness.upstream import Application, app_response


def policy(origin):
    return f"server {{ listen 127.0.0.1:%PORT%; cors on; cors_allow_origins {origin}; location / {{ return 200; }} }}"


class Reload(Case):
    def serve_one(self, http):
        return self.serve(http, master=True)

    def ended(self, server):
        # A refused configuration is an expected [emerg].
        self.assertEqual(server.end(), 0)
        self.assertEqual([line for line in server.alarms() if "[emerg]" not in line], [])

    def test_a_right_policy_is_swapped_in(self):
        server = self.serve_one(policy(APP))
        for origin in (EVIL, APP, EVIL):
            server.configure(policy(origin))
            self.assertTrue(server.reload(), server.said())
            self.assertEqual(server.ask("GET", "/", [("Origin", origin)]).origin(), origin)
            self.assertIsNone(server.ask("GET", "/", [("Origin", APP if origin == EVIL else EVIL)]).origin())

    def test_a_wrong_policy_leaves_the_old_one_serving(self):
        server = self.serve_one(policy(APP))
        server.configure(policy("https://evil.example/"))
        self.assertFalse(server.reload())
        self.assertIn("https://evil.example/", server.log())
        self.assertEqual(server.ask("GET", "/", [("Origin", APP)]).origin(), APP)
        self.assertIsNone(server.ask("GET", "/", [("Origin", EVIL)]).origin())
        server.configure(policy(EVIL))
        self.assertTrue(server.reload(), server.said())
        self.assertEqual(server.ask("GET", "/", [("Origin", EVIL)]).origin(), EVIL)

    def test_worker_started_after_a_refusal_serves_the_old_policy(self):
        # A reload that fails late leaves the master with only some of its filters, and new workers are copies of the master.
        app = Application(lambda head: app_response(200, [("Access-Control-Allow-Origin", EVIL), ("Access-Control-Allow-Credentials", "true")]))
        self.addCleanup(app.close)

        def proxied(origin):
            return policy(origin).replace("return 200;", f"add_header X-Own kept; proxy_pass http://127.0.0.1:{app.port};")

        server = self.serve_one(proxied(APP))
        before = server.ask("GET", "/", [("Origin", EVIL)])
        self.assert_denied(before, 200)
        server.configure(proxied("https://evil.example/"))
        self.assertFalse(server.reload())
        workers = server.workers()
        os.kill(workers[0], signal.SIGTERM)
        self.assertTrue(until(lambda: server.workers() not in ([], workers)))
        after = server.ask("GET", "/", [("Origin", EVIL)])
        self.assert_denied(after, 200)
        self.assertEqual([name for name, _ in after.headers], [name for name, _ in before.headers])

    def test_a_refusal_leaves_a_single_process_as_it_was(self):
        server = self.serve(policy(APP))
        if words.ends_at_a_reload(server.version()):
            self.skipTest("OpenResty ends a single process at a reload")
        server.configure(policy("https://evil.example/"))
        self.assertFalse(server.reload())
        self.assert_allowed(server.ask("GET", "/", [("Origin", APP)]), 200, [("Access-Control-Allow-Origin", APP), ("Vary", "Origin")])

    def test_a_damaged_image_leaves_the_old_one_serving(self):
        server = self.prepare("server { listen 127.0.0.1:%PORT%; cors on; cors_policy %PREFIX%/policy.corsac; location / { return 200; } }", master=True)
        image = compile_image({"allow_origins": [APP]}, server.prefix)
        server.start()
        self.addCleanup(self.ended, server)
        image.write_bytes(image.read_bytes()[:-1])
        self.assertFalse(server.reload())
        self.assertEqual(server.ask("GET", "/", [("Origin", APP)]).origin(), APP)
        compile_image({"allow_origins": [EVIL]}, server.prefix)
        self.assertTrue(server.reload(), server.said())
        self.assertEqual(server.ask("GET", "/", [("Origin", EVIL)]).origin(), EVIL)

    def test_an_image_that_is_overwritten_changes_nothing_before_the_reload(self):
        server = self.prepare("server { listen 127.0.0.1:%PORT%; cors on; cors_policy %PREFIX%/policy.corsac; location / { return 200; } }", master=True)
        image = compile_image({"allow_origins": [APP]}, server.prefix)
        server.start()
        self.addCleanup(self.ended, server)
        with image.open("r+b") as file:
            file.truncate(0)
        self.assertEqual(server.ask("GET", "/", [("Origin", APP)]).origin(), APP)

    def test_running_request_keeps_the_policy_it_started_with(self):
        swapped = threading.Event()
        app = Application(lambda head: swapped.wait(PATIENCE) and app_response(200))
        self.addCleanup(app.close)
        self.addCleanup(swapped.set)

        def proxied(origin):
            return policy(origin).replace("return 200;", f"proxy_pass http://127.0.0.1:{app.port};")

        server = self.serve_one(proxied(APP))
        with server.connect() as connection:
            connection.open()
            connection.socket.sendall(request_head("GET", "/", [("Origin", APP)]))
            app.wait(1)
            server.configure(proxied(EVIL))
            self.assertTrue(server.reload(), server.said())
            swapped.set()
            self.assertEqual(connection.read().origin(), APP)
        self.assertEqual([server.ask("GET", "/", [("Origin", origin)]).origin() for origin in (APP, EVIL)], [None, EVIL])


if __name__ == "__main__":
    unittest.main()
