"""Draw a network from outside and from inside."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from digitrec.viz.axes import BLUE, WIDTH, new_axes
from digitrec.viz.tiles import plot_tiles
from digitrec.viz.words import describe, listed

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
    blocks = listed([f"{name} {_size(shape)}" for name, shape, _ in stages])
    describe(ax.figure, f"The layers as blocks: {blocks}; {ax.get_title()}.")
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
    ax.text(middle, -0.85, _size(shape), **style)
    count = f"{parameters:,}\nparameters" if parameters else ""
    ax.text(middle, -1.05, count, color="#5f6368", **style)


def _size(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def plot_filters_and_maps(
    filters: np.ndarray, biases: np.ndarray, maps: np.ndarray, numbers: Sequence[int] = range(6)
) -> Figure:
    """Draw filters of the first layer, each beside the map that it makes of an image.

    Args:
        filters: Shape (3, 3, 1, n), float: red raises the sum, blue lowers it.
        biases: Shape (n,), float: what each filter adds everywhere; above 0, blank paper is bright.
        maps: Shape (26, 26, n), float, 0 or more, after ReLU: bright is active.
        numbers: Which filters, 0 to n - 1; three pairs stand side by side.

    Returns:
        The figure.
    """
    rows = -(-len(numbers) // 3)
    figure, axes = plt.subplots(
        rows,
        6,
        figsize=(WIDTH, 2.05 * rows + 0.6),
        width_ratios=[1, 2] * 3,
        layout="constrained",
        squeeze=False,
    )
    chosen = filters[:, :, 0, list(numbers)]
    limit = max(float(np.abs(chosen).max()), 1e-9)
    weights = ScalarMappable(Normalize(-limit, limit), "RdBu_r")
    active = ScalarMappable(Normalize(0, max(float(maps[..., list(numbers)].max()), 1e-9)))
    for ax in axes.flat:
        ax.axis("off")
    for pair, number in zip(axes.reshape(-1, 2), numbers, strict=False):
        bias = round(float(biases[number]), 2) + 0.0  # no minus before 0
        caption = f"filter {number}, bias {bias:+.2f}".replace("-", "−")
        _draw_grid(pair[0], filters[:, :, 0, number], weights)
        _draw_grid(pair[1], maps[..., number], active).set_title(caption, fontsize=9.5)
    style: dict[str, Any] = {"location": "bottom", "aspect": 40, "pad": 0.02, "panchor": False}
    figure.colorbar(weights, ax=axes[:, :2], label="weight of a filter", **style)
    figure.colorbar(active, ax=axes[:, 2:], label="value of a map, after ReLU", **style)
    captions = listed([ax.get_title() for ax in axes[:, 1::2].flat])
    describe(figure, f"Filters of the first layer, each beside its map: {captions}.")
    return figure


def _draw_grid(ax: Axes, grid: np.ndarray, scale: ScalarMappable) -> Axes:
    low, high = scale.get_clim()
    ax.imshow(grid, cmap=scale.cmap, vmin=low, vmax=high, interpolation="nearest")
    ax.axis("on")
    ax.set(xticks=[], yticks=[])
    return ax


def plot_feature_maps(maps: np.ndarray, *, columns: int = 16, ax: Axes | None = None) -> Axes:
    """Draw the output of a layer for one image, shape (height, width, n): bright is active."""
    tiles = np.moveaxis(maps, -1, 0)
    return plot_tiles(tiles, [""] * len(tiles), ["black"] * len(tiles), columns, "viridis", ax)
