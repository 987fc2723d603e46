"""Turn a picture into ink: what stands out from the paper, whichever of the two is darker.

NumPy and OpenCV only.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np

from digitrec.preprocess.errors import PictureError
from digitrec.preprocess.picture import CONTRAST

# Light, paper and strokes show on small copies of the picture, which take less time. The longer
# side of a copy, in pixels:
PAPER_SIDE = 280  # for the brightness of the paper
STROKE_SIDE = 140  # for the width of the strokes, and whether ink is darker than paper
LIGHT_SIDE = 70  # for the light that falls on the page

# Shares and factors chosen on real handwriting: `python -m benchmarks.handwriting FOLDER`.
WIDEST_STROKE = 0.25  # of the shorter side; wider dark areas are paper in shadow
STROKE_ROOM = 8  # times the mean stroke width; wider dark areas are paper in shadow
NOISE = 3  # standard deviations of the paper's own darkness that are still paper
LEAST_NOISE = 0.2  # of the threshold between ink and paper: at least so much is still paper
MOST_NOISE = 0.5  # of the threshold: at most so much is still paper
LIGHT = 0.28  # of the shorter side; the light is the median over squares of that side
CLEAR_SKEWNESS = 0.6  # that of a picture of which a third is ink

MOST_INK = 0.5  # share of a picture beside paper of one colour; what is more may be paper itself

LEVELS = np.arange(256.0)  # of a pixel


class Page(NamedTuple):
    """A picture taken apart.

    Attributes:
        rgb: Shape (height, width, 3), uint8: the picture.
        paper: Shape (height, width, 3), uint8: what it would be without the ink.
        ink: Shape (height, width), uint8: 0 is paper, 255 is full ink, edges in between.
    """

    rgb: np.ndarray
    paper: np.ndarray
    ink: np.ndarray


def find_ink(rgb: np.ndarray) -> Page:
    """Separate ink from paper, whichever is darker, in uneven light.

    A morphological closing wider than any stroke estimates the paper around each pixel, unless a
    drawing program left it all of one colour; ink is what is darker than that, in the colour
    channel that shows it best.

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
    picture = one_channel_if_grey(rgb)
    flat = _flat_paper(picture)
    if flat is None:
        paper, darkness = _on_uneven_paper(picture)
        return Page(rgb, paper, _ink(darkness, _count(darkness)))
    colour, (left, top, width, height) = flat
    rows, columns = slice(top, top + height), slice(left, left + width)
    darkness = _on_flat_paper(picture[rows, columns], colour)
    ink: np.ndarray = np.zeros(rgb.shape[:2], np.uint8)
    counts = _count(darkness, mask=darkness)
    counts[0] = ink.size - counts.sum()
    ink[rows, columns] = _ink(darkness, counts)
    return Page(rgb, np.broadcast_to(colour.astype(np.uint8), rgb.shape), ink)


def reduce_to(side: int, image: np.ndarray) -> np.ndarray:
    """Reduce an image until its longer side is no more than `side` pixels."""
    return reduce(image, min(1, side / max(image.shape[:2])))


def reduce(image: np.ndarray, factor: float) -> np.ndarray:
    """Make an image smaller by a factor from 0 to 1; each pixel is the mean of those it covers."""
    if factor == 1:
        return image
    height, width = (max(1, round(length * factor)) for length in image.shape[:2])
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


def depth(inside: np.ndarray) -> np.ndarray:
    """Measure how far each pixel inside is from the nearest one outside, in pixels."""
    return cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)


def stroke_width(depth: np.ndarray) -> float:
    """Estimate the mean width of strokes, whose mean depth is a quarter of it, in pixels."""
    mean = cv2.sumElems(depth)[0] / max(cv2.countNonZero(depth), 1)
    return max(4 * mean - 1, 0)


def one_channel_if_grey(rgb: np.ndarray) -> np.ndarray:
    """Give one channel of a grey picture, since three equal ones would take three times as long."""
    red, green, blue = cv2.split(rgb)
    is_grey = cv2.norm(red, green, cv2.NORM_INF) == cv2.norm(red, blue, cv2.NORM_INF) == 0
    return red if is_grey else rgb


