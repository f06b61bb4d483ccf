"""The cases of `vectors/`, as directives and as policy files."""

import json
import re
import urllib.parse

from .place import ROOT

def text(value):
    """The text of a vector as Latin-1. A vector writes it as a string, a repetition, or a list of both."""
    if isinstance(value, list):
        return "".join(text(part) for part in value)
    if isinstance(value, dict):
        return value["repeat"] * value["times"]
    return value


def cases(kind):
    """All cases with `kind` (`decision` or `findings`), each with the name of its file."""
    found = []
    for path in sorted((ROOT / "vectors").glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content, list):
            found += [{**case, "file": path.stem} for case in content if kind in case]
    return found


def options_of(spec):
    """The options of a policy, or of a table of a set, with their texts spelled out."""
    options = {key: [text(entry) for entry in value] if isinstance(value, list) else value for key, value in spec.items()}
    return options | {"path": text(options["path"])} if "path" in options else options


def spec_of(case):
    """The spec with its texts spelled out; equal specs are equal strings of JSON."""
    spec = case["spec"]
    return {"policy": [options_of(table) for table in spec["policy"]]} if "policy" in spec else options_of(spec)


def target_of(request):
    """The target of a request with this path. None if nginx would see another path, or refuse it."""
    decoded, raw = (text(request[name]) if name in request else None for name in ("path", "raw_path"))
    sent = raw or urllib.parse.quote(decoded, safe="/", encoding="latin-1")
    path = re.split("[?#]", sent)[0]
    uri = urllib.parse.unquote(path, encoding="latin-1")
    segments = uri.split("/")
    is_kept = sent.startswith("/") and "" not in segments[1:-1] and not {".", ".."} & set(segments)
    is_read = not re.search("%(?![0-9A-Fa-f]{2})", path) and "\0" not in uri
    return sent if is_kept and is_read and decoded in (None, uri) else None


def quoted(value):
    """A value in double quotes, for nginx. A dollar sign does not mean a variable in these directives."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def directives(spec):
    """Directives as `[(line, field, index)]`. Each entry of a list has its own line, so that the line of a finding identifies its entry."""
    lines = []
    for field, value in spec.items():
        if isinstance(value, list):
            lines += [(f"cors_{field} {quoted(entry)};", field, index) for index, entry in enumerate(value)]
            if not value:
                lines.append((f"cors_{field} off;", field, None))
        elif isinstance(value, bool):
            lines.append((f"cors_{field} {'on' if value else 'off'};", field, None))
        else:
            lines.append((f"cors_{field} {value};", field, None))
    return lines
