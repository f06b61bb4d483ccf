"""CORS: one compiled policy, exact answers and the reason for each.

A :class:`Policy`, or a :class:`PolicySet` for policies by path, is compiled once and evaluates each request;
:func:`explain` says what browsers make of a response.
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
