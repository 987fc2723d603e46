"""Erase what was printed or drawn around digits or below them: boxes, combs, circles, underlines.

A reading would take each for more digits, and what touches it for none. Unlike ruled lines, they
do not run to the edges of the page. NumPy and OpenCV only.
"""

from statistics import median

import cv2
import numpy as np

from digitrec.preprocess.connected import Connected, connected
from digitrec.preprocess.ink import depth, stroke_width
from digitrec.preprocess.ruled_lines import erase_runs

# Chosen on composed pages: `python -m benchmarks.pages form circled underlined`.
SMALLEST = 100  # longer side of a page, pixels; a smaller one has no room for frames
MOST = 20  # pieces that may be frames, the widest; and in each that are looked at, the heaviest
WEIGHT = 0.05  # of a frame's weight: at least so heavy is a piece that it was drawn around
LARGE = 0.3  # of a frame's height: least height of the only piece in it; a lower one is dirt
NESTED = 3  # times the page: so large all frames together may be
# A 0 with a stroke through it looks like a circled 1:
LIKE_OTHERS = 0.8  # of the height of the pieces outside, up to 1 / LIKE_OTHERS of it: a 0
STRAIGHT = 0.3  # width of the stroke, as a share of its length
# An underline or a comb with teeth, compared with the usual height of pieces:
LONG = 1.3  # least width
THIN = 0.17  # most weight of one column
FLAT = 0.25  # largest height, as a share of its own width
TOOTH = 0.75  # largest height of what is left of a comb whose line is erased
# A line within a wider piece, of whatever height:
DASH = 8  # times its height: a wider piece that is alone is no comb full of digits
WIDE = 2  # times the usual height: a narrower piece is not searched for one
HIGH = 1.8  # times the usual height: neither is a higher piece, beside which the others are dirt
ALONG = 0.6  # least share of the piece's width
ROOM = 24  # pixels around the piece, without which a line along its box would seem thick
# The outline of a frame, and the lines within it that divide its boxes:
DIVIDER = 0.6  # of its height: least length of a line
NOSE = 0.3  # of its shorter side: what juts out and is narrower belongs to a digit
GAP = 0.15  # of its shorter side: where a circle drawn by hand may be open
BAND = 1.5  # times the stroke width on both sides: erased along the outline


def erase_frames(inked: np.ndarray, pieces: Connected) -> np.ndarray:
    """Erase frames and underlines; digits that touch one stay, but for where they touch it.

    Args:
        inked: Shape (height, width), uint8: 1 where there is ink, else 0.
        pieces: Those of the same ink.

    Returns:
        The same without frames; `inked` itself where there is none.
    """
    if max(inked.shape) < SMALLEST or _is_only_digit(pieces):
        return inked
    rest, room = inked, NESTED * inked.size
    is_frame = np.zeros(len(pieces.areas), bool)
    for number in np.argsort(-pieces.boxes[:, 2])[:MOST].tolist():
        x, y, width, height = pieces.boxes[number].tolist()
        if width >= inked.shape[1] or height >= inked.shape[0] or width * height > room:
            continue  # a ruled line, or yet another of many rings
        others = np.flatnonzero((pieces.areas >= WEIGHT * pieces.areas[number]) & ~is_frame)
        left = _left_of(pieces, number, others[others != number])
        if left is not None:
            is_frame[number] = True
            room -= width * height
            rest = inked.copy() if rest is inked else rest
            rest[y : y + height, x : x + width][_mask(pieces, number) & (left == 0)] = 0
    return rest


def _is_only_digit(pieces: Connected) -> bool:
    """Whether there is a single piece, too narrow to be a frame of digits that touch it."""
    _, _, width, height = pieces.around
    return len(pieces.areas) == 1 and width < WIDE * height


def _mask(pieces: Connected, number: int) -> np.ndarray:
    left, top, width, height = pieces.boxes[number].tolist()
    return pieces.labels[top : top + height, left : left + width] == number + 1


