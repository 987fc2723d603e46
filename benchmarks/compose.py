"""Write numbers with MNIST test digits on paper, lay the paper on a desk, light and photograph it.

The tools of `benchmarks.page_kinds`. A colour is float32 from 0 to 255, ink and light are shares
from 0 to 1.
"""

import io
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image

from digitrec.preprocess.ink import depth, stroke_width
from digitrec.preprocess.pieces import Box

FINE = 4  # times: enlargement of a 28x28 digit before its strokes are made thinner
PENS = ((25, 30, 45), (30, 45, 120), (15, 15, 20), (120, 25, 30))  # colours of ink
DESK = (70, 55, 45)
GAPS = 0.15, 0.45  # least and most room between digits, as a share of their height
MARGIN = 0.06  # of the page's size: left free all around


class Writing(NamedTuple):
    """Lines of digits on a page.

    Attributes:
        ink: Shape (height, width), float32 in [0, 1].
        boxes: Of each digit, by lines.
        text: The digits, with a newline between lines.
    """

    ink: np.ndarray
    boxes: list[list[Box]]
    text: str


class Digits(NamedTuple):
    """What to write with: (n, 28, 28) images, uint8, and their (n,) labels."""

    images: np.ndarray
    labels: np.ndarray


def page_size(rng: np.random.Generator) -> tuple[int, int]:
    """Height and width: mostly of a photo reduced to 1000 pixels, sometimes of a small scan."""
    long = 1000 if rng.random() < 0.8 else 400
    short = round(long * rng.uniform(0.6, 0.8))
    return (short, long) if rng.random() < 0.8 else (long, short)


def glyph(image: np.ndarray, height: int, pen: float) -> np.ndarray:
    """One digit, cropped, of that height, written with a pen as wide as that share of it."""
    left, top, width, tall = cv2.boundingRect(image)
    image = np.pad(image[top : top + tall, left : left + width], 2)
    fine = cv2.resize(image, None, fx=FINE, fy=FINE, interpolation=cv2.INTER_CUBIC)
    inside = cv2.GaussianBlur(fine, (0, 0), FINE / 3) > 70
    inner, outer = depth(inside), depth(~inside)
    usual = stroke_width(inner)
    growth = max((pen * FINE * tall - usual) / 2, -usual / 5)  # so that no stroke breaks
    ink = np.clip(inner - outer + growth + 0.5, 0, 1).astype(np.float32)
    left, top, width, tall = cv2.boundingRect((ink > 0).astype(np.uint8))
    ink = ink[top : top + tall, left : left + width]
    width = max(2, round(width * height / tall))
    if width > 1.3 * height:  # a 1 that lies on its side
        width = round(1.3 * height)
    method = cv2.INTER_AREA if height < tall else cv2.INTER_CUBIC
    return np.clip(cv2.resize(ink, (width, height), interpolation=method), 0, 1)


def pick(
    rng: np.random.Generator, digits: Digits, count: int, height: float, pen: float
) -> tuple[list[np.ndarray], str]:
    """So many digits, each about as high as given, and the number that they make."""
    chosen = rng.integers(0, len(digits.images), count)
    heights = np.rint(height * rng.uniform(0.88, 1.08, count)).astype(int)
    glyphs = [
        glyph(digits.images[each], tall, pen)
        for each, tall in zip(chosen.tolist(), heights.tolist(), strict=True)
    ]
    return glyphs, "".join(map(str, digits.labels[chosen]))


