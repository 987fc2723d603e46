"""A line of digits: its ink as one strip, and the digits cut out of it.

NumPy and OpenCV only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from digitrec.preprocess.connected import connected
from digitrec.preprocess.pieces import FIRM, PALE, Box, Digit, Piece, Pieces, box_around
from digitrec.preprocess.touching import cheapest_path

LINE_HEIGHT = 32  # as the line network sees lines, pixels
MARGIN = 4  # of the strip above and below the digits, pixels
MOST_OF = 0.5  # of the height of all ink; where a line is higher, all ink belongs to it
LOW = 0.5  # of the tallest digit of a line; lower ones do not tell how high the line is

# Chosen on real numbers: `python -m benchmarks.handwriting FOLDER`.
NEIGHBOUR = 28  # pixels of the strip from the middle of one digit to that of the next one
THROUGH = 0.8  # of the room between two cuts; ink that is wider and flat is a rule
FLAT = 0.3  # height of a rule, as a share of its width
CRUMB = 0.12  # of the largest piece between two cuts; a smaller one is a point, or of a neighbour


@dataclass(frozen=True, eq=False)
class Line:
    """A line of digits on a page.

    Attributes:
        groups: The pieces of each digit, from left to right, as they seem to belong together.
        pieces: All of the page.
        box: Where the line is, with a margin, in pixels of the page.
        others: The labels of the pieces of other lines.
        factor: By which the picture was reduced to the page.
    """

    groups: Sequence[Sequence[Piece]]
    pieces: Pieces
    box: Box
    others: list[int]
    factor: float

    @cached_property
    def digits(self) -> list[Digit]:
        """The groups of pieces, cut out."""
        return [self.pieces.cut_out(group, self.factor) for group in self.groups]

    @cached_property
    def ink(self) -> np.ndarray:
        """All ink inside the box but that of other lines: shape (height, width), uint8."""
        ink = _cut_out(self.pieces.page.ink, self.box)
        if not self.others:
            return ink
        labels = _cut_out(self.pieces.labels, self.box)
        of_others = np.isin(labels, self.others).astype(np.uint8)
        return ink * (1 - cv2.dilate(of_others, np.ones((3, 3), np.uint8)))

    @property
    def scale(self) -> float:
        """How many pixels of the strip a pixel of the page is."""
        return LINE_HEIGHT / self.box.height

    def strip(self) -> np.ndarray:
        """The ink as the line network sees it: shape (32, width), uint8."""
        size = (max(1, round(self.box.width * self.scale)), LINE_HEIGHT)
        kind = cv2.INTER_AREA if self.scale < 1 else cv2.INTER_LINEAR
        return cv2.resize(self.ink, size, interpolation=kind)

    def cut_out(self, before: float, middle: float, after: float) -> Digit | None:
        """Cut a digit out, along paths of least ink between it and its neighbours.

        Args:
            before: Where the digit before it is, in columns of the strip; see `with_neighbours`.
            middle: Where the digit itself is.
            after: Where the digit after it is.

        Returns:
            The digit; None where there is no ink.
        """
        return self._between(self.cut(before, middle), self.cut(middle, after))

    def cut(self, left: float, right: float) -> np.ndarray:
        """Find the cut between two digits: the column of the ink in each row.

        Ways to cut a line have most cuts in common, so each is kept.
        """
        if (left, right) not in self._cuts:
            path = cheapest_path(self.ink, left / self.scale, right / self.scale)
            self._cuts[left, right] = path
        return self._cuts[left, right]

    @cached_property
    def _cuts(self) -> dict[tuple[float, float], np.ndarray]:
        return {}

    def _between(self, left_cut: np.ndarray, right_cut: np.ndarray) -> Digit | None:
        """What is inked between two cuts, without crumbs and rules."""
        first = int(left_cut.min())
        end = min(int(np.ceil(right_cut.max())), self.ink.shape[1])
        columns = np.arange(first, end)
        inside = (columns >= left_cut[:, np.newaxis]) & (columns < right_cut[:, np.newaxis])
        ink = np.where(inside, self.ink[:, first:end], 0).astype(np.uint8)
        mask = _belonging((ink > PALE).astype(np.uint8), float((right_cut - left_cut).mean()))
        if not ink.size or ink.max() <= FIRM or not mask.any():
            return None
        left, top, width, height = cv2.boundingRect(mask)
        ink *= cv2.dilate(mask, np.ones((3, 3), np.uint8)).astype(np.uint8)
        rows = slice(max(0, top - 1), top + height + 1)
        ink = np.ascontiguousarray(ink[rows, max(0, left - 1) : left + width + 1])
        corner = (self.box.left + first + left, self.box.top + top)
        box = Box(*(round(length / self.factor) for length in (*corner, width, height)))
        return Digit(ink, box, self.pieces.page)


def with_neighbours(middles: Sequence[float]) -> list[tuple[float, float, float]]:
    """Put each digit of a line between its neighbours; all are columns of the strip.

    The first and the last one have a neighbour too, where one would be: beside them there may be
    a dash or a frame.
    """
    if not middles:
        return []
    beside = [middles[0] - NEIGHBOUR, *middles, middles[-1] + NEIGHBOUR]
    return list(zip(beside, beside[1:], beside[2:], strict=False))


def _belonging(inked: np.ndarray, room: float) -> np.ndarray:
    """Which ink between two cuts belongs to the digit: shape (height, width), uint8, 0 or 1."""
    pieces = connected(inked)
    if not len(pieces.areas):
        return inked
    width, height = pieces.boxes[:, 2], pieces.boxes[:, 3]
    is_rule = (width > THROUGH * room) & (height < FLAT * width)
    weight = np.where(is_rule, 0, pieces.areas)
    belongs: np.ndarray = np.zeros(len(weight) + 1, np.uint8)
    belongs[1:] = weight >= max(CRUMB * weight.max(), 1)
    return belongs.take(pieces.labels)


def take_off(
    pieces: Pieces, lines: Sequence[Sequence[Sequence[Piece]]], factor: float
) -> list[Line]:
    """Take lines off their page.

    Args:
        pieces: All of the page.
        lines: The lines, in them the digits from left to right, and in these their pieces.
        factor: By which the picture was reduced to the page.
    """
    labels = [[piece.label for group in groups for piece in group] for groups in lines]
    boxes = [_box_of([box_around(group) for group in groups]) for groups in lines]
    if len(boxes) == 1 and boxes[0].height > MOST_OF * pieces.around.height:
        boxes = [pieces.around]  # with the digits that touch the edge of the page, too
    return [
        Line(
            groups,
            pieces,
            _with_margin(box),
            [label for other in labels if other is not own for label in other],
            factor,
        )
        for groups, box, own in zip(lines, boxes, labels, strict=True)
    ]


def _box_of(boxes: Sequence[Box]) -> Box:
    """The box of a line from those of its digits; low ones may stand out of it."""
    tallest = max(box.height for box in boxes)
    tall = [box for box in boxes if box.height > LOW * tallest]
    top, bottom = min(box.top for box in tall), max(box.bottom for box in tall)
    left, right = min(box.left for box in boxes), max(box.right for box in boxes)
    return Box(left, top, right - left, bottom - top)


def _with_margin(box: Box) -> Box:
    margin = round(box.height * MARGIN / (LINE_HEIGHT - 2 * MARGIN))
    left_top = (box.left - margin, box.top - margin)
    return Box(*left_top, box.width + 2 * margin, box.height + 2 * margin)


def _cut_out(image: np.ndarray, box: Box) -> np.ndarray:
    """What is inside a box; where that is beyond the page, 0."""
    height, width = image.shape
    inner = image[max(0, box.top) : box.bottom, max(0, box.left) : box.right]
    beyond = ((-box.top, box.bottom - height), (-box.left, box.right - width))
    return np.pad(inner, [[max(0, side) for side in sides] for sides in beyond])
