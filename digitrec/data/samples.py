"""Your own labelled digits, in a file: to train on later, or to measure a network on."""

from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import numpy as np

from digitrec.data.atomic_file import replacing
from digitrec.data.mnist import CLASSES
from digitrec.preprocess.normalize import SIDE

MOST_BYTES = 1_000_000_000  # of an archive once it is unpacked: over a million digits


class Samples(NamedTuple):
    """Digits as `load_mnist` gives them.

    Attributes:
        images: Shape (n, 28, 28), uint8: 0 is paper, 255 is full ink.
        labels: Shape (n,), uint8, 0 to 9.
    """

    images: np.ndarray
    labels: np.ndarray


def save_samples(samples: Samples, path: str | Path) -> None:
    """Save samples as a NumPy archive; an interrupted call leaves what was there before.

    Args:
        samples: What to save.
        path: Ends in `.npz`. Missing parent folders are made.

    Raises:
        ValueError: If the path has another ending.
        OSError: If the file cannot be written.
    """
    path = Path(path)
    if path.suffix != ".npz":
        raise ValueError(f"{path}: samples are saved as .npz")
    with replacing(path) as fresh:
        np.savez_compressed(fresh, images=samples.images, labels=samples.labels)


def load_samples(path: str | Path) -> Samples:
    """Load what `save_samples` saved; nothing in the file is run.

    Args:
        path: The NumPy archive.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is damaged, or holds something else, or more than 1 GB.
    """
    path = Path(path)
    if path.exists() and not path.is_file():  # reading a pipe may never end
        raise ValueError(f"{path} holds no samples: it is no file")
    try:
        with ZipFile(path) as zipped:
            size = sum(member.file_size for member in zipped.infolist())
        if size > MOST_BYTES:
            raise ValueError(f"it would take {size:,} bytes of memory")
        with np.load(path, allow_pickle=False) as archive:
            samples = Samples(archive["images"], archive["labels"])
    except FileNotFoundError:
        raise
    except Exception as error:  # zip, zlib, NumPy and a missing name raise nearly everything
        raise ValueError(f"{path} holds no samples, or is damaged: {error}") from error
    if not _are_samples(*samples):
        raise ValueError(
            f"{path} holds no samples: images (n, {SIDE}, {SIDE}) and labels 0 to 9, uint8"
        )
    return samples


def _are_samples(images: np.ndarray, labels: np.ndarray) -> bool:
    if {images.dtype, labels.dtype} != {np.dtype(np.uint8)} or labels.ndim != 1:
        return False
    return images.shape == (len(labels), SIDE, SIDE) and bool((labels < CLASSES).all())
