"""Open a picture of any kind as a person would see it: RGB, upright, on paper.

Whatever cannot be opened raises a PictureError that says what is wrong and what to do.
NumPy, OpenCV and Pillow only.
"""

import math
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import cv2
import numpy as np
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from digitrec.preprocess.errors import PictureError
from digitrec.preprocess.image_file import FORMATS, check_size, decode, too_large
from digitrec.preprocess.strips import STRIP, in_strips

Picture = str | os.PathLike | bytes | bytearray | memoryview | Image.Image | np.ndarray

BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
CONTRAST = 0.06  # least contrast between ink and paper; 1 is black on white
KEPT = 4_000_000  # bytes of memory that are kept from one picture to the next
MOST_BYTES = 200_000_000  # in a file; 50 megapixels take 150 million uncompressed

# The C library of Linux gives memory back to the system, and fetches it again page by page, which
# takes a fifth of the time of a small picture. It keeps as much as the largest array freed so far.
np.empty(KEPT, np.uint8)


def open_picture(picture: Picture) -> np.ndarray:
    """Open a picture of any kind and show it as a person would see it.

    Args:
        picture: A path, the bytes of an image file, a Pillow image, or an array: grey
            (height, width), or colour (height, width, 3), or with alpha last (2 or 4
            channels); uint8, bool, or any other number type, which is then stretched so that
            its smallest value is black and its largest white.

    Returns:
        Shape (height, width, 3), uint8, RGB: rotated as the camera noted, on white where
        it was transparent (on black if white would hide it), the first frame if animated.

    Raises:
        PictureError: If it is missing, damaged, empty, not a picture, over 51 megapixels or
            200 MB, or asks for more work than its pixels justify
            (`digitrec.preprocess.image_file.decode` says which files do).
    """
    with naming(picture), _decoder_errors():
        if isinstance(picture, np.ndarray):
            return _to_rgb(_from_array(np.asarray(picture)))
        if isinstance(picture, Image.Image):
            return _to_rgb(_from_pillow(picture))
        if isinstance(picture, bytes | bytearray | memoryview):
            content = bytes(picture)
            _check_length(len(content))
            return _to_rgb(decode(content))
        if isinstance(picture, str | os.PathLike):
            # Nothing here keeps the content, so that `decode` can let go of it.
            return _to_rgb(decode(_read(Path(os.fsdecode(picture)))))
        raise PictureError(
            f"is a {type(picture).__name__}: give a path, bytes, a Pillow image or an array"
        )


@contextmanager
def naming(picture: Picture) -> Iterator[None]:
    """Let a PictureError name the file that it is about, if there is one."""
    try:
        yield
    except PictureError as error:
        error.subject = _name(picture)
        raise


def _name(picture: Picture) -> str:
    if isinstance(picture, str | os.PathLike):
        return str(Path(os.fsdecode(picture)))
    return PictureError.subject


@contextmanager
def _decoder_errors() -> Iterator[None]:
    """Turn whatever Pillow's readers and decoders raise, which is nearly anything, into ours."""
    try:
        yield
    except PictureError:
        raise
    except UnidentifiedImageError as error:
        raise PictureError(
            "is not a picture in a known format, or is damaged: save it as PNG or JPEG"
        ) from error
    except (*BOMBS, MemoryError) as error:
        raise too_large() from error
    except Exception as error:
        raise PictureError(f"is damaged ({error}): save or send it again") from error


def _read(path: Path) -> bytes:
    with _file_errors():
        status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise PictureError("is a folder, not a picture: choose a picture file")
    if not stat.S_ISREG(status.st_mode):  # reading a pipe or a device might never end
        raise PictureError("is a pipe or a device: choose a picture file")
    _check_length(status.st_size)
    with _file_errors():
        return path.read_bytes()


def _check_length(count: int) -> None:
    if count == 0:
        raise PictureError("is empty: save it again")
    if count > MOST_BYTES:
        megabytes = MOST_BYTES // 1_000_000
        raise PictureError(f"is over {megabytes} MB: save it as JPEG, or smaller")


@contextmanager
def _file_errors() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise PictureError("does not exist: check its name and folder") from error
    except PermissionError as error:
        raise PictureError(
            "may not be read by you: choose another, or change its permissions"
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        reason = getattr(error, "strerror", None) or error  # without the name, said already
        raise PictureError(f"cannot be opened ({reason}): check its name") from error


def _from_pillow(image: Image.Image) -> Image.Image:
    check_size(*image.size)
    file = _undecoded_file(image)
    if file:  # Pillow would decode it at any cost
        place = file.tell()
        file.seek(0)
        content = file.read(MOST_BYTES + 1)
        file.seek(place)
        _check_length(len(content))
        return decode(content)
    image.load()
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # the orientation is garbled, but the picture is not
        return image


def _undecoded_file(image: Image.Image) -> IO[bytes] | None:
    """The file of an image that Pillow has only opened, if the image is its first frame."""
    if not isinstance(image, ImageFile.ImageFile) or image.format not in FORMATS:
        return None
    is_as_opened = image.tile and not image.decoderconfig and image.tell() == 0
    return image.fp if is_as_opened else None


def _from_array(array: np.ndarray) -> Image.Image:
    if array.ndim not in (2, 3) or array.size == 0 or (array.ndim == 3 and array.shape[2] > 4):
        raise PictureError(
            f"is an array of shape {array.shape}: "
            "give (height, width), (height, width, 3) or (height, width, 4)"
        )
    if array.dtype.kind not in "biuf":
        raise PictureError(f"is an array of {array.dtype}: give numbers from 0 to 255")
    check_size(*array.shape[:2])
    if array.dtype != np.uint8:
        array = _stretch(array)
    return Image.fromarray(array[..., 0] if array.shape[2:] == (1,) else array)


def _stretch(array: np.ndarray) -> np.ndarray:
    """Map numbers of any range to uint8: the smallest to 0, the largest to 255."""
    low, high = float(array.min()), float(array.max())
    if not math.isfinite(high - low):
        raise PictureError("has values that are not finite: replace them first")
    scale = 255 / max(high - low, 1e-12)
    return in_strips(
        array, lambda strip: ((strip.astype(np.float64) - low) * scale).astype(np.uint8)
    )


def _to_rgb(image: Image.Image) -> np.ndarray:
    """Convert any mode to RGB; transparent parts turn white, or black if the ink is white."""
    if image.mode.startswith(("I", "F")):
        image = Image.fromarray(_stretch(np.asarray(image)))
    if not image.has_transparency_data:
        return _flatten(image)
    on_white = _flatten(image, "white")
    if np.ptp(on_white) >= 255 * CONTRAST:
        return on_white
    return _flatten(image, "black")


def _flatten(image: Image.Image, paper: str | None = None) -> np.ndarray:
    width, height = image.size
    rgb = np.empty((height, width, 3), np.uint8)
    step = max(1, STRIP // width)
    for top in range(0, height, step):
        strip = image if step >= height else image.crop((0, top, width, min(top + step, height)))
        if paper:
            background = Image.new("RGBA", strip.size, paper)
            strip = Image.alpha_composite(background, strip.convert("RGBA"))
        _to_three_channels(strip, rgb[top : top + step])
    return rgb


def _to_three_channels(strip: Image.Image, rgb: np.ndarray) -> None:
    if strip.mode == "L":  # in a tenth of the time that Pillow takes
        cv2.cvtColor(np.asarray(strip), cv2.COLOR_GRAY2RGB, rgb)
    else:
        rgb[:] = np.asarray(strip if strip.mode == "RGB" else strip.convert("RGB"))
