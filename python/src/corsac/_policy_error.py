"""A spec that does not compile: one exception with everything that is wrong in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corsac._native import Finding


class PolicyError(ValueError):
    """A spec that does not compile, with all findings: errors and warnings, those of single entries first.

    ``str()`` lists them, one a line.
    """

    findings: tuple[Finding, ...]

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(self.findings)

    def __str__(self) -> str:
        return "\n".join(str(finding) for finding in self.findings)
