"""Digits as other people write them, drawn from strokes: a flag on the 1, a bar through the 7.

MNIST was written by Americans around 1990. The shapes here are those that it lacks or has too
few of. Each is a few control points with random variation, drawn with a pen of random width
and brought to 28x28 as any picture is. NumPy and OpenCV only.
"""

import cv2
import numpy as np

from digitrec.data import SIDE
from digitrec.preprocess import to_mnist

HEIGHT = 96  # of a digit on its canvas, pixels
MARGIN = 32  # around it, pixels
PENS = (2, 22)  # thinnest and thickest, pixels

# Standard deviations, as shares of the digit's height.
WOBBLE = 0.035  # of each control point
SLANT = 0.12  # of the upright strokes, around LEAN
TURN = 0.06  # of the level strokes
STRETCH = 0.15  # of the width
LEAN = 0.05  # to the right, as most people write

# Ways to write a digit: strokes of control points "x,y", in hundredths of its height, y down.
# A stroke is smooth, except where a point comes twice.
SHAPES = {
    0: ["30,0 5,20 0,50 8,85 32,100 55,85 62,50 55,15 30,1"],
    1: [
        "0,30 30,0 30,0 30,100",
        "4,18 25,0 25,0 24,100",
        "0,42 38,0 38,0 36,100",
        "0,30 30,0 30,0 30,100 | 5,100 58,100",
        "0,22 24,0 24,0 24,100 | 0,100 50,100",
        "0,55 35,0 35,0 30,100",
        "0,32 48,0 48,0 46,100",
    ],
    2: [
        "2,25 15,3 45,2 55,25 35,60 0,99 0,99 60,98",
        "2,20 28,0 52,18 40,55 8,92 5,98 20,90 62,100",
    ],
    3: [
        "2,12 30,0 52,18 40,42 20,46 20,46 50,55 56,82 30,100 0,90",
        "2,2 52,2 52,2 24,40 24,40 54,55 52,88 26,100 0,92",
    ],
    4: [
        "22,0 0,60 0,60 62,60 | 44,32 42,100",
        "36,0 0,64 0,64 62,64 | 44,30 44,100",
        "46,0 0,68 0,68 64,68 | 46,0 46,100",
        "10,0 4,45 4,45 52,48 | 52,0 50,100",
        "40,0 0,36 0,36 42,38 | 42,0 42,100",
        "46,14 40,0 0,48 0,48 46,46 46,0 46,100",
    ],
    5: [
        "8,2 5,45 5,45 35,36 58,60 48,92 20,100 0,92 | 8,2 56,2",
        "56,2 8,2 8,2 5,45 5,45 40,38 58,65 40,98 0,94",
    ],
    6: [
        "48,0 20,22 2,62 14,96 40,100 56,80 44,58 20,58 4,76",
        "40,0 8,45 4,80 28,100 50,82 40,60 8,70",
    ],
    7: [
        "0,3 55,3 55,3 22,100",
        "0,3 55,3 55,3 22,100 | 14,52 52,48",
        "0,14 0,3 0,3 56,3 56,3 24,100 | 12,52 52,52",
        "0,5 50,4 50,4 30,50 24,100 | 10,55 46,50",
    ],
    8: [
        "46,16 26,0 6,18 26,44 50,74 28,100 4,76 28,46 48,18",
        "28,46 6,24 28,0 50,22 28,46 2,74 28,100 54,74 28,46",
    ],
    9: [
        "50,25 30,0 4,20 12,48 38,48 50,22 50,22 48,100",
        "50,22 28,0 4,24 20,50 46,36 50,20 50,20 46,75 30,100 8,94",
        "50,48 6,46 4,8 30,0 52,10 52,10 52,90 40,100 4,98",
    ],
}


def draw_digits(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw digits at random, each in one of several ways.

    Args:
        count: How many.
        seed: The same seed gives the same digits.

    Returns:
        Images of shape (count, 28, 28) and labels of shape (count,), both uint8.
    """
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, count).astype(np.uint8)
    images = np.empty((count, SIDE, SIDE), np.uint8)
    for number, label in enumerate(labels):
        images[number] = to_mnist(_draw(rng.choice(SHAPES[int(label)]), rng)) * 255
    return images, labels


def _draw(shape: str, rng: np.random.Generator) -> np.ndarray:
    slant, width = rng.normal(LEAN, SLANT), np.exp(rng.normal(0, STRETCH))
    turn = rng.normal(0, TURN)
    matrix = np.array([[width, -slant], [turn, 1]]) * HEIGHT / 100
    size = HEIGHT + 2 * MARGIN
    ink = np.zeros((size, size), np.uint8)
    pen = int(np.exp(rng.uniform(*np.log(PENS))))
    for stroke in shape.split(" | "):
        points = np.array([point.split(",") for point in stroke.split()], float)
        corners = np.flatnonzero((np.diff(points, axis=0) == 0).all(axis=1))
        moved = points + rng.normal(0, 100 * WOBBLE, points.shape)
        moved[corners + 1] = moved[corners]
        line = np.concatenate([_smooth(part) for part in np.split(moved, corners + 1)])
        line = line @ matrix.T + MARGIN
        cv2.polylines(ink, [np.rint(line * 16).astype(np.int32)], False, 255, pen, cv2.LINE_AA, 4)
    return ink


def _smooth(points: np.ndarray) -> np.ndarray:
    """A curve through the points, ten steps from each to the next.

    Source:
        Catmull and Rom (1974), "A class of local interpolating splines", Computer Aided
        Geometric Design.
    """
    if len(points) < 3:
        return points
    before, after = 2 * points[0] - points[1], 2 * points[-1] - points[-2]
    points = np.vstack([before, points, after])
    t = np.linspace(0, 1, 10)[:, np.newaxis]
    pieces = [
        b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
        for a, b, c, d in zip(points, points[1:], points[2:], points[3:], strict=False)
    ]
    return np.concatenate(pieces)
