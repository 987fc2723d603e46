"""Still pictures of the widgets, for pages that show a notebook without a kernel."""

from collections.abc import Sequence
from io import BytesIO
from typing import NamedTuple

import cv2
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image

from digitrec import viz
from digitrec.recognize.explanation import Explanation
from digitrec.recognize.results import Reading
from digitrec.widgets.sketch import Point, Sketch

DRAW = "Run this cell in Jupyter to draw here"
DOTS = 72  # to an inch of a figure; what is stored has to be small
SHARP = 140  # the same where nothing is stored, for a high-density screen

# What a blank pad is shown with: a 5, and beside it a 1 where there is room; pixels of the pad.
FIVE = [(190, 52), (112, 52), (106, 118), (150, 104), (184, 150), (150, 194), (100, 186)]
ONE = [(350, 50), (340, 190)]


class Still(NamedTuple):
    """A picture of a widget, as a PNG file, and what it shows in words."""

    png: bytes
    words: str


def png(figure: Figure, dots: int = DOTS) -> bytes:
    """Give a figure as a PNG file with so many pixels to an inch, and close it."""
    content = BytesIO()
    figure.savefig(content, format="png", dpi=dots)
    plt.close(figure)  # or the notebook would show it below the cell that runs next
    return content.getvalue()


def explained(explanation: Explanation) -> Still:
    """Draw why a digit was read as it was, sharp on a high-density screen."""
    # A figure of pyplot's would be shown again below a cell that ends meanwhile.
    figure = viz.plot_explanation(explanation, Figure())
    return Still(png(figure, SHARP), explanation.summary)


def stacked(figures: Sequence[Figure]) -> Still:
    """Give figures of one width as one picture, one below the other, and close them."""
    words = " ".join(str(figure.get_label()) for figure in figures)
    pictures = [np.asarray(Image.open(BytesIO(png(figure))).convert("RGB")) for figure in figures]
    content = BytesIO()
    Image.fromarray(np.concatenate(pictures)).save(content, "PNG", optimize=True)
    return Still(content.getvalue(), words)


def example(blank: Sketch) -> Sketch:
    """A drawing in place of a blank one of the same size: a 5, or on a wide pad 51."""
    sketch = Sketch(blank.width, blank.height, blank.pen)
    for stroke in (FIVE, ONE):
        if max(x for x, _ in stroke) < sketch.width:
            _draw(sketch, stroke)
    return sketch


def of_pad(ink: np.ndarray, reading: Reading, invitation: str = DRAW) -> Figure:
    """Draw a pad, (height, width) uint8 ink, with what was read on it, and what to do above."""
    paper = cv2.cvtColor(255 - ink, cv2.COLOR_GRAY2RGB)
    figure = viz.plot_reading(paper, reading.predictions)
    figure.axes[0].set_title(invitation, fontsize=9)
    return figure


def of_uploader() -> Figure:
    """Draw where pictures are chosen."""
    figure = plt.figure(figsize=(viz.WIDTH, 1))
    figure.add_artist(Rectangle((0.01, 0.05), 0.98, 0.9, fill=False, ls="--", ec="gray"))
    text = "Run this cell in Jupyter to choose pictures, or to drop them here"
    figure.text(0.5, 0.5, text, ha="center", va="center")
    return figure


def _draw(sketch: Sketch, points: Sequence[Point]) -> None:
    sketch.press(*points[0])
    for point in points[1:]:
        sketch.move(*point)
    sketch.release()
