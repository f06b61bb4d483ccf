"""CORS with one compiled policy, which gives each request a decision and a reason.

Compile a :class:`Policy` once, or a :class:`PolicySet` for policies by path, and evaluate each request with it.
:func:`explain` shows what browsers do with a response.
The terms are those of the Fetch standard: https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from corsac._native import (
    Blocked,
    Decision,
    Denial,
    Explanation,
    Finding,
    Policy,
    PolicySet,
    Sent,
    __version__,
    explain,
)
from corsac._policy_error import PolicyError

__all__ = [
    "Blocked",
    "Decision",
    "Denial",
    "Explanation",
    "Finding",
    "Policy",
    "PolicyError",
    "PolicySet",
    "Sent",
    "__version__",
    "explain",
]
