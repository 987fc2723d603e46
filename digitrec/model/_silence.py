"""Keep the log lines of libraries written in C++ out of the error output.

TensorFlow and LiteRT write them to file descriptor 2, past Python's `sys.stderr` and logging, and
have no setting for some of them. The descriptor belongs to the whole process. So it is redirected
into a file for as short a time as possible, and whatever else was written meanwhile, by another
thread for example, follows when that time is over.
"""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import Lock

STDERR = 2  # file descriptor

# The forms in which they log: LiteRT, then TensorFlow before and since 2.21. One line of
# TensorFlow's has a second one.
LOG_LINES = re.compile(
    rb"^(?:INFO: Created TensorFlow Lite .*"
    rb"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IWE] \S+:\d+\] .*"
    rb"|[IWE]\d{4} \d\d:\d\d:[\d.]+ +\d+ \S+:\d+\] .*"
    rb"|WARNING: All log messages before absl::InitializeLog\(\) is called .*"
    rb"|To enable the following instructions: .*)(?:\r?\n|\Z)",
    re.MULTILINE,
)


_lock = Lock()
_users = 0  # those who want silence now: the first one redirects, the last one restores
_redirection = ExitStack()


@contextmanager
def silence() -> Iterator[None]:
    """Discard what TensorFlow and LiteRT log meanwhile; all other lines pass, and exceptions.

    Several threads may use it at once. Where there is no error output, or no room for the file,
    nothing is redirected.
    """
    _begin()
    try:
        yield
    finally:
        _end()


def _begin() -> None:
    global _users
    with _lock:
        _users += 1
        if _users == 1:
            with suppress(OSError):
                _redirection.enter_context(_redirected())


def _end() -> None:
    global _users
    with _lock:
        _users -= 1
        if _users == 0:
            _redirection.close()


@contextmanager
def _redirected() -> Iterator[None]:
    kept = os.dup(STDERR)
    try:
        with tempfile.TemporaryFile(buffering=0) as file:
            os.dup2(file.fileno(), STDERR)
            try:
                yield
            finally:
                os.dup2(kept, STDERR)
            file.seek(0)
            _write(LOG_LINES.sub(b"", file.read()))
    finally:
        os.close(kept)


def _write(lines: bytes) -> None:
    with suppress(OSError), open(STDERR, "wb", closefd=False) as stderr:
        stderr.write(lines)
