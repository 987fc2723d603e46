"""Cut ink that is too wide for one digit into parts, along paths of least ink.

There are more cuts than needed: the network decides which parts are digits. NumPy and OpenCV
only.
"""

import math
from itertools import combinations

import cv2
import numpy as np

from digitrec.preprocess.pieces import FIRM, PALE, Box, Digit

# Chosen on pairs of MNIST digits that touch: tests/recognize/test_digits.py has a hundred.
PITCH = 0.13  # distance between two cuts, as a share of the height
PATH_HEIGHT = 40  # height to which the ink is reduced to search for paths, pixels
REACH = round(PITCH * PATH_HEIGHT)  # how far a path may leave its column, pixels
SIDESTEP = 0.02  # cost of a step aside; a step through full ink costs 1
LOWEST = 0.5  # height of a digit, as a share of the whole ink's height
NARROWEST = 0.1  # width of a digit, as a share of its own height
WIDEST = 1.4  # width of a digit, as a share of its own height
# Cuts from one side of a digit to the other: what is wider is no digit, even if both of its paths
# lean inwards as far as they can.
MOST_STEPS = math.ceil(WIDEST / PITCH) + 2


def count_cuts(digit: Digit) -> int:
    """How many cuts `cut_into_parts` makes, from the left edge to the right one."""
    height, width = digit.ink.shape
    return max(1, round(width / height / PITCH))


def cut_into_parts(digit: Digit) -> dict[tuple[int, int], Digit]:
    """Cut a wide digit into all the parts that may be digits.

    Args:
        digit: As `find_digits` gives it.

    Returns:
        By the numbers of two cuts, the part between them, if it could be a digit. Cut 0 is the
        left edge and the last cut the right edge, and the whole is among the parts.

    Source:
        Wang and Jean (1994), "Segmentation of merged characters by neural networks and
        shortest path", Pattern Recognition 27(5), for the paths; LeCun, Bottou, Bengio and
        Haffner (1998), "Gradient-based learning applied to document recognition",
        Proceedings of the IEEE 86(11), on heuristic over-segmentation, for the choice.
    """
    last = count_cuts(digit)
    cuts = _cuts(digit.ink, last)
    parts = {(0, last): digit}
    for start, end in combinations(range(last + 1), 2):
        if (start, end) == (0, last) or end - start > MOST_STEPS:
            continue
        part = _part(digit, cuts[start], cuts[end])
        if part:
            parts[start, end] = part
    return parts


def _cuts(ink: np.ndarray, last: int) -> np.ndarray:
    """The column of each cut in each row: shape (last + 1, height).

    Between the edges the cuts are paths of least ink that run down the page near their columns.
    """
    height, width = ink.shape
    factor = PATH_HEIGHT / height
    size = (max(1, round(width * factor)), PATH_HEIGHT)
    small = cv2.resize(ink, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    columns = np.arange(1, last) / last * width
    firsts = np.maximum(0, np.rint(columns * factor).astype(int) - REACH)
    paths = firsts[:, np.newaxis] + _cheapest_paths(_strips(small, firsts))
    rows = (np.arange(height) + 0.5) * factor - 0.5
    between = [np.interp(rows, np.arange(PATH_HEIGHT), path) / factor for path in paths]
    return np.array([np.zeros(height), *between, np.full(height, width)])


def _strips(small: np.ndarray, firsts: np.ndarray) -> np.ndarray:
    """Strips of the ink from those columns on: shape (n, height, width); outside, inf."""
    width = 2 * REACH + 1
    wide = np.pad(small, ((0, 0), (0, width)), constant_values=np.inf)
    return np.array([wide[:, first : first + width] for first in firsts.tolist()]).reshape(
        len(firsts), PATH_HEIGHT, width
    )


def _cheapest_paths(costs: np.ndarray) -> np.ndarray:
    """The columns of the paths from top to bottom that cost least: (n, rows, columns) -> (n, rows).

    Each is found by dynamic programming, all at once.
    """
    total = costs.copy()
    for row in range(1, PATH_HEIGHT):
        total[:, row] += _from_above(total[:, row - 1]).min(axis=0)
    paths = np.empty(costs.shape[:2], int)
    paths[:, -1] = total[:, -1].argmin(axis=1)
    every = np.arange(len(costs))
    for row in range(PATH_HEIGHT - 2, -1, -1):
        column = paths[:, row + 1]
        paths[:, row] = column + _from_above(total[:, row])[:, every, column].argmin(axis=0) - 1
    return paths


def _from_above(costs: np.ndarray) -> np.ndarray:
    """The cost of coming from the upper left, from above, from the upper right: (3, n, columns)."""
    ways = np.full((3, *costs.shape), np.inf, costs.dtype)
    ways[0, :, 1:] = costs[:, :-1] + SIDESTEP
    ways[1] = costs
    ways[2, :, :-1] = costs[:, 1:] + SIDESTEP
    return ways


def _part(digit: Digit, left_cut: np.ndarray, right_cut: np.ndarray) -> Digit | None:
    """The part between two cuts; None if it is too small or too wide to be a digit."""
    first = max(0, math.ceil(left_cut.min()))
    whole = digit.ink[:, first : math.ceil(right_cut.max())]
    columns = np.arange(first, first + whole.shape[1])
    between = (columns >= left_cut[:, np.newaxis]) & (columns < right_cut[:, np.newaxis])
    ink = np.where(between, whole, 0)
    left, top, width, height = cv2.boundingRect((ink > PALE).astype(np.uint8))
    if height < LOWEST * len(ink) or not NARROWEST * height <= width <= WIDEST * height:
        return None
    if ink.max() < FIRM:
        return None
    factor = digit.box.height / len(ink)
    left_top = (digit.box.left + (first + left) * factor, digit.box.top + top * factor)
    box = Box(*(round(length) for length in (*left_top, width * factor, height * factor)))
    return digit._replace(ink=ink[top : top + height, left : left + width], box=box)
