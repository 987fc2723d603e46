"""Turn a picture into ink, and the ink of a digit into the array the network was trained on.

MNIST digits are bright on dark, fit a 20x20 box, and sit with their centre of mass in the
middle of a 28x28 field. A picture that skips a step is from another distribution, and the
network guesses. NumPy and OpenCV only: no Keras, no widgets.
"""

import cv2
import numpy as np

from digitrec.picture import CONTRAST, PictureError

FIELD = 28  # side of the network's input, pixels
BOX = 20  # longest side of the digit in it, pixels
FINE = 80  # its longest side while the strokes are evened, pixels
FINE_MARGIN = 16  # room around it for strokes to grow, pixels
STROKE = 2.5  # width of its strokes, pixels
CENTRE = 14  # where its centre of mass lies, pixels

PAPER_SIDE = 250  # a picture is reduced to it to estimate the paper, pixels
WIDEST_STROKE = 0.25  # wider dark areas are paper in shadow; share of the shorter side
CLEAR_SKEWNESS = 0.6  # where a third of the picture is ink


def find_ink(rgb: np.ndarray) -> np.ndarray:
    """Separate ink from paper, whichever is darker, in uneven light.

    The paper is estimated around each pixel by a morphological closing wider than any
    stroke; ink is what is darker than that, in whichever colour channel shows it best.

    Args:
        rgb: Shape (height, width, 3), uint8.

    Returns:
        Shape (height, width), uint8: 0 is paper, 255 is full ink, edges in between.

    Raises:
        PictureError: If nothing stands out from the paper.

    Source:
        Gonzalez and Woods, "Digital image processing", on the black-hat transform;
        Otsu (1979), "A threshold selection method from gray-level histograms", IEEE
        Transactions on Systems, Man, and Cybernetics 9(1), for the threshold.
    """
    if _is_bright_ink(rgb):
        rgb = 255 - rgb
    paper = _paper(rgb)
    # A shadow dims ink and paper alike, so what counts is the share of the light that is missing.
    darkness = cv2.divide(paper - rgb, paper, scale=255).max(axis=2)
    threshold, _ = cv2.threshold(darkness, 0, 255, cv2.THRESH_OTSU)
    inked = darkness[darkness > threshold]
    if len(inked) == 0 or np.percentile(inked, 90) < 255 * CONTRAST:
        raise PictureError("the picture is blank: no writing stands out from the background")
    full = np.percentile(inked, 50)
    low = 0.5 * threshold
    ink = (darkness - low) * (255 / max(full - low, 1))
    return np.clip(ink, 0, 255).astype(np.uint8)


def to_mnist(digit: np.ndarray) -> np.ndarray:
    """Fit one digit into the MNIST field.

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
    if digit.ndim != 2 or digit.dtype != np.uint8:
        raise ValueError(f"expected 2-D uint8, got {digit.dtype} {digit.shape}")
    if not digit.any():
        raise PictureError("the picture is blank: draw or write a digit first")
    digit = _fit(_crop(_even_strokes(_fit(_crop(digit), FINE))), BOX)
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


def _even_strokes(digit: np.ndarray) -> np.ndarray:
    """Move the outline of the ink in or out, the same everywhere, until strokes are STROKE wide.

    Hairlines would fade when the digit is reduced to BOX, and fat strokes close their holes.
    """
    # A hairline may have faded already, so that full ink is not 255.
    half = np.percentile(digit[digit > 0], 90) / 2
    inside = cv2.copyMakeBorder(
        (digit > half).astype(np.uint8), *4 * [FINE_MARGIN], cv2.BORDER_CONSTANT
    )
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    outside = cv2.distanceTransform(1 - inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    width = 4 * depth[inside > 0].mean() - 1  # the mean depth of a stroke is a quarter of it
    # The whole digit grows with its strokes and is reduced again afterwards.
    growth = (STROKE / BOX * FINE - width) / (1 - STROKE / BOX) / 2
    growth = max(growth, -width / 3)  # so that the thinner parts of a fat digit survive
    return (np.clip(depth - outside + growth + 0.5, 0, 1) * 255).astype(np.uint8)


def _offset(mass: float, length: int) -> int:
    return int(np.clip(round(CENTRE - mass), 0, FIELD - length))


def _fit(digit: np.ndarray, side: int) -> np.ndarray:
    factor = side / max(digit.shape)
    height, width = (max(1, round(length * factor)) for length in digit.shape)
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return cv2.resize(digit, (width, height), interpolation=method)


def _is_bright_ink(rgb: np.ndarray) -> bool:
    """Ink is the rarer of dark and bright: the skewness of the grey levels, without the light's."""
    small = reduce(rgb, min(1, PAPER_SIDE / max(rgb.shape[:2])))
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    detail = grey - cv2.GaussianBlur(grey, (0, 0), max(grey.shape) / 6)
    detail -= detail.mean()
    skewness = (detail**3).mean() / max((detail**2).mean(), 1e-6) ** 1.5
    if abs(skewness) > CLEAR_SKEWNESS:
        return skewness > 0
    # About as much ink as paper: the paper is what the border is made of.
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    return np.median(border) < (grey.min() + grey.max()) / 2


def reduce(rgb: np.ndarray, factor: float) -> np.ndarray:
    """Make a picture smaller by the factor, 0 to 1; each pixel is the mean of those it covers."""
    height, width = (max(1, round(length * factor)) for length in rgb.shape[:2])
    return cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA)


def _paper(rgb: np.ndarray) -> np.ndarray:
    """The brightness that each pixel would have without ink, on a reduced copy for speed."""
    height, width = rgb.shape[:2]
    factor = min(1, PAPER_SIDE / max(height, width))
    small = reduce(rgb, factor)
    stroke = round(max(WIDEST_STROKE * min(small.shape[:2]), 15)) | 1
    small = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((stroke, stroke), np.uint8))
    if factor < 1:
        # At the edge of a shadow the interpolation would brighten the shadow's side.
        small = cv2.erode(small, np.ones((3, 3), np.uint8))
    return cv2.max(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), rgb)
