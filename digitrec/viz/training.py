"""Draw how a training went."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from digitrec.viz.axes import BLUE, GREY, WIDTH, new_axes


def plot_history(
    history: dict[str, list[float]], metric: str = "accuracy", *, ax: Axes | None = None
) -> Axes:
    """Draw `history[metric]` by epoch, and `history["val_" + metric]` if it is there."""
    ax = new_axes(ax, (WIDTH / 2, 3))
    for name, label, colour, marker in (
        (metric, "training", GREY, "o"),
        (f"val_{metric}", "validation", BLUE, "s"),
    ):
        if name in history:
            epochs = np.arange(1, len(history[name]) + 1)
            ax.plot(epochs, history[name], color=colour, marker=marker, ms=4, label=label)
    ax.set(xlabel="Epoch", ylabel=metric.capitalize())
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.grid(alpha=0.3)
    ax.legend(frameon=False)
    return ax
