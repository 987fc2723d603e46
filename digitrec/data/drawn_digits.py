"""Digits as other people write them, drawn from strokes: a flag on the 1, a bar through the 7.

MNIST was written by Americans around 1990. The shapes here are those that it lacks, or of which
it has too few. Each is a few control points with random variation, drawn with a pen of random
width and normalized like any picture. NumPy and OpenCV only.
"""

from collections.abc import Callable, Mapping, Sequence

import cv2
import numpy as np

from digitrec.data.varied_strokes import CORNERED, vary
from digitrec.preprocess.normalize import SIDE, normalize

# All numbers here were chosen by looking at the drawings: section 7 of the notebook shows some.
HEIGHT = 96  # of a drawing, pixels
PENS = (2, 22)  # widths of the thinnest and the thickest pen, pixels
COARSE_HEIGHTS = (14, 25)  # smallest and largest height of a coarse drawing, pixels
COARSE_PENS = (1, 3)  # widths of its thinnest and its thickest pen, pixels

# Shares of the drawings:
COARSE = 0.3  # coarse, as in a tiny picture from a paint program
BROAD = 0.2  # with a broad nib, which makes upright strokes thicker

BROADEST = 0.14  # of the height; thicker upright strokes would swallow the thin ones

# Ways to write each digit, in the form that `parse_strokes` reads. A stroke is smooth, except
# where the same point comes twice.
SHAPES = {
    0: [
        "30,0 5,20 0,50 8,85 32,100 55,85 62,50 55,15 30,1",
        "30,0 5,20 0,50 8,85 32,100 55,85 62,50 55,15 30,1 | 58,4 4,98",
        "28,4 4,22 0,55 10,90 32,100 54,84 60,45 50,10 24,0",
        "0,0 52,0 52,0 52,100 52,100 0,100 0,100 0,0",
        "46,12 22,2 4,40 14,92 40,98 56,55 44,10 30,14",
        "46,12 22,2 4,40 14,92 40,98 56,55 44,10 36,18 80,10",
        "30,2 4,22 2,62 20,98 46,88 54,40 34,4 14,12",
        "52,12 25,0 4,40 14,92 38,98 58,55 46,12 10,92",
        "30,0 5,20 0,50 8,85 32,100 55,85 62,50 55,15 30,1 | 66,-8 -6,106",
        "30,0 5,20 0,50 8,85 32,100 55,85 62,50 55,15 30,1 | 44,22 18,80",
        "30,0 5,20 0,50 8,85 32,100 55,85 62,50 55,15 30,1 | 8,18 54,84",
        "34,0 4,40 10,92 40,100 66,60 60,14 34,0",
        "10,8 2,50 16,98 44,92 58,50 48,8 20,2 2,20",
        "34,0 16,24 14,72 32,100 50,76 50,24 34,0 | -4,52 72,46",
        "30,0 5,20 0,50 8,85 32,100 55,85 62,50 55,15 30,1 | 50,-12 12,112",
    ],
    1: [
        "0,30 30,0 30,0 30,100",
        "4,18 25,0 25,0 24,100",
        "0,42 38,0 38,0 36,100",
        "0,30 30,0 30,0 30,100 | 5,100 58,100",
        "0,22 24,0 24,0 24,100 | 0,100 50,100",
        "0,55 35,0 35,0 30,100",
        "0,32 48,0 48,0 46,100",
        "0,36 60,0 60,0 56,100",
        "10,14 26,0 26,0 26,100",
        "0,50 56,0 56,0 54,100",
        "0,90 40,0 40,0 36,100",
        "0,75 42,0 42,0 38,100",
        "2,0 0,100",
        "0,62 30,0 30,0 22,100",
        "0,24 18,0 18,0 18,100",
        "4,40 34,0 34,0 30,92 44,100",
        "0,66 10,100 10,100 16,0",
    ],
    2: [
        "2,25 15,3 45,2 55,25 35,60 0,99 0,99 60,98",
        "2,20 28,0 52,18 40,55 8,92 5,98 20,90 62,100",
        "0,0 52,0 52,0 52,50 52,50 0,50 0,50 0,100 0,100 52,100",
        "2,20 28,0 52,20 30,60 4,90 14,100 26,88 14,80 30,90 62,98",
        "0,6 46,2 50,30 0,100 0,100 56,100",
        "18,2 44,2 52,22 42,48 18,46 0,60 4,80 20,80 42,54 66,100",
        "2,10 50,4 50,4 4,98 4,98 60,96 | 10,52 46,50",
        "4,22 28,0 50,20 10,92 4,86 24,86 40,98 66,90",
        "0,24 22,0 44,14 34,50 0,96 20,84 40,98 60,90",
        "0,14 40,0 46,30 0,98 0,98 58,94",
        "2,30 20,2 46,10 36,52 6,96 0,84 16,78 34,92 64,96",
        "26,36 8,20 26,0 46,20 26,60 0,98 0,98 60,94",
        "4,22 24,0 42,22 22,52 8,40 30,42 0,96 0,96 56,100",
    ],
    3: [
        "2,12 30,0 52,18 40,42 20,46 20,46 50,55 56,82 30,100 0,90",
        "2,2 52,2 52,2 24,40 24,40 54,55 52,88 26,100 0,92",
        "0,0 52,0 52,0 52,100 52,100 0,100 | 0,50 52,50",
        "2,12 30,0 52,18 36,42 18,50 22,40 50,55 56,82 30,100 0,90",
        "0,10 28,0 46,20 16,46 16,46 52,66 36,98 0,92",
        "0,8 44,2 20,40 20,40 46,58 40,92 0,98",
        "4,14 26,0 44,14 18,44 18,44 44,62 34,96 -10,100",
        "0,0 46,4 14,44 14,44 44,70 20,100 -4,84",
    ],
    4: [
        "22,0 0,60 0,60 62,60 | 44,32 42,100",
        "36,0 0,64 0,64 62,64 | 44,30 44,100",
        "46,0 0,68 0,68 64,68 | 46,0 46,100",
        "10,0 4,45 4,45 52,48 | 52,0 50,100",
        "40,0 0,36 0,36 42,38 | 42,0 42,100",
        "46,14 40,0 0,48 0,48 46,46 46,0 46,100",
        "44,0 0,28 0,28 46,30 | 46,0 46,100",
        "4,0 0,50 0,50 54,50 | 54,4 54,100",
        "30,0 0,70 0,70 60,70 | 40,40 40,100",
        "46,40 42,0 0,36 0,36 46,40 46,100",
        "10,0 4,50 4,50 50,46 | 40,25 34,100",
        "20,0 4,60 4,60 60,52 | 36,36 30,100",
        "14,0 0,44 6,54 44,46 50,4 50,4 40,100",
        "30,0 0,62 0,62 58,56 | 40,30 30,104",
        "6,4 2,44 24,54 46,40 50,0 50,0 46,100",
        "44,8 10,30 0,52 52,44 | 46,0 44,100",
    ],
    5: [
        "8,2 5,45 5,45 35,36 58,60 48,92 20,100 0,92 | 8,2 56,2",
        "56,2 8,2 8,2 5,45 5,45 40,38 58,65 40,98 0,94",
        "52,0 0,0 0,0 0,50 0,50 52,50 52,50 52,100 52,100 0,100",
        "54,4 14,2 4,40 40,48 52,72 36,98 0,94",
        "10,0 4,44 44,44 54,76 30,100 0,92 | 10,0 58,0",
        "54,4 20,8 10,40 44,56 40,92 4,98",
        "10,10 6,46 6,46 30,40 46,66 30,98 0,94 | 10,8 80,0",
        "14,0 10,42 10,42 40,44 50,72 26,100 2,90",
        "50,0 14,4 6,44 34,44 44,74 24,100 -8,92",
        "12,8 4,46 34,46 42,76 20,100 -4,90 | 12,8 64,-4",
        "60,0 20,2 12,38 40,52 34,92 0,100",
        "60,2 28,4 20,36 36,58 24,94 0,100",
    ],
    6: [
        "48,0 20,22 2,62 14,96 40,100 56,80 44,58 20,58 4,76",
        "40,0 8,45 4,80 28,100 50,82 40,60 8,70",
        "52,0 0,0 0,0 0,100 0,100 52,100 52,100 52,50 52,50 0,50",
        "30,0 6,40 0,76 22,100 46,82 40,60 4,70",
        "4,0 0,60 10,96 40,98 50,70 30,54 0,66",
        "42,14 26,0 6,16 4,50 0,98 50,100 48,66 30,52 6,52",
        "20,0 6,50 8,90 34,98 44,70 24,56 8,74",
        "50,0 14,34 0,80 20,100 44,84 40,58 6,66",
        "34,0 2,60 10,98 44,92 44,62 14,58 4,78",
        "16,0 2,50 10,98 10,98 56,70 50,50 20,62 10,96",
    ],
    7: [
        "0,3 55,3 55,3 22,100",
        "0,3 55,3 55,3 22,100 | 14,52 52,48",
        "0,14 0,3 0,3 56,3 56,3 24,100 | 12,52 52,52",
        "0,5 50,4 50,4 30,50 24,100 | 10,55 46,50",
        "0,0 50,0 50,0 50,100",
        "0,0 54,2 40,40 30,100",
        "0,16 0,0 0,0 50,0 50,0 30,100",
        "0,18 52,0 52,0 24,100",
        "0,26 62,0 62,0 36,100",
        "0,32 58,0 58,0 34,100",
        "0,14 56,2 56,2 30,100",
        "0,10 40,4 40,4 22,100 | 6,48 52,44",
        "0,16 10,4 30,10 52,2 52,2 30,60 26,100 | 12,56 52,50",
        "4,30 8,6 8,6 54,4 54,4 24,100",
        "0,14 8,2 28,8 56,0 56,0 22,56 12,100 | 6,50 50,44",
        "0,6 50,2 50,2 16,100 | -4,54 56,46",
    ],
    8: [
        "46,16 26,0 6,18 26,44 50,74 28,100 4,76 28,46 48,18",
        "28,46 6,24 28,0 50,22 28,46 2,74 28,100 54,74 28,46",
        "26,0 6,22 26,46 46,22 26,0 | 26,46 2,74 26,100 52,74 26,46",
        "0,0 52,0 52,0 52,100 52,100 0,100 0,100 0,0 | 0,50 52,50",
        "50,10 26,0 6,20 44,60 46,90 24,100 6,84 14,60 46,26 44,8",
        "48,8 20,4 10,28 46,68 30,98 6,80 20,54 50,30 56,4",
        "44,4 14,8 14,36 48,70 22,100 4,74 40,34 52,4",
        "30,44 12,16 34,0 48,18 26,48 4,80 24,100 48,84 30,46",
        "24,0 14,16 22,30 30,16 24,0 | 22,30 8,76 16,100 28,76 22,30",
    ],
    9: [
        "50,25 30,0 4,20 12,48 38,48 50,22 50,22 48,100",
        "50,22 28,0 4,24 20,50 46,36 50,20 50,20 46,75 30,100 8,94",
        "50,48 6,46 4,8 30,0 52,10 52,10 52,90 40,100 4,98",
        "52,50 0,50 0,50 0,0 0,0 52,0 52,0 52,100 52,100 0,100",
        "48,8 26,0 14,16 24,34 44,26 50,4 50,4 52,70 34,100 4,90",
        "46,20 24,0 2,22 22,46 46,24 46,24 42,70 20,100",
        "0,40 0,4 0,4 48,0 48,0 52,100 52,100 0,100 | 4,48 50,48",
        "48,10 24,0 6,22 22,44 46,20 50,4 50,4 44,80 24,100 2,88",
        "48,8 20,2 4,26 24,46 46,20 46,2 46,2 46,100",
        "10,6 6,36 40,36 48,6 48,6 44,70 20,100",
        "44,4 40,100 | 44,6 16,2 4,30 24,46 44,28",
        "46,18 22,2 2,26 22,46 46,16 40,74 10,104 -10,92",
        "44,10 18,0 2,24 20,42 46,12 46,12 30,100",
        "46,10 20,0 4,30 26,44 46,8 46,8 48,70 30,104 4,88 26,74 60,60",
        "30,36 10,22 30,2 46,20 30,34 30,34 44,60 30,100",
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
    return draw_labelled(count, seed, SHAPES, lambda strokes, rng: as_image(draw(strokes, rng)))


def draw_labelled(
    count: int,
    seed: int,
    shapes: Mapping[int, Sequence[str]],
    draw_one: Callable[[list[np.ndarray], np.random.Generator], np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """Draw digits at random as `draw_digits` does, from any shapes and in any manner.

    Args:
        count: How many.
        seed: The same seed gives the same digits.
        shapes: For each digit the ways to write it, in the form that `parse_strokes` reads.
        draw_one: Draws strokes as an image (28, 28), uint8.
    """
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, count).astype(np.uint8)
    images = np.empty((count, SIDE, SIDE), np.uint8)
    for number, label in enumerate(labels):
        shape = str(rng.choice(shapes[int(label)]))
        images[number] = draw_one(parse_strokes(shape), rng)
    return images, labels


def as_image(ink: np.ndarray) -> np.ndarray:
    """Normalize ink like any picture: shape (28, 28), uint8."""
    return (normalize(ink) * 255).astype(np.uint8)


def parse_strokes(text: str) -> list[np.ndarray]:
    """Read strokes of control points, such as "0,30 30,0 | 5,100 58,100".

    Args:
        text: Strokes separated by " | "; each is points "x,y" in hundredths of the height,
            x to the right and y down.

    Returns:
        For each stroke its points, shape (n, 2), float, in hundredths of the height.
    """
    return [
        np.array([point.split(",") for point in stroke.split()], float)
        for stroke in text.split(" | ")
    ]


def draw(
    strokes: list[np.ndarray],
    rng: np.random.Generator,
    broadest: float = BROADEST,
    *,
    pens: tuple[float, float] = PENS,
    coarse: float = COARSE,
    cornered: float = CORNERED,
) -> np.ndarray:
    """Draw strokes with random variation.

    Args:
        strokes: As `parse_strokes` gives them.
        rng: Source of the variation.
        broadest: How much thicker upright strokes may be, as a share of the height.
        pens: Widths of the thinnest and the thickest pen, pixels.
        coarse: Share of the drawings that are coarse.
        cornered: Share of the drawings with straight strokes from point to point.

    Returns:
        Shape (height, width), uint8: 0 is paper, 255 is full ink. Its size varies.
    """
    height, pen, kind = HEIGHT, int(np.exp(rng.uniform(*np.log(pens)))), cv2.LINE_AA
    if rng.random() < coarse:
        height, pen = int(rng.integers(*COARSE_HEIGHTS)), int(rng.integers(*COARSE_PENS))
        kind = cv2.LINE_8
    varied = vary(strokes, rng, cornered)
    ink: np.ndarray = np.zeros((round(1.7 * height), round(2.2 * height)), np.uint8)
    lines = [np.rint((stroke + 0.35) * height * 16).astype(np.int32) for stroke in varied]
    cv2.polylines(ink, lines, False, 255, pen, kind, 4)
    if rng.random() < BROAD:
        thicker = int(rng.integers(1, max(1, int(broadest * height)) + 1))
        ink = cv2.dilate(ink, np.ones((1, 1 + thicker), np.uint8))
    return ink
