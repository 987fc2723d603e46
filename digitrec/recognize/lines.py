"""Read a line of digits: the line network says where they are, and both networks say which."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from digitrec.data.drawn_lines import OTHER
from digitrec.data.scripts import script_of
from digitrec.model.inputs import Model
from digitrec.model.line_inputs import ROOM, to_line_inputs
from digitrec.preprocess.digit_line import Line, with_neighbours
from digitrec.recognize.classify import ACCEPTED, recognize
from digitrec.recognize.ctc import BEAM, Symbols, likeliest_symbols
from digitrec.recognize.results import Prediction
from digitrec.recognize.shipped import shipped_line_model

# The line network sees a line as it is, and slightly blurred: chosen as the other constants below.
BLUR = 0.8  # standard deviation, pixels of the strip

# There are fewer letters among digits than on the lines that it was trained on; a logarithm.
RARER = 3

COLUMN = 2  # pixels of the strip that each output of the line network is about

# Chosen on real numbers: `python -m benchmarks.handwriting FOLDER`.
# Exponents of what the digit network says, where that of the line network is 1:
CUT_WEIGHT = 0.3  # on where to cut
DIGIT_WEIGHT = 0.7  # on which digit it is
LEAST = 0.1  # as probable as that is every digit, whatever the digit network says
LEAST_SEEN = 0.001  # the same of the line network, which sees what stands beside a digit
LEAST_WHOLE = 0.1  # added to the probability of a whole reading, of which few are looked at
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
    which they are: it may have learnt another hand. The line network knows only Western digits, so
    where the model is named after another script, each group of ink is a digit.

    Args:
        lines: As `find_lines` gives them.
        model: As for `digitrec.predict_digit`.

    Returns:
        Each line's digits from left to right. Lines without digits are left out, unless no line
        has any: then every piece of ink is one, in doubt.
    """
    if script_of(model):
        return [recognize(line.digits, model) for line in lines]
    pieces = sum(len(line.groups) for line in lines)
    if pieces > MOST_DIGITS or sum(line.box.width * line.scale for line in lines) > MOST_PIXELS:
        return [recognize(line.digits, model) for line in lines]
    beam = BEAM if pieces <= MOST_IN_DETAIL else 1
    read = [predictions for line in lines if (predictions := _read_line(line, beam, model))]
    if read:
        return read
    pieces_as_digits = [recognize(line.digits, model) for line in lines]
    return [
        [_with_confidence(each, NONE * each.confidence) for each in line]
        for line in pieces_as_digits
    ]


def _read_line(line: Line, beam: int, model: Model | None) -> list[Prediction]:
    if len(line.groups) == 1 and (whole := _single(line, model)):
        return [whole]
    seen = look(line.strip())
    readings = likeliest_symbols(seen, beam)
    best = choose_cutting(line, readings, model)
    if model is not None:
        agreeing = [reading for reading in readings if best.is_like(reading.columns)]
        predictions = [each for each in best.predictions if each]
    else:
        pairs = zip(best.predictions, best.columns, strict=True)
        predictions = [_agree(each, seen[column]) for each, column in pairs if each]
        symbols = tuple(each.digit + 1 for each in predictions)
        agreeing = [reading for reading in readings if reading.symbols == symbols]
    # The line network is too sure of whole readings.
    certainty = (sum(reading.probability for reading in agreeing) + LEAST_WHOLE) ** TEMPER
    return [_with_confidence(each, each.confidence * min(certainty, 1)) for each in predictions]


def look(strip: np.ndarray) -> np.ndarray:
    """Let the line network say what stands where on a line.

    Args:
        strip: Shape (32, width), uint8: 0 is paper, 255 is full ink.

    Returns:
        Shape (columns, 12), float32: how probable no digit, the digits 0 to 9, and a letter are,
        by the geometric means over the two ways in which it sees the line.
    """
    views = [strip, cv2.GaussianBlur(strip, (0, 0), BLUR)]
    logits = shipped_line_model().predict_on_batch(to_line_inputs(views))
    mean = (logits - _log_sum(logits)).mean(axis=0)
    mean[:, 1 + OTHER] -= RARER
    return np.exp(mean - _log_sum(mean))


def _log_sum(logits: np.ndarray) -> np.ndarray:
    """The logarithm of the sum of the exponentials along the last axis, which is kept."""
    highest = logits.max(axis=-1, keepdims=True)
    return highest + np.log(np.exp(logits - highest).sum(axis=-1, keepdims=True))


def _single(line: Line, model: Model | None) -> Prediction | None:
    (whole,) = recognize(line.digits, model)
    is_wide = whole.box.width > WIDE * whole.box.height
    return whole if whole.confidence > SURE and not is_wide else None


def middles_of(columns: tuple[int, ...]) -> list[float]:
    """Where columns of the line network's output have their middles, in columns of the strip."""
    return [COLUMN * (column + 0.5) - ROOM for column in columns]


def choose_cutting(line: Line, readings: list[Symbols], model: Model | None) -> Cutting:
    """Choose the likeliest way to cut a line, by the word of both networks.

    Args:
        line: As `find_lines` gives it.
        readings: What the line network reads, the likeliest first.
        model: As for `digitrec.predict_digit`.
    """
    cuttings: list[Cutting] = []
    known: dict[tuple, Prediction | None] = {}
    likely = [each for each in readings if each.probability >= UNLIKELY * readings[0].probability]
    for number, reading in enumerate(likely):
        if _is_decided(cuttings, likely[number:]):
            break
        cutting = next((each for each in cuttings if each.is_like(reading.columns)), None)
        if cutting is None:
            cutting = Cutting(reading.columns, _recognize(line, reading.columns, model, known))
            cuttings.append(cutting)
        cutting.likelihood += _likelihood(reading, cutting.predictions, shipped=model is None)
    return max(cuttings, key=lambda cutting: cutting.likelihood)


def _is_decided(cuttings: list[Cutting], left: list[Symbols]) -> bool:
    """Whether the readings that are left could not make another cutting the likeliest."""
    best, *others = sorted((each.likelihood for each in cuttings), reverse=True) or [0.0]
    most = sum(each.probability * (1 + LEAST) ** (CUT_WEIGHT * len(each.symbols)) for each in left)
    return best > max(others, default=0.0) + most


def _recognize(
    line: Line,
    columns: tuple[int, ...],
    model: Model | None,
    known: dict[tuple, Prediction | None],
) -> list[Prediction | None]:
    """Read the digits at these columns; those with the same neighbours are known already."""
    places = with_neighbours(middles_of(columns))
    cut = {place: line.cut_out(*place) for place in places if place not in known}
    digits = {place: digit for place, digit in cut.items() if digit}
    known.update(dict.fromkeys(cut))
    if digits:
        read = recognize(list(digits.values()), model)
        known.update(zip(digits, read, strict=True))
    return [known[place] for place in places]


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
    both = symbols * (np.append(digits, 1 - digits.max()) + LEAST) ** DIGIT_WEIGHT
    probabilities = (both[:OTHER] / both[:OTHER].sum()).astype(np.float32)
    digit = int(probabilities.argmax())
    confidence = float(both[digit] / both.sum())
    return replace(prediction, digit=digit, probabilities=probabilities, confidence=confidence)


def _with_confidence(prediction: Prediction, confidence: float) -> Prediction:
    return replace(prediction, confidence=confidence, accepted=confidence >= ACCEPTED)
