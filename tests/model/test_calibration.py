import keras
import numpy as np
import pytest

import digitrec
from digitrec.model.calibration import calibrate
from digitrec.model.evaluation import reliability


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
