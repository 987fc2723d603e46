import numpy as np
import pytest

import digitrec
from digitrec.data.training_mix import DRAWN, NORMALIZED, OUTLIERS, mix

COUNT = 400


@pytest.fixture(scope="module")
def digits(mnist):
    (images, labels), _ = mnist
    return digitrec.add_channel(images[:COUNT]), digitrec.one_hot(labels[:COUNT])


def test_digits_and_outliers_are_added(digits):
    inputs, targets = mix(*digits, seed=0)
    drawn, outliers = round(DRAWN * COUNT), round(OUTLIERS * COUNT)
    assert inputs.shape == (COUNT + drawn + outliers, 28, 28, 1)
    assert inputs.dtype == np.uint8
    assert targets.dtype == np.float32
    np.testing.assert_array_equal(targets[:COUNT].argmax(axis=1), digits[1].argmax(axis=1))
    np.testing.assert_allclose(targets[:-outliers].max(axis=1), 0.955)
    np.testing.assert_allclose(targets[-outliers:], 0.1)
    np.testing.assert_allclose(targets.sum(axis=1), 1, rtol=1e-6)


def test_a_longer_training_has_more_pictures_that_are_added(digits):
    inputs, targets = mix(*digits, seed=0, sets=3)
    drawn, outliers = 3 * round(DRAWN * COUNT), 3 * round(OUTLIERS * COUNT)
    assert len(np.unique(inputs[COUNT:], axis=0)) > 0.95 * (drawn + outliers)
    np.testing.assert_allclose(targets[-outliers:], 0.1)


def test_most_mnist_digits_stay_as_they_are_and_the_others_change_little(digits):
    inputs, _ = mix(*digits, seed=0)
    difference = np.abs(inputs[:COUNT].astype(float) - digits[0]).mean(axis=(1, 2, 3))
    assert np.count_nonzero(difference) == round(NORMALIZED * COUNT)
    assert difference.max() < 40


def test_floats_are_mixed_alike(digits):
    inputs, targets = digits
    whole, _ = mix(inputs, targets, seed=3)
    floats, _ = mix(digitrec.scale(inputs), targets, seed=3)
    assert floats.dtype == np.float32
    np.testing.assert_array_equal(floats, digitrec.scale(whole))


def test_mixing_does_not_change_its_arguments(digits):
    before = digits[0].copy()
    mix(*digits, seed=0)
    np.testing.assert_array_equal(before, digits[0])


def test_a_blank_image_does_no_harm():
    inputs = np.zeros((20, 28, 28, 1), np.uint8)
    inputs[:, 5:20, 14] = 255
    inputs[::2] = 0
    mixed, _ = mix(inputs, digitrec.one_hot(np.ones(20, int)), seed=0)
    assert not mixed[:20:2].any()
