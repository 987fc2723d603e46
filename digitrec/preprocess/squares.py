"""Join strokes that lie apart into digits that each fill a square, as Chinese ones do.

NumPy only.
"""

from collections.abc import Sequence

import numpy as np

from digitrec.preprocess.pieces import Piece

LARGEST = 1.3  # times the usual side: strokes that take no more room together are one digit
LONGER = 0.75  # of all strokes, by their length: one as long is the side of a digit
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
    # A side counts as often as it is long: a digit has more short strokes than long ones.
    usual = int(np.quantile(np.repeat(sides, sides), LONGER))
    while len(groups) > 1 and len(pieces) <= MOST:
        one, other = _closest(boxes, LARGEST * usual)
        if one == other:
            break
        groups[one] += groups.pop(other)
        boxes[one] = _around(boxes[one], boxes[other])
        boxes = np.delete(boxes, other, axis=0)
    return groups, usual


def _closest(boxes: np.ndarray, largest: float) -> tuple[int, int]:
    """The numbers, ascending, of the two boxes with the smallest gap between them; 0, 0 if none.

    The longer side of the box around both is `largest` or less.
    """
    around = _around(boxes[:, np.newaxis], boxes)
    sides = (around[..., 2:] - around[..., :2]).max(axis=-1)
    low, high = boxes[:, :2], boxes[:, 2:]
    gaps = np.maximum(low[:, np.newaxis], low) - np.minimum(high[:, np.newaxis], high)
    distance = np.where(sides > largest, np.inf, gaps.max(axis=-1))
    distance[np.tril_indices(len(boxes))] = np.inf
    if np.isinf(distance.min()):
        return 0, 0
    one, other = divmod(int(distance.argmin()), len(boxes))
    return one, other


def _around(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The boxes (left, top, right, bottom) around each two boxes."""
    low, high = np.minimum(one, other), np.maximum(one, other)
    return np.concatenate([low[..., :2], high[..., 2:]], axis=-1)
