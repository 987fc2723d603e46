"""Read one picture: a digit becomes a Prediction, several digits become a Reading."""

import numpy as np

from digitrec.data.scripts import script_of
from digitrec.model.inputs import Model
from digitrec.preprocess.digit_line import Line
from digitrec.preprocess.picture import Picture, naming, open_picture
from digitrec.preprocess.segment import SMALL, SMALL_DOT, find_digit, find_lines
from digitrec.recognize.classify import recognize
from digitrec.recognize.lines import read_lines
from digitrec.recognize.results import Prediction, Reading
from digitrec.recognize.unlikely import doubt_unlikely


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
        digit = find_digit(rgb, keep_lines=_has_lines(model))
        (prediction,) = recognize([digit], model)
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
        return read_found(find_digits(rgb, model), model)


def find_digits(rgb: np.ndarray, model: Model | None) -> list[Line]:
    """Find what `read_found` is to read.

    Args:
        rgb: Shape (height, width, 3), uint8.
        model: As for `predict_digit`.

    Raises:
        PictureError: If the picture is blank, or shows only lines.
    """
    smallest = SMALL_DOT if script_of(model) else SMALL
    return find_lines(rgb, keep_lines=_has_lines(model), smallest=smallest)


def read_found(found: list[Line], model: Model | None) -> Reading:
    """Read the lines that `find_digits` has found.

    Raises:
        ValueError: As for `read_digits`.
    """
    lines = read_lines(found, model)
    if model is None:  # in another script a dot or a dash may be a digit
        lines = doubt_unlikely(lines, is_ruled=found[0].pieces.share_beside_lines < 1)
    text = "\n".join("".join(prediction.text for prediction in line) for line in lines)
    return Reading(text, tuple(prediction for line in lines for prediction in line))


def _has_lines(model: Model | None) -> bool:
    script = script_of(model)
    return script is not None and script.has_lines
