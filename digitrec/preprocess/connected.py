"""Find connected pieces of ink. NumPy and OpenCV only."""

from typing import NamedTuple

import cv2
import numpy as np


class Connected(NamedTuple):
    """Connected pieces of ink.

    Attributes:
        labels: Shape (height, width), int32: 1 + the number of each pixel's piece, 0 for paper.
        boxes: Shape (n, 4), int32: left, top, width and height of each piece.
        areas: Shape (n,), int32: how many pixels each has.
        around: Left, top, width and height of the box around all of them; 0 if there are none.
    """

    labels: np.ndarray
    boxes: np.ndarray
    areas: np.ndarray
    around: tuple[int, int, int, int]


def connected(inked: np.ndarray) -> Connected:
    """Find connected pieces like OpenCV, but in less time if they are few.

    OpenCV takes seven times as long for statistics as for labels, so these come from the part of
    the page that has ink, or from the box around it if there is only one piece.

    Args:
        inked: Shape (height, width), uint8: 1 where there is ink, else 0.
    """
    around = cv2.boundingRect(inked)
    left, top, width, height = around
    if width == 0:
        nothing: np.ndarray = np.zeros((0, 4), np.int32)
        return Connected(np.zeros(inked.shape, np.int32), nothing, nothing[:, 0], (0, 0, 0, 0))
    bottom, right = top + height, left + width
    part = inked[top:bottom, left:right]
    count, labels = cv2.connectedComponents(part)
    stats: np.ndarray = np.array(2 * [[0, 0, width, height, cv2.countNonZero(part)]], np.int32)
    if count > 2:
        count, labels, stats, _ = cv2.connectedComponentsWithStats(part)
    stats[:, :2] += left, top
    margins = (top, len(inked) - bottom, left, inked.shape[1] - right)
    labels = cv2.copyMakeBorder(labels, *margins, cv2.BORDER_CONSTANT)
    return Connected(labels, stats[1:, :4], stats[1:, cv2.CC_STAT_AREA], (left, top, width, height))
