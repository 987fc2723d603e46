"""Read a picture and show how it was read."""

import matplotlib.pyplot as plt

from digitrec import viz
from digitrec.preprocess.picture import Picture, naming, open_picture
from digitrec.recognize.digits import read
from digitrec.recognize.results import Reading


def predict_uploaded_image(picture: Picture, model=None) -> Reading:
    """Read a picture as `read_digits` does, and show how it was read.

    The figure has the picture with each digit boxed, and what the network saw of it; for a
    single digit, also the probabilities as bars.
    """
    rgb = open_picture(picture)
    with naming(picture):
        reading = read(rgb, model)
    viz.plot_reading(rgb, reading.predictions)
    plt.show()
    return reading
