"""Read a line of digits: the line network says where they are, and both networks say which."""

from dataclasses import dataclass, replace

import numpy as np

from digitrec.data.drawn_lines import OTHER
from digitrec.model.inputs import Model
from digitrec.model.line_inputs import ROOM, to_line_inputs
from digitrec.preprocess.digit_line import Line
from digitrec.recognize.classify import ACCEPTED, recognize
from digitrec.recognize.ctc import BEAM, Symbols, likeliest_symbols
from digitrec.recognize.results import Prediction
from digitrec.recognize.shipped import shipped_line_model

COLUMN = 2  # pixels of the strip that each output of the line network is about

# Chosen on real numbers: `python -m benchmarks.handwriting FOLDER`.
CUT_WEIGHT = 0.5  # of the digit network's word on where to cut; the line network's is 1
LEAST = 0.05  # as probable as that is every digit, whatever the digit network says
LEAST_SEEN = 0.001  # the same of the line network, which sees what stands beside a digit
TEMPER = 0.2  # exponent of the probability of a whole reading
UNLIKELY = 1e-3  # of the likeliest reading's probability; less likely ones are not looked at
SAME = 2  # columns; digits no further apart are cut out in the same way
NONE = 0.5  # of the confidence is left where the line network sees no digit
SURE = 0.95  # a single digit of more confidence is believed without the line network
MOST_IN_DETAIL = 60  # pieces on a page; where there are more, a line has one reading
# Of pieces, and of pixels of all strips; where there are more, which is noise, each is a digit:
MOST_DIGITS = 300
MOST_PIXELS = 20_000
WIDE = 1.0  # times its height; wider ink may be several digits that touch


@dataclass
class Cutting:
    """One way to cut a line into digits, and what the digits would be.

    Attributes:
        columns: Of the line network's output, at which the digits are.
        predictions: Of the digit network; None where there is no ink.
        likelihood: Of all that may be read so, by the word of both networks.
    """

    columns: tuple[int, ...]
    predictions: list[Prediction | None]
    likelihood: float = 0.0

    def is_like(self, columns: tuple[int, ...]) -> bool:
        """Whether digits at these columns are cut out in the same way."""
        return len(columns) == len(self.columns) and all(
            abs(one - other) <= SAME for one, other in zip(columns, self.columns, strict=True)
        )


def read_lines(lines: list[Line], model: Model | None) -> list[list[Prediction]]:
    """Read the lines of a page, of which the line network gives a few possible readings each.

    The digits are cut out where it sees them, and what the digit network says of them decides
    with it. Another model than the shipped one is told where the digits are, and decides alone
    which they are: it may have learnt another hand, or another script.

    Args:
        lines: As `find_lines` gives them.
        model: As for `digitrec.predict_digit`.

    Returns:
        Each line's digits from left to right. Lines without digits are left out, unless no line
        has any: then every piece of ink is one, in doubt.
    """
    pieces = sum(len(line.groups) for line in lines)
    if pieces > MOST_DIGITS or sum(line.box.width * line.scale for line in lines) > MOST_PIXELS:
        return [recognize(line.digits, model) for line in lines]
    beam = BEAM if pieces <= MOST_IN_DETAIL else 1
    read = [predictions for line in lines if (predictions := _read_line(line, beam, model))]
    return read or [_doubt(recognize(line.digits, model)) for line in lines]


def _read_line(line: Line, beam: int, model: Model | None) -> list[Prediction]:
    if len(line.groups) == 1 and (whole := _single(line, model)):
        return [whole]
    probabilities = look(line.strip())
    readings = likeliest_symbols(probabilities, beam)
    cuttings = _cuttings(line, readings, model)
    best = max(cuttings, key=lambda cutting: cutting.likelihood)
    predictions = [
        _agree(prediction, probabilities[column]) if model is None else prediction
        for column, prediction in zip(best.columns, best.predictions, strict=True)
        if prediction
    ]
    certainty = _certainty(
        readings, [each.digit for each in predictions] if model is None else best
    )
    return [_with_confidence(each, each.confidence * certainty) for each in predictions]


