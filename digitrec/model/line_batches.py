"""The batches that the line network learns from, drawn by a process beside the training.

This module must never import Keras or TensorFlow: that process would load them before it draws.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import count
from typing import NamedTuple

import numpy as np

from digitrec.data.drawn_lines import LONGEST, draw_lines
from digitrec.data.manner import Manner
from digitrec.data.mnist import load_mnist
from digitrec.model.line_inputs import to_line_inputs

BATCH_SIZE = 48  # lines
DRAWN_AT_ONCE = 8 * BATCH_SIZE  # lines, of which those of similar width are put into one batch
AHEAD = 3  # times as many lines are drawn while the network is trained on others
TRAINING_DIGITS = 54_000  # of MNIST's; the rest are for validation, as for the digit network


class Lines(NamedTuple):
    """Which lines a network is trained on: their seed, and how they are drawn."""

    seed: int
    manner: Manner


def line_batches(
    pool: ProcessPoolExecutor, lines: Lines, steps: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Give at least so many batches: inputs, and digits as CTC wants them, 0 for none."""
    last = -(-steps * BATCH_SIZE // DRAWN_AT_ONCE)
    waiting: deque = deque()
    for number in count():
        if number < last:
            waiting.append(pool.submit(_draw_batches, lines, number))
        if number >= AHEAD:
            if not waiting:
                return
            yield from waiting.popleft().result()


def _draw_batches(lines: Lines, number: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Batches of lines of similar width."""
    seed = (lines.seed, number)
    drawn = draw_lines(DRAWN_AT_ONCE, *_digits(), seed, lines.manner)
    drawn.sort(key=lambda line: line.ink.shape[1])
    starts = np.random.default_rng(seed).permutation(len(drawn) // BATCH_SIZE)
    batches = []
    for start in starts * BATCH_SIZE:
        batch = drawn[start : start + BATCH_SIZE]
        digits = np.zeros((len(batch), LONGEST), np.int32)
        for row, line in zip(digits, batch, strict=True):
            row[: len(line.digits)] = np.array(line.digits) + 1
        batches.append((to_line_inputs([line.ink for line in batch]), digits))
    return batches


@cache
def _digits() -> tuple[np.ndarray, np.ndarray]:
    (images, labels), _ = load_mnist()
    return images[:TRAINING_DIGITS], labels[:TRAINING_DIGITS]
