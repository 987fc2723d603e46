import numpy as np
import pytest
from conftest import same_weights

import digitrec


@pytest.fixture(scope="module")
def first(mnist):
    (images, labels), _ = mnist
    return images[0], labels[0]


@pytest.fixture(scope="module")
def step(first):
    return digitrec.one_step(digitrec.build_model(), *first)


def test_the_slope_is_the_same_in_three_ways(step):
    assert step.slope == pytest.approx(step.finite_difference, abs=5e-5)
    assert step.slope == pytest.approx(step.product, abs=5e-5)
    assert step.product == pytest.approx(step.errors[step.digit] * step.features[step.feature])
    assert step.slope < -0.1  # more of the true digit's sum lowers the loss


def test_a_step_lowers_the_loss_and_a_step_of_all_weights_lowers_it_more(step):
    assert step.loss_after_all < step.loss_after < step.loss_before
    expected = step.loss_before - 0.1 * step.slope**2  # as far as the loss is straight
    assert step.loss_after == pytest.approx(expected, abs=1e-3)


def test_the_numbers_are_those_of_the_network(step, first):
    image, label = first
    inputs = digitrec.add_channel(digitrec.scale(image[np.newaxis]))
    model = digitrec.build_model()
    np.testing.assert_allclose(step.probabilities, model.predict_on_batch(inputs)[0], rtol=1e-4)
    loss, _ = model.evaluate(inputs, digitrec.one_hot([label]), verbose=0)
    assert step.loss_before == pytest.approx(loss, rel=1e-4)
    assert step.loss_before == pytest.approx(-np.log(step.probabilities[label]))
    np.testing.assert_allclose(step.errors.sum(), 0, atol=1e-6)


def test_the_loss_after_is_that_of_a_model_with_this_weight(step, first):
    model = digitrec.build_model()
    kernel, bias = model.layers[-1].get_weights()
    kernel[step.feature, step.digit] -= 0.1 * step.slope
    model.layers[-1].set_weights([kernel, bias])
    assert digitrec.one_step(model, *first).loss_before == pytest.approx(step.loss_after, abs=1e-5)


@pytest.mark.filterwarnings("error")
def test_the_model_stays_as_it_is(network, first):
    before = digitrec.load_model()
    digitrec.one_step(network, *first, rate=10)
    assert same_weights(before, network)


def test_any_weight_may_be_chosen(network, first):
    step = digitrec.one_step(network, *first, digit=3, feature=13)
    assert (step.digit, step.feature) == (3, 13)
    assert step.slope == pytest.approx(step.product, abs=1e-6)
    assert step.slope > 0  # less of a wrong digit's sum lowers the loss


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"label": 10}, "label 10"),
        ({"label": 5, "digit": -1}, "digit -1"),
        ({"label": 5, "feature": 64}, "feature 64: choose one from 0 to 63"),
    ],
)
def test_what_is_not_there_is_named(network, first, choice, message):
    with pytest.raises(ValueError, match=message):
        digitrec.one_step(network, first[0], **choice)


def test_a_model_that_cannot_learn_is_refused(first):
    with pytest.raises(ValueError, match="give a Keras model"):
        digitrec.one_step(digitrec.load_model("models/mnist_cnn_model.tflite"), *first)
