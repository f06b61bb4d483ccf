"""Where numbers are from: the processor, the day, the interpreter, the packages."""

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
    """The processor's name, as Linux says it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def verdicts(goals: list[tuple[str, float, float]]) -> list[str]:
    """Each goal, how much it may be, what it is: as rows of a table."""
    rows = ["| goal | at most | is | |", "|---|--:|--:|---|"]
    rows += [
        f"| {name} | {most:.2f} | {value:.2f} | {'pass' if value <= most else '**fail**'} |"
        for name, most, value in goals
    ]
    return rows
