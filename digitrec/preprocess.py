"""Turn a picture into ink, and the ink of a digit into the array the network was trained on.

MNIST digits are bright on dark, fit a 20x20 box, and sit with their centre of mass in the
middle of a 28x28 field. A picture that skips a step is from another distribution, and the
network guesses. NumPy and OpenCV only: no Keras, no widgets.
"""

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np

from digitrec.picture import CONTRAST, PictureError

FIELD = 28  # side of the network's input, pixels
BOX = 20  # longest side of the digit in it, pixels
FINE = 80  # its longest side while the strokes are evened, pixels
FINE_MARGIN = 16  # room around it for strokes to grow, pixels
STROKE = 2.5  # width of its strokes, pixels
CENTRE = 14  # where its centre of mass lies, pixels

PAPER_SIDE = 280  # a picture is reduced to it to estimate the paper, pixels
GREY_SIDE = 140  # to this, to measure strokes and to see whether they are dark or bright,
LIGHT_SIDE = 70  # and to this, to estimate the light
WIDEST_STROKE = 0.25  # wider dark areas are paper in shadow; share of the shorter side
STROKE_ROOM = 8  # nor is ink this many times wider than the strokes are in the mean
NOISE = 3  # standard deviations of the paper's own darkness are no ink, but
LEAST_NOISE = 0.2  # no less and
MOST_NOISE = 0.5  # no more than these shares of what divides ink from paper
NEAR_INK = 11  # how near ink is that a pixel is measured against, pixels at FINE
PALEST = 0.35  # least darkness of a stroke beside the digit's darkest
CLEAR_SKEWNESS = 0.6  # where a third of the picture is ink


class Sheet(NamedTuple):
    """A picture taken apart.

    Attributes:
        rgb: Shape (height, width, 3), uint8: the picture.
        paper: Shape (height, width, 3), uint8: what it would be without the ink.
        ink: Shape (height, width), uint8: 0 is paper, 255 is full ink, edges in between.
    """

    rgb: np.ndarray
    paper: np.ndarray
    ink: np.ndarray


def find_ink(rgb: np.ndarray) -> Sheet:
    """Separate ink from paper, whichever is darker, in uneven light.

    The paper is estimated around each pixel by a morphological closing wider than any
    stroke; ink is what is darker than that, in whichever colour channel shows it best.

    Args:
        rgb: Shape (height, width, 3), uint8.

    Returns:
        The picture, its paper and its ink.

    Raises:
        PictureError: If nothing stands out from the paper.

    Source:
        Gonzalez and Woods, "Digital image processing", on the black-hat transform;
        Otsu (1979), "A threshold selection method from gray-level histograms", IEEE
        Transactions on Systems, Man, and Cybernetics 9(1), for the threshold.
    """
    # Light and paper change slowly, so a small copy shows them.
    picture = _without_equal_channels(rgb)
    small = reduce(picture, min(1, PAPER_SIDE / max(rgb.shape[:2])))
    grey = small if small.ndim == 2 else cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    grey = reduce(grey, min(1, GREY_SIDE / max(grey.shape)))
    bright = _is_bright_ink(grey)
    dark, small, grey = (255 - each if bright else each for each in (picture, small, grey))
    paper = _enlarge(_paper(small, _widest_stroke(grey)), dark)
    darkness, threshold = _darkness(dark, paper)
    if bright:
        paper = 255 - paper
    if paper.ndim == 2:
        paper = cv2.cvtColor(paper, cv2.COLOR_GRAY2RGB)
    return Sheet(rgb, paper, _ink(darkness, threshold))


def _without_equal_channels(rgb: np.ndarray) -> np.ndarray:
    """One channel of a picture without colour, since three would take three times as long."""
    red, green, blue = cv2.split(rgb)
    return red if np.array_equal(red, green) and np.array_equal(red, blue) else rgb


def _ink(darkness: np.ndarray, threshold: float) -> np.ndarray:
    """Stretch the darkness, between the paper's own and that of most ink, to 0 to 255."""
    values = np.arange(256.0)
    counts = cv2.calcHist([darkness], [0], None, [256], [0, 256]).ravel().astype(np.float64)
    inked = np.where(values > threshold, counts, 0)
    if not inked.any() or _percentile(inked, 0.9) < 255 * CONTRAST:
        raise PictureError("the picture is blank: no writing stands out from the background")
    rest = counts - inked
    rest /= rest.sum()
    mean = rest @ values
    noise = mean + NOISE * (rest @ (values - mean) ** 2) ** 0.5
    low = round(min(max(noise, LEAST_NOISE * threshold), MOST_NOISE * threshold))
    scale = 255 / max(_percentile(inked, 0.5) - low, 1)
    return cv2.convertScaleAbs(cv2.max(darkness, low), alpha=scale, beta=-low * scale)


