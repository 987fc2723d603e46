"""Open a picture of any kind as a person would see it: RGB, upright, on paper.

Whatever cannot be opened is a PictureError that says in words what is wrong and what to do.
NumPy and Pillow only.
"""

import io
import math
import os
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

Picture = str | os.PathLike | bytes | bytearray | memoryview | Image.Image | np.ndarray

CONTRAST = 0.06  # least contrast of ink on paper; full white to black is 1
MOST_PIXELS = 51_000_000  # of a picture; the photos of many phones have up to 50.3 million
MOST_BYTES = 200_000_000  # of a file; 50 megapixels take 150 million without compression
STRIP = 1_000_000  # pixels converted at once, since a whole large picture takes much memory

# Pillow opens more, but some of it with other programs, and none of it comes from a camera,
# a scanner or a drawing program.
FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF", "PPM")


class PictureError(ValueError):
    """The picture cannot be read; the message says why and what to do."""


def open_picture(picture: Picture) -> np.ndarray:
    """Open a picture of any kind and show it as a person would see it.

    Args:
        picture: A path, the bytes of an image file, a Pillow image, or an array: grey
            (height, width), or colour (height, width, 3), or with alpha last (2 or 4
            channels); uint8, bool, or any number type, whose range is then stretched to
            black and white.

    Returns:
        Shape (height, width, 3), uint8, RGB: rotated as the camera noted, on white where
        it was transparent (on black if white would hide it), the first frame if animated.

    Raises:
        PictureError: If it is missing, no picture, damaged, empty, or too large.
    """
    with naming(picture), _decoder_errors():
        if isinstance(picture, np.ndarray):
            return _to_rgb(_from_array(np.asarray(picture)))
        if isinstance(picture, Image.Image):
            return _to_rgb(_upright(picture))
        if isinstance(picture, bytes | bytearray | memoryview):
            return _decode(bytes(picture))
        if isinstance(picture, str | os.PathLike):
            return _decode(_read(Path(os.fsdecode(picture))))
    raise PictureError(
        f"a {type(picture).__name__} is no picture: give a path, bytes, a Pillow image or an array"
    )


@contextmanager
def naming(picture: Picture) -> Iterator[None]:
    """Let errors that speak of "the picture" name its file, if it has one."""
    try:
        yield
    except PictureError as error:
        message = str(error)
        if message.startswith("the picture "):
            message = _name(picture) + message.removeprefix("the picture")
        raise PictureError(message) from error.__cause__


def _name(picture: Picture) -> str:
    if isinstance(picture, str | os.PathLike):
        return str(Path(os.fsdecode(picture)))
    if isinstance(picture, bytes | bytearray | memoryview):
        return "the data"
    return "the picture"


@contextmanager
def _decoder_errors() -> Iterator[None]:
    """Say in words what Pillow's readers and decoders raise, which is nearly anything."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they tell of damage that did not matter
            yield
    except PictureError:
        raise
    except UnidentifiedImageError as error:
        raise PictureError(
            "the picture is no picture of a known kind, or damaged: save it as PNG or JPEG"
        ) from error
    except (Image.DecompressionBombError, MemoryError) as error:
        raise _too_large() from error
    except Exception as error:
        raise PictureError(f"the picture is damaged ({error}): save or send it again") from error


def _too_large() -> PictureError:
    megapixels = MOST_PIXELS // 1_000_000
    return PictureError(f"the picture is too large: reduce it to {megapixels} megapixels")


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise _too_large()
    if width * height == 0:
        raise PictureError("the picture has no pixels: save it again")


def _read(path: Path) -> bytes:
    with _file_errors(path):
        status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise PictureError("the picture is a folder, not a picture: choose a picture file")
    if not stat.S_ISREG(status.st_mode):  # reading a pipe or a device might never end
        raise PictureError("the picture is a pipe or a device: choose a picture file")
    if status.st_size > MOST_BYTES:
        megabytes = MOST_BYTES // 1_000_000
        raise PictureError(f"the picture is over {megabytes} MB: save it as JPEG, or smaller")
    with _file_errors(path):
        return path.read_bytes()


@contextmanager
def _file_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise PictureError(f"there is no file {path}: check its name and folder") from error
    except PermissionError as error:
        raise PictureError(
            "the picture is not readable for you: choose another, or change its permissions"
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        raise PictureError(f"the picture cannot be opened ({error}): check its name") from error


def _decode(content: bytes) -> np.ndarray:
    if not content:
        raise PictureError("the picture is empty: save it again")
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        return _to_rgb(_upright(image, in_place=True))


def _upright(image: Image.Image, in_place: bool = False) -> Image.Image:
    _check_size(*image.size)
    image.load()
    try:
        return ImageOps.exif_transpose(image, in_place=in_place) or image
    except Exception:  # what the camera noted is garbled, but the picture is not
        return image


def _from_array(array: np.ndarray) -> Image.Image:
    if array.ndim not in (2, 3) or array.size == 0 or (array.ndim == 3 and array.shape[2] > 4):
        raise PictureError(
            f"an array of shape {array.shape} is no picture: "
            "give (height, width), (height, width, 3) or (height, width, 4)"
        )
    if array.dtype.kind not in "biuf":
        raise PictureError(f"an array of {array.dtype} is no picture: give numbers from 0 to 255")
    _check_size(*array.shape[:2])
    if array.dtype != np.uint8:
        array = _stretch(array)
    return Image.fromarray(array[..., 0] if array.shape[2:] == (1,) else array)


def _stretch(array: np.ndarray) -> np.ndarray:
    """Numbers of any range to uint8: the least is 0, the greatest 255."""
    low, high = float(array.min()), float(array.max())
    if not math.isfinite(high - low):
        raise PictureError("the picture has values that are not finite: replace them first")
    scale = 255 / max(high - low, 1e-12)
    strips = np.array_split(array, math.ceil(array.size / STRIP))
    return np.concatenate(
        [((strip.astype(np.float64) - low) * scale).astype(np.uint8) for strip in strips]
    )


def _to_rgb(image: Image.Image) -> np.ndarray:
    """Bring every mode to RGB; transparent parts turn white, or black if the ink is white."""
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
    rows = max(1, STRIP // width)
    for top in range(0, height, rows):
        strip = image.crop((0, top, width, min(top + rows, height)))
        if paper:
            background = Image.new("RGBA", strip.size, paper)
            strip = Image.alpha_composite(background, strip.convert("RGBA"))
        rgb[top : top + rows] = np.asarray(strip.convert("RGB"))
    return rgb