def write(
    rng: np.random.Generator,
    digits: Digits,
    size: tuple[int, int],
    gaps: tuple[float, float] = GAPS,
) -> Writing:
    """Write one or two lines of three to seven digits somewhere on a page.

    Args:
        rng: Decides everything.
        digits: To choose from.
        size: Height and width of the page, pixels.
        gaps: Between digits, from and to, as shares of their height; what is negative overlaps.

    Returns:
        The lines, which slope by up to 2 degrees.
    """
    lines = int(rng.integers(1, 3))
    counts = rng.integers(3, 8, lines)
    high, wide = (1 - 2 * MARGIN) * size[0], (1 - 2 * MARGIN) * size[1]
    room = min(wide / (counts.max() * (0.95 + sum(gaps) / 2)), high / (lines * 1.6))
    height = min(room, 0.4 * size[0]) * rng.uniform(0.6, 1)
    pen, slope = rng.uniform(0.05, 0.11), rng.uniform(-0.035, 0.035)
    ink, boxes, text = np.zeros(size, np.float32), [], []
    middle = size[0] / 2 + (lines - 1) * -0.75 * height + rng.uniform(-0.1, 0.1) * height
    for count in counts:
        glyphs, number = pick(rng, digits, count, height, pen)
        spaces = height * rng.uniform(*gaps, count)
        boxes.append(_set_line(ink, glyphs, spaces, middle, slope, rng.random()))
        text.append(number)
        middle += rng.uniform(1.4, 1.7) * height
    return Writing(ink, boxes, "\n".join(text))


def _set_line(
    ink: np.ndarray,
    glyphs: Sequence[np.ndarray],
    spaces: np.ndarray,
    middle: float,
    slope: float,
    indent: float,
) -> list[Box]:
    length = sum(each.shape[1] for each in glyphs) + spaces[:-1].sum()
    margin = MARGIN * ink.shape[1]
    left = margin + indent * max(0, ink.shape[1] - 2 * margin - length)
    boxes = []
    for each, space in zip(glyphs, spaces, strict=True):
        box = Box(
            round(left),
            round(middle - len(each) / 2 + slope * (left - ink.shape[1] / 2)),
            *each.shape[::-1],
        )
        put(ink, each, box)
        boxes.append(box)
        left += each.shape[1] + space
    return boxes


def put(ink: np.ndarray, stamp: np.ndarray, box: Box) -> None:
    """Add the ink of a digit to the page's, as far as it lies on the page."""
    top, left = max(0, -box.top), max(0, -box.left)
    part = ink[box.top + top : box.bottom, box.left + left : box.right]
    np.maximum(part, stamp[top : top + len(part), left : left + part.shape[1]], out=part)


