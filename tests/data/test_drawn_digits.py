import numpy as np

import digitrec
from digitrec.data.drawn_digits import SHAPES, draw_digits


def test_drawn_digits_look_like_those_of_mnist(mnist):
    """Shape, range, size, place, and as much ink."""
    images, labels = draw_digits(500, seed=0)
    assert images.shape == (500, 28, 28)
    assert images.dtype == labels.dtype == np.uint8
    assert images.max() == 255
    assert 0.6 < images.mean() / mnist[0][0].mean() < 1.4
    for image in images:
        rows, columns = np.nonzero(image > 30)
        assert 18 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 20


def test_all_digits_are_drawn():
    assert sorted(SHAPES) == list(range(10))
    counts = np.bincount(draw_digits(2000, seed=0)[1], minlength=10)
    assert counts.min() > 120


def test_no_two_are_alike_and_the_seed_decides():
    images, _ = draw_digits(300, seed=1)
    assert len(np.unique(images, axis=0)) == 300
    np.testing.assert_array_equal(images, draw_digits(300, seed=1)[0])
    assert not np.array_equal(images, draw_digits(300, seed=2)[0])


def test_the_shipped_network_reads_ways_of_writing_that_mnist_lacks(network):
    """Of another seed than it was trained with."""
    images, labels = draw_digits(2000, seed=99)
    assert digitrec.evaluate(network, images, labels).accuracy > 0.98
