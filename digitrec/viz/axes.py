"""What all figures share: sizes, colours, and Axes to draw on."""

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

WIDTH = 9  # of a figure that fills the notebook, inches
LINE = 0.17  # height of a line of text, inches
BLUE, GREEN, RED, GREY = "#1f5fa8", "#2e7d32", "#c62828", "#9aa0a6"
ORANGE = "#b35900"


def new_axes(ax: Axes | None, size: tuple[float, float]) -> Axes:
    return ax or plt.subplots(figsize=size, layout="constrained")[1]
