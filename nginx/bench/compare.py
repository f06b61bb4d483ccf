"""Compares four servers that differ only in who writes the CORS headers: the module, nothing, `add_header` with the module's headers, and a recipe
by hand. All are measured in turn, in one run. Compare ratios only: rates of another machine or day differ. For each server it also measures the
processor time that the worker takes for a request, and the instructions of nginx, the module and libc.

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
from servers import GOAL_REQUESTS, HERE, MANY, MODULE, REQUESTS, VARIANTS, cores, end_what_is_started, module_headers, variants

from harness import missing

GOAL = 0.97
# The goal is decided on differences of 3 %, which needs more rounds than the other tables.
GOAL_ROUNDS = 5
TITLES = {"plain": "without CORS", "headers": "the same headers by `add_header`", "module": "module", "recipe": "recipe"}
# Requests that a second server without CORS gets, too. Its ratio to the first shows how far to trust the others.
TWINS = [request for request in REQUESTS if request.endswith("no Origin")]
AGAIN = "plain again"
RATE, TIME, BUSY = range(3)


def run(rounds, times, headers):
    """The measurements of each request and variant. Servers start anew `times` times, because the place of code in memory makes a difference."""
    found = {}
    for _ in range(times):
        for request in REQUESTS:
            asked = list(variants(request)) + ([AGAIN] if request in TWINS else [])
            into = found.setdefault(request, {variant: [] for variant in asked})
            for variant, measured in slices.run(asked, request, headers[request], rounds).items():
                into[variant] += measured
    return found


def run_goal(rounds, times, headers):
    """As `run`, but longer and only for the two servers of the goal."""
    found = {request: {"plain": [], "module": []} for request in GOAL_REQUESTS}
    for _ in range(times):
        for request in GOAL_REQUESTS:
            for variant, measured in slices.run(["plain", "module"], request, headers[request], rounds * GOAL_ROUNDS).items():
                found[request][variant] += measured
    return found


def interval(ratios):
    """The median, and its 95 % confidence interval: two ranks, which are right for every distribution (sign test)."""
    ratios, below, rank = sorted(ratios), 0.0, 0
    while (below := below + math.comb(len(ratios), rank) / 2 ** len(ratios)) <= 0.025:
        rank += 1
    rank = max(rank - 1, 0)
    return statistics.median(ratios), ratios[rank], ratios[-1 - rank]


def column(found, request, variant, kind):
    return [measured[kind] for measured in found[request].get(variant, ())]


def compared(found, request, other, kind, ours="module"):
    """The interval of the ratios of all rounds, module : other."""
    return interval([a / b for a, b in zip(column(found, request, ours, kind), column(found, request, other, kind), strict=True)])


def shown(median, low, high):
    return f"{median:.3f} ({low:.3f}–{high:.3f})"


def number(value, kind):
    return f"{value:.1f}" if kind == TIME else f"{value:,.0f}".replace(",", " ")


def head(title, *columns):
    return ["", f"| {' | '.join([title, *columns])} |", f"|{'---|' * (1 + len(columns))}"]


def goal_lines(found):
    """The table of the goal, with a result for each request."""
    lines = head("requests per second, module : without CORS", "ratio, 95 % confidence", f"goal: at least {GOAL}")
    for request in GOAL_REQUESTS:
        median, low, high = compared(found, request, "plain", RATE)
        result = "pass" if median >= GOAL else "fail"
        is_certain = low >= GOAL or high < GOAL
        lines.append(f"| {request} | {shown(median, low, high)} | {result}{'' if is_certain else ', not certain'} |")
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
    lines = head("instructions outside the kernel", *TITLES.values(), "module less without", "module less the same headers")
    for request, each in counted.items():
        cells = [number(each[variant], RATE) if variant in each else "–" for variant in VARIANTS]
        less = [f"{each['module'] - each[other]:+,.0f}".replace(",", " ") if other in each else "–" for other in ("plain", "headers")]
        lines.append(f"| {' | '.join([request, *cells, *less])} |")
    return lines


def text_of(found, of_goal, counted, rounds, times):
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
        "```sh",
        "make nginx-bench        # writes this page",
        "```",
        "",
        "This page tells you what the module costs. It compares nginx with the module to the same nginx without CORS, with the same headers written by",
        "`add_header` (what their bytes cost), and with a recipe by hand ([`plain.conf`](plain.conf), [`module.conf`](module.conf),",
        "[`recipe.conf`](recipe.conf)). Each has one worker. It serves an application, with `proxy_pass` and kept connections, or a file of 1 kB, the least",
        "work that nginx can have with a request.",
        "",
        f"Each server has a `wrk` with 32 kept connections. They run one after the other, each for {slices.SLICE * 1000:.0f} ms, in all orders. Numbers are medians. A ratio",
        "is the median of the ratios of all rounds, with its 95 % confidence interval (sign test).",
        *goal_lines(of_goal),
        "",
        f"These two servers alone, {times} times {rounds * GOAL_ROUNDS} rounds. The engine decides a request when a page sends it for the first time. After that the worker",
        f"knows the decision, as long as its cache has room (`nginx/README.md`). With {MANY} origins in turn, below, the engine decides nearly all.",
        "",
        f"How far you can trust it: two servers without CORS, in the same rounds, have the ratios {twins}.",
        f"The worker limits the rate: it was busy for at least {100 * min(busy, 1):.0f} % of the time.",
        *table_lines(found, RATE, "requests per second (above 1: the module is faster)"),
        *table_lines(found, TIME, "microseconds of the worker (below 1: the module is faster)"),
        "",
        "The kernel counts the processor time of the worker. valgrind counts the instructions of nginx, the module and libc; they are nearly the same on",
        "every run (nginx formats the time now and then). They do not include the work of the kernel, which takes most of the time.",
        *instruction_lines(counted),
        "",
        f"`make nginx-bench`, {times} times {rounds} rounds, {where}; {version}; {cpu[1] if cpu else 'unknown CPU'}, {os.cpu_count()} shared cores, load average {os.getloadavg()[2]:.1f}; {today:%-d %B %Y}.",
        "",
    ])  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=28)
    parser.add_argument("--times", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="write README.md in the folder of this file")
    options = parser.parse_args()
    if lacks := missing("nginx", "wrk", "valgrind", MODULE):
        raise SystemExit("\n".join(lacks))
    headers = {request: module_headers(request) for request in REQUESTS}
    found = run(options.rounds, options.times, headers)
    of_goal = run_goal(options.rounds, options.times, headers)
    text = text_of(found, of_goal, instructions.run(headers), options.rounds, options.times)
    print(text)
    if options.write:
        (HERE / "README.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    end_what_is_started()
    main()