def _percentile(counts: np.ndarray, share: float) -> int:
    """The value that the share of all does not exceed, from the counts of the values."""
    total = counts.cumsum()
    return int(np.searchsorted(total, share * total[-1]))


def _darkness(rgb: np.ndarray, paper: np.ndarray) -> tuple[np.ndarray, float]:
    """The share of the light that is missing, of 255, and what divides ink from paper."""
    # A shadow dims ink and paper alike, so what counts is the share, not the difference.
    darkness = cv2.divide(paper - rgb, paper, scale=255)
    if darkness.ndim == 3:  # the channel that shows the ink best
        red, green, blue = cv2.split(darkness)
        darkness = cv2.max(cv2.max(red, green), blue)
    return darkness, cv2.threshold(darkness, 0, 255, cv2.THRESH_OTSU)[0]


def _widest_stroke(grey: np.ndarray) -> float:
    """Wider dark areas are paper in shadow; the narrower, the closer the paper is followed."""
    darkness, threshold = _darkness(grey, _paper(grey, WIDEST_STROKE))
    width = _stroke_width(_depth(darkness > threshold)) / min(grey.shape)
    return min(STROKE_ROOM * width, WIDEST_STROKE)


def _depth(inside: np.ndarray) -> np.ndarray:
    """How far each pixel is from the nearest one outside, pixels."""
    return cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)


def _stroke_width(depth: np.ndarray) -> float:
    """The mean depth of a stroke is a quarter of its width."""
    mean = cv2.mean(depth, mask=(depth > 0).astype(np.uint8))[0]
    return max(4 * mean - 1, 0)


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
    depth, outside = _depth(inside), _depth(1 - inside)
    width = _stroke_width(depth)
    # The whole digit grows with its strokes and is reduced again afterwards.
    growth = (STROKE / BOX * FINE - width) / (1 - STROKE / BOX) / 2
    growth = max(growth, -width / 3)  # so that the thinner parts of a fat digit survive
    return (np.clip(depth - outside + growth + 0.5, 0, 1) * 255).astype(np.uint8)


def _offset(mass: float, length: int) -> int:
    return min(max(round(CENTRE - mass), 0), FIELD - length)


def _fit(digit: np.ndarray, side: int) -> np.ndarray:
    factor = side / max(digit.shape)
    height, width = (max(1, round(length * factor)) for length in digit.shape)
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return cv2.resize(digit, (width, height), interpolation=method)


def _is_bright_ink(grey: np.ndarray) -> bool:
    """Ink is the rarer of dark and bright: the skewness of the grey levels, without the light's."""
    grey = grey.astype(np.float32)
    light = reduce(grey, min(1, LIGHT_SIDE / max(grey.shape)))
    light = cv2.GaussianBlur(light, (0, 0), max(light.shape) / 6)
    detail = grey - cv2.resize(light, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    detail -= detail.mean()
    square = detail * detail
    skewness = (square * detail).mean() / max(square.mean(), 1e-6) ** 1.5
    if abs(skewness) > CLEAR_SKEWNESS:
        return skewness > 0
    # About as much ink as paper: the paper is what the border is made of.
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    return np.median(border) < (grey.min() + grey.max()) / 2


def reduce(rgb: np.ndarray, factor: float) -> np.ndarray:
    """Make a picture smaller by the factor, 0 to 1; each pixel is the mean of those it covers."""
    if factor == 1:
        return rgb
    height, width = (max(1, round(length * factor)) for length in rgb.shape[:2])
    return cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA)


def _paper(small: np.ndarray, widest: float) -> np.ndarray:
    """The brightness that each pixel would have without ink, by a morphological closing."""
    stroke = round(max(widest * min(small.shape[:2]), 15)) | 1
    # Without a margin, paper that gets darker towards the picture's edge would be taken for ink.
    wide = cv2.copyMakeBorder(small, *4 * [stroke - 1], cv2.BORDER_REPLICATE)
    return _extreme(_extreme(wide, stroke, cv2.max), stroke, cv2.min)


def _extreme(image: np.ndarray, side: int, extreme: Callable) -> np.ndarray:
    """`cv2.max` or `cv2.min` over each square of that side: smaller than the image by side - 1.

    Squares are joined to twice as large ones, which takes time in proportion to the logarithm of
    the side; `cv2.dilate` and `cv2.erode` take it in proportion to the side itself.
    """
    reach = 1
    while reach < side:
        step = min(reach, side - reach)
        image = extreme(image[:-step], image[step:])
        image = extreme(image[:, :-step], image[:, step:])
        reach += step
    return image


def _enlarge(paper: np.ndarray, rgb: np.ndarray) -> np.ndarray:
    if paper.shape == rgb.shape:
        return paper
    # At the edge of a shadow the interpolation would brighten the shadow's side.
    paper = cv2.erode(paper, np.ones((3, 3), np.uint8))
    paper = cv2.resize(paper, rgb.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return cv2.max(paper, rgb)
