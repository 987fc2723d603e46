"""What the line network takes. This module must never import Keras or TensorFlow."""

from collections.abc import Sequence

import numpy as np

from digitrec.preprocess.digit_line import LINE_HEIGHT

WIDTH_STEP = 16  # pixels; lines of about the same width take the same room in LiteRT
ROOM = 8  # pixels of paper at the left and at least as many at the right


def to_line_inputs(inks: Sequence[np.ndarray]) -> np.ndarray:
    """Put lines of different width into one array, with paper at both ends.

    Args:
        inks: Each of shape (32, width), uint8: 0 is paper, 255 is full ink.

    Returns:
        Shape (n, 32, width, 1), float32 in [0, 1]; the ink begins at column ROOM.
    """
    widest = max(ink.shape[1] for ink in inks) + 2 * ROOM
    inputs = np.zeros(
        (len(inks), LINE_HEIGHT, -(-widest // WIDTH_STEP) * WIDTH_STEP, 1), np.float32
    )
    for row, ink in zip(inputs, inks, strict=True):
        np.divide(ink, 255, out=row[:, ROOM : ROOM + ink.shape[1], 0])
    return inputs
