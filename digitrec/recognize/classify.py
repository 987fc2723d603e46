"""Show digits to the digit network: each becomes a Prediction."""

from collections.abc import Sequence

import cv2
import numpy as np

from digitrec.data.scripts import digits_of
from digitrec.model.inputs import Model, check_model, infer
from digitrec.preprocess.normalize import CENTRE_OF_MASS, SIDE, centre_by_mass, even_strokes
from digitrec.preprocess.pieces import Digit
from digitrec.recognize.results import Prediction
from digitrec.recognize.shipped import shipped_model

# Chosen on real handwriting and on pictures of no digit: `python -m benchmarks.handwriting FOLDER`,
# `python -m benchmarks.doubt`.
ACCEPTED = 0.85  # least confidence of a digit that is not in doubt

BATCH_SIZE = 16  # digits inferred at a time; more take more memory and no less time

# The network sees a digit as it is, and slanted a little to either side; pixels per pixel down.
VIEWS = (0, -0.12, 0.12)


def sampling_grid(slants: Sequence[float]) -> np.ndarray:
    """For each pixel of the views, one below the other, its x and y in the image.

    Shape (2, 28 * number of views, 28), float32. So all views take one call of OpenCV.
    """
    y, x = np.mgrid[:SIDE, :SIDE]
    across = [x + slant * (CENTRE_OF_MASS - y) for slant in slants]
    return np.array([np.concatenate(across), np.tile(y, (len(slants), 1))], np.float32)


SAMPLING_GRID = sampling_grid(VIEWS)


def classify(images: np.ndarray, model: Model | None = None) -> np.ndarray:
    """Give the probabilities of the ten digits: the means over the VIEWS of each image.

    Args:
        images: Shape (n, 28, 28), float32 in [0, 1].
        model: As for `predict_digit`.

    Returns:
        Shape (n, 10), float32, finite.

    Raises:
        ValueError: If the model does not turn (n, 28, 28, 1) into (n, 10), or gives probabilities
            that are NaN or infinite, as after a training that diverged.

    Source:
        Krizhevsky, Sutskever and Hinton (2012), "ImageNet classification with deep
        convolutional neural networks", NeurIPS, who average over views as well.
    """
    model = shipped_model() if model is None else model
    check_model(model)
    starts = range(0, len(images), BATCH_SIZE)
    return np.concatenate(
        [_average_over_views(images[start : start + BATCH_SIZE], model) for start in starts]
    )


def views_of(image: np.ndarray) -> np.ndarray:
    """The ways in which the network sees an image, (28, 28): shape (number of VIEWS, 28, 28)."""
    x, y = SAMPLING_GRID
    return cv2.remap(image, x, y, cv2.INTER_LINEAR).reshape(-1, SIDE, SIDE)


def _average_over_views(images: np.ndarray, model: Model) -> np.ndarray:
    views = np.concatenate([views_of(image) for image in images])
    probabilities = infer(model, views[..., np.newaxis])
    return probabilities.reshape(len(images), len(VIEWS), -1).mean(axis=1)


def recognize(digits: Sequence[Digit], model: Model | None) -> list[Prediction]:
    """Read digits, each as if it were the only one."""
    strokes = [even_strokes(digit.ink) for digit in digits]
    images = np.stack([centre_by_mass(each) for each in strokes])
    probabilities = classify(images, model)
    script = digits_of(model)
    return [
        _prediction_of(*each, script)
        for each in zip(digits, strokes, images, probabilities, strict=True)
    ]


def _prediction_of(
    digit: Digit, strokes: np.ndarray, image: np.ndarray, probabilities: np.ndarray, script: str
) -> Prediction:
    likeliest = int(probabilities.argmax())
    confidence = float(probabilities[likeliest])
    return Prediction(
        digit=likeliest,
        confidence=confidence,
        probabilities=probabilities,
        accepted=confidence >= ACCEPTED,
        image=image,
        box=digit.box,
        steps={
            "picture": digit.page.rgb,
            "paper": digit.page.paper,
            "ink": digit.page.ink,
            "digit": digit.ink,
            "strokes": strokes,
            "28 × 28": image,
        },
        script=script,
    )
