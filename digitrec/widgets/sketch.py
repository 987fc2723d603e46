"""What is drawn on a pad, in plain Python: strokes in, an array of ink out. No browser needed."""

import math
from dataclasses import dataclass, field
from itertools import groupby
from operator import is_not
from typing import Any

import cv2
import numpy as np

PEN = 24  # width of the pen, pixels; on a pad of 280 it draws strokes as thick as MNIST's
PENS = (8, 48)  # smallest and largest width to choose, pixels
SHARES = (0.75, 1.25)  # of the chosen width, by least and most pressure; as in live_ink.js
SUBPIXEL = 4  # fractional bits of the coordinates that OpenCV draws with
SHARP_TURN = 0.5  # cosine of 60 degrees; a sharper turn is meant as a corner
PART = 1000  # bends that are drawn for good at a time; only a scribble of 16 seconds has as many
REACH = 10_000  # from the paper's corner, pixels, beyond any screen; what is further is put there
BEND = (0.25, 0.5, 0.75, 1)  # shares of a bend at which it is drawn through a point

Point = tuple[float, float]
Piece = tuple[float, list[Point]]  # width in pixels, and a line


@dataclass(frozen=True, eq=False)  # so that what is known of a stroke can be looked up
class Stroke:
    """What is drawn from pen down to pen up.

    Attributes:
        pen: The chosen width, pixels.
        points: (x, y), pixels of the sketch.
        widths: Of the line at each point, pixels; `pen`, unless the pen told its pressure.
    """

    pen: float
    points: list[Point]
    widths: list[float]

    def path(self, first: int = 0, last: int | None = None, *, ended: bool = True) -> list[Point]:
        """Give the stroke as a smooth line, with a bend at each point.

        Each bend runs from halfway to the point before to halfway to the point after.

        Args:
            first: The bend to begin with, so that a line can be continued.
            last: The bend to end before; None is the end of the stroke.
            ended: Whether the last point is the end; if not, the line may bend there later.
        """
        if last is None:
            last = len(self.points) - (not ended)
        following = self.points[first : last + 1] + self.points[-1:] * (last == len(self.points))
        points = [self.points[max(0, first - 1)], *following]
        path = [_middle(*points[:2])]
        for before, corner, after in zip(points, points[1:], points[2:], strict=False):
            path += _bend(_middle(before, corner), corner, _middle(corner, after))
        return path

    def pieces(self, first: int, last: int) -> list[Piece]:
        """Give some bends of the path, in a new piece wherever the width changes.

        Args:
            first: The bend to begin with.
            last: The bend to end before; the number of points is the end of the stroke.
        """
        runs = [list(run) for _, run in groupby(range(first, last), self.widths.__getitem__)]
        return [(self.widths[run[0]], self.path(run[0], run[-1] + 1)) for run in runs]


@dataclass
class Sketch:
    """Strokes on paper of width x height pixels, origin top left.

    Attributes:
        pen: Width of the next stroke, pixels.
        strokes: All strokes, the oldest first.
        drawing: Whether the pen is down.
    """

    width: int = 280
    height: int = 280
    pen: float = PEN
    strokes: list[Stroke] = field(default_factory=list)
    drawing: bool = False

    def __post_init__(self) -> None:
        self._ink = _Ink(self.height, self.width)

    def press(self, x: float, y: float, share: float = 1) -> None:
        """Put the pen down, if all is finite; if it does not move, it leaves a dot.

        Args:
            x: Pixels from the left.
            y: Pixels from the top.
            share: Of the pen's width, how wide to draw here; what is not within SHARES is clipped.
        """
        point, clipped = to_point(x, y), to_share(share)
        if point and clipped:
            self.strokes.append(Stroke(self.pen, [point], [self.pen * clipped]))
            self.drawing = True

    def move(self, x: float, y: float, share: float = 1) -> None:
        """Draw a line to (x, y), if the pen is down, and all is finite; `share` as for `press`."""
        point, clipped = to_point(x, y), to_share(share)
        if point and clipped and self.drawing and self.tip != point:
            stroke = self.strokes[-1]
            stroke.points.append(point)
            stroke.widths.append(stroke.pen * clipped)

    def release(self) -> None:
        """Take the pen up."""
        self.drawing = False

    def undo(self) -> None:
        """Take the last stroke back, if there is one."""
        self.release()
        del self.strokes[-1:]

    def clear(self) -> None:
        """Take all strokes back."""
        self.release()
        self.strokes.clear()

    @property
    def tip(self) -> Point:
        """Where the pen is, or was last."""
        return self.strokes[-1].points[-1]

    def to_array(self) -> np.ndarray:
        """Give the drawing as shape (height, width), uint8: 255 is ink."""
        return self._ink.of(self.strokes)


