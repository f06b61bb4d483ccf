"""The exception for a spec that does not compile. It has everything that is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corsac._native import Finding


class PolicyError(ValueError):
    """A spec that does not compile, with all findings: errors and warnings, those about single entries first.

    ``str()`` lists them, one on each line. If they are about a file, each begins with file, line and column.
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


# The name that people import it by.
PolicyError.__module__ = "corsac"
