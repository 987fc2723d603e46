"""Skip calls that come too fast, so that a slow reaction never lags behind its cause."""

import asyncio
import time
from collections.abc import Callable

REST = 2  # after a slow call, so many times its duration are left for other work


class Throttle:
    """Call `function` at once, but then not for `pause` seconds, or longer if it is slow.

    A call that comes too soon is postponed until the pause is over, if an event loop runs, as in
    a notebook. With `delay`, in seconds, each call is postponed at least so long there: what is
    more urgent goes first.
    """

    def __init__(self, function: Callable[[], None], pause: float, delay: float = 0):
        self.function = function
        self.pause = pause
        self.delay = delay
        self._next = 0.0
        self._later: asyncio.TimerHandle | None = None

    def __call__(self) -> None:
        wait, loop = self._next - time.monotonic(), _running_loop()
        if wait <= 0 and not (self.delay and loop):
            self.now()
        elif self._later is None and loop:
            self._later = loop.call_later(max(wait, self.delay), self.now)

    def now(self) -> None:
        """Call the function without a pause, and forget a postponed call."""
        self.cancel()
        started = time.monotonic()
        try:
            self.function()
        finally:
            ended = time.monotonic()
            self._next = ended + max(self.pause, REST * (ended - started))

    def cancel(self) -> None:
        """Forget a postponed call."""
        if self._later is not None:
            self._later.cancel()
        self._later = None


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
