"""Keep drawings with what they should have been read as. Plain Python, no browser needed."""

from collections.abc import Sequence

import numpy as np

from digitrec.data.samples import Collection, Samples
from digitrec.recognize.results import Prediction


class Labels:
    """The drawings kept so far, and the label of the present one.

    Attributes:
        current: The label that the present drawing is kept with; "" if it is not kept.
    """

    def __init__(self) -> None:
        self._collection = Collection()
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
        self._collection.remove_latest(len(self.current))
        self.current = "" if label == self.current else label
        if self.current:
            self._collection.add(
                [prediction.image for prediction in predictions],
                [int(digit) for digit in label],
                [prediction.digit for prediction in predictions],
            )

    def add(
        self, images: Sequence[np.ndarray], labels: Sequence[int], predicted: Sequence[int]
    ) -> None:
        """Add samples from elsewhere, as `Collection.add`; the present drawing is not kept yet."""
        self._collection.add(images, labels, predicted)
        self.current = ""

    @property
    def samples(self) -> Samples:
        """All that was kept, the oldest first."""
        return self._collection.samples

    @property
    def score(self) -> str:
        """A sentence that says how many were read correctly; "" if there are none."""
        return self._collection.score
