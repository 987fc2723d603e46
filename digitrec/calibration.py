"""Make confidences mean what they say: of the answers given at 90 %, nine in ten are right."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import keras

BINS = 10
TEMPERATURES = np.geomspace(0.4, 2.5, 100)


def calibrate(model: "keras.Model", inputs: np.ndarray, targets: np.ndarray) -> float:
    """Find the temperature that fits the model's confidences, and build it into the last layer.

    The sums that softmax turns into probabilities are divided by one number, so that no answer
    changes, only how sure it is. That is the same as to divide the last layer's weights.

    Args:
        model: It ends with a dense softmax layer; its weights are changed in place.
        inputs: Shape (n, 28, 28, 1), float32 in [0, 1]: digits that it was not trained on,
            about as hard as those it will have to read.
        targets: Shape (n, 10), one-hot.

    Returns:
        The temperature: above 1 if the model was too sure.

    Source:
        Guo, Pleiss, Sun and Weinberger (2017), "On calibration of modern neural networks", ICML.
    """
    probabilities = model.predict(inputs, batch_size=500, verbose=0).astype(np.float64)
    logarithms = np.log(np.maximum(probabilities, np.finfo(np.float32).tiny))
    temperature = min(TEMPERATURES, key=lambda t: _cross_entropy(logarithms / t, targets))
    last = model.layers[-1]
    last.set_weights([weights / temperature for weights in last.get_weights()])
    return float(temperature)


def _cross_entropy(sums: np.ndarray, targets: np.ndarray) -> float:
    sums = sums - sums.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(sums).sum(axis=1)) - (sums * targets).sum(axis=1))


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
