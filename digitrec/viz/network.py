"""Draw a network from outside and from inside."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from digitrec.viz.axes import BLUE, WIDTH, new_axes
from digitrec.viz.tiles import plot_tiles

SLOT = 1.05  # least room for a layer, sides of the input
BLOCK: dict[str, Any] = {"fc": "#dce8f5", "ec": BLUE, "lw": 0.8}


def plot_architecture(
    stages: Sequence[tuple[str, tuple[int, ...], int]], *, ax: Axes | None = None
) -> Axes:
    """Draw a network as blocks, from left to right.

    Args:
        stages: For each layer its kind, its output shape, (height, width, channels) or
            (length,), and its number of parameters; as `digitrec.describe` lists them.
        ax: Where to draw; None makes a figure.
    """
    ax = new_axes(ax, (WIDTH * 1.2, WIDTH * 0.28))
    largest = max(shape[0] for _, shape, _ in stages if len(shape) == 3)
    left = 0.0
    for name, shape, parameters in stages:
        width = max(_draw_block(ax, left, shape, largest), SLOT)
        _write_below(ax, left + width / 2, name, shape, parameters)
        left += width
    total = sum(parameters for _, _, parameters in stages)
    ax.set_title(f"{total:,} parameters in all", fontsize=10)
    ax.set(xlim=(0, left), ylim=(-1.4, 0.75), aspect="equal")
    ax.axis("off")
    return ax


def _draw_block(ax: Axes, left: float, shape: tuple[int, ...], largest: int) -> float:
    """A stack of squares for maps, a bar for a vector, in the middle of its slot; its width."""
    if len(shape) == 1:
        height = 0.13 * np.log2(shape[0])
        ax.add_patch(Rectangle((left + SLOT / 2 - 0.06, -height / 2), 0.12, height, **BLOCK))
        return SLOT
    side = shape[0] / largest
    squares = int(np.log2(shape[2])) + 1
    width = side + 0.04 * (squares - 1)
    left += max(SLOT - width, 0.2) / 2
    for number in reversed(range(squares)):
        corner = (left + 0.04 * number, -side / 2 + 0.025 * number)
        ax.add_patch(Rectangle(corner, side, side, **BLOCK))
    return width + 0.2


def _write_below(
    ax: Axes, middle: float, name: str, shape: tuple[int, ...], parameters: int
) -> None:
    style: dict[str, Any] = {"ha": "center", "va": "top", "fontsize": 8.5}
    ax.text(middle, -0.68, name, weight="bold", **style)
    ax.text(middle, -0.85, " × ".join(str(length) for length in shape), **style)
    count = f"{parameters:,}\nparameters" if parameters else ""
    ax.text(middle, -1.05, count, color="#5f6368", **style)


def plot_filters(kernels: np.ndarray, *, columns: int = 16, ax: Axes | None = None) -> Axes:
    """Draw filters of shape (height, width, 1, n): blue lowers the sum, red raises it."""
    tiles = np.moveaxis(kernels[:, :, 0], -1, 0)
    return plot_tiles(tiles, [""] * len(tiles), ["black"] * len(tiles), columns, "RdBu_r", ax)


def plot_feature_maps(maps: np.ndarray, *, columns: int = 16, ax: Axes | None = None) -> Axes:
    """Draw the output of a layer for one image, shape (height, width, n): bright is active."""
    tiles = np.moveaxis(maps, -1, 0)
    return plot_tiles(tiles, [""] * len(tiles), ["black"] * len(tiles), columns, "viridis", ax)
