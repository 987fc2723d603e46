"""The connected pieces of ink on a page, without ruled lines, dirt and the edges of the paper.

NumPy and OpenCV only.
"""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from digitrec.preprocess.ink import Sheet
from digitrec.preprocess.picture import PictureError
from digitrec.preprocess.ruled_lines import erase_lines

PALE = 60  # least ink of a stroke, of 255; pieces without any ink that is
FIRM = 90  # at least this are paper
MOST = 1000  # pieces looked at, the largest; a page of noise has more
ALL_LINES = 0.02  # if less than this share of the ink is no line, the lines are kept
SPECK = 0.04  # pieces smaller than this share of the largest one are dirt
EDGE = 0.1  # weight of a piece that touches the picture's edge: it is seldom the digit
ALONG = 0.5  # of its length a piece lies along the edge: a shadow or the table


class Box(NamedTuple):
    """A rectangle in pixels, origin top left."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def bottom(self) -> int:
        return self.top + self.height


class Piece(NamedTuple):
    """A connected piece of ink, by its label on its page."""

    box: Box
    label: int


class Digit(NamedTuple):
    """A digit cut out of a picture.

    Attributes:
        ink: Shape (height, width), uint8: 0 is paper, 255 is full ink; nothing else is on it.
        box: Where it stands, in pixels of the picture as shown.
        sheet: The picture it is on, perhaps reduced.
    """

    ink: np.ndarray
    box: Box
    sheet: Sheet


class Page:
    """The connected pieces of ink on a page, without dirt and the edges of the paper.

    Attributes:
        sheet: The picture, its paper and its ink.
        pieces: What may be a digit or a part of one.
    """

    def __init__(self, sheet: Sheet):
        self.sheet, ink = sheet, sheet.ink
        inked = (ink > PALE).astype(np.uint8)
        without_lines = erase_lines(inked)
        if cv2.countNonZero(without_lines) > ALL_LINES * cv2.countNonZero(inked):
            inked = without_lines  # else it is a 1 drawn with a ruler
        count, self._labels, stats, _ = cv2.connectedComponentsWithStats(inked)
        self._count = count
        if count < 2:
            raise PictureError("the picture is blank: draw or write a digit first")
        frame = (self._labels[[0, -1]].ravel(), self._labels[:, [0, -1]].ravel())
        contact = np.bincount(np.concatenate(frame), minlength=count)[1:]
        width, height, area = stats[1:, 2:].T
        firm = np.bincount(self._labels[ink > FIRM], minlength=count)[1:] > 0
        weight = firm * np.where(contact > 0, EDGE, 1.0) * area
        # A shadow or the table lies along the edge; a digit at most touches it.
        along = contact > ALONG * np.maximum(width, height)
        if (firm & ~along).any():
            weight[along] = 0
        kept = (weight > 0) & (weight >= SPECK * weight.max())
        if contact[weight.argmax()] == 0:
            kept &= contact == 0
        self.pieces = [
            Piece(Box(*stats[number + 1, :4].tolist()), number + 1)
            for number in np.argsort(-weight)[:MOST]
            if kept[number]
        ]

    def digit(self, pieces: Sequence[Piece], factor: float) -> Digit:
        """Cut some pieces out, as one digit; the box is divided by the factor."""
        left, top, width, height = around(pieces)
        # Soft edges belong to the piece they surround, so each is grown by a pixel.
        rows, columns = (
            slice(max(0, top - 1), top + height + 1),
            slice(max(0, left - 1), left + width + 1),
        )
        belongs = np.zeros(self._count, np.uint8)
        belongs[[piece.label for piece in pieces]] = 1
        mask = cv2.dilate(belongs[self._labels[rows, columns]], np.ones((3, 3), np.uint8))
        ink = self.sheet.ink[rows, columns]
        ink = cv2.bitwise_and(ink, ink, mask=mask)
        box = Box(*(round(length / factor) for length in (left, top, width, height)))
        return Digit(ink, box, self.sheet)


def around(pieces: Sequence[Piece]) -> Box:
    """The smallest box that holds all the pieces."""
    left = min(piece.box.left for piece in pieces)
    top = min(piece.box.top for piece in pieces)
    right = max(piece.box.right for piece in pieces)
    bottom = max(piece.box.bottom for piece in pieces)
    return Box(left, top, right - left, bottom - top)
