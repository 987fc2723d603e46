"""What is drawn on a pad, in plain Python: strokes in, an array of ink out. No browser needed."""

import math
from dataclasses import dataclass, field

import cv2
import numpy as np

PEN = 24  # width of the pen, pixels; on a pad of 280 it draws strokes as thick as MNIST's
PENS = (8, 48)  # smallest and largest width to choose, pixels
SUBPIXEL = 4  # fractional bits of the coordinates that OpenCV draws with
SHARP_TURN = 0.5  # cosine of 60 degrees; a sharper turn is meant as a corner
BEND = (0.25, 0.5, 0.75, 1)  # shares of a bend at which it is drawn through a point

Point = tuple[float, float]


@dataclass(frozen=True)
class Stroke:
    """What is drawn from pen down to pen up: the pen's width in pixels, and (x, y) points."""

    pen: float
    points: list[Point]

    def path(self, first: int = 0, *, ended: bool = True) -> list[Point]:
        """Give the stroke as a smooth line, with a bend at each point.

        Each bend runs from halfway to the point before to halfway to the point after.

        Args:
            first: The bend to begin with, so that a line can be continued.
            ended: Whether the last point is the end; if not, the line may bend there later.
        """
        points = [self.points[0], *self.points, self.points[-1]]
        path = [_middle(points[first], points[first + 1])]
        for number in range(first + 1, len(self.points) + ended):
            start, end = _middle(*points[number - 1 : number + 1]), _middle(*points[number:][:2])
            path += _bend(start, points[number], end)
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

    def press(self, x: float, y: float) -> None:
        """Put the pen down; if it does not move, it leaves a dot."""
        self.strokes.append(Stroke(self.pen, [(x, y)]))
        self.drawing = True

    def move(self, x: float, y: float) -> None:
        """Draw a line to (x, y), if the pen is down."""
        if self.drawing and self.tip != (x, y):
            self.strokes[-1].points.append((x, y))

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
        ink = np.zeros((self.height, self.width), np.uint8)
        for stroke in self.strokes:
            points = np.rint(np.array(stroke.path()) * 2**SUBPIXEL).astype(np.int32)
            width = max(1, round(stroke.pen))
            if len(stroke.points) > 1:
                cv2.polylines(ink, [points], False, 255, width, cv2.LINE_AA, SUBPIXEL)
            for end in points[[0, -1]].tolist():
                radius = round(stroke.pen / 2 * 2**SUBPIXEL)
                cv2.circle(ink, end, radius, 255, cv2.FILLED, cv2.LINE_AA, SUBPIXEL)
        return ink


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
