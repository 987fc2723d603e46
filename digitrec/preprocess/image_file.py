"""Decode an image file, at a cost that its pixels justify, whatever else it holds.

A file of some kilobytes can keep a decoder busy for minutes, or make it take gigabytes: with
millions of empty parts, with tables that all point to the same bytes, with a tile far larger than
the picture. So what Pillow reads is metered, and what it does not need is kept from it. NumPy and
Pillow only.
"""

import io
import re
from functools import partial
from typing import Any, Literal

from PIL import Image, TiffImagePlugin
from PIL.ExifTags import Base as Tags

from digitrec.preprocess import jpeg
from digitrec.preprocess.errors import PictureError
from digitrec.preprocess.netpbm import CODECS, decode_netpbm

MOST_PIXELS = 51_000_000  # in a picture; many phones take photos of up to 50.3 million

# Pillow opens more formats, some of them through other programs; no camera, scanner or
# drawing program saves in those.
FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF", "PPM")

MOST_NOTES = 4_000_000  # bytes before the pixels, as of a colour profile
MOST_NOTES_READS = 10_000  # calls of `read` for these
MOST_READS = 500_000  # calls of `read` for the pixels; a large PNG file has ten thousands of parts
MOST_TILES = 100_000  # that a TIFF file is made of
LARGE_TILE = 2048 * 2048  # pixels that a tile of a TIFF file may have in a picture that has fewer

MOST_AVIF_BYTES = 40_000_000  # which take longer to decode than those of any other format
MOST_RUN_PIXELS = 10_000_000  # in a BMP file of runs, which Pillow decodes in Python

EXIF_ENTRY = 12  # bytes
EXIF_SIZES = {1: 1, 3: 2, 4: 4}  # bytes of a number, by its type
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
XMP_ORIENTATION = re.compile(rb'tiff:Orientation(?:="|>)([0-9])')
AVIF_EXIF = re.compile(rb"(infe.{8,10})Exif", re.DOTALL)


class MeteredFile(io.BytesIO):
    """A file in memory that limits how much is read of it."""

    def __init__(self, content: bytes):
        super().__init__(content)
        self._length = len(content)
        self._reads_left = MOST_NOTES_READS
        self._bytes_left = MOST_NOTES

    def read(self, size: int | None = -1, /) -> bytes:
        """Read, as of any file. To read everything at once costs nothing.

        Raises:
            PictureError: If this was too often, or too much.
        """
        content = super().read(size)
        self._reads_left -= 1
        if size is not None and size >= 0:
            self._bytes_left -= len(content)
        if self._reads_left < 0 or self._bytes_left < 0:
            raise PictureError("holds too much besides its pixels: save it again as PNG or JPEG")
        return content

    def begin_pixels(self) -> None:
        """Allow what the pixels may need."""
        self._reads_left = MOST_READS
        self._bytes_left = 2 * self._length + MOST_NOTES


