"""Read a frame of a live camera, which mostly shows no number: nobody chose it as a picture.

What is read on a frame is doubted unless it looks like a number that someone holds into it.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from digitrec.data.scripts import script_of
from digitrec.model.inputs import Model
from digitrec.preprocess.digit_line import Line
from digitrec.preprocess.errors import PictureError
from digitrec.preprocess.ink import depth, stroke_width
from digitrec.preprocess.picture import Picture, open_picture
from digitrec.preprocess.pieces import PALE, box_around
from digitrec.recognize.digits import find_digits, read_found
from digitrec.recognize.results import Prediction, Reading
from digitrec.recognize.unlikely import doubted

NOTHING = Reading("", ())

# Chosen such that no frame without a number is accepted, in scenes that a camera sees:
# `python -m benchmarks.camera`. As shares of the frame's height:
LEAST = 0.1  # of the largest digit
EDGE = 0.03  # from the edge of the frame to the digits
# Others:
MOST_GROUPS = 25  # of ink; more are a pattern, or noise, and would take long to read
MOST_LINES = 4  # likewise
MIDDLE = 0.3  # of the frame's size, from its middle to that of the digits
INK = 0.8  # of the frame's ink that belongs to digits
THICK = 0.35  # of the digit's height, the width of its strokes


def read_frame(frame: Picture, model: Model | None = None) -> Reading:
    """Read what is held into a camera's frame: a number in the middle, and hardly anything else.

    Args:
        frame: As for `predict_digit`; what is beyond the viewfinder is cut off already.
        model: As for `predict_digit`.

    Returns:
        The reading, its boxes in pixels of the frame; without any digits where the frame shows
        none, or only small ones, or far too many. All digits are in doubt where the frame shows
        other things beside them, or where they are not in its middle.

    Raises:
        PictureError: If it is not a readable picture.
        ValueError: If the model does not turn (n, 28, 28, 1) into (n, 10), or gives probabilities
            that are not numbers.
    """
    rgb = open_picture(frame)
    try:
        found = find_digits(rgb, model)
    except PictureError:  # it is blank, or shows only lines
        return NOTHING
    groups = [box_around(group) for line in found for group in line.groups]
    largest = max(max(box.width, box.height) for box in groups) / found[0].factor
    if largest < LEAST * len(rgb) or len(groups) > MOST_GROUPS or len(found) > MOST_LINES:
        return NOTHING
    reading = read_found(found, model)
    size = (rgb.shape[1], rgb.shape[0])
    is_thick = script_of(model) is None and _is_thick(reading.predictions)
    if _is_in_the_middle(reading.predictions, *size) and _is_alone(reading, found) and not is_thick:
        return reading
    return Reading(reading.text, tuple(map(doubted, reading.predictions)))


def _is_in_the_middle(predictions: Sequence[Prediction], width: int, height: int) -> bool:
    boxes = [prediction.box for prediction in predictions]
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    right, bottom = max(box.right for box in boxes), max(box.bottom for box in boxes)
    aside = abs(left + right - width) / (2 * width), abs(top + bottom - height) / (2 * height)
    room = min(left, top, width - right, height - bottom)
    return max(aside) < MIDDLE and room >= EDGE * height


def _is_alone(reading: Reading, found: Sequence[Line]) -> bool:
    """Whether hardly any ink is beside the digits."""
    page = found[0].pieces.page
    of_digits = sum(cv2.countNonZero(_inked(each)) for each in reading.predictions)
    return of_digits >= INK * cv2.countNonZero((page.ink > PALE).view(np.uint8))


def _is_thick(predictions: Sequence[Prediction]) -> bool:
    """Whether a stroke is so wide that the digit is hardly written: a bar, an arrow, a blot."""
    widths = [stroke_width(depth(np.pad(_inked(each), 1))) for each in predictions]
    sides = [max(each.steps["digit"].shape) for each in predictions]
    return any(width > THICK * side for width, side in zip(widths, sides, strict=True))


def _inked(prediction: Prediction) -> np.ndarray:
    return (prediction.steps["digit"] > PALE).view(np.uint8)