def _doubt(predictions: list[Prediction]) -> list[Prediction]:
    return [
        replace(each, confidence=NONE * each.confidence, accepted=False) for each in predictions
    ]


def look(strip: np.ndarray) -> np.ndarray:
    """Let the line network say what stands where on a line.

    Args:
        strip: Shape (32, width), uint8: 0 is paper, 255 is full ink.

    Returns:
        Shape (columns, 12), float32: how probable no digit, the digits 0 to 9, and a letter are.
    """
    (logits,) = shipped_line_model().predict_on_batch(to_line_inputs([strip]))
    probabilities = np.exp(logits - logits.max(axis=1, keepdims=True))
    return probabilities / probabilities.sum(axis=1, keepdims=True)


def _single(line: Line, model: Model | None) -> Prediction | None:
    (whole,) = recognize(line.digits, model)
    is_wide = whole.box.width > WIDE * whole.box.height
    return whole if whole.confidence > SURE and not is_wide else None


def _cuttings(line: Line, readings: list[Symbols], model: Model | None) -> list[Cutting]:
    cuttings: list[Cutting] = []
    for reading in readings:
        if reading.probability < UNLIKELY * readings[0].probability:
            break
        cutting = next((each for each in cuttings if each.is_like(reading.columns)), None)
        if cutting is None:
            cutting = Cutting(reading.columns, _recognize(line, reading.columns, model))
            cuttings.append(cutting)
        cutting.likelihood += _likelihood(reading, cutting.predictions, shipped=model is None)
    return cuttings


def _recognize(
    line: Line, columns: tuple[int, ...], model: Model | None
) -> list[Prediction | None]:
    cut = line.cut_apart([COLUMN * (column + 0.5) - ROOM for column in columns])
    digits = [digit for digit in cut if digit]
    predictions = iter(recognize(digits, model) if digits else [])
    return [next(predictions) if digit else None for digit in cut]


def _likelihood(reading: Symbols, predictions: list[Prediction | None], *, shipped: bool) -> float:
    words = [
        _word(prediction, symbol - 1 if shipped else None)
        for symbol, prediction in zip(reading.symbols, predictions, strict=True)
    ]
    return reading.probability * float(np.prod(np.add(words, LEAST))) ** CUT_WEIGHT


def _word(prediction: Prediction | None, digit: int | None) -> float:
    """How probable the digit network finds it; where `digit` is None, its likeliest digit."""
    if prediction is None:
        return 0
    if digit is None:
        return prediction.confidence
    return 1 - prediction.confidence if digit == OTHER else float(prediction.probabilities[digit])


def _agree(prediction: Prediction, seen: np.ndarray) -> Prediction:
    """What both networks make of a digit; it may be a letter instead."""
    symbols = seen[1:] / seen[1:].sum() + LEAST_SEEN
    digits = prediction.probabilities
    both = symbols * (np.append(digits, 1 - digits.max()) + LEAST)
    probabilities = (both[:OTHER] / both[:OTHER].sum()).astype(np.float32)
    digit = int(probabilities.argmax())
    confidence = float(both[digit] / both.sum())
    return replace(prediction, digit=digit, probabilities=probabilities, confidence=confidence)


def _certainty(readings: list[Symbols], found: list[int] | Cutting) -> float:
    """How far the line network agrees with what was found, tempered, since it is too sure."""
    agreeing = [
        reading.probability
        for reading in readings
        if (
            found.is_like(reading.columns)
            if isinstance(found, Cutting)
            else reading.symbols == tuple(digit + 1 for digit in found)
        )
    ]
    return min(1.0, (sum(agreeing) + LEAST) ** TEMPER)


def _with_confidence(prediction: Prediction, confidence: float) -> Prediction:
    return replace(prediction, confidence=confidence, accepted=confidence >= ACCEPTED)
