"""Django's settings, read once into a configuration, or into everything that is wrong with them."""

from __future__ import annotations

import os
import re
import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.http import HttpRequest
from django.utils.module_loading import import_string

from corsac import Finding, Policy, PolicyError, PolicySet
from corsac._governor import Governor
from corsac._native import _FINDING_NUMBERS  # pyright: ignore[reportPrivateUsage]
from corsac._policies import Policies, policies_of
from corsac._policy_file import policy_or_set, policy_or_set_of_image
from corsac._regex import RegexCheck
from corsac._watch import PolicyFile, PolicyHolder
from corsac.django.defaults import default_headers, default_methods
from corsac.django.reader import REQUESTS
from corsac.django.review import (
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

DEFAULT_MAX_AGE = 86400

# Where each option of a policy stands.
OPTIONS = {
    "allow_origins": "CORS_ALLOWED_ORIGINS",
    "allow_methods": "CORS_ALLOW_METHODS",
    "allow_headers": "CORS_ALLOW_HEADERS",
    "allow_credentials": "CORS_ALLOW_CREDENTIALS",
    "expose_headers": "CORS_EXPOSE_HEADERS",
    "max_age": "CORS_PREFLIGHT_MAX_AGE",
    "allow_private_network": "CORS_ALLOW_PRIVATE_NETWORK",
}
RequestOriginCheck = Callable[[bytes, HttpRequest], object]
"""Whether an origin that no pattern matched may read the response to this request: by truth, perhaps awaited."""


@dataclass(frozen=True)
class Configuration:
    """What the middleware works from: replaced whole, never changed."""

    urls: re.Pattern[str]
    governor: Governor[HttpRequest]

    def governor_of(self, request: HttpRequest) -> Governor[HttpRequest] | None:
        """Return what governs a request, if anything does."""
        return self.governor if self.urls.match(request.path_info) else None


def read(source: object = settings) -> tuple[Configuration | None, Review]:
    """Read the settings: a configuration unless one of the review's problems is an error."""
    review = Review(source)
    any_origin = review.switch("CORS_ALLOW_ALL_ORIGINS")
    origins = review.texts("CORS_ALLOWED_ORIGINS")
    options: dict[str, Any] = {
        "allow_origins": ("*", *origins) if any_origin else origins,
        "allow_methods": review.texts("CORS_ALLOW_METHODS", default_methods),
        "allow_headers": review.texts("CORS_ALLOW_HEADERS", default_headers),
        "allow_credentials": review.switch("CORS_ALLOW_CREDENTIALS"),
        "expose_headers": review.texts("CORS_EXPOSE_HEADERS"),
        # There, 0 leaves the line out; in a policy it turns caching off.
        "max_age": review.seconds("CORS_PREFLIGHT_MAX_AGE", DEFAULT_MAX_AGE) or None,
        "allow_private_network": review.switch("CORS_ALLOW_PRIVATE_NETWORK"),
    }
    urls = review.pattern("CORS_URLS_REGEX")
    report_only = review.switch("CORSAC_REPORT_ONLY")
    named = _named_policies(review)
    by_path = {path: _own_policy(review, f"CORSAC_POLICIES[{path!r}]", own) for path, own in named.items()}
    asking = policies_of((own, by_path[path]) for path, own in named.items())
    if options["allow_credentials"]:
        # The settings of django-cors-headers have no switches.
        asking.append(None)
    regex = _regex(review, asking)
    checks = _origin_checks(review)
    default = None
    if review.get("CORSAC_POLICY") is not None:
        default = _own_policy(review, "CORSAC_POLICY", review.get("CORSAC_POLICY"))
    elif not review.errors and (_policy_settings(review) or not by_path):
        options["external_origins"] = (bool(checks) or regex is not None) and not any_origin
        default = _policy(review, any_origin, options)
    if review.get("CORSAC_POLICY") is not None and _policy_settings(review):
        review.error(
            TWO_POLICIES,
            f"CORSAC_POLICY stands beside {', '.join(_policy_settings(review))}",
            "keep one of the two forms",
        )
    policies = None
    if not review.errors:
        try:
            policies = Policies(default, by_path, regex=regex, option="CORSAC_POLICIES")
        except (TypeError, ValueError) as error:
            review.error(WRONG_POLICY, str(error))
    if urls is None or policies is None:
        return None, review
    waiting = [_in_thread(check) for check in checks]
    return Configuration(
        urls, Governor(REQUESTS, policies, checks=checks, waiting=waiting, report_only=report_only)
    ), review


def _policy_settings(review: Review) -> list[str]:
    """Return the names of the settings there are that a policy is made of."""
    names = (*OPTIONS.values(), "CORS_ALLOW_ALL_ORIGINS", "CORS_ALLOWED_ORIGIN_REGEXES")
    return [review.name(name) for name in names if hasattr(review.source, review.name(name))]


def _regex(review: Review, policies: Sequence[Policy | PolicySet | None]) -> RegexCheck | None:
    regexes = review.regexes("CORS_ALLOWED_ORIGIN_REGEXES")
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
    """Return the text with the names of the settings in place of the arguments."""
    named = text.replace("allow_origins=[", "CORS_ALLOWED_ORIGINS = [").replace(
        "allow_origins=", "CORS_ALLOWED_ORIGINS"
    )
    return named.replace("origin_check=", "CORSAC_ORIGIN_CHECK")


def _in_thread(check: RequestOriginCheck) -> RequestOriginCheck:
    """Return the check, to be awaited, in Django's thread for sync code unless it is async."""
    is_async = iscoroutinefunction(check) or iscoroutinefunction(getattr(check, "__call__", None))  # noqa: B004
    return check if is_async else sync_to_async(check)


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
            WRONG_ORIGIN_CHECK, f"CORSAC_ORIGIN_CHECK is {own!r}", "name a function that takes an origin and a request"
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
    """Return what holds a policy that a setting names; None if it leaves the path untouched or cannot be used."""
    if own is None:
        return None
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


def _option(finding: Finding) -> str:
    """Return the option that a finding is about, with its table if it is in a policy set."""
    return finding.field if finding.table is None else f"policy[{finding.table}].{finding.field}"


def _opened(own: object) -> PolicyHolder:
    """Return what holds a policy: one, its options, its image, or the path of a file, which is watched."""
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
    msg = f"{own!r} is no policy: write a corsac.Policy, a dict of its options, an image, or the path of a file"
    raise TypeError(msg)


def add_findings(review: Review, findings: tuple[Finding, ...], any_origin: bool) -> None:
    """Add what the engine found, under the names of the settings."""
    for finding in findings:
        name = review.name(OPTIONS.get(finding.field, finding.field))
        index = finding.index
        if finding.field == "allow_origins" and any_origin:
            # The `*` that the switch wrote stands before the list.
            name, index = (review.name("CORS_ALLOW_ALL_ORIGINS"), None) if index == 0 else (name, (index or 1) - 1)
        _add_finding(review, finding, name if index is None else f"{name}[{index}]")


def _add_finding(review: Review, finding: Finding, place: str) -> None:
    number = _FINDING_NUMBERS.get(finding.code, WRONG_KEY)
    hint = finding.suggestion
    if finding.code == "any-origin-with-credentials":
        hint = "list the origins in CORS_ALLOWED_ORIGINS, or take CORS_ALLOW_CREDENTIALS away"
    add = review.error if finding.severity == "error" else review.warning
    if finding.code == "switch-not-needed":
        add = review.info
    add(number, f"{place}: {finding.message}", hint)


_lock = threading.Lock()
_current: Configuration | None = None


def current() -> Configuration:
    """The configuration that is in force, read at its first use."""
    return _current or reload()


def reload() -> Configuration:
    """Read the settings and the files that they name again, and put them in force at once, in every thread.

    :raises ImproperlyConfigured: something is wrong with them: all of it is named, and what was in force stays.
    """
    global _current
    with _lock:
        configuration, review = read()
        if configuration is None:
            raise ImproperlyConfigured("\n".join(str(problem) for problem in review.errors))
        _current = configuration
        return configuration


def _forget(*, setting: str, **_: object) -> None:
    """A test changed a setting (`override_settings`): the next request reads them all again."""
    global _current
    if setting.startswith(("CORS_", "CORSAC_")):
        _current = None


setting_changed.connect(_forget, dispatch_uid="corsac.django.settings")
