"""A clock that moves only when told to, or when an event loop would wait."""

import asyncio
from collections.abc import Coroutine


class Clock:
    """Takes the place of the module `time`."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now

    def run(self, coroutine: Coroutine) -> None:
        """Run it in an event loop that never waits, but moves this clock to what comes next."""
        with asyncio.Runner(loop_factory=lambda: _Loop(self)) as runner:
            runner.run(coroutine)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, clock: Clock):
        super().__init__()
        self.time = clock.monotonic
        select = self._selector.select

        def skip(timeout: float | None) -> list:
            clock.now += timeout or 0
            return select(0)

        self._selector.select = skip
