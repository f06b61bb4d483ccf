"""A policy file: TOML whose keys are the options' names, read by the standard library (tomli before 3.11)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from corsac._policy_error import PolicyError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from corsac._native import Policy

IMAGE_MAGIC = b"\x89corsac"


def compiled(path: Path, compile: Callable[[dict[str, object]], Policy]) -> Policy:  # noqa: A002
    """The policy of a file; every refusal names it. A value of a wrong type is the file's fault, not the program's."""
    source = path.read_bytes()
    if source.startswith(IMAGE_MAGIC):
        raise ValueError(
            f"{path}: this is a compiled policy: write Policy.from_image(Path({str(path)!r}).read_bytes())"
        )
    try:
        # Editors that write a byte order mark do not show it.
        return compile(tomllib.loads(source.decode("utf-8-sig")))
    except PolicyError as error:
        raise PolicyError(error.findings, file=str(path)) from None
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error
