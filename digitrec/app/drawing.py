"""Turn a drawing that a browser or another program sends as JSON into a sketch."""

import math

from digitrec.widgets.sketch import Sketch

SIDES = (16, 1000)  # least and most width and height, pixels
PENS = (1, 100)  # widths of the thinnest and the broadest pen, pixels
MOST_POINTS = 20_000  # of all strokes together; a hand draws about 100 a second

FORM = (
    'a drawing is {"width": 280, "height": 280, "strokes": [{"pen": 24, "points": [[x, y], ...]}]}'
)


def to_sketch(drawing: object) -> Sketch:
    """Make a sketch of the strokes that a drawing has.

    Args:
        drawing: Parsed JSON: an object with `width` and `height` in pixels, 16 to 1000, and
            `strokes`. A stroke has its `pen`'s width and its `points`, [x, y] or [x, y, share],
            where a share of the pen's width is drawn.

    Raises:
        ValueError: If it is something else, or has over 20,000 points.
    """
    match drawing:
        case {"width": int(width), "height": int(height), "strokes": [*strokes]}:
            pass
        case _:
            raise ValueError(FORM)
    if not (SIDES[0] <= width <= SIDES[1] and SIDES[0] <= height <= SIDES[1]):
        raise ValueError(f"a drawing has from {SIDES[0]} to {SIDES[1]} pixels a side")
    parsed = [_to_stroke(stroke) for stroke in strokes]
    if sum(len(points) for _, points in parsed) > MOST_POINTS:
        raise ValueError(f"a drawing has at most {MOST_POINTS:,} points: send fewer")
    sketch = Sketch(width, height)
    for pen, points in parsed:
        sketch.pen = pen
        sketch.press(*points[0])
        for point in points[1:]:
            sketch.move(*point)
        sketch.release()
    sketch.pen = max((pen for pen, _ in parsed), default=sketch.pen)
    return sketch


def _to_stroke(stroke: object) -> tuple[float, list[list[float]]]:
    match stroke:
        case {"pen": int(pen) | float(pen), "points": [_, *_] as points}:
            if PENS[0] <= pen <= PENS[1] and all(map(_is_point, points)):
                return pen, points
    raise ValueError(f"{FORM}, with pens from {PENS[0]} to {PENS[1]} pixels wide")


def _is_point(point: object) -> bool:
    return (
        isinstance(point, list)
        and len(point) in (2, 3)
        and all(isinstance(part, int | float) and math.isfinite(part) for part in point)
    )
