"""Read a line of digits: the line network says where they are, and both networks say which."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby
from typing import NamedTuple

import numpy as np

from digitrec.data.mnist import CLASSES
from digitrec.model.inputs import Model
from digitrec.model.line_inputs import ROOM, to_line_inputs
from digitrec.model.lite import LiteModel
from digitrec.model.storage import SHIPPED_LINES
from digitrec.preprocess.digit_line import Line
from digitrec.recognize.classify import ACCEPTED, recognize
from digitrec.recognize.results import Prediction

COLUMN = 2  # pixels of the strip that each output of the line network is about
DIGIT_WEIGHT = 0.6  # of the digit network's word, where that of the line network is 1
LEAST = 1e-3  # probability at which a network's word is no worse for being more certain


class Sighting(NamedTuple):
    """What the line network sees at one place.

    Attributes:
        middle: Column of the strip.
        probabilities: Shape (10,), float: of the digits, if it is one.
        letter: How probable it is that it is no digit.
    """

    middle: float
    probabilities: np.ndarray
    letter: float


def read_line(line: Line, model: Model | None) -> list[Prediction]:
    """Read a line."""
    sightings = sight(line.strip())
    cut = line.cut_apart([each.middle for each in sightings])
    digits = [digit for digit in cut if digit]
    if not digits:
        return recognize(line.digits, model)
    predictions = recognize(digits, model)
    if model is not None:
        return predictions
    seen = [sighting for sighting, digit in zip(sightings, cut, strict=True) if digit]
    return list(map(_agree, predictions, seen))


def _agree(prediction: Prediction, sighting: Sighting) -> Prediction:
    logs = np.log(sighting.probabilities + LEAST)
    logs += DIGIT_WEIGHT * np.log(prediction.probabilities + LEAST)
    probabilities = np.exp(logs - logs.max())
    probabilities /= probabilities.sum()
    digit = int(probabilities.argmax())
    confidence = float(probabilities[digit]) * (1 - sighting.letter)
    return replace(
        prediction,
        digit=digit,
        confidence=confidence,
        probabilities=probabilities.astype(np.float32),
        accepted=confidence >= ACCEPTED,
    )


def sight(strip: np.ndarray) -> list[Sighting]:
    """Let the line network say what stands where on a line.

    Args:
        strip: Shape (32, width), uint8: 0 is paper, 255 is full ink.

    Returns:
        What it sees from left to right, by the likeliest symbol at each column.

    Source:
        Graves, Fernández, Gomez and Schmidhuber (2006), "Connectionist temporal classification",
        ICML, for best path decoding.
    """
    (logits,) = _line_model().predict_on_batch(to_line_inputs([strip]))
    logits -= logits.max(axis=1, keepdims=True)
    probabilities = np.exp(logits)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    best = probabilities.argmax(axis=1)
    runs = [list(run) for symbol, run in groupby(range(len(best)), best.__getitem__) if symbol]
    return [_sighting(probabilities, run) for run in runs]


def _sighting(probabilities: np.ndarray, run: Sequence[int]) -> Sighting:
    weights = 1 - probabilities[run, 0]
    middle = COLUMN * (np.average(run, weights=weights) + 0.5) - ROOM
    highest = probabilities[run, 1:].max(axis=0)
    highest /= highest.sum()
    letter = float(highest[CLASSES])
    return Sighting(middle, highest[:CLASSES] / max(1 - letter, 1e-6), letter)


@cache
def _line_model() -> LiteModel:
    return LiteModel(SHIPPED_LINES.read_bytes())
