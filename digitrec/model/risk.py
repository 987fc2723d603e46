"""Trade errors for refusals: what a network still gets wrong if it may refuse what it doubts.

NumPy only. Never imports TensorFlow or Keras: figures and widgets need this module.
"""

from typing import NamedTuple

import numpy as np

from digitrec.data.mnist import CLASSES

NO_DIGIT = -1  # label of a picture that shows none: whatever is read there is wrong


class RiskCoverage(NamedTuple):
    """What remains wrong, by how much is accepted; the fewest accepted first.

    Attributes:
        thresholds: Shape (m,), float, falling: the least confidence that is accepted.
        coverage: Shape (m,), float, rising to 1: the share of all pictures that is accepted.
        risk: Shape (m,), float: the share of those accepted that is wrong.
    """

    thresholds: np.ndarray
    coverage: np.ndarray
    risk: np.ndarray


class Outcome(NamedTuple):
    """How many pictures are accepted and refused at one threshold.

    Attributes:
        correct: Accepted, and read correctly.
        wrong: Accepted, but misread or no digit.
        refused_correct: Refused, though read correctly.
        refused_wrong: Refused, and it would have been wrong.
    """

    correct: int
    wrong: int
    refused_correct: int
    refused_wrong: int

    @property
    def coverage(self) -> float:
        """The share of all pictures that is accepted."""
        return (self.correct + self.wrong) / sum(self)

    @property
    def risk(self) -> float:
        """The share of those accepted that is wrong; 0 if none is."""
        return self.wrong / max(self.correct + self.wrong, 1)


def risk_coverage(probabilities: np.ndarray, labels: np.ndarray) -> RiskCoverage:
    """Give the risk at each coverage, as the threshold falls from the highest confidence.

    Args:
        probabilities: Shape (n, 10), in [0, 1].
        labels: Shape (n,), integers: the true digits, and -1 where there is none.

    Raises:
        ValueError: If there are none, not as many of both, or other labels.

    Source:
        El-Yaniv and Wiener (2010), "On the foundations of noise-free selective classification",
        JMLR 11.
    """
    confidence, correct = _checked(probabilities, labels)
    order = np.argsort(-confidence, kind="stable")
    falling = confidence[order]
    last = np.flatnonzero(np.append(np.diff(falling) != 0, True))  # of those equally confident
    accepted = last + 1
    wrong = np.cumsum(~correct[order])[last]
    return RiskCoverage(falling[last], accepted / len(order), wrong / accepted)


def outcome(probabilities: np.ndarray, labels: np.ndarray, threshold: float) -> Outcome:
    """Count what is accepted and refused; arguments as for `risk_coverage`.

    Args:
        probabilities: Shape (n, 10), in [0, 1].
        labels: Shape (n,), integers: the true digits, and -1 where there is none.
        threshold: The least confidence that is accepted, 0 to 1.

    Raises:
        ValueError: If there are none, not as many of both, or other labels.
    """
    confidence, correct = _checked(probabilities, labels)
    accepted = confidence >= threshold
    kinds = (
        accepted & correct,
        accepted & ~correct,
        ~accepted & correct,
        ~accepted & ~correct,
    )
    return Outcome(*(int(kind.sum()) for kind in kinds))


def _checked(probabilities: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The confidence of each answer, and whether it is correct."""
    probabilities, labels = np.asarray(probabilities), np.asarray(labels)
    if len(labels) == 0 or probabilities.shape != (len(labels), CLASSES):
        raise ValueError(
            f"probabilities have shape {probabilities.shape} and labels {labels.shape}: give "
            f"(n, {CLASSES}) and (n,), of one picture or more"
        )
    if not (labels.min() >= NO_DIGIT and labels.max() < CLASSES):
        raise ValueError(
            f"labels run from {labels.min()} to {labels.max()}: give 0 to 9, or {NO_DIGIT} for none"
        )
    return probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
