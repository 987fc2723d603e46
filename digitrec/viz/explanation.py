"""Draw why a digit was read as it was."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from digitrec.recognize.explanation import Explanation, LeftOut, Neighbours
from digitrec.recognize.percent import percent
from digitrec.viz.axes import RED, WIDTH
from digitrec.viz.words import describe

# Notebooks show the figure a quarter smaller than it is.
HEADLINE, TITLE, CAPTION = 13, 11, 10  # sizes of the font, points
HEIGHTS = (2.7, 1.5, 1.7)  # of the rows, inches
INK: dict[str, Any] = {"cmap": "gray_r", "vmin": 0, "vmax": 1}
FAINT = 0.3  # how dark the ink of the digit is below a map
LEAST = 0.01  # fall of a probability that is drawn in full colour if none is larger


def plot_explanation(explanation: Explanation) -> Figure:
    """Draw an explanation: what mattered, what is alike, and what each step of preparation does.

    Ink is dark everywhere. On the maps, red is what speaks for the digit and blue what speaks
    against it. Of the smallest change, red ink is added and blue ink is taken away.

    Args:
        explanation: As `digitrec.explain` gives it.
    """
    heights = HEIGHTS if explanation.left_out else HEIGHTS[:-1]
    figure = plt.figure(figsize=(WIDTH, sum(heights)), layout="constrained")
    grid = figure.add_gridspec(len(heights), 1, height_ratios=heights)
    rows = [figure.add_subfigure(grid[row]) for row in range(len(heights))]
    _plot_reasons(rows[0], explanation)
    _plot_neighbours(rows[1], explanation)
    if explanation.left_out:
        _plot_left_out(rows[2], explanation)
    describe(figure, explanation.summary)
    return figure


def _plot_reasons(row: SubFigure, explanation: Explanation) -> None:
    row.suptitle(_question(explanation), fontsize=HEADLINE, weight="bold")
    seen, without_ink, with_ink, change, changed = row.subplots(1, 5)
    two = (explanation.digit, explanation.other)
    chances = [f"{digit}: {percent(explanation.probabilities[digit])}" for digit in two]
    _plot_image(seen, explanation.image, "What it saw", "\n".join(chances))
    _plot_map(without_ink, explanation, explanation.without_ink, "Without this ink")
    _plot_map(with_ink, explanation, explanation.with_ink, "With ink here")
    _plot_change(change, changed, explanation)


def _question(explanation: Explanation) -> str:
    digit, other, (number, count) = explanation.digit, explanation.other, explanation.place
    one = "" if count == 1 else f"Digit {number} of {count}: "
    but = "when it is" if explanation.true == other else "and not"
    question = f"{one}Why {digit}, {but} {other}?"
    if explanation.read == digit:
        return question
    return f"{question} (Read as {explanation.read}: the line network decided.)"


def _plot_image(ax: Axes, image: np.ndarray, title: str, caption: str, **style: Any) -> None:
    ax.imshow(image, **(INK | style))
    ax.set(xticks=[], yticks=[], anchor="N")
    ax.set_title(title, fontsize=TITLE)
    ax.set_xlabel(caption, fontsize=CAPTION)
    ax.spines[:].set_linewidth(0.5)


def _plot_map(ax: Axes, explanation: Explanation, falls: np.ndarray, title: str) -> None:
    """Draw where a patch lowers the probability of the digit, over the pale digit."""
    lowest = min(1, max(0, float(explanation.probabilities[explanation.digit] - falls.max())))
    caption = f"{explanation.digit} falls to\n{percent(lowest)}"
    limit = max(float(np.abs(falls).max()), LEAST)
    _plot_image(ax, FAINT * explanation.image, title, caption)
    strength = np.abs(falls) / limit
    ax.imshow(falls, cmap="RdBu_r", vmin=-limit, vmax=limit, alpha=0.85 * strength**0.5)


def _plot_change(change: Axes, changed: Axes, explanation: Explanation) -> None:
    if explanation.change is None or explanation.changed is None:
        _plot_image(change, explanation.image, "Smallest change", "none found")
        changed.axis("off")
        return
    most = float(np.abs(explanation.change).max())
    caption = f"by up to {max(most, 0.001):.1%}\nof full ink"
    style = {"cmap": "RdBu_r", "vmin": -most, "vmax": most}
    _plot_image(change, explanation.change, "Smallest change", caption, **style)
    words = (
        "adversarial: specks,\nnot a stroke"
        if explanation.is_adversarial
        else "you can see it:\na stroke changes"
    )
    _plot_image(changed, explanation.changed, f"Now it is a {explanation.other}", words)


def _plot_neighbours(row: SubFigure, explanation: Explanation) -> None:
    grid = row.add_gridspec(1, 2)
    left, right = row.add_subfigure(grid[0]), row.add_subfigure(grid[1])
    _plot_nearest(left, explanation.neighbours, "Most alike of the training digits")
    _plot_nearest(right, explanation.neighbours_of_other, f"Most alike of the {explanation.other}s")


def _plot_nearest(part: SubFigure, neighbours: Neighbours, title: str) -> None:
    part.suptitle(title, fontsize=TITLE)
    for ax, image, label, distance in zip(
        part.subplots(1, len(neighbours.images)), *neighbours, strict=True
    ):
        _plot_image(ax, image / 255, "", f"{label}, at {distance:.1f}")


def _plot_left_out(row: SubFigure, explanation: Explanation) -> None:
    row.suptitle("Read without one step of the preparation", fontsize=TITLE)
    for ax, left_out in zip(
        row.subplots(1, len(explanation.left_out)), explanation.left_out, strict=True
    ):
        image = np.zeros_like(explanation.image) if left_out.image is None else left_out.image
        _plot_image(ax, image, "", _of_left_out(left_out))
        if left_out.digit != explanation.digit:
            ax.xaxis.label.set_color(RED)


def _of_left_out(left_out: LeftOut) -> str:
    if left_out.digit is None:
        return f"{left_out.step}\nnothing found"
    return f"{left_out.step}\n{left_out.digit}: {percent(left_out.confidence)}"
