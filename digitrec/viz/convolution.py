"""Draw how one value of a feature map comes about: nine products, ReLU, pooling."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import ConnectionPatch, Rectangle

from digitrec.model.convolution import convolve, pool, products
from digitrec.viz.axes import DOUBT, WIDTH
from digitrec.viz.words import describe

# Inches:
BIG, SMALL = 1.9, 1.3  # sides of an image and of a grid of numbers
TOP = 0.3  # room for the titles
TEXT = 0.27  # height of a line of text below

INK: dict[str, Any] = {"cmap": "gray_r", "vmin": 0, "vmax": 1}  # dark is ink, as on paper
MARK: dict[str, Any] = {"fill": False, "ec": DOUBT, "lw": 2}


def plot_convolution(
    image: np.ndarray, kernel: np.ndarray, bias: float, row: int, column: int
) -> Figure:
    """Draw one convolution by hand: patch x filter, the products, their sum, its place in the map.

    Red is above 0, blue below. The number that is marked in the map, before ReLU, is the network's
    own; both are given in words below.

    Args:
        image: Shape (28, 28), float32 in [0, 1]: 1 is full ink, and drawn dark.
        kernel: Shape (3, 3), float: the weights of one filter of the first layer.
        bias: That of the filter.
        row: Of the marked value in the map, 0 to 25; its patch begins in the same row.
        column: The same, from left to right.

    Returns:
        The figure.

    Raises:
        ValueError: If there is no such place on the map.
    """
    terms = products(image, kernel, row, column)
    sums = convolve(image, kernel, bias)
    patch = image[row : row + 3, column : column + 3]
    figure, (digit, first, second, third, map_) = _side_by_side(
        [BIG, SMALL, SMALL, SMALL, BIG], ["", "×", "=", "→"], lines=2
    )
    _draw_image(digit, image, "the digit", (row, column, 3), **INK)
    _draw_numbers(first, patch, "the patch", **INK)
    _draw_numbers(second, kernel, "the filter", **_diverging(kernel))
    _draw_numbers(third, terms, "the products", **_diverging(terms))
    _draw_image(map_, sums, "the map of the filter", (row, column, 1), **_diverging(sums))
    _connect(digit, (row, column), first)
    written = _number(terms.flat[0], 3) + "".join(_term(term) for term in terms.flat[1:])
    total = float(terms.sum())
    products_text = f"{written} = {_number(total, 3)}"
    sum_text = (
        f"sum + bias:  {_number(total, 3)}{_term(bias)} = {_number(sums[row, column], 3)},  "
        f"row {row}, column {column} of the map"
    )
    figure.text(0.5, 0.14, products_text, ha="center", fontsize=9.5)
    figure.text(0.5, 0.03, sum_text, ha="center", fontsize=9.5, weight="bold")
    describe(figure, f"A patch of the digit times a filter: {products_text}; {sum_text}.")
    return figure


def plot_pooling(sums: np.ndarray, row: int, column: int) -> Figure:
    """Draw what becomes of one value of a map: ReLU, then the largest of its 2 x 2.

    Args:
        sums: Shape (26, 26), float: a map before ReLU, as `digitrec.convolve` gives it.
        row: Of the marked value, 0 to 25.
        column: The same, from left to right.

    Returns:
        The figure.
    """
    positive = np.maximum(sums, 0)
    pooled = pool(positive)
    place = row // 2, column // 2
    top, left = 2 * place[0], 2 * place[1]
    block = slice(top, top + 2), slice(left, left + 2)
    figure, (map_, before, after, largest, small) = _side_by_side(
        [BIG, SMALL, SMALL, SMALL, BIG], ["", "→", "→", "→"], lines=1
    )
    _draw_image(map_, sums, f"the map, {_sides(sums)}", (top, left, 2), **_diverging(sums))
    _draw_numbers(before, sums[block], "its 2 × 2", **_diverging(sums))
    _draw_numbers(after, positive[block], "ReLU", **_diverging(sums))
    _draw_numbers(largest, pooled[place].reshape(1, 1), "the largest", **_diverging(sums))
    _draw_image(small, pooled, f"pooled, {_sides(pooled)}", (*place, 1), **_diverging(sums))
    _mark(before, (row - top, column - left, 1))
    _connect(map_, (top, left), before, side=2)
    text = (
        f"ReLU: max(0, {_number(sums[row, column], 3)}) = {_number(positive[row, column], 3)}      "
        f"pooling: row {place[0]}, column {place[1]} keeps {_number(pooled[place], 3)}"
    )
    figure.text(0.5, 0.04, text, ha="center", fontsize=9.5, weight="bold")
    describe(figure, f"What becomes of one value of the map: {text}.")
    return figure


def _side_by_side(
    sides: Sequence[float], signs: Sequence[str], lines: int
) -> tuple[Figure, list[Axes]]:
    """A figure with square Axes, signs between them, and room for lines of text below."""
    gap = (WIDTH - sum(sides) - 0.2) / len(signs)
    below = TEXT * lines + 0.12
    height = TOP + max(sides) + below
    figure = plt.figure(figsize=(WIDTH, height))
    middle = below + max(sides) / 2
    axes, left = [], 0.1
    for side, sign in zip(sides, [*signs, ""], strict=True):
        corner = left / WIDTH, (middle - side / 2) / height
        axes.append(figure.add_axes((*corner, side / WIDTH, side / height)))
        left += side + gap
        style: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 16}
        figure.text((left - gap / 2) / WIDTH, middle / height, sign, **style)
    return figure, axes


def _draw_image(
    ax: Axes, image: np.ndarray, title: str, place: tuple[int, int, int], **style: Any
) -> None:
    ax.imshow(image, interpolation="nearest", **style)
    ax.set_title(title, fontsize=9.5, pad=4)
    ax.set(xticks=[], yticks=[])
    _mark(ax, place)


def _draw_numbers(ax: Axes, numbers: np.ndarray, title: str, **style: Any) -> None:
    _draw_image(ax, numbers, title, (0, 0, 0), **style)
    image = ax.images[0]
    for (row, column), number in np.ndenumerate(numbers):
        red, green, blue, _ = image.cmap(image.norm(number))
        dark = 0.3 * red + 0.59 * green + 0.11 * blue < 0.5
        colour = "white" if dark else "black"
        text = _number(number, 2)
        ax.text(column, row, text, ha="center", va="center", color=colour, fontsize=9)


def _mark(ax: Axes, place: tuple[int, int, int]) -> None:
    row, column, side = place
    if side:
        ax.add_patch(Rectangle((column - 0.5, row - 0.5), side, side, **MARK))


def _connect(ax: Axes, place: tuple[int, int], other: Axes, side: int = 3) -> None:
    """Two lines from a marked square to where it is drawn large."""
    right = place[1] + side - 0.5
    for y, corner in ((place[0] - 0.5, (0, 1)), (place[0] + side - 0.5, (0, 0))):
        line = ConnectionPatch(
            (right, y), corner, ax.transData, other.transAxes, color=DOUBT, lw=0.8, alpha=0.7
        )
        ax.figure.add_artist(line)


def _diverging(numbers: np.ndarray) -> dict[str, Any]:
    """White at 0; red and blue equally far from it."""
    limit = max(float(np.abs(numbers).max()), 1e-9)
    return {"cmap": "RdBu_r", "vmin": -limit, "vmax": limit}


def _number(number: float, digits: int) -> str:
    """A number with a minus as long as a plus, and without a minus before 0."""
    return f"{round(float(number), digits) + 0.0:.{digits}f}".replace("-", "−")


def _term(number: float) -> str:
    return f" {'−' if number < 0 else '+'} {_number(abs(number), 3)}"


def _sides(numbers: np.ndarray) -> str:
    return " × ".join(map(str, numbers.shape))
