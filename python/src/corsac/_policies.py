"""The policies of a middleware: one for all paths or one for each path, each where it can be replaced while serving."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from corsac import Policy, PolicyError, PolicySet
from corsac._log import log_findings
from corsac._native import _PathTable  # pyright: ignore[reportPrivateUsage]
from corsac._policy_file import policy_or_set
from corsac._watch import PolicyHolder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from corsac import Finding

# What a path can be given; None leaves the path untouched.
PolicyLike: TypeAlias = "Policy | PolicySet | PolicyHolder | Mapping[str, object] | None"


def holder(policy: PolicyLike) -> PolicyHolder | None:
    """Return a holder of a policy, and log the policy's warnings."""
    if policy is None:
        return None
    _refuse_path(policy)
    if isinstance(policy, PolicyHolder):
        held = policy
    elif isinstance(policy, Mapping):
        held = PolicyHolder(policy_or_set(policy))
    else:
        held = PolicyHolder(policy)
    log_findings(held.policy)
    return held


def _refuse_path(policy: object) -> None:
    if isinstance(policy, str):
        raise TypeError(f"a file is watched: write PolicyFile({policy!r}), or read it once with Policy.from_toml")
    if isinstance(policy, Path):
        _refuse_path(str(policy))


def path_table(
    policies: Mapping[str, PolicyHolder | None], default: PolicyHolder | None, option: str = "policies"
) -> _PathTable:
    """Return the table of the policies by path: the path is looked up as a :class:`corsac.PolicySet` does.

    :param option: the option's name, for messages.
    :param default: the policy of every path that has none; None leaves those untouched.
    :raises ValueError: a path is not written as a path of a policy set, or there are two policies for every path.
    """
    entries: list[tuple[str, PolicyHolder | None]] = list(policies.items())
    if default is not None:
        if "/" in policies:
            raise ValueError(f"{option}['/']: there is another policy for every path: remove one of the two")
        entries.append(("/", default))
    try:
        return _PathTable(entries)
    except PolicyError as error:
        raise ValueError("\n".join(_describe(finding, entries, option) for finding in error.findings)) from None


def _describe(finding: Finding, entries: Sequence[tuple[str, object]], option: str) -> str:
    place = option if finding.table is None else f"{option}[{entries[finding.table][0]!r}]"
    return f"{place}: {finding.message}" + (f"; {finding.suggestion}" if finding.suggestion else "")


def policies_of(entries: Iterable[tuple[object, PolicyHolder | None]]) -> list[Policy | PolicySet | None]:
    """Return the policies that may ask an expression: None for a holder or a file that may get any policy later.

    :param entries: what was given, and its holder.
    """
    return [
        None if isinstance(given, PolicyHolder) or type(held) is not PolicyHolder else held.policy
        for given, held in entries
        if held is not None
    ]
