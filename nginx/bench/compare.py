"""Requests per second with the module, without CORS, with the module's lines by `add_header`, and with a recipe by hand: servers that differ in
nothing else, asked in turn, in one run. Only the ratios travel. Beside the rate stands the processor time that the worker takes for a request,
and the instructions of nginx, the module and libc.

    python nginx/bench/compare.py [--rounds 28] [--times 2] [--write]      (`make nginx-bench`)
"""

import argparse
import datetime
import math
import os
import pathlib
import re
import statistics
import subprocess

import instructions
import slices
from servers import HERE, JUDGED, MANY, MODULE, REQUESTS, VARIANTS, cores, module_lines, variants

from harness import missing

GOAL = 0.97
# So many times the rounds of the other tables.
MORE = 5
TITLES = {"plain": "without CORS", "lines": "the same lines by `add_header`", "module": "module", "recipe": "recipe"}
# Where a second server without CORS stands beside the first.
TWINS = [request for request in REQUESTS if request.endswith("no Origin")]
AGAIN = "plain again"
RATE, TIME, BUSY = range(3)


def run(rounds, times, lines):
    """For each request and variant its measurements. Servers are started anew `times` times: where one lies in memory makes a difference, too."""
    found = {}
    for _ in range(times):
        for request in REQUESTS:
            asked = list(variants(request)) + ([AGAIN] if request in TWINS else [])
            into = found.setdefault(request, {variant: [] for variant in asked})
            for variant, measured in slices.run(asked, request, lines[request], rounds).items():
                into[variant] += measured
    return found


def judge(rounds, times, lines):
    """As `run`, of what the goal is about alone, and longer."""
    found = {request: {"plain": [], "module": []} for request in JUDGED}
    for _ in range(times):
        for request in JUDGED:
            for variant, measured in slices.run(["plain", "module"], request, lines[request], rounds * MORE).items():
                found[request][variant] += measured
    return found


def interval(ratios):
    """The median, and where that of endlessly many rounds is, with 95 % confidence: two ranks, whatever the distribution (sign test)."""
    ratios, below, rank = sorted(ratios), 0.0, 0
    while (below := below + math.comb(len(ratios), rank) / 2 ** len(ratios)) <= 0.025:
        rank += 1
    rank = max(rank - 1, 0)
    return statistics.median(ratios), ratios[rank], ratios[-1 - rank]


def column(found, request, variant, kind):
    return [measured[kind] for measured in found[request].get(variant, ())]


def compared(found, request, other, kind, ours="module"):
    """A round's ratios, module : other."""
    return interval([a / b for a, b in zip(column(found, request, ours, kind), column(found, request, other, kind), strict=True)])


def shown(median, low, high):
    return f"{median:.3f} ({low:.3f}–{high:.3f})"


def number(value, kind):
    return f"{value:.1f}" if kind == TIME else f"{value:,.0f}".replace(",", " ")


def head(title, *columns):
    return ["", f"| {' | '.join([title, *columns])} |", f"|{'---|' * (1 + len(columns))}"]


def goal_lines(found):
    """The goal itself, with a verdict."""
    lines = head("requests per second, module : without CORS", "ratio, 95 % confidence", f"goal: at least {GOAL}")
    for request in JUDGED:
        median, low, high = compared(found, request, "plain", RATE)
        verdict = "pass" if median >= GOAL else "fail"
        is_sure = low >= GOAL or high < GOAL
        lines.append(f"| {request} | {shown(median, low, high)} | {verdict}{'' if is_sure else ', not certain'} |")
    return lines


def table_lines(found, kind, title):
    others = [variant for variant in VARIANTS if variant != "module"]
    lines = head(title, *TITLES.values(), *(f"module : {TITLES[other]}" for other in others))
    for request in REQUESTS:
        medians = [number(statistics.median(values), kind) if (values := column(found, request, variant, kind)) else "–" for variant in VARIANTS]
        against = [shown(*compared(found, request, other, kind)) if other in variants(request) else "–" for other in others]
        lines.append(f"| {' | '.join([request, *medians, *against])} |")
    return lines


def instruction_lines(counted):
    lines = head("instructions outside the kernel", *TITLES.values(), "module less without", "module less the same lines")
    for request, each in counted.items():
        cells = [number(each[variant], RATE) if variant in each else "–" for variant in VARIANTS]
        less = [f"{each['module'] - each[other]:+,.0f}".replace(",", " ") if other in each else "–" for other in ("plain", "lines")]
        lines.append(f"| {' | '.join([request, *cells, *less])} |")
    return lines


def text_of(found, judged, counted, rounds, times):
    cpu = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    version = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=True).stderr.strip().removeprefix("nginx version: ")
    today = datetime.datetime.now(tz=datetime.timezone.utc).date()
    busy = min(statistics.median(column(found, request, variant, BUSY)) for request in found for variant in found[request])
    twins = " and ".join(f"{shown(*compared(found, request, 'plain', RATE, ours=AGAIN))} ({request})" for request in TWINS)
    where = "worker and `wrk` on a core each" if cores() else "one core"
    if os.sched_getscheduler(0) != os.SCHED_OTHER:
        where += ", at real-time priority"
    return "\n".join([
        "# Requests per second",
        "",
        "nginx with the module beside the same nginx without CORS, with the module's lines as they are by `add_header` (what the bytes alone cost)",
        "and with a recipe by hand ([`plain.conf`](plain.conf), [`module.conf`](module.conf), [`recipe.conf`](recipe.conf)): one worker each. Behind the",
        "policy is an application, with `proxy_pass` and kept connections, or a file of 1 kB, the least that nginx can do for a request.",
        f"All stand ready with a `wrk` of 32 kept connections, and one after the other runs for {slices.SLICE * 1000:.0f} ms, in all orders. Numbers are",
        "medians; a ratio is the median of the rounds' own, with its 95 % confidence interval (sign test).",
        *goal_lines(judged),
        "",
        f"These two servers alone, {times} times {rounds * MORE} rounds. What a page asks for the first time is decided by the engine; the same request is",
        f"known from then on, as long as there is a place for it (`nginx/README.md`). With {MANY} origins in turn, below, nearly all are decided.",
        "",
        f"How far to trust it: two servers without CORS, beside each other in the same rounds, have the ratios {twins}.",
        f"The worker is what limits the rate: it was busy for at least {100 * min(busy, 1):.0f} % of the time.",
        *table_lines(found, RATE, "requests per second (above 1: the module is faster)"),
        *table_lines(found, TIME, "microseconds of the worker (below 1: the module is faster)"),
        "",
        "The processor time of the worker for one request is the kernel's own count. The instructions are valgrind's, of nginx, the module and libc, and",
        "the same on every run; what the kernel does for a request, most of the time, is not among them.",
        *instruction_lines(counted),
        "",
        f"`make nginx-bench`, {times} times {rounds} rounds, {where}; {version}; {cpu[1] if cpu else 'unknown CPU'}, {os.cpu_count()} shared cores, load average {os.getloadavg()[2]:.1f}; {today:%-d %B %Y}.",
        "",
    ])  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=28)
    parser.add_argument("--times", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="write README.md beside this file")
    options = parser.parse_args()
    if lacks := missing("nginx", "wrk", "valgrind", MODULE):
        raise SystemExit("\n".join(lacks))
    lines = {request: module_lines(request) for request in REQUESTS}
    found = run(options.rounds, options.times, lines)
    judged = judge(options.rounds, options.times, lines)
    text = text_of(found, judged, instructions.run(lines), options.rounds, options.times)
    print(text)
    if options.write:
        (HERE / "README.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
