"""The cases of `vectors/`, as directives and as policy files."""

import json

from .place import ROOT

LISTS = ("allow_origins", "allow_methods", "allow_headers", "expose_headers")


def text(value):
    """A text of a vector as Latin-1: a string, a repeat, or several of them."""
    if isinstance(value, list):
        return "".join(text(part) for part in value)
    if isinstance(value, dict):
        return value["repeat"] * value["times"]
    return value


def cases(kind):
    """Every case that has a `decision`, or has `findings`, with the name of its file."""
    found = []
    for path in sorted((ROOT / "vectors").glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content, list):
            found += [{**case, "file": path.stem} for case in content if kind in case]
    return found


def spec_of(case):
    """The spec with its texts spelled out; equal specs are equal strings of JSON."""
    return {key: [text(entry) for entry in value] if isinstance(value, list) else value for key, value in case["spec"].items()}


def quoted(value):
    """As nginx reads it between double quotes; a dollar is no variable in these directives."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def directives(spec):
    """One line for each entry of a list, so that a finding's line tells its entry: `[(line, field, index)]`."""
    lines = []
    for field, value in spec.items():
        if field in LISTS:
            lines += [(f"cors_{field} {quoted(entry)};", field, index) for index, entry in enumerate(value)]
            if not value:
                lines.append((f"cors_{field} off;", field, None))
        elif isinstance(value, bool):
            lines.append((f"cors_{field} {'on' if value else 'off'};", field, None))
        else:
            lines.append((f"cors_{field} {value};", field, None))
    return lines
