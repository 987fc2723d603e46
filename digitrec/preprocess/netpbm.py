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
from digitrec.preprocess.strips import in_strips

CODECS = ("ppm", "ppm_plain")  # Pillow's names of its slow decoders
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
    most = 1 if image.mode == "1" else arguments[1]
    if image.mode == "1":
        numbers = _whiteness(content[offset:])
    elif codec == "ppm_plain":
        numbers = np.fromstring(_without_comments(content[offset:]), np.uint16, sep=" ")
    else:
        numbers = np.frombuffer(content, ">u2" if most > 255 else np.uint8, offset=offset)
    count = math.prod(shape)
    if len(numbers) < count:
        raise ValueError(f"it has {len(numbers)} numbers instead of {count}")
    levels = np.minimum(np.arange(2**16), most).astype(np.uint16)  # what each number becomes
    if image.mode != "I":
        levels = np.rint(levels * (255 / most)).astype(np.uint8)
    return Image.fromarray(in_strips(numbers[:count], levels.take).reshape(shape))


def _without_comments(text: bytes) -> bytes:
    if text.count(b"#") > MOST_COMMENTS:
        raise PictureError("has too many comments: save it again")
    return COMMENT.sub(b"", text)


def _whiteness(text: bytes) -> np.ndarray:
    """Of each bit, with or without spaces between them: 1 is black."""
    bits = np.frombuffer(_without_comments(text).translate(None, SPACES), np.uint8)
    if ((bits != ord("0")) & (bits != ord("1"))).any():
        raise ValueError("it has other digits than 0 and 1")
    return ord("1") - bits
