"""Draw why a digit was read as it was.

Everything has its fixed place on one Axes, measured in inches. With an Axes for each image, and a
layout to be computed, drawing would take twice as long, and whoever clicked **Why?** would wait.
"""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from digitrec.recognize.explanation import Explanation, LeftOut, Neighbours
from digitrec.recognize.percent import percent
from digitrec.viz.axes import RED, WIDTH
from digitrec.viz.words import describe

# Notebooks show the figure a quarter smaller than it is.
HEADLINE, TITLE, CAPTION = 13, 11, 10  # sizes of the font, points
BLACK = "black"

# Inches; places are measured from the upper left corner.
GAP = 0.08  # between an image and its title or caption
REASONS, NEIGHBOURS, LEFT_OUT = 0.52, 3.0, 4.4  # where the images of each row begin
HEIGHTS = (4.1, 5.8)  # of the figure without and with its last row
LARGE, SMALL, MEDIUM = 1.7, 0.78, 0.95  # sides of the images of each row
HALF = WIDTH / 2 - 0.1  # width of each kind of neighbours

INK: dict[str, Any] = {"cmap": "gray_r", "vmin": 0, "vmax": 1}
FAINT = 0.3  # how dark the ink of the digit is below a map
LEAST = 0.01  # fall of a probability that is drawn in full colour if none is larger

Place = tuple[float, float, float]  # of an image: its left and upper edge, and its side


def plot_explanation(explanation: Explanation, figure: Figure | None = None) -> Figure:
    """Draw an explanation: what mattered, what is alike, and what each step of preparation does.

    Ink is dark everywhere. On the maps, red is what speaks for the digit and blue what speaks
    against it. Of the smallest change, red ink is added and blue ink is taken away.

    Args:
        explanation: As `digitrec.explain` gives it.
        figure: Where to draw; it gets the size that is needed. None makes one.
    """
    figure = plt.figure() if figure is None else figure
    height = HEIGHTS[bool(explanation.left_out)]
    figure.set_size_inches(WIDTH, height)
    ax = figure.add_axes((0, 0, 1, 1))
    _plot_reasons(ax, explanation)
    _plot_nearest(ax, 0, explanation.neighbours, "Most alike of the training digits")
    of_other = f"Most alike of the {explanation.other}s"
    _plot_nearest(ax, WIDTH - HALF, explanation.neighbours_of_other, of_other)
    if explanation.left_out:
        _plot_left_out(ax, explanation)
    ax.set(xlim=(0, WIDTH), ylim=(height, 0))
    ax.axis("off")
    describe(figure, explanation.summary)
    return figure


def _plot_reasons(ax: Axes, explanation: Explanation) -> None:
    headline: dict[str, Any] = {"fontsize": HEADLINE, "weight": "bold"}
    ax.text(WIDTH / 2, 0.05, _question(explanation), ha="center", va="top", **headline)
    seen, without_ink, with_ink, change, changed = _row(0, WIDTH, REASONS, LARGE, 5)
    two = (explanation.digit, explanation.other)
    chances = [f"{digit}: {percent(explanation.probabilities[digit])}" for digit in two]
    _plot_image(ax, seen, explanation.image, "What it saw", "\n".join(chances))
    _plot_map(ax, without_ink, explanation, explanation.without_ink, "Without this ink")
    _plot_map(ax, with_ink, explanation, explanation.with_ink, "With ink here")
    _plot_change(ax, change, changed, explanation)


def _row(left: float, width: float, top: float, side: float, count: int) -> list[Place]:
    """So many places side by side, at equal distances."""
    pitch = width / count
    first = left + (pitch - side) / 2
    return [(first + number * pitch, top, side) for number in range(count)]


