"""Applications behind nginx, over HTTP and FastCGI. They send the responses that a test wants, and keep the requests."""

import re
import socket
import struct
import threading

from .place import PATIENCE, until


class Application:
    """Responds to each connection with the bytes of `respond(head: bytes)`, in its own threads. `heads` has the request heads."""

    def __init__(self, respond):
        self.respond = respond
        self.heads = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection, connection.makefile("rb") as file:
            head = b""
            while (line := file.readline()) not in (b"\r\n", b""):
                head += line
            if length := re.search(rb"(?i)\r\ncontent-length: *(\d+)", head):
                # To close with an unread body would reset the connection.
                file.read(int(length[1]))
            if head:
                self.heads.append(head)
                connection.sendall(self.respond(head))

    def wait(self, count):
        """Waits for this number of requests. nginx can send its response before a mirrored request arrives."""
        until(lambda: len(self.heads) >= count)

    def close(self):
        # A blocked accept wakes when the socket is shut down, not when it is closed.
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        self.thread.join(PATIENCE)


def app_response(status, headers=(), body=b"app"):
    """The bytes of a response that ends the connection, because nginx speaks HTTP/1.0 to its upstreams."""
    lines = [f"HTTP/1.1 {status} Status", *(f"{name}: {value}" for name, value in headers)]
    if status not in (204, 304):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\nConnection: close\r\n\r\n" + (b"" if status in (204, 304) else body)


class FastCgi(Application):
    """The part of FastCGI that nginx needs: one request for each connection, and `respond(parameters)` as standard output."""

    def serve(self, connection):
        with connection, connection.makefile("rb") as file:
            parameters = b""
            while record := file.read(8):
                _, kind, request, length, padding = struct.unpack(">BBHHBx", record)
                content = file.read(length)
                file.read(padding)
                if kind == 4:
                    parameters += content
                # Standard input has ended, so the request is complete.
                if kind == 5 and not length:
                    break
            else:
                return
            self.heads.append(parameters)
            records = ((6, self.respond(parameters)), (6, b""), (3, bytes(8)))
            # In one piece, because nginx reads only the first piece of a response to HEAD.
            connection.sendall(b"".join(struct.pack(">BBHHBx", 1, kind, request, len(content), 0) + content for kind, content in records))