def decode(content: bytes) -> Image.Image:
    """Decode an image file, and rotate the image as the camera noted.

    Args:
        content: All bytes of the file.

    Returns:
        The loaded image, of any mode; the first frame if it is animated.

    Raises:
        PictureError: If it has no pixels, over 51 million of them, or more besides than these
            justify. Of every kind: over 4 MB or some thousands of parts before the pixels (TIFF,
            whose tags are read twice: 2 MB; JPEG: 10,000 segments), or over some 100,000 parts.
            JPEG: over a billion pixels times scans. TIFF: over 100,000 tiles, or a tile that has
            both over 4 megapixels and more than the picture. BMP of runs: over 10 megapixels.
            AVIF: over 40 MB.
        Exception: Whatever Pillow's decoders raise for a damaged file, which is nearly anything.
    """
    exif = header = b""
    if content.startswith(jpeg.START):
        content, size, exif, header = jpeg.take_apart(content)
        check_size(*size)  # before Pillow, which would warn of it
    elif content[4:8] == b"ftyp":
        # An AVIF file notes elsewhere how it is to be turned, but Pillow reads this all the same.
        content = AVIF_EXIF.sub(rb"\1none", content)
        if len(content) > MOST_AVIF_BYTES:
            raise PictureError("is too large for an AVIF file: save it as JPEG")
    file = MeteredFile(content)
    with Image.open(file, formats=FORMATS) as image:
        check_size(*image.size)
        file.begin_pixels()
        codec = image.tile[0][0] if image.tile else ""
        if isinstance(image, TiffImagePlugin.TiffImageFile):
            _check_tiles(image)
            _keep_only_orientation(image)
        elif codec == "bmp_rle" and image.width * image.height > MOST_RUN_PIXELS:
            raise PictureError("is too large for a BMP file of this kind: save it as PNG")
        elif codec in CODECS:
            return decode_netpbm(image, content)
        image.load()
    exif = exif or _exif(image.info)
    turn = TURNS.get(_orientation(exif) or _xmp_orientation(image.info, header))
    return image if turn is None else image.transpose(turn)


def check_size(width: int, height: int) -> None:
    """Check that a picture has pixels, and no more of them than MOST_PIXELS.

    Raises:
        PictureError: If not.
    """
    if width * height > MOST_PIXELS:
        raise too_large()
    if width * height == 0:
        raise PictureError("has no pixels: save it again")


def too_large() -> PictureError:
    """What is raised for a picture that has more than MOST_PIXELS."""
    return PictureError(f"is too large: reduce it to {MOST_PIXELS // 1_000_000} megapixels")


def _check_tiles(image: TiffImagePlugin.TiffImageFile) -> None:
    tags = image.tag_v2
    tile = tags.get(TiffImagePlugin.TILEWIDTH, 0) * tags.get(TiffImagePlugin.TILELENGTH, 0)
    if tile > max(LARGE_TILE, image.width * image.height) or len(image.tile) > MOST_TILES:
        raise PictureError("is made of tiles of an unusual size: save it again as PNG or JPEG")


def _keep_only_orientation(image: TiffImagePlugin.TiffImageFile) -> None:
    """Keep Pillow from reading all that the tags of a file point to, once its pixels are there."""
    exif, orientation = Image.Exif(), image.tag_v2.get(Tags.Orientation)
    if isinstance(orientation, int):
        exif[Tags.Orientation] = orientation
    image.info["exif"] = exif.tobytes()


def _exif(info: dict[Any, Any]) -> bytes:
    # ImageMagick keeps them in a PNG file as hexadecimal digits, below three lines about them.
    digits = "".join(info.get("Raw profile type exif", "").split("\n")[3:])
    try:
        return info.get("exif") or bytes.fromhex(digits)
    except ValueError:  # they are garbled, but the picture is not
        return b""


def _orientation(exif: bytes) -> int:
    """How the camera was held, as a number from 1 to 8; 0 if this is not noted, or garbled.

    Source:
        CIPA DC-008, "Exchangeable image file format for digital still cameras: Exif".
    """
    notes = exif.removeprefix(b"Exif\0\0")
    order: Literal["little", "big"] = "little" if notes.startswith(b"II") else "big"
    number = partial(int.from_bytes, byteorder=order)
    start = number(notes[4:8])
    first = start + 2
    for place in range(first, first + EXIF_ENTRY * number(notes[start:first]), EXIF_ENTRY):
        if number(notes[place : place + 2]) == Tags.Orientation:
            size = EXIF_SIZES.get(number(notes[place + 2 : place + 4]), 0)
            return number(notes[place + 8 : place + 8 + size])
    return 0


def _xmp_orientation(info: dict[Any, Any], header: bytes) -> int:
    notes = info.get("XML:com.adobe.xmp") or info.get("xmp") or header
    if isinstance(notes, str):
        notes = notes.encode(errors="replace")
    match = XMP_ORIENTATION.search(notes)
    return int(match[1]) if match else 0
