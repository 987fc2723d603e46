import keras
import numpy as np
import pytest

import digitrec
from digitrec.model.convolution import pool, products

layers = keras.layers


@pytest.fixture(scope="module")
def image(mnist):
    return digitrec.scale(mnist[1][0][0])


@pytest.fixture(scope="module")
def first_layer(network, image):
    """Weights (3, 3, 32), biases (32,), and what Keras makes of the image before ReLU."""
    kernels, biases = network.layers[0].get_weights()
    bare = layers.Conv2D(32, 3)
    bare.build((None, 28, 28, 1))
    bare.set_weights([kernels, biases])
    return kernels[:, :, 0], biases, bare(image[np.newaxis, ..., np.newaxis]).numpy()[0]


def test_a_convolution_by_hand_is_the_one_that_keras_computes(image, first_layer):
    kernels, biases, sums = first_layer
    for number in range(32):
        by_hand = digitrec.convolve(image, kernels[..., number], biases[number])
        np.testing.assert_allclose(by_hand, sums[..., number], atol=1e-5)


def test_nine_products_and_the_bias_make_one_value(image, first_layer):
    kernels, biases, sums = first_layer
    nine = products(image, kernels[..., 4], 9, 14)
    assert nine.shape == (3, 3)
    assert nine.sum() + biases[4] == pytest.approx(sums[9, 14, 4], abs=1e-5)


@pytest.mark.parametrize("place", [(26, 0), (0, 26), (-1, 0)])
def test_a_place_beyond_the_map_is_refused(image, place):
    with pytest.raises(ValueError, match="choose a row from 0 to 25 and a column from 0 to 25"):
        products(image, np.ones((3, 3)), *place)


def test_pooling_keeps_the_largest_of_four_and_cuts_an_odd_end():
    values = np.random.default_rng(0).normal(size=(11, 11))
    by_keras = layers.MaxPooling2D(2)(values[np.newaxis, ..., np.newaxis].astype(np.float32))
    np.testing.assert_allclose(pool(values), by_keras.numpy()[0, ..., 0], rtol=1e-6)


def test_each_layer_sees_more_pixels_than_the_one_before():
    fields = digitrec.receptive_fields(digitrec.build_model())
    assert [(field.layer, field.side, field.sees, field.step) for field in fields] == [
        ("Conv2D", 26, 3, 1),
        ("MaxPooling2D", 13, 4, 2),
        ("Conv2D", 11, 8, 2),
        ("MaxPooling2D", 5, 10, 4),
        ("Conv2D", 3, 18, 4),
    ]
    assert fields[-1].covered == 26


def test_a_value_depends_on_the_pixels_that_it_sees_and_on_no_other(network):
    """Each pixel of some random images is changed, one at a time: which values change?"""
    convolutions = [layer.output for layer in network.layers if isinstance(layer, layers.Conv2D)]
    inner = keras.Model(network.inputs, convolutions[1:])
    depends = [np.zeros((11, 11, 28, 28), bool), np.zeros((3, 3, 28, 28), bool)]
    random = np.random.default_rng(0)
    for _ in range(5):
        image = random.uniform(0, 1, (28, 28, 1)).astype(np.float32)
        changed = np.repeat(image[np.newaxis], 784, axis=0)
        changed.reshape(784, 784)[np.arange(784), np.arange(784)] += 1
        before = inner.predict_on_batch(image[np.newaxis])
        for seen, old, new in zip(depends, before, inner.predict_on_batch(changed), strict=True):
            effect = (abs(old - new) > 1e-5).any(axis=-1)  # 784 pixels, rows, columns
            seen |= np.moveaxis(effect, 0, -1).reshape(seen.shape)
    fields = [field for field in digitrec.receptive_fields(network) if field.layer == "Conv2D"]
    for seen, field in zip(depends, fields[1:], strict=True):
        for row, column in np.ndindex(seen.shape[:2]):
            rows, columns = np.nonzero(seen[row, column])
            assert (rows.min(), columns.min()) == (field.step * row, field.step * column)
            assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == (field.sees, field.sees)


def test_the_last_two_rows_and_columns_have_no_effect_at_all(mnist, network):
    """The network covers 26 of the 28 pixels in each direction."""
    images = digitrec.add_channel(digitrec.scale(mnist[1][0][:20]))
    changed = images.copy()
    changed[:, 26:] = changed[:, :, 26:] = 1
    before, after = network.predict_on_batch(images), network.predict_on_batch(changed)
    np.testing.assert_array_equal(before, after)
    changed[:, 25] = 1  # the last row that it sees
    assert not np.array_equal(before, network.predict_on_batch(changed))


def test_what_a_padded_layer_sees_is_not_told():
    padded = keras.Sequential([layers.Input((28, 28, 1)), layers.Conv2D(4, 3, padding="same")])
    with pytest.raises(ValueError, match="pads its input"):
        digitrec.receptive_fields(padded)
