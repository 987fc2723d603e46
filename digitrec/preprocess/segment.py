"""Find the digits on a page: pieces of ink, joined into digits, ordered in lines.

Digits that touch each other stay one digit here; the line network tells where to cut them. NumPy
and OpenCV only.
"""

from collections.abc import Sequence
from itertools import compress
from statistics import fmean, median

import cv2
import numpy as np

from digitrec.preprocess.digit_line import Line, take_off
from digitrec.preprocess.errors import PictureError
from digitrec.preprocess.ink import Page, find_ink, reduce
from digitrec.preprocess.pieces import (
    ALL_LINES,
    Box,
    Digit,
    Piece,
    Pieces,
    box_around,
    find_pieces,
)
from digitrec.preprocess.sheet import without_desk
from digitrec.preprocess.squares import join_in_squares

WORKING_SIDE = 1000  # longer side to which a larger picture is reduced, pixels
MOSTLY_LINES = 0.1  # share of the ink; where less of it is writing, the lines decide what is ink
LINE_EDGE = 5  # pixels; side of the square by which lines grow before they are painted over

# Chosen on real handwriting: `python -m benchmarks.handwriting FOLDER`.
# Two pieces, one above the other, are one digit if both of these hold:
OVERLAP = 0.5  # least share of the narrower one's width that lies above or below the other
GAP = 0.2  # largest gap between them, as a share of the taller one's height
# Unless they are two digits, one above the other, which they are if all of these hold:
SLIM = 0.35  # of its height: each is wider, so that it is not half of a 1
HALF = 0.35  # of the height of both: each is higher
HIGH = 2.4  # times the width of both: both together are higher, as no digit but a 1 is
# A small piece close to a taller one, as the bar of a 5, belongs to it if both of these hold:
PART = 0.5  # largest height of the small one, as a share of the taller one's height
NEAR = 0.12  # largest gap between them, as a share of the taller one's height

LONG = 10  # times its height; ink so much wider is a line, not digits that touch each other
SMALL = 0.4  # of the typical height; lower groups of pieces are not digits
SMALL_DOT = 0.1  # the same where a digit may be a dot, as an Arabic 0 is
BESIDE = 0.4  # least share of the lower one's height that neighbours in a line have in common


def find_digit(rgb: np.ndarray, *, keep_lines: bool = False) -> Digit:
    """Find the one digit of a picture; what cannot be part of it is left behind.

    Args:
        rgb: Shape (height, width, 3), uint8.
        keep_lines: Whether lines are digits, as in Chinese, and nothing to be erased.

    Returns:
        Its ink and its box.

    Raises:
        PictureError: If nothing stands out from the paper, or only lines do.
    """
    pieces, factor = _pieces(rgb, keep_lines)
    return pieces.cut_out(pieces.kept, factor)


def find_lines(rgb: np.ndarray, *, keep_lines: bool = False, smallest: float = SMALL) -> list[Line]:
    """Find all lines of digits of a picture, in reading order.

    Connected pieces of ink are joined into digits where one lies above the other, or where a
    small one is close to a large one, as the bar of a 5. Digits are joined into a line where
    each stands beside the one before it, so that a line may slope.

    Args:
        rgb: Shape (height, width, 3), uint8.
        keep_lines: As for `find_digit`.
        smallest: Height of the lowest digit, as a share of the usual one's.

    Returns:
        The lines from top to bottom.

    Raises:
        PictureError: If nothing stands out from the paper, or only lines do.
    """
    pieces, factor = _pieces(rgb, keep_lines)
    if keep_lines:
        groups, side = join_in_squares(pieces.kept)
        return take_off(pieces, _into_lines(groups, side), factor)
    groups = [group for group in _join(pieces.kept) if not _is_line(group)]
    if not groups:
        raise _only_lines()
    return take_off(pieces, _into_lines(_without_small(groups, smallest)), factor)


def _pieces(rgb: np.ndarray, keep_lines: bool) -> tuple[Pieces, float]:
    """The pieces of ink, and the factor by which the picture was reduced to find them."""
    factor = min(1, WORKING_SIDE / max(rgb.shape[:2]))
    pieces = find_pieces(_page_of(reduce(rgb, factor)), keep_lines=keep_lines)
    if keep_lines:
        return pieces, factor
    if _are_lines(pieces) or ALL_LINES < pieces.share_beside_lines < MOSTLY_LINES:
        pieces = find_pieces(_without_lines(pieces))
        if _are_lines(pieces):
            raise _only_lines()
    return pieces, factor


def _page_of(picture: np.ndarray) -> Page:
    """The ink of a picture, or of the sheet of paper that it shows on a desk."""
    return find_ink(without_desk(picture))._replace(rgb=picture)


