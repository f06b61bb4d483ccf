"""HTTP/1.1 to the byte: nginx reads exactly what a test writes, and response headers keep their order, their case and their number."""

import dataclasses
import socket

from .place import PATIENCE

CORS = (
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-max-age",
    "access-control-expose-headers",
    "timing-allow-origin",
    "access-control-allow-private-network",
)


@dataclasses.dataclass
class Response:
    """Names and values are Latin-1: one character for a byte."""

    status: int
    headers: list
    body: bytes

    def get(self, name):
        """The values of all headers of this name, in order."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def cors(self):
        """The headers that Corsac writes, in order, with `Vary`."""
        return [(key, value) for key, value in self.headers if key.lower() in (*CORS, "vary")]

    def origin(self):
        """The value of Access-Control-Allow-Origin, or None. Two of them are an error."""
        lines = self.get("Access-Control-Allow-Origin")
        if len(lines) > 1:
            raise AssertionError(f"several Access-Control-Allow-Origin headers: {lines}")
        return lines[0] if lines else None


def octets(text):
    return text if isinstance(text, bytes) else text.encode("latin-1")


def request_head(method, target, headers=(), host="localhost"):
    """The bytes of a request head, with one space before each value, as clients write it."""
    lines = [octets(method) + b" " + octets(target) + b" HTTP/1.1", b"Host: " + octets(host)]
    lines += [octets(name) + b": " + octets(value) for name, value in headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"


class Connection:
    """A kept-alive connection. If a response ends it, the next request opens a new one."""

    def __init__(self, port):
        self.port = port
        self.socket = self.file = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.socket:
            self.file.close()
            self.socket.close()
            self.socket = self.file = None

    def open(self):
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
            self.file = self.socket.makefile("rb")

    def ask(self, method, target, headers=(), body=b"", host="localhost"):
        headers = list(headers)
        if body:
            headers.append(("Content-Length", str(len(body))))
        return self.send(request_head(method, target, headers, host) + body, method)

    def send(self, data, method="GET"):
        """Writes these bytes and reads one response."""
        self.open()
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            # nginx can refuse a head before it has read all of it.
            pass
        return self.read(method)

    def read(self, method="GET"):
        """The next response, to a request of this method."""
        status_line = self.file.readline()
        if not status_line.startswith(b"HTTP/1.1 "):
            raise ConnectionError(f"not a response: {status_line!r}")
        status = int(status_line[9:12])
        if status == 100:
            # An interim response: the final one follows.
            self.file.readline()
            return self.read(method)
        headers = []
        while (line := self.file.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode("latin-1").rstrip("\r\n").partition(":")
            # The first space separates; others are part of the value.
            headers.append((name, value.removeprefix(" ")))
        response = Response(status, headers, b"")
        response.body = self.body(method, response)
        if response.get("Connection") == ["close"]:
            self.close()
        return response

    def body(self, method, response):
        if method == "HEAD" or response.status in (204, 304) or response.status < 200:
            return b""
        if response.get("Transfer-Encoding") == ["chunked"]:
            body = b""
            while size := int(self.file.readline().split(b";")[0], 16):
                body += self.file.read(size)
                self.file.readline()
            self.file.readline()
            return body
        if length := response.get("Content-Length"):
            return self.file.read(int(length[0]))
        body = self.file.read()
        self.close()
        return body
