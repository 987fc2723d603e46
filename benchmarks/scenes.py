"""What a camera sees: a hand holds a number into it, or there is none.

Each scene is a still picture that moves a little, as under a hand that holds the camera, with the
noise of its sensor. All are drawn; the same seed gives the same frames.
"""

from collections.abc import Callable, Iterator
from itertools import count

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

import digitrec
from benchmarks.compose import (
    Digits,
    Writing,
    any_pen,
    paper,
    pick,
    plain_desk,
    put,
    strokes,
    tablecloth,
    tint,
    wooden_desk,
)
from benchmarks.marks import rules, squares
from benchmarks.page_kinds import lit
from digitrec.data.unseen import LETTERS, draw_glyphs, draw_shapes
from digitrec.preprocess.pieces import Box

Random = np.random.Generator
Size = tuple[int, int]

SIZE = (480, 640)  # height and width of a frame, pixels
ROOM = 40  # of the still picture around the frame, pixels
SWAY = (8, 0.8, 0.01)  # how far a hand moves: pixels, degrees, and share of the size
SLOWLY = 12  # frames in which it begins to move elsewhere
NOISE = 4  # standard deviation of the sensor's noise, grey levels
FLICKER = 0.01  # of the light


def frames(kind: str, seed: int) -> Iterator[np.ndarray]:
    """The frames of a scene, without end.

    Args:
        kind: One of SCENES.
        seed: Decides everything.

    Returns:
        Frames of shape (480, 640, 3), uint8, RGB.
    """
    rng = np.random.default_rng([seed, *kind.encode()])
    if kind == "noise":
        while True:
            yield rng.integers(0, 256, (*SIZE, 3), np.uint8)
    still = SCENES[kind](rng, (SIZE[0] + 2 * ROOM, SIZE[1] + 2 * ROOM)).astype(np.float32)
    for moved in _by_hand(rng, still):
        light = 1 + FLICKER * rng.normal()
        noise = NOISE * rng.standard_normal(moved.shape, np.float32)
        yield np.clip(moved * light + noise, 0, 255).astype(np.uint8)


def _by_hand(rng: Random, still: np.ndarray) -> Iterator[np.ndarray]:
    before, after = rng.normal(0, 0.5, (2, 4))
    for number in count():
        share = number % SLOWLY / SLOWLY
        if share == 0 and number:
            before, after = after, rng.normal(0, 0.5, 4)
        across, down, turn, near = before + (3 * share**2 - 2 * share**3) * (after - before)
        middle = (still.shape[1] / 2, still.shape[0] / 2)
        matrix = cv2.getRotationMatrix2D(middle, SWAY[1] * turn, 1 + SWAY[2] * near)
        matrix[:, 2] += (SWAY[0] * across - ROOM, SWAY[0] * down - ROOM)
        yield cv2.warpAffine(still, matrix, SIZE[::-1], borderMode=cv2.BORDER_REFLECT)


def number_of(seed: int) -> str:
    """The number on the page of the scene "digits"."""
    return _number(np.random.default_rng([seed, *b"digits"]))[1]


def _number(rng: Random) -> tuple[list[np.ndarray], str]:
    digits = Digits(*digitrec.load_mnist()[1])
    return pick(rng, digits, int(rng.integers(1, 6)), rng.uniform(70, 110), rng.uniform(0.07, 0.12))


def written(rng: Random, size: Size) -> np.ndarray:
    """One to five digits on paper, in the middle."""
    glyphs, _ = _number(rng)
    gap = 12
    left = (size[1] - sum(each.shape[1] + gap for each in glyphs)) // 2
    ink = np.zeros(size, np.float32)
    for each in glyphs:
        top = (size[0] - len(each)) // 2 + int(rng.integers(-6, 7))
        put(ink, each, Box(left, top, *each.shape[::-1]))
        left += each.shape[1] + gap
    return lit(rng, tint(paper(rng, size), ink, any_pen(rng)))


def empty(rng: Random, size: Size) -> np.ndarray:
    return lit(rng, paper(rng, size))


