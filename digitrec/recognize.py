"""A picture and a network make a Prediction; a picture of several digits makes a Reading."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from digitrec.picture import Picture, open_picture
from digitrec.preprocess import to_mnist
from digitrec.segment import Box, Digit, find_digit, find_digits

ACCEPTED = 0.8  # least confidence of an answer that is not marked as doubtful


@dataclass(frozen=True)
class Prediction:
    """One digit as it was read.

    Attributes:
        digit: 0 to 9, the likeliest.
        confidence: Its probability, 0 to 1.
        probabilities: Shape (10,), float32, of all digits.
        accepted: False where the answer is in doubt.
        image: Shape (28, 28), float32 in [0, 1]: what the network saw.
        box: Where the digit stands in the picture as shown.
    """

    digit: int
    confidence: float
    probabilities: np.ndarray
    accepted: bool
    image: np.ndarray
    box: Box


@dataclass(frozen=True)
class Reading:
    """A picture as it was read.

    Attributes:
        text: The digits, with a newline between rows.
        predictions: Of each digit, in the same order.
    """

    text: str
    predictions: tuple[Prediction, ...]


def predict_digit(picture: Picture, model=None) -> Prediction:
    """Read a picture that holds one digit.

    Args:
        picture: A path, the bytes of an image file, a Pillow image or an array; see
            `digitrec.picture.open_picture`.
        model: A Keras model as `build_model` gives it; None is the shipped one.

    Returns:
        The prediction; its box is in pixels of the picture as shown.

    Raises:
        PictureError: If it is no readable picture, or blank.
        ValueError: If the model does not turn (n, 28, 28, 1) into (n, 10).
    """
    (prediction,) = _predict([find_digit(open_picture(picture))], model)
    return prediction


def read_digits(picture: Picture, model=None) -> Reading:
    """Read a picture that holds one or several digits, in one or several rows.

    Arguments and errors as `predict_digit`.

    Returns:
        The reading; its text has a line for each row.
    """
    return _read(open_picture(picture), model)


def predict_uploaded_image(picture: Picture, model=None) -> Reading:
    """Read a picture as `read_digits` does, and show how it was read.

    The figure has the picture with each digit boxed, and what the network saw of it; for a
    single digit, also the probabilities as bars.
    """
    import matplotlib.pyplot as plt

    from digitrec import viz

    rgb = open_picture(picture)
    reading = _read(rgb, model)
    if len(reading.predictions) == 1:
        (prediction,) = reading.predictions
        viz.plot_prediction(rgb, prediction.box, prediction.image, prediction.probabilities)
    else:
        viz.plot_reading(
            rgb,
            [prediction.box for prediction in reading.predictions],
            np.stack([prediction.image for prediction in reading.predictions]),
            np.stack([prediction.probabilities for prediction in reading.predictions]),
        )
    plt.show()
    return reading


def classify(images: np.ndarray, model=None) -> np.ndarray:
    """Give the probabilities (n, 10) of images (n, 28, 28), float32 in [0, 1]."""
    if model is None:
        model = _shipped()
    else:
        from digitrec.model import check_model  # Keras is there already, with the model

        check_model(model)
    # One call on the whole batch; `model.predict` takes 50 ms more to set up its loop.
    return model.predict_on_batch(images[..., np.newaxis])


def _read(rgb: np.ndarray, model) -> Reading:
    rows = find_digits(rgb)
    predictions = _predict([digit for row in rows for digit in row], model)
    digits = iter(str(prediction.digit) for prediction in predictions)
    text = "\n".join("".join(next(digits) for _ in row) for row in rows)
    return Reading(text, predictions)


def _predict(digits: list[Digit], model) -> tuple[Prediction, ...]:
    images = np.stack([to_mnist(digit.ink) for digit in digits])
    predictions = []
    for digit, image, row in zip(digits, images, classify(images, model), strict=True):
        best = int(row.argmax())
        confidence = float(row[best])
        accepted = confidence >= ACCEPTED
        predictions.append(Prediction(best, confidence, row, accepted, image, digit.box))
    return tuple(predictions)


@cache
def _shipped():
    """Loaded once; kept apart from what `load_model` gives, which its user may train on."""
    from digitrec.storage import load_model

    return load_model()
