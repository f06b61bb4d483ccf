"""The policies of a middleware: one for all paths, or one for each path. Each can be replaced while serving."""

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
    from corsac._regex import RegexCheck

# What you can write as a policy; None leaves the path untouched.
PolicyLike: TypeAlias = "Policy | PolicySet | PolicyHolder | Mapping[str, object] | None"

# No path of a policy set is longer (docs/design.md, 5).
_PATH_MAX = 255


class Policies:
    """The policies of a middleware: one for all paths, some for single paths, or none at all.

    :param default: the policy of every path that has no policy of its own; None leaves those paths untouched.
    :param by_path: a policy for each path; None leaves the path untouched.
    :param regex: regular expressions that an origin may match if no pattern does.
    :param option: the name of the option that ``by_path`` comes from, for messages.
    :raises ValueError: a path is not valid in a policy set, or there are two policies for every path.
    """

    def __init__(
        self,
        default: PolicyHolder | None,
        by_path: Mapping[str, PolicyHolder | None] | None = None,
        *,
        regex: RegexCheck | None = None,
        option: str = "policies",
    ) -> None:
        self.regex = regex
        self._default = default
        self._table = _path_table(by_path, default, option) if by_path else None
        self._paths_of: tuple[object, frozenset[str]] = (None, frozenset(by_path or ()))

    @property
    def only(self) -> PolicyHolder | None:
        """The holder of the policy for all paths, if there is no other policy."""
        return self._default if self._table is None else None

    @property
    def current(self) -> Policy | PolicySet | _PathTable | None:
        """What decides the next request; None if every path is untouched."""
        if self._table is not None:
            return self._table
        return None if self._default is None else self._default.policy

    @property
    def policy(self) -> Policy | PolicySet | None:
        """The policy of every path that has no policy of its own."""
        return None if self._default is None else self._default.policy

    @property
    def all(self) -> list[Policy | PolicySet]:
        """All policies, for single paths and for all paths."""
        held = (self._default,) if self._table is None else self._table.holders
        return [holder.policy for holder in held if holder is not None]

    def replace(self, policy: Policy | PolicySet) -> None:
        """Replace the policy of every path that has no policy of its own.

        :raises ValueError: there is no such policy, or the new one refuses the expressions.
        """
        if self._default is None:
            raise ValueError(
                "there is no policy for all paths that you can replace: give the path a PolicyHolder and set its policy"
            )
        if self.regex is not None:
            self.regex.prove([policy])
        self._default.policy = policy

    def entry_of(self, path: str | bytes) -> str:
        """Return the path of the policy that a request's path belongs to, because log lines are counted by it."""
        known = self._known_paths()
        left = (path if isinstance(path, str) else path.decode("utf-8", "replace"))[: _PATH_MAX + 1]
        while left and left not in known:
            left = left.rpartition("/")[0]
        return left or "/"

    def _known_paths(self) -> frozenset[str]:
        policy = self.policy
        of, known = self._paths_of
        if of is not policy and isinstance(policy, PolicySet) and self._table is None:
            known = frozenset(path for path, _ in policy.tables)
            self._paths_of = (policy, known)
        return known


def holder(policy: PolicyLike, place: str = "") -> PolicyHolder | None:
    """Return a holder of a policy, and log the policy's warnings.

    :param place: where the policy is written, for the log.
    """
    if policy is None:
        return None
    _refuse_path(policy)
    if isinstance(policy, PolicyHolder):
        held = policy
    elif isinstance(policy, Mapping):
        held = PolicyHolder(policy_or_set(policy))
    else:
        held = PolicyHolder(policy)
    log_findings(held.policy, place)
    return held


def _refuse_path(policy: object) -> None:
    if isinstance(policy, str):
        raise TypeError(
            f"a path is not a policy: write PolicyFile({policy!r}) to watch the file, or read it with Policy.from_toml"
        )
    if isinstance(policy, Path):
        _refuse_path(str(policy))


def _path_table(policies: Mapping[str, PolicyHolder | None], default: PolicyHolder | None, option: str) -> _PathTable:
    """Return the table of the policies by path. Paths match as in a :class:`corsac.PolicySet`."""
    entries: list[tuple[str, PolicyHolder | None]] = list(policies.items())
    if default is not None:
        if "/" in policies:
            raise ValueError(f"{option}['/'] is a second policy for every path: remove one of the two")
        entries.append(("/", default))
    try:
        return _PathTable(entries)
    except PolicyError as error:
        raise ValueError("\n".join(_describe(finding, entries, option) for finding in error.findings)) from None


def _describe(finding: Finding, entries: Sequence[tuple[str, object]], option: str) -> str:
    place = option if finding.table is None else f"{option}[{entries[finding.table][0]!r}]"
    return f"{place}: {finding.message}" + (f"; {finding.suggestion}" if finding.suggestion else "")


def policies_of(entries: Iterable[tuple[object, PolicyHolder | None]]) -> list[Policy | PolicySet | None]:
    """Return the policies that may use an expression; None for a holder or a file, which may get any policy later.

    :param entries: each policy as it was written, and its holder.
    """
    return [
        None if isinstance(given, PolicyHolder) or type(held) is not PolicyHolder else held.policy
        for given, held in entries
        if held is not None
    ]
