"""Keep corrected digits in a file of samples, which the user of this machine has named."""

from base64 import b64decode
from pathlib import Path
from threading import Lock

import numpy as np

from digitrec.data.samples import Samples, load_samples, save_samples
from digitrec.preprocess.normalize import SIDE
from digitrec.preprocess.picture import open_picture

MOST_DIGITS = 100  # kept at a time
MOST_LETTERS = 4000  # of an image's data URL; 28 x 28 pixels take up to 1,200
START = "data:image/png;base64,"

FORM = f'send {{"label": "7", "images": ["{START}..."]}}: an image of 28 x 28 for each digit'


class Kept:
    """A file of samples that grows.

    Args:
        path: Ends in `.npz`. What is there is added to.

    Raises:
        ValueError: If it has another ending, or is there and holds no samples.
        OSError: If it cannot be written.
    """

    def __init__(self, path: Path):
        self.path = path.absolute()
        self._lock = Lock()
        save_samples(self._load(), self.path)  # whether that is possible, is better known now

    def add(self, document: object) -> int:
        """Add digits, and count those there are then.

        Args:
            document: Parsed JSON: an object with `label`, a digit for each of `images`, which
                are PNG files of (28, 28) as data URLs, as a reading has them.

        Raises:
            ValueError: If it is something else.
            OSError: If the file cannot be written.
        """
        match document:
            case {"label": str(label), "images": [_, *_] as encoded}:
                labels = "".join(label.split())
            case _:
                raise ValueError(FORM)
        count = len(encoded)
        if not (labels.isascii() and labels.isdecimal() and len(labels) == count <= MOST_DIGITS):
            found = "1 digit was" if count == 1 else f"{count} digits were"
            raise ValueError(f"{found} found: enter as many")
        images = np.stack([_image(each) for each in encoded])
        with self._lock:
            before = self._load()
            samples = Samples(
                np.concatenate([before.images, images]),
                np.concatenate([before.labels, np.array([*map(int, labels)], np.uint8)]),
            )
            save_samples(samples, self.path)
        return len(samples.labels)

    def _load(self) -> Samples:
        if self.path.exists():
            return load_samples(self.path)
        return Samples(np.empty((0, SIDE, SIDE), np.uint8), np.empty(0, np.uint8))


def _image(encoded: object) -> np.ndarray:
    if not isinstance(encoded, str) or not encoded.startswith(START) or len(encoded) > MOST_LETTERS:
        raise ValueError(FORM)
    try:
        image = open_picture(b64decode(encoded.removeprefix(START)))[..., 0]
    except ValueError as error:  # not base 64, or not a picture
        raise ValueError(FORM) from error
    if image.shape != (SIDE, SIDE):
        raise ValueError(FORM)
    return image
