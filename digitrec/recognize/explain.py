"""Explain a reading: what mattered, what is alike, and how little would have changed it.

Reading never needs this module. TensorFlow, which the slopes and the last features take, is
loaded only when an explanation is asked for.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from digitrec.data.mnist import scale
from digitrec.data.scripts import script_of
from digitrec.model.inputs import Model, to_inputs
from digitrec.model.lite import LiteModel
from digitrec.model.lite_copy import fastest
from digitrec.model.storage import SHIPPED, load_model
from digitrec.preprocess.ink import Page
from digitrec.preprocess.left_out import leave_out
from digitrec.preprocess.normalize import SIDE
from digitrec.preprocess.picture import Picture
from digitrec.preprocess.pieces import Box
from digitrec.recognize.classify import ACCEPTED, VIEWS, classify, sampling_grid, views_of
from digitrec.recognize.digits import predict_digit
from digitrec.recognize.explanation import Explanation, LeftOut, Neighbours, other_digit
from digitrec.recognize.occlusion import INK, PAPER, occlude
from digitrec.recognize.results import Prediction, Reading
from digitrec.recognize.shipped import shipped_model, shipped_script_model
from digitrec.recognize.smallest_change import Lead, smallest_change

if TYPE_CHECKING:
    from digitrec.model.known_digits import KnownDigits

NEIGHBOURS = 5  # shown of each kind

BACK = sampling_grid([-slant for slant in VIEWS])  # from the views to the image


def explain(
    picture: Picture | Reading, model: Model | None = None, true: int | str | None = None
) -> Explanation:
    """Explain why a digit is read as it is, best one that is misread.

    The first explanation of a network takes some seconds, since 10,000 training digits are shown
    to it; each further one less than a second. It needs TensorFlow, which reading does not:
    install digitrec with the extra `train`.

    Args:
        picture: A picture that holds one digit, as for `predict_digit`; or an image as the
            network sees it: an array of shape (28, 28), bright ink on black, uint8 or float in
            [0, 1], of which no preparation is explained; or what `read_digits` gave, whose least
            sure digit is explained.
        model: As for `predict_digit`, but of the networks in .tflite files only the shipped ones.
        true: The correct digit; for several digits the correct number, as text. None if it is
            not known: the digit is then compared with the second likeliest one.

    Returns:
        The explanation, to look at with `viz.plot_explanation`.

    Raises:
        PictureError: If it is not a readable picture, or blank, or shows only lines.
        ValueError: If `true` does not fit, an image has values beyond its range, or the model is
            from another .tflite file, has other shapes or does not end with a dense softmax layer.
        ImportError: If TensorFlow is not installed.
    """
    quick = fastest(model)
    predictions = _read(picture, quick)
    labels = _labels(true, len(predictions))
    number = min(range(len(predictions)), key=lambda each: predictions[each].confidence)
    prediction, label = predictions[number], labels[number]
    image, network = prediction.image, _with_layers(model)
    probabilities = classify(image[np.newaxis], quick)[0]
    digit, other = int(probabilities.argmax()), other_digit(probabilities, label)
    neighbours, of_other = _nearest(network, image, other)
    return Explanation(
        image=image,
        probabilities=probabilities,
        true=label,
        read=prediction.digit,
        place=(number + 1, len(predictions)),
        without_ink=occlude(image, digit, PAPER, quick),
        with_ink=occlude(image, digit, INK, quick),
        change=smallest_change(image, scale(of_other.images[0]), _lead(network, other)),
        neighbours=neighbours,
        neighbours_of_other=of_other,
        left_out=_left_out(prediction, quick) if len(predictions) == 1 else (),
    )


def _read(picture: Picture | Reading, model: Model | None) -> Sequence[Prediction]:
    if isinstance(picture, Reading):
        return picture.predictions
    if not isinstance(picture, np.ndarray) or picture.shape != (SIDE, SIDE):
        return [predict_digit(picture, model)]
    image = to_inputs(picture[np.newaxis])[0, ..., 0]
    image = scale(image) if image.dtype == np.uint8 else image
    probabilities = classify(image[np.newaxis], model)[0]
    digit, confidence = int(probabilities.argmax()), float(probabilities.max())
    whole, accepted = Box(0, 0, SIDE, SIDE), confidence >= ACCEPTED
    return [Prediction(digit, confidence, probabilities, accepted, image, whole, steps={})]


def _labels(true: int | str | None, count: int) -> list[int | None]:
    if true is None:
        return [None] * count
    digits = "".join(str(true).split())
    if not digits.isdecimal() or len(digits) != count:
        expected = "a digit from 0 to 9" if count == 1 else f"a number of {count} digits"
        raise ValueError(f"the correct answer cannot be {true!r}: give {expected}")
    return [int(digit) for digit in digits]


def _with_layers(model: Model | None) -> Model:
    """The network as Keras has it, with layers and slopes, which a .tflite file has not."""
    if model is None:
        return _shipped_with_layers(SHIPPED)
    if isinstance(model, LiteModel):
        script = model.name if script_of(model) else ""
        shipped = shipped_script_model(script) if script else shipped_model()
        if model.content == shipped.content:
            return _shipped_with_layers(script or SHIPPED)
    return model


@cache
def _shipped_with_layers(name: str | Path) -> Model:
    return load_model(name)


def _nearest(network: Model, image: np.ndarray, other: int) -> tuple[Neighbours, Neighbours]:
    """The nearest training digits of all, and the nearest of those that are `other`."""
    from digitrec.model.features import features
    from digitrec.model.known_digits import known_digits

    known = known_digits(network)
    distances = np.linalg.norm(known.features - features(network, image[np.newaxis]), axis=1)
    of_other = np.where(known.labels == other, distances, np.inf)
    return _first(known, distances), _first(known, of_other)


def _first(known: "KnownDigits", distances: np.ndarray) -> Neighbours:
    order = distances.argsort(kind="stable")[:NEIGHBOURS]
    return Neighbours(known.images[order], known.labels[order], distances[order])


def _lead(network: Model, digit: int) -> Lead:
    from digitrec.model.lead import lead

    def of_image(image: np.ndarray) -> tuple[float, np.ndarray]:
        ahead, slopes = lead(network, views_of(image), digit)
        # What a pixel does in a slanted view is slanted back to where it is in the image.
        places = BACK.reshape(2, -1, SIDE, SIDE).swapaxes(0, 1)
        back = [
            cv2.remap(slope, x, y, cv2.INTER_LINEAR)
            for slope, (x, y) in zip(slopes, places, strict=True)
        ]
        return ahead, np.sum(back, axis=0)

    return of_image


def _left_out(prediction: Prediction, model: Model | None) -> tuple[LeftOut, ...]:
    steps = prediction.steps
    if not steps:
        return ()
    page = Page(steps["picture"], steps["paper"], steps["ink"])
    return tuple(
        _read_without(step, image, model) for step, image in leave_out(page, steps["digit"]).items()
    )


def _read_without(step: str, image: np.ndarray | None, model: Model | None) -> LeftOut:
    if image is None:
        return LeftOut(step, None, None, 0)
    probabilities = classify(image[np.newaxis], model)[0]
    return LeftOut(step, image, int(probabilities.argmax()), float(probabilities.max()))
