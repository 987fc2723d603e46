"""A folder of pictures on which is drawn how they were read, under the names of the originals.

Several processes write to it at the same time. Each picture is whole or not there, and replaces
nothing but a picture that was drawn before.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import numpy as np
from PIL import PngImagePlugin

from digitrec.data.atomic_file import waiting_room
from digitrec.recognize.annotate import annotate
from digitrec.recognize.results import Prediction

JPEG_ENDINGS = (".jpg", ".jpeg", ".jfif")
QUALITY = 90  # of JPEG files, of 100
COMPRESSION = 1  # of PNG files, of 9: four times as fast as 6, and a fifth larger

# Says in a file that it may be replaced.
MARK = "drawn by digitrec"
MARK_WITHIN = 200  # bytes


@dataclass(frozen=True)
class AnnotatedFolder:
    """Where pictures are written, from `open_annotated`; it travels to other processes.

    Attributes:
        folder: Its absolute path.
        base: The absolute path of the folder that all originals are in, however deep.
        waiting: The absolute path of a folder where pictures wait until they are whole.
    """

    folder: str
    base: str
    waiting: str

    def save(self, path: str, rgb: np.ndarray, predictions: Sequence[Prediction]) -> None:
        """Draw on a picture how it was read, and write it under the name that it has in `base`.

        Args:
            path: Of the original. An ending other than those of PNG and JPEG gets ".png" appended.
            rgb: Shape (height, width, 3), uint8.
            predictions: One or more, with boxes in pixels of the picture.

        Raises:
            OSError: If it cannot be written, or would replace something else.
        """
        target = self._target(path)
        with _explaining(target):
            _check_may_be_replaced(target)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            fresh = os.path.join(self.waiting, uuid4().hex)
            with open(fresh, "xb") as file:
                image = annotate(rgb, predictions)
                if target.lower().endswith(JPEG_ENDINGS):
                    image.save(file, "JPEG", quality=QUALITY, comment=MARK)
                else:
                    notes = PngImagePlugin.PngInfo()
                    notes.add_text("Comment", MARK)
                    image.save(file, "PNG", compress_level=COMPRESSION, pnginfo=notes)
            os.replace(fresh, target)

    def _target(self, path: str) -> str:
        name = os.path.relpath(_real(path), self.base)
        is_kept = name.lower().endswith((*JPEG_ENDINGS, ".png"))
        return os.path.join(self.folder, name if is_kept else f"{name}.png")


@contextmanager
def open_annotated(folder: str, names: Sequence[str]) -> Iterator[AnnotatedFolder]:
    """Open a folder for annotated pictures; a missing one is made.

    Args:
        folder: Its path.
        names: Of the pictures, and of the folders with pictures, that are going to be read.

    Raises:
        ValueError: If it has one of them in it, or is in one of them: originals could be replaced,
            or annotated pictures read.
        OSError: If nothing can be written there.
    """
    target, originals = os.path.realpath(folder), [_real(name) for name in names]
    for name, original in zip(names, originals, strict=True):
        if _is_in(original, target) or (os.path.isdir(original) and _is_in(target, original)):
            raise ValueError(
                f"annotated pictures cannot be written to {folder}, since {name} is read: "
                "choose another folder"
            )
    try:
        folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in originals]
        base = os.path.commonpath(folders)
    except ValueError as error:
        raise ValueError("the pictures are on several drives: annotate those of one") from error
    if os.path.exists(target) and not os.path.isdir(target):
        raise NotADirectoryError(f"{folder} is not a folder: choose another name")
    with waiting_room(Path(target)) as waiting:
        yield AnnotatedFolder(target, base, str(waiting))


def _real(path: str) -> str:
    """The absolute path without links; but a picture that is a link keeps its own name."""
    if os.path.isdir(path):
        return os.path.realpath(path)
    folder, name = os.path.split(path)
    return os.path.join(os.path.realpath(folder), name)


def _is_in(path: str, folder: str) -> bool:
    return os.path.normcase(path + os.sep).startswith(os.path.normcase(os.path.join(folder, "")))


def _check_may_be_replaced(target: str) -> None:
    if os.path.lexists(target):
        with open(target, "rb") as file:
            if MARK.encode() not in file.read(MARK_WITHIN):
                raise FileExistsError("it is there, and was not drawn by digitrec")


@contextmanager
def _explaining(target: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OSError(
            f"{target} cannot be written ({error.strerror or error}): make room, or choose "
            "another folder, and run the same command again"
        ) from error
