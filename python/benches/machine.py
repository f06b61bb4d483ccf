"""Where numbers come from: processor, date, interpreter and packages."""

from __future__ import annotations

import datetime
import platform
from importlib.metadata import version
from pathlib import Path

import corsac


def head(command: str, *peers: str) -> str:
    """The line that a table begins with, and that its plots repeat."""
    packages = ", ".join([f"corsac {corsac.__version__}", *(f"{peer} {version(peer)}" for peer in peers)])
    today = datetime.date.today().isoformat()
    return f"`{command}`, {_cpu()}, {today}, Python {platform.python_version()}, {packages}"


def _cpu() -> str:
    """Return the processor's name from Linux."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def verdicts(goals: list[tuple[str, float, float]]) -> list[str]:
    """Return each goal with its limit and its value, as rows of a table."""
    rows = ["| goal | at most | is | |", "|---|--:|--:|---|"]
    rows += [
        f"| {name} | {most:.2f} | {value:.2f} | {'pass' if value <= most else '**fail**'} |"
        for name, most, value in goals
    ]
    return rows
