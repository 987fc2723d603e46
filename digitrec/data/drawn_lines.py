"""Lines of digits as people write them on forms and cheques, to train the line network on.

Each line is composed of MNIST's digits, or of digits drawn in one hand: apart, touching or
overlapping, with points, commas and dashes that are no digits, on paper that is not blank. NumPy
and OpenCV only.
"""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from digitrec.data.bent_ink import MARGIN, bend, crop, tilt
from digitrec.data.drawn_digits import HEIGHT, SHAPES, parse_strokes
from digitrec.data.line_paper import as_found
from digitrec.data.line_shapes import LINE_LETTERS, LINE_SHAPES
from digitrec.data.line_signs import draw_ending, draw_separator
from digitrec.data.manner import WILD, Manner
from digitrec.data.varied_strokes import vary

# All numbers here were chosen by looking at the lines, and by training with more and less.
OTHER = 10  # stands for a letter, as 0 to 9 stand for the digits
LONGEST = 8  # digits on a line
LENGTHS = (0.12, 0.14, 0.14, 0.2, 0.2, 0.1, 0.06, 0.04)  # shares of lines of 1, 2, 3 ... digits
ROUND = 0.35  # share of the lines that end in zeros, as amounts often do
CHAINED = 0.2  # share of the writers who write zeros side by side without lifting the pen
REPEATED = 0.1  # share of the lines with few different digits

PAGE_HEIGHT = 64  # of a line while it is composed, pixels; in the end it is half as high
HEIGHTS = (30, 54)  # usual height of its digits, pixels
THICKNESSES = (-2, -1, 0, 0, 1, 2, 3, 4, 6)  # by which strokes of MNIST's digits grow, pixels
PENS = (2, 22)  # that draw a digit HEIGHT pixels high
OVERLAP = 0.15  # of the digits' height; how far two digits overlap at most
NESTED = 0.35  # of a digit's height; how far it may stand under or over the one before it
INKED = 80  # ink, of 255, of what counts as a digit's outline


class Line(NamedTuple):
    """A line of digits: its ink, (32, width) uint8, and the digits, some of them OTHER."""

    ink: np.ndarray
    digits: tuple[int, ...]


class _Placed(NamedTuple):
    """A digit on the page: its ink, and where its top left corner and its outline's right are."""

    ink: np.ndarray
    left: int
    top: int
    right: float


def draw_lines(
    count: int,
    images: np.ndarray,
    labels: np.ndarray,
    seed: int | Sequence[int],
    manner: Manner = WILD,
) -> list[Line]:
    """Draw lines of 1 to 8 digits.

    Args:
        count: How many.
        images: Shape (n, 28, 28), uint8: MNIST's digits, of every kind at least one.
        labels: Shape (n,), integers 0 to 9.
        seed: The same seed gives the same lines.
        manner: How wildly.

    Returns:
        The lines; their ink looks as `find_ink` finds it.
    """
    rng = np.random.default_rng(seed)
    by_digit = [images[labels == digit] for digit in range(10)]
    return [_Writer(rng, by_digit, manner).write() for _ in range(count)]


