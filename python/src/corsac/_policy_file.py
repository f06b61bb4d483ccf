"""Policy files: an image, or the text of a policy in TOML, as the command line reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corsac._native import (
    Policy,
    PolicySet,
    _policy_of_text,  # pyright: ignore[reportPrivateUsage]
    _policy_or_set_of_text,  # pyright: ignore[reportPrivateUsage]
    _policy_set_of_text,  # pyright: ignore[reportPrivateUsage]
)
from corsac._policy_error import PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import TypeVar

    P = TypeVar("P", Policy, PolicySet, Policy | PolicySet)

IMAGE_MAGIC = b"\x89corsac"


def policy(path: Path) -> Policy:
    """Read a policy from a file with its text. Every error names the file."""
    return _of_text(path, "Policy", _policy_of_text)


def policy_set(path: Path) -> PolicySet:
    """Read a policy set from a file with its text. Every error names the file."""
    return _of_text(path, "PolicySet", _policy_set_of_text)


def read(path: Path) -> Policy | PolicySet:
    """Read a policy or a policy set from a file with its text or its image."""
    source = path.read_bytes()
    if source.startswith(IMAGE_MAGIC):
        return policy_or_set_of_image(source)
    return _compiled(path, source, _policy_or_set_of_text)


def _of_text(path: Path, kind: str, compile: Callable[[bytes], P]) -> P:  # noqa: A002
    source = path.read_bytes()
    if source.startswith(IMAGE_MAGIC):
        raise ValueError(f"{path}: this is an image: write {kind}.from_image(Path({str(path)!r}).read_bytes())")
    return _compiled(path, source, compile)


def of_text(source: bytes) -> Policy | PolicySet:
    """Compile the text of a policy file.

    :raises PolicyError: with all findings.
    :raises ValueError: it is not TOML.
    """
    return _policy_or_set_of_text(source)


def _compiled(path: Path, source: bytes, compile: Callable[[bytes], P]) -> P:  # noqa: A002
    try:
        return compile(source)
    except PolicyError as error:
        raise PolicyError(error.findings, file=str(path)) from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def policy_or_set(mapping: Mapping[str, object]) -> Policy | PolicySet:
    """Compile a mapping: a policy set if it has tables under ``policy``, else a policy."""
    return PolicySet.from_mapping(mapping) if "policy" in mapping else Policy.from_mapping(mapping)


def policy_or_set_of_image(image: bytes) -> Policy | PolicySet:
    """Open an image of a policy or of a policy set."""
    try:
        return Policy.from_image(image)
    except ValueError:
        return PolicySet.from_image(image)
