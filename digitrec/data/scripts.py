"""Digits of other scripts, drawn from strokes as `digitrec.data.drawn_digits` draws Western ones.

Here drawings are all that a network learns from, so they vary more: a writer has forms of his own,
and places the strokes of a digit differently each time. NumPy and OpenCV only.
"""

import string
from typing import NamedTuple

import cv2
import numpy as np

from digitrec.data.arabic_shapes import ARABIC
from digitrec.data.chinese_shapes import CHINESE
from digitrec.data.devanagari_shapes import DEVANAGARI
from digitrec.data.drawn_digits import BROADEST, PENS, as_image, draw, draw_labelled
from digitrec.data.outliers import LETTERS, SHARES, draw_outliers
from digitrec.preprocess.normalize import SIDE

# Chosen by drawing Bangla likewise, and reading real Bangla by a network that saw only that.
COARSE = 0.15  # share of the drawings that are coarse; what nothing but drawings teach needs fewer
CORNERED = 0.1  # share of the drawings with straight strokes from point to point
OWN = 3.0  # how far a writer's form is from the usual one: standard deviation of each point
PLACE = 3.0  # and of each stroke, among several; both in hundredths of the digit's height
STROKES = 3  # the more strokes a digit has above that, the thinner are the pens

DOT = 48  # a digit that is smaller is a dot or a thick little ring; hundredths of the height
DOT_PENS = (12, 26)  # widths of the thinnest and the thickest pen for a dot, pixels
SMALL = 0.25  # share of the dots that keep their size, as in collections that are not normalized
SMALLEST = 0.15  # of the usual size of a digit, which is that of the smallest of those


class Script(NamedTuple):
    """Digits of one script.

    Attributes:
        digits: Its ten digits, from 0 to 9.
        shapes: For each digit the ways to write it, in the form that `parse_strokes` reads.
        alike: Places in LETTERS of those that look like its digits.
        shares: Of each kind of picture that is no digit, as SHARES of `digitrec.data.outliers`.
        has_lines: Whether some digits are level lines, which on paper would be ruled ones.
    """

    digits: str
    shapes: dict[int, list[str]]
    alike: frozenset[int]
    shares: dict[str, float]
    has_lines: bool = False


SCRIPTS = {
    "arabic": Script(
        "٠١٢٣٤٥٦٧٨٩",
        ARABIC,
        frozenset({5, 26, 29, 31, 36, 37, 42, 56, 60, 61, 67, 83, 85}),  # E r U V y - q L
        {"letter": 0.8, "scribble": 0.1, "pair": 0.1},  # a 0 is a blot
    ),
    "chinese": Script(
        "〇一二三四五六七八九",
        CHINESE,
        frozenset({6, 24, 28, 37, 38, 57, 58, 81}),  # e Q t - +
        {"letter": 0.6, "scribble": 0.3, "blot": 0.1},  # 一 beside 一 is 一, and 三 may touch
        has_lines=True,
    ),
    "devanagari": Script(
        "०१२३४५६७८९",
        DEVANAGARI,
        frozenset({3, 17, 30, 36, 42, *range(44, 52), 55, 56, *range(59, 63), 67})  # C L u y q l E
        | frozenset({78, 79, 80, *range(82, 86)}),  # and more of these
        SHARES,
    ),
}


def script_named(name: str) -> Script:
    """Give one of SCRIPTS.

    Raises:
        ValueError: If there is none of that name.
    """
    if name not in SCRIPTS:
        raise ValueError(f"there is no network for {name!r}, only for {', '.join(SCRIPTS)}")
    return SCRIPTS[name]


def script_of(model: object) -> Script | None:
    """Give the script that a model is named after; None for any other, which reads Western digits.

    Args:
        model: A Keras model, a LiteModel or None.
    """
    return SCRIPTS.get(getattr(model, "name", ""))


def digits_of(model: object) -> str:
    """Give the ten digits that a model reads, from 0 to 9, as its script writes them."""
    script = script_of(model)
    return script.digits if script else string.digits


def to_western(text: str, script: str) -> str:
    """Write in Western digits what is written in those of a script, given from 0 to 9."""
    return text.translate(str.maketrans(script, string.digits))


def draw_script(count: int, seed: int, script: str) -> tuple[np.ndarray, np.ndarray]:
    """Draw digits of a script at random, each in one of several ways.

    Args:
        count: How many.
        seed: The same seed gives the same digits.
        script: "arabic", "chinese" or "devanagari".

    Returns:
        Images of shape (count, 28, 28) and labels of shape (count,), both uint8.

    Raises:
        ValueError: If it is another script.
    """
    return draw_labelled(count, seed, script_named(script).shapes, _draw)


def draw_script_outliers(count: int, images: np.ndarray, seed: int, script: str) -> np.ndarray:
    """Draw pictures of no digit of a script; as `draw_outliers`, but for what looks like one."""
    known = SCRIPTS[script]
    letters = [letter for place, letter in enumerate(LETTERS) if place not in known.alike]
    return draw_outliers(count, images, seed, letters=letters, shares=known.shares)


def _draw(strokes: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    thinner = max(1, len(strokes) / STROKES)
    is_dot = np.ptp(np.concatenate(strokes), axis=0).max() < DOT
    ink = draw(
        _by_a_writer(strokes, rng),
        rng,
        BROADEST / thinner,
        pens=DOT_PENS if is_dot else (PENS[0], PENS[1] / thinner),
        coarse=0 if is_dot else COARSE,
        cornered=CORNERED,
    )
    image = as_image(ink)
    return _small(image, rng) if is_dot and rng.random() < SMALL else image


def _by_a_writer(strokes: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """Move points and strokes; a corner, where the same point comes twice, stays one."""
    moved = []
    for stroke in strokes:
        corners = np.flatnonzero((np.diff(stroke, axis=0) == 0).all(axis=1)) + 1
        place = rng.normal(0, PLACE, 2) if len(strokes) > 1 else 0
        points = stroke + rng.normal(0, OWN, stroke.shape) + place
        points[corners] = points[corners - 1]
        moved.append(points)
    return moved


def _small(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    scale, middle = rng.uniform(SMALLEST, 1), SIDE / 2
    matrix = np.array([[scale, 0, (1 - scale) * middle], [0, scale, (1 - scale) * middle]])
    return cv2.warpAffine(image, matrix, (SIDE, SIDE), flags=cv2.INTER_AREA)
