"""Silence libraries written in C++, whose log lines bypass Python's `sys.stderr` and logging."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

STDERR = 2  # file descriptor


@contextmanager
def silence() -> Iterator[None]:
    """Discard what is written to the error output; exceptions pass."""
    kept = os.dup(STDERR)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, STDERR)
    try:
        yield
    finally:
        os.dup2(kept, STDERR)
        os.close(kept)
        os.close(nowhere)
