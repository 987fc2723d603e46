"""Turn a picture into ink: what stands out from the paper, whichever is darker.

NumPy and OpenCV only: no Keras, no widgets.
"""

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np

from digitrec.preprocess.picture import CONTRAST, PictureError

PAPER_SIDE = 280  # a picture is reduced to it to estimate the paper, pixels
GREY_SIDE = 140  # to this, to measure strokes and to see whether they are dark or bright,
LIGHT_SIDE = 70  # and to this, to estimate the light
WIDEST_STROKE = 0.25  # wider dark areas are paper in shadow; share of the shorter side
STROKE_ROOM = 8  # nor is ink this many times wider than the strokes are in the mean
NOISE = 3  # standard deviations of the paper's own darkness are no ink, but
LEAST_NOISE = 0.2  # no less and
MOST_NOISE = 0.5  # no more than these shares of what divides ink from paper
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
    width = stroke_width(depth(darkness > threshold)) / min(grey.shape)
    return min(STROKE_ROOM * width, WIDEST_STROKE)


def depth(inside: np.ndarray) -> np.ndarray:
    """How far each pixel is from the nearest one outside, pixels."""
    return cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)


def stroke_width(depth: np.ndarray) -> float:
    """The mean depth of a stroke is a quarter of its width."""
    mean = cv2.mean(depth, mask=(depth > 0).astype(np.uint8))[0]
    return max(4 * mean - 1, 0)


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
