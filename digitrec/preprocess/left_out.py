"""Prepare a digit once more without one of the steps, to see what that step is good for.

NumPy and OpenCV only.
"""

import cv2
import numpy as np

from digitrec.preprocess.errors import PictureError
from digitrec.preprocess.ink import Page
from digitrec.preprocess.normalize import SIDE, centre_by_mass, even_strokes, normalize
from digitrec.preprocess.pieces import find_pieces

RESIZED = "resized only"  # what many programs do


def leave_out(page: Page, digit: np.ndarray) -> dict[str, np.ndarray | None]:
    """Prepare the only digit of a picture without one step at a time.

    Args:
        page: The picture taken apart.
        digit: Shape (height, width), uint8: its digit, cut out.

    Returns:
        For each step what the network would see, shape (28, 28), float32 in [0, 1], or None where
        no digit is found any more. Without "paper", shadows stay; without "ink", dark ink stays
        darker than its paper; without "digit", everything else on the page stays; without
        "strokes", they stay thin or fat; without "28 × 28", the digit fills the whole square.
        RESIZED leaves out all of them: the picture is made small, and inverted if ink is dark.
    """
    grey = cv2.cvtColor(page.rgb, cv2.COLOR_RGB2GRAY)
    is_dark = page.paper.mean() > page.rgb.mean()
    bright = 255 - grey if is_dark else grey
    strokes = even_strokes(digit)
    prepared = centre_by_mass(strokes)
    left, top, width, height = cv2.boundingRect(strokes)
    filled = strokes[top : top + height, left : left + width]
    return {
        "paper": _without_paper(page, bright),
        "ink": 1 - prepared if is_dark else prepared,
        "digit": normalize(page.ink),
        "strokes": centre_by_mass(digit),
        "28 × 28": _resized(filled),
        RESIZED: _resized(bright),
    }


def _without_paper(page: Page, bright: np.ndarray) -> np.ndarray | None:
    without_paper = bright - bright.min()
    ink = cv2.convertScaleAbs(without_paper, alpha=255 / max(int(without_paper.max()), 1))
    try:
        pieces = find_pieces(page._replace(ink=ink))
    except PictureError:
        return None
    return normalize(pieces.cut_out(pieces.kept, 1).ink) if pieces.kept else None


def _resized(image: np.ndarray) -> np.ndarray:
    return cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA) / np.float32(255)
