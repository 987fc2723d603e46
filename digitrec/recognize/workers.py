"""Where calls run beside this process: in others on this machine, or on a Dask cluster.

Both kinds of workers have the same few names, so that `digitrec.recognize.folder` need not
know which it is given. A worker may die, for lack of memory for example; then the result of a
call is the exception LOST, and the call can be made again.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import connection, get_context, parent_process
from threading import Thread
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from distributed import Client

MOST_ON_WINDOWS = 61  # processes that one can wait for


class Processes:
    """Other processes on this machine, as many as it has processors; the dead are replaced.

    Attributes:
        LOST: What the result of a call raises if a process has died.
        longest: Chunk of work that is worth a call: a call takes some tenths of a millisecond.
        ahead: Calls that are made before the result of the first is waited for.
    """

    LOST = BrokenExecutor
    longest = 32

    def __init__(self, count: int):
        self._count = min(count, MOST_ON_WINDOWS) if sys.platform == "win32" else count
        self.ahead = 4 * self._count
        self._start()

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *error) -> None:
        self._executor.shutdown(cancel_futures=True)

    def submit(self, call: Callable, *arguments) -> Future:
        """Have the call made; its result is in what is given back."""
        with _without_main():
            try:
                return self._executor.submit(call, *arguments)
            except BrokenExecutor:
                self._start()
                return self._executor.submit(call, *arguments)

    def _start(self) -> None:
        # To fork a process that has threads, as TensorFlow's and LiteRT's, may end in a deadlock.
        self._executor = ProcessPoolExecutor(self._count, get_context("spawn"), _begin)


@contextmanager
def _without_main() -> Iterator[None]:
    """Keep new processes from running the user's script first.

    Without `if __name__ == "__main__"` it would start processes in its turn; and if it imports
    TensorFlow, each of them would.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _begin() -> None:
    """Leave Ctrl+C to the process that has started this one, and end when that one ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    connection.wait([parent_process().sentinel])
    os._exit(1)


class Cluster:
    """The workers of a Dask cluster; names as those of `Processes`."""

    longest = 100  # a call by way of the scheduler takes some milliseconds

    def __init__(self, client: "Client"):
        from distributed import KilledWorker

        self.LOST = KilledWorker
        self._client = client

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, *error) -> None:
        """The cluster is its user's."""

    @property
    def ahead(self) -> int:
        """Workers may come and go."""
        return 4 * max(1, sum(self._client.nthreads().values()))

    def submit(self, call: Callable, *arguments) -> Future:
        return self._client.submit(call, *arguments, pure=False)