def _question(explanation: Explanation) -> str:
    digit, other, (number, count) = explanation.digit, explanation.other, explanation.place
    one = "" if count == 1 else f"Digit {number} of {count}: "
    but = "when it is" if explanation.true == other else "and not"
    question = f"{one}Why {digit}, {but} {other}?"
    if explanation.read == digit:
        return question
    return f"{question} (Read as {explanation.read}: the line network decided.)"


def _plot_image(
    ax: Axes,
    place: Place,
    image: np.ndarray,
    title: str,
    caption: str,
    colour: str = BLACK,
    **style: Any,
) -> None:
    left, top, side = place
    _show(ax, place, image, **(INK | style))
    ax.add_patch(Rectangle((left, top), side, side, fill=False, lw=0.5))
    middle, below = left + side / 2, top + side + GAP
    _title(ax, middle, top, title)
    ax.text(middle, below, caption, ha="center", va="top", fontsize=CAPTION, color=colour)


def _title(ax: Axes, middle: float, top: float, title: str) -> None:
    ax.text(middle, top - GAP, title, ha="center", va="bottom", fontsize=TITLE)


def _show(ax: Axes, place: Place, image: np.ndarray, **style: Any) -> None:
    left, top, side = place
    extent = (left, left + side, top + side, top)
    ax.imshow(image, extent=extent, interpolation="nearest", **style)


def _plot_map(
    ax: Axes, place: Place, explanation: Explanation, falls: np.ndarray, title: str
) -> None:
    """Draw where a patch lowers the probability of the digit, over the pale digit."""
    lowest = min(1, max(0, float(explanation.probabilities[explanation.digit] - falls.max())))
    caption = f"{explanation.digit} falls to\n{percent(lowest)}"
    limit = max(float(np.abs(falls).max()), LEAST)
    _plot_image(ax, place, FAINT * explanation.image, title, caption)
    strength = np.abs(falls) / limit
    colours = {"cmap": "RdBu_r", "vmin": -limit, "vmax": limit}
    _show(ax, place, falls, alpha=0.85 * strength**0.5, **colours)


def _plot_change(ax: Axes, change: Place, changed: Place, explanation: Explanation) -> None:
    if explanation.change is None or explanation.changed is None:
        _plot_image(ax, change, explanation.image, "Smallest change", "none found")
        return
    most = float(np.abs(explanation.change).max())
    caption = f"by up to {max(most, 0.001):.1%}\nof full ink"
    style: dict[str, Any] = {"cmap": "RdBu_r", "vmin": -most, "vmax": most}
    _plot_image(ax, change, explanation.change, "Smallest change", caption, **style)
    words = (
        "adversarial: specks,\nnot a stroke"
        if explanation.is_adversarial
        else "you can see it:\na stroke changes"
    )
    _plot_image(ax, changed, explanation.changed, f"Now it is a {explanation.other}", words)


def _plot_nearest(ax: Axes, left: float, neighbours: Neighbours, title: str) -> None:
    _title(ax, left + HALF / 2, NEIGHBOURS, title)
    places = _row(left, HALF, NEIGHBOURS, SMALL, len(neighbours.images))
    for place, image, label, distance in zip(places, *neighbours, strict=True):
        _plot_image(ax, place, image / 255, "", f"{label}, at {distance:.1f}")


def _plot_left_out(ax: Axes, explanation: Explanation) -> None:
    _title(ax, WIDTH / 2, LEFT_OUT, "Read without one step of the preparation")
    places = _row(0, WIDTH, LEFT_OUT, MEDIUM, len(explanation.left_out))
    for place, left_out in zip(places, explanation.left_out, strict=True):
        image = np.zeros_like(explanation.image) if left_out.image is None else left_out.image
        colour = BLACK if left_out.digit == explanation.digit else RED
        _plot_image(ax, place, image, "", _of_left_out(left_out), colour)


def _of_left_out(left_out: LeftOut) -> str:
    if left_out.digit is None:
        return f"{left_out.step}\nnothing found"
    return f"{left_out.step}\n{left_out.digit}: {percent(left_out.confidence)}"
