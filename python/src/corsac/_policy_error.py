"""A spec that does not compile: one exception with everything that is wrong in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corsac._native import Finding


class PolicyError(ValueError):
    """A spec that does not compile, with all findings: errors and warnings, those of single entries first.

    ``str()`` lists them, one a line, behind the name of the file where they come from one.
    """

    findings: tuple[Finding, ...]
    file: str | None

    def __init__(self, findings: Iterable[Finding], file: str | None = None) -> None:
        self.findings = tuple(findings)
        self.file = file
        super().__init__(self.findings, file)

    def __str__(self) -> str:
        place = "" if self.file is None else f"{self.file}: "
        return "\n".join(f"{place}{finding}" for finding in self.findings)


# Where people find it.
PolicyError.__module__ = "corsac"
