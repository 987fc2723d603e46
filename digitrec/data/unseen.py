"""Pictures that no training saw, to test fairly whether a network doubts.

The letters and scribbles that our recipe trains on are its own (`digitrec.data.outliers`): to
refuse more of the same is easy. These come from elsewhere: letters of printed fonts, outlines of
things, and digits upside down. NumPy, OpenCV and Pillow only.
"""

import string
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from digitrec.data.drawn_digits import parse_strokes
from digitrec.preprocess.normalize import SIDE, normalize

# Letters that, in print, do not look like digits.
LETTERS = "".join(sorted(set(string.ascii_letters) - set("OoQDIliSsZzBbgqGTJ")))

FONT_SIZE = 120  # pixels
SHAPE_SIDE = 120  # of the picture of a shape, pixels
PENS = (4, 14)  # widths of the thinnest and the thickest outline, pixels
WOBBLE = 3  # standard deviation of each corner of a shape, hundredths of its size

# Outlines of things, in the form that `parse_strokes` reads.
SHAPES = {
    "star": "50,0 62,36 100,36 70,58 82,96 50,73 18,96 30,58 0,36 38,36 50,0",
    "heart": "50,96 4,46 4,18 26,4 50,24 74,4 96,18 96,46 50,96",
    "arrow": "0,36 60,36 60,10 100,50 60,90 60,64 0,64 0,36",
    "house": "0,50 50,6 100,50 84,50 84,96 16,96 16,50 0,50",
    "shirt": "30,0 0,18 10,42 24,34 24,100 76,100 76,34 90,42 100,18 70,0 50,10 30,0",
    "trousers": "24,0 76,0 84,100 58,100 50,30 42,100 16,100 24,0",
    "dress": "36,0 64,0 62,36 84,100 16,100 38,36 36,0",
    "shoe": "0,50 16,30 40,52 70,62 100,70 100,84 0,84 0,50",
    "boot": "10,0 46,0 48,46 100,66 100,92 8,92 10,0",
    "bag": "0,40 30,40 34,14 66,14 70,40 100,40 96,96 4,96 0,40",
    "fir": "50,0 88,66 62,66 96,100 4,100 38,66 12,66 50,0",
    "fish": "0,50 26,22 60,26 84,50 100,30 100,74 84,54 60,78 26,80 0,50",
    "house with a door": "20,100 20,44 4,44 50,4 96,44 80,44 80,100 20,100"
    " | 42,100 42,66 58,66 58,100",
    "car": "0,60 14,60 24,36 66,36 78,60 100,60 100,80 0,80 0,60"
    " | 18,80 24,92 32,80 | 68,80 76,92 84,80",
}


def draw_glyphs(
    count: int, seed: int, characters: str = LETTERS, fonts: Sequence[str | Path] | None = None
) -> np.ndarray:
    """Draw characters of printed fonts.

    Args:
        count: How many.
        seed: The same seed gives the same pictures, with the same fonts.
        characters: Which, each as often as the others; the default is letters that do not look
            like digits.
        fonts: Files of fonts, `.ttf` or `.otf`; None is those that come with Matplotlib.

    Returns:
        Shape (count, 28, 28), uint8, normalized like any picture.

    Raises:
        ValueError: If there is no font, or no character.
    """
    fonts = _matplotlib_fonts() if fonts is None else fonts
    if not fonts or not characters:
        raise ValueError("there is nothing to draw: give at least one font and one character")
    rng = np.random.default_rng(seed)
    loaded = [ImageFont.truetype(str(path), FONT_SIZE) for path in fonts]
    images = np.empty((count, SIDE, SIDE), np.uint8)
    for image in images:
        font = loaded[rng.integers(len(loaded))]
        image[:] = normalize(_glyph(str(rng.choice(list(characters))), font)) * 255
    return images


def draw_shapes(count: int, seed: int) -> np.ndarray:
    """Draw stars, hearts, arrows, houses, clothes and other things, as outlines or filled.

    Args:
        count: How many.
        seed: The same seed gives the same pictures.

    Returns:
        Shape (count, 28, 28), uint8, normalized like any picture.
    """
    rng = np.random.default_rng(seed)
    images = np.empty((count, SIDE, SIDE), np.uint8)
    for image in images:
        image[:] = normalize(_shape(rng)) * 255
    return images


def upside_down(images: np.ndarray) -> np.ndarray:
    """Turn digits by 180 degrees: 0, 1 and 8 stay digits, 6 and 9 change places, 3, 4, 7 are none.

    Args:
        images: Shape (n, 28, 28), uint8, or float in [0, 1].

    Returns:
        The same shape and dtype, with the centre of mass where it was.
    """
    return np.roll(images[:, ::-1, ::-1], 1, axis=(1, 2))  # it is at pixel 14, the middle at 13.5


def _matplotlib_fonts() -> list[Path]:
    """Its plain fonts, found without loading Matplotlib."""
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise ValueError("Matplotlib, whose fonts are drawn, is not installed: give other fonts")
    folder = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
    names = ("DejaVuSans", "DejaVuSerif", "STIXGeneral")
    fonts = sorted(path for name in names for path in folder.glob(f"{name}*.ttf"))
    return [path for path in fonts if "Display" not in path.name]


def _glyph(character: str, font: ImageFont.FreeTypeFont) -> np.ndarray:
    picture = Image.new("L", (2 * FONT_SIZE, 2 * FONT_SIZE))
    middle = (FONT_SIZE, FONT_SIZE)
    ImageDraw.Draw(picture).text(middle, character, 255, font, anchor="mm")
    return np.asarray(picture)


def _shape(rng: np.random.Generator) -> np.ndarray:
    lines = parse_strokes(str(rng.choice(list(SHAPES.values()))))
    width, slant = rng.uniform(0.7, 1.1), rng.normal(0, 0.1)
    ink = np.zeros((2 * SHAPE_SIDE, 2 * SHAPE_SIDE), np.uint8)
    corners = []
    for line in lines:
        moved = line + rng.normal(0, WOBBLE, line.shape)
        moved[-1] = moved[0] if (line[-1] == line[0]).all() else moved[-1]
        placed = moved @ np.array([[width, 0], [-slant, 1]]) / 100 * SHAPE_SIDE + SHAPE_SIDE / 2
        corners.append(np.rint(placed).astype(np.int32))
    if rng.random() < 0.5:
        cv2.fillPoly(ink, corners, 255, cv2.LINE_AA)
    else:
        cv2.polylines(ink, corners, False, 255, int(rng.integers(*PENS)), cv2.LINE_AA)
    return ink
