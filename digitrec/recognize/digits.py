"""A picture and a network make a Prediction; a picture of several digits makes a Reading."""

from functools import cache

import cv2
import numpy as np

from digitrec.model.inputs import answers, check_model
from digitrec.model.lite import LiteModel
from digitrec.model.storage import SHIPPED, load_model
from digitrec.preprocess.normalize import CENTRE, FIELD, centre, even_strokes
from digitrec.preprocess.picture import Picture, naming, open_picture
from digitrec.preprocess.pieces import Digit
from digitrec.preprocess.segment import find_digit, find_digits
from digitrec.preprocess.touching import parts
from digitrec.recognize.results import Prediction, Reading

ACCEPTED = 0.85  # least confidence of an answer that is not in doubt
SURE = 0.95  # an answer of more confidence is believed although the digit is wide

# Width as a share of the usual height, from which a digit
WIDE = 1.0  # may be several that touch,
VERY_WIDE = 1.25  # and probably is

MOST_CUT = 100  # on a page of more digits none is cut

AT_ONCE = 16  # digits shown to the network in one call; more take only more memory

# The network sees a digit as it is, and slanted a little to either side; pixels per pixel down.
VIEWS = (0, -0.12, 0.12)


def _seen() -> np.ndarray:
    """Where each pixel of the views, one below the other, lies in the image: x and y.

    Shape (2, 28 * number of views, 28), float32. So all views take one call of OpenCV.
    """
    y, x = np.mgrid[:FIELD, :FIELD]
    across = [x + slant * (CENTRE - y) for slant in VIEWS]
    return np.float32([np.concatenate(across), np.tile(y, (len(VIEWS), 1))])


SEEN = _seen()


def predict_digit(picture: Picture, model=None) -> Prediction:
    """Read a picture that holds one digit.

    Args:
        picture: A path, the bytes of an image file, a Pillow image or an array; see
            `digitrec.preprocess.picture.open_picture`.
        model: A Keras model as `build_model` gives it, or what `load_model` makes of a
            .tflite file; None is the shipped one.

    Returns:
        The prediction; its box is in pixels of the picture as shown.

    Raises:
        PictureError: If it is no readable picture, or blank.
        ValueError: If the model does not turn (n, 28, 28, 1) into (n, 10).
    """
    rgb = open_picture(picture)
    with naming(picture):
        (prediction,) = _predict([find_digit(rgb)], model)
    return prediction


def read_digits(picture: Picture, model=None) -> Reading:
    """Read a picture that holds one or several digits, in one or several rows.

    Arguments and errors as `predict_digit`.

    Returns:
        The reading; its text has a line for each row.
    """
    rgb = open_picture(picture)
    with naming(picture):
        return read(rgb, model)


def classify(images: np.ndarray, model=None) -> np.ndarray:
    """Give the probabilities of the ten digits: the means over VIEWS of each image.

    Args:
        images: Shape (n, 28, 28), float32 in [0, 1].
        model: As for `predict_digit`.

    Returns:
        Shape (n, 10), float32.

    Source:
        Krizhevsky, Sutskever and Hinton (2012), "ImageNet classification with deep
        convolutional neural networks", NeurIPS, who average over views as well.
    """
    model = _shipped() if model is None else model
    check_model(model)
    batches = [images[start : start + AT_ONCE] for start in range(0, len(images), AT_ONCE)]
    return np.concatenate([_classify(batch, model) for batch in batches])


def _classify(images: np.ndarray, model) -> np.ndarray:
    views = np.array([cv2.remap(image, *SEEN, cv2.INTER_LINEAR) for image in images])
    # `predict` would take 40 ms more to set up its loop. With a Keras model, what is called is
    # kept by the model, traced for any number of images once that number has changed, and
    # reads the weights where they are: nothing here can be out of date.
    probabilities = answers(model, views.reshape(-1, FIELD, FIELD, 1))
    return probabilities.reshape(len(images), len(VIEWS), -1).mean(axis=1)


def read(rgb: np.ndarray, model) -> Reading:
    rows = find_digits(rgb)
    wholes = _predict([digit for row in rows for digit in row], model)
    height = np.median([whole.box.height for whole in wholes])
    if len(wholes) > MOST_CUT:
        height = np.inf  # noise, which would take long
    following = iter(wholes)
    lines = [
        [part for digit in row for part in _cut(digit, next(following), height, model)]
        for row in rows
    ]
    text = "\n".join("".join(str(prediction.digit) for prediction in line) for line in lines)
    return Reading(text, tuple(prediction for line in lines for prediction in line))


def _cut(digit: Digit, whole: Prediction, height: float, model) -> tuple[Prediction, ...]:
    """Cut digits that touch each other where the network is surest of all the parts.

    The height is what digits on the page usually have: a low one looks wide, but is one.
    """
    width = digit.box.width / max(height, digit.box.height)
    if width < WIDE or (width < VERY_WIDE and whole.confidence > SURE):
        return (whole,)
    found = parts(digit)
    return _surest(dict(zip(found, _predict(list(found.values()), model), strict=True)))


def _surest(found: dict[tuple[int, int], Prediction]) -> tuple[Prediction, ...]:
    """The parts, one beginning where another ends, with the greatest product of confidences."""
    rows = {0: (1.0, ())}
    for start, end in sorted(found, key=lambda cuts: cuts[1]):
        if start in rows:
            product, row = rows[start]
            longer = (product * found[start, end].confidence, (*row, found[start, end]))
            rows[end] = max(rows.get(end, longer), longer, key=lambda candidate: candidate[0])
    return rows[max(rows)][1]


def _predict(digits: list[Digit], model) -> tuple[Prediction, ...]:
    strokes = [even_strokes(digit.ink) for digit in digits]
    images = np.stack([centre(lines) for lines in strokes])
    rows = classify(images, model)
    return tuple(map(_prediction, digits, strokes, images, rows))


def _prediction(
    digit: Digit, strokes: np.ndarray, image: np.ndarray, probabilities: np.ndarray
) -> Prediction:
    best = int(probabilities.argmax())
    confidence = float(probabilities[best])
    steps = {
        "picture": digit.sheet.rgb,
        "paper": digit.sheet.paper,
        "ink": digit.sheet.ink,
        "digit": digit.ink,
        "strokes": strokes,
        "28 × 28": image,
    }
    accepted = confidence >= ACCEPTED
    return Prediction(best, confidence, probabilities, accepted, image, digit.box, steps)


@cache
def _shipped() -> LiteModel:
    """Loaded once, and without TensorFlow; what `load_model` gives may be trained on."""
    return load_model(SHIPPED.with_suffix(".tflite"))
