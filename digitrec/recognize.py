"""A picture and a network make a Prediction; a page of digits makes a Reading."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from digitrec import preprocess
from digitrec.picture import Picture, open_picture
from digitrec.preprocess import Box

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
    """A picture as it was read: `text`, and the prediction behind each of its digits."""

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
    return _predict(open_picture(picture), model)


def read_digits(picture: Picture, model=None) -> Reading:
    """Read a picture; for now it must hold one digit. Arguments and errors as `predict_digit`."""
    return _reading(predict_digit(picture, model))


def predict_uploaded_image(picture: Picture, model=None) -> Reading:
    """Read a picture as `read_digits` does, and show how it was read.

    The figure has the picture with the digit boxed, the 28x28 that the network saw, and the
    probabilities as bars.
    """
    import matplotlib.pyplot as plt

    from digitrec import viz

    rgb = open_picture(picture)
    prediction = _predict(rgb, model)
    viz.plot_prediction(rgb, prediction.box, prediction.image, prediction.probabilities)
    plt.show()
    return _reading(prediction)


def classify(images: np.ndarray, model=None) -> np.ndarray:
    """Give the probabilities (n, 10) of images (n, 28, 28), float32 in [0, 1]."""
    if model is None:
        model = _shipped()
    else:
        from digitrec.model import check_model  # Keras is there already, with the model

        check_model(model)
    # One call on the whole batch; `model.predict` takes 50 ms more to set up its loop.
    return model.predict_on_batch(images[..., np.newaxis])


def _predict(rgb: np.ndarray, model) -> Prediction:
    digit, box = preprocess.find_digit(rgb)
    image = preprocess.to_mnist(digit)
    (probabilities,) = classify(image[np.newaxis], model)
    best = int(probabilities.argmax())
    confidence = float(probabilities[best])
    return Prediction(best, confidence, probabilities, confidence >= ACCEPTED, image, box)


def _reading(prediction: Prediction) -> Reading:
    return Reading(str(prediction.digit), (prediction,))


@cache
def _shipped():
    """Loaded once; kept apart from what `load_model` gives, which its user may train on."""
    from digitrec.storage import load_model

    return load_model()
