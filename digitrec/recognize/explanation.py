"""What an explanation of a reading holds; `digitrec.recognize.explain` makes it."""

from dataclasses import dataclass, field
from typing import NamedTuple

import cv2
import numpy as np

from digitrec.recognize.percent import percent

VISIBLE = 0.25  # of full ink; a person sees a pixel that changes by more
STROKE = 8  # such pixels that touch each other make a stroke: 2.5 wide and 3 long


class Neighbours(NamedTuple):
    """Training digits that the network finds most like another one, the nearest first.

    Attributes:
        images: Shape (n, 28, 28), uint8.
        labels: Shape (n,), uint8.
        distances: Shape (n,), float32: between the last features.
    """

    images: np.ndarray
    labels: np.ndarray
    distances: np.ndarray


class LeftOut(NamedTuple):
    """What is read when one step of the preparation is left out.

    Attributes:
        step: The step that is left out, as in `Prediction.steps`, or "resized only".
        image: What the network sees then, shape (28, 28), float32 in [0, 1]; None if no digit is
            found any more.
        digit: What it reads; None if there is nothing.
        confidence: How probable that is, 0 to 1.
    """

    step: str
    image: np.ndarray | None
    digit: int | None
    confidence: float


@dataclass(frozen=True)
class Explanation:
    """Why the digit network reads one digit as it does.

    Attributes:
        image: Shape (28, 28), float32 in [0, 1]: what the network saw.
        probabilities: Shape (10,), float32: what it made of that, without the line network.
        true: The correct digit; None if it is not known.
        read: What the digit was read as, by both networks if it is one of a number.
        place: Which digit it is of how many, the first is 1.
        without_ink: Shape (28, 28), float32: how much less probable `digit` is with a patch of
            paper around each pixel; below 0 where it gets more probable.
        with_ink: The same with a patch of ink.
        change: Shape (28, 28), float32: the smallest change found that makes the network read
            `other`, to be added to `image`; None if it reads no training digit so either.
        neighbours: The nearest of MNIST's first 10,000 training digits; for another script, of
            2,000 drawn ones.
        neighbours_of_other: The nearest of those that are `other`.
        left_out: What would be read without each step of the preparation; empty if the picture is
            not known, or has several digits.
    """

    image: np.ndarray = field(repr=False)
    probabilities: np.ndarray = field(repr=False)
    true: int | None
    read: int
    place: tuple[int, int]
    without_ink: np.ndarray = field(repr=False)
    with_ink: np.ndarray = field(repr=False)
    change: np.ndarray | None = field(repr=False)
    neighbours: Neighbours = field(repr=False)
    neighbours_of_other: Neighbours = field(repr=False)
    left_out: tuple[LeftOut, ...] = field(repr=False)

    @property
    def digit(self) -> int:
        """The likeliest digit."""
        return int(self.probabilities.argmax())

    @property
    def other(self) -> int:
        """The digit that it is compared with: the true one, or else the second likeliest."""
        return other_digit(self.probabilities, self.true)

    @property
    def changed(self) -> np.ndarray | None:
        """What is read as `other`: `image` and `change` together; None if none was found."""
        return None if self.change is None else np.clip(self.image + self.change, 0, 1)

    @property
    def summary(self) -> str:
        """The main points in words."""
        digit, other = self.digit, self.other
        return (
            f"Read as {digit} with {percent(self.probabilities[digit])}, "
            f"as {other} with {percent(self.probabilities[other])}. "
            f"Most alike of the training digits: {', '.join(map(str, self.neighbours.labels))}."
        )

    @property
    def is_adversarial(self) -> bool:
        """Whether the change has no stroke: a person would see the same digit as before."""
        if self.change is None:
            return False
        visible = (np.abs(self.change) > VISIBLE).astype(np.uint8)
        _, _, statistics, _ = cv2.connectedComponentsWithStats(visible)
        return bool(statistics[1:, cv2.CC_STAT_AREA].max(initial=0) < STROKE)


def other_digit(probabilities: np.ndarray, true: int | None) -> int:
    """The true digit if it is not the likeliest one, or else the second likeliest."""
    first, second = probabilities.argsort()[:-3:-1].tolist()
    return second if true in (None, first) else true
