"""`check`: all findings of a policy, and which policies of a set a path has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corsac._command.source import in_json, in_words, load, shown, url_path

if TYPE_CHECKING:
    from corsac import PolicySet


def check(policy: str, output_format: str, path: str | None) -> tuple[str, bool]:
    """Check a policy: the text to print, and whether the policy has no errors."""
    raw_path = None if path is None else url_path(path)
    loaded = load(policy)
    policies = loaded.policies
    if output_format == "json":
        report = in_json(loaded, policy, _path_object(policies, raw_path))
    else:
        report = in_words(loaded) + _path_sentence(policies, raw_path)
    return report, loaded.errors == 0


def _path_object(policies: PolicySet | None, path: bytes | None) -> dict[str, object] | None:
    """Return what the JSON output has for the path. There is nothing if the policy does not compile."""
    if policies is None or path is None:
        return None
    tables, is_ambiguous = policies._tables_at(path)  # pyright: ignore[reportPrivateUsage]
    return {"ambiguous": is_ambiguous, "tables": tables}


def _path_sentence(policies: PolicySet | None, path: bytes | None) -> str:
    if policies is None or path is None:
        return ""
    tables, is_ambiguous = policies._tables_at(path)  # pyright: ignore[reportPrivateUsage]
    numbers = ", ".join(str(table + 1) for table in tables)
    if is_ambiguous:
        sentence = "this path can be read in more than one way, so every request is denied"
    elif not tables:
        sentence = "no policy is for this path"
    elif len(tables) == 1:
        sentence = f"[[policy]] table {numbers} decides"
    else:
        sentence = f"[[policy]] tables {numbers} are asked in this order"
    return f"{shown(path)}: {sentence}\n"
