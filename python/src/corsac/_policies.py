"""The policies of a middleware: one for all paths or one for each, each in a place where it may be swapped."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from corsac import Policy
from corsac._log import warn_of_findings
from corsac._paths import PathTable
from corsac._watch import PolicyHolder

if TYPE_CHECKING:
    from collections.abc import Iterable

# Whatever a policy for a path may be given as; None leaves the path alone.
PolicyLike: TypeAlias = "Policy | PolicyHolder | Mapping[str, object] | None"


def holder(policy: PolicyLike) -> PolicyHolder | None:
    """A place to keep a policy in, with its warnings logged."""
    if policy is None:
        return None
    _refuse_path(policy)
    if isinstance(policy, PolicyHolder):
        held = policy
    elif isinstance(policy, Mapping):
        held = PolicyHolder(Policy.from_mapping(policy))
    else:
        held = PolicyHolder(policy)
    warn_of_findings(held.policy)
    return held


def _refuse_path(policy: object) -> None:
    if isinstance(policy, str):
        raise TypeError(f"a file is watched: write PolicyFile({policy!r}), or read it once with Policy.from_toml")
    if isinstance(policy, Path):
        _refuse_path(str(policy))


def path_table(policies: Mapping[str, PolicyLike], default: PolicyHolder | None) -> PathTable[PolicyHolder | None]:
    """One holder for each path."""
    return PathTable({path: holder(policy) for path, policy in policies.items()}, default)


def may_allow_credentials(held: Iterable[PolicyHolder]) -> bool:
    """Whether a policy allows credentials, or may tomorrow: a holder that is watched or shared takes another policy."""
    return any(type(entry) is not PolicyHolder or entry.policy.allows_credentials for entry in held)
