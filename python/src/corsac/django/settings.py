"""Django's settings, read once into a configuration, or into a list of everything that is wrong with them."""

from __future__ import annotations

import os
import re
import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.http import HttpRequest
from django.utils.module_loading import import_string

from corsac import Finding, Policy, PolicyError, PolicySet, _view_policy
from corsac._governor import Governor
from corsac._native import _FINDING_NUMBERS  # pyright: ignore[reportPrivateUsage]
from corsac._policies import Policies, policies_of
from corsac._policy_file import policy_or_set, policy_or_set_of_image
from corsac._regex import RegexCheck
from corsac._watch import PolicyFile, PolicyHolder
from corsac.django.defaults import default_headers, default_methods
from corsac.django.reader import REQUESTS
from corsac.django.review import (
    OLDER_NAMES,
    REGEX_TO_PATTERN,
    TWO_POLICIES,
    WRONG_KEY,
    WRONG_ORIGIN_CHECK,
    WRONG_POLICY,
    WRONG_REGEX,
    WRONG_TYPE,
    Review,
)
from corsac.django.signals import check_request_enabled
from corsac.django.views import governor_of_view, in_thread, load_views

DEFAULT_MAX_AGE = 86400

# The setting of each option of a policy.
OPTIONS = {
    "allow_origins": "CORS_ALLOWED_ORIGINS",
    "allow_methods": "CORS_ALLOW_METHODS",
    "allow_headers": "CORS_ALLOW_HEADERS",
    "allow_credentials": "CORS_ALLOW_CREDENTIALS",
    "expose_headers": "CORS_EXPOSE_HEADERS",
    "max_age": "CORS_PREFLIGHT_MAX_AGE",
    "allow_private_network": "CORS_ALLOW_PRIVATE_NETWORK",
    "dangerously_allow_null_origin": "CORSAC_DANGEROUSLY_ALLOW_NULL_ORIGIN",
    "dangerously_allow_insecure_origins": "CORSAC_DANGEROUSLY_ALLOW_INSECURE_ORIGINS",
    "dangerously_allow_public_suffixes": "CORSAC_DANGEROUSLY_ALLOW_PUBLIC_SUFFIXES",
}
KNOWN_SETTINGS = frozenset(
    {
        *OPTIONS.values(),
        *OLDER_NAMES.values(),
        "CORS_ALLOW_ALL_ORIGINS",
        "CORS_ALLOWED_ORIGIN_REGEXES",
        "CORS_URLS_REGEX",
        "CORSAC_OFF_WHEN_EMPTY",
        "CORSAC_ORIGIN_CHECK",
        "CORSAC_POLICIES",
        "CORSAC_POLICY",
        "CORSAC_REPORT_ONLY",
    }
)
# The engine's messages name an option with or without a value after it.
_OPTION_NAMES = re.compile(rf"\b({'|'.join(OPTIONS)}|origin_check)\b(=\[|=)?")
RequestOriginCheck = Callable[[bytes, HttpRequest], object]
"""Returns whether an unmatched origin is allowed. Any result counts as true or false, and an awaitable is awaited."""


@dataclass(frozen=True)
class Configuration:
    """The configuration of the middleware. It is replaced as a whole and never changed."""

    urls: re.Pattern[str]
    governor: Governor[HttpRequest]

    def governor_of(self, request: HttpRequest) -> Governor[HttpRequest] | None:
        """Return the governor of a request, if it has one."""
        load_views()
        if _view_policy.is_used:
            governor = governor_of_view(request)
            if governor is not None:
                return governor
        return self.governor if self.urls.match(request.path_info) else None


def read(source: object = settings) -> tuple[Configuration | None, Review]:
    """Read the settings. There is no configuration if a problem of the review is an error."""
    review = Review(source)
    any_origin = review.switch("CORS_ALLOW_ALL_ORIGINS")
    options = _options(review, any_origin)
    urls = review.pattern("CORS_URLS_REGEX")
    report_only = review.switch("CORSAC_REPORT_ONLY")
    regexes = review.regexes("CORS_ALLOWED_ORIGIN_REGEXES")
    checks = _origin_checks(review)
    named = _named_policies(review)
    by_path = {path: _own_policy(review, f"CORSAC_POLICIES[{path!r}]", own) for path, own in named.items()}
    default = None
    own_default = review.get("CORSAC_POLICY")
    if own_default is not None:
        default = _own_policy(review, "CORSAC_POLICY", own_default)
        if _policy_settings(review):
            review.error(
                TWO_POLICIES,
                f"CORSAC_POLICY and {', '.join(_policy_settings(review))} are both set",
                "remove CORSAC_POLICY, or the others",
            )
    elif not review.errors and (_policy_settings(review) or not by_path):
        is_asked = bool(regexes or checks)
        if options["allow_origins"] or is_asked or not review.switch("CORSAC_OFF_WHEN_EMPTY"):
            default = _policy(review, any_origin, {**options, "external_origins": is_asked and not any_origin})
    asking = policies_of([*((own, by_path[path]) for path, own in named.items()), (own_default, default)])
    if default is None and options["allow_credentials"]:
        # The settings are refused already. Also report what credentials would refuse.
        asking.append(None)
    regex = _regex(review, regexes, asking)
    policies = None
    if not review.errors:
        try:
            policies = Policies(default, by_path, regex=regex, option="CORSAC_POLICIES")
        except (TypeError, ValueError) as error:
            review.error(WRONG_POLICY, str(error))
    if urls is None or policies is None:
        return None, review
    async_checks = [in_thread(check) for check in checks]
    return Configuration(
        urls, Governor(REQUESTS, policies, checks=checks, async_checks=async_checks, report_only=report_only)
    ), review


