"""Pictures of no digit: letters, scribbles, blots, and digits that touch each other.

A network that has seen only digits is sure that everything is one. If it also trains on a few
of these, with all ten digits equally likely, it learns to doubt. NumPy and OpenCV only.
"""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from digitrec.data.drawn_digits import draw, parse_strokes
from digitrec.preprocess.normalize import SIDE, normalize

# All numbers here were chosen by looking at the pictures: section 7 of the notebook shows some.
SHARES = {"letter": 0.7, "scribble": 0.1, "blot": 0.1, "pair": 0.1}
BOLD = 0.25  # of the height; how much thicker the upright strokes of a bold letter may be
SERIFS = 0.3  # share of the letters with serifs
SERIF = 7  # hundredths of the letter's height; half the length of a serif
BLOT_SIDE = 100  # of the picture of a blot, pixels
OVERLAP = 5  # pixels; the two digits of a pair overlap by less

# Letters that do not look like digits, and some signs, in the form that `parse_strokes` reads.
LETTERS = """
0,100 28,0 28,0 56,100 | 12,62 44,62
46,20 20,10 2,50 20,95 46,70 | 46,12 46,100
6,18 30,0 48,20 48,100 | 48,45 10,50 4,80 24,100 48,80
52,14 28,0 2,40 10,85 32,100 54,86
46,62 20,48 2,72 20,100 46,84 | 48,0 48,100
52,0 2,0 2,0 2,100 2,100 52,100 | 2,50 44,50
4,50 52,48 52,48 44,8 20,2 2,50 16,95 54,84
52,0 2,0 2,0 2,100 | 2,48 42,48
46,6 32,0 22,20 22,100 | 2,38 44,38
52,14 28,0 2,40 10,85 34,100 54,82 54,52 54,52 32,52
2,0 2,100 | 52,0 52,100 | 2,50 52,50
2,0 2,100 | 2,60 26,42 48,60 48,100
48,0 48,72 30,100 4,84
48,0 48,72 30,100 4,84 | 24,0 70,0
30,28 30,84 16,100 0,94 | 30,4 30,8
2,0 2,100 | 50,0 2,56 2,56 52,100
2,0 2,100 | 44,36 4,66 4,66 46,100
2,0 2,100 2,100 52,100
0,100 6,0 6,0 36,60 36,60 66,0 66,0 72,100
0,100 0,10 0,30 22,5 36,30 36,100 | 36,30 58,5 74,30 74,100
2,100 2,0 2,0 54,100 54,100 54,0
2,8 2,100 | 2,40 28,6 50,34 50,100
2,100 2,0 | 2,2 50,6 50,46 4,52
2,20 2,100 | 2,28 34,18 46,44 30,64 2,58
30,0 2,40 10,90 36,100 60,60 52,12 30,0 | 40,72 66,106
2,100 2,0 | 2,2 50,6 46,46 4,52 4,52 54,100
4,10 4,100 | 4,46 24,12 46,16
0,0 60,0 | 30,0 30,100
22,0 22,80 34,100 50,90 | 2,30 44,30
2,0 2,66 26,100 52,66 52,0
2,8 2,72 22,100 50,66 | 50,8 50,100
0,0 28,100 28,100 56,0
0,0 16,100 16,100 36,30 36,30 54,100 54,100 72,0
0,10 10,90 32,80 36,20 36,20 42,90 64,80 72,8
0,0 54,100 | 54,0 0,100
0,0 28,50 | 56,0 28,50 28,50 28,100
0,0 26,60 | 54,0 10,100
0,0 60,0
0,50 100,50 | 50,0 50,100
8,14 30,4 46,20 44,50 20,52 6,74 20,94 44,76 44,20 46,88 56,98
4,16 28,2 46,22 46,96 | 46,52 20,50 2,72 18,96 46,76
44,16 20,6 2,50 18,94 42,66 46,8 46,8 46,84 62,98
46,12 22,2 2,40 20,70 46,24 46,24 44,84 60,100
48,22 24,6 0,54 22,96 46,50 50,20 46,94
52,14 28,4 4,40 10,88 36,98 58,86
56,8 24,10 0,60 26,98 60,84
60,20 40,2 8,40 6,84 40,98
30,10 4,50 30,92 62,78
0,4 4,70 22,96 44,66 46,4 46,4 46,84 60,96
0,30 10,6 8,70 24,96 48,60 52,4 52,4 48,80 66,88
0,0 2,80 26,100 50,80 54,0 54,0 54,100
0,4 14,60 34,62 48,4 48,4 40,80 14,100 2,90
46,56 20,44 0,70 18,100 44,76 50,0 50,0 46,100
50,0 50,80 28,100 2,76 24,52 50,72
44,60 14,58 2,84 22,98 46,70 54,0 50,88 64,98
2,2 2,90 12,98 12,98 60,98
22,0 6,50 0,94 20,98 62,92
0,52 40,50 46,20 24,4 2,40 8,86 32,98 56,80
2,60 46,40 40,8 20,10 4,56 16,96 58,76
10,98 44,30 40,0 26,12 18,90 34,98 50,84
0,2 24,46 48,2 48,2 20,100
2,2 18,50 44,44 54,2 54,2 20,100
0,4 0,40 30,50 48,2 48,2 44,80 20,100
0,4 64,0 | 34,2 26,100
0,12 8,2 66,2 | 30,4 30,100
0,100 30,0 30,0 50,100 | 8,66 46,60
4,2 4,100 | 0,6 40,4 44,36 8,48 8,48 54,100
50,4 20,2 14,40 40,46 14,50 6,90 30,100 56,90
40,20 44,4 30,0 24,40 22,100 | 4,50 44,44
2,0 0,100 | 2,70 24,48 40,60 44,100
4,0 0,100 | 0,64 40,36 | 10,60 46,100
44,20 30,4 10,14 2,50 14,90 38,84 50,30 50,10 50,84 64,96
50,16 26,2 4,26 6,70 30,90 50,50 52,10 52,10 50,80 70,90
40,12 14,12 2,50 20,92 42,60 46,20 46,20 40,84 56,98 66,84
46,14 14,10 0,60 24,94 48,40 48,6 48,6 48,98
10,16 34,0 52,20 50,96 | 50,50 14,50 2,76 22,98 50,80
6,30 24,2 44,14 46,60 16,56 2,80 22,98 46,74 46,50 52,92 66,94
50,30 26,6 2,40 8,86 36,92 52,50 52,20 56,90 74,80
0,4 2,60 18,94 40,80 48,10 48,10 46,70 58,96 70,80
0,20 10,2 8,60 20,96 42,70 46,4 46,4 44,80 64,90
2,0 0,60 16,98 44,84 50,0 50,0 52,100
4,56 44,40 40,10 18,0 0,50 20,100 60,84
20,100 50,40 46,0 30,6 24,60 36,100 56,80
0,0 26,44 50,0 50,0 30,60 10,100
8,0 4,96 4,96 56,88
52,0 10,90 14,100 40,94
30,0 5,20 0,50 8,85 32,100 55,85 62,50 55,15 30,1 | 20,34 21,36 | 42,34 43,36 | 14,66 30,78 48,66
""".strip().splitlines()


