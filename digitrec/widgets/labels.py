"""Keep drawings with what they should have been read as. Plain Python, no browser needed."""

from collections.abc import Sequence
from itertools import chain, count
from pathlib import Path

import numpy as np

from digitrec.data.mnist import scale
from digitrec.data.samples import Samples, load_samples, save_samples
from digitrec.data.scripts import to_western
from digitrec.model.inputs import Model
from digitrec.preprocess.normalize import SIDE
from digitrec.recognize.classify import classify
from digitrec.recognize.results import Prediction

FILE = Path("models/my_digits.npz")  # where digits are saved unless it is taken


class Labels:
    """The digits kept so far with their labels, and how many were read correctly at first.

    Attributes:
        current: The label that the present drawing is kept with; "" if it is not kept.
    """

    def __init__(self) -> None:
        self._images: list[np.ndarray] = []
        self._labels: list[int] = []
        self._correct: list[bool] = []
        self._file: Path | None = None
        self.current = ""

    def keep(self, label: str, predictions: Sequence[Prediction]) -> None:
        """Keep the present drawing with a label, a digit for each prediction, in either script.

        Another label replaces the first one; the same label again takes the drawing back.

        Raises:
            ValueError: If nothing is drawn, or the label does not fit.
        """
        if not predictions:
            raise ValueError("draw first, then say what it is")
        label = to_western(label, predictions[0].script)
        if not label.isdecimal() or len(label) != len(predictions):
            raise ValueError(f"{len(predictions)} digits were found: enter as many")
        again, before = label == self.current, len(self.current)
        for kept in (self._images, self._labels, self._correct):
            del kept[len(kept) - before :]
        self.current = ""
        if not again:
            self.add(
                [prediction.image for prediction in predictions],
                [int(digit) for digit in label],
                [prediction.digit for prediction in predictions],
            )
            self.current = label

    def add(
        self, images: Sequence[np.ndarray], labels: Sequence[int], predicted: Sequence[int]
    ) -> None:
        """Add n digits: images (28, 28) in [0, 1], their labels, and what was predicted.

        The next `keep` adds the present drawing, whatever was kept before.
        """
        self._images += [np.rint(image * 255).astype(np.uint8) for image in images]
        self._labels += labels
        self._correct += map(int.__eq__, labels, predicted)
        self.current = ""

    def load(self, path: str | Path, model: Model | None) -> None:
        """Add what `save` saved; errors as for `digitrec.load_samples`.

        Args:
            path: The file.
            model: As for `predict_digit`; what it makes of the digits counts as their reading.
        """
        images, labels = load_samples(path)
        if len(images):
            predicted = classify(scale(images), model).argmax(axis=1)
            self.add(list(scale(images)), labels.tolist(), predicted.tolist())

    @property
    def samples(self) -> Samples:
        """All that was kept, the oldest first."""
        images = np.array(self._images, np.uint8).reshape(-1, SIDE, SIDE)
        return Samples(images, np.array(self._labels, np.uint8))

    def save(self) -> Path:
        """Save all that was kept in a file of its own, and give its path.

        Another pad's file, or one of an earlier day, is never replaced: the next number is taken.

        Raises:
            OSError: If the file cannot be written.
        """
        file = self._file or _unused_file()
        save_samples(self.samples, file)
        self._file = file
        return file

    @property
    def score(self) -> str:
        """How many were read correctly, and how to take the last one back; "" without any."""
        number = len(self._labels)
        kept = f"Kept as {self.current}; the same again takes it back. " if self.current else ""
        score = f"{sum(self._correct)} of {number} of your digits read correctly."
        return kept + score if number else ""


class KeepsSamples:
    """What a pad and a camera have in common: the digits that are kept while they are used."""

    model: Model | None

    @property
    def samples(self) -> Samples:
        """The digits kept so far: images (n, 28, 28) and labels (n,), uint8.

        A pad keeps the digits of each script apart, and gives those of the one that is chosen.
        """
        return self._labels.samples

    def save_samples(self, path: str | Path) -> None:
        """Save the digits kept so far; errors as for `digitrec.save_samples`.

        Args:
            path: Ends in `.npz`.
        """
        save_samples(self.samples, path)

    def load_samples(self, path: str | Path) -> None:
        """Add saved digits to those kept so far; errors as for `digitrec.load_samples`.

        Args:
            path: What `save_samples` saved.
        """
        self._labels.load(path, self.model)
        self._show_labels()

    @property
    def _labels(self) -> Labels:
        raise NotImplementedError

    def _show_labels(self) -> None:
        raise NotImplementedError


def _unused_file() -> Path:
    others = (FILE.with_stem(f"{FILE.stem}_{number}") for number in count(2))
    return next(path for path in chain([FILE], others) if not path.exists())
