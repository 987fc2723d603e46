"""Images side by side."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from digitrec.viz.axes import LINE, WIDTH, new_axes


def plot_tiles(
    images: np.ndarray,
    captions: Sequence[object],
    colours: Sequence[str],
    columns: int,
    cmap: str,
    ax: Axes | None,
) -> Axes:
    """Images of one size in rows, in one Axes whose unit is the side of an image."""
    images = np.asarray(images).reshape(len(images), *np.shape(images)[1:3])
    columns = max(1, min(columns, len(images)))
    rows = max(1, -(-len(images) // columns))
    lines = max((str(caption).count("\n") + bool(caption) for caption in captions), default=0)
    gap = 0.12
    if ax is None:
        tile = WIDTH / columns / (1 + gap)  # inches
        ax = new_axes(None, (WIDTH, rows * ((1 + gap) * tile + lines * LINE) + gap * tile))
    else:
        room = ax.get_window_extent().size / ax.figure.dpi
        tile = min(room[0] / columns, max(room[1] / rows - lines * LINE, 0.1)) / (1 + gap)
    pitch = 1 + gap + lines * LINE / tile
    limit = max(np.abs(images).max(initial=0), 1e-9)
    low = -limit if images.min(initial=0) < 0 else 0
    for number, (image, caption, colour) in enumerate(zip(images, captions, colours, strict=True)):
        row, column = divmod(number, columns)
        left, bottom = column * (1 + gap), row * pitch + pitch
        ax.imshow(
            image,
            cmap=cmap,
            vmin=low,
            vmax=limit,
            extent=(left, left + 1, bottom, bottom - 1),
            interpolation="nearest",
        )
        ax.add_patch(Rectangle((left, bottom - 1), 1, 1, fill=False, ec=colour, lw=0.5))
        ax.text(
            left + 0.5,
            bottom - 1.03,
            str(caption),
            ha="center",
            va="bottom",
            color=colour,
            fontsize=9,
            linespacing=1.1,
        )
    ax.set(xlim=(-gap, columns * (1 + gap)), ylim=(rows * pitch + gap, 0), aspect="equal")
    ax.axis("off")
    return ax
