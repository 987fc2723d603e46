import keras
import numpy as np
import pytest

import digitrec
from digitrec.calibration import calibrate, reliability


@pytest.fixture
def examples(mnist):
    _, (images, labels) = mnist
    inputs = digitrec.add_channel(digitrec.scale(images[:2000]))
    return inputs, digitrec.one_hot(labels[:2000])


@pytest.fixture
def too_sure(trained_a_little):
    """The sums before softmax are eight times what they were."""
    model = keras.models.clone_model(trained_a_little)
    model.set_weights(trained_a_little.get_weights())
    last = model.layers[-1]
    last.set_weights([8 * weights for weights in last.get_weights()])
    return model


def error(model, examples):
    inputs, targets = examples
    return reliability(model.predict(inputs, verbose=0), targets.argmax(axis=1)).error


def test_a_network_that_is_too_sure_learns_doubt(too_sure, examples):
    before_error = error(too_sure, examples)
    before = too_sure.predict(examples[0], verbose=0)
    assert calibrate(too_sure, *examples) > 1.3
    assert error(too_sure, examples) < before_error
    after = too_sure.predict(examples[0], verbose=0)
    np.testing.assert_array_equal(before.argmax(axis=1), after.argmax(axis=1))


def test_to_calibrate_twice_changes_nothing_more(too_sure, examples):
    while calibrate(too_sure, *examples) > 1.1:
        pass
    assert calibrate(too_sure, *examples) == pytest.approx(1, abs=0.03)


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
