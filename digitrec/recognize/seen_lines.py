"""Show how the lines of a picture are read: what the line network sees, and where digits are cut.

What the pictures of the lesson are drawn from; reading itself is in `digitrec.recognize.lines`.
"""

from typing import NamedTuple

import numpy as np

from digitrec.model.inputs import Model
from digitrec.model.line_inputs import ROOM
from digitrec.preprocess.digit_line import LINE_HEIGHT, Line, with_neighbours
from digitrec.preprocess.picture import Picture, naming, open_picture
from digitrec.preprocess.segment import find_lines
from digitrec.recognize.ctc import likeliest_symbols
from digitrec.recognize.lines import COLUMN, choose_cutting, look, middles_of


class SeenLine(NamedTuple):
    """A line of digits as the line network sees it.

    Attributes:
        strip: Shape (32, width), uint8: 0 is paper, 255 is full ink.
        probabilities: Shape (width / 2 rounded up, 12), float32: how probable no digit, the
            digits 0 to 9, and a letter are at every second column of the strip.
        cuts: Shape (digits + 1, 32), float: the column of the strip, in its rows from top to
            bottom, of each cut before, between and behind the digits.
    """

    strip: np.ndarray
    probabilities: np.ndarray
    cuts: np.ndarray


def look_at_lines(picture: Picture, model: Model | None = None) -> list[SeenLine]:
    """Look at the lines of a picture with the line network, and cut them as `read_digits` does.

    Args:
        picture: As for `predict_digit`.
        model: As for `predict_digit`; with the line network it decides where to cut.

    Returns:
        The lines from top to bottom, those too in which there turns out to be no digit.

    Raises:
        PictureError: If it is not a readable picture, or blank, or shows only lines.
        ValueError: If the model does not turn (n, 28, 28, 1) into (n, 10).
    """
    rgb = open_picture(picture)
    with naming(picture):
        return [_look_at(line, model) for line in find_lines(rgb)]


def _look_at(line: Line, model: Model | None) -> SeenLine:
    strip = line.strip()
    probabilities = look(strip)
    cutting = choose_cutting(line, likeliest_symbols(probabilities), model)
    places = with_neighbours(middles_of(cutting.columns))
    between = [(before, middle) for before, middle, _ in places]
    between += [(middle, after) for _, middle, after in places[-1:]]
    cuts = [_on_strip(line.cut(*pair), line.scale) for pair in between]
    first = ROOM // COLUMN
    columns = -(-strip.shape[1] // COLUMN)
    return SeenLine(
        strip,
        probabilities[first : first + columns],
        np.array(cuts).reshape(len(cuts), LINE_HEIGHT),
    )


def _on_strip(cut: np.ndarray, scale: float) -> np.ndarray:
    """A cut through the ink of a line, reduced with it."""
    rows = (np.arange(LINE_HEIGHT) + 0.5) / scale - 0.5
    return scale * np.interp(rows, np.arange(len(cut)), cut)
