"""The canvas that a sketch appears on: it draws what the sketch holds, and decides nothing."""

from collections.abc import Sequence

import traitlets
from ipycanvas import Canvas, hold_canvas

from digitrec.recognize.results import Prediction
from digitrec.viz.axes import DOUBT
from digitrec.widgets.html import PIXEL_RATIO
from digitrec.widgets.sketch import Point, Sketch, Stroke
from digitrec.widgets.style import SURE

INK, PAPER = "black", "white"


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
        canvas: The widget; a pixel of the sketch is PIXEL_RATIO of its pixels.
    """

    def __init__(self, sketch: Sketch, name: str):
        self._sketch = sketch
        self._drawn = 0  # bends of the last stroke that are on the canvas
        width, height = sketch.width, sketch.height
        # Inside a box a canvas is stretched unless its layout has a size of its own.
        layout = {"width": f"{width}px", "height": f"{height}px"}
        self.canvas = NamedCanvas(
            width=PIXEL_RATIO * width, height=PIXEL_RATIO * height, layout=layout
        )
        self.canvas.tooltip = name
        self.canvas.add_class("surface")
        self._other_canvas = Canvas(width=1, height=1)

    def draw_on(self) -> None:
        """Draw on from where the last stroke on the canvas ends."""
        if self._sketch.strokes:
            path, bends = self._path(self._sketch.strokes[-1], self._drawn)
            self.canvas.stroke_lines(path)
            self._drawn = bends

    def redraw(self, boxed: Sequence[Prediction] = ()) -> None:
        """Draw everything again, with a box around each of these predictions."""
        strokes = self._sketch.strokes
        paths = [self._path(stroke) for stroke in strokes]
        # An exception inside would stop all drawing for good: nothing is computed in there.
        with hold_canvas():
            self._wipe()
            for prediction in boxed:
                self.canvas.stroke_style = SURE if prediction.accepted else DOUBT
                self.canvas.stroke_rect(*prediction.box)
            self.canvas.stroke_style = self.canvas.fill_style = INK
            self.canvas.line_cap = self.canvas.line_join = "round"
            for stroke, (path, _) in zip(strokes, paths, strict=True):
                self.canvas.line_width = stroke.pen
                self.canvas.fill_circle(*stroke.points[0], stroke.pen / 2)
                self.canvas.stroke_lines(path)
        self._drawn = paths[-1][1] if paths else 0

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

    def _path(self, stroke: Stroke, first: int = 0) -> tuple[list[Point], int]:
        """The stroke's path from its first bend on, and how many bends it has so far."""
        ended = stroke is not self._sketch.strokes[-1] or not self._sketch.drawing
        return stroke.path(first, ended=ended), len(stroke.points) - (not ended)
