"""Where calls run beside this process: in others on this machine, or on a Dask cluster.

Both kinds of workers have the same few names, so that `digitrec.recognize.folder` need not know
which kind it has. A worker may die, for lack of memory for example. The result of its call is
then the exception `worker_died`, and the call can be made again.
"""

import logging
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import connection, get_context, parent_process
from queue import SimpleQueue
from threading import Event, Thread, current_thread, main_thread
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import distributed
    from distributed import Client

MOST_ON_WINDOWS = 61  # processes; Windows cannot wait for more
PENDING = 4  # calls for each worker, so that none waits for this process
TIMEOUT = 5  # for a scheduler to reply, seconds

# Forking a process that has threads, as those of TensorFlow and LiteRT, can deadlock.
SPAWN = get_context("spawn")

_stopped = Event()  # in a process that was started here, once nobody waits for its results


class Processes:
    """Other processes on this machine, as many as it has processors; dead ones are replaced.

    Attributes:
        worker_died: The exception that a result raises if its process died.
        chunk_size: How many pictures a call takes at most: it costs some tenths of a millisecond.
        max_pending: How many calls are made before the result of the first is waited for.
    """

    worker_died: type[Exception] = BrokenExecutor
    chunk_size = 32

    def __init__(self, count: int):
        self._count = min(count, MOST_ON_WINDOWS) if sys.platform == "win32" else count
        self.max_pending = PENDING * self._count
        self._stop, self._stopper = SPAWN.Pipe(duplex=False)
        with _without_interruption():
            self._start()

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *error: object) -> None:
        with _without_interruption():
            self._stopper.close()
            self._executor.shutdown(cancel_futures=True)
            self._stop.close()

    def submit(self, call: Callable, *arguments: Any) -> "Call":
        """Have a worker make the call; what is given back will have its result."""
        with _without_interruption(), _without_main():
            try:
                return Call(self._executor.submit(call, *arguments))
            except BrokenExecutor:
                self._start()
                return Call(self._executor.submit(call, *arguments))

    def _start(self) -> None:
        self._executor = ProcessPoolExecutor(self._count, SPAWN, _begin, (self._stop,))


class Call:
    """A call that another process makes, whose result can be waited for until Ctrl+C comes.

    `Future.result` takes a lock first. If Ctrl+C comes when it has just been taken, it is never
    given back, and while the call is not done, those who end the processes wait for it for ever.
    """

    def __init__(self, future: Future):
        self._done: SimpleQueue[Future] = SimpleQueue()
        future.add_done_callback(self._done.put)

    def result(self) -> Any:
        """Wait for the result, once, and give it back or raise it."""
        return self._done.get().result()


@contextmanager
def _without_main() -> Iterator[None]:
    """Keep new processes from running the user's script first.

    Without `if __name__ == "__main__"` the script would start processes in its turn; and if it
    imports TensorFlow, each process would.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _without_interruption() -> Iterator[None]:
    """Put off Ctrl+C, which a terminal sends to all processes, while new ones are started.

    They would end in tracebacks if it came while they import what they need; and this process
    would forget those that it has just started. It is raised here when they are there.
    """
    with _blocked(signal.SIGINT):  # which new processes inherit
        previous = signal.getsignal(signal.SIGINT)
        if current_thread() is not main_thread() or not callable(previous):
            yield
            return
        pressed = []
        # A blocked signal may still reach another thread, and is then handled in this one.
        signal.signal(signal.SIGINT, lambda *_: pressed.append(True))
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, previous)
    if pressed:
        signal.raise_signal(signal.SIGINT)


@contextmanager
def _blocked(number: signal.Signals) -> Iterator[None]:
    if sys.platform == "win32":  # where signals cannot be blocked
        yield
        return
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {number})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def is_stopped() -> bool:
    """Whether this is a worker, and nobody waits for the results of its calls any more."""
    return _stopped.is_set()


def _begin(stop: connection.Connection) -> None:
    """Leave Ctrl+C to the parent process, and end when the parent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not sys.warnoptions:  # those of libraries, about odd pictures, are nobody's here
        warnings.simplefilter("ignore")
    Thread(target=_watch_parent, args=(stop,), daemon=True).start()


def _watch_parent(stop: connection.Connection) -> None:
    parent = parent_process()
    assert parent is not None
    if parent.sentinel not in connection.wait([parent.sentinel, stop]):
        _stopped.set()  # the parent has closed the other end
        connection.wait([parent.sentinel])
    os._exit(1)


class Cluster:
    """The workers of a Dask cluster; the same names as `Processes`.

    Raises:
        ImportError: If one of them cannot import digitrec. Calls would kill it, one after another
            all of them, and then wait for ever.
    """

    chunk_size = 100  # a call through the scheduler takes some milliseconds

    def __init__(self, client: "Client"):
        from distributed import KilledWorker

        self.worker_died: type[Exception] = KilledWorker
        self._client = client
        errors = client.run(exec, "import digitrec.recognize.folder", on_error="return")
        for worker, error in errors.items():
            if isinstance(error, ImportError):
                raise ImportError(
                    f"the Dask worker at {worker} cannot import digitrec ({error}): install it "
                    "there with the same Python"
                )

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, *error: object) -> None:
        """The cluster stays: it belongs to its user."""

    @property
    def max_pending(self) -> int:
        """Asked again each time, since workers may come and go."""
        return PENDING * max(1, sum(self._client.nthreads().values()))

    def submit(self, call: Callable, *arguments: Any) -> "distributed.Future":
        """As `Processes.submit`."""
        return self._client.submit(call, *arguments, pure=False)


@contextmanager
def connect(address: str) -> Iterator["Client"]:
    """Connect to a Dask cluster.

    Args:
        address: Of its scheduler, such as "tcp://192.168.1.10:8786".

    Raises:
        ImportError: If Dask is not installed.
        OSError: If there is no scheduler at the address, or it is lost.
    """
    try:
        from distributed import CancelledError, Client
        from distributed.comm.core import CommClosedError
    except ImportError as error:
        raise ImportError(
            "--scheduler needs Dask: install digitrec with the extra 'cluster', or in a clone: "
            "python -m pip install -r requirements-cluster.txt"
        ) from error
    for name in ("distributed", "distributed.client"):  # the errors below say what was lost
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=TIMEOUT)
    except (OSError, ValueError) as error:
        message = f"there is no Dask scheduler at {address}: start one with `dask scheduler`"
        raise OSError(message) from error
    with client:
        try:
            _say_if_empty(client, address)
            yield client
        except (CancelledError, OSError) as error:
            # Dask raises several exceptions when the scheduler has gone; a full disk is another.
            gone = not isinstance(error, OSError) or isinstance(error, CommClosedError)
            if not gone and client.status == "running":
                raise
            raise OSError(
                "the Dask cluster was lost: start it, and run the same command again"
            ) from error


def _say_if_empty(client: "Client", address: str) -> None:
    if not client.nthreads():
        print(f"waiting for a worker: start one with `dask worker {address}`", file=sys.stderr)
