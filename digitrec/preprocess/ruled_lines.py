"""Erase long straight lines from ink: ruled and squared paper, underlines, edges of paper.

A line through digits joins them into one piece. Its length and thinness tell it from a stroke,
and it is erased only where no stroke crosses it. NumPy and OpenCV only.
"""

import cv2
import numpy as np

# Chosen on real handwriting: `python -m benchmarks.handwriting FOLDER`.
# As shares of the page's longer side:
RUN = 0.2  # length of the shortest straight run of a line
LENGTH = 0.5  # length of the shortest line
THIN = 0.004  # thickness of a line
# In pixels:
SMALLEST = 300  # longer side; on a smaller page no line is thin compared with the strokes
WAVE = 3  # how far a line may wave up and down within a run
SLOPES = np.linspace(-0.16, 0.16, 17)  # of lines; pixels down per pixel to the right
SCOUT = 4  # factor by which the page is reduced to find the slope of its lines


def erase_lines(inked: np.ndarray) -> np.ndarray:
    """Erase lines that run across or down the page, even when they slope a little.

    Args:
        inked: Shape (height, width), uint8: 1 where there is ink, else 0.

    Returns:
        The same without the lines; strokes that cross a line or lie on one stay whole.

    Source:
        Gonzalez and Woods, "Digital image processing", on morphological opening.
    """
    side = max(inked.shape)
    if side < SMALLEST:
        return inked
    return _erase(inked, round(RUN * side), LENGTH * side, round(THIN * side))


def erase_runs(inked: np.ndarray, length: int, thickness: int) -> np.ndarray:
    """Erase lines within one piece of ink, as `erase_lines` does on a page.

    Args:
        inked: As for `erase_lines`, with some paper all around.
        length: That of the shortest line, pixels.
        thickness: That of the thickest line, pixels.

    Returns:
        As `erase_lines`.
    """
    return _erase(inked, length, length, thickness)


def _erase(inked: np.ndarray, run: int, length: float, thickness: int) -> np.ndarray:
    """Without lines across, then without lines down."""
    without = _erase_level(inked, run, length, thickness)
    return _erase_level(without.T, run, length, thickness).T


def _erase_level(inked: np.ndarray, run: int, length: float, thickness: int) -> np.ndarray:
    inked = np.ascontiguousarray(inked)
    if cv2.boundingRect(inked)[2] < length:  # nothing is as wide as the shortest line
        return inked
    slope = _slope(inked, run, thickness)
    if slope is None:
        return inked
    level = _shear(inked, -slope)
    lines = _long(_runs(level, run), length)
    # Ink that is taller than a line is thick is a stroke, or the part of one that crosses it.
    strokes = _open(level, 1, thickness + 2)
    return inked & ~_shear(lines & ~strokes, slope)


def _slope(inked: np.ndarray, run: int, thickness: int) -> float | None:
    """The slope that most lines have; None where there is no line."""
    height, width = (max(1, length // SCOUT) for length in inked.shape)
    scout = cv2.resize(inked * 255, (width, height), interpolation=cv2.INTER_AREA)
    scout = (scout > 0).astype(np.uint8)
    blot = max(5, 5 * thickness // SCOUT)
    scout = scout & ~_open(scout, blot, blot)
    run = max(1, run // SCOUT)
    if np.count_nonzero(scout) < run:
        return None
    # Most pages have no line: then there is no run even where ink is smeared as far as lines slope.
    rise = int(np.ceil(run * SLOPES.max())) + 2 | 1
    smeared = cv2.dilate(scout, np.ones((rise, 1), np.uint8))
    if not cv2.erode(smeared, np.ones((1, run), np.uint8)).any():
        return None
    found = [_open(_shear(scout, -slope), run, 1).sum() for slope in SLOPES]
    return float(SLOPES[int(np.argmax(found))]) if max(found) > 0 else None


def _shear(inked: np.ndarray, slope: float) -> np.ndarray:
    """Move each column down by the slope times its distance from the middle."""
    height, width = inked.shape
    matrix = np.array([[1, 0, 0], [slope, 1, -slope * width / 2]])
    return cv2.warpAffine(inked, matrix, (width, height), flags=cv2.INTER_NEAREST)


def _runs(inked: np.ndarray, length: int) -> np.ndarray:
    """Ink in level runs of at least that length."""
    smear = np.ones((WAVE, 1), np.uint8)
    return cv2.dilate(_open(cv2.dilate(inked, smear), length, 1), smear) & inked


def _long(lines: np.ndarray, length: float) -> np.ndarray:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(lines)
    long = stats[:, cv2.CC_STAT_WIDTH] >= length
    long[0] = False
    return long[labels].astype(np.uint8)


def _open(inked: np.ndarray, width: int, height: int) -> np.ndarray:
    return cv2.morphologyEx(inked, cv2.MORPH_OPEN, np.ones((height, width), np.uint8))
