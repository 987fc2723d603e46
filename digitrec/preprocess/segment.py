"""Find the digits on a page: pieces of ink, joined to digits, ordered in rows.

Digits that touch each other stay one; see `digitrec.preprocess.touching`. NumPy and OpenCV only.
"""

from collections.abc import Sequence

import numpy as np

from digitrec.preprocess.ink import find_ink, reduce
from digitrec.preprocess.pieces import Box, Digit, Page, Piece, around

WORKING_SIDE = 1000  # larger pictures are reduced to it, pixels

# When two pieces are one digit, as shares of the taller one's height where not said otherwise.
OVERLAP = 0.5  # of the narrower one's width lies above or below the other, and
GAP = 0.2  # no more than this is between them; or
PART = 0.5  # the lower one is less than this, as the bar of a 5, and
NEAR = 0.12  # no farther away than this

SMALL = 0.4  # groups of pieces lower than this share of the others are no digits
BESIDE = 0.4  # neighbours in a row have at least this share of the lower one's height in common


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
    page = Page(find_ink(reduce(rgb, factor)))
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
    page = Page(find_ink(reduce(rgb, factor)))
    groups = _join(page.pieces)
    typical = np.median([around(group).height for group in groups])
    groups = [group for group in groups if around(group).height > SMALL * typical]
    return [[page.digit(group, factor) for group in row] for row in _rows(groups)]


def _join(pieces: list[Piece]) -> list[list[Piece]]:
    """Put pieces together that lie one above the other, or a small one close to a large one."""
    left, top, width, height = np.array([piece.box for piece in pieces]).T
    # Lengths that two pieces have in common across and down; negative is the gap between them.
    across = np.minimum.outer(left + width, left + width) - np.maximum.outer(left, left)
    down = np.minimum.outer(top + height, top + height) - np.maximum.outer(top, top)
    taller = np.maximum.outer(height, height)
    stacked = (across >= OVERLAP * np.minimum.outer(width, width)) & (down > -GAP * taller)
    small = np.minimum.outer(height, height) < PART * taller
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


def _rows(groups: list[Sequence[Piece]]) -> list[list[Sequence[Piece]]]:
    """From left to right, put each group into the row whose last one it stands beside best."""
    rows: list[list[Sequence[Piece]]] = []
    for group in sorted(groups, key=lambda group: around(group).left + around(group).right):
        beside = [_beside(around(row[-1]), around(group)) for row in rows]
        if beside and max(beside) > BESIDE:
            rows[int(np.argmax(beside))].append(group)
        else:
            rows.append([group])
    middles = [np.mean([around(group).top + around(group).bottom for group in row]) for row in rows]
    return [rows[number] for number in np.argsort(middles)]


def _beside(one: Box, other: Box) -> float:
    """The share of the lower one's height that both have in common; negative: none."""
    common = min(one.bottom, other.bottom) - max(one.top, other.top)
    return common / min(one.height, other.height)
