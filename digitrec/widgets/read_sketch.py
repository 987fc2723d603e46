"""Read what is drawn on a pad."""

from dataclasses import replace

import numpy as np

from digitrec.model.inputs import Model
from digitrec.recognize.digits import predict_digit, read_digits
from digitrec.recognize.results import Reading
from digitrec.widgets.sketch import Sketch


def read_sketch(sketch: Sketch, model: Model | None, *, several: bool) -> Reading:
    """Read a digit, or a number of several digits, with boxes in pixels of the sketch.

    Args:
        sketch: What is drawn.
        model: As for `predict_digit`.
        several: Whether to look for several digits.

    Raises:
        PictureError: If no digit is found.
    """
    # Beyond the pad's edge there is paper too: ink that touches it is not a shadow.
    margin = round(sketch.pen)
    picture = np.pad(sketch.to_array(), margin)
    if several:
        reading = read_digits(picture, model)
    else:
        prediction = predict_digit(picture, model)
        reading = Reading(prediction.text, (prediction,))
    predictions = [
        replace(prediction, box=prediction.box.shifted(-margin))
        for prediction in reading.predictions
    ]
    return Reading(reading.text, tuple(predictions))
