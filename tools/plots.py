"""Draws the plots of the records: time against the number of origins, Corsac highlighted and everything else in grey.

A plot holds no number of its own: each is read from the table of a record, so that a plot can be drawn again without measuring.
`make plots` writes them; without --write this exits with 1 if a plot is not what its record says. A plot is light or dark as the reader's
system is.
"""

from __future__ import annotations

import io
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

ROOT = Path(__file__).resolve().parent.parent
CORE = ROOT / "benches/results/README.md"
ASGI = ROOT / "python/benches/results/asgi.md"
WSGI = ROOT / "python/benches/results/wsgi.md"
NGINX = ROOT / "nginx/bench/README.md"
JAVASCRIPT = ROOT / "js/benches/results/README.md"

NANOSECONDS = {"ns": 1.0, "µs": 1e3, "ms": 1e6, "s": 1e9}
# Each colour is a name in the plot's style sheet: as matplotlib writes it, in light and in dark. The contrast of all that is
# to be read is at least 4.5, that of a line 3 (WCAG 2.2, 1.4.3 and 1.4.11).
COLOURS = {
    "paper": ("#fefefe", "#ffffff", "#131416"),
    "ink": ("#010203", "#1f2328", "#e6e6e6"),
    "note": ("#040506", "#59636e", "#9da3ab"),
    "grid": ("#070809", "#e6e6e6", "#2f3338"),
    "peer": ("#0a0b0c", "#767676", "#9a9a9a"),
    "floor": ("#0d0e0f", "#949494", "#7d7d7d"),
    "corsac": ("#101112", "#c2571a", "#ff9d5c"),
}
INK, NOTE, GRID, PAPER = (COLOURS[name][0] for name in ("ink", "note", "grid", "paper"))


@dataclass(frozen=True)
class Style:
    """How a curve looks. Grey curves differ by marker and dash, so that no one needs colours to tell them apart."""

    colour: str
    marker: str = ""
    dash: str = "-"
    width: float = 1.6


CORSAC = Style("corsac", "o", "-", 2.6)
LAYER = Style("corsac", "o", "--", 1.6)
FLOOR = Style("floor", "", ":", 1.4)
PEERS = [Style("peer", "s"), Style("peer", "^", "--"), Style("peer", "D", "-."), Style("peer", "v", (0, (1, 1)))]  # type: ignore[list-item]


@dataclass(frozen=True)
class Panel:
    """One pair of axes: a title, and the columns of a request's rows."""

    title: str
    section: str
    request: str | None
    # The heading of a column, its label in the legend, and its style.
    columns: list[tuple[str, str, Style]]


@dataclass(frozen=True)
class Plot:
    """A picture and the record that it is drawn from."""

    record: Path
    name: str
    unit: str
    panels: list[Panel]

    @property
    def path(self) -> Path:
        """Where the picture is."""
        return self.record.parent / self.name


def number(cell: str) -> float | None:
    """The number of a cell; a time in nanoseconds."""
    found = re.match(r"([\d.]+)(?: ?(ns|µs|ms|s)\b)?", cell.strip())
    return float(found[1]) * NANOSECONDS.get(found[2] or "", 1.0) if found else None


def rows(record: Path, section: str) -> Iterator[dict[str, str]]:
    """The rows of each table below this heading, or of the whole record."""
    text = record.read_text()
    if section:
        text = re.split(rf"^## {re.escape(section)}$", text, flags=re.MULTILINE)[1]
        text = re.split(r"^## ", text, flags=re.MULTILINE)[0]
    heading: list[str] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            heading = []
        elif not heading:
            heading = cells
        elif not set(line) <= set("|-: "):
            yield dict(zip(heading, cells, strict=False))


def curve(plot: Plot, panel: Panel, column: str) -> list[tuple[float, float]]:
    """The points of a column: the number of origins, and the value."""
    points = []
    for row in rows(plot.record, panel.section):
        if panel.request is None or row.get("request") == panel.request:
            count, value = number(row.get("origins", "").replace(" ", "")), number(row.get(column, ""))
            if count is not None and value is not None:
                points.append((count, value))
    return points


def source(record: Path) -> str:
    """How it was measured: people copy a picture without its page."""
    found = re.search(r"^`make [^`]+`, .*?\d{4}.*$", record.read_text(), re.MULTILINE)
    if not found:
        raise ValueError(f"{record} does not say how it was measured")
    return found[0].replace("`", "").replace("; ", ", ").rstrip(".")


def time(value: float, unit: str) -> str:
    """A time of an axis, in the unit that needs the fewest digits."""
    nanoseconds = value * NANOSECONDS[unit]
    name, size = next(((name, size) for name, size in reversed(NANOSECONDS.items()) if nanoseconds >= size), ("ns", 1.0))
    return f"{nanoseconds / size:g} {name}"


