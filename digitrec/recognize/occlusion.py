"""Cover an image patch by patch, and see how much each patch matters to the network."""

import numpy as np

from digitrec.model.inputs import Model
from digitrec.preprocess.normalize import SIDE
from digitrec.recognize.classify import classify

PATCH = 5  # side of the patch that covers the image, pixels: twice the width of a stroke
PAPER, INK = 0.0, 1.0


def occlude(image: np.ndarray, digit: int, cover: float, model: Model | None) -> np.ndarray:
    """Measure how much less probable a digit gets when a patch of the image is covered.

    Args:
        image: Shape (28, 28), float32 in [0, 1].
        digit: Whose probability is measured.
        cover: What the patch is made of: PAPER shows which ink matters, INK which paper.
        model: As for `predict_digit`.

    Returns:
        Shape (28, 28), float32: for each pixel, the fall of the probability when the patch around
        it is covered. Below 0 where that makes the digit more probable.

    Source:
        Zeiler and Fergus (2014), "Visualizing and understanding convolutional networks", ECCV.
    """
    covered = np.repeat(image[np.newaxis], SIDE * SIDE, axis=0)
    reach = PATCH // 2
    for number, (row, column) in enumerate(np.ndindex(SIDE, SIDE)):
        rows = slice(max(0, row - reach), row + reach + 1)
        covered[number, rows, max(0, column - reach) : column + reach + 1] = cover
    differs = (covered != image).any(axis=(1, 2))  # most patches of paper lie on paper
    falls = np.zeros(SIDE * SIDE, np.float32)
    if differs.any():
        whole = classify(image[np.newaxis], model)[0, digit]
        falls[differs] = whole - classify(covered[differs], model)[:, digit]
    return falls.reshape(SIDE, SIDE)
