"""Many threads share one policy: its lazy parts are made once, and every decision belongs to its own request."""

from __future__ import annotations

import sys
import sysconfig
import threading
from concurrent.futures import ThreadPoolExecutor

from corsac import Policy, PolicySet

THREADS = 8


def test_every_thread_gets_the_decision_about_its_own_request() -> None:
    policy = Policy(["https://*.a.example"], allow_methods=["GET", "PUT"], allow_headers=["x-a"], max_age=5)
    start = threading.Barrier(THREADS)

    def ask(thread: int) -> int:
        start.wait()
        for turn in range(2000):
            origin = f"https://t{thread}-{turn}.a.example".encode()
            lines = [(b"origin", origin), (b"access-control-request-method", b"PUT")]
            decision = policy.evaluate("OPTIONS", lines)
            assert decision.headers[0] == (b"Access-Control-Allow-Origin", origin)
            assert policy.evaluate("GET", lines).merge([])[0] == (b"access-control-allow-origin", origin)
            assert policy.evaluate("GET", []) is policy.evaluate("GET", [])
        return thread

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(ask, range(THREADS))) == list(range(THREADS))


def test_every_thread_gets_the_policy_of_its_own_path() -> None:
    tables = [{"path": f"/{number}", "allow_origins": [f"https://{number}.example"]} for number in range(THREADS)]
    policy_set = PolicySet([*tables, {"path": "/0", "allow_origins": ["*"]}])
    start = threading.Barrier(THREADS)

    def ask(thread: int) -> int:
        origin = f"https://{thread}.example".encode()
        start.wait()
        for turn in range(2000):
            number = (thread + turn) % THREADS
            decision = policy_set.evaluate(f"/{number}/x", "GET", [(b"origin", origin)])
            assert decision is not None
            # The last policy of the first path is for any origin.
            assert decision.allowed == (number in (thread, 0))
            plain = policy_set.evaluate(f"/{number}", "GET", [])
            assert plain is policy_set.evaluate(f"/{number}/y", "GET", [])
            assert len(policy_set.tables) == THREADS + 1
        return thread

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(ask, range(THREADS))) == list(range(THREADS))


def test_header_list_changed_by_another_thread_is_safe() -> None:
    policy = Policy(["https://a.example"])
    lines = [(b"origin", b"https://a.example")]
    stop = threading.Event()

    def change() -> None:
        while not stop.is_set():
            lines.append((b"x", bytes(64)))
            del lines[1:]

    changing = threading.Thread(target=change)
    changing.start()
    try:
        for _ in range(5000):
            assert policy.evaluate("GET", lines).allowed
    finally:
        stop.set()
        changing.join()


def test_import_keeps_the_lock_off_in_free_threaded_builds() -> None:
    # A build without the lock turns it on again for a module that needs it. Ours does not.
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        assert not getattr(sys, "_is_gil_enabled", lambda: True)()
