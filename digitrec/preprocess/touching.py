"""Cut ink that is too wide for one digit into parts, along paths of least ink.

There are more cuts than needed: the network decides which parts are digits. NumPy and OpenCV
only.
"""

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


def cut_into_parts(digit: Digit) -> dict[tuple[int, int], Digit]:
    """Cut a wide digit into all the parts that may be digits.

    Args:
        digit: As `find_digits` gives it.

    Returns:
        By the numbers of two cuts, the part between them, if it could be a digit. Cut 0 is the
        left edge and the last cut the right edge, so the whole is among the parts.

    Source:
        Wang and Jean (1994), "Segmentation of merged characters by neural networks and
        shortest path", Pattern Recognition 27(5), for the paths; LeCun, Bottou, Bengio and
        Haffner (1998), "Gradient-based learning applied to document recognition",
        Proceedings of the IEEE 86(11), on heuristic over-segmentation, for the choice.
    """
    height, width = digit.ink.shape
    last = max(1, round(width / height / PITCH))
    sides = [np.zeros((height, width), bool)]
    sides += [_left_of_path(digit.ink, number / last * width) for number in range(1, last)]
    sides += [np.ones((height, width), bool)]
    parts = {(0, last): digit}
    for start, end in combinations(range(last + 1), 2):
        part = _part(digit, sides[end] & ~sides[start])
        if part and (start, end) != (0, last):
            parts[start, end] = part
    return parts


def _left_of_path(ink: np.ndarray, column: float) -> np.ndarray:
    """Which pixels lie left of the path of least ink that runs down the page near the column."""
    height, width = ink.shape
    factor = PATH_HEIGHT / height
    size = (max(1, round(width * factor)), PATH_HEIGHT)
    small = cv2.resize(ink, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    first = max(0, round(column * factor) - REACH)
    path = first + _cheapest_path(small[:, first : first + 2 * REACH + 1])
    rows = (np.arange(height) + 0.5) * factor - 0.5
    path = np.interp(rows, np.arange(PATH_HEIGHT), path) / factor
    return np.arange(width) < path[:, np.newaxis]


def _cheapest_path(cost: np.ndarray) -> np.ndarray:
    """The column, in each row, of the path from top to bottom that costs least."""
    total = cost.copy()
    for row in range(1, len(cost)):
        total[row] += _from_above(total[row - 1]).min(axis=0)
    path = [int(total[-1].argmin())]
    for row in total[-2::-1]:
        path.append(path[-1] + int(_from_above(row)[:, path[-1]].argmin()) - 1)
    return np.array(path[::-1])


def _from_above(costs: np.ndarray) -> np.ndarray:
    """Shape (3, n): the cost of coming from the upper left, from above, from the upper right."""
    ways = np.full((3, len(costs)), np.inf, costs.dtype)
    ways[0, 1:] = costs[:-1] + SIDESTEP
    ways[1] = costs
    ways[2, :-1] = costs[1:] + SIDESTEP
    return ways


def _part(digit: Digit, mask: np.ndarray) -> Digit | None:
    """What the mask leaves of a digit; None if that is too small or too wide to be a digit."""
    ink = np.where(mask, digit.ink, 0)
    left, top, width, height = cv2.boundingRect((ink > PALE).astype(np.uint8))
    if ink.max() < FIRM or height < LOWEST * len(ink):
        return None
    if not NARROWEST * height <= width <= WIDEST * height:
        return None
    factor = digit.box.height / len(ink)
    left_top = (digit.box.left + left * factor, digit.box.top + top * factor)
    box = Box(*(round(length) for length in (*left_top, width * factor, height * factor)))
    return digit._replace(ink=ink[top : top + height, left : left + width], box=box)
