"""Read one picture: a digit becomes a Prediction, several digits become a Reading."""

from collections.abc import Sequence
from functools import cache
from itertools import compress
from threading import Lock

import cv2
import numpy as np

from digitrec.model.inputs import Model, check_model, infer
from digitrec.model.storage import SHIPPED, load_model
from digitrec.preprocess.normalize import CENTRE_OF_MASS, SIDE, centre_by_mass, even_strokes
from digitrec.preprocess.picture import Picture, naming, open_picture
from digitrec.preprocess.pieces import Digit
from digitrec.preprocess.segment import find_digit, find_digits
from digitrec.preprocess.touching import count_cuts, cut_into_parts
from digitrec.recognize.results import Prediction, Reading

# Chosen on real handwriting and on pictures of no digit: `python -m benchmarks.handwriting FOLDER`,
# `python -m benchmarks.doubt`.
ACCEPTED = 0.85  # least confidence of a digit that is not in doubt
SURE = 0.95  # a digit of more confidence is believed even if it is wide
WIDE = 1.0  # times the usual height; a wider digit may be several that touch
VERY_WIDE = 1.25  # times the usual height; a wider digit probably is several that touch
MOST_CUTS = 300  # on a page; where more would be needed, which is noise, none are made

BATCH_SIZE = 16  # digits inferred at a time; more take more memory and no less time

# The network sees a digit as it is, and slanted a little to either side; pixels per pixel down.
VIEWS = (0, -0.12, 0.12)


def _sampling_grid() -> np.ndarray:
    """For each pixel of the views, one below the other, its x and y in the image.

    Shape (2, 28 * number of views, 28), float32. So all views take one call of OpenCV.
    """
    y, x = np.mgrid[:SIDE, :SIDE]
    across = [x + slant * (CENTRE_OF_MASS - y) for slant in VIEWS]
    return np.array([np.concatenate(across), np.tile(y, (len(VIEWS), 1))], np.float32)


SAMPLING_GRID = _sampling_grid()

_loading = Lock()


def predict_digit(picture: Picture, model: Model | None = None) -> Prediction:
    """Read a picture that holds one digit.

    Args:
        picture: A path, the bytes of an image file, a Pillow image or an array; see
            `digitrec.preprocess.picture.open_picture`.
        model: A Keras model as `build_model` gives it, or what `load_model` makes of a
            .tflite file; None is the shipped one.

    Returns:
        The prediction; its box is in pixels of the picture as shown.

    Raises:
        PictureError: If it is not a readable picture, or blank, or shows only lines.
        ValueError: If the model does not turn (n, 28, 28, 1) into (n, 10), or gives probabilities
            that are not numbers.
    """
    rgb = open_picture(picture)
    with naming(picture):
        (prediction,) = _recognize([find_digit(rgb)], model)
    return prediction


def read_digits(picture: Picture, model: Model | None = None) -> Reading:
    """Read a picture that holds one or several digits, in one or several lines.

    Args:
        picture: As for `predict_digit`.
        model: As for `predict_digit`.

    Returns:
        The reading; its text has a newline between lines.

    Raises:
        PictureError: If it is not a readable picture, or blank, or shows only lines.
        ValueError: If the model does not turn (n, 28, 28, 1) into (n, 10), or gives probabilities
            that are not numbers.
    """
    rgb = open_picture(picture)
    with naming(picture):
        lines = _recognize_lines(find_digits(rgb), model)
    text = "\n".join("".join(str(prediction.digit) for prediction in line) for line in lines)
    return Reading(text, tuple(prediction for line in lines for prediction in line))


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
    model = _shipped_model() if model is None else model
    check_model(model)
    starts = range(0, len(images), BATCH_SIZE)
    return np.concatenate(
        [_average_over_views(images[start : start + BATCH_SIZE], model) for start in starts]
    )


def _average_over_views(images: np.ndarray, model: Model) -> np.ndarray:
    x, y = SAMPLING_GRID
    views = np.array([cv2.remap(image, x, y, cv2.INTER_LINEAR) for image in images])
    probabilities = infer(model, views.reshape(-1, SIDE, SIDE, 1))
    return probabilities.reshape(len(images), len(VIEWS), -1).mean(axis=1)


def _shipped_model() -> Model:
    """Loaded once, and apart from what `load_model()` gives, which may be trained further."""
    with _loading:  # `cache` alone would let two threads load it at the same time
        return _load_shipped_model()


@cache
def _load_shipped_model() -> Model:
    return load_model(SHIPPED.with_suffix(".tflite"))


def _recognize(digits: Sequence[Digit], model: Model | None) -> list[Prediction]:
    strokes = [even_strokes(digit.ink) for digit in digits]
    images = np.stack([centre_by_mass(each) for each in strokes])
    probabilities = classify(images, model)
    return list(map(_prediction_of, digits, strokes, images, probabilities))


def _prediction_of(
    digit: Digit, strokes: np.ndarray, image: np.ndarray, probabilities: np.ndarray
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
    )


def _recognize_lines(lines: list[list[Digit]], model: Model | None) -> list[list[Prediction]]:
    digits = [digit for line in lines for digit in line]
    wholes = _recognize(digits, model)
    usual_height = float(np.median([whole.box.height for whole in wholes]))
    wide = [_may_be_several(whole, usual_height) for whole in wholes]
    if sum(count_cuts(digit) for digit in compress(digits, wide)) > MOST_CUTS:
        wide = [False] * len(wide)
    read = iter(
        _cut(digit, model) if is_wide else [whole]
        for digit, whole, is_wide in zip(digits, wholes, wide, strict=True)
    )
    return [[prediction for _ in line for prediction in next(read)] for line in lines]


def _may_be_several(whole: Prediction, usual_height: float) -> bool:
    # A digit lower than the others looks wide, but is only one.
    width = whole.box.width / max(usual_height, whole.box.height)
    return width >= VERY_WIDE or (width >= WIDE and whole.confidence <= SURE)


def _cut(digit: Digit, model: Model | None) -> Sequence[Prediction]:
    """Cut digits that touch each other where the network is surest of all the parts."""
    parts = cut_into_parts(digit)
    predictions = _recognize(list(parts.values()), model)
    return _surest(dict(zip(parts, predictions, strict=True)))


def _surest(parts: dict[tuple[int, int], Prediction]) -> Sequence[Prediction]:
    """The parts, each beginning where another ends, with the greatest product of confidences."""
    best: dict[int, tuple[float, tuple[Prediction, ...]]] = {0: (1.0, ())}  # up to each cut
    for start, end in sorted(parts, key=lambda cuts: cuts[1]):
        if start in best:
            product, chosen = best[start]
            part = parts[start, end]
            longer = (product * part.confidence, (*chosen, part))
            best[end] = max(best.get(end, longer), longer, key=lambda candidate: candidate[0])
    return best[max(best)][1]
