"""Medians of the WSGI bench as a table with goals, with the command, the machine and the date."""

from __future__ import annotations

from typing import TypeAlias

import machine

Medians: TypeAlias = "dict[tuple[str, int, str, str], float]"

HOSTILE = "preflight, 60 kB of names"
PREFLIGHTS = ("preflight", "preflight denied", HOSTILE)
DENIED = ["preflight denied", HOSTILE]
PEERS = {"Flask": "flask-cors", "Django": "django-cors-headers"}


def table(medians: Medians, sizes: tuple[int, ...]) -> str:
    """Return Markdown with the goals and every cell."""
    rows = [
        "# WSGI and Django, measured",
        "",
        machine.head("make python-wsgi-bench", "flask", "django", *PEERS.values()) + ".",
        "Medians over interleaved rounds: microseconds of the processor's time for one request. Denials are logged in",
        "the last table only.",
        "",
    ]
    rows += machine.verdicts(goals(medians, sizes))
    for framework, peer in PEERS.items():
        rows += ["", f"## {framework}", ""]
        rows += ["In brackets what CORS adds to the bare application, where that answers.", ""]
        rows += [f"| request | origins | bare | {peer} | corsac | corsac of {peer} |", "|---|--:|--:|--:|--:|--:|"]
        for size, case in dict.fromkeys((size, case) for name, size, case, _ in medians if name == framework):
            bare = medians.get((framework, size, case, "bare"))
            theirs, ours = medians[framework, size, case, peer], medians[framework, size, case, "corsac"]
            cells = [_cell(theirs, bare), _cell(ours, bare)]
            ratio = (ours - (bare or 0)) / (theirs - (bare or 0))
            rows.append(
                f"| {case} | {size} | {'' if bare is None else _cell(bare)} | {cells[0]} | {cells[1]} | {ratio:.3f} |"
            )
    rows += ["", "## With the line of a denial made, for a handler that drops it", ""]
    rows += ["| request | " + " | ".join(PEERS) + " |", "|---|--:|--:|"]
    for case in DENIED:
        values = [medians[framework, sizes[0], case, "corsac, logging"] for framework in PEERS]
        rows.append(f"| {case} | " + " | ".join(f"{value:.1f}" for value in values) + " |")
    return "\n".join(rows) + "\n"


def goals(medians: Medians, sizes: tuple[int, ...]) -> list[tuple[str, float, float]]:
    """Return each goal with its limit and its value."""
    few, many = sizes[0], sizes[-1]
    found = []
    for framework in PEERS:

        def ours(case: str, size: int = few, name: str = "corsac", framework: str = framework) -> float:
            return medians[framework, size, case, name]

        found.append(
            (f"{framework}: 60 kB of requested names, of an ordinary preflight", 2.0, ours(HOSTILE) / ours("preflight"))
        )
        logged = ours(HOSTILE, name="corsac, logging") / ours("preflight denied", name="corsac, logging")
        found.append((f"{framework}: the same, of a denied one, with the line in the log", 2.0, logged))
        for case in ("GET allowed", "GET denied", "preflight", "preflight denied"):
            found.append((f"{framework}: {case}, {many} origins, of one", 1.2, ours(case, many) / ours(case)))
    return found


def _cell(value: float, bare: float | None = None) -> str:
    return f"{value:.1f}" if bare is None else f"{value:.1f} ({value - bare:.1f})"
