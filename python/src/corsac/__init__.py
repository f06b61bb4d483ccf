"""CORS with one compiled policy, which gives each request a decision and a reason.

Compile a :class:`Policy` once, or a :class:`PolicySet` for policies by path, and evaluate each request with it.
:func:`explain` shows what browsers do with a response, and :func:`explain_text` what a browser's console means.
The terms are those of the Fetch standard: https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from corsac._explained_text import ExplainedText, Reading, explain_text
from corsac._native import (
    Blocked,
    Decision,
    Denial,
    Explanation,
    Finding,
    Policy,
    PolicySet,
    ResponseWarning,
    Sent,
    __version__,
    explain,
)
from corsac._policy_error import PolicyError

__all__ = [
    "Blocked",
    "Decision",
    "Denial",
    "ExplainedText",
    "Explanation",
    "Finding",
    "Policy",
    "PolicyError",
    "PolicySet",
    "Reading",
    "ResponseWarning",
    "Sent",
    "__version__",
    "explain",
    "explain_text",
]
