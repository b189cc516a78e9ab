"""The network of the simulated provider: HTTP/1.1 with kept connections, on this machine only."""

from __future__ import annotations

import socket
import struct
import sys
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from notifier.demo.provider.reply import HANG, RESET
from notifier.demo.provider.request import Query, Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifier.demo.provider.reply import Reply

MOST_BYTES = 1_000_000
_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: a close throws away what waits and sends a reset


class Server(ThreadingHTTPServer):
    """Listens on 127.0.0.1 and lets *answer* make the replies, in one thread for each connection."""

    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, port: int, answer: Callable[[Request], Reply]) -> None:
        self.answer = answer
        self._open = set[Any]()
        super().__init__(("127.0.0.1", port), _Handler)

    def server_bind(self) -> None:
        # The parent asks the name service what 127.0.0.1 is called, which takes seconds where there is none.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection: it would outlive the server."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close the connection."""
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the connections that are still open; nobody may be listening any more."""
        for connection in tuple(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let a client that hung up go without a word; anything else is a mistake here, and is printed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else an answer waits for the client to acknowledge the one before

    def do_GET(self) -> None:
        """Answer one question."""
        address = urlsplit(self.path)
        bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
        content = self.rfile.read(min(int(self.headers.get("Content-Length", "0")), MOST_BYTES))
        request = Request(self.command, address.path, Query(address.query), bearer, content)
        reply = self.server.answer(request)
        if reply.instead == HANG:
            self._hang()
        elif reply.instead == RESET:
            self._reset()
        else:
            self._send(reply)

    do_POST = do_DELETE = do_PUT = do_PATCH = do_GET  # noqa: N815  names that the parent looks for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the parent's parameter
        """Say nothing: a demo prints what it is about."""

    def _send(self, reply: Reply) -> None:
        """Everything in one piece: two would be two packets, and twice the work."""
        self.close_connection = self.close_connection or bool(reply.missing)
        head = [
            f"HTTP/1.1 {reply.status.value} {reply.status.phrase}",
            f"Content-Type: {reply.content_type}",
            f"Content-Length: {len(reply.content) + reply.missing}",
            *(f"{name}: {value}" for name, value in reply.headers),
            *(["Connection: close"] if self.close_connection else []),
        ]
        self.wfile.write("\r\n".join([*head, "", ""]).encode("latin-1") + reply.content)

    def _hang(self) -> None:
        self.close_connection = True
        while self.connection.recv(MOST_BYTES):
            pass

    def _reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self.rfile.close()  # it holds the socket open
        self.connection.close()
