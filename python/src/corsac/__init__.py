"""CORS: one compiled policy, exact answers and the reason for each.

A :class:`Policy` is compiled once and asked for each request; :func:`explain` says what browsers make of an answer.
The terms are those of the Fetch standard: https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from corsac._native import Blocked, Decision, Denial, Explanation, Finding, Policy, Sent, __version__, explain
from corsac._policy_error import PolicyError

__all__ = [
    "Blocked",
    "Decision",
    "Denial",
    "Explanation",
    "Finding",
    "Policy",
    "PolicyError",
    "Sent",
    "__version__",
    "explain",
]
