"""Compare predictions with labels: how many are correct, and how far to trust confidences."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sklearn.metrics import confusion_matrix

from digitrec.data.mnist import CLASSES
from digitrec.model._tensorflow import keras
from digitrec.model.inputs import Model, check_model, infer, scaled, to_examples
from digitrec.model.interval import wilson

BINS = 10  # equal parts of the confidences, of 10 % each, as in Guo et al. (2017)
FEWEST = 20  # predictions in a bin that is drawn on its own
BATCH_SIZE = 500  # images inferred at a time, to keep memory low


@dataclass(frozen=True)
class Evaluation:
    """A network's predictions on labelled images, compared with the labels.

    Attributes:
        accuracy: Share of correct predictions, 0 to 1.
        loss: Mean categorical cross-entropy, in nats.
        confusion: Shape (10, 10), int: counts, true digits down and predicted across.
        accuracy_by_digit: Shape (10,), float: NaN for a digit that does not occur.
        predicted: Shape (n,), int: the likeliest digit of each image.
        probabilities: Shape (n, 10), float32.
        mistakes: Indices of the images misread, the most confident mistake first.
    """

    accuracy: float
    loss: float
    confusion: np.ndarray
    accuracy_by_digit: np.ndarray
    predicted: np.ndarray
    probabilities: np.ndarray
    mistakes: np.ndarray

    @property
    def interval(self) -> tuple[float, float]:
        """Where the accuracy on all such images is, with 95 % confidence; as `wilson` gives it."""
        return wilson(int(self.confusion.trace()), len(self.predicted))


def evaluate(model: Model, x_test: np.ndarray, y_test: np.ndarray) -> Evaluation:
    """Compare the model's predictions with the labels.

    Args:
        model: A Keras model or what `load_model` makes of a .tflite file.
        x_test: Images as for `train`.
        y_test: Labels as for `train`.

    Raises:
        ValueError: If model, images or labels have the wrong shape or range.
    """
    check_model(model)
    inputs, targets = to_examples(x_test, y_test)
    truth = targets.argmax(axis=1)
    batches = [inputs[start : start + BATCH_SIZE] for start in range(0, len(inputs), BATCH_SIZE)]
    probabilities = np.concatenate([infer(model, scaled(batch)) for batch in batches])
    predicted = probabilities.argmax(axis=1)
    wrong = np.flatnonzero(predicted != truth)
    confusion = confusion_matrix(truth, predicted, labels=range(CLASSES))
    with np.errstate(invalid="ignore"):  # 0 / 0 for a digit that does not occur
        accuracy_by_digit = confusion.diagonal() / confusion.sum(axis=1)
    return Evaluation(
        accuracy=float(np.mean(predicted == truth)),
        loss=float(np.mean(keras.losses.categorical_crossentropy(targets, probabilities))),
        confusion=confusion,
        accuracy_by_digit=accuracy_by_digit,
        predicted=predicted,
        probabilities=probabilities,
        mistakes=wrong[np.argsort(-probabilities[wrong].max(axis=1))],
    )


class Reliability(NamedTuple):
    """How often predictions are correct, by their confidence.

    Attributes:
        confidence: Shape (m,), float: mean confidence of the predictions in each bin.
        accuracy: Shape (m,), float: share of them that is correct.
        counts: Shape (m,), int: how many they are.
        intervals: Shape (m, 2), float: where that share is in truth, as `wilson` gives it.
        error: The expected calibration error, 0 to 1: how far confidence and accuracy are
            apart, weighted by the counts.
    """

    confidence: np.ndarray
    accuracy: np.ndarray
    counts: np.ndarray
    intervals: np.ndarray
    error: float


def reliability(
    probabilities: np.ndarray, labels: np.ndarray, *, fewest: int = FEWEST
) -> Reliability:
    """Compare confidences with how often predictions are correct, in BINS equal bins or fewer.

    Args:
        probabilities: Shape (n, 10), in [0, 1].
        labels: Shape (n,), the true digits.
        fewest: Bins of fewer predictions are merged with those beside them, since the share of a
            handful says little. The error is of the equal bins all the same.

    Source:
        Naeini, Cooper and Hauskrecht (2015), "Obtaining well calibrated probabilities using
        Bayesian binning", AAAI, for the expected calibration error.
    """
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    counts = np.bincount(bins, minlength=BINS)
    expected, observed = (np.bincount(bins, each, BINS) for each in (confidence, correct))
    error = float(np.abs(expected - observed).sum() / counts.sum())
    merged = _merged(counts, fewest)
    expected, observed, counts = (
        np.bincount(merged, each) for each in (expected, observed, counts)
    )
    pairs = zip(observed.astype(int).tolist(), counts.astype(int).tolist(), strict=True)
    intervals = np.array([wilson(*pair) for pair in pairs])
    return Reliability(expected / counts, observed / counts, counts.astype(int), intervals, error)


def _merged(counts: np.ndarray, fewest: int) -> np.ndarray:
    """For each bin the number of the larger one that it becomes part of, the lowest first."""
    before = np.empty(len(counts), int)
    number = filled = 0
    for place, count in enumerate(counts):
        before[place] = number
        filled += count
        if filled >= max(fewest, 1):
            number, filled = number + 1, 0
    return np.minimum(before, max(number - 1, 0))  # what is left over joins the last one
