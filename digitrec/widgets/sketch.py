"""What is drawn on a pad, in plain Python: strokes in, an array of ink out. No browser needed."""

import math
from dataclasses import dataclass, field
from operator import is_not
from typing import Any

import cv2
import numpy as np

PEN = 24  # width of the pen, pixels; on a pad of 280 it draws strokes as thick as MNIST's
PENS = (8, 48)  # smallest and largest width to choose, pixels
SUBPIXEL = 4  # fractional bits of the coordinates that OpenCV draws with
SHARP_TURN = 0.5  # cosine of 60 degrees; a sharper turn is meant as a corner
PART = 1000  # bends that are drawn for good at a time; only a scribble of 16 seconds has as many
REACH = 10_000  # from the paper's corner, pixels, beyond any screen; what is further is put there
BEND = (0.25, 0.5, 0.75, 1)  # shares of a bend at which it is drawn through a point

Point = tuple[float, float]


@dataclass(frozen=True, eq=False)  # so that what is known of a stroke can be looked up
class Stroke:
    """What is drawn from pen down to pen up: the pen's width in pixels, and (x, y) points."""

    pen: float
    points: list[Point]

    def path(self, first: int = 0, last: int | None = None, *, ended: bool = True) -> list[Point]:
        """Give the stroke as a smooth line, with a bend at each point.

        Each bend runs from halfway to the point before to halfway to the point after.

        Args:
            first: The bend to begin with, so that a line can be continued.
            last: The bend to end before; None is the end of the stroke.
            ended: Whether the last point is the end; if not, the line may bend there later.
        """
        if last is not None:
            following = self.points[first : last + 1]
        else:
            following = self.points[first:] + self.points[-1:] * ended
        points = [self.points[max(0, first - 1)], *following]
        path = [_middle(*points[:2])]
        for before, corner, after in zip(points, points[1:], points[2:], strict=False):
            path += _bend(_middle(before, corner), corner, _middle(corner, after))
        return path


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

    def press(self, x: float, y: float) -> None:
        """Put the pen down, if x and y are finite; if it does not move, it leaves a dot."""
        point = to_point(x, y)
        if point:
            self.strokes.append(Stroke(self.pen, [point]))
            self.drawing = True

    def move(self, x: float, y: float) -> None:
        """Draw a line to (x, y), if the pen is down, and x and y are finite."""
        point = to_point(x, y)
        if point and self.drawing and self.tip != point:
            self.strokes[-1].points.append(point)

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
            _draw_line(self._drawn, stroke.path(self._bends, self._bends + PART), stroke.pen)
            self._bends += PART
        ink = self._drawn.copy()
        if len(stroke.points) > 1:
            _draw_line(ink, stroke.path(self._bends), stroke.pen)
        radius = round(stroke.pen / 2 * 2**SUBPIXEL)
        for end in _in_subpixels([stroke.points[0], stroke.points[-1]]).tolist():
            cv2.circle(ink, end, radius, 255, cv2.FILLED, cv2.LINE_AA, SUBPIXEL)
        return ink


def to_point(x: Any, y: Any) -> Point | None:
    """Give the point on or near the paper that a browser tells; None if it tells no numbers."""
    if not all(
        isinstance(part, (int, float, np.number)) and -math.inf < part < math.inf for part in (x, y)
    ):
        return None
    return float(min(max(x, -REACH), REACH)), float(min(max(y, -REACH), REACH))


def _draw_line(ink: np.ndarray, path: list[Point], pen: float) -> None:
    width = max(1, round(pen))
    cv2.polylines(ink, [_in_subpixels(path)], False, 255, width, cv2.LINE_AA, SUBPIXEL)


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
