"""Doubt what can hardly be a digit, however sure the networks are: they never saw the page.

Bars of a chart, dashes, dots, crumbs beside digits, and what is left of a printed grid.
"""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

import cv2
import numpy as np

from digitrec.preprocess.pieces import PALE, Box
from digitrec.recognize.results import Prediction

LEFT = 0.25  # of the confidence; so little that no digit is sure of what it is

# Chosen such that real digits and numbers lose nothing: `python -m benchmarks.handwriting FOLDER`;
# and such that pictures without a number are refused: `python -m benchmarks.pages`.
# Ink is a bar if it is wider than the first, as a share of its height, and fills more of its box
# than the second. A pen fills as much only by a narrow 1, and leaves the corners of that free.
BARS = ((0.4, 0.75), (0.15, 0.98))
LOW = 0.25  # of the median height of its line
COVERED = 0.8  # of the smaller one of two boxes

Lines = Sequence[Sequence[Prediction]]


def doubt_unlikely(lines: Lines, *, is_ruled: bool) -> list[list[Prediction]]:
    """Take most of the confidence from what can hardly be a digit.

    Args:
        lines: Each line's digits.
        is_ruled: Whether ruled lines were erased from the page. Then bare strokes, where nothing
            else is read, are more likely what was left of them.

    Returns:
        The same, with less confidence in digits that are bars or dots, far lower than their line,
        or nearly all covered by another one.
    """
    if is_ruled and all(each.digit == 1 for line in lines for each in line):
        return [[doubted(each) for each in line] for line in lines]
    is_covered = iter(_are_covered([each.box for line in lines for each in line]))
    return [
        [
            doubted(each) if next(is_covered) or is_low or _is_bar(each) else each
            for each, is_low in zip(line, _are_low(line), strict=True)
        ]
        for line in lines
    ]


def doubted(prediction: Prediction) -> Prediction:
    """The same in doubt, with most of its confidence taken."""
    return replace(prediction, confidence=LEFT * prediction.confidence, accepted=False)


def _are_covered(boxes: list[Box]) -> list[bool]:
    """Whether another box has nearly all of the smaller one of the two in common with a box."""
    if len(boxes) == 1:
        return [False]
    left, top, width, height = np.array(boxes, np.float32).T
    across = np.minimum.outer(left + width, left + width) - np.maximum.outer(left, left)
    down = np.minimum.outer(top + height, top + height) - np.maximum.outer(top, top)
    common = across.clip(0) * down.clip(0)
    np.fill_diagonal(common, 0)
    smaller = np.minimum.outer(width * height, width * height)
    covered: list[bool] = (common > COVERED * smaller).any(axis=1).tolist()
    return covered


def _are_low(line: Sequence[Prediction]) -> list[bool]:
    heights = [each.box.height for each in line]
    least = LOW * median(heights)
    return [height < least for height in heights]


def _is_bar(prediction: Prediction) -> bool:
    inked = (prediction.steps["digit"] > PALE).view(np.uint8)
    _, _, width, height = cv2.boundingRect(inked)
    filled = cv2.countNonZero(inked) / (width * height)
    return any(width > wide * height and filled > full for wide, full in BARS)
