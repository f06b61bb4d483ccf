"""Measures rates on a machine that does other work, too. All servers and their clients run, but each client sends requests only for a slice of 50 ms,
one after the other. Whatever slows the machine down for longer than a slice slows all of them, so the ratios within a round stay right. All
clients are stopped between two slices, so that the server's own count of requests is exact."""

import contextlib
import pathlib
import re
import signal
import subprocess
import time

from servers import HERE, Server, cores, count, starting

SLICE = 0.05
# Time for a worker to respond to the requests that are under way when its client stops.
REST = 0.002


class Client:
    """A `wrk` with 32 kept connections. It is stopped outside its slices."""

    def __init__(self, server, asked):
        # wrk reserves memory for every microsecond of its timeout, so the timeout cannot be endless. Its own times are not used.
        command = ["wrk", "--threads", "1", "--connections", "32", "--duration", "3600s", "--timeout", "30s", "--script", str(HERE / "method.lua")]
        for name, value in asked.headers_of(0):
            command += ["--header", f"{name}: {value}"]
        command = [*command, f"http://127.0.0.1:{server.port}/file", "--", asked.method, str(asked.origins)]
        if cores():
            command = ["taskset", "--cpu-list", str(cores()[1]), *command]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def go(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        self.process.send_signal(signal.SIGSTOP)

    def end(self):
        """Ends it and returns its output, which counts failed requests."""
        self.go()
        # Any of its threads can get the signal, and only its main thread ends it.
        while self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(0.1)
            except subprocess.TimeoutExpired:
                pass
        return self.process.stdout.read()


class Pair:
    """A server and its client."""

    def __init__(self, variant, request, headers):
        self.server = Server(variant, request, headers)
        self.client = self.connection = None
        try:
            self.server.start()
            (self.worker,) = self.server.nginx.workers()
            self.connection = self.server.nginx.connect()
            self.client = Client(self.server.nginx, self.server.asked)
        except BaseException:
            self.end()
            raise

    def busy(self):
        """Nanoseconds that the worker has run, as the kernel counts them."""
        return int(pathlib.Path(f"/proc/{self.worker}/schedstat").read_text().split()[0])

    def slice(self):
        """Requests, seconds, and nanoseconds of the worker."""
        requests, busy = count(self.connection), self.busy()
        begun = time.perf_counter()
        self.client.go()
        time.sleep(SLICE)
        self.client.stop()
        seconds = time.perf_counter() - begun
        time.sleep(REST)
        # The request for the count is itself counted.
        return count(self.connection) - requests - 1, seconds, self.busy() - busy

    def measure(self):
        """One slice: requests per second, microseconds of the worker for a request, and the part of the time that the worker was busy."""
        for _ in range(20):
            requests, seconds, busy = self.slice()
            # On a busy machine, a slice can end before the client or the worker ran.
            if requests > 0:
                return requests / seconds, busy / requests / 1000, busy / 1e9 / seconds
        raise SystemExit("there was no response in 20 slices: is another measurement running?")

    def end(self):
        try:
            output = self.client.end() if self.client else ""
            if self.connection:
                self.connection.close()
        finally:
            self.server.end()
        return output


def run(asked, request, headers, rounds, warm=0.2):
    """Starts these servers and returns the measurements of each; those of the same round have the same index."""
    pairs, outputs = {}, []
    with contextlib.ExitStack() as all_of_these:
        for name in asked:
            with starting():
                pairs[name] = Pair(name.removesuffix(" again"), request, headers)
                all_of_these.callback(lambda pair=pairs[name]: outputs.append(pair.end()))
            time.sleep(warm)
            pairs[name].client.stop()
        found = {name: [] for name in asked}
        for turn in range(rounds):
            # Each server is sometimes first, and follows each other one.
            place = turn // 2 % len(asked)
            order = asked[place:] + asked[:place]
            for name in order if turn % 2 else reversed(order):
                found[name].append(pairs[name].measure())
    for output in outputs:
        if re.search(r"Non-2xx|(connect|read|write) [1-9]", output):
            raise SystemExit(output)
    return found
