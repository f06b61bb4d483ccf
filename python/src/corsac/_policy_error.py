"""A spec that does not compile: one exception with everything that is wrong in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corsac._native import Finding


class PolicyError(ValueError):
    """A spec that does not compile, with all findings: errors and warnings, those of single entries first.

    ``str()`` lists them, one a line, behind the file, line and column where they come from a file.
    """

    findings: tuple[Finding, ...]
    file: str | None

    def __init__(self, findings: Iterable[Finding], file: str | None = None) -> None:
        self.findings = tuple(findings)
        self.file = file
        super().__init__(self.findings, file)

    def __str__(self) -> str:
        return "\n".join(f"{self._place(finding)}{finding}" for finding in self.findings)

    def _place(self, finding: Finding) -> str:
        if self.file is None:
            return ""
        return f"{self.file}: " if finding.line is None else f"{self.file}:{finding.line}:{finding.column}: "


# Where people find it.
PolicyError.__module__ = "corsac"
