"""The web application as the command serves it, for tests that ask it as programs do."""

import json
import os
import re
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

from digitrec.app.serve import make_server

try:
    from patience import PATIENCE
except ImportError:  # from a program that is run in the clone's folder
    from tests.patience import PATIENCE

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "test_images"
SEVEN = {
    "width": 280,
    "height": 280,
    "strokes": [{"pen": 24, "points": [[60, 60], [200, 60], [120, 230]]}],
}


class Answer:
    """What was answered.

    Attributes:
        status: Of HTTP.
        headers: By their names.
        body: As bytes.
    """

    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        """The sentence that says what went wrong."""
        return self.json["error"]


class Asked:
    """Something that answers on a port of this machine."""

    port: int
    _context: ssl.SSLContext | None = None

    def trust(self, certificate: Path) -> None:
        """From now on, ask with TLS."""
        self._context = ssl.create_default_context(cafile=certificate)

    def connection(self) -> HTTPConnection:
        if self._context:
            return HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE, context=self._context)
        return HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def ask(self, path: str, body=None, method: str | None = None, **headers: str) -> Answer:
        """Ask for something; a body that is no bytes is sent as JSON, and headers as they are."""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        connection = self.connection()
        try:
            method = method or ("GET" if body is None else "POST")
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def read(self, name: str) -> Answer:
        """Let it read one of the pictures of `test_images`."""
        return self.ask("/api/read", (PICTURES / name).read_bytes())


class App(Asked):
    """The command `digitrec app`, running on a free port.

    Attributes:
        url: What it printed for this machine, with the token if there is one.
        said: All that it printed first.
        process: The command's.
    """

    def __init__(self, *options: object, port: int = 0):
        with tempfile.NamedTemporaryFile(delete=False) as log:
            self._log = Path(log.name)
            command = [sys.executable, "-m", "digitrec", "app", f"--port={port}"]
            self.process = subprocess.Popen(
                [*command, *map(str, options)],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=log,
                encoding="utf-8",
                env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            )
        lines = iter(self.process.stdout.readline, "")
        self.said = ""
        for line in lines:
            self.said += line
            if line.startswith("Ctrl+C"):
                break
        else:
            raise RuntimeError(f"it has ended: {self.log}")
        (self.url,) = re.findall(r"https?://127\.0\.0\.1\S+", self.said)
        self.port = urlsplit(self.url).port

    @property
    def log(self) -> str:
        """What it has written to its error output."""
        return self._log.read_text("utf-8")

    def stop(self) -> None:
        """Press Ctrl+C."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(PATIENCE)
        self.process.stdout.close()
        self._log.unlink(missing_ok=True)


class InProcess(Asked):
    """An application served by a thread of this process, so that a test can reach into it."""

    def __init__(self, app, **options):
        self._server = make_server(app, **options)
        self.port = int(self._server.effective_port)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        # As its `run`, but to an end that another thread tells.
        while not self._end.is_set():
            self._server.asyncore.loop(timeout=0.05, map=self._server._map, count=1, use_poll=True)

    def stop(self) -> None:
        self._end.set()
        self._thread.join(PATIENCE)
        self._server.task_dispatcher.shutdown()
        self._server.asyncore.close_all(self._server._map)


@contextmanager
def answering(app, **options) -> Iterator[InProcess]:
    """An application that this process serves, as the command would."""
    served = InProcess(app, **options)
    try:
        yield served
    finally:
        served.stop()


@contextmanager
def served(*options: object) -> Iterator[App]:
    app = App(*options)
    try:
        yield app
    finally:
        app.stop()
