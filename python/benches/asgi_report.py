"""Medians as a table with goals, with the command, the machine and the date. `make plots` draws it."""

from __future__ import annotations

import statistics
from typing import TypeAlias

import machine

Medians: TypeAlias = "dict[tuple[int, str, str], float]"
Samples: TypeAlias = "dict[tuple[int, str, str], list[float]]"


def table(medians: Medians, samples: Samples, sizes: tuple[int, ...]) -> str:
    """Return Markdown with the goals and every cell."""
    rows = [
        "# ASGI, measured",
        "",
        f"{head()}.",
        f"Medians over interleaved rounds of raw ASGI calls, denials not logged; {spread(samples)}.",
        "",
    ]
    rows += machine.verdicts(goals(medians, sizes))
    rows += ["", "Microseconds of one call; in brackets what it adds to the bare application, where that answers.", ""]
    rows += ["| request | origins | bare | Starlette | Corsac | Corsac of Starlette |", "|---|--:|--:|--:|--:|--:|"]
    for size, case in dict.fromkeys((size, case) for size, case, _ in medians):
        bare = medians.get((size, case, "bare"))
        theirs, ours = medians[size, case, "starlette"], medians[size, case, "corsac"]
        ratio = ours / theirs if bare is None else (ours - bare) / (theirs - bare)
        cells = [micro(theirs, bare), micro(ours, bare)]
        rows.append(
            f"| {case} | {size} | {'' if bare is None else micro(bare)} | {cells[0]} | {cells[1]} | {ratio:.2f} |"
        )
    return "\n".join(rows) + "\n"


def goals(medians: Medians, sizes: tuple[int, ...]) -> list[tuple[str, float, float]]:
    """Return each goal with its limit and its value."""
    few, many = sizes[0], sizes[-1]

    def added(size: int, case: str, app: str) -> float:
        return medians[size, case, app] - medians[size, case, "bare"]

    found = [
        (
            "preflight, one origin: of Starlette's",
            0.25,
            medians[few, "preflight", "corsac"] / medians[few, "preflight", "starlette"],
        ),
        (
            "GET without Origin, one origin: of what Starlette's adds",
            1 / 3,
            added(few, "GET without Origin", "corsac") / added(few, "GET without Origin", "starlette"),
        ),
        (
            "60 kB of requested names: of an ordinary preflight",
            2.0,
            medians[few, "preflight, 60 kB of names", "corsac"] / medians[few, "preflight", "corsac"],
        ),
    ]
    for case in ("GET allowed", "GET denied", "preflight", "preflight denied"):
        found.append(
            (f"{case}: {many} origins, of one", 1.2, medians[many, case, "corsac"] / medians[few, case, "corsac"])
        )
    return found


def head() -> str:
    """Return the command, the machine, the date and the versions."""
    return machine.head("make python-bench", "starlette")


def spread(samples: Samples) -> str:
    """Return how far the samples spread."""
    widths = []
    for values in samples.values():
        low, middle, high = statistics.quantiles(values, n=4)
        widths.append((high - low) / middle / 2)
    middle, worst = statistics.median(widths), max(widths)
    return f"half of the samples lie within ±{middle:.0%} of the median in the middle cell, ±{worst:.0%} in the worst"


def micro(nanoseconds: float, bare: float | None = None) -> str:
    """Return a cell with microseconds and what CORS adds."""
    text = f"{nanoseconds / 1000:.2f}"
    return text if bare is None else f"{text} ({(nanoseconds - bare) / 1000:.2f})"
