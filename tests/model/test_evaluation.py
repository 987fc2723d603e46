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
    confidence, accuracy, count, error = reliability(probabilities, np.array([3, 3, 3, 8, 7]))
    assert count.tolist() == [0, 0, 0, 0, 0, 1, 0, 0, 0, 4]
    np.testing.assert_allclose(confidence[[5, 9]], [0.55, 0.95])
    np.testing.assert_allclose(accuracy[[5, 9]], [1, 0.75])
    assert np.isnan(accuracy[0])
    assert error == pytest.approx((4 * 0.2 + 0.45) / 5)


def test_certain_answers_that_are_right_have_no_error():
    assert reliability(np.eye(10), np.arange(10)).error == 0
