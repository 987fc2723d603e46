"""Figures: numbers and an optional Axes in, the Axes out.

Matplotlib only. Nothing is computed here that someone might want as a number.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, PercentFormatter

if TYPE_CHECKING:
    from digitrec.recognize import Prediction

WIDTH = 9  # of a figure that fills the notebook, inches
LINE = 0.17  # height of a line of text, inches
SLOT = 1.05  # least room for a layer in the drawing of the network, sides of the input
BLUE, GREEN, RED, GREY = "#1f5fa8", "#2e7d32", "#c62828", "#9aa0a6"
ORANGE = "#b35900"


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
    return _plot_tiles(images, captions, colours, columns, "gray_r", ax)


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
    return _plot_tiles(images, captions, colours, columns, "gray_r", ax)


def plot_history(
    history: dict[str, list[float]], metric: str = "accuracy", *, ax: Axes | None = None
) -> Axes:
    """Draw `history[metric]` by epoch, and `history["val_" + metric]` if it is there."""
    ax = _axes(ax, (WIDTH / 2, 3))
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


def plot_confusion(counts: np.ndarray, *, ax: Axes | None = None) -> Axes:
    """Draw counts of shape (10, 10): true digits down, predicted across.

    The colour is the share of the mistakes, so that they stand out beside the diagonal.
    """
    ax = _axes(ax, (WIDTH * 0.62, WIDTH * 0.58))
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
    return ax


def plot_probabilities(probabilities: np.ndarray, *, ax: Axes | None = None) -> Axes:
    """Draw the ten probabilities of one prediction, shape (10,), as bars."""
    ax = _axes(ax, (WIDTH / 2, 3))
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


def plot_architecture(
    stages: Sequence[tuple[str, tuple[int, ...], int]], *, ax: Axes | None = None
) -> Axes:
    """Draw a network as blocks, from left to right.

    Args:
        stages: A layer each: what it is, the shape it gives (height, width, channels) or
            (length,), and how many parameters it has.
        ax: Where to draw; None makes a figure.
    """
    ax = _axes(ax, (WIDTH * 1.2, WIDTH * 0.28))
    largest = max(shape[0] for _, shape, _ in stages if len(shape) == 3)
    left = 0.0
    for name, shape, parameters in stages:
        width = max(_draw_block(ax, left, shape, largest), SLOT)
        size = " × ".join(str(length) for length in shape)
        count = f"{parameters:,}\nparameters" if parameters else ""
        centre = left + width / 2
        for text, height, style in (
            (name, -0.68, {"weight": "bold"}),
            (size, -0.85, {}),
            (count, -1.05, {"color": "#5f6368"}),
        ):
            ax.text(centre, height, text, ha="center", va="top", fontsize=8.5, **style)
        left += width
    total = sum(parameters for _, _, parameters in stages)
    ax.set_title(f"{total:,} parameters in all", fontsize=10)
    ax.set(xlim=(0, left), ylim=(-1.4, 0.75), aspect="equal")
    ax.axis("off")
    return ax


def plot_filters(kernels: np.ndarray, *, columns: int = 16, ax: Axes | None = None) -> Axes:
    """Draw filters of shape (height, width, 1, n): blue lowers the sum, red raises it."""
    tiles = np.moveaxis(kernels[:, :, 0], -1, 0)
    return _plot_tiles(tiles, [""] * len(tiles), ["black"] * len(tiles), columns, "RdBu_r", ax)


def plot_feature_maps(maps: np.ndarray, *, columns: int = 16, ax: Axes | None = None) -> Axes:
    """Draw what a layer makes of one image, shape (height, width, n): bright is active."""
    tiles = np.moveaxis(maps, -1, 0)
    return _plot_tiles(tiles, [""] * len(tiles), ["black"] * len(tiles), columns, "viridis", ax)


def plot_picture(
    rgb: np.ndarray,
    boxes: Sequence[tuple[int, int, int, int]] = (),
    captions: Sequence[str] = (),
    colours: Sequence[str] = (),
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw a picture, (height, width, 3) uint8, and boxes (left, top, width, height) on it.

    Each box has its caption, and its colour if colours are given.
    """
    ax = _axes(ax, (WIDTH / 2, WIDTH / 2))
    ax.imshow(rgb)
    pad = 0.02 * max(rgb.shape[:2])
    colours = colours or [BLUE] * len(boxes)
    for (left, top, width, height), caption, colour in zip(boxes, captions, colours, strict=True):
        corner = (left - 0.5 - pad, top - 0.5 - pad)
        ax.add_patch(
            Rectangle(corner, width + 2 * pad, height + 2 * pad, fill=False, ec=colour, lw=1.5)
        )
        ax.annotate(
            caption,
            corner,
            (2, 3),
            textcoords="offset points",
            color="white",
            fontsize=9,
            bbox={"boxstyle": "square,pad=0.25", "color": colour},
        )
    ax.set(xticks=[], yticks=[])
    return ax


def plot_steps(steps: Mapping[str, np.ndarray]) -> Figure:
    """Draw what a picture became on its way to the network, side by side, each with its name.

    Args:
        steps: As `Prediction.steps` has them: colour (height, width, 3) or grey
            (height, width), uint8, or float in [0, 1].
    """
    figure, axes = plt.subplots(
        1, len(steps), figsize=(WIDTH, 0.4 + WIDTH / len(steps)), layout="constrained"
    )
    for ax, (name, image) in zip(np.atleast_1d(axes), steps.items(), strict=True):
        ax.imshow(image, cmap="gray", vmin=0, vmax=255 if image.dtype == np.uint8 else 1)
        ax.set(title=name, xticks=[], yticks=[], anchor="N")
    return figure


