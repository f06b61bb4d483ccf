"""Starlette's tests that our class does not pass, each with the reason.

The list is exact: one of these that passes fails the run.
"""

_CREDENTIALS = "demands any origin beside credentials, which is refused"
_SHARED_BY_ALL = (
    "demands Vary or no header on some responses to any-origin requests; all are alike here (docs/design.md, 4)"
)

# Tests of middleware/test_cors.py, with our class in its place.
IN_PLACE = {
    "test_cors_allow_all": _CREDENTIALS,
    "test_cors_allow_origin_regex": "demands an expression for any origin beside credentials, which is refused",
    "test_cors_vary_header_is_properly_set_for_credentialed_request": _CREDENTIALS,
    "test_preflight_allows_request_origin_if_origins_wildcard_and_credentials_allowed": _CREDENTIALS,
    "test_cors_allow_all_except_credentials": _SHARED_BY_ALL,
    "test_cors_allow_all_methods": _SHARED_BY_ALL,
    "test_cors_vary_header_is_set_for_non_credentialed_request": _SHARED_BY_ALL,
    "test_cors_allow_specific_origin": "foreign wording: the body `OK`, and header names that are not in lower case",
    "test_cors_disallowed_preflight": "foreign wording: `Disallowed CORS origin, method, headers`, with 400",
    "test_cors_preflight_rejects_custom_method_with_wildcard": "foreign wording: `Disallowed CORS method`, with 400",
    "test_cors_private_network_access_allowed": "demands private network access for any origin, which is refused",
    "test_cors_private_network_access_disallowed": "demands a denial; where it is off, its header is ignored",
}

# Tests of the whole suite, with our class around every application.
AROUND = {
    "test_force_500_response": "demands the test client's own empty 500; what leaves here is a server's",
}
