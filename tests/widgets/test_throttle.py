import asyncio

import pytest

from digitrec.widgets.throttle import Throttle


class Clock:
    """A clock that goes on only when told to."""

    now = 100.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("digitrec.widgets.throttle.time", clock)
    return clock


def test_the_first_call_is_made_at_once_and_early_ones_are_not(clock):
    calls = []
    throttle = Throttle(lambda: calls.append(clock.now), pause=1)
    throttle()
    clock.now += 0.5
    throttle()
    clock.now += 0.5
    throttle()
    assert calls == [100.0, 101.0]


def test_a_slow_function_leaves_twice_its_time_to_others(clock):
    calls = []

    def slow():
        calls.append(clock.now)
        clock.now += 10

    throttle = Throttle(slow, pause=1)
    throttle()
    for _ in range(30):
        clock.now += 1
        throttle()
    assert calls == [100.0, 130.0]


def test_in_an_event_loop_an_early_call_is_made_up_for_once():
    calls = []

    async def draw():
        throttle = Throttle(lambda: calls.append("predicted"), pause=0.02)
        for _ in range(5):
            throttle()
        assert len(calls) == 1
        await asyncio.sleep(0.2)

    asyncio.run(draw())
    assert len(calls) == 2


def test_a_call_without_a_pause_forgets_what_was_put_off():
    calls = []

    async def draw():
        throttle = Throttle(lambda: calls.append("predicted"), pause=0.02)
        throttle()
        throttle()
        throttle.now()
        await asyncio.sleep(0.1)

    asyncio.run(draw())
    assert len(calls) == 2
