import numpy as np
import pytest

import digitrec
from digitrec.model.risk import Outcome, outcome

# Four answers at 90, 80, 80 and 60 %: right, wrong, right, and no digit at all.
LABELS = np.array([1, 2, 3, -1])
ANSWERS = np.zeros((4, 10))
ANSWERS[[0, 1, 2, 3], [1, 7, 3, 5]] = 0.9, 0.8, 0.8, 0.6


def test_risk_grows_with_coverage_as_the_threshold_falls():
    thresholds, coverage, risk = digitrec.risk_coverage(ANSWERS, LABELS)
    np.testing.assert_allclose(thresholds, [0.9, 0.8, 0.6])
    np.testing.assert_allclose(coverage, [0.25, 0.75, 1])  # what is equally sure comes together
    np.testing.assert_allclose(risk, [0, 1 / 3, 1 / 2])


@pytest.mark.parametrize(
    ("threshold", "expected"),
    [
        (0, Outcome(2, 2, 0, 0)),
        (0.8, Outcome(2, 1, 0, 1)),
        (0.85, Outcome(1, 0, 1, 2)),
        (1, Outcome(0, 0, 2, 2)),
    ],
)
def test_each_picture_is_accepted_or_refused_correct_or_wrong(threshold, expected):
    assert outcome(ANSWERS, LABELS, threshold) == expected


def test_the_curve_passes_through_each_outcome(mnist, trained_a_little):
    _, (images, labels) = mnist
    probabilities = digitrec.evaluate(trained_a_little, images[:500], labels[:500]).probabilities
    curve = digitrec.risk_coverage(probabilities, labels[:500])
    for number in (0, len(curve.risk) // 2, -1):
        counts = outcome(probabilities, labels[:500], curve.thresholds[number])
        assert counts.coverage == pytest.approx(curve.coverage[number])
        assert counts.risk == pytest.approx(curve.risk[number])
        assert sum(counts) == 500


def test_nothing_accepted_is_no_risk():
    assert outcome(ANSWERS, LABELS, 1).risk == 0


@pytest.mark.parametrize(
    ("probabilities", "labels"),
    [
        (ANSWERS[:0], LABELS[:0]),
        (ANSWERS, LABELS[:3]),
        (ANSWERS[:, :9], LABELS),
        (ANSWERS, LABELS - 1),
        (ANSWERS, LABELS + 7),
    ],
)
def test_what_does_not_fit_is_named(probabilities, labels):
    with pytest.raises(ValueError, match="give"):
        digitrec.risk_coverage(probabilities, labels)
