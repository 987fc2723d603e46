"""Draw how a network learns: one step of it, the learning rate, and how a training went."""

from collections.abc import Mapping, Sequence
from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator, PercentFormatter

from digitrec.viz.axes import BLUE, GREY, RED, WIDTH, new_axes
from digitrec.viz.words import describe, listed

SETTLED = 3  # epochs; of a longer training, the scale of an accuracy leaves the first one out


def plot_softmax(sums: np.ndarray, probabilities: np.ndarray, errors: np.ndarray) -> Figure:
    """Draw how ten sums become ten probabilities, and how far these are from their targets.

    Args:
        sums: Shape (10,), float: z, what the last layer adds up for each digit.
        probabilities: Shape (10,), in [0, 1]: p, what softmax makes of them.
        errors: Shape (10,), in [-1, 1]: p - t, the slope of the cross-entropy along each sum.

    Returns:
        The figure: three panels, a row for each digit.
    """
    figure, axes = plt.subplots(1, 3, figsize=(WIDTH, 3), sharey=True, layout="constrained")
    _draw_bars(axes[0], sums, "the ten sums $z$", 2)
    _draw_bars(axes[1], probabilities, r"softmax: $p = e^z\,/\,\Sigma\,e^z$", 3)
    _draw_bars(axes[2], errors, "slope along $z$: $p - t$", 3)
    axes[0].set(ylabel="Digit", yticks=range(len(sums)))
    axes[0].invert_yaxis()
    figures = [f"{p:.3f} ({error:+.3f})" for p, error in zip(probabilities, errors, strict=True)]
    describe(figure, f"The probabilities of the digits, and their errors: {listed(figures)}.")
    return figure


def _draw_bars(ax: Axes, values: np.ndarray, title: str, decimals: int) -> None:
    """Bars to either side of 0, each with its number at its end."""
    digits = range(len(values))
    bars = ax.barh(digits, values, color=np.where(values < 0, RED, BLUE).tolist())
    texts = [f"{value:.{decimals}f}".replace("-", "−") for value in values]
    ax.bar_label(bars, texts, padding=3, fontsize=9)
    ax.axvline(0, color=GREY, lw=0.8)
    ax.set_title(title, fontsize=10)
    ax.margins(x=0.35)
    ax.set_xticks([])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)


def plot_learning_rate(rates: np.ndarray, epochs: int, *, ax: Axes | None = None) -> Axes:
    """Draw the learning rate of each step of a training.

    Args:
        rates: Shape (n,), of all steps, as `digitrec.one_cycle` gives them.
        epochs: How many epochs they are, each of as many steps.
        ax: Where to draw; None makes a figure.
    """
    ax = new_axes(ax, (WIDTH / 2, 3))
    ax.plot(np.linspace(0, epochs, len(rates)), rates, color=BLUE)
    ax.set(xlabel="Epochs", ylabel="Learning rate", xlim=(0, epochs), ylim=(0, None))
    ax.grid(alpha=0.3)
    peak = f"{rates.max():.4f} after {epochs * rates.argmax() / len(rates):.1f} epochs"
    describe(ax.figure, f"The learning rate rises to {peak} and falls to {rates[-1]:.4f}.")
    return ax


def plot_learning_curve(
    counts: Sequence[int], accuracies: Mapping[str, Sequence[float]], *, ax: Axes | None = None
) -> Axes:
    """Draw accuracy over the number of examples that were learned from.

    Args:
        counts: The numbers, above 0.
        accuracies: For each name of a curve as many accuracies, in [0, 1].
        ax: Where to draw; None makes a figure.
    """
    ax = new_axes(ax, (WIDTH / 2, 3))
    for (name, shares), colour in zip(accuracies.items(), cycle((BLUE, GREY, RED))):
        ax.plot(counts, shares, color=colour, marker="o", ms=4, label=name)
        describe(ax.figure, f"{name}: {listed([f'{share:.1%}' for share in shares])}.")
    ax.set_xscale("log")
    ax.set_xticks(counts, [f"{count:,}" for count in counts])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    ax.set(xlabel="Examples of each digit", ylabel="Accuracy")
    ax.grid(alpha=0.3)
    ax.legend(frameon=False)
    return ax


def plot_history(
    history: dict[str, list[float]], metric: str = "accuracy", *, ax: Axes | None = None
) -> Axes:
    """Draw `history[metric]` by epoch, and `history["val_" + metric]` if it is there.

    The first epoch, in which most is learned, would press all others into a line: a loss has a
    logarithmic scale, and another metric a scale that fits the epochs after the first.
    """
    ax = new_axes(ax, (WIDTH / 2, 3))
    shown = []
    for name, label, colour, marker in (
        (metric, "training", GREY, "o"),
        (f"val_{metric}", "validation", BLUE, "s"),
    ):
        if name in history:
            epochs = np.arange(1, len(history[name]) + 1)
            size = 4 if len(epochs) < 20 else 2
            ax.plot(epochs, history[name], color=colour, marker=marker, ms=size, label=label)
            shown.append(history[name])
            ends = f"from {history[name][0]:.4f} to {history[name][-1]:.4f}"
            describe(ax.figure, f"{label} {metric} {ends} in {len(epochs)} epochs.".capitalize())
    ax.set(xlabel="Epoch", ylabel=metric.capitalize())
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    _scale(ax, metric, np.array(shown))
    ax.grid(alpha=0.3)
    ax.legend(frameon=False)
    return ax


def _scale(ax: Axes, metric: str, curves: np.ndarray) -> None:
    if metric == "loss" and (curves > 0).all():
        ax.set_yscale("log")
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.yaxis.set_minor_locator(NullLocator())
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    elif curves.shape[1] > SETTLED:
        low, high = curves[:, 1:].min(), curves[:, 1:].max()
        room = 0.08 * (high - low) or 0.01
        ax.set_ylim(low - room, high + room)
