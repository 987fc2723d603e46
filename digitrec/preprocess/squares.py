"""Join strokes that lie apart into digits that each fill a square, as Chinese ones do.

NumPy only.
"""

from collections.abc import Sequence

import numpy as np

from digitrec.preprocess.pieces import Piece

LARGEST = 1.4  # times the usual side: strokes that take no more room together are one digit
MOST = 300  # pieces; where there are more, which is noise, each is a digit


def join_in_squares(pieces: Sequence[Piece]) -> tuple[list[list[Piece]], int]:
    """Group the pieces that belong to the same digit, those that lie closest first.

    Args:
        pieces: Connected pieces of ink, one or more.

    Returns:
        The groups, and the usual side of a digit, pixels.
    """
    groups = [[piece] for piece in pieces]
    boxes = np.array([[*box[:2], box.right, box.bottom] for box, _ in pieces])
    sides = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    # A side counts as often as it is long, so that many short strokes do not outvote the digits.
    usual = int(np.median(np.repeat(sides, sides)))
    while 1 < len(groups) and len(pieces) <= MOST:
        together = _sides_together(boxes)
        one, other = np.unravel_index(together.argmin(), together.shape)
        if together[one, other] > LARGEST * usual:
            break
        groups[one] += groups.pop(other)
        boxes[one] = _around(boxes[one], boxes[other])
        boxes = np.delete(boxes, other, axis=0)
    return groups, usual


def _sides_together(boxes: np.ndarray) -> np.ndarray:
    """The longer side of the box around two boxes, for each two: shape (n, n); inf where counted before."""
    around = _around(boxes[:, np.newaxis], boxes)
    sides = (around[..., 2:] - around[..., :2]).max(axis=-1).astype(float)
    sides[np.tril_indices(len(boxes))] = np.inf
    return sides


def _around(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The boxes (left, top, right, bottom) around each two boxes."""
    low, high = np.minimum(one, other), np.maximum(one, other)
    return np.concatenate([low[..., :2], high[..., 2:]], axis=-1)
