"""CORS with one compiled policy, which gives each request a decision and a reason.

Compile a :class:`Policy` once, or a :class:`PolicySet` for policies by path, and evaluate each request with it.
:func:`explain` shows what browsers do with a response, :func:`explain_text` what a browser's console means, and
:func:`explain_capture` what a HAR file or the output of curl means.
The terms are those of the Fetch standard: https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from corsac._explained_capture import CapturedExchange, ExplainedCapture, explain_capture
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
    "CapturedExchange",
    "Decision",
    "Denial",
    "ExplainedCapture",
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
    "explain_capture",
    "explain_text",
]
