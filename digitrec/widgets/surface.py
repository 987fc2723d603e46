"""The canvas that a sketch appears on: it draws what the sketch holds, and decides nothing."""

from array import array
from collections.abc import Sequence
from itertools import chain, groupby
from weakref import WeakKeyDictionary

import ipywidgets
import numpy as np
import traitlets
from ipycanvas import Canvas, hold_canvas

from digitrec.recognize.results import Prediction
from digitrec.viz.axes import DOUBT
from digitrec.widgets.html import PIXEL_RATIO
from digitrec.widgets.live_ink import LiveInk
from digitrec.widgets.sketch import Point, Sketch, Stroke
from digitrec.widgets.style import SURE

INK, PAPER = "black", "white"
OVERLAID = "1 / 1"  # place in a grid of what lies one over the other


class NamedCanvas(Canvas):
    """A canvas that may have a tooltip, and so a name for those who cannot see it."""

    # Jupyter's widgets look for a description before they show a tooltip.
    description = traitlets.Unicode().tag(sync=True)


class Surface:
    """A canvas that shows a sketch.

    Args:
        sketch: What to show.
        name: What to do here, for a tooltip and for screen readers.

    Attributes:
        canvas: What the kernel draws on; a pixel of the sketch is PIXEL_RATIO of its pixels.
        ink: What the browser draws over it.
        widget: Both of them.
    """

    def __init__(self, sketch: Sketch, name: str):
        self._sketch = sketch
        self._strokes = 0  # that are on the canvas, at least in part
        self._lines: WeakKeyDictionary[Stroke, _Line] = WeakKeyDictionary()
        width, height = sketch.width, sketch.height
        # Inside a box a canvas is stretched unless its layout has a size of its own.
        layout = {"width": f"{width}px", "height": f"{height}px", "grid_area": OVERLAID}
        self.canvas = NamedCanvas(
            width=PIXEL_RATIO * width, height=PIXEL_RATIO * height, layout=layout
        )
        self.canvas.tooltip = name
        self.canvas.add_class("surface")
        self._other_canvas = Canvas(width=1, height=1)
        layout = {"grid_area": OVERLAID, "margin": "0"}
        self.ink = LiveInk(width=width, height=height, pen=sketch.pen, hint=name, layout=layout)
        # Not in the style sheet: a notebook may have stored an older one, which then comes last.
        layout = {"display": "grid", "overflow": "visible", "width": "max-content"}
        self.widget = ipywidgets.Box([self.canvas, self.ink], layout=layout)
        self.widget.add_class("paper")

    def draw_on(self) -> None:
        """Draw what is not on the canvas yet: more of its last stroke, and new strokes."""
        strokes = self._sketch.strokes
        for stroke in strokes[: self._strokes][-1:]:
            self._draw(self._continued(stroke))
        for stroke in strokes[self._strokes :]:
            with hold_canvas():
                self.canvas.line_width = stroke.pen
                self.canvas.fill_circle(*stroke.points[0], stroke.pen / 2)
            self._strokes += 1
            self._draw(self._continued(stroke))

    def redraw(self, boxed: Sequence[Prediction] = ()) -> None:
        """Draw everything again, with a box around each of these predictions."""
        strokes = self._sketch.strokes
        for stroke in strokes:
            self._continued(stroke)
        runs = [(pen, list(run)) for pen, run in groupby(strokes, lambda stroke: stroke.pen)]
        # An exception inside would stop all drawing for good: nothing is computed in there.
        with hold_canvas():
            self._wipe()
            for prediction in boxed:
                self.canvas.stroke_style = SURE if prediction.accepted else DOUBT
                self.canvas.stroke_rect(*prediction.box)
            self.canvas.stroke_style = self.canvas.fill_style = INK
            self.canvas.line_cap = self.canvas.line_join = "round"
            for pen, run in runs:
                self._draw_run(pen, run)
        self._strokes = len(strokes)

    def wake(self) -> None:
        """Get ready to redraw after the page was loaded again.

        A canvas that draws first in that callback stays blank; another one has to draw before it
        (https://github.com/jupyter-widgets-contrib/ipycanvas/issues/322).
        """
        self._other_canvas.clear()

    def _wipe(self) -> None:
        self.canvas.set_transform(PIXEL_RATIO, 0, 0, PIXEL_RATIO, 0, 0)
        self.canvas.fill_style = PAPER
        self.canvas.fill_rect(0, 0, self._sketch.width, self._sketch.height)
        self.canvas.line_width = 1

    def _draw_run(self, pen: float, strokes: Sequence[Stroke]) -> None:
        """Draw strokes of one pen in two commands, however many they are."""
        dots = np.array([stroke.points[0] for stroke in strokes])
        self.canvas.line_width = pen
        self.canvas.fill_circles(dots[:, 0], dots[:, 1], pen / 2)
        self.canvas.stroke_line_segments([self._lines[stroke].points() for stroke in strokes])

    def _draw(self, line: list[Point]) -> None:
        if len(line) > 1:
            self.canvas.stroke_lines(line)

    def _continued(self, stroke: Stroke) -> list[Point]:
        """What has been added to a stroke since this was asked last."""
        line = self._lines.setdefault(stroke, _Line())
        ended = stroke is not self._sketch.strokes[-1] or not self._sketch.drawing
        return line.follow(stroke, ended)


class _Line:
    """A stroke's path as far as it is known, so that none of it is computed twice."""

    def __init__(self) -> None:
        self._bends = 0
        self._numbers = array("d")  # x and y of each point

    def points(self) -> np.ndarray:
        """Shape (number of points, 2)."""
        return np.array(self._numbers).reshape(-1, 2)

    def follow(self, stroke: Stroke, ended: bool) -> list[Point]:
        """Take in what the stroke has got, and give that, from where the line ended."""
        bends = len(stroke.points) - (not ended)
        if self._numbers and bends == self._bends:
            return []
        path = stroke.path(self._bends, ended=ended)
        self._numbers.extend(chain.from_iterable(path[1:] if self._numbers else path))
        self._bends = bends
        return path
