"""The values that flask-cors' tests import from its core. Functions that only its own tests call are missing."""

import re

from flask_cors import METHODS as ALL_METHODS

__all__ = ["ACL_ALLOW_HEADERS", "ACL_CREDENTIALS", "ACL_EXPOSE_HEADERS", "ACL_MAX_AGE", "ACL_METHODS", "ACL_ORIGIN",
           "ACL_REQUEST_HEADER_PRIVATE_NETWORK", "ACL_RESPONSE_PRIVATE_NETWORK", "ALL_METHODS", "re"]  # fmt: skip

ACL_ORIGIN = "Access-Control-Allow-Origin"
ACL_METHODS = "Access-Control-Allow-Methods"
ACL_ALLOW_HEADERS = "Access-Control-Allow-Headers"
ACL_EXPOSE_HEADERS = "Access-Control-Expose-Headers"
ACL_CREDENTIALS = "Access-Control-Allow-Credentials"
ACL_MAX_AGE = "Access-Control-Max-Age"
ACL_RESPONSE_PRIVATE_NETWORK = "Access-Control-Allow-Private-Network"
ACL_REQUEST_HEADER_PRIVATE_NETWORK = "Access-Control-Request-Private-Network"
