"""Keep drawings with what they should have been read as. Plain Python, no browser needed."""

from collections.abc import Sequence

import numpy as np

from digitrec.data.samples import Samples
from digitrec.preprocess.normalize import SIDE
from digitrec.recognize.results import Prediction


class Labels:
    """The digits kept so far with their labels, and how many were read correctly at first.

    Attributes:
        current: The label that the present drawing is kept with; "" if it is not kept.
    """

    def __init__(self) -> None:
        self._images: list[np.ndarray] = []
        self._labels: list[int] = []
        self._correct: list[bool] = []
        self.current = ""

    def keep(self, label: str, predictions: Sequence[Prediction]) -> None:
        """Keep the present drawing with a label, a digit for each prediction.

        Another label replaces the first one; the same label again takes the drawing back.

        Raises:
            ValueError: If nothing is drawn, or the label does not fit.
        """
        if not predictions:
            raise ValueError("draw first, then say what it is")
        if not label.isdecimal() or len(label) != len(predictions):
            raise ValueError(f"{len(predictions)} digits were found: enter as many")
        again, count = label == self.current, len(self.current)
        for kept in (self._images, self._labels, self._correct):
            del kept[len(kept) - count :]
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

    @property
    def samples(self) -> Samples:
        """All that was kept, the oldest first."""
        images = np.array(self._images, np.uint8).reshape(-1, SIDE, SIDE)
        return Samples(images, np.array(self._labels, np.uint8))

    @property
    def score(self) -> str:
        """A sentence that says how many were read correctly; "" as long as there are none."""
        count = len(self._labels)
        return f"{sum(self._correct)} of {count} of your digits read correctly" if count else ""
