"""Draw many digits as points on a map, and where another one has its place."""

from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from digitrec.viz.axes import RED, WIDTH, new_axes
from digitrec.viz.words import describe

LABEL: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 15, "weight": "bold"}
APART = 18 / 72  # least distance between two labels, inches: the height of a line of theirs
MOST_MOVES = 100
OUTLINE = [withStroke(linewidth=3, foreground="white")]


def plot_map(
    points: np.ndarray,
    labels: np.ndarray,
    *,
    drawing: np.ndarray | None = None,
    neighbours: np.ndarray | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw digits as points, a colour for each kind, and its digit in the middle of its points.

    Where two of these middles are too close, the digits stand a little further apart.

    Args:
        points: Shape (n, 2), as `DigitMap.points` has them.
        labels: Shape (n,), the true digits.
        drawing: Shape (2,): the place of another digit, marked by a star.
        neighbours: Shape (m,), int: which points it is joined to by lines.
        ax: Where to draw; None makes a figure.
    """
    ax = new_axes(ax, (WIDTH * 0.8, WIDTH * 0.62))
    colours = colormaps["tab10"](labels)
    ax.scatter(points[:, 0], points[:, 1], c=colours, s=7, linewidths=0, alpha=0.7)
    if drawing is not None:
        for x, y in points[[] if neighbours is None else neighbours]:
            ax.plot([drawing[0], x], [drawing[1], y], color=RED, lw=0.8)
        ax.plot(*drawing, "*", ms=18, color=RED, mec="white", zorder=4, label="your digit")
        ax.legend(frameon=False)
    digits = np.unique(labels)
    middles = [np.median(points[labels == digit], axis=0) for digit in digits]
    places = _apart(ax, np.reshape(middles, (-1, 2))).tolist()
    for digit, (x, y) in zip(digits, places, strict=True):
        ax.text(x, y, str(digit), path_effects=OUTLINE, **LABEL)
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    yours = "" if drawing is None else ", and yours among them"
    describe(ax.figure, f"{len(points):,} digits on a map, each kind in its own colour{yours}.")
    return ax


def _apart(ax: Axes, places: np.ndarray) -> np.ndarray:
    """Move places, (n, 2), that are too close for two labels away from each other."""
    ax.autoscale_view()  # or the transformation would not be the one of the figure
    dots = ax.transData.transform(places)
    least = APART * ax.figure.dpi
    for _ in range(MOST_MOVES):
        between = dots[:, np.newaxis] - dots
        distances = np.hypot(between[..., 0], between[..., 1]) + np.diag(np.full(len(dots), least))
        overlaps = np.clip(least - distances, 0, None)
        if overlaps.max(initial=0) < 1:
            break
        shares = overlaps / 2 / np.maximum(distances, 1)
        dots = dots + (between * shares[..., np.newaxis]).sum(axis=1)
    return ax.transData.inverted().transform(dots)
