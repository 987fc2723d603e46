"""Bring the ink of a digit to the array the network was trained on.

MNIST digits are bright on dark, fit a 20x20 box, and sit with their centre of mass in the
middle of a 28x28 field. A picture that skips a step is from another distribution, and the
network guesses. NumPy and OpenCV only: no Keras, no widgets.
"""

import cv2
import numpy as np

from digitrec.preprocess.ink import depth, stroke_width
from digitrec.preprocess.picture import PictureError

FIELD = 28  # side of the network's input, pixels
BOX = 20  # longest side of the digit in it, pixels
FINE = 80  # its longest side while the strokes are evened, pixels
FINE_MARGIN = 16  # room around it for strokes to grow, pixels
STROKE = 2.5  # width of its strokes, pixels
CENTRE = 14  # where its centre of mass lies, pixels
NEAR_INK = 11  # how near ink is that a pixel is measured against, pixels at FINE
PALEST = 0.35  # least darkness of a stroke beside the digit's darkest


def to_mnist(digit: np.ndarray) -> np.ndarray:
    """Bring one digit to the size, place and thickness that those of MNIST have.

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
    return centre(even_strokes(digit))


def centre(strokes: np.ndarray) -> np.ndarray:
    """Fit a digit with even strokes into the MNIST field; as `to_mnist`."""
    digit = _fit(_crop(strokes), BOX)
    field = np.zeros((FIELD, FIELD), np.float32)
    height, width = digit.shape
    moments = cv2.moments(digit)
    top = _offset(moments["m01"] / moments["m00"], height)
    left = _offset(moments["m10"] / moments["m00"], width)
    field[top : top + height, left : left + width] = digit
    return field / 255


def _crop(digit: np.ndarray) -> np.ndarray:
    left, top, width, height = cv2.boundingRect(digit)
    return digit[top : top + height, left : left + width]


def even_strokes(digit: np.ndarray) -> np.ndarray:
    """Move the outline of the ink in or out, the same everywhere, until strokes are STROKE wide.

    Hairlines would fade when the digit is reduced to BOX, and fat strokes close their holes.

    Args:
        digit: Shape (height, width), uint8: 0 is paper, 255 is full ink.

    Returns:
        Shape (height, width), uint8, of another size: the longer side of the digit was FINE
        before its strokes were evened, and there is some paper around it.

    Raises:
        ValueError: If `digit` is not 2-D uint8, or is blank.
    """
    if digit.ndim != 2 or digit.dtype != np.uint8:
        raise ValueError(f"expected 2-D uint8, got {digit.dtype} {digit.shape}")
    if not digit.any():
        raise PictureError("the picture is blank: draw or write a digit first")
    digit = _fit(_crop(digit), FINE)
    # A stroke may fade along its way, so each is measured against the darkest ink near it.
    # `np.percentile` would take longer than all the rest; bytes are sorted stably by radix sort.
    inked = np.sort(digit[digit > 0], kind="stable")
    full = np.interp(0.9 * (len(inked) - 1), np.arange(len(inked)), inked)
    near = cv2.dilate(digit, np.ones((NEAR_INK, NEAR_INK), np.uint8))
    inside = digit > np.clip(near, PALEST * full, full) / 2
    inside = cv2.copyMakeBorder(inside.astype(np.uint8), *4 * [FINE_MARGIN], cv2.BORDER_CONSTANT)
    inner, outer = depth(inside), depth(1 - inside)
    width = stroke_width(inner)
    # The whole digit grows with its strokes and is reduced again afterwards.
    growth = (STROKE / BOX * FINE - width) / (1 - STROKE / BOX) / 2
    growth = max(growth, -width / 3)  # so that the thinner parts of a fat digit survive
    return (np.clip(inner - outer + growth + 0.5, 0, 1) * 255).astype(np.uint8)


def _offset(mass: float, length: int) -> int:
    return min(max(round(CENTRE - mass), 0), FIELD - length)


def _fit(digit: np.ndarray, side: int) -> np.ndarray:
    factor = side / max(digit.shape)
    height, width = (max(1, round(length * factor)) for length in digit.shape)
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return cv2.resize(digit, (width, height), interpolation=method)