def _are_lines(pieces: Pieces) -> bool:
    return all(_is_line([piece]) or _is_grid(piece, pieces) for piece in pieces.kept)


def _is_grid(piece: Piece, pieces: Pieces) -> bool:
    """Whether a piece is made of lines, and runs from edge to edge."""
    height, width = pieces.lines.shape
    spans = piece.box.width == width or piece.box.height == height
    return spans and pieces.share_beside_lines <= ALL_LINES


def _is_line(group: Sequence[Piece]) -> bool:
    box = box_around(group)
    return box.width > LONG * box.height


def _only_lines() -> PictureError:
    return PictureError("shows lines but no digits: draw or write a digit first")


def _without_lines(pieces: Pieces) -> Page:
    """The page as it would be without its lines, beside which faint writing is no ink."""
    page = pieces.page
    lines = cv2.dilate(pieces.lines, np.ones((LINE_EDGE, LINE_EDGE), np.uint8))
    painted_over = np.where(lines[..., np.newaxis], page.paper, page.rgb)
    try:
        return _page_of(painted_over)._replace(rgb=page.rgb)
    except PictureError as error:
        raise _only_lines() from error


def _join(pieces: list[Piece]) -> list[list[Piece]]:
    """Group the pieces that belong to the same digit."""
    if len(pieces) == 1:
        return [pieces]
    together = _belong_together(pieces)
    groups, left_over = [], set(range(len(pieces)))
    while left_over:
        group = [left_over.pop()]
        for member in group:  # it grows while the loop runs
            near = left_over.intersection(np.flatnonzero(together[member]).tolist())
            group += near
            left_over -= near
        groups.append([pieces[number] for number in group])
    return groups


def _belong_together(pieces: list[Piece]) -> np.ndarray:
    """Which two pieces are parts of the same digit: shape (n, n), bool."""
    left, top, width, height = np.array([piece.box for piece in pieces]).T
    # The lengths that two pieces have in common across and down; a negative one is a gap.
    across = np.minimum.outer(left + width, left + width) - np.maximum.outer(left, left)
    down = np.minimum.outer(top + height, top + height) - np.maximum.outer(top, top)
    taller = np.maximum.outer(height, height)
    stacked = (across >= OVERLAP * np.minimum.outer(width, width)) & (down > -GAP * taller)
    both_high = np.maximum.outer(top + height, top + height) - np.minimum.outer(top, top)
    both_wide = np.maximum.outer(left + width, left + width) - np.minimum.outer(left, left)
    digits = np.logical_and.outer(width > SLIM * height, width > SLIM * height)
    alike = np.minimum.outer(height, height) > HALF * both_high
    stacked &= ~(digits & alike & (both_high > HIGH * both_wide))
    small = np.minimum.outer(height, height) < PART * taller
    close = small & (np.minimum(across, down) > -NEAR * taller)
    return stacked | close


def _without_small(groups: list[list[Piece]], smallest: float) -> list[list[Piece]]:
    """Leave out the groups that are much lower than is typical."""
    if len(groups) == 1:
        return groups
    heights = np.array([box_around(group).height for group in groups])
    # A height counts as often as it is high, so that many crumbs do not outvote the digits.
    typical = median(np.repeat(heights, heights).tolist())
    return list(compress(groups, heights > smallest * typical))


def _into_lines(groups: list[list[Piece]], least: int = 0) -> list[list[list[Piece]]]:
    """From left to right, put each group into the line whose last one it stands beside best.

    A group that is lower than `least` pixels takes so much room all the same.
    """
    lines: list[list[list[Piece]]] = []
    for group in sorted(groups, key=_middle_across):
        beside = [_beside(_at_least(least, line[-1]), _at_least(least, group)) for line in lines]
        if beside and max(beside) > BESIDE:
            lines[int(np.argmax(beside))].append(group)
        else:
            lines.append([group])
    return sorted(lines, key=lambda line: fmean(map(_middle_down, line)))


def _middle_across(group: Sequence[Piece]) -> float:
    box = box_around(group)
    return (box.left + box.right) / 2


def _middle_down(group: Sequence[Piece]) -> float:
    box = box_around(group)
    return (box.top + box.bottom) / 2


def _at_least(height: int, group: Sequence[Piece]) -> Box:
    box = box_around(group)
    missing = max(0, height - box.height)
    return Box(box.left, box.top - missing // 2, box.width, box.height + missing)


def _beside(one: Box, other: Box) -> float:
    """The share of the lower one's height that both have in common; negative if none."""
    common = min(one.bottom, other.bottom) - max(one.top, other.top)
    return common / min(one.height, other.height)
