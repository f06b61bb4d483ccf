"""What nginx and the servers made from it say in their own words. Angie calls itself `angie` in `-t`, and quotes values in its log, where the
request is a `request_line`."""

import re

# As the log names the client of these tests.
CLIENT = r'client: "?127\.0\.0\.1"?'
# The word before the line of a request.
REQUEST = "request(?:_line)?"


def messages(said):
    """`(level, text)` of each message in the output of `-t`."""
    return re.findall(r"^[\w.-]+: \[(\w+)\] (.*)$", said, re.MULTILINE)


def requested(line):
    """What a line of the log has as the request: `GET / HTTP/1.1`."""
    return re.search(rf' {REQUEST}: "([^"]*)"', line)[1]


def ends_at_a_reload(version):
    """Whether this server, run as a single process, ends at a reload: OpenResty's patches do that."""
    return version.startswith("openresty/")
