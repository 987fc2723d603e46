"""Draw how a picture was read."""

import string
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from digitrec.recognize.percent import percent
from digitrec.recognize.results import Prediction
from digitrec.viz.axes import BLUE, DOUBT, WIDTH, new_axes
from digitrec.viz.digits import plot_probabilities
from digitrec.viz.tiles import plot_tiles
from digitrec.viz.words import describe, listed

LABEL: dict[str, Any] = {"textcoords": "offset points", "color": "white", "fontsize": 9}


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
    ax = new_axes(ax, (WIDTH / 2, WIDTH / 2))
    ax.imshow(rgb)
    room = 0.02 * max(rgb.shape[:2])  # around each box
    colours = colours or [BLUE] * len(boxes)
    for (left, top, width, height), caption, colour in zip(boxes, captions, colours, strict=True):
        corner, size = (left - 0.5 - room, top - 0.5 - room), (width + 2 * room, height + 2 * room)
        ax.add_patch(Rectangle(corner, *size, fill=False, ec=colour, lw=1.5))
        label = {"boxstyle": "square,pad=0.25", "color": colour}
        ax.annotate(caption, corner, (2, 3), bbox=label, **LABEL)
    ax.set(xticks=[], yticks=[])
    describe(ax.figure, f"The picture with boxes: {listed(captions) or 'none'}.")
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
    describe(figure, f"What the picture became, step by step: {listed(steps)}.")
    return figure


def plot_reading(rgb: np.ndarray, predictions: Sequence[Prediction]) -> Figure:
    """Draw how a picture was read: each digit boxed, and what the network saw of it.

    For a single digit, also its probabilities as bars. Doubt is orange, and the text says so.

    Args:
        rgb: Shape (height, width, 3), uint8.
        predictions: One or more, with boxes in pixels of the picture.
    """
    # Matplotlib's fonts lack the digits of most other scripts.
    western = [replace(prediction, script=string.digits) for prediction in predictions]
    return (_plot_one if len(predictions) == 1 else _plot_several)(rgb, western)


def _plot_one(rgb: np.ndarray, predictions: Sequence[Prediction]) -> Figure:
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


def _plot_several(rgb: np.ndarray, predictions: Sequence[Prediction]) -> Figure:
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
        f"{prediction.digit}\n{percent(prediction.confidence)}"
        if prediction.accepted
        else f"not sure\n{prediction.alternatives}"
        for prediction in predictions
    ]
    colours = [_colour(prediction, "black") for prediction in predictions]
    images = [prediction.image for prediction in predictions]
    plot_tiles(images, captions, colours, columns, "gray_r", below)
    return figure


def _plot_boxes(rgb: np.ndarray, predictions: Sequence[Prediction], ax: Axes) -> None:
    plot_picture(
        rgb,
        [prediction.box for prediction in predictions],
        [
            f"{prediction.digit}  {percent(prediction.confidence, 0)}"
            + "?" * (not prediction.accepted)
            for prediction in predictions
        ],
        [_colour(prediction, BLUE) for prediction in predictions],
        ax=ax,
    )


def _colour(prediction: Prediction, sure: str) -> str:
    return sure if prediction.accepted else DOUBT
