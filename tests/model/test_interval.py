import numpy as np
import pytest

import digitrec


def test_twenty_of_twenty_may_still_be_one_mistake_in_six():
    low, high = digitrec.wilson(20, 20)
    assert low == pytest.approx(0.8389, abs=1e-4)
    assert high == 1


@pytest.mark.parametrize(
    ("correct", "count", "expected"),
    [(0, 10, (0, 0.2775)), (1, 10, (0.0179, 0.4042)), (15, 148, (0.0624, 0.1605)), (0, 0, (0, 1))],
)
def test_intervals_are_those_of_the_tables(correct, count, expected):
    assert digitrec.wilson(correct, count) == pytest.approx(expected, abs=1e-4)


def test_it_holds_the_truth_in_about_95_of_100_trials():
    rng = np.random.default_rng(0)
    ends = np.array([digitrec.wilson(int(correct), 50) for correct in rng.binomial(50, 0.9, 4000)])
    assert np.mean((ends[:, 0] <= 0.9) & (ends[:, 1] >= 0.9)) == pytest.approx(0.95, abs=0.03)


@pytest.mark.parametrize(("correct", "count"), [(3, 2), (-1, 5)])
def test_impossible_counts_are_named(correct, count):
    with pytest.raises(ValueError, match="cannot be correct"):
        digitrec.wilson(correct, count)


def test_an_evaluation_has_its_interval(mnist, network):
    _, (images, labels) = mnist
    evaluation = digitrec.evaluate(network, images[:200], labels[:200])
    assert evaluation.interval == digitrec.wilson(round(200 * evaluation.accuracy), 200)
