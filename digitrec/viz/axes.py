"""What all figures share: sizes, colours, and Axes to draw on."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from digitrec.recognize import colours

WIDTH = 9  # of a figure that fills the notebook, inches
LINE = 0.17  # height of a line of text, inches

BLUE, GREEN, RED, GREY = colours.SURE, "#2e7d32", "#c62828", "#9aa0a6"
DOUBT = colours.DOUBT


def new_axes(ax: Axes | None, size: tuple[float, float]) -> Axes:
    """The Axes that were given, or those of a new figure of that width and height in inches."""
    if ax is None:
        _, ax = plt.subplots(figsize=size, layout="constrained")
    return ax
