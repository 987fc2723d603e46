import numpy as np
import pytest

import digitrec
from digitrec.model._tensorflow import keras
from digitrec.model.known_digits import COUNT, known_digits
from digitrec.model.lead import lead


@pytest.fixture(scope="module")
def images(mnist):
    _, (images, _) = mnist
    return digitrec.scale(images[:20])


def test_a_lead_is_the_logarithm_of_two_probabilities(network, images):
    probabilities = network.predict_on_batch(images[:3, ..., np.newaxis]).mean(axis=0)
    digit = int(probabilities.argsort()[-2])
    ahead, slopes = lead(network, images[:3], digit)
    assert ahead == pytest.approx(np.log(probabilities[digit] / probabilities.max()), abs=1e-3)
    assert slopes.shape == (3, 28, 28)


def test_the_slope_says_what_a_small_change_does(network, images):
    """Up the slope and back; among pixels of different grey, where no maximum is a tie."""
    image = images[:1] / 2 + np.random.default_rng(0).uniform(0, 0.2, (1, 28, 28))
    image = image.astype(np.float32)
    _, slopes = lead(network, image, 9)
    step = 1e-3 * slopes / np.linalg.norm(slopes)
    rise = log_odds(network, image + step, 9) - log_odds(network, image - step, 9)
    assert rise / 2e-3 == pytest.approx(np.linalg.norm(slopes), rel=0.05)


def log_odds(network, images, digit):
    probability = network.predict_on_batch(images[..., np.newaxis])[0, digit]
    return np.log(probability / (1 - probability))


def test_a_network_that_is_trained_further_is_looked_at_again():
    model = digitrec.build_model()
    before = known_digits(model)
    assert known_digits(model) is before
    assert len(before.images) == len(before.labels) == len(before.features) == COUNT
    model.set_weights([2 * weights for weights in model.get_weights()])
    assert not np.allclose(known_digits(model).features, before.features)


@pytest.mark.parametrize("activation", ["softmax", None])
def test_a_network_without_a_last_dense_softmax_layer_is_refused(images, activation):
    layers = [keras.layers.Flatten(), keras.layers.Dense(10, activation=activation)]
    layers += [keras.layers.Softmax()] if activation is None else [keras.layers.Dropout(0.1)]
    model = keras.Sequential([keras.layers.Input((28, 28, 1)), *layers])
    with pytest.raises(ValueError, match="does not end with a dense softmax layer"):
        lead(model, images, 3)


def test_a_network_without_layers_is_refused(images):
    lite = digitrec.load_model("models/mnist_cnn_model.tflite")
    with pytest.raises(ValueError, match="give a Keras model"):
        lead(lite, images, 3)
