"""What is made of pictures: a Prediction of one digit, a Reading of a picture, a Row of many."""

from dataclasses import dataclass, field, replace

import numpy as np

from digitrec.preprocess.pieces import Box


@dataclass(frozen=True)
class Prediction:
    """One digit as it was read.

    Attributes:
        digit: 0 to 9, the likeliest.
        confidence: Its probability, 0 to 1.
        probabilities: Shape (10,), float32, of all digits.
        accepted: False where the digit is in doubt: it may be another one, or not a digit.
        image: Shape (28, 28), float32 in [0, 1]: what the network saw.
        box: Where the digit stands in the picture as shown.
        steps: What the picture became on its way to the network, by name: the picture, its
            paper, its ink, the digit and its strokes, all uint8, and last `image`.
    """

    digit: int
    confidence: float
    probabilities: np.ndarray = field(repr=False)
    accepted: bool
    image: np.ndarray = field(repr=False)
    box: Box
    steps: dict[str, np.ndarray] = field(repr=False)

    @property
    def verdict(self) -> str:
        """How sure the digit is: "99.1% sure", or "not sure: 7 or 1"."""
        if self.accepted:
            return f"{self.confidence:.1%} sure"
        return f"not sure: {self.alternatives}"

    @property
    def alternatives(self) -> str:
        """The two likeliest digits: "7 or 1"."""
        first, second = self.probabilities.argsort()[:-3:-1]
        return f"{first} or {second}"


@dataclass(frozen=True)
class Reading:
    """A picture as it was read.

    Attributes:
        text: The digits, with a newline between lines.
        predictions: Of each digit, in the same order.
    """

    text: str
    predictions: tuple[Prediction, ...] = field(repr=False)

    @property
    def confidence(self) -> float:
        """That of the least sure digit, 0 to 1."""
        return min(prediction.confidence for prediction in self.predictions)

    @property
    def accepted(self) -> bool:
        """False where any digit is in doubt."""
        return all(prediction.accepted for prediction in self.predictions)

    def without_steps(self) -> "Reading":
        """The same, without the steps of its predictions, which take most of the memory."""
        return replace(self, predictions=tuple(replace(one, steps={}) for one in self.predictions))

    def __repr__(self) -> str:
        return (
            f"Reading(text={self.text!r}, confidence={self.confidence:.4f}, "
            f"accepted={self.accepted})"
        )


@dataclass(frozen=True)
class Row:
    """What was read of one picture of many.

    Attributes:
        path: Where the picture is.
        text: Its digits, with a newline between lines; empty if it could not be read.
        confidence: That of its least sure digit, 0 to 1; None if it could not be read.
        accepted: False where any digit is in doubt.
        error: Why it could not be read, and what to do; else empty.
    """

    path: str
    text: str = ""
    confidence: float | None = None
    accepted: bool = False
    error: str = ""