def shapes(rng: Random, size: Size) -> np.ndarray:
    """Circles, squares, triangles, lines and loops of any size and colour on any colour."""
    picture = np.ascontiguousarray(np.full((*size, 3), rng.uniform(0, 255, 3), np.float32))
    for _ in range(rng.integers(4, 25)):
        middle, reach = rng.uniform(0, 1, 2) * size[::-1], rng.uniform(15, 120)
        corners = int(rng.choice([2, 3, 4, 5, 24]))
        angles = np.sort(rng.uniform(0, 2 * np.pi, corners))
        if corners == 24:
            angles = np.linspace(0, 2 * np.pi, corners, endpoint=False)
        stretch = rng.uniform(0.5, 1, 2)
        points = middle + reach * stretch * np.stack([np.cos(angles), np.sin(angles)], 1)
        outline = np.rint(points).astype(np.int32)
        colour = rng.uniform(0, 255, 3).tolist()
        if rng.random() < 0.5:
            cv2.fillPoly(picture, [outline], colour, cv2.LINE_AA)
        else:
            width = int(rng.integers(2, 16))
            cv2.polylines(picture, [outline], bool(rng.random() < 0.7), colour, width, cv2.LINE_AA)
    return picture


def things(rng: Random, size: Size) -> np.ndarray:
    """Outlines of clothes, stars and houses, letters and scribbles, on paper."""
    count = int(rng.integers(1, 9))
    of = (draw_shapes, draw_glyphs)[rng.integers(2)]
    ink = np.zeros(size, np.float32)
    for image in of(count, int(rng.integers(1_000_000))):
        side = int(rng.integers(50, 160))
        stamp = cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC) / np.float32(255)
        top, left = rng.integers(ROOM, np.array(size) - side - ROOM)
        put(ink, stamp, Box(int(left), int(top), side, side))
    return lit(rng, tint(paper(rng, size), ink, any_pen(rng)))


def text(rng: Random, size: Size) -> np.ndarray:
    """Printed letters."""
    height = int(rng.integers(14, 60))
    font = ImageFont.truetype(_font(), height)
    page = Image.new("L", size[::-1])
    for top in range(10, size[0], round(1.5 * height)):
        letters = rng.choice([*LETTERS, " ", " "], 60)
        ImageDraw.Draw(page).text((20, top), "".join(letters), 255, font)
    ink = np.asarray(page, np.float32) / 255
    return lit(rng, tint(paper(rng, size), ink, any_pen(rng)))


def _font() -> str:
    from matplotlib import font_manager

    return font_manager.findfont("DejaVu Sans")


def room(rng: Random, size: Size) -> np.ndarray:
    """Walls, furniture and shelves: areas of even colour with soft light, mostly upright."""
    picture = np.full((*size, 3), rng.uniform(90, 220, 3), np.float32)
    for _ in range(rng.integers(6, 30)):
        top, left = rng.uniform(-0.1, 0.9, 2) * size
        high, wide = rng.uniform(0.03, 0.5, 2) * size
        box = [(left, top), (left + wide, top), (left + wide, top + high), (left, top + high)]
        outline = np.rint(np.array(box) + rng.normal(0, 4, (4, 2))).astype(np.int32)
        cv2.fillPoly(picture, [outline], rng.uniform(20, 240, 3).tolist(), cv2.LINE_AA)
    edges = strokes(size, [rng.uniform(0, 1, (2, 2)) * size[::-1] for _ in range(6)], 3)
    return lit(rng, cv2.GaussianBlur(tint(picture, 0.6 * edges, (30, 30, 30)), (0, 0), 1.2))


def chart(rng: Random, size: Size) -> np.ndarray:
    """Flat upright bars."""
    sheet, number = np.full((*size, 3), 250.0), int(rng.integers(3, 9))
    pitch = size[1] // number
    for left, high in zip(
        range(0, size[1], pitch), rng.uniform(0.2, 0.9, number + 1), strict=False
    ):
        sheet[round(size[0] * (1 - high)) :, left : left + pitch // 2] = (60, 110, 180)
    return sheet


def printed(pattern: Callable) -> Callable[[Random, Size], np.ndarray]:
    """Paper with a printed pattern and nothing on it."""

    def compose(rng: Random, size: Size) -> np.ndarray:
        ink, colour = pattern(rng, Writing(np.zeros(size, np.float32), [], ""))
        return lit(rng, tint(paper(rng, size), ink, colour))

    return compose


BUSY = {
    "shapes": shapes,
    "things": things,
    "text": text,
    "room": room,
    "chart": chart,
    "wooden desk": wooden_desk,
    "plain desk": plain_desk,
    "tablecloth": tablecloth,
    "ruled paper": printed(rules),
    "squared paper": printed(squares),
}
SCENES: dict[str, Callable[[Random, Size], np.ndarray]] = {
    "digits": written,
    "empty": empty,
    "noise": empty,
    **BUSY,
}
