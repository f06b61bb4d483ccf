"""Makes images as an administrator does, with `corsac compile`."""

import json
import subprocess

from .place import CORSAC, PATIENCE, need


def value(written):
    """A value as TOML. A policy file has no escapes, so the quotes of a string are some that it does not contain."""
    if isinstance(written, list):
        return "[" + ", ".join(map(value, written)) + "]"
    if not isinstance(written, str):
        # JSON's numbers and switches are TOML's.
        return json.dumps(written)
    quotes = next(quotes for quotes in ("'", '"', "'''", '"""') if quotes not in written and (quotes[0] == "'" or "\\" not in written))
    return quotes + written + quotes


def toml(spec):
    """A policy file of these options, or of these tables of a set."""
    if "policy" in spec:
        return "".join(f"[[policy]]\n{toml(table)}\n" for table in spec["policy"])
    # A vector has one character for each byte, a policy file is UTF-8.
    spec = {key: written.encode("latin-1").decode() if key == "path" else written for key, written in spec.items()}
    return "".join(f"{key} = {value(written)}\n" for key, written in spec.items())


def compile_image(spec, directory, name="policy"):
    """Compiles an image and returns its path. A refused policy fails the test."""
    need(CORSAC)
    source = directory / f"{name}.toml"
    source.write_text(spec if isinstance(spec, str) else toml(spec), encoding="utf-8")
    image = directory / f"{name}.corsac"
    run = subprocess.run([CORSAC, "compile", source, "-o", image], capture_output=True, timeout=PATIENCE, check=False)
    if run.returncode:
        raise AssertionError(f"corsac compile: {run.stderr.decode()}\n{source.read_text()}")
    return image
