"""Draw digits, and the predictions made of them."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from digitrec.recognize.percent import percent
from digitrec.viz.axes import BLUE, GREEN, GREY, RED, WIDTH, new_axes
from digitrec.viz.tiles import plot_tiles
from digitrec.viz.words import describe, listed


def plot_digits(
    images: np.ndarray,
    captions: Sequence[object] | None = None,
    *,
    columns: int = 10,
    ax: Axes | None = None,
) -> Axes:
    """Draw images of shape (n, height, width) side by side, each under its caption, if any.

    Grey levels may have any range: the largest value is full ink.
    """
    colours = ["black"] * len(images)
    captions = [""] * len(images) if captions is None else captions
    return plot_tiles(images, captions, colours, columns, "gray_r", ax)


def plot_predictions(
    images: np.ndarray,
    labels: np.ndarray | None,
    probabilities: np.ndarray,
    *,
    columns: int = 8,
    ax: Axes | None = None,
) -> Axes:
    """Draw digits with their predictions: a green tick if correct, a red cross if not.

    Args:
        images: Shape (n, 28, 28).
        labels: Shape (n,), the true digits; None if they are not known.
        probabilities: Shape (n, 10), in [0, 1].
        columns: How many digits stand side by side.
        ax: Where to draw; None makes a figure.
    """
    predicted, confidences = probabilities.argmax(axis=1), probabilities.max(axis=1)
    if labels is None:
        verdicts, colours = [str(digit) for digit in predicted], ["black"] * len(predicted)
    else:
        verdicts = list(map(_verdict, predicted, labels))
        colours = np.where(predicted == labels, GREEN, RED).tolist()
    captions = [
        f"{verdict}\n{percent(confidence)}"
        for verdict, confidence in zip(verdicts, confidences, strict=True)
    ]
    return plot_tiles(images, captions, colours, columns, "gray_r", ax)


def _verdict(digit: int, truth: int) -> str:
    return f"✓ {digit}" if digit == truth else f"✗ {digit}, is {truth}"


def plot_probabilities(probabilities: np.ndarray, *, ax: Axes | None = None) -> Axes:
    """Draw the ten probabilities of one prediction, shape (10,), as bars."""
    ax = new_axes(ax, (WIDTH / 2, 3))
    digits = np.arange(len(probabilities))
    colours = np.where(digits == probabilities.argmax(), BLUE, GREY)
    ax.barh(digits, probabilities, color=colours)
    for digit, probability in zip(digits, probabilities, strict=True):
        ax.text(probability + 0.02, float(digit), percent(probability), va="center", fontsize=9)
    ax.set(xlim=(0, 1.2), yticks=digits, xlabel="Probability", ylabel="Digit")
    ax.set_xticks([0, 0.5, 1])
    ax.xaxis.set_major_formatter(PercentFormatter(1))
    ax.invert_yaxis()
    ax.spines[["top", "right"]].set_visible(False)
    describe(
        ax.figure, f"Probabilities of the digits from 0 on: {listed(map(percent, probabilities))}."
    )
    return ax