def draw_outliers(
    count: int,
    images: np.ndarray,
    seed: int,
    *,
    letters: Sequence[str] = LETTERS,
    shares: Mapping[str, float] = SHARES,
) -> np.ndarray:
    """Draw pictures of no digit.

    Args:
        count: How many.
        images: Shape (n, 28, 28), uint8: digits, of which pairs that touch are made.
        seed: The same seed gives the same pictures.
        letters: Strokes of letters that do not look like the digits; see `parse_strokes`.
        shares: Of each kind of picture, as SHARES.

    Returns:
        Shape (count, 28, 28), uint8, normalized like any picture.
    """
    rng = np.random.default_rng(seed)
    draws = {
        "letter": lambda: draw(_letter(rng, letters), rng, BOLD),
        "scribble": lambda: draw(_scribble(rng), rng),
        "blot": lambda: _blot(rng),
        "pair": lambda: _pair(images, rng),
    }
    kinds = rng.choice(list(shares), count, p=list(shares.values()))
    outliers = np.empty((count, SIDE, SIDE), np.uint8)
    for number, kind in enumerate(kinds):
        outliers[number] = normalize(draws[kind]()) * 255
    return outliers


def _letter(rng: np.random.Generator, letters: Sequence[str]) -> list[np.ndarray]:
    strokes = parse_strokes(rng.choice(letters))
    if rng.random() > SERIFS:
        return strokes
    half = np.array([SERIF, 0])
    ends = [end for stroke in strokes for end in (stroke[0], stroke[-1])]
    return strokes + [np.array([end - half, end + half]) for end in ends]


def _scribble(rng: np.random.Generator) -> list[np.ndarray]:
    return [rng.integers(0, [70, 100], (rng.integers(3, 9), 2)) for _ in range(rng.integers(1, 4))]


def _blot(rng: np.random.Generator) -> np.ndarray:
    ink = np.zeros((BLOT_SIDE, BLOT_SIDE), np.uint8)
    for _ in range(rng.integers(1, 5)):
        middle = rng.integers(20, 80, 2)
        if rng.random() < 0.5:
            axes, angle = rng.integers(6, 34, 2).tolist(), rng.uniform(0, 180)
            cv2.ellipse(ink, middle.tolist(), axes, angle, 0, 360, 255, -1)
        else:
            corners = middle + rng.integers(-34, 35, (rng.integers(3, 7), 2))
            corners = np.clip(corners, 0, BLOT_SIDE - 1)  # else all of it may lie outside
            cv2.fillPoly(ink, [corners.astype(np.int32)], 255)
    return ink


def _pair(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Two digits side by side, one a little higher than the other."""
    left, right = (image[:, image.any(axis=0)] for image in images[rng.integers(0, len(images), 2)])
    overlap = min(int(rng.integers(0, OVERLAP)), left.shape[1], right.shape[1])
    ink = np.zeros((SIDE + 8, left.shape[1] + right.shape[1] - overlap), np.uint8)
    for digit, start in ((left, 0), (right, left.shape[1] - overlap)):
        top = rng.integers(0, 9)
        part = ink[top : top + SIDE, start : start + digit.shape[1]]
        np.maximum(part, digit, out=part)
    return ink
