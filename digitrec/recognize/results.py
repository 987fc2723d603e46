"""What is made of pictures: a Prediction of one digit, a Reading of a picture, a Row of many."""

import string
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from digitrec.preprocess.pieces import Box
from digitrec.recognize.percent import percent

UNLIKELY = 0.3  # confidence; a digit of less is no more than a guess among several


@dataclass(frozen=True)
class Prediction:
    """One digit as it was read.

    Attributes:
        digit: 0 to 9, the likeliest.
        confidence: How probable it is, 0 to 1. In a number that is less than the highest of
            `probabilities`, by how probable it is that other digits, or more or fewer, stand there.
        probabilities: Shape (10,), float32, of all digits.
        accepted: False where the digit is in doubt: it may be another one, or not a digit.
        image: Shape (28, 28), float32 in [0, 1]: what the network saw.
        box: Where the digit stands in the picture as shown.
        steps: What the picture became on its way to the network, by name: the picture, its
            paper, its ink, the digit and its strokes, all uint8, and last `image`.
        script: The ten digits of the script that it is written in, from 0 to 9.
    """

    digit: int
    confidence: float
    probabilities: np.ndarray = field(repr=False)
    accepted: bool
    image: np.ndarray = field(repr=False)
    box: Box
    steps: dict[str, np.ndarray] = field(repr=False)
    script: str = field(default=string.digits, repr=False)

    @property
    def text(self) -> str:
        """The digit as its script writes it: "7", "٧" or "七"."""
        return self.script[self.digit]

    @property
    def verdict(self) -> str:
        """How sure the digit is: "99.1% sure", "not sure: 7 or 1", or "no digit?"."""
        if self.accepted:
            return f"{percent(self.confidence)} sure"
        if self.is_unlikely:
            return f"{self.alternatives}?"
        return f"not sure: {self.alternatives}"

    @property
    def is_unlikely(self) -> bool:
        """Whether it is hardly a digit at all, whichever."""
        return self.confidence < UNLIKELY

    @property
    def alternatives(self) -> str:
        """What it may be: the two likeliest digits, "7 or 1", or "no digit"."""
        if self.is_unlikely:
            return "no digit"
        first, second = self.probabilities.argsort()[:-3:-1]
        return f"{self.script[first]} or {self.script[second]}"

    def as_dict(self) -> dict[str, object]:
        """Give what another program may want of it, in types that JSON knows; see `Reading`."""
        return {
            "digit": self.digit,
            "text": self.text,
            "confidence": round(self.confidence, 4),
            "accepted": self.accepted,
            "verdict": self.verdict,
            "probabilities": [round(each, 4) for each in self.probabilities.tolist()],
            "box": list(self.box),
        }


@dataclass(frozen=True)
class Reading:
    """A picture as it was read.

    Attributes:
        text: The digits, as their script writes them, with a newline between lines; empty where
            nothing was read, as on most frames of a camera.
        predictions: Of each digit, in the same order.
    """

    text: str
    predictions: tuple[Prediction, ...] = field(repr=False)

    @property
    def confidence(self) -> float:
        """That of the least sure digit, 0 to 1; 0 without any."""
        return min((prediction.confidence for prediction in self.predictions), default=0)

    @property
    def accepted(self) -> bool:
        """False where any digit is in doubt, or there is none."""
        return bool(self.predictions) and all(each.accepted for each in self.predictions)

    def as_dict(self) -> dict[str, object]:
        """Give it in types that JSON knows.

        Returns:
            `text`, `confidence`, `accepted`, and `digits`: of each its `digit`, `text`,
            `confidence`, `accepted`, `verdict`, ten `probabilities`, and its `box` as left, top,
            width and height in pixels of the picture as shown. Probabilities have four decimals.
        """
        return {
            "text": self.text,
            "confidence": round(self.confidence, 4),
            "accepted": self.accepted,
            "digits": [prediction.as_dict() for prediction in self.predictions],
        }

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


class Mark(NamedTuple):
    """Where a digit of a row stands in its picture.

    Attributes:
        box: In pixels of the picture as shown.
        doubt: What the digit may be, "7 or 1" or "no digit"; empty if it is not in doubt.
    """

    box: Box
    doubt: str


@dataclass(frozen=True)
class ShownRow(Row):
    """A row with what is needed to show its picture.

    Attributes:
        thumbnail: The picture as a small JPEG file; empty if it could not be opened.
        size: Width and height of the picture itself, pixels.
        marks: One for each digit of `text`, in the same order.
    """

    thumbnail: bytes = field(default=b"", repr=False)
    size: tuple[int, int] = (0, 0)
    marks: tuple[Mark, ...] = ()


@dataclass
class Tally:
    """How many pictures were read, how many of them with doubt, and how many could not be read.

    Attributes:
        sure: Read, with no digit in doubt.
        in_doubt: Read, with a digit in doubt.
        errors: Not read.
    """

    sure: int = 0
    in_doubt: int = 0
    errors: int = 0

    def add(self, row: Row) -> None:
        """Count one more row."""
        self.sure += row.accepted
        self.errors += row.error != ""
        self.in_doubt += not (row.accepted or row.error)

    @property
    def count(self) -> int:
        """All of them."""
        return self.sure + self.in_doubt + self.errors

    @property
    def pictures(self) -> str:
        """How many there are: "1,203 pictures"."""
        return "1 picture" if self.count == 1 else f"{self.count:,} pictures"

    @property
    def result(self) -> str:
        """What became of them: "1,150 read, 41 in doubt, 12 errors"."""
        errors = "1 error" if self.errors == 1 else f"{self.errors:,} errors"
        return f"{self.sure:,} read, {self.in_doubt:,} in doubt, {errors}"
