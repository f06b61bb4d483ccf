"""CORS: one compiled policy, exact answers and the reason for each.

A :class:`Policy` is compiled once and asked for each request; :func:`explain` says what browsers make of an answer.
The terms are those of the Fetch standard: https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from corsac._native import Decision, Denial, Finding, Policy, __version__
from corsac._policy_error import PolicyError

__all__ = ["Decision", "Denial", "Finding", "Policy", "PolicyError", "__version__"]
