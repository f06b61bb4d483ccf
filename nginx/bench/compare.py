"""Requests per second with the module, without CORS and with a recipe by hand: three servers that differ in nothing else, asked in
turn, in one run. Only the ratios travel. Beside the rate stands the processor time that the worker takes for a request, as the kernel
counts it: whoever else is busy on the machine changes the one and hardly the other.

    python nginx/bench/compare.py [--rounds 9] [--seconds 1] [--write]      (`make nginx-bench`)
"""

import argparse
import datetime
import os
import pathlib
import re
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "t"))

from harness import MODULE, Nginx, missing  # noqa: E402

APP, EVIL = "https://app.example", "https://evil.example"

# What browsers send along.
ALONG = [
    ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"),
    ("Accept", "*/*"), ("Accept-Language", "en-GB,en;q=0.9"), ("Accept-Encoding", "gzip, deflate, br, zstd"), ("Sec-Fetch-Mode", "cors"),
    ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Dest", "empty"), ("Referer", "https://app.example/"),
]  # fmt: skip

# What is asked, and the Access-Control-Allow-Origin that must come back where there is a policy.
REQUESTS = {
    "plain GET, 1 kB file": ("GET", [], None),
    "GET, origin allowed": ("GET", [("Origin", APP)], APP),
    "GET, origin by wildcard": ("GET", [("Origin", "https://pr-7.preview.example")], "https://pr-7.preview.example"),
    "GET, origin denied": ("GET", [("Origin", EVIL)], None),
    "preflight": (
        "OPTIONS",
        [("Origin", APP), ("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", "authorization,content-type")],
        APP,
    ),
}
VARIANTS = ("plain", "module", "recipe")


def check(server, variant, method, headers, origin):
    """Whether this server answers as it must: what is wrong may be fast."""
    answer = server.ask(method, "/file", ALONG + headers)
    expected = 204 if method == "OPTIONS" else 200
    if answer.status != expected or answer.origin() != (None if variant == "plain" else origin):
        raise SystemExit(f"{variant} answers {answer}")


def busy(server):
    """Nanoseconds that the worker has run."""
    (worker,) = server.workers()
    return int(pathlib.Path(f"/proc/{worker}/schedstat").read_text().split()[0])


def measure(server, method, headers, seconds):
    """Requests per second, and the worker's microseconds for one."""
    command = ["wrk", "--threads", "1", "--connections", "32", "--duration", f"{seconds}s", "--script", str(HERE / "method.lua")]
    for name, value in ALONG + headers:
        command += ["--header", f"{name}: {value}"]
    before = busy(server)
    said = subprocess.run([*command, f"http://127.0.0.1:{server.port}/file", "--", method], capture_output=True, text=True, check=True).stdout
    if "Socket errors" in said or "Non-2xx" in said:
        raise SystemExit(said)
    count = int(re.search(r"(\d+) requests in", said)[1])
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), (busy(server) - before) / count / 1000


def run(rounds, seconds):
    """For each request and variant its measurements, a round's side by side."""
    servers = {}
    try:
        for variant in VARIANTS:
            module = None if variant == "plain" else MODULE
            settings = "keepalive_requests 1000000000;"
            server = Nginx(settings + (HERE / f"{variant}.conf").read_text(), module=module, master=True, level="error", files={"html/file": "x" * 1024})
            servers[variant] = server
            server.start()
        rates = {}
        for request, (method, headers, origin) in REQUESTS.items():
            asked = [variant for variant in VARIANTS if (variant, request) != ("plain", "preflight")]
            for variant in asked:
                check(servers[variant], variant, method, headers, origin)
                measure(servers[variant], method, headers, 1)
            found = rates[request] = {variant: [] for variant in asked}
            for turn in range(rounds):
                # Nobody is always first.
                for place in range(len(asked)):
                    variant = asked[(turn + place) % len(asked)]
                    found[variant].append(measure(servers[variant], method, headers, seconds))
        return rates
    finally:
        for server in servers.values():
            server.end()
            server.remove()


def ratio(ours, theirs):
    """The median of the rounds' ratios, with the middle half of them."""
    ratios = sorted(a / b for a, b in zip(ours, theirs, strict=True))
    quarter = len(ratios) // 4
    return f"{statistics.median(ratios):.3f} ({ratios[quarter]:.3f}–{ratios[-1 - quarter]:.3f})"


def number(value, kind):
    return f"{value:.1f}" if kind else f"{value:,.0f}".replace(",", " ")


def table(rates, rounds, seconds):
    cpu = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    version = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=True).stderr.strip().removeprefix("nginx version: ")
    today = datetime.datetime.now(tz=datetime.timezone.utc).date()
    lines = [
        "# Requests per second",
        "",
        "nginx with the module beside the same nginx without CORS and with a recipe by hand ([`plain.conf`](plain.conf),",
        "[`module.conf`](module.conf), [`recipe.conf`](recipe.conf)): one worker each, asked in turn by `wrk` over 32 kept connections.",
        "The second table is the processor time of the worker for one request, as the kernel counts it: others who are busy on the machine change",
        "it less. Numbers are medians; a ratio is the median of the rounds' own, with the middle half of them in brackets.",
    ]
    titles = ("requests per second (ratio above 1: the module is faster)", "microseconds of the worker (ratio below 1: the module is faster)")
    for kind, title in enumerate(titles):
        lines += ["", f"| {title} | without CORS | module | recipe | module : without | module : recipe |", "|---|---|---|---|---|---|"]
        for request, found in rates.items():
            column = {variant: [measured[kind] for measured in all_of_it] for variant, all_of_it in found.items()}
            shown = [number(statistics.median(column[variant]), kind) if variant in column else "–" for variant in VARIANTS]
            against = [ratio(column["module"], column[other]) if other in column else "–" for other in ("plain", "recipe")]
            lines.append(f"| {' | '.join([request, *shown, *against])} |")
    lines += [
        "",
        f"`make nginx-bench`, {rounds} rounds of {seconds} s; {version}; {cpu[1] if cpu else 'unknown CPU'}, {os.cpu_count()} shared cores, load average {os.getloadavg()[2]:.1f}; {today:%-d %B %Y}.",
    ]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="write README.md beside this file")
    options = parser.parse_args()
    if lacks := missing("nginx", "wrk", MODULE):
        raise SystemExit("\n".join(lacks))
    text = table(run(options.rounds, options.seconds), options.rounds, options.seconds)
    print(text)
    if options.write:
        (HERE / "README.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
