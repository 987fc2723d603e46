"""Turn the ink of one digit into the array that the network was trained on.

MNIST digits are bright on dark, fit a 20x20 box, and sit with their centre of mass in the
middle of a 28x28 square. A picture that skips a step is from another distribution, and the
network guesses. NumPy and OpenCV only.
"""

import math

import cv2
import numpy as np

from digitrec.preprocess.errors import PictureError
from digitrec.preprocess.ink import depth, stroke_width

# As MNIST has them (`python -m benchmarks.mnist_facts`):
SIDE = 28  # of an image, pixels
BOX = 20  # longer side of the digit on it, pixels
STROKE = 2.5  # width that strokes get, pixels; their median is 2.6
CENTRE_OF_MASS = 14  # row and column where it lies, pixels

# While its strokes are evened, a digit is larger than in the end.
FINE_BOX = 80  # its longer side, pixels
FINE_MARGIN = 8  # room around it for strokes to grow, which they do by less than 6, pixels
NEARBY = 11  # how far away the ink is that a pixel is measured against, pixels

# Chosen on real handwriting: `python -m benchmarks.handwriting FOLDER`.
PALEST = 0.35  # a stroke paler than this share of the digit's darkest ink is not a stroke


def normalize(digit: np.ndarray) -> np.ndarray:
    """Give one digit the size, place and stroke width that MNIST digits have.

    Args:
        digit: Shape (height, width), uint8: 0 is paper, 255 is full ink.

    Returns:
        Shape (28, 28), float32 in [0, 1]: the digit's longer side is 20 pixels, its centre
        of mass lies at (14, 14), shifted by whole pixels and never so far that ink is lost.

    Raises:
        ValueError: If `digit` is not 2-D uint8, or is blank.

    Source:
        LeCun, Bottou, Bengio and Haffner (1998), "Gradient-based learning applied to
        document recognition", Proceedings of the IEEE 86(11).
    """
    return centre_by_mass(even_strokes(digit))


def even_strokes(digit: np.ndarray) -> np.ndarray:
    """Move the outline of the ink in or out, the same everywhere, until strokes are STROKE wide.

    Otherwise hairlines would fade when the digit is reduced to BOX, and fat strokes would close
    their holes.

    Args:
        digit: Shape (height, width), uint8: 0 is paper, 255 is full ink.

    Returns:
        Shape (height, width), uint8, of another size: the digit's longer side is FINE_BOX pixels
        before its strokes grow or shrink, and there is some paper around it.

    Raises:
        ValueError: If `digit` is not 2-D uint8, or is blank.
    """
    if digit.ndim != 2 or digit.dtype != np.uint8:
        raise ValueError(f"expected 2-D uint8, got {digit.dtype} {digit.shape}")
    inked = _crop(digit)
    if not inked.size:
        raise PictureError("is blank: draw or write a digit first")
    strokes = _is_stroke(_fit(inked, FINE_BOX)).view(np.uint8)
    inside = cv2.copyMakeBorder(strokes, *4 * (FINE_MARGIN,), cv2.BORDER_CONSTANT)
    inner, outer = depth(inside), depth(1 - inside)
    width = stroke_width(inner)
    # The whole digit grows with its strokes and is reduced again afterwards.
    growth = (STROKE / BOX * FINE_BOX - width) / (1 - STROKE / BOX) / 2
    growth = max(growth, -width / 3)  # so that the thinner parts of a fat digit survive
    return ((inner - outer + growth + 0.5).clip(0, 1) * 255).astype(np.uint8)


def centre_by_mass(strokes: np.ndarray) -> np.ndarray:
    """Fit a digit with even strokes into 28x28; arguments and result as for `normalize`."""
    digit = _fit(_crop(strokes), BOX)
    image = np.zeros((SIDE, SIDE), np.float32)
    height, width = digit.shape
    moments = cv2.moments(digit)
    top = _offset(moments["m01"] / moments["m00"], height)
    left = _offset(moments["m10"] / moments["m00"], width)
    image[top : top + height, left : left + width] = digit
    return image / 255


def _is_stroke(digit: np.ndarray) -> np.ndarray:
    """Which pixels belong to a stroke: those at least half as dark as the darkest ink nearby."""
    # `np.percentile` would take longer than all the rest; a stable sort of bytes is a radix sort.
    inked = np.sort(digit[digit > 0], kind="stable")
    place = 0.9 * (len(inked) - 1)
    below, above = int(inked[int(place)]), int(inked[math.ceil(place)])
    full = below + (above - below) * (place % 1)
    # A stroke may fade along its way, so the whole digit cannot be measured by its darkest ink.
    nearby = cv2.dilate(digit, np.ones((NEARBY, NEARBY), np.uint8))
    return digit > nearby.clip(PALEST * full, full) / 2


def _crop(digit: np.ndarray) -> np.ndarray:
    left, top, width, height = cv2.boundingRect(digit)
    return digit[top : top + height, left : left + width]


def _fit(digit: np.ndarray, side: int) -> np.ndarray:
    factor = side / max(digit.shape)
    height, width = (max(1, round(length * factor)) for length in digit.shape)
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return cv2.resize(digit, (width, height), interpolation=method)


def _offset(mass: float, length: int) -> int:
    return min(max(round(CENTRE_OF_MASS - mass), 0), SIDE - length)
