"""The wording of nginx and of the servers that are made from it. Angie writes `angie:` in the output of `-t`; in its log it quotes values and calls
the request `request_line`."""

import re

# The client of the tests, as the log names it.
CLIENT = r'client: "?127\.0\.0\.1"?'
# The word before the request line.
REQUEST = "request(?:_line)?"


def messages(said):
    """`(level, text)` of each message in the output of `-t`."""
    return re.findall(r"^[\w.-]+: \[(\w+)\] (.*)$", said, re.MULTILINE)


def requested(line):
    """The request in a line of the log, such as `GET / HTTP/1.1`."""
    return re.search(rf' {REQUEST}: "([^"]*)"', line)[1]


def ends_at_a_reload(version):
    """Whether this server, run as a single process, ends at a reload: OpenResty's patches do that."""
    return version.startswith("openresty/")
