"""Serve an application with waitress: to this machine or its network, with or without TLS.

Waitress reads bodies while they come, and hands on whole requests. So it is here that slow clients
are cut off, and that what has come so far is counted. It has no TLS of its own.
"""

import os
import select
import socket
import ssl
import time
from contextlib import suppress
from pathlib import Path

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer, create_server
from waitress.task import ErrorTask

from digitrec.app.guard import HEADERS
from digitrec.app.limits import AT_ONCE, MEGABYTES, MOST_BYTES, WAITING

CONNECTIONS = 500  # at a time, most of them idle
IDLE = 30  # seconds until an idle one is cut off
SLOW = 30.0  # seconds that a request may take to arrive
COUNTED = 1_000_000  # bytes; smaller bodies are let in, however much is held
MOST_HELD = 200_000_000  # bytes of bodies that have come, of all connections together
SPARE = 8  # threads that show pages, and say that all others are busy
RECORD = 16_384  # bytes of the longest record of TLS; with fewer, part of one would wait unseen

SENTENCES = {
    413: f"this is over {MEGABYTES} MB: send less",
    431: "the headers are too long: send less",
}


class SentenceTask(ErrorTask):
    """Answers what waitress itself refuses, as the application answers what that refuses."""

    def execute(self) -> None:
        """Answer, and close the connection."""
        error = self.request.error
        sentence = SENTENCES.get(error.code, "this is not a request that can be answered")
        body = f'{{"error": "{sentence}"}}\n'.encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers += [("Content-Type", "application/json"), *HEADERS.items()]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):
    """A connection that is closed if its request takes too long to come, or too much of memory."""

    error_task_class = SentenceTask
    _began = 0.0  # when the request began that is coming

    def received(self, data: bytes) -> bool:
        """Take what has come."""
        now = time.monotonic()
        if self.request is None:
            self._began = now
        taken = super().received(data)
        if self.request is not None and (now - self._began > SLOW or self._is_too_much()):
            self.will_close = True
        return taken

    def _is_too_much(self) -> bool:
        if self.request.body_bytes_received < COUNTED:
            return False
        channels = self.server.active_channels.values()
        requests = [each for channel in channels for each in (*channel.requests, channel.request)]
        return sum(each.body_bytes_received for each in requests if each) > MOST_HELD


class SecureChannel(Channel):
    """A connection with TLS, whose first bytes are the handshake."""

    def handle_read(self) -> None:
        """Take what has come, once it is a whole record."""
        try:
            data = self.recv(RECORD)
        except ssl.SSLWantReadError:  # the rest of a record, or of the handshake, is to come
            return
        except OSError:
            self.handle_close()
            return
        if data:
            self.last_activity = time.time()
            self.received(data)
        else:
            self.connected = False

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Send what can be sent now, and say how much that was."""
        try:
            return super().send(data, do_close)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return 0


def make_server(
    app: Flask,
    host: str = "127.0.0.1",
    port: int = 0,
    certificate: Path | None = None,
    key: Path | None = None,
) -> TcpWSGIServer:
    """Make a server that listens already; its `run` answers.

    Args:
        app: What to serve.
        host: The address to listen at; "0.0.0.0" are all of this machine.
        port: 0 is any that is free; the server's `effective_port` says which.
        certificate: A PEM file; None is plain HTTP.
        key: Its key, if that is not in the same file.

    Raises:
        OSError: If the port is taken or not allowed, or a file cannot be opened.
        ValueError: If the files are no certificate with its key.
    """
    context = _context(certificate, key) if certificate else None
    listening = _listen(host, port)
    if context:
        listening = context.wrap_socket(listening, server_side=True, do_handshake_on_connect=False)
    server = create_server(
        app,
        sockets=[listening],
        url_scheme="https" if context else "http",
        ident="digitrec",
        threads=AT_ONCE + WAITING + SPARE,
        connection_limit=CONNECTIONS,
        asyncore_use_poll=hasattr(select, "poll"),
        channel_timeout=IDLE,
        cleanup_interval=1,
        max_request_body_size=MOST_BYTES + 1,
        inbuf_overflow=2 * MOST_BYTES,  # above that, a body would be written to the disk
        log_socket_errors=False,
    )
    server.channel_class = SecureChannel if context else Channel
    return server


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=CONNECTIONS)
    except (OSError, OverflowError) as error:  # a port above 65535
        reason = getattr(error, "strerror", None) or "it must be from 0 to 65535"
        raise OSError(f"port {port} cannot be used ({reason}): choose another") from error


def _context(certificate: Path, key: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    for file in filter(None, (certificate, key)):
        os.stat(file)  # whose error has the name
    try:
        context.load_cert_chain(certificate, key)
    except ssl.SSLError as error:
        raise ValueError(f"{certificate} is no certificate with its key: {error}") from error
    return context


def addresses() -> list[str]:
    """Give this machine's addresses in its networks, first the one that leads to other networks."""
    found = []
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outward:
        outward.connect(("192.0.2.1", 9))  # an address of nobody, to which nothing is sent
        found.append(outward.getsockname()[0])
    with suppress(OSError):
        found += socket.gethostbyname_ex(socket.gethostname())[2]
    return [each for each in dict.fromkeys(found) if not each.startswith("127.")]
