"""Rates that can be told apart on a machine where others are busy: all servers and all who ask them stand ready, and one after the other is
let run for some hundredths of a second. What slows the machine down for longer than that slows all of them, and a ratio within a round knows
nothing of it. Everybody is stopped between two slices, so that requests are counted exactly, by the server."""

import pathlib
import re
import signal
import subprocess
import time

from servers import HERE, Server, cores, count

SLICE = 0.05
# For a worker to answer what is still on its way when nobody asks any more.
REST = 0.002


class Asker:
    """A `wrk` over 32 kept connections, stopped but for its slices."""

    def __init__(self, server, asked):
        # It makes room for every microsecond up to its timeout, so that cannot be endless; nobody reads what it says of times.
        command = ["wrk", "--threads", "1", "--connections", "32", "--duration", "3600s", "--timeout", "30s", "--script", str(HERE / "method.lua")]
        for name, value in asked.lines(0):
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
        """What it says about all of its requests."""
        self.go()
        # Whichever thread takes the signal: only the first that waits is woken by it.
        while self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(0.1)
            except subprocess.TimeoutExpired:
                pass
        return self.process.stdout.read()


class Pair:
    """A server and who asks it."""

    def __init__(self, variant, request, lines):
        self.server = Server(variant, request, lines)
        self.asker = self.connection = None
        try:
            self.server.start()
            (self.worker,) = self.server.nginx.workers()
            self.connection = self.server.nginx.connect()
            self.asker = Asker(self.server.nginx, self.server.asked)
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
        self.asker.go()
        time.sleep(SLICE)
        self.asker.stop()
        seconds = time.perf_counter() - begun
        time.sleep(REST)
        # The request that counts is one of those counted.
        return count(self.connection) - requests - 1, seconds, self.busy() - busy

    def measure(self):
        """A slice: requests per second, the worker's microseconds for one, and how much of the time it was busy."""
        for _ in range(20):
            requests, seconds, busy = self.slice()
            # Where nobody had a turn, nothing was measured.
            if requests > 0:
                return requests / seconds, busy / requests / 1000, busy / 1e9 / seconds
        raise SystemExit("no request is answered: is somebody else measuring?")

    def end(self):
        said = self.asker.end() if self.asker else ""
        if self.connection:
            self.connection.close()
        self.server.end()
        return said


def run(asked, request, lines, rounds, warm=0.2):
    """For each of these servers, which are new, its measurements; those of a round at the same place."""
    pairs, said = {}, []
    try:
        for name in asked:
            pairs[name] = Pair(name.removesuffix(" again"), request, lines)
            time.sleep(warm)
            pairs[name].asker.stop()
        found = {name: [] for name in asked}
        for turn in range(rounds):
            # Nobody is always first, or always behind the same one.
            place = turn // 2 % len(asked)
            order = asked[place:] + asked[:place]
            for name in order if turn % 2 else reversed(order):
                found[name].append(pairs[name].measure())
    finally:
        said = [pair.end() for pair in pairs.values()]
    for text in said:
        if re.search(r"Non-2xx|(connect|read|write) [1-9]", text):
            raise SystemExit(text)
    return found
