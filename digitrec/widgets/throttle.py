"""Skip calls that come too fast, so that a slow reaction never lags behind its cause."""

import asyncio
import time
from collections.abc import Callable

REST = 2  # after a slow call, so many times its duration are left for other work


class Throttle:
    """Call `function` at once, but then not for `pause` seconds, or longer if it is slow.

    A call that comes too soon is postponed until the pause is over, if an event loop runs, as in
    a notebook.
    """

    def __init__(self, function: Callable[[], None], pause: float):
        self.function = function
        self.pause = pause
        self._next = 0.0
        self._later: asyncio.TimerHandle | None = None

    def __call__(self) -> None:
        wait = self._next - time.monotonic()
        if wait <= 0:
            self.now()
        elif self._later is None and (loop := _running_loop()):
            self._later = loop.call_later(wait, self.now)

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
