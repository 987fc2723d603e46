"""Find the digits on a page: pieces of ink, joined to digits, ordered in rows.

NumPy and OpenCV only: no network is asked, so digits that touch each other stay one.
"""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from digitrec.picture import PictureError
from digitrec.preprocess import find_ink, reduce

WORKING_SIDE = 1000  # larger pictures are reduced to it, pixels
FIRM = 127  # least ink of a stroke where all of it is one digit, of 255
PALE = 60  # least ink of a stroke on a page of several digits, of 255
MOST = 1000  # pieces looked at, the largest; a page of noise has more
SPECK = 0.04  # pieces smaller than this share of the largest one are dirt
EDGE = 0.1  # weight of a piece that touches the picture's edge: it is seldom the digit
ALONG = 0.5  # of its length a piece lies along the edge: a shadow or the table

# When two pieces are one digit, as shares of the taller one's height where not said otherwise.
OVERLAP = 0.5  # of the narrower one's width lies above or below the other, and
GAP = 0.2  # no more than this is between them; or
PART = 0.5  # the smaller one is less than this, and
NEAR = 0.12  # no farther away than this

SMALL = 0.4  # groups of pieces smaller than this share of the others are no digits
BESIDE = 0.4  # neighbours in a row have at least this share of the lower one's height in common


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
    """

    ink: np.ndarray
    box: Box


def find_digit(rgb: np.ndarray) -> Digit:
    """Find the one digit of a picture; what cannot be part of it is left behind.

    Args:
        rgb: Shape (height, width, 3), uint8.

    Returns:
        Its ink and its box.

    Raises:
        PictureError: If nothing stands out from the paper.
    """
    factor = min(1, WORKING_SIDE / max(rgb.shape[:2]))
    page = Page(find_ink(reduce(rgb, factor)), threshold=FIRM)
    return page.digit(page.pieces, factor)


def find_digits(rgb: np.ndarray) -> list[list[Digit]]:
    """Find all digits of a picture, in reading order.

    Connected pieces of ink are joined to digits where one lies above the other, as the bar of
    a 5, or a small one close to a large one; and digits to a row where each stands beside
    the one before, so that a row may slope.

    Args:
        rgb: Shape (height, width, 3), uint8.

    Returns:
        The rows from top to bottom, and in each the digits from left to right.

    Raises:
        PictureError: If nothing stands out from the paper.
    """
    factor = min(1, WORKING_SIDE / max(rgb.shape[:2]))
    page = Page(find_ink(reduce(rgb, factor)), threshold=PALE)
    groups = _join(page.pieces)
    typical = np.median([max(_around(group)[2:]) for group in groups])
    groups = [group for group in groups if max(_around(group)[2:]) > SMALL * typical]
    return [[page.digit(group, factor) for group in row] for row in _rows(groups)]


class Page:
    """The connected pieces of ink on a page, without dirt and the edges of the paper.

    Attributes:
        ink: Shape (height, width), uint8, as `find_ink` gives it.
        pieces: What may be a digit or a part of one.
    """

    def __init__(self, ink: np.ndarray, threshold: int):
        self.ink = ink
        inked = (ink > threshold).astype(np.uint8)
        count, self._labels, stats, _ = cv2.connectedComponentsWithStats(inked)
        if count < 2:
            raise PictureError("the picture is blank: draw or write a digit first")
        frame = (self._labels[[0, -1]].ravel(), self._labels[:, [0, -1]].ravel())
        contact = np.bincount(np.concatenate(frame), minlength=count)[1:]
        width, height, area = stats[1:, 2:].T
        weight = np.where(contact > 0, EDGE, 1.0) * area
        # A shadow or the table lies along the edge; a digit at most touches it.
        along = contact > ALONG * np.maximum(width, height)
        if not along.all():
            weight[along] = 0
        kept = weight >= SPECK * weight.max()
        if contact[weight.argmax()] == 0:
            kept &= contact == 0
        self.pieces = [
            Piece(Box(*stats[number + 1, :4].tolist()), number + 1)
            for number in np.argsort(-weight)[:MOST]
            if kept[number]
        ]

    def digit(self, pieces: Sequence[Piece], factor: float) -> Digit:
        """Cut some pieces out, as one digit; the box is divided by the factor."""
        left, top, width, height = _around(pieces)
        # Soft edges belong to the piece they surround, so each is grown by a pixel.
        rows, columns = (
            slice(max(0, top - 1), top + height + 1),
            slice(max(0, left - 1), left + width + 1),
        )
        mask = np.isin(self._labels[rows, columns], [piece.label for piece in pieces])
        mask = cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8))
        ink = np.where(mask, self.ink[rows, columns], 0)
        return Digit(ink, Box(*(round(length / factor) for length in (left, top, width, height))))


def _join(pieces: list[Piece]) -> list[list[Piece]]:
    """Put pieces together that lie one above the other, or a small one close to a large one."""
    left, top, width, height = np.array([piece.box for piece in pieces]).T
    # Lengths that two pieces have in common across and down; negative is the gap between them.
    across = np.minimum.outer(left + width, left + width) - np.maximum.outer(left, left)
    down = np.minimum.outer(top + height, top + height) - np.maximum.outer(top, top)
    taller = np.maximum.outer(height, height)
    stacked = (across >= OVERLAP * np.minimum.outer(width, width)) & (down > -GAP * taller)
    size = np.maximum(width, height)
    small = np.minimum.outer(size, size) < PART * taller
    close = small & (np.minimum(across, down) > -NEAR * taller)
    together = stacked | close

    groups, left_over = [], set(range(len(pieces)))
    while left_over:
        group = [left_over.pop()]
        for member in group:  # it grows as it is walked through
            near = left_over.intersection(np.flatnonzero(together[member]).tolist())
            group += near
            left_over -= near
        groups.append([pieces[number] for number in group])
    return groups


def _around(pieces: Sequence[Piece]) -> Box:
    left = min(piece.box.left for piece in pieces)
    top = min(piece.box.top for piece in pieces)
    right = max(piece.box.right for piece in pieces)
    bottom = max(piece.box.bottom for piece in pieces)
    return Box(left, top, right - left, bottom - top)


def _rows(groups: list[Sequence[Piece]]) -> list[list[Sequence[Piece]]]:
    """From left to right, put each group into the row whose last one it stands beside best."""
    rows: list[list[Sequence[Piece]]] = []
    for group in sorted(groups, key=lambda group: _around(group).left + _around(group).right):
        beside = [_beside(_around(row[-1]), _around(group)) for row in rows]
        if beside and max(beside) > BESIDE:
            rows[int(np.argmax(beside))].append(group)
        else:
            rows.append([group])
    middles = [
        np.mean([_around(group).top + _around(group).bottom for group in row]) for row in rows
    ]
    return [rows[number] for number in np.argsort(middles)]


def _beside(one: Box, other: Box) -> float:
    """The share of the lower one's height that both have in common; negative: none."""
    common = min(one.bottom, other.bottom) - max(one.top, other.top)
    return common / min(one.height, other.height)