class _Ink:
    """Draws each part of each stroke once, although the drawing grows and is asked for again."""

    def __init__(self, height: int, width: int):
        self._blank = np.zeros((height, width), np.uint8)
        self._ink = self._blank  # of the strokes that have ended
        self._ended: list[Stroke] = []
        self._drawn = self._blank  # these, and so many bends of the last stroke
        self._bends = 0
        self._last: Stroke | None = None

    def of(self, strokes: list[Stroke]) -> np.ndarray:
        """The strokes as shape (height, width), uint8; all but the last must have ended."""
        if len(self._ended) >= max(1, len(strokes)) or any(map(is_not, self._ended, strokes)):
            self._ink, self._ended, self._last = self._blank, [], None  # one was taken back
        for stroke in strokes[len(self._ended) : -1]:
            self._ink = self._with(stroke)
            self._ended.append(stroke)
        return self._with(strokes[-1]) if strokes else self._blank.copy()

    def _with(self, stroke: Stroke) -> np.ndarray:
        if stroke is not self._last:
            self._last, self._drawn, self._bends = stroke, self._ink.copy(), 0
        while self._bends + PART < len(stroke.points):  # what has further points will not change
            _draw_pieces(self._drawn, stroke.pieces(self._bends, self._bends + PART))
            self._bends += PART
        ink = self._drawn.copy()
        if len(stroke.points) > 1:
            _draw_pieces(ink, stroke.pieces(self._bends, len(stroke.points)))
        ends = _in_subpixels([stroke.points[0], stroke.points[-1]]).tolist()
        for end, width in zip(ends, (stroke.widths[0], stroke.widths[-1]), strict=True):
            radius = round(width / 2 * 2**SUBPIXEL)
            cv2.circle(ink, end, radius, 255, cv2.FILLED, cv2.LINE_AA, SUBPIXEL)
        return ink


def to_point(x: Any, y: Any) -> Point | None:
    """Give the point on or near the paper that a browser tells; None if it tells no numbers."""
    if not (_is_finite(x) and _is_finite(y)):
        return None
    return float(min(max(x, -REACH), REACH)), float(min(max(y, -REACH), REACH))


def to_share(share: Any) -> float | None:
    """Give the share of a pen's width that a browser tells, within SHARES; None if no number."""
    return float(min(max(share, SHARES[0]), SHARES[1])) if _is_finite(share) else None


def _is_finite(part: Any) -> bool:
    return isinstance(part, (int, float, np.number)) and bool(-math.inf < part < math.inf)


def _draw_pieces(ink: np.ndarray, pieces: list[Piece]) -> None:
    for width, path in pieces:
        thickness = max(1, round(width))
        cv2.polylines(ink, [_in_subpixels(path)], False, 255, thickness, cv2.LINE_AA, SUBPIXEL)


def _in_subpixels(points: list[Point]) -> np.ndarray:
    return np.rint(np.array(points) * 2**SUBPIXEL).astype(np.int32)


def _middle(one: Point, other: Point) -> Point:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _bend(start: Point, corner: Point, end: Point) -> list[Point]:
    """From start to end: along a quadratic Bezier curve, or through the corner if it is sharp."""
    before = corner[0] - start[0], corner[1] - start[1]
    after = end[0] - corner[0], end[1] - corner[1]
    along = before[0] * after[0] + before[1] * after[1]
    if along < SHARP_TURN * math.hypot(*before) * math.hypot(*after):
        return [corner, end]
    return [
        (_bezier(t, start[0], corner[0], end[0]), _bezier(t, start[1], corner[1], end[1]))
        for t in BEND
    ]


def _bezier(t: float, start: float, corner: float, end: float) -> float:
    return (1 - t) ** 2 * start + 2 * t * (1 - t) * corner + t**2 * end
