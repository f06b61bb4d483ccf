"""A policy from the options of flask-cors, with its names and defaults. Some of its options have no effect here."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from corsac import Policy, PolicyError, _environ
from corsac._keywords import governor_of
from corsac._log import logger, refusals_logged

if TYPE_CHECKING:
    import flask

    from corsac._governor import Governor
    from corsac.wsgi import Environ

ALL_METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE")
# The defaults of flask-cors.
_DEFAULTS: dict[str, Any] = {
    "methods": ALL_METHODS,
    "allow_headers": "*",
    "expose_headers": (),
    "supports_credentials": False,
    "max_age": None,
    "allow_private_network": False,
}
# Options of flask-cors that have no effect here, with the value that describes what Corsac does.
_FIXED: dict[str, bool] = {
    "send_wildcard": True,
    "always_send": True,
    "vary_header": True,
    "automatic_options": True,
    "intercept_exceptions": True,
}
# Options of a policy that flask-cors does not have.
_OF_A_POLICY = (
    "preflight_status",
    "denied_preflight_status",
    "allow_timing",
    "dangerously_allow_null_origin",
    "dangerously_allow_insecure_origins",
    "dangerously_allow_public_suffixes",
)
# Options of the middleware.
_OF_THE_MIDDLEWARE = ("origin_check", "off_when_empty", "report_only")
_NAMES = ("origins", "resources", *_DEFAULTS, *_FIXED, *_OF_A_POLICY, *_OF_THE_MIDDLEWARE)
# flask-cors reads a text with one of these as a regular expression.
_HINTS = re.compile(r"[*\\\]?$^\[()]")


def with_config(app: flask.Flask, options: Mapping[str, object]) -> dict[str, object]:
    """Return the options, and those from ``app.config`` that they leave out, such as ``CORS_ORIGINS``."""
    configured: dict[str, object] = {
        name: app.config[key] for name in _NAMES if (key := f"CORS_{name.upper()}") in app.config
    }
    return {**configured, **options}


def resources_of(options: Mapping[str, object]) -> list[tuple[re.Pattern[str], Mapping[str, object]]]:
    """Return the expressions over paths and the options of each, in the order of flask-cors: the most exact first."""
    given: Any = options.get("resources", "/*")
    if isinstance(given, str | re.Pattern):
        given = [given]
    if isinstance(given, Mapping):
        by_resource = cast("Mapping[str | re.Pattern[str], Mapping[str, object]]", given)
        return [(_path(resource), by_resource[resource]) for resource in sorted(by_resource, key=_inexactness)]
    if not isinstance(given, Iterable):
        # flask-cors raises the same exception, and users may catch it.
        raise ValueError(
            f"resources cannot be {given!r}: write a path, a list of paths, or a dict of paths and options"
        )
    resources = cast("Iterable[str | re.Pattern[str]]", given)
    return [(_path(resource), {}) for resource in resources]


def _inexactness(resource: str | re.Pattern[str]) -> tuple[bool, bool, int, int]:
    text = resource if isinstance(resource, str) else resource.pattern
    is_compiled = not isinstance(resource, str)
    is_regex = is_compiled or _HINTS.search(text) is not None
    return is_regex, is_regex and not is_compiled, -text.count("/"), -len(text)


def _path(resource: str | re.Pattern[str]) -> re.Pattern[str]:
    if isinstance(resource, re.Pattern):
        return resource
    if resource == "*":
        return re.compile("")
    return re.compile(resource if _HINTS.search(resource) else re.escape(resource) + r"\Z")


def governor_of_options(options: Mapping[str, object]) -> Governor[Environ]:
    """Return the governor for options of flask-cors."""
    with refusals_logged():
        refuse_unknown(options)
        written: Any = {**_DEFAULTS, **options}
        if "origins" not in written:
            raise TypeError(
                'origins is missing: write origins=["https://app.example.com"], or origins="*" for a public API '
                "without cookies"
            )
        origins, regexes = _origins(written["origins"])
        policy_options = {
            "allow_origins": origins,
            "allow_methods": _listed(written["methods"]),
            "allow_headers": _listed(written["allow_headers"]),
            "expose_headers": _listed(written["expose_headers"]),
            "allow_credentials": bool(written["supports_credentials"]),
            "max_age": written["max_age"],
            "allow_private_network": bool(written["allow_private_network"]),
            **{name: written[name] for name in _OF_A_POLICY if name in written},
        }
        return governor_of(
            _environ.ENVIRONS,
            Policy,
            policy_options,
            policy=None,
            policies=None,
            allow_origin_regex=regexes,
            origin_check=written.get("origin_check"),
            report_only=bool(written.get("report_only", False)),
            off_when_empty=bool(written.get("off_when_empty", False)),
        )


def refuse_unknown(options: Mapping[str, object]) -> None:
    """Refuse a name that is not an option, and log an option without effect.

    :raises TypeError: there is no such option.
    """
    for name in options:
        if name not in _NAMES:
            near = difflib.get_close_matches(name, _NAMES, 1)
            raise TypeError(f"{name!r} is not an option" + (f": did you mean {near[0]!r}?" if near else ""))
        if name in _FIXED and options[name] != _FIXED[name]:
            logger.info("%s=%r has no effect: see MIGRATING.md", name, options[name])


def _origins(given: Any) -> tuple[list[Any], list[str | re.Pattern[str]]]:  # noqa: ANN401
    """Return the patterns and the regular expressions of a list of origins, because flask-cors mixes them."""
    entries: list[Any] = [given] if isinstance(given, str | re.Pattern) else list(given or ())
    regexes: list[str | re.Pattern[str]] = [entry for entry in entries if _is_regex(entry)]
    return [entry for entry in entries if entry not in regexes], regexes


def _is_regex(entry: object) -> bool:
    if not isinstance(entry, str):
        return isinstance(entry, re.Pattern)
    try:
        Policy([entry], dangerously_allow_null_origin=True)
    except PolicyError as error:
        return any(finding.code == "regular-expression" for finding in error.findings)
    return False


def _listed(given: Any) -> list[str]:  # noqa: ANN401
    if isinstance(given, str):
        return [name.strip() for name in given.split(",") if name.strip()]
    return list(given or ())
