import numpy as np
import pytest

import digitrec
from digitrec.model.fingerprint import fingerprint
from digitrec.model.storage import SHIPPED_MAP


@pytest.fixture(scope="module")
def digits(mnist):
    _, (images, labels) = mnist
    return images[:300], labels[:300]


@pytest.fixture(scope="module")
def digit_map(network, digits):
    return digitrec.DigitMap(network, digits[0])


def test_features_are_what_the_last_layer_is_given(network, digits):
    images, _ = digits
    features = digitrec.features(network, images)
    assert (features.shape, features.dtype) == ((300, 64), np.float32)
    kernel, bias = network.layers[-1].get_weights()
    powers = np.exp(features @ kernel + bias)
    probabilities = network.predict(digitrec.add_channel(digitrec.scale(images)), verbose=0)
    np.testing.assert_allclose(powers / powers.sum(axis=1, keepdims=True), probabilities, atol=1e-4)


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_equal_digits_lie_close_together(network, digits, method):
    images, labels = digits
    points = digitrec.DigitMap(network, images, method).points
    assert points.shape == (300, 2)
    distances = np.linalg.norm(points[:, np.newaxis] - points, axis=2)
    same = labels[:, np.newaxis] == labels
    assert distances[same].mean() < 0.5 * distances[~same].mean()


def test_a_digit_of_the_map_is_placed_where_it_is_and_is_its_own_neighbour(digit_map, digits):
    images, _ = digits
    np.testing.assert_allclose(digit_map.place(images[:9]), digit_map.points[:9], atol=1e-3)
    assert digit_map.neighbours(images[:9], 1)[:, 0].tolist() == list(range(9))


def test_the_neighbours_of_another_digit_are_mostly_the_same_digit(digit_map, digits, mnist):
    _, (images, labels) = mnist
    found = digit_map.neighbours(images[500:600], 5)
    assert found.shape == (100, 5)
    assert np.mean(digits[1][found] == labels[500:600, np.newaxis]) > 0.9


def test_on_a_map_by_tsne_another_digit_lies_between_its_neighbours(network, digits, mnist):
    images, _ = digits
    digit_map = digitrec.DigitMap(network, images[:60], "tsne")
    (place,), (found,) = digit_map.place(images[100:101]), digit_map.neighbours(images[100:101], 5)
    around = digit_map.points[found]
    assert (around.min(axis=0) <= place).all()
    assert (place <= around.max(axis=0)).all()


def test_the_map_of_the_shipped_network_is_a_file(network, mnist):
    _, (images, labels) = mnist
    digit_map = digitrec.DigitMap(network, images[:2000], "tsne")
    np.testing.assert_array_equal(digit_map.points, np.load(SHIPPED_MAP)["points"])
    middles = np.stack([np.median(digit_map.points[labels[:2000] == d], axis=0) for d in range(10)])
    places = digit_map.place(images[2000:2100])
    nearest = np.linalg.norm(places[:, np.newaxis] - middles, axis=2).argmin(axis=1)
    assert np.mean(nearest == labels[2000:2100]) > 0.9


def test_it_fits_no_other_network_and_no_other_digits(network, mnist):
    """So that these get a map of their own, as the sixty digits above."""
    images = mnist[1][0][:2000]
    fits = np.load(SHIPPED_MAP)["fits"]
    assert fingerprint(network, images) == fits
    assert fingerprint(network, 255 - images) != fits
    assert fingerprint(digitrec.build_model(), images) != fits


def test_the_same_map_comes_out_again(network, digits, digit_map):
    np.testing.assert_array_equal(digitrec.DigitMap(network, digits[0]).points, digit_map.points)


def test_too_few_digits_make_no_map(network, digits):
    with pytest.raises(ValueError, match="at least 10"):
        digitrec.DigitMap(network, digits[0][:9])


def test_a_network_that_shows_only_its_answer_has_no_features(digits):
    with pytest.raises(ValueError, match="only its answer"):
        digitrec.features(digitrec.load_model("models/mnist_cnn_model.tflite"), digits[0])