def _options(review: Review, any_origin: bool) -> dict[str, Any]:
    """Return the options of the policy in the settings."""
    origins = review.texts("CORS_ALLOWED_ORIGINS")
    return {
        "allow_origins": ("*", *origins) if any_origin else origins,
        "allow_methods": review.texts("CORS_ALLOW_METHODS", default_methods),
        "allow_headers": review.texts("CORS_ALLOW_HEADERS", default_headers),
        "allow_credentials": review.switch("CORS_ALLOW_CREDENTIALS"),
        "expose_headers": review.texts("CORS_EXPOSE_HEADERS"),
        # In django-cors-headers, 0 leaves the header out. In a policy, 0 turns caching off.
        "max_age": review.seconds("CORS_PREFLIGHT_MAX_AGE", DEFAULT_MAX_AGE) or None,
        "allow_private_network": review.switch("CORS_ALLOW_PRIVATE_NETWORK"),
        "dangerously_allow_null_origin": review.switch("CORSAC_DANGEROUSLY_ALLOW_NULL_ORIGIN"),
        "dangerously_allow_insecure_origins": review.switch("CORSAC_DANGEROUSLY_ALLOW_INSECURE_ORIGINS"),
        "dangerously_allow_public_suffixes": review.switch_or_texts("CORSAC_DANGEROUSLY_ALLOW_PUBLIC_SUFFIXES"),
    }


def _policy_settings(review: Review) -> list[str]:
    """Return the names of the settings that are set and belong to the policy."""
    names = (*OPTIONS.values(), "CORS_ALLOW_ALL_ORIGINS", "CORS_ALLOWED_ORIGIN_REGEXES")
    return [review.name(name) for name in names if hasattr(review.source, review.name(name))]


def _regex(
    review: Review, regexes: Sequence[str | re.Pattern[str]], policies: Sequence[Policy | PolicySet | None]
) -> RegexCheck | None:
    name = review.name("CORS_ALLOWED_ORIGIN_REGEXES")
    origin_check = None
    if regexes:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                origin_check = RegexCheck(regexes, option=name, policies=policies)
            except (TypeError, ValueError) as error:
                for line in str(error).splitlines():
                    review.error(WRONG_REGEX, _with_settings(line))
        for warning in caught:
            review.warning(REGEX_TO_PATTERN, _with_settings(str(warning.message)))
    return origin_check


def _with_settings(text: str) -> str:
    """Replace the names of options in a text by the names of the settings."""

    def setting(found: re.Match[str]) -> str:
        name, sign = found[1], found[2] or ""
        if name == "origin_check":
            return "CORSAC_ORIGIN_CHECK"
        return OPTIONS[name] + {"=[": " = [", "=": ""}.get(sign, "")

    return _OPTION_NAMES.sub(setting, text)


def _origin_checks(review: Review) -> tuple[RequestOriginCheck, ...]:
    own = review.get("CORSAC_ORIGIN_CHECK")
    if isinstance(own, str):
        try:
            own = import_string(own)
        except ImportError as error:
            review.error(WRONG_ORIGIN_CHECK, f"CORSAC_ORIGIN_CHECK cannot be imported: {error}")
            return ()
    if own is not None and not callable(own):
        review.error(
            WRONG_ORIGIN_CHECK,
            f"CORSAC_ORIGIN_CHECK is {own!r}, not a function",
            "write a function of an origin and a request, or its dotted name",
        )
        return ()
    checks: list[RequestOriginCheck] = []
    if own is not None:
        checks.append(own)
    if check_request_enabled.has_listeners():
        checks.append(_ask_receivers)
    return tuple(checks)


def _ask_receivers(_origin: bytes, request: HttpRequest) -> bool:
    return any(response for _, response in check_request_enabled.send(None, request=request))


