"""Images as an administrator makes them: with `corsac compile`."""

import json
import subprocess

from .place import CORSAC, need


def toml(spec):
    """A policy file of these options, or of these tables of a set. JSON's lists, strings, numbers and switches are TOML's, but for DEL and
    what is not ASCII."""
    if "policy" in spec:
        return "".join(f"[[policy]]\n{toml(table)}\n" for table in spec["policy"])
    # A vector has one character for a byte, a policy file UTF-8.
    spec = {key: value.encode("latin-1").decode() if key == "path" else value for key, value in spec.items()}
    return "".join(f"{key} = {json.dumps(value, ensure_ascii=True)}\n" for key, value in spec.items())


def compile_image(spec, directory, name="policy"):
    """The image's path; findings that refuse it fail here."""
    need(CORSAC)
    source = directory / f"{name}.toml"
    source.write_text(spec if isinstance(spec, str) else toml(spec))
    image = directory / f"{name}.corsac"
    run = subprocess.run([CORSAC, "compile", source, "-o", image], capture_output=True, timeout=60, check=False)
    if run.returncode:
        raise AssertionError(f"corsac compile: {run.stderr.decode()}\n{source.read_text()}")
    return image
