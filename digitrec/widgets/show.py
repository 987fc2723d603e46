"""Read a picture and show how it was read."""

import matplotlib.pyplot as plt

from digitrec import viz
from digitrec.model.inputs import Model
from digitrec.preprocess.picture import Picture, naming, open_picture
from digitrec.recognize.digits import read_digits
from digitrec.recognize.results import Reading


def predict_uploaded_image(picture: Picture, model: Model | None = None) -> Reading:
    """Read a picture as `read_digits` does, and show how it was read.

    The figure has the picture with a box around each digit, and what the network saw of it; for
    a single digit, also the probabilities as bars.

    Args:
        picture: As for `predict_digit`.
        model: As for `predict_digit`.

    Returns:
        The reading.

    Raises:
        PictureError: If it is not a readable picture, or blank.
        ValueError: If the model does not turn (n, 28, 28, 1) into (n, 10).
    """
    rgb = open_picture(picture)
    with naming(picture):
        reading = read_digits(rgb, model)
    viz.plot_reading(rgb, reading.predictions)
    plt.show()
    return reading
