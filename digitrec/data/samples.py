"""Digits of one's own with their labels, in a file: to train on later, or to be measured on."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np


class Samples(NamedTuple):
    """Digits as `load_mnist` gives them.

    Attributes:
        images: Shape (n, 28, 28), uint8: 0 is paper, 255 is full ink.
        labels: Shape (n,), uint8, 0 to 9.
    """

    images: np.ndarray
    labels: np.ndarray


class Collection:
    """Samples as they are gathered, with what was read at first of each."""

    def __init__(self):
        self._images: list[np.ndarray] = []
        self._labels: list[int] = []
        self._answers: list[int] = []

    def add(
        self, images: Sequence[np.ndarray], labels: Sequence[int], answers: Sequence[int]
    ) -> None:
        """Gather n samples: images (28, 28) in [0, 1], what they are, and were read as."""
        self._images += [np.rint(image * 255).astype(np.uint8) for image in images]
        self._labels += map(int, labels)
        self._answers += map(int, answers)

    def take_back(self, count: int) -> None:
        """Give the latest samples up."""
        for rows in (self._images, self._labels, self._answers):
            del rows[len(rows) - count :]

    @property
    def samples(self) -> Samples:
        """All samples, the oldest first."""
        images = np.array(self._images, np.uint8).reshape(-1, 28, 28)
        return Samples(images, np.array(self._labels, np.uint8))

    @property
    def score(self) -> str:
        """How many were read rightly, in words; "" as long as there are none."""
        count = len(self._labels)
        right = sum(map(int.__eq__, self._labels, self._answers))
        return f"{right} of {count} of your digits read rightly" if count else ""


def save_samples(samples: Samples, path: str | Path) -> None:
    """Save samples as a NumPy archive; an interrupted call leaves what was there before.

    Args:
        samples: What to save.
        path: Ends in `.npz`. Missing parent folders are made.

    Raises:
        ValueError: If the ending is another.
    """
    path = Path(path)
    if path.suffix != ".npz":
        raise ValueError(f"{path}: samples are saved as .npz")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".saving-", dir=path.parent) as folder:
        fresh = Path(folder) / path.name
        np.savez_compressed(fresh, **samples._asdict())
        os.replace(fresh, path)


def load_samples(path: str | Path) -> Samples:
    """Load what `save_samples` has saved; nothing in the file is run.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is damaged, or holds something else.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            samples = Samples(archive["images"], archive["labels"])
    except FileNotFoundError:
        raise
    except Exception as error:  # zip, zlib, NumPy and a missing name raise nearly everything
        raise ValueError(f"{path} holds no samples, or is damaged: {error}") from error
    images, labels = samples
    fitting = images.shape == (*labels.shape, 28, 28) and labels.ndim == 1
    if not fitting or {images.dtype, labels.dtype} != {np.dtype(np.uint8)} or (labels > 9).any():
        raise ValueError(f"{path} holds no samples: images (n, 28, 28) and labels 0 to 9, uint8")
    return samples
