"""Draw all layers of a network at work on one digit, from pixels to probabilities."""

import math
from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from digitrec.viz.axes import BLUE, DOUBT, WIDTH
from digitrec.viz.words import describe, listed


def plot_layers(
    image: np.ndarray,
    maps: Sequence[np.ndarray],
    features: np.ndarray,
    sums: np.ndarray,
    probabilities: np.ndarray,
) -> Figure:
    """Draw what each layer makes of one digit, from left to right; bright is active.

    All but the image is what `digitrec.look_inside` gives, in the same order.

    Args:
        image: Shape (28, 28), in [0, 1] or uint8: the digit, drawn dark on light.
        maps: For each convolution its output, shape (height, width, n), 0 or more.
        features: Shape (n,), 0 or more.
        sums: Shape (10,), before softmax.
        probabilities: Shape (10,), in [0, 1].

    Returns:
        The figure.
    """
    sides = [1.2, *[1.9] * len(maps), 1.1, 1, 1]
    figure, axes = plt.subplots(
        1, len(sides), figsize=(WIDTH, 2), width_ratios=sides, layout="constrained"
    )
    digit, *grids, feature, sum_, probability = axes
    digit.imshow(image, cmap="gray_r", interpolation="nearest")
    digit.set(title="digit\n28 × 28", xticks=[], yticks=[])
    for ax, grid in zip(grids, maps, strict=True):
        _draw_grid(ax, grid, f"{grid.shape[2]} maps\n{_size(grid)}")
    _draw_grid(feature, features.reshape(1, 1, -1), f"{len(features)}\nfeatures")
    _draw_bars(sum_, sums, "ten\nsums")
    sum_.axvline(0, color="black", lw=0.6)
    _draw_bars(probability, probabilities, "ten\nprobabilities")
    probability.set(xlim=(0, 1))
    for ax in axes:
        ax.title.set_fontsize(9)
    stages = listed([ax.get_title() for ax in axes])
    describe(figure, f"What each layer makes of it: {stages}; the answer is {sums.argmax()}.")
    return figure


def _draw_grid(ax: Axes, maps: np.ndarray, title: str) -> None:
    ax.imshow(_side_by_side(maps), cmap="viridis", vmin=0, interpolation="nearest")
    ax.set_title(title)
    ax.axis("off")


def _side_by_side(maps: np.ndarray) -> np.ndarray:
    """Maps of shape (height, width, n) in about as many rows as columns, NaN between them."""
    height, width, count = maps.shape
    gap = int(height > 1)
    columns = math.ceil(math.sqrt(count))
    rows = -(-count // columns)
    picture = np.full((rows * (height + gap), columns * (width + gap)), np.nan)
    for number in range(count):
        top, left = np.multiply(divmod(number, columns), (height + gap, width + gap))
        picture[top : top + height, left : left + width] = maps[..., number]
    return picture


def _draw_bars(ax: Axes, numbers: np.ndarray, title: str) -> None:
    digits = np.arange(len(numbers))
    ax.barh(digits, numbers, color=np.where(numbers < 0, DOUBT, BLUE))
    ax.set(title=title, yticks=digits, xticks=[])
    ax.tick_params(labelsize=8, length=0)
    ax.invert_yaxis()
    ax.spines[["top", "right", "bottom", "left"]].set_visible(False)


def _size(maps: np.ndarray) -> str:
    return f"{maps.shape[0]} × {maps.shape[1]}"
