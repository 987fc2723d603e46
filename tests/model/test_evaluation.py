import numpy as np
import pytest

import digitrec
from digitrec.model.evaluation import reliability

# Evaluating


def test_an_evaluation_agrees_with_itself_and_with_keras(mnist, trained_a_little):
    _, (images, labels) = mnist
    images, labels = images[:1000], labels[:1000]
    evaluation = digitrec.evaluate(trained_a_little, images, labels)
    assert evaluation.probabilities.shape == (1000, 10)
    np.testing.assert_allclose(evaluation.probabilities.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(evaluation.predicted, evaluation.probabilities.argmax(axis=1))
    assert evaluation.confusion.sum() == 1000
    assert evaluation.confusion.trace() == round(1000 * evaluation.accuracy)
    np.testing.assert_array_equal(evaluation.confusion.sum(axis=1), np.bincount(labels))
    np.testing.assert_array_equal(
        evaluation.confusion.sum(axis=0), np.bincount(evaluation.predicted, minlength=10)
    )
    for digit, accuracy in enumerate(evaluation.accuracy_by_digit):
        assert accuracy == np.mean(evaluation.predicted[labels == digit] == digit)

    inputs = digitrec.add_channel(digitrec.scale(images))
    loss, accuracy = trained_a_little.evaluate(inputs, digitrec.one_hot(labels), verbose=0)
    assert evaluation.loss == pytest.approx(loss, rel=1e-4)
    assert evaluation.accuracy == pytest.approx(accuracy)


def test_mistakes_come_worst_first(mnist, trained_a_little):
    _, (images, labels) = mnist
    evaluation = digitrec.evaluate(trained_a_little, images[:1000], labels[:1000])
    mistakes = evaluation.mistakes
    assert set(mistakes) == set(np.flatnonzero(evaluation.predicted != labels[:1000]))
    assert len(mistakes) > 10
    assert (np.diff(evaluation.probabilities[mistakes].max(axis=1)) <= 0).all()


def test_a_digit_that_does_not_occur_has_no_accuracy(mnist, network):
    _, (images, labels) = mnist
    evaluation = digitrec.evaluate(network, images[labels == 7][:5], labels[labels == 7][:5])
    assert np.isnan(evaluation.accuracy_by_digit).sum() == 9


def test_reliability_counts_and_averages_in_bins():
    probabilities = np.zeros((5, 10))
    probabilities[:4, 3], probabilities[:4, 0] = 0.95, 0.05
    probabilities[4, 7], probabilities[4, 1] = 0.55, 0.45
    labels = np.array([3, 3, 3, 8, 7])
    confidence, accuracy, counts, intervals, error = reliability(probabilities, labels, fewest=1)
    assert counts.tolist() == [1, 4]
    np.testing.assert_allclose(confidence, [0.55, 0.95])
    np.testing.assert_allclose(accuracy, [1, 0.75])
    assert intervals.tolist() == [list(digitrec.wilson(1, 1)), list(digitrec.wilson(3, 4))]
    assert error == pytest.approx((4 * 0.2 + 0.45) / 5)


def test_bins_of_few_are_merged_and_the_error_stays_what_it_is():
    rng = np.random.default_rng(0)
    probabilities = np.zeros((300, 10))
    confidence = np.concatenate([rng.uniform(0.5, 0.9, 40), rng.uniform(0.9, 1, 260)])
    probabilities[:, 4] = confidence
    labels = np.where(rng.random(300) < confidence, 4, 5)
    merged, single = (
        reliability(probabilities, labels),
        reliability(probabilities, labels, fewest=1),
    )
    assert min(single.counts) < 20 <= min(merged.counts)
    assert merged.counts.sum() == single.counts.sum() == 300
    assert merged.error == single.error
    assert merged.confidence @ merged.counts == pytest.approx(confidence.sum())
    assert (np.diff(merged.confidence) > 0).all()


def test_even_a_handful_is_one_bin():
    counts = reliability(np.eye(10) * 0.7, np.arange(10)).counts
    assert counts.tolist() == [10]


def test_certain_answers_that_are_right_have_no_error():
    assert reliability(np.eye(10), np.arange(10)).error == 0
