"""Cut a piece of ink that is wide for one digit into parts, along paths of least ink.

More cuts are made than are needed: which parts are digits is for the network to say. NumPy
and OpenCV only.
"""

import cv2
import numpy as np

from digitrec.preprocess.pieces import FIRM, PALE, Box, Digit

PITCH = 0.13  # from one cut to the next, as a share of the height
PATH_HEIGHT = 40  # a piece is reduced to this height to search the paths, pixels
REACH = round(PITCH * PATH_HEIGHT)  # how far a path may leave its column, pixels
BEND = 0.02  # what a step aside costs; a step through full ink costs 1
LOWEST = 0.5  # a part lower than this share of the piece is a fragment of a digit,
NARROWEST = 0.1  # and so is one narrower than this share of its own height;
WIDEST = 1.4  # one wider than this is several digits


def parts(digit: Digit) -> dict[tuple[int, int], Digit]:
    """Cut a wide digit into all the parts that may be digits.

    Args:
        digit: As `find_digits` gives it.

    Returns:
        The part between each two cuts that looks like a digit, by the numbers of both cuts.
        The left edge is cut 0; the whole is among the parts, and ends at the last cut.

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
    found = {(0, last): digit}
    for start, end in zip(*np.triu_indices(last + 1, 1), strict=True):
        part = _part(digit, sides[end] & ~sides[start])
        if part and (start, end) != (0, last):
            found[int(start), int(end)] = part
    return found


def _left_of_path(ink: np.ndarray, column: float) -> np.ndarray:
    """What lies to the left of the path of least ink from top to bottom, near the column."""
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
    """The column in each row of the path from top to bottom that costs least."""
    total = cost.copy()
    for row in range(1, len(cost)):
        total[row] += _from_above(total[row - 1]).min(axis=0)
    path = [int(total[-1].argmin())]
    for row in total[-2::-1]:
        path.append(path[-1] + int(_from_above(row)[:, path[-1]].argmin()) - 1)
    return np.array(path[::-1])


def _from_above(costs: np.ndarray) -> np.ndarray:
    """Shape (3, n): what it costs to come from the left, from straight above, from the right."""
    ways = np.full((3, len(costs)), np.inf, costs.dtype)
    ways[0, 1:] = costs[:-1] + BEND
    ways[1] = costs
    ways[2, :-1] = costs[1:] + BEND
    return ways


def _part(digit: Digit, mask: np.ndarray) -> Digit | None:
    """What the mask leaves of a digit, unless it is too small or too wide to be one."""
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
