"""Applications behind nginx: over HTTP and over FastCGI, they write the lines they are told to and count who came."""

import re
import socket
import struct
import threading
import time


class Application:
    """Answers every connection with `answer(head: bytes) -> bytes`, in threads of its own; `heads` is what came."""

    def __init__(self, answer):
        self.answer = answer
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
                # Closing on a body that nobody read would reset the connection.
                file.read(int(length[1]))
            if head:
                self.heads.append(head)
                connection.sendall(self.answer(head))

    def wait(self, count):
        """Waits until so many came: nginx answers before a copy of the request is away."""
        until = time.monotonic() + 10
        while len(self.heads) < count and time.monotonic() < until:
            time.sleep(0.01)

    def close(self):
        # A blocked accept wakes when the socket is shut down, not when it is closed.
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        self.thread.join(10)


def response(status, headers=(), body=b"app"):
    """The bytes of an answer that ends the connection; an upstream of nginx speaks HTTP/1.0 to it."""
    lines = [f"HTTP/1.1 {status} Status", *(f"{name}: {value}" for name, value in headers)]
    if status not in (204, 304):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\nConnection: close\r\n\r\n" + (b"" if status in (204, 304) else body)


class FastCgi(Application):
    """The least of FastCGI that nginx needs: one request a connection, and `answer(parameters)` as standard output."""

    def serve(self, connection):
        with connection, connection.makefile("rb") as file:
            parameters = b""
            while record := file.read(8):
                _, kind, request, length, padding = struct.unpack(">BBHHBx", record)
                content = file.read(length)
                file.read(padding)
                if kind == 4:
                    parameters += content
                # The end of standard input: the request is there.
                if kind == 5 and not length:
                    break
            else:
                return
            self.heads.append(parameters)
            records = ((6, self.answer(parameters)), (6, b""), (3, bytes(8)))
            # At once: of an answer to HEAD nginx reads no more than the first.
            connection.sendall(b"".join(struct.pack(">BBHHBx", 1, kind, request, len(content), 0) + content for kind, content in records))
