"""Draw how good a network is: what it confuses, and how far to trust its confidence."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter

from digitrec.viz.axes import BLUE, GREY, WIDTH, new_axes
from digitrec.viz.words import describe, listed


def plot_confusion(counts: np.ndarray, *, ax: Axes | None = None) -> Axes:
    """Draw counts of shape (10, 10): true digits down, predicted across.

    The colour shows mistakes only, so that they stand out beside the diagonal.
    """
    ax = new_axes(ax, (WIDTH * 0.62, WIDTH * 0.58))
    mistakes = np.where(np.eye(len(counts), dtype=bool), 0, counts)
    ax.imshow(mistakes, cmap="Reds", vmax=max(mistakes.max(), 1))
    for (row, column), count in np.ndenumerate(counts):
        if row == column:
            ax.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, color="#dce8f5"))
        colour = "white" if mistakes[row, column] > mistakes.max() / 2 else "black"
        text = str(count) if count else "·"
        ax.text(column, row, text, ha="center", va="center", color=colour, fontsize=9)
    ticks = range(len(counts))
    ax.set(xlabel="Predicted", ylabel="True", xticks=ticks, yticks=ticks)
    ax.tick_params(length=0)
    true, read = np.unravel_index(mistakes.argmax(), mistakes.shape)
    most = f"most often {true} as {read}, {mistakes.max()} times" if mistakes.any() else "none"
    describe(ax.figure, f"How often each true digit was read as which. Mistakes: {most}.")
    return ax


def plot_reliability(
    confidence: np.ndarray,
    accuracy: np.ndarray,
    counts: np.ndarray,
    intervals: np.ndarray,
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw how often predictions are correct by their confidence; on the diagonal both agree.

    Args:
        confidence: Shape (m,), mean confidence in each bin.
        accuracy: Shape (m,), share of correct predictions.
        counts: Shape (m,), how many predictions are in each bin, written at each point.
        intervals: Shape (m, 2), where the share is in truth, drawn as bars.
        ax: Where to draw; None makes a figure.
    """
    ax = new_axes(ax, (WIDTH / 2, WIDTH / 2))
    ax.plot([0, 1], [0, 1], color=GREY, lw=1, ls="--", label="perfectly calibrated")
    ax.plot(confidence, accuracy, color=BLUE, marker="o", ms=5, label="predictions")
    ax.vlines(confidence, *intervals.T, color=BLUE, alpha=0.4, lw=4, label="95% interval")
    style: dict[str, Any] = {"textcoords": "offset points", "fontsize": 8, "color": "#5f6368"}
    for x, y, number in zip(confidence, accuracy, counts, strict=True):
        ax.annotate(f"{number:,}", (x, y), (6, -10), **style)
    ax.set(xlabel="Confidence", ylabel="Correct", xlim=(0, 1.16), ylim=(-0.03, 1.03))
    ax.xaxis.set_major_formatter(PercentFormatter(1))
    ax.yaxis.set_major_formatter(PercentFormatter(1))
    ax.grid(alpha=0.3)
    ax.legend(frameon=False, loc="lower right")
    points = [f"{y:.0%} at {x:.0%}" for x, y in zip(confidence, accuracy, strict=True)]
    describe(ax.figure, f"Share of correct answers by their confidence: {listed(points)}.")
    return ax


def plot_risk_coverage(
    coverage: np.ndarray,
    risk: np.ndarray,
    *,
    chosen: tuple[float, float] | None = None,
    label: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw how much is wrong by how much is accepted; on the same Axes again to compare.

    Args:
        coverage: Shape (m,), in [0, 1], rising: share of all pictures that is accepted.
        risk: Shape (m,), in [0, 1]: share of those accepted that is wrong.
        chosen: Coverage and risk at the threshold in use, marked by a dot.
        label: A name for the legend.
        ax: Where to draw; None makes a figure.
    """
    ax = new_axes(ax, (WIDTH / 2, 3))
    (line,) = ax.plot(coverage, risk, lw=1.6, label=label or None)
    if chosen:
        ax.plot(*chosen, "o", ms=7, color=line.get_color())
    ax.set(xlabel="Accepted, of all", ylabel="Wrong, of those accepted", xlim=(0, 1.02))
    ax.set_ylim(bottom=0)
    ax.xaxis.set_major_formatter(PercentFormatter(1, 0))
    ax.yaxis.set_major_formatter(PercentFormatter(1))
    ax.grid(alpha=0.3)
    if label:
        ax.legend(frameon=False)
    ends = f"{risk[0]:.1%} at {coverage[0]:.0%} to {risk[-1]:.1%} at {coverage[-1]:.0%}"
    describe(ax.figure, f"{label} wrong, of those accepted, by how many are accepted: {ends}.")
    return ax
