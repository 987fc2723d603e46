"""Convolution, pooling and receptive fields, slowly enough to follow. NumPy only.

What Keras computes for 64 filters at once, for one filter and one place after the other. Never
imports TensorFlow or Keras: figures need this module.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import keras


def products(image: np.ndarray, kernel: np.ndarray, row: int, column: int) -> np.ndarray:
    """Multiply a filter, weight by weight, with the patch of an image that it lies on.

    Args:
        image: Shape (height, width), float.
        kernel: Shape (3, 3), float, or of any other size.
        row: Of the patch's upper left pixel, which is also the row of the result in its map.
        column: The same, from left to right.

    Returns:
        The shape of the kernel. Their sum, and the filter's bias, is the value of the map there.

    Raises:
        ValueError: If the filter would reach beyond the image there.
    """
    height, width = kernel.shape
    rows, columns = image.shape[0] - height + 1, image.shape[1] - width + 1
    if not (0 <= row < rows and 0 <= column < columns):
        raise ValueError(
            f"row {row}, column {column} is not on the map: choose a row from 0 to {rows - 1} and "
            f"a column from 0 to {columns - 1}"
        )
    return image[row : row + height, column : column + width] * kernel


def convolve(image: np.ndarray, kernel: np.ndarray, bias: float = 0.0) -> np.ndarray:
    """Slide a filter over an image: the map of sums that a convolution gives, before ReLU.

    Args:
        image: Shape (28, 28), float32 in [0, 1], or of any other size.
        kernel: Shape (3, 3), float, or of any other size.
        bias: Added to each sum.

    Returns:
        Shape (26, 26), float: the filter fits into 28 pixels at 26 places, since it never
        reaches beyond them ("valid" padding), and moves by one pixel (stride 1).
    """
    patches = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return (patches * kernel).sum(axis=(2, 3)) + bias


def pool(maps: np.ndarray) -> np.ndarray:
    """Keep the largest of each 2 x 2 values: shape (26, 26) becomes (13, 13); an odd end is cut."""
    height, width = maps.shape[0] // 2, maps.shape[1] // 2
    blocks = maps[: 2 * height, : 2 * width].reshape(height, 2, width, 2)
    return blocks.max(axis=(1, 3))


class ReceptiveField(NamedTuple):
    """What one value of a layer's map depends on.

    Attributes:
        layer: Its kind, "Conv2D" or "MaxPooling2D".
        side: Of the map, values.
        sees: Side of the square of pixels that one value depends on.
        step: Pixels from the square of one value to that of the next.
        covered: Side of the square of pixels that the whole map depends on, from the upper left.
    """

    layer: str
    side: int
    sees: int
    step: int
    covered: int


def receptive_fields(model: "keras.Model") -> list[ReceptiveField]:
    """Give the receptive field of each convolution and pooling of a network, the first one first.

    Args:
        model: A network whose layers follow one another, as `build_model` gives it; square
            filters without padding.

    Returns:
        One for each convolution and pooling.

    Raises:
        ValueError: If a layer pads its input, or its filters are not square.
    """
    fields: list[ReceptiveField] = []
    sees, step = 1, 1
    for layer in model.layers:
        window = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
        if window is None:
            continue
        _check_window(layer.name, {*window}, {*layer.strides}, layer.padding)
        sees += (window[0] - 1) * step
        step *= layer.strides[0]
        side = int(layer.output.shape[1])
        covered = (side - 1) * step + sees
        fields.append(ReceptiveField(type(layer).__name__, side, sees, step, covered))
    return fields


def _check_window(name: str, sides: set[int], strides: set[int], padding: str) -> None:
    if padding != "valid" or len(sides) > 1 or len(strides) > 1:
        raise ValueError(
            f"the layer {name} pads its input, or its filters are not square: what it sees cannot "
            "be told from its size alone"
        )
