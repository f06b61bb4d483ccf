"""A real nginx for the tests, with its own prefix in target/ and loopback ports, ended by its own process id."""

from .case import Case
from .http1 import Connection, Response, request_head
from .nginx import Nginx
from .place import CORSAC, MODULE, NGINX, PATIENCE, ROOT, free_port, missing, need, scratch, until

__all__ = [
    "CORSAC",
    "MODULE",
    "ROOT",
    "Case",
    "Connection",
    "NGINX",
    "Nginx",
    "PATIENCE",
    "Response",
    "free_port",
    "missing",
    "need",
    "request_head",
    "scratch",
    "until",
]
