"""Compare answers with labels: how many are right, and whether confidences are."""

from dataclasses import dataclass
from typing import NamedTuple

from digitrec.model._tensorflow import tf  # noqa: F401 - first: TensorFlow without its noise

# isort: split
import keras
import numpy as np
from sklearn.metrics import confusion_matrix

from digitrec.data.mnist import CLASSES
from digitrec.model.inputs import answers, check_model, scaled, to_examples
from digitrec.model.lite import LiteModel

BINS = 10


@dataclass(frozen=True)
class Evaluation:
    """What a network makes of labelled images, computed once.

    Attributes:
        accuracy: Share of right answers, 0 to 1.
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


def evaluate(model: keras.Model | LiteModel, x_test: np.ndarray, y_test: np.ndarray) -> Evaluation:
    """Compare the model's answers with the labels; images and labels as for `train`.

    Raises:
        ValueError: If model, images or labels have the wrong shape or range.
    """
    check_model(model)
    inputs, targets = to_examples(x_test, y_test)
    truth = targets.argmax(axis=1)
    probabilities = _answers(model, inputs)
    predicted = probabilities.argmax(axis=1)
    wrong = np.flatnonzero(predicted != truth)
    confusion = confusion_matrix(truth, predicted, labels=range(CLASSES))
    with np.errstate(invalid="ignore"):  # no image of a digit: 0 / 0
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


def _answers(model: keras.Model | LiteModel, inputs: np.ndarray) -> np.ndarray:
    parts = [inputs[start : start + 500] for start in range(0, len(inputs), 500)]
    return np.concatenate([answers(model, scaled(part)) for part in parts])


class Reliability(NamedTuple):
    """How often answers are right, by how sure they are.

    Attributes:
        confidence: Shape (BINS,), float: mean confidence of the answers in each bin.
        accuracy: Shape (BINS,), float: share of them that is right.
        count: Shape (BINS,), int: how many they are; with none, the other two are NaN.
        error: The expected calibration error, 0 to 1: how far confidence and accuracy are
            apart, weighted by the counts.
    """

    confidence: np.ndarray
    accuracy: np.ndarray
    count: np.ndarray
    error: float


def reliability(probabilities: np.ndarray, labels: np.ndarray) -> Reliability:
    """Compare confidences with how often the answers are right, in BINS equal bins.

    Args:
        probabilities: Shape (n, 10), in [0, 1].
        labels: Shape (n,), the true digits.

    Source:
        Naeini, Cooper and Hauskrecht (2015), "Obtaining well calibrated probabilities using
        Bayesian binning", AAAI, for the expected calibration error.
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    count = np.bincount(bins, minlength=BINS)
    sure, good = (np.bincount(bins, values, BINS) for values in (confidence, right))
    with np.errstate(invalid="ignore"):  # an empty bin: 0 / 0
        return Reliability(
            sure / count, good / count, count, float(np.abs(sure - good).sum() / count.sum())
        )