def _flat_paper(picture: np.ndarray) -> tuple[np.ndarray, Sequence[int]] | None:
    """The colour of paper that is the same everywhere, and the box of all else; None if it is not.

    All of the border has that colour, shape (1,) or (3,), and most of the picture, and what has
    not is no wider than a stroke: else that may be a sheet of paper, and what has the colour a
    table. The box is left, top, width and height, in pixels.
    """
    colour = picture[0, 0]
    if (picture[0] != colour).any():  # as that of nearly all photos
        return None
    rows = picture.reshape(len(picture), -1)
    other = highest_channel((rows != rows[0]).view(np.uint8).reshape(picture.shape))
    box = left, top, width, height = cv2.boundingRect(other)
    if width == 0:
        raise _blank()
    is_beside = left == 0 or left + width == other.shape[1] or top + height == len(other)
    if is_beside or cv2.countNonZero(other) > other.size * MOST_INK:
        return None
    step = max(1, max(other.shape) // LIGHT_SIDE)
    sample = other[::step, ::step]
    is_narrow = 2 * depth(sample).max() <= WIDEST_STROKE * min(sample.shape)
    return (np.atleast_1d(colour).astype(np.float64), box) if is_narrow else None


def _on_flat_paper(picture: np.ndarray, colour: np.ndarray) -> np.ndarray:
    """How dark each pixel is: the same as `_on_uneven_paper` gives, in less time."""
    bright = bool(sum(cv2.mean(picture)) > colour.sum())
    return highest_channel(cv2.LUT(picture, _darkness_of_levels(tuple(colour.tolist()), bright)))


@lru_cache(maxsize=16)  # drawing programs have few papers, and most often a white one
def _darkness_of_levels(colour: tuple[float, ...], bright: bool) -> np.ndarray:
    """How dark each level is, on paper of a colour: shape (256, 1, channels), uint8."""
    paper, levels = np.array(colour), LEVELS[:, np.newaxis]
    light = 255 - paper if bright else paper
    missing = levels - paper if bright else paper - levels
    table = np.clip(missing / np.maximum(light, 1), 0, 1) * 255
    return np.rint(table).astype(np.uint8)[:, np.newaxis]


def _on_uneven_paper(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The paper, and how dark each pixel is: the share of the light that is missing, of 255."""
    small = reduce_to(PAPER_SIDE, picture)
    grey = small if small.ndim == 2 else cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    grey = reduce_to(STROKE_SIDE, grey)
    bright = _is_bright_ink(grey)
    dark, small, grey = (255 - each if bright else each for each in (picture, small, grey))
    paper = _enlarge(_paper(small, _widest_stroke(grey)), dark)
    darkness = _darkness(dark, paper)
    if bright:
        paper = 255 - paper
    if paper.ndim == 2:
        paper = cv2.cvtColor(paper, cv2.COLOR_GRAY2RGB)
    return paper, darkness


def _is_bright_ink(grey: np.ndarray) -> bool:
    """Ink is the rarer of dark and bright: the skewness of the grey levels, without the light's."""
    # A mean would blur the edge of a shadow or of the sun, which is then taken for ink.
    light = reduce_to(LIGHT_SIDE, grey)
    light = cv2.medianBlur(light, max(round(LIGHT * min(light.shape)), 3) | 1)
    grey = grey.astype(np.float32)
    detail = grey - cv2.resize(light, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    detail -= detail.mean()
    square = detail * detail
    skewness = (square * detail).mean() / max(square.mean(), 1e-6) ** 1.5
    if abs(skewness) > CLEAR_SKEWNESS:
        return bool(skewness > 0)
    # There is about as much ink as paper: the paper is what the border is made of.
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    return bool(np.median(border) < (grey.min() + grey.max()) / 2)


def _widest_stroke(grey: np.ndarray) -> float:
    """How wide ink can be, as a share of the shorter side; what is wider is paper in shadow."""
    darkness = _darkness(grey, _paper(grey, WIDEST_STROKE))
    width = stroke_width(depth(darkness > _threshold(_count(darkness)))) / min(grey.shape)
    return min(STROKE_ROOM * width, WIDEST_STROKE)


def _paper(small: np.ndarray, widest: float) -> np.ndarray:
    """The brightness that each pixel would have without ink, by a morphological closing."""
    stroke = round(max(widest * min(small.shape[:2]), 15)) | 1
    # Without a margin, paper that gets darker towards the picture's edge would count as ink.
    margin = stroke - 1
    wide = cv2.copyMakeBorder(small, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
    return _extreme(_extreme(wide, stroke, cv2.max), stroke, cv2.min)


def _extreme(image: np.ndarray, side: int, extreme: Callable) -> np.ndarray:
    """`cv2.max` or `cv2.min` over each square of that side: smaller than the image by side - 1.

    Squares are joined to squares twice as large, which takes time in proportion to the logarithm
    of the side; `cv2.dilate` and `cv2.erode` take time in proportion to the side itself.
    """
    reach = 1
    while reach < side:
        step = min(reach, side - reach)
        image = extreme(image[:-step], image[step:])
        image = extreme(image[:, :-step], image[:, step:])
        reach += step
    return image


def _enlarge(paper: np.ndarray, picture: np.ndarray) -> np.ndarray:
    if paper.shape == picture.shape:
        return paper
    # At the edge of a shadow the interpolation would brighten the shadow's side.
    paper = cv2.erode(paper, np.ones((3, 3), np.uint8))
    paper = cv2.resize(paper, picture.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return cv2.max(paper, picture)


def _darkness(picture: np.ndarray, paper: np.ndarray) -> np.ndarray:
    # A shadow dims ink and paper alike, so what counts is the share, not the difference.
    return highest_channel(cv2.divide(paper - picture, paper, scale=255))


def highest_channel(picture: np.ndarray) -> np.ndarray:
    """Give the highest of the channels of each pixel, or the only one."""
    if picture.ndim == 2:
        return picture
    red, green, blue = cv2.split(picture)
    return cv2.max(cv2.max(red, green), blue)


def _count(darkness: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
    """How many pixels have each level from 0 to 255, among those where the mask is not 0."""
    counts = cv2.calcHist([darkness], [0], mask, [256], [0, 256])
    return counts.ravel().astype(np.float64)


def _threshold(counts: np.ndarray) -> int:
    """The greatest level of paper, from the counts of all levels: Otsu's threshold."""
    below, sums = counts.cumsum(), (counts * LEVELS).cumsum()
    above = below[-1] - below
    difference = sums[-1] * below - below[-1] * sums  # of the means, times below and above
    return int((difference**2 / np.maximum(below * above, 1)).argmax())


def _ink(darkness: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Stretch the darkness so that the paper's own becomes 0 and that of most ink 255."""
    threshold = _threshold(counts)
    inked = counts.copy()
    inked[: threshold + 1] = 0
    total = inked.cumsum()
    if not total[-1] or _percentile(total, 0.9) < 255 * CONTRAST:
        raise _blank()
    rest = counts - inked
    rest /= rest.sum()
    mean = float(rest @ LEVELS)
    noise = mean + NOISE * float(rest @ (LEVELS - mean) ** 2) ** 0.5
    low = round(min(max(noise, LEAST_NOISE * threshold), MOST_NOISE * threshold))
    scale = 255 / max(_percentile(total, 0.5) - low, 1)
    # `cv2.subtract` would take a number for an array where there are 4 rows of one pixel.
    return cv2.convertScaleAbs(np.maximum(darkness, low) - low, alpha=scale)


def _percentile(total: np.ndarray, share: float) -> int:
    """The value that the share of all does not exceed, from how many do not exceed each value."""
    return int(total.searchsorted(share * total[-1]))


def _blank() -> PictureError:
    return PictureError("is blank: no writing stands out from the background")