def _left_of(pieces: Connected, number: int, others: np.ndarray) -> np.ndarray | None:
    """What is left of a piece without the frame that it is or has; None if there is no frame."""
    box = pieces.boxes[number]
    usual = median(pieces.boxes[others, 3].tolist() or box[3:].tolist())
    width, height = box[2:].tolist()
    is_around = bool(len(others)) and _is_around(number, others, pieces)
    is_below = _lies_below(box, pieces.areas[number], pieces.boxes[others], usual)
    is_wide = width >= WIDE * usual and height <= HIGH * usual
    if not len(others) and width > DASH * height:
        return None  # a line alone on the page is the writing
    if not (is_below or is_around or is_wide):
        return None
    mask = _mask(pieces, number).astype(np.uint8)
    pen = stroke_width(depth(np.pad(mask, 1)))
    if is_around:
        left = _without_lines(_without_outline(mask, pen), pen, DIVIDER * height)
        return _higher_than(TOOTH * usual, left)
    left = _without_lines(mask, pen, max(LONG * usual, ALONG * width))
    if np.array_equal(left, mask):
        return np.zeros_like(mask) if is_below else None
    left = _higher_than(TOOTH * usual, left)
    return left if left.any() or len(others) else None


def _lies_below(box: np.ndarray, area: int, others: np.ndarray, usual: float) -> bool:
    """Whether a piece is an underline, or a comb, of others."""
    left, _, width, height = box.tolist()
    if height >= FLAT * width or width <= LONG * usual or area >= THIN * usual * width:
        return False
    middles = others[:, 0] + others[:, 2] / 2
    return bool(((middles > left) & (middles < left + width)).any())


def _is_around(number: int, others: np.ndarray, pieces: Connected) -> bool:
    """Whether a piece has others inside, and is not a 0 with a stroke through it."""
    boxes = pieces.boxes
    centres = boxes[others, :2] + boxes[others, 2:] // 2
    start, size = boxes[number, :2], boxes[number, 2:]
    within = others[((centres > start) & (centres < start + size)).all(axis=1)]
    heaviest = within[np.argsort(-pieces.areas[within])][:MOST].tolist()
    inside = [each for each in heaviest if _surrounds(pieces.labels, number + 1, boxes[each])]
    if len(inside) != 1:
        return len(inside) > 1
    if boxes[inside[0], 3] < LARGE * size[1]:
        return False
    outside = others[others != inside[0]]
    if len(outside):
        ratio = size[1] / median(boxes[outside, 3].tolist())
        return not LIKE_OTHERS < ratio < 1 / LIKE_OTHERS
    return not _is_stroke(_mask(pieces, inside[0]))


def _surrounds(labels: np.ndarray, label: int, box: np.ndarray) -> bool:
    """Whether a piece has ink to the left of a box, to the right, above and below."""
    left, top, width, height = box.tolist()
    across = (labels[top : top + height] == label).any(axis=0)
    down = (labels[:, left : left + width] == label).any(axis=1)
    sides = across[:left], across[left + width :], down[:top], down[top + height :]
    return all(side.any() for side in sides)


def _is_stroke(inked: np.ndarray) -> bool:
    """Whether ink is much longer than wide, in whatever direction."""
    if np.count_nonzero(inked) < 2:
        return True
    variances = np.linalg.eigvalsh(np.cov(np.nonzero(inked)))
    return bool(variances[0] < STRAIGHT**2 * variances[1])


def _without_outline(mask: np.ndarray, pen: float) -> np.ndarray:
    """A frame without its outer line; digits inside it and outside stay."""
    nose = round(NOSE * min(mask.shape))
    room = nose + round(BAND * pen) + 2
    wide = cv2.copyMakeBorder(mask, room, room, room, room, cv2.BORDER_CONSTANT)
    gap = _square(round(max(2 * pen, GAP * min(mask.shape))))
    contours, _ = cv2.findContours(
        cv2.morphologyEx(wide, cv2.MORPH_CLOSE, gap), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    filled = cv2.drawContours(np.zeros_like(wide), contours, -1, 1, cv2.FILLED)
    filled = cv2.morphologyEx(filled, cv2.MORPH_OPEN, _square(nose))
    far = (depth(filled) + depth(1 - filled)) > BAND * pen
    return (wide & far)[room:-room, room:-room]


def _square(side: int) -> np.ndarray:
    """A kernel that takes OpenCV much less time than a disc."""
    return np.ones((side | 1, side | 1), np.uint8)


def _without_lines(mask: np.ndarray, pen: float, length: float) -> np.ndarray:
    wide = np.pad(mask, ROOM)
    return erase_runs(wide, round(length), round(1.3 * pen))[ROOM:-ROOM, ROOM:-ROOM]


def _higher_than(least: float, inked: np.ndarray) -> np.ndarray:
    """Only the pieces that are higher; lower ones are stumps that stood on a line."""
    pieces = connected(np.ascontiguousarray(inked))
    is_high = np.concatenate([[False], pieces.boxes[:, 3] > least])
    return is_high[pieces.labels].astype(np.uint8)