def draw(plot: Plot) -> str:
    """The picture."""
    import matplotlib as mpl

    mpl.use("svg")
    # The same numbers give the same bytes, and text stays text.
    mpl.rcParams.update({
        "svg.hashsalt": "corsac", "svg.fonttype": "none", "font.family": "sans-serif", "text.color": INK, "axes.labelcolor": INK,
        "axes.edgecolor": NOTE, "axes.facecolor": PAPER, "figure.facecolor": PAPER, "xtick.color": NOTE, "ytick.color": NOTE,
        "xtick.labelcolor": INK, "ytick.labelcolor": INK,
    })  # fmt: skip
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(1, len(plot.panels), figsize=(8.8, 4.2), sharey=True, layout="constrained", squeeze=False)
    for axes, panel in zip(panels[0], plot.panels, strict=True):
        draw_panel(axes, plot, panel)
    handles, labels = panels[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right upper", frameon=False, handlelength=3)
    figure.supxlabel("origins in the policy", fontsize=10, color=INK)
    figure.suptitle(source(plot.record), fontsize=6.5, color=NOTE)
    written = io.StringIO()
    figure.savefig(written, format="svg", metadata={"Date": None})
    plt.close(figure)
    return themed(written.getvalue())


def draw_panel(axes: Axes, plot: Plot, panel: Panel) -> None:
    """One panel: Corsac last, over the others."""
    drawn = []
    for column, label, style in panel.columns:
        points = curve(plot, panel, column)
        if not points:
            raise ValueError(f"{plot.record}: no row {panel.request!r} has a number in the column {column!r}")
        drawn.append((style.colour == "corsac", label, style, points))
    for order, (is_corsac, label, style, points) in enumerate(drawn):
        axes.plot(
            *zip(*points, strict=True), label=label, color=COLOURS[style.colour][0], marker=style.marker, linestyle=style.dash,
            linewidth=style.width, markersize=5, zorder=50 + order if is_corsac else 10 + order,
        )  # fmt: skip
    axes.set(xscale="log", yscale="log")
    axes.set_title(panel.title, fontsize=10, color=INK)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}".replace(",", " "))
    axes.yaxis.set_major_formatter(lambda value, _: time(value, plot.unit))
    axes.minorticks_off()
    axes.grid(visible=True, which="major", color=GRID)
    axes.spines[["top", "right"]].set_visible(False)


def themed(svg: str) -> str:
    """The picture with a style sheet for light and for dark in place of fixed colours."""
    for name, (written, *_) in COLOURS.items():
        svg = svg.replace(written, f"var(--{name})")
    light = "".join(f"--{name}: {colour}; " for name, (_, colour, _) in COLOURS.items())
    dark = "".join(f"--{name}: {colour}; " for name, (_, _, colour) in COLOURS.items())
    style = f"<style>svg {{ {light}}} @media (prefers-color-scheme: dark) {{ svg {{ {dark}}} }}</style>"
    svg = re.sub(r"(<svg [^>]*>)", rf"\1\n {style}", svg, count=1)
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def of_core(name: str, title: str, request: str) -> Plot:
    """A plot of Rust's record."""
    columns = [
        ("+ actix-cors", "actix-cors, with its service", PEERS[1]), ("+ tower-http CorsLayer", "tower-http, with a service", PEERS[0]),
        ("by hand", "a HashSet by hand", PEERS[2]), ("http service", "the service alone", FLOOR), ("+ corsac layer", "Corsac as a layer, with a service", LAYER), ("corsac", "Corsac", CORSAC),
    ]  # fmt: skip
    return Plot(CORE, name, "ns", [Panel(title, "A decision", request, columns)])


def of_python(record: Path, name: str, section: str, peer: str, corsac: str) -> Plot:
    """A plot of one of Python's records: a request that goes on to the application, and a preflight, which does not."""
    both = [(peer, peer, PEERS[0]), (corsac, "Corsac", CORSAC)]
    goes_on = [both[0], ("bare", "application alone", FLOOR), both[1]]
    return Plot(record, name, "µs", [Panel("GET allowed", section, "GET allowed", goes_on), Panel("preflight", section, "preflight", both)])


PLOTS = [
    of_core("actual.svg", "An actual request, allowed: the same origin each time", "actual allowed"),
    of_core("preflight.svg", "A preflight of three names, allowed: the same origin each time", "preflight, 3 names"),
    of_core("random.svg", "A preflight of three names, allowed: another origin each time", "preflight, 3 names, random origins"),
    Plot(CORE, "compile.svg", "ns", [Panel("From a list of origins to a policy", "A policy", None, [
        ("+ actix-cors", "actix-cors", PEERS[1]), ("+ tower-http CorsLayer", "tower-http", PEERS[0]), ("by hand", "a HashSet by hand", PEERS[2]),
        ("corsac", "Corsac", CORSAC),
    ])]),
    of_python(ASGI, "asgi.svg", "", "Starlette", "Corsac"),
    of_python(WSGI, "flask.svg", "Flask", "flask-cors", "corsac"),
    of_python(WSGI, "django.svg", "Django", "django-cors-headers", "corsac"),
]  # fmt: skip


# The record is there once `make bench-js` has run.
if JAVASCRIPT.exists():
    PLOTS.append(Plot(JAVASCRIPT, "cors.svg", "ns", [
        Panel(f"Express: what CORS adds to {text}", "Express", request, [("cors", "cors", PEERS[0]), ("Corsac", "Corsac", CORSAC)])
        for request, text in (("actual", "an allowed request"), ("denied", "a denied one"))
    ]))  # fmt: skip


def main() -> None:
    """Writes the plots, or compares them."""
    stale = []
    for plot in PLOTS:
        svg = draw(plot)
        if "--write" in sys.argv[1:]:
            plot.path.write_text(svg)
        elif not plot.path.exists() or plot.path.read_text() != svg:
            stale.append(str(plot.path.relative_to(ROOT)))
    if stale:
        raise SystemExit(f"not what the record says: {', '.join(stale)}: run `make plots` and look at them")


if __name__ == "__main__":
    main()
