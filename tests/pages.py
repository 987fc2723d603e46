"""A page with a 5, and how far what is read of two pages differs."""

import cv2
import numpy as np

from digitrec.preprocess.normalize import normalize
from digitrec.preprocess.picture import open_picture
from digitrec.preprocess.segment import find_digit


def five(pen=22):
    """A page with a 5 of a bar and two bows, uint8, 255 is ink."""
    page = np.zeros((280, 280), np.uint8)
    bow = cv2.ellipse2Poly((135, 170), (42, 45), 0, -110, 140, 5)
    points = np.array([(180, 75), (110, 75), (107, 135), *bow.tolist()])
    cv2.polylines(page, [points], False, 255, pen, cv2.LINE_AA)
    return page


def read(ink_or_rgb):
    return normalize(find_digit(open_picture(ink_or_rgb)).ink)


def difference(one, other):
    """Absolute difference as a share of the ink, wherever rounding put the centre of mass."""
    shifts = [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    return min(np.abs(one - np.roll(other, by, axis=(0, 1))).sum() for by in shifts) / one.sum()


PAGE = five()
STANDARD = read(PAGE)