def _policy(review: Review, any_origin: bool, options: dict[str, Any]) -> PolicyHolder | None:
    try:
        policy = Policy(**options)
    except PolicyError as error:
        add_findings(review, error.findings, any_origin)
        return None
    add_findings(review, policy.findings, any_origin)
    return PolicyHolder(policy)


def _named_policies(review: Review) -> Mapping[str, object]:
    entries = review.get("CORSAC_POLICIES", {})
    if not isinstance(entries, Mapping):
        review.error(WRONG_TYPE, f"CORSAC_POLICIES is {entries!r}, not a dict", 'write CORSAC_POLICIES = {"/api": ...}')
        return {}
    return cast("Mapping[str, object]", entries)


def _own_policy(review: Review, place: str, own: object) -> PolicyHolder | None:
    """Return the holder of a policy in a setting; None if the path stays untouched or the policy is wrong."""
    if own is None:
        return None
    place += _file_of(own)
    try:
        holder = _opened(own)
    except PolicyError as error:
        for finding in error.findings:
            _add_finding(review, finding, f"{place}: {_option(finding)}")
        return None
    except (OSError, TypeError, ValueError) as error:
        review.error(WRONG_POLICY, f"{place} cannot be used: {error}")
        return None
    for finding in holder.policy.findings:
        _add_finding(review, finding, f"{place}: {_option(finding)}")
    return holder


def _file_of(own: object) -> str:
    """Return the name of the file in a setting, in brackets, because findings do not name it."""
    return f" ({own})" if isinstance(own, str | os.PathLike) else ""


def _option(finding: Finding) -> str:
    """Return the option of a finding, with its table in a policy set."""
    option = finding.field if finding.index is None else f"{finding.field}[{finding.index}]"
    return option if finding.table is None else f"policy[{finding.table}].{option}"


def _opened(own: object) -> PolicyHolder:
    """Return a holder for a policy, its options, its image, or the path of its file, which is watched."""
    if isinstance(own, PolicyHolder):
        return own
    if isinstance(own, Policy | PolicySet):
        return PolicyHolder(own)
    if isinstance(own, Mapping):
        return PolicyHolder(policy_or_set(cast("Mapping[str, object]", own)))
    if isinstance(own, bytes):
        return PolicyHolder(policy_or_set_of_image(own))
    if isinstance(own, str | os.PathLike):
        return PolicyFile(cast("str | os.PathLike[str]", own))
    msg = f"{own!r} is not a policy: write a corsac.Policy, a dict of its options, an image, or the path of a file"
    raise TypeError(msg)


def add_findings(review: Review, findings: tuple[Finding, ...], any_origin: bool) -> None:
    """Add the engine's findings, with the names of the settings."""
    for finding in findings:
        name = review.name(OPTIONS.get(finding.field, finding.field))
        index = finding.index
        if finding.field == "allow_origins" and any_origin:
            # The switch adds a `*` before the entries of the list.
            name, index = (review.name("CORS_ALLOW_ALL_ORIGINS"), None) if index == 0 else (name, (index or 1) - 1)
        _add_finding(review, finding, name if index is None else f"{name}[{index}]", is_setting=True)


def _add_finding(review: Review, finding: Finding, place: str, is_setting: bool = False) -> None:
    number = _FINDING_NUMBERS.get(finding.code, WRONG_KEY)
    message, hint = finding.message, finding.suggestion
    if finding.code == "any-origin-with-credentials":
        hint = "list the origins in CORS_ALLOWED_ORIGINS, or remove CORS_ALLOW_CREDENTIALS"
    elif finding.code == "no-origins" and is_setting:
        hint = f"{hint}, or set CORSAC_OFF_WHEN_EMPTY = True if the list may be empty"
    if is_setting:
        message, hint = _with_settings(message), hint and _with_settings(hint)
    add = review.error if finding.severity == "error" else review.warning
    if finding.code == "switch-not-needed":
        add = review.info
    add(number, f"{place}: {message}", hint)


_lock = threading.Lock()
_current: Configuration | None = None


def current() -> Configuration:
    """The configuration in use. It is read at its first use."""
    return _current or reload()


def reload() -> Configuration:
    """Read the settings and their files again, and use them from now on, in every thread.

    :raises ImproperlyConfigured: the settings are wrong. The exception has all problems, and the old ones stay in use.
    """
    global _current
    with _lock:
        configuration, review = read()
        if configuration is None:
            raise ImproperlyConfigured("\n".join(str(problem) for problem in review.errors))
        _current = configuration
        return configuration


def _forget(*, setting: str, **_: object) -> None:
    """Read the settings again at the next request, because a test changed one (`override_settings`)."""
    global _current
    if setting.startswith(("CORS_", "CORSAC_")):
        _current = None


setting_changed.connect(_forget, dispatch_uid="corsac.django.settings")
