"""Draw a line of digits as the line network sees it."""

import numpy as np
from matplotlib.axes import Axes

from digitrec.viz.axes import DOUBT, WIDTH, new_axes
from digitrec.viz.words import describe, listed

# In pixels of the strip:
GAP = 2  # between the strip and the probabilities below it
ROW = 4  # height of the row of a symbol

MOST = 4  # height of a figure, inches
LABELS = 0.7  # room for the names of the symbols, inches
SYMBOLS = ("none", *"0123456789", "letter")


def plot_line(
    strip: np.ndarray, probabilities: np.ndarray, cuts: np.ndarray, *, ax: Axes | None = None
) -> Axes:
    """Draw a strip, where it is cut, and below each column what the line network sees there.

    Args:
        strip: Shape (32, width), uint8: 0 is paper, 255 is full ink.
        probabilities: Shape (columns, 12), float in [0, 1], of columns that lie evenly along the
            strip: of no digit, of the digits 0 to 9, and of a letter. Dark is likely.
        cuts: Shape (n, 32), float: the column of the strip in each of its rows.
        ax: Where to draw; None makes a figure.
    """
    height, width = strip.shape
    below = GAP + ROW * len(SYMBOLS)
    scale = min((WIDTH - LABELS) / width, MOST / (height + below))
    ax = new_axes(ax, (scale * width + LABELS, scale * (height + below)))
    ax.imshow(strip, cmap="gray_r", vmin=0, vmax=255, extent=(0, width, 0, -height))
    extent = (0, width, below, GAP)
    ax.imshow(probabilities.T, "Blues", vmin=0, vmax=1, extent=extent, interpolation="nearest")
    for cut in cuts:
        ax.plot(cut, np.arange(height) + 0.5 - height, color=DOUBT, lw=1.2)
    ticks = GAP + ROW * (np.arange(len(SYMBOLS)) + 0.5)
    ax.set_yticks(ticks, SYMBOLS, fontsize=8)
    ax.set(xlim=(0, width), ylim=(below, -height), xticks=[], aspect="equal")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    likeliest = [SYMBOLS[symbol] for symbol in probabilities.argmax(axis=1)]
    describe(ax.figure, f"A line, and the likeliest symbol at each place: {listed(likeliest)}.")
    return ax
