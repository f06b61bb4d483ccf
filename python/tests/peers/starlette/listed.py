"""Starlette's tests that fail with our class, each with the reason.

The list is exact: if one of them passes, the run fails.
"""

_CREDENTIALS = "needs any origin with credentials, which is refused"
_SHARED_BY_ALL = (
    "expects Vary or no header on some responses to any-origin requests; here all are the same (docs/design.md, 4)"
)

# Tests of middleware/test_cors.py with our class instead of Starlette's.
IN_PLACE = {
    "test_cors_allow_all": _CREDENTIALS,
    "test_cors_allow_origin_regex": "needs an expression for any origin with credentials, which is refused",
    "test_cors_vary_header_is_properly_set_for_credentialed_request": _CREDENTIALS,
    "test_preflight_allows_request_origin_if_origins_wildcard_and_credentials_allowed": _CREDENTIALS,
    "test_cors_allow_all_except_credentials": _SHARED_BY_ALL,
    "test_cors_allow_all_methods": _SHARED_BY_ALL,
    "test_cors_vary_header_is_set_for_non_credentialed_request": _SHARED_BY_ALL,
    "test_cors_allow_specific_origin": "foreign wording: the body `OK`, and header names that are not in lower case",
    "test_cors_disallowed_preflight": "foreign wording: `Disallowed CORS origin, method, headers`, with 400",
    "test_cors_preflight_rejects_custom_method_with_wildcard": "foreign wording: `Disallowed CORS method`, with 400",
    "test_cors_private_network_access_allowed": "needs private network access for any origin, which is refused",
    "test_cors_private_network_access_disallowed": "expects a denial; if it is off, its header is ignored",
}

# Tests of the whole suite, with our class around every application.
AROUND = {
    "test_force_500_response": "expects the test client's own empty 500; ours is that of a server",
}