class _Writer:
    """What one writer keeps the same along a line, and the line as far as it is written."""

    def __init__(self, rng: np.random.Generator, by_digit: Sequence[np.ndarray], manner: Manner):
        self.rng, self.by_digit, self.manner = rng, by_digit, manner
        self.from_mnist = rng.random() < manner.from_mnist
        self.thickness = int(rng.choice(THICKNESSES))
        pen = 12 + 2 * self.thickness if self.from_mnist else np.exp(rng.uniform(*np.log(PENS)))
        self.pen = max(2, int(pen))
        self.forms: dict[int, list[np.ndarray]] = {}
        self.slant, self.width = rng.normal(0.12, 0.22), np.exp(rng.normal(-0.08, 0.2))
        self.gap = rng.normal(0.1, 0.14)
        self.unevenness, self.waver = abs(rng.normal(0, 0.08)), abs(rng.normal(0, 0.05))
        self.zeros = rng.uniform(0.55, 1) if rng.random() < 0.35 else 1
        self.joins, self.chains = rng.random() < 0.15, rng.random() < CHAINED
        self.height = rng.uniform(*HEIGHTS)
        self.rise = rng.normal(0, 0.02)
        self.base = self.height + (PAGE_HEIGHT - self.height) * np.clip(
            rng.normal(0.5, 0.3), 0, 1.02
        )
        self.page: np.ndarray = np.zeros((PAGE_HEIGHT, 14 * PAGE_HEIGHT), np.uint8)
        edge = rng.random() < 0.1
        self.right = self.height * (rng.uniform(-0.1, 0.05) if edge else rng.uniform(0, 0.8))
        self.last: _Placed | None = None

    def write(self) -> Line:
        digits = _choose_digits(self.manner, self.rng)
        single = len(digits) - _count_last_zeros(digits) if self.chains else len(digits)
        for number in range(single):
            self._write_digit(digits, number)
        if single < len(digits):
            self._write_chain(len(digits) - single)
        if self.rng.random() < 0.3:
            self.right = draw_ending(self.page, self._corner(), self.height, self._pen(), self.rng)
        room = self.rng.uniform(0, 0.8) if self.rng.random() < 0.9 else -self.rng.uniform(0, 0.06)
        width = int(np.clip(self.right + room * self.height, self.height / 3, self.page.shape[1]))
        ink = bend(np.ascontiguousarray(self.page[:, :width]), self.manner.warp, self.rng)
        return Line(as_found(ink, self.height, self.manner, self.rng), tuple(digits))

    def _write_digit(self, digits: list[int], number: int) -> None:
        digit, before = digits[number], digits[number - 1] if number else None
        in_zeros = digit == 0 and 0 in (before, *digits[number + 1 : number + 2])
        height = self.height * np.exp(self.rng.normal(0, 0.06 + self.unevenness))
        if digit == 0 and (in_zeros or self.rng.random() < 0.6):
            height *= self.zeros
        ink = self._ink(self._glyph(digit), min(height, 1.35 * self.height), 1.2)
        left, _, width, tall = cv2.boundingRect((ink > INKED).astype(np.uint8))
        base = self.base + self.height * self.rng.normal(0, 0.02 + self.waver)
        if in_zeros and self.zeros < 1 and self.rng.random() < 0.3:
            base -= self.height * self.rng.uniform(0, 0.4)
        top = int(base + self.rise * self.right - tall) - MARGIN
        start = self._start(ink, top, left, self._gap(digit, before, in_zeros))
        placed = _Placed(ink, int(start) - left, top, int(start) + width)
        if self.last and self.joins and OTHER not in (digit, before) and self.rng.random() < 0.6:
            self._join(int(start + 0.4 * width), top + MARGIN, tall)
        _put(self.page, placed)
        self.last, self.right = placed, placed.right
        self._leave_room(len(digits) - number - 1)

    def _write_chain(self, count: int) -> None:
        """Write zeros without lifting the pen."""
        glyph = self._draw(_chained_zeros(count, self.rng))
        ink = self._ink(glyph, self.height * self.zeros, 1.2 * count)
        left, _, width, tall = cv2.boundingRect((ink > INKED).astype(np.uint8))
        top = int(self.base + self.rise * self.right - tall) - MARGIN
        start = self._start(ink, top, left, self._gap(0, None, False))
        _put(self.page, _Placed(ink, int(start) - left, top, 0))
        self.right = int(start) + width

    def _ink(self, glyph: np.ndarray, height: float, widest: float) -> np.ndarray:
        """A glyph, bent, `height` pixels high and at most `widest` times as wide."""
        scale = height / len(glyph)
        ink = tilt(
            glyph,
            scale
            * min(
                self.width * np.exp(self.rng.normal(0, 0.08)), widest * len(glyph) / glyph.shape[1]
            ),
            scale,
            self.slant + self.rng.normal(0, 0.05),
            self.manner.perspective,
            self.rng,
        )
        if not self.from_mnist or not self.thickness:
            return ink
        side = 1 + abs(self.thickness)
        nib = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
        thicker = (cv2.dilate if self.thickness > 0 else cv2.erode)(ink, nib)
        return thicker if (thicker > INKED).any() else ink

    def _glyph(self, digit: int) -> np.ndarray:
        if digit == OTHER:
            strokes = parse_strokes(self.rng.choice(LINE_LETTERS))
        elif self.from_mnist:
            return crop(self.rng.choice(self.by_digit[digit]))
        else:
            if digit not in self.forms or self.rng.random() < 0.2:
                shapes = SHAPES[digit] + LINE_SHAPES[digit]
                self.forms[digit] = _own(
                    parse_strokes(self.rng.choice(shapes)), self.manner.own, self.rng
                )
            strokes = self.forms[digit]
        return self._draw(strokes)

    def _draw(self, strokes: list[np.ndarray]) -> np.ndarray:
        lines = vary(strokes, self.rng)
        width = round((max(line[:, 0].max() for line in lines) + 0.7) * HEIGHT)
        ink: np.ndarray = np.zeros((round(1.8 * HEIGHT), max(width, HEIGHT)), np.uint8)
        points = [np.rint((line + 0.35) * HEIGHT * 16).astype(np.int32) for line in lines]
        cv2.polylines(ink, points, False, 255, self.pen, cv2.LINE_AA, 4)
        return crop(ink)

    def _gap(self, digit: int, before: int | None, in_zeros: bool) -> float:
        gap = self.gap + self.rng.normal(0, 0.09)
        if in_zeros and before == 0:
            gap = min(gap, self.rng.normal(0, 0.08))
        return self.height * max(gap, 0 if OTHER in (digit, before) else -OVERLAP)

    def _start(self, ink: np.ndarray, top: int, left: int, gap: float) -> float:
        """Where the outline of the next digit begins: beside the last one, or nested with it."""
        if not self.last:
            return self.right
        if self.rng.random() < 0.4:
            return self.right + gap
        first, last = (
            max(self.last.top, top),
            min(self.last.top + len(self.last.ink), top + len(ink)),
        )
        before = self.last.ink[first - self.last.top : max(0, last - self.last.top)] > INKED
        after = ink[first - top : max(0, last - top)] > INKED
        both = before.any(axis=1) & after.any(axis=1)
        if not both.any():
            return self.right + gap
        ends = self.last.left + before.shape[1] - 1 - before[:, ::-1].argmax(axis=1)
        nearest = (after.argmax(axis=1) - left - ends)[both].min()
        return max(gap - nearest + 1, self.right - NESTED * len(ink))

    def _join(self, x: int, top: int, tall: int) -> None:
        """A stroke from the last digit on, as where the pen was not lifted."""
        heights = self.rng.choice([0.1, 0.5, 0.9], 2) * tall + top
        start, end = (int(self.right - 2), int(heights[0])), (x, int(heights[1]))
        middle = ((start[0] + end[0]) // 2, int(heights.max() + self.rng.normal(2, 4)))
        path = np.array([start, middle, end], np.int32)
        cv2.polylines(self.page, [path], False, 255, self._pen(), cv2.LINE_AA)

    def _leave_room(self, left_over: int) -> None:
        thousands = left_over > 0 and left_over % 3 == 0
        if (thousands and self.rng.random() < 0.35) or self.rng.random() < 0.02:
            corner = self._corner()
            self.right = draw_separator(self.page, corner, self.height, self._pen(), self.rng)
        elif self.rng.random() < 0.03:
            self.right += self.height * self.rng.uniform(0.2, 0.8)

    def _corner(self) -> tuple[float, float]:
        """Where the line has got to, at the height of its base."""
        return self.right, self.base + self.rise * self.right

    def _pen(self) -> int:
        extra = self.thickness if self.from_mnist else 0.3 * self.pen - 2
        return max(2, int(0.11 * self.height + extra))


def _choose_digits(manner: Manner, rng: np.random.Generator) -> list[int]:
    count = int(rng.choice(LONGEST, p=LENGTHS)) + 1
    digits = rng.integers(0, 10, count).tolist()
    kind = rng.random()
    if kind < ROUND and count > 2:
        zeros = int(rng.integers(2, min(count, 4)))
        digits[-zeros:] = [0] * zeros
    elif ROUND < kind < ROUND + REPEATED:
        digits = rng.choice(digits[:2], count).tolist()
    if rng.random() < manner.lettered:
        digits[rng.integers(count)] = OTHER
    return digits


def _count_last_zeros(digits: list[int]) -> int:
    """How many zeros there are at the end, if several."""
    count = next((number for number, digit in enumerate(reversed(digits)) if digit), len(digits))
    return count if count > 1 else 0


def _chained_zeros(count: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Zeros in one stroke, each begun near its top and written counterclockwise."""
    half, apart = rng.uniform(22, 38), rng.uniform(45, 85)
    angles = np.radians(rng.uniform(-110, -20) - np.linspace(0, 360 + rng.uniform(0, 60), 9))
    x, y = half * (1 + np.cos(angles)), 50 + 50 * np.sin(angles)
    return [np.concatenate([np.column_stack([x + apart * zero, y]) for zero in range(count)])]


def _own(strokes: list[np.ndarray], far: float, rng: np.random.Generator) -> list[np.ndarray]:
    """A writer's own form of a digit; where a stroke turns sharply, it still does."""
    forms = []
    for stroke in strokes:
        moves = rng.normal(0, far, stroke.shape)
        corners = np.flatnonzero((np.diff(stroke, axis=0) == 0).all(axis=1)) + 1
        moves[corners] = moves[corners - 1]
        forms.append(stroke + moves)
    return forms


def _put(page: np.ndarray, placed: _Placed) -> None:
    """Add the ink to the page, as far as it lies on it."""
    top, left = max(placed.top, 0), max(placed.left, 0)
    ink = placed.ink[top - placed.top :, left - placed.left :]
    part = page[top : top + len(ink), left : left + ink.shape[1]]
    np.maximum(part, ink[: len(part), : part.shape[1]], out=part)
