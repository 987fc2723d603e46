"""How much the application takes on at a time, so that its memory and everyone's wait are bounded.

The standard library only.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

MOST_BYTES = 25_000_000  # in the body of a request; photos of telephones have up to 15 MB
MEGABYTES = MOST_BYTES // 1_000_000

# A reading takes up to 1 GB of memory, for a picture of 50 megapixels.
AT_ONCE = 2  # readings
WAITING = 14  # requests that wait for one
MOST_WAIT = 20.0  # seconds; readings take up to 5


class BusyError(Exception):
    """There is too much to do already: ask again later."""


class Turns:
    """Lets few in at a time, and few more wait.

    Args:
        at_once: How many are let in.
        waiting: How many may wait.
        most_wait: How long they do, seconds.
    """

    def __init__(self, at_once: int, waiting: int, most_wait: float = MOST_WAIT):
        self._places = BoundedSemaphore(at_once + waiting)
        self._turns = BoundedSemaphore(at_once)
        self._most_wait = most_wait

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, and have it until the context ends.

        Raises:
            BusyError: If too many wait already, or it takes too long.
        """
        if not self._places.acquire(blocking=False):
            raise BusyError
        try:
            if not self._turns.acquire(timeout=self._most_wait):
                raise BusyError
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._places.release()
