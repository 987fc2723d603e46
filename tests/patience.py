"""Waiting for a condition, never for a time: on a busy machine everything may take long."""

import time
from collections.abc import Callable

PATIENCE = 900  # seconds: only ends a test that hangs, so longer than anything takes when busy
INTERVAL = 0.02  # seconds between two checks


def wait_until(condition: Callable[[], object]) -> None:
    """Return as soon as the condition holds.

    Raises:
        TimeoutError: If it never does.
    """
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"the condition did not hold within {PATIENCE} seconds")
        time.sleep(INTERVAL)