def plot_reliability(
    confidence: np.ndarray, accuracy: np.ndarray, count: np.ndarray, *, ax: Axes | None = None
) -> Axes:
    """Draw how often answers are right by how sure they are; on the diagonal both agree.

    Args:
        confidence: Shape (n,), mean confidence in each bin.
        accuracy: Shape (n,), share of right answers; NaN in a bin without any.
        count: Shape (n,), how many answers they are, written at each point.
        ax: Where to draw; None makes a figure.
    """
    ax = _axes(ax, (WIDTH / 2, WIDTH / 2))
    ax.plot([0, 1], [0, 1], color=GREY, lw=1, ls="--", label="as sure as right")
    there = count > 0
    ax.plot(confidence[there], accuracy[there], color=BLUE, marker="o", ms=5, label="answers")
    for point in zip(confidence[there], accuracy[there], count[there], strict=True):
        ax.annotate(
            f"{point[2]:,}", point[:2], (6, -10), textcoords="offset points", fontsize=8, color=GREY
        )
    ax.set(xlabel="Confidence", ylabel="Right", xlim=(0, 1.16), ylim=(-0.03, 1.03))
    ax.xaxis.set_major_formatter(PercentFormatter(1))
    ax.yaxis.set_major_formatter(PercentFormatter(1))
    ax.grid(alpha=0.3)
    ax.legend(frameon=False)
    return ax


def plot_reading(rgb: np.ndarray, predictions: "Sequence[Prediction]") -> Figure:
    """Draw how a picture was read: each digit boxed, and what the network saw of it.

    For a single digit, also its probabilities as bars. Doubt is orange, and in words.

    Args:
        rgb: Shape (height, width, 3), uint8.
        predictions: One or more, with boxes in pixels of the picture.
    """
    return (_plot_one if len(predictions) == 1 else _plot_several)(rgb, predictions)


def _plot_one(rgb: np.ndarray, predictions: "Sequence[Prediction]") -> Figure:
    (prediction,) = predictions
    figure, (left, middle, right) = plt.subplots(
        1, 3, figsize=(WIDTH, 3.2), layout="constrained", width_ratios=[1.1, 1, 1.2]
    )
    _plot_boxes(rgb, predictions, left)
    left.set_title("The picture")
    middle.imshow(prediction.image, cmap="gray", vmin=0, vmax=1)
    middle.set(title="What the network saw", xticks=[], yticks=[], xlabel="28 × 28 pixels")
    plot_probabilities(prediction.probabilities, ax=right)
    right.set_title(f"{prediction.digit}: {prediction.verdict}", color=_colour(prediction, "black"))
    return figure


def _plot_several(rgb: np.ndarray, predictions: "Sequence[Prediction]") -> Figure:
    columns = min(10, len(predictions))
    rows = -(-len(predictions) // columns)
    height = min(WIDTH * rgb.shape[0] / rgb.shape[1], 6)
    figure, (above, below) = plt.subplots(
        2,
        1,
        figsize=(WIDTH, height + 1.5 * rows),
        layout="constrained",
        height_ratios=[height, 1.5 * rows],
    )
    _plot_boxes(rgb, predictions, above)
    captions = [
        f"{prediction.digit}\n{prediction.confidence:.1%}"
        if prediction.accepted
        else prediction.verdict.replace(": ", "\n")
        for prediction in predictions
    ]
    colours = [_colour(prediction, "black") for prediction in predictions]
    images = [prediction.image for prediction in predictions]
    _plot_tiles(images, captions, colours, columns, "gray_r", below)
    return figure


def _plot_boxes(rgb: np.ndarray, predictions: "Sequence[Prediction]", ax: Axes) -> None:
    plot_picture(
        rgb,
        [prediction.box for prediction in predictions],
        [
            f"{prediction.digit}  {prediction.confidence:.0%}" + "?" * (not prediction.accepted)
            for prediction in predictions
        ],
        [_colour(prediction, BLUE) for prediction in predictions],
        ax=ax,
    )


def _colour(prediction: "Prediction", sure: str) -> str:
    return sure if prediction.accepted else ORANGE


def _axes(ax: Axes | None, size: tuple[float, float]) -> Axes:
    return ax or plt.subplots(figsize=size, layout="constrained")[1]


def _plot_tiles(
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
        ax = _axes(None, (WIDTH, rows * ((1 + gap) * tile + lines * LINE) + gap * tile))
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


def _draw_block(ax: Axes, left: float, shape: tuple[int, ...], largest: int) -> float:
    """A stack of squares for maps, a bar for a vector, in the middle of its slot; its width."""
    style = {"fc": "#dce8f5", "ec": BLUE, "lw": 0.8}
    if len(shape) == 1:
        height = 0.13 * np.log2(shape[0])
        ax.add_patch(Rectangle((left + SLOT / 2 - 0.06, -height / 2), 0.12, height, **style))
        return SLOT
    side = shape[0] / largest
    sheets = int(np.log2(shape[2])) + 1
    width = side + 0.04 * (sheets - 1)
    left += max(SLOT - width, 0.2) / 2
    for sheet in reversed(range(sheets)):
        corner = (left + 0.04 * sheet, -side / 2 + 0.025 * sheet)
        ax.add_patch(Rectangle(corner, side, side, **style))
    return width + 0.2
