import keras
import numpy as np
import pytest

import digitrec
from digitrec.model.inside import InnerView
from digitrec.recognize.shipped import shipped_model


@pytest.fixture(scope="module")
def image(mnist):
    return mnist[1][0][0]


def test_maps_are_those_of_the_three_convolutions(image, network):
    maps = digitrec.look_inside(network, image).maps
    assert [layer.shape for layer in maps] == [(26, 26, 32), (11, 11, 64), (3, 3, 64)]
    kernels, biases = network.layers[0].get_weights()
    by_hand = np.sum(image[10:13, 7:10, None] / 255 * kernels[:, :, 0], axis=(0, 1)) + biases
    np.testing.assert_allclose(maps[0][10, 7], np.maximum(by_hand, 0), atol=1e-5)


def test_the_features_make_the_sums_and_the_sums_the_probabilities(image, network):
    inside = digitrec.look_inside(network, image)
    assert inside.features.shape == (64,)
    weights, biases = network.layers[-1].get_weights()
    np.testing.assert_allclose(inside.features @ weights + biases, inside.sums, atol=1e-5)
    powers = np.exp(inside.sums)
    np.testing.assert_allclose(powers / powers.sum(), inside.probabilities, atol=1e-6)
    inputs = digitrec.add_channel(digitrec.scale(image[np.newaxis]))
    np.testing.assert_allclose(inside.probabilities, network.predict_on_batch(inputs)[0], atol=1e-6)


def test_what_is_seen_inside_changes_when_the_network_is_trained(image):
    model = digitrec.build_model()
    view = InnerView(model)
    before = view(image)
    model.set_weights([weights / 2 for weights in model.get_weights()])
    after = view(image)
    np.testing.assert_allclose(after.maps[0], before.maps[0] / 2, atol=1e-5)
    assert not np.allclose(after.sums, before.sums)


def test_a_network_that_cannot_be_looked_into_is_refused(image):
    with pytest.raises(ValueError, match="give a Keras model"):
        digitrec.look_inside(shipped_model(), image)
    layers = keras.layers
    odd = keras.Sequential(
        [layers.Input((28, 28, 1)), layers.Flatten(), layers.Dense(10), layers.Softmax()]
    )
    with pytest.raises(ValueError, match="does not end with a dense layer"):
        digitrec.look_inside(odd, image)
