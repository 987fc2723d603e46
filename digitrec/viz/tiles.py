"""Draw images side by side, each with a caption."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from digitrec.viz.axes import LINE, WIDTH, new_axes
from digitrec.viz.words import describe, listed

GAP = 0.12  # between two tiles, sides of a tile


def plot_tiles(
    images: np.ndarray | Sequence[np.ndarray],
    captions: Sequence[object],
    colours: Sequence[str],
    columns: int,
    cmap: str,
    ax: Axes | None,
) -> Axes:
    """Draw images of one size in rows, in one Axes whose unit is the side of an image."""
    images = np.asarray(images).reshape(len(images), *np.shape(images)[1:3])
    columns = max(1, min(columns, len(images)))
    rows = max(1, -(-len(images) // columns))
    lines = max((str(caption).count("\n") + bool(caption) for caption in captions), default=0)
    ax, tile = _tile_size(ax, rows, columns, lines * LINE)
    pitch = 1 + GAP + lines * LINE / tile
    limit = max(np.abs(images).max(initial=0), 1e-9)
    low = -limit if images.min(initial=0) < 0 else 0
    style = {"cmap": cmap, "vmin": low, "vmax": limit, "interpolation": "nearest"}
    for number, (image, caption, colour) in enumerate(zip(images, captions, colours, strict=True)):
        row, column = divmod(number, columns)
        left, bottom = column * (1 + GAP), row * pitch + pitch
        ax.imshow(image, extent=(left, left + 1, bottom, bottom - 1), **style)
        _frame(ax, left, bottom, str(caption), colour)
    ax.set(xlim=(-GAP, columns * (1 + GAP)), ylim=(rows * pitch + GAP, 0), aspect="equal")
    ax.axis("off")
    words = [caption for caption in captions if str(caption)]
    describe(ax.figure, f"Images side by side: {listed(words) or len(images)}.")
    return ax


def _tile_size(ax: Axes | None, rows: int, columns: int, text_height: float) -> tuple[Axes, float]:
    """The Axes to draw on, and the side of a tile in inches."""
    if ax is None:
        tile = WIDTH / columns / (1 + GAP)
        height = rows * ((1 + GAP) * tile + text_height) + GAP * tile
        return new_axes(None, (WIDTH, height)), tile
    width, height = np.divide(ax.get_window_extent().size, ax.figure.dpi)
    return ax, min(width / columns, max(height / rows - text_height, 0.1)) / (1 + GAP)


def _frame(ax: Axes, left: float, bottom: float, caption: str, colour: str) -> None:
    ax.add_patch(Rectangle((left, bottom - 1), 1, 1, fill=False, ec=colour, lw=0.5))
    ax.text(
        left + 0.5,
        bottom - 1.03,
        caption,
        ha="center",
        va="bottom",
        color=colour,
        fontsize=9,
        linespacing=1.1,
    )