def paper(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """White to yellowish paper with a little texture."""
    white = np.array([1, rng.uniform(0.97, 1), rng.uniform(0.88, 1)]) * rng.uniform(225, 250)
    return white + smooth_noise(rng, size, 2)[..., np.newaxis] * 2


def smooth_noise(rng: np.random.Generator, size: tuple[int, int], scale: float) -> np.ndarray:
    """Noise whose grains are about that large in pixels: mean 0, standard deviation 1."""
    small = [max(2, round(length / scale)) for length in size]
    noise = rng.normal(0, 1, small).astype(np.float32)
    return cv2.resize(noise, size[::-1], interpolation=cv2.INTER_CUBIC)


def tint(colour: np.ndarray, ink: np.ndarray, pen: Sequence[float]) -> np.ndarray:
    """Put ink of one colour on a page."""
    return colour + ink[..., np.newaxis] * (np.array(pen, np.float32) - colour)


def any_pen(rng: np.random.Generator) -> Sequence[float]:
    return PENS[rng.integers(len(PENS))]


def strokes(size: tuple[int, int], lines: Sequence[np.ndarray], width: float) -> np.ndarray:
    """Ink of lines through points (x, y) in pixels, as wide as given, with soft edges."""
    ink = np.zeros(size, np.uint8)
    for points in lines:
        fixed = np.rint(np.asarray(points) * 16).astype(np.int32)
        cv2.polylines(ink, [fixed], False, 255, max(1, round(width)), cv2.LINE_AA, 4)
    return ink.astype(np.float32) / 255


def shade(size: tuple[int, int], outline: np.ndarray, dark: float, soft: float) -> np.ndarray:
    """Light that is full outside an outline and that share of it inside; the edge is soft."""
    light = np.ones(size, np.float32)
    cv2.fillPoly(light, [np.rint(outline).astype(np.int32)], float(dark))
    return cv2.GaussianBlur(light, (0, 0), max(0.5, soft))


def slope_of_light(rng: np.random.Generator, size: tuple[int, int], least: float) -> np.ndarray:
    """Light that falls off across the page to that share."""
    y, x = np.mgrid[-1 : 1 : size[0] * 1j, -1 : 1 : size[1] * 1j]
    angle = rng.uniform(0, 2 * np.pi)
    along = (np.cos(angle) * x + np.sin(angle) * y) / 2**0.5
    return (1 - (1 - least) * (1 + along) / 2).astype(np.float32)


def plain_desk(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    colour = np.array(DESK) * rng.uniform(0.6, 2.2)
    return colour + smooth_noise(rng, size, 3)[..., np.newaxis] * 3


def wooden_desk(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Grain that runs across, in boards with dark joints."""
    colour = np.array([rng.uniform(110, 170), rng.uniform(75, 110), rng.uniform(45, 65)])
    y = np.repeat(np.arange(size[0], dtype=np.float32)[:, np.newaxis], size[1], axis=1)
    bent = y + 0.02 * size[0] * smooth_noise(rng, size, max(size) / 3)
    rings = np.sin(
        bent / size[0] * rng.uniform(60, 140) + 0.8 * smooth_noise(rng, size, max(size) / 6)
    )
    fibre = cv2.blur(rng.normal(0, 1, size).astype(np.float32), (max(size) // 12, 1))
    grain = 1 + 0.10 * rings + 0.6 * fibre
    board = size[0] / rng.integers(2, 5)
    grain *= np.where((y + rng.uniform(0, board)) % board < 3, 0.5, 1)
    return colour * grain[..., np.newaxis]


def tablecloth(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Checks of one colour on white, a little turned."""
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    angle, side = rng.uniform(-0.2, 0.2), max(size) * rng.uniform(0.03, 0.07)
    across, down = np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x
    dye = ((across // side) % 2 + (down // side) % 2) / 2
    colour = np.array([(170, 40, 45), (50, 80, 150), (60, 120, 70)])[rng.integers(3)]
    cloth = 235 + dye[..., np.newaxis] * (colour - 235)
    return cloth + smooth_noise(rng, size, 2)[..., np.newaxis] * 5


def lay(sheet: np.ndarray, desk: np.ndarray, corners: np.ndarray, shadow: float = 0) -> np.ndarray:
    """Lay a sheet on a desk.

    Args:
        sheet: Shape (height, width, 3).
        desk: Of another shape, perhaps.
        corners: Where the sheet's come to lie: shape (4, 2), from the upper left one clockwise.
        shadow: How far the sheet throws its shadow to the lower right, pixels.

    Returns:
        Shape of the desk.
    """
    height, width = sheet.shape[:2]
    size = desk.shape[:2]
    source = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    if shadow:
        desk = desk * shade(size, corners + shadow, 0.45, shadow / 2)[..., np.newaxis]
    cover = cv2.warpPerspective(np.ones((height, width), np.float32), matrix, size[::-1])
    warped = cv2.warpPerspective(
        sheet.astype(np.float32), matrix, size[::-1], borderMode=cv2.BORDER_REPLICATE
    )
    return desk + cover[..., np.newaxis] * (warped - desk)


def photograph(rng: np.random.Generator, colour: np.ndarray) -> bytes:
    """The picture as a JPEG file, a little out of focus and with the camera's noise."""
    focus = rng.uniform(0.3, 1.2) * max(colour.shape) / 1000
    blurred = cv2.GaussianBlur(colour.astype(np.float32), (0, 0), max(focus, 0.3))
    noise = rng.normal(0, rng.uniform(1, 5), colour.shape)
    pixels = np.clip(blurred + noise, 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=int(rng.integers(60, 95)))
    return file.getvalue()
