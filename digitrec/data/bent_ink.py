"""Bend ink as no two writings of a digit are the same. NumPy and OpenCV only."""

import cv2
import numpy as np

from digitrec.preprocess.normalize import SIDE

# Chosen by looking at the lines of `digitrec.data.drawn_lines`.
MARGIN = 4  # around a digit that is tilted, pixels


def crop(ink: np.ndarray) -> np.ndarray:
    """Cut away the paper around ink."""
    left, top, width, height = cv2.boundingRect(ink)
    return ink[top : top + height, left : left + width]


def tilt(
    ink: np.ndarray,
    across: float,
    down: float,
    slant: float,
    perspective: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Scale ink, slant it, and make it wider at one end, with a MARGIN around it.

    Args:
        ink: Shape (height, width), uint8.
        across, down: By how much it is scaled.
        slant: Pixels to the right per pixel up.
        perspective: Standard deviation of how much wider it is at one end.
        rng: Source of the variation.
    """
    height, width = ink.shape
    matrix = np.array([[across, -slant * down, 0], [0, down, 0], [0, 0, 1]])
    matrix[2, :2] = rng.normal(0, perspective, 2) / (max(width, SIDE // 2), height)
    corners = matrix @ [[0, width, width, 0], [0, 0, height, height], [1, 1, 1, 1]]
    x, y = corners[:2] / corners[2]
    stretch = height * down / np.ptp(y)
    fit = np.array([[1, 0, MARGIN - x.min()], [0, stretch, MARGIN - stretch * y.min()], [0, 0, 1]])
    size = (int(np.ptp(x)) + 2 * MARGIN + 1, int(height * down) + 2 * MARGIN)
    if down < 0.7:  # else thin strokes would be lost between the pixels
        ink = cv2.GaussianBlur(ink, (0, 0), 0.4 / down)
    return cv2.warpPerspective(ink, fit @ matrix, size, flags=cv2.INTER_CUBIC)


def bend(ink: np.ndarray, warp: float, rng: np.random.Generator) -> np.ndarray:
    """Move ink by up to a few times `warp` pixels, neighbouring pixels alike."""
    height, width = ink.shape
    far = abs(rng.normal(0, warp))
    coarse = rng.normal(0, far, (3, max(2, width // 24 + 2), 2)).astype(np.float32)
    moves = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return cv2.remap(ink, x + moves[..., 0], y + moves[..., 1], cv2.INTER_LINEAR)
