"""Find the connected pieces of ink on a page, leaving out ruled lines, dirt and page edges.

NumPy and OpenCV only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from digitrec.preprocess.connected import Connected, connected
from digitrec.preprocess.errors import PictureError
from digitrec.preprocess.frames import erase_frames
from digitrec.preprocess.ink import Page
from digitrec.preprocess.ruled_lines import erase_lines

# Chosen on real handwriting: `python -m benchmarks.handwriting FOLDER`.
PALE = 60  # ink, of 255, from which a pixel belongs to a piece
FIRM = 140  # ink, of 255, that a piece has somewhere; a paler one is a stamp, or a shadow's edge
ALL_LINES = 0.02  # share of the ink; if erasing the lines leaves less, the lines may be the digits
SPECK = 0.04  # of the weight of the largest piece; a lighter piece is dirt
EDGE = 0.1  # weight of a piece that touches the picture's edge, which digits seldom do
ALONG = 0.5  # of its length; a piece that lies so far along the edge is a shadow or the table
AS_HIGH = 0.65  # of the heaviest piece's height, or the other way round: a digit at the edge
MOST = 1000  # pieces looked at, the largest ones, since a page of noise has more


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

    def shifted(self, by: int) -> "Box":
        """The same box so many pixels farther right and down."""
        return self._replace(left=self.left + by, top=self.top + by)


class Piece(NamedTuple):
    """A connected piece of ink, by its label on its page."""

    box: Box
    label: int


class Digit(NamedTuple):
    """A digit cut out of a picture.

    Attributes:
        ink: Shape (height, width), uint8: 0 is paper, 255 is full ink; nothing else is on it.
        box: Where it stands, in pixels of the picture as shown.
        page: The page it is on, perhaps reduced.
    """

    ink: np.ndarray
    box: Box
    page: Page


@dataclass(frozen=True)
class Pieces:
    """The connected pieces of ink on a page.

    Attributes:
        page: The page they are on.
        lines: Shape (height, width), uint8: 1 where there is a ruled line, else 0.
        share_beside_lines: The share of the ink that does not belong to one.
        labels: Shape (height, width), int32: the piece that each pixel belongs to, 0 for none.
        kept: The pieces that may be a digit or a part of one, the heaviest first.
        around: The box around all pieces, kept or not.
    """

    page: Page
    lines: np.ndarray
    share_beside_lines: float
    labels: np.ndarray
    kept: list[Piece]
    around: Box

    def cut_out(self, pieces: Sequence[Piece], factor: float) -> Digit:
        """Cut some pieces out, as one digit; its box is divided by the factor."""
        left, top, width, height = box_around(pieces)
        # Soft edges belong to the piece they surround, so each is grown by a pixel.
        rows = slice(max(0, top - 1), top + height + 1)
        columns = slice(max(0, left - 1), left + width + 1)
        labels = self.labels[rows, columns]
        mask = cv2.dilate(_belonging(labels, pieces), np.ones((3, 3), np.uint8))
        ink = self.page.ink[rows, columns] * mask
        box = Box(*(round(length / factor) for length in (left, top, width, height)))
        return Digit(ink, box, self.page)


def find_pieces(page: Page, *, keep_lines: bool = False) -> Pieces:
    """Find the connected pieces of ink on a page, and keep those that may be digits.

    Args:
        page: The page, as `find_ink` gives it.
        keep_lines: Whether level lines are digits; else ruled lines and frames are erased.

    Raises:
        PictureError: If there are none.
    """
    inked = (page.ink > PALE).view(np.uint8)
    found = connected(inked)
    unframed = inked if keep_lines else erase_frames(inked, found)
    if unframed is not inked:
        page = _erase(page, inked & ~unframed, unframed)
        inked, found = unframed, connected(unframed)
    beside_lines = inked if keep_lines else erase_lines(inked)
    lines = inked - beside_lines
    share = cv2.countNonZero(beside_lines) / max(cv2.countNonZero(inked), 1)
    if ALL_LINES < share < 1:
        beside = connected(beside_lines)
        if not _is_dirt(beside, found):  # else the lines may be a 1 drawn with a ruler
            page, found = _erase(page, lines, beside_lines), beside
    if not len(found.areas):
        raise PictureError("is blank: draw or write a digit first")
    weight = _weights(found, page.ink)
    kept = (weight > 0) & (weight >= SPECK * weight.max())
    heaviest_first = [number for number in np.argsort(-weight)[:MOST].tolist() if kept[number]]
    kept_pieces = [
        Piece(Box(*found.boxes[number].tolist()), number + 1) for number in heaviest_first
    ]
    return Pieces(page, lines, share, found.labels, kept_pieces, Box(*found.around))


def _weights(found: Connected, ink: np.ndarray) -> np.ndarray:
    """How much speaks for each piece to be a digit or a part of one: shape (n,), 0 or more."""
    labels, boxes, areas, _ = found
    if len(areas) == 1:  # it has no other to be compared with
        return areas * (ink.max() > FIRM)
    count = len(areas) + 1
    contact = _edge_contact(labels, count)
    firm = np.bincount(labels[ink > FIRM], minlength=count)[1:] > 0
    weight = firm * np.where(contact > 0, EDGE, 1.0) * areas
    along_edge = contact > ALONG * boxes[:, 2:].max(axis=1)
    if (firm & ~along_edge).any():
        weight[along_edge] = 0
    heaviest = weight.argmax()
    if contact[heaviest] > 0:
        return weight
    # The digits are clear of the edge: what touches it is hardly one.
    ratio = boxes[:, 3] / boxes[heaviest, 3]
    as_high = (ratio > AS_HIGH) & (ratio < 1 / AS_HIGH) & (weight > 0)
    return np.where(contact == 0, weight, as_high * areas)


def _belonging(labels: np.ndarray, pieces: Sequence[Piece]) -> np.ndarray:
    """Which pixels belong to one of the pieces: shape (height, width), uint8, 0 or 1."""
    if len(pieces) == 1:  # a comparison takes an eighth of the time that a table takes
        return (labels == pieces[0].label).view(np.uint8)
    belongs: np.ndarray = np.zeros(labels.max() + 1, np.uint8)
    belongs[[piece.label for piece in pieces]] = 1
    return belongs.take(labels)


def box_around(pieces: Sequence[Piece]) -> Box:
    """The smallest box that holds all the pieces."""
    if len(pieces) == 1:
        return pieces[0].box
    left = min(piece.box.left for piece in pieces)
    top = min(piece.box.top for piece in pieces)
    right = max(piece.box.right for piece in pieces)
    bottom = max(piece.box.bottom for piece in pieces)
    return Box(left, top, right - left, bottom - top)


def _erase(page: Page, erased: np.ndarray, kept: np.ndarray) -> Page:
    """The page without what is erased and its soft edges, as far as they are no one else's."""
    square = np.ones((3, 3), np.uint8)
    gone = cv2.max(cv2.subtract(cv2.dilate(erased, square), cv2.dilate(kept, square)), erased)
    return page._replace(ink=np.where(gone, 0, page.ink).astype(np.uint8))


def _is_dirt(pieces: Connected, whole: Connected) -> bool:
    """Whether pieces are dirt beside the heaviest of all, which does not cross the page."""
    heaviest = whole.areas.argmax()
    is_crossing = (whole.boxes[heaviest, 2:] >= whole.labels.shape[::-1]).any()
    return not is_crossing and pieces.areas.max() < SPECK * whole.areas[heaviest]


def _edge_contact(labels: np.ndarray, count: int) -> np.ndarray:
    """How many pixels of each piece lie on the picture's edge."""
    edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    return np.bincount(edge, minlength=count)[1:]
