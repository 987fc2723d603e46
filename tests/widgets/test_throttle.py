import asyncio

import pytest
from clock import Clock

from digitrec.widgets.throttle import Throttle


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


def test_in_an_event_loop_an_early_call_is_made_up_for_once(clock):
    calls = []

    async def draw():
        throttle = Throttle(lambda: calls.append(clock.now), pause=1)
        for _ in range(5):
            throttle()
        assert calls == [100.0]
        await asyncio.sleep(10)

    clock.run(draw())
    assert calls == [100.0, 101.0]


def test_a_call_without_a_pause_forgets_what_was_put_off(clock):
    calls = []

    async def draw():
        throttle = Throttle(lambda: calls.append(clock.now), pause=1)
        throttle()
        throttle()
        throttle.now()
        await asyncio.sleep(10)

    clock.run(draw())
    assert calls == [100.0, 100.0]


def test_in_an_event_loop_a_delayed_call_lets_others_go_first(clock):
    calls = []

    async def draw():
        throttle = Throttle(lambda: calls.append(clock.now), pause=0, delay=2)
        for _ in range(3):
            throttle()
            await asyncio.sleep(1)
        throttle.now()
        await asyncio.sleep(10)

    clock.run(draw())
    assert calls == [102.0, 103.0]


def test_without_an_event_loop_a_delayed_call_is_made_at_once(clock):
    calls = []
    Throttle(lambda: calls.append(clock.now), pause=0, delay=2)()
    assert calls == [100.0]
