"""Decode the PBM, PGM and PPM files that Pillow decodes number by number, in Python.

These are the ones in plain text, and the ones whose brightest level is not 255. NumPy and Pillow
only.

Source:
    Poskanzer, the manual pages pbm(5), pgm(5) and ppm(5), https://netpbm.sourceforge.net/doc/.
"""

import math
import re

import numpy as np
from PIL import Image

from digitrec.preprocess.errors import PictureError

CODECS = ("ppm", "ppm_plain")  # Pillow's names of its slow decoders
STRIP = 1_000_000  # numbers converted at a time, to keep memory low
COMMENT = re.compile(rb"#[^\r\n]*")
MOST_COMMENTS = 10_000  # in a file
SPACES = b" \t\n\v\f\r"


def decode_netpbm(image: Image.Image, content: bytes) -> Image.Image:
    """Decode an image that Pillow has opened, but not loaded.

    Args:
        image: With a tile of one of the CODECS.
        content: All bytes of its file.

    Returns:
        The image, of mode L or RGB; of mode I;16 if it has over 256 levels of grey.

    Raises:
        ValueError: If it has too few numbers, or something else.
    """
    codec, _, offset, arguments = image.tile[0]  # type: ignore[attr-defined]
    bands = len(image.getbands())
    shape = (image.height, image.width, bands)[: 2 if bands == 1 else 3]
    if image.mode == "1":
        numbers, most = _bits(content[offset:]), 1
    elif codec == "ppm_plain":
        numbers, most = _plain(content[offset:]), arguments[1]
    else:
        most = arguments[1]
        numbers = np.frombuffer(content, ">u2" if most > 255 else np.uint8, offset=offset)
    count = math.prod(shape)
    if len(numbers) < count:
        raise ValueError(f"it has {len(numbers)} numbers instead of {count}")
    levels = _levels(most, invert=image.mode == "1", keep=image.mode == "I")
    strips = np.array_split(numbers[:count], math.ceil(count / STRIP))
    return Image.fromarray(np.concatenate([levels[strip] for strip in strips]).reshape(shape))


def _without_comments(text: bytes) -> bytes:
    if text.count(b"#") > MOST_COMMENTS:
        raise PictureError("has too many comments: save it again")
    return COMMENT.sub(b"", text)


def _bits(text: bytes) -> np.ndarray:
    """Zeros and ones, with or without spaces between them."""
    digits = np.frombuffer(_without_comments(text).translate(None, SPACES), np.uint8)
    if ((digits != ord("0")) & (digits != ord("1"))).any():
        raise ValueError("it has other digits than 0 and 1")
    return digits - ord("0")


def _plain(text: bytes) -> np.ndarray:
    return np.fromstring(_without_comments(text), np.uint16, sep=" ")


def _levels(most: int, invert: bool, keep: bool) -> np.ndarray:
    """What each number becomes: of 255; in a file of bits, 1 is black."""
    numbers = np.minimum(np.arange(2**16), most)
    if keep:
        return numbers.astype(np.uint16)
    levels = np.rint(numbers * 255 / most).astype(np.uint8)
    return 255 - levels if invert else levels
