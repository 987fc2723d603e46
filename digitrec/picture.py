"""Open a picture of any kind as a person would see it: RGB, upright, on paper.

Whatever cannot be opened is a PictureError that says in words what is wrong and what to do.
NumPy and Pillow only.
"""

import io
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

Picture = str | os.PathLike | bytes | bytearray | memoryview | Image.Image | np.ndarray

CONTRAST = 0.06  # least contrast of ink on paper; full white to black is 1


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
        PictureError: If it is missing, no picture, damaged, or empty.
    """
    if isinstance(picture, np.ndarray):
        return _flatten(_from_array(picture))
    if isinstance(picture, Image.Image):
        with _picture_errors("the picture"):
            return _to_rgb(picture)
    if isinstance(picture, bytes | bytearray | memoryview):
        return _decode(bytes(picture), "the data")
    if isinstance(picture, str | os.PathLike):
        return _decode(_read(Path(picture)), str(picture))
    raise PictureError(
        f"a {type(picture).__name__} is no picture: give a path, bytes, a Pillow image or an array"
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise PictureError(f"there is no file {path}: check its name and folder") from error
    except (IsADirectoryError, PermissionError) as error:
        kind = "a folder, not a picture" if path.is_dir() else "not readable for you"
        raise PictureError(f"{path} is {kind}: choose a picture file") from error
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        raise PictureError(f"{path} cannot be opened: {error}") from error


def _decode(content: bytes, name: str) -> np.ndarray:
    if not content:
        raise PictureError(f"{name} is empty: save the picture again")
    with _picture_errors(name), Image.open(io.BytesIO(content)) as image:
        return _to_rgb(image)


@contextmanager
def _picture_errors(name: str) -> Iterator[None]:
    """Say in words what Pillow's readers and decoders raise, which is nearly anything."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except PictureError as error:
        raise PictureError(f"{name}: {error}") from error
    except UnidentifiedImageError as error:
        raise PictureError(f"{name} is no picture: save it as PNG or JPEG") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(f"{name} is too large: reduce it to 50 megapixels") from error
    except Exception as error:
        raise PictureError(f"{name} is damaged ({error}): save or send it again") from error


def _to_rgb(image: Image.Image) -> np.ndarray:
    """Decode, rotate as the camera noted, and bring every mode to RGB."""
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith(("I", "F")):
        return _flatten(_from_array(np.asarray(image)))
    if image.has_transparency_data:
        return _flatten(np.asarray(image.convert("RGBA")))
    return np.asarray(image.convert("RGB"))


def _from_array(array: np.ndarray) -> np.ndarray:
    if array.ndim not in (2, 3) or array.size == 0 or (array.ndim == 3 and array.shape[2] > 4):
        raise PictureError(
            f"an array of shape {array.shape} is no picture: "
            "give (height, width), (height, width, 3) or (height, width, 4)"
        )
    if array.dtype == np.uint8:
        return array
    if array.dtype.kind not in "biuf":
        raise PictureError(f"an array of {array.dtype} is no picture: give numbers from 0 to 255")
    array = array.astype(np.float64)
    if not np.isfinite(array).all():
        raise PictureError("the array has values that are not finite: replace them first")
    low, high = array.min(), array.max()
    return ((array - low) * (255 / max(high - low, 1e-12))).astype(np.uint8)


def _flatten(array: np.ndarray) -> np.ndarray:
    """uint8 with 1 to 4 channels to RGB; transparent parts turn white, or black if ink is white."""
    if array.ndim == 2:
        array = array[..., np.newaxis]
    channels = array.shape[2]
    colour = array[..., :3] if channels >= 3 else np.repeat(array[..., :1], 3, axis=2)
    if channels in (1, 3):
        return np.ascontiguousarray(colour)
    alpha = array[..., -1:].astype(np.float32) / 255
    on_white = (colour * alpha + 255 * (1 - alpha)).round().astype(np.uint8)
    if np.ptp(on_white) >= 255 * CONTRAST:
        return on_white
    return (colour * alpha).round().astype(np.uint8)
