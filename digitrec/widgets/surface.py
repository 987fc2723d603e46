"""The canvas that a sketch appears on: it draws what the sketch holds, and decides nothing."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TypeVar
from weakref import WeakKeyDictionary

import ipywidgets
import numpy as np
import traitlets
from ipycanvas import Canvas, hold_canvas

from digitrec.recognize.results import Prediction
from digitrec.viz.axes import DOUBT
from digitrec.widgets.html import PIXEL_RATIO
from digitrec.widgets.live_ink import LiveInk
from digitrec.widgets.sketch import Piece, Point, Sketch, Stroke
from digitrec.widgets.style import SURE

INK, PAPER = "black", "white"
OVERLAID = "1 / 1"  # place in a grid of what lies one over the other

Ink = TypeVar("Ink")


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
            self.canvas.fill_circle(*stroke.points[0], stroke.widths[0] / 2)
            self._strokes += 1
            self._draw(self._continued(stroke))

    def redraw(self, boxed: Sequence[Prediction] = ()) -> None:
        """Draw everything again, with a box around each of these predictions."""
        strokes = self._sketch.strokes
        for stroke in strokes:
            self._continued(stroke)
        dots = _by_width((stroke.widths[0], stroke.points[0]) for stroke in strokes)
        pieces = (self._lines[stroke].pieces() for stroke in strokes)
        lines = _by_width(chain.from_iterable(pieces))
        # An exception inside would stop all drawing for good: nothing is computed in there.
        with hold_canvas():
            self._wipe()
            for prediction in boxed:
                self.canvas.stroke_style = SURE if prediction.accepted else DOUBT
                self.canvas.stroke_rect(*prediction.box)
            self.canvas.stroke_style = self.canvas.fill_style = INK
            self.canvas.line_cap = self.canvas.line_join = "round"
            self._draw_all(dots, lines)
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

    def _draw_all(
        self, dots: dict[float, list[Point]], lines: dict[float, list[np.ndarray]]
    ) -> None:
        """Draw in one command all dots of one width, and all lines, however many they are."""
        for width, places in dots.items():
            self.canvas.fill_circles(*np.array(places).T, width / 2)
        for width, paths in lines.items():
            self.canvas.line_width = width
            self.canvas.stroke_line_segments(paths)

    def _draw(self, pieces: list[Piece]) -> None:
        with hold_canvas():
            for width, path in pieces:
                self.canvas.line_width = width
                self.canvas.stroke_lines(path)

    def _continued(self, stroke: Stroke) -> list[Piece]:
        """What has been added to a stroke since this was asked last."""
        line = self._lines.setdefault(stroke, _Line())
        ended = stroke is not self._sketch.strokes[-1] or not self._sketch.drawing
        return line.follow(stroke, ended)


class _Line:
    """A stroke's path as far as it is known, so that none of it is computed twice."""

    def __init__(self) -> None:
        self._bends = 0
        self._pieces: list[tuple[float, array[float]]] = []  # width; x and y of each point

    def pieces(self) -> list[tuple[float, np.ndarray]]:
        """Each piece's width, and its points in shape (number of points, 2)."""
        return [(width, np.array(numbers).reshape(-1, 2)) for width, numbers in self._pieces]

    def follow(self, stroke: Stroke, ended: bool) -> list[Piece]:
        """Take in what the stroke has got, and give that, from where the line ended."""
        bends = len(stroke.points) - (not ended)
        pieces = stroke.pieces(self._bends, bends)
        for width, path in pieces:
            if self._pieces and self._pieces[-1][0] == width:
                self._pieces[-1][1].extend(chain.from_iterable(path[1:]))
            else:
                self._pieces.append((width, array("d", chain.from_iterable(path))))
        self._bends = bends
        return pieces


def _by_width(inks: Iterable[tuple[float, Ink]]) -> dict[float, list[Ink]]:
    found = defaultdict(list)
    for width, ink in inks:
        found[width].append(ink)
    return found
