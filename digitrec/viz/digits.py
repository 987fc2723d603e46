"""Digits, and what was read of them."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from digitrec.viz.axes import BLUE, GREEN, GREY, RED, WIDTH, new_axes
from digitrec.viz.tiles import plot_tiles


def plot_digits(
    images: np.ndarray,
    captions: Sequence[object] | None = None,
    *,
    columns: int = 10,
    ax: Axes | None = None,
) -> Axes:
    """Draw images of shape (n, height, width) side by side, each under its caption, if any.

    Any range of grey levels will do: the largest value is full ink.
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
    """Draw digits with what was read: a green tick where that is right, a red cross where not.

    Args:
        images: Shape (n, 28, 28).
        labels: Shape (n,), the true digits; None where there are none.
        probabilities: Shape (n, 10), in [0, 1].
        columns: Digits a row.
        ax: Where to draw; None makes a figure.
    """
    digits, confidences = probabilities.argmax(axis=1), probabilities.max(axis=1)
    if labels is None:
        answers, colours = [str(digit) for digit in digits], ["black"] * len(digits)
    else:
        answers = [
            f"✓ {digit}" if digit == truth else f"✗ {digit}, is {truth}"
            for digit, truth in zip(digits, labels, strict=True)
        ]
        colours = np.where(digits == labels, GREEN, RED)
    captions = [
        f"{answer}\n{confidence:.1%}"
        for answer, confidence in zip(answers, confidences, strict=True)
    ]
    return plot_tiles(images, captions, colours, columns, "gray_r", ax)


def plot_probabilities(probabilities: np.ndarray, *, ax: Axes | None = None) -> Axes:
    """Draw the ten probabilities of one prediction, shape (10,), as bars."""
    ax = new_axes(ax, (WIDTH / 2, 3))
    digits = np.arange(len(probabilities))
    colours = np.where(digits == probabilities.argmax(), BLUE, GREY)
    ax.barh(digits, probabilities, color=colours)
    for digit, probability in zip(digits, probabilities, strict=True):
        ax.text(probability + 0.02, digit, f"{probability:.1%}", va="center", fontsize=9)
    ax.set(xlim=(0, 1.2), yticks=digits, xlabel="Probability", ylabel="Digit")
    ax.set_xticks([0, 0.5, 1])
    ax.xaxis.set_major_formatter(PercentFormatter(1))
    ax.invert_yaxis()
    ax.spines[["top", "right"]].set_visible(False)
    return ax
