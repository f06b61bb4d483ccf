"""Policy files: an image, or TOML whose keys are the names of the options (tomli reads it before Python 3.11)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from corsac._native import Policy, PolicySet
from corsac._policy_error import PolicyError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import TypeVar

    P = TypeVar("P", Policy, PolicySet, Policy | PolicySet)

IMAGE_MAGIC = b"\x89corsac"


def compiled(path: Path, compile: Callable[[dict[str, object]], P]) -> P:  # noqa: A002
    """Compile a file. Every error names it: a value of a wrong type is the file's fault, not the program's."""
    source = path.read_bytes()
    if source.startswith(IMAGE_MAGIC):
        kind = "PolicySet" if compile == PolicySet.from_mapping else "Policy"
        raise ValueError(f"{path}: this is an image: write {kind}.from_image(Path({str(path)!r}).read_bytes())")
    return _compiled(path, source, compile)


def read(path: Path) -> Policy | PolicySet:
    """Return what a file holds: TOML or an image, a policy or a policy set."""
    source = path.read_bytes()
    if source.startswith(IMAGE_MAGIC):
        return policy_or_set_of_image(source)
    return _compiled(path, source, policy_or_set)


def _compiled(path: Path, source: bytes, compile: Callable[[dict[str, object]], P]) -> P:  # noqa: A002
    try:
        # Editors that write a byte order mark do not show it.
        return compile(tomllib.loads(source.decode("utf-8-sig")))
    except PolicyError as error:
        raise PolicyError(error.findings, file=str(path)) from None
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error


def policy_or_set(mapping: Mapping[str, object]) -> Policy | PolicySet:
    """Compile a mapping: a policy set if it has tables under ``policy``, else a policy."""
    return PolicySet.from_mapping(mapping) if "policy" in mapping else Policy.from_mapping(mapping)


def policy_or_set_of_image(image: bytes) -> Policy | PolicySet:
    """Open an image. Only the image of a set opens as a set and not as a policy."""
    try:
        return Policy.from_image(image)
    except ValueError:
        return PolicySet.from_image(image)
