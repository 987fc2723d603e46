"""Cut between digits that touch each other, along a path of least ink.

NumPy and OpenCV only.
"""

from itertools import pairwise

import cv2
import numpy as np

PATH_HEIGHT = 40  # height to which the ink is reduced to search for paths, pixels
SIDESTEP = 0.02  # cost of a step aside; a step through full ink costs 1
PULL = 0.06  # cost of a step at the middle of a digit, which falls to 0 halfway to the next one


def cheapest_path(ink: np.ndarray, left: float, right: float) -> np.ndarray:
    """Find where to cut between two digits.

    Args:
        ink: Shape (height, width), uint8: 0 is paper, 255 is full ink.
        left: Column in the middle of the one digit.
        right: Column in the middle of the other one.

    Returns:
        Shape (height,), float: the column of the cut in each row.

    Source:
        Wang and Jean (1994), "Segmentation of merged characters by neural networks and
        shortest path", Pattern Recognition 27(5).
    """
    height, width = ink.shape
    factor = PATH_HEIGHT / height
    first = int(np.clip(left, 0, width - 1))
    end = int(np.clip(np.ceil(right) + 1, first + 1, width))
    size = (max(1, round((end - first) * factor)), PATH_HEIGHT)
    small = cv2.resize(ink[:, first:end], size, interpolation=cv2.INTER_AREA) / np.float32(255)
    aside = np.linspace(-1, 1, size[0]) if size[0] > 1 else np.zeros(1)
    path = _cheapest_path(small + PULL * np.abs(aside))
    rows = (np.arange(height) + 0.5) * factor - 0.5
    return first + np.interp(rows, np.arange(PATH_HEIGHT), (np.array(path) + 0.5) / factor)


def _cheapest_path(costs: np.ndarray) -> list[int]:
    """The columns of the path from top to bottom that costs least, by dynamic programming."""
    beyond = np.full((len(costs), 1), np.inf)  # no path leaves the ink
    total = np.hstack([beyond, costs, beyond])
    for above, here in pairwise(total):
        aside = np.minimum(above[:-2], above[2:]) + SIDESTEP
        here[1:-1] += np.minimum(above[1:-1], aside)
    column = int(total[-1].argmin())
    path = [column]
    for above in total[-2::-1].tolist():
        ways = (above[column - 1] + SIDESTEP, above[column], above[column + 1] + SIDESTEP)
        column += ways.index(min(ways)) - 1
        path.append(column)
    return [column - 1 for column in reversed(path)]
