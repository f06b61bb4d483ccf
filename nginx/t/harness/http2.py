"""HTTP/2 with prior knowledge, on one kept connection. Nothing that a test sends is checked or corrected: nginx must do that."""

import socket

import h2.config
import h2.connection
import h2.events

from .http1 import Response, octets
from .place import PATIENCE


class Connection2:
    """Like `Connection`. If nginx ends the connection, the next request opens a new one."""

    def __init__(self, port):
        self.port = port
        self.socket = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.socket:
            self.socket.close()
            self.socket = None

    def open(self):
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
            config = h2.config.H2Configuration(
                client_side=True, header_encoding=None, validate_outbound_headers=False, normalize_outbound_headers=False, validate_inbound_headers=True
            )
            self.h2 = h2.connection.H2Connection(config)
            # Huffman coding would take seconds for a value of 100 kB, and nginx does not need it.
            encode = self.h2.encoder.encode
            self.h2.encoder.encode = lambda headers, huffman=False: encode(headers, huffman=False)
            self.h2.initiate_connection()
            self.flush()

    def flush(self):
        self.socket.sendall(self.h2.data_to_send())

    def ask(self, method, target, headers=(), body=b"", host="localhost"):
        self.open()
        stream = self.h2.get_next_available_stream_id()
        head = [(b":method", octets(method)), (b":scheme", b"http"), (b":authority", octets(host)), (b":path", octets(target))]
        head += [(octets(name).lower(), octets(value)) for name, value in headers]
        self.h2.send_headers(stream, head, end_stream=not body)
        if body:
            self.h2.send_data(stream, body, end_stream=True)
        self.flush()
        response = Response(0, [], b"")
        while True:
            data = self.socket.recv(65536)
            if not data:
                self.close()
                raise ConnectionError("nginx ended the connection")
            for event in self.h2.receive_data(data):
                if isinstance(event, h2.events.ResponseReceived):
                    lines = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers]
                    response.status = int(lines[0][1])
                    response.headers = lines[1:]
                elif isinstance(event, h2.events.DataReceived):
                    response.body += event.data
                    self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, h2.events.StreamEnded):
                    self.flush()
                    return response
                elif isinstance(event, (h2.events.StreamReset, h2.events.ConnectionTerminated)):
                    self.close()
                    raise ConnectionError(f"nginx refused: {event!r}")
            self.flush()
