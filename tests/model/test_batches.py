import numpy as np
import pytest

import digitrec
from digitrec.model.batches import batches, by_epoch, in_order


@pytest.fixture(scope="module")
def inputs(mnist):
    (images, _), _ = mnist
    return digitrec.add_channel(digitrec.scale(images[:300]))


def collect(inputs, **options):
    """All inputs of two epochs, an array each, and the sizes of the batches."""
    targets = np.eye(len(inputs), 10, dtype=np.float32)
    options = {"size": len(inputs), "batch_size": 128, "epochs": 2} | options
    dataset = batches(inputs, targets, **options)
    epoch = by_epoch(dataset, int(dataset.cardinality()) // 2)
    first, second = ([images.numpy() for images, _ in epoch] for _ in range(2))
    sizes = [len(images) for images in first + second]
    return np.concatenate(first), np.concatenate(second), sizes


def sorted_by_pixels(images):
    return images[np.lexsort(images.reshape(len(images), -1).T)]


def test_every_image_comes_once_an_epoch_in_a_new_order(inputs):
    first, second, sizes = collect(inputs, seed=0)
    assert sizes == [128, 128, 44, 128, 128, 44]
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(sorted_by_pixels(first), sorted_by_pixels(inputs))
    np.testing.assert_array_equal(sorted_by_pixels(second), sorted_by_pixels(inputs))


def test_of_more_images_than_an_epoch_has_others_come_each_time(inputs):
    first, second, sizes = collect(inputs, seed=0, size=150)
    assert sizes == [128, 22, 128, 22]
    for images in (first, second):
        assert len(np.unique(images, axis=0)) == 150
    assert not np.array_equal(sorted_by_pixels(first), sorted_by_pixels(second))


def test_some_images_can_be_in_every_epoch(inputs):
    first, second, _ = collect(inputs, seed=0, size=150, always=100)
    known = {image.tobytes() for image in inputs[:100]}
    for images in (first, second):
        assert len(np.unique(images, axis=0)) == 150
        assert known <= {image.tobytes() for image in images}
    assert not np.array_equal(sorted_by_pixels(first), sorted_by_pixels(second))


def test_a_run_can_be_had_again(inputs):
    options = {"size": 300, "batch_size": 128, "epochs": 2, "seed": 0}
    dataset = batches(inputs, np.zeros((300, 10), np.float32), distorted=99, **options)
    once, again = (np.concatenate([images for images, _ in dataset]) for _ in range(2))
    np.testing.assert_array_equal(once, again)


def test_the_next_epoch_starts_where_the_last_one_ended(inputs):
    options = {"size": 300, "batch_size": 128, "epochs": 2, "seed": 0}
    dataset = batches(inputs, np.zeros((300, 10), np.float32), distorted=99, **options)
    epoch = by_epoch(dataset, 3)
    iter(epoch)  # Keras does so at the end of each epoch: that takes nothing away
    run = np.concatenate([images for _ in range(2) for images, _ in epoch])
    np.testing.assert_array_equal(run, np.concatenate([images for images, _ in dataset]))


def test_examples_in_order_keep_it(inputs):
    targets = np.eye(300, 10, dtype=np.float32)
    images, rows = zip(*in_order((inputs, targets), 128), strict=True)
    assert [len(batch) for batch in images] == [128, 128, 44]
    np.testing.assert_array_equal(np.concatenate(images), inputs)
    np.testing.assert_array_equal(np.concatenate(rows), targets)


def test_images_keep_their_labels(inputs, mnist):
    (_, labels), _ = mnist
    targets = digitrec.one_hot(labels[:300])
    known = {
        image.tobytes(): target.argmax() for image, target in zip(inputs, targets, strict=True)
    }
    for images, rows in batches(inputs, targets, size=300, batch_size=64, epochs=1, seed=3):
        for image, row in zip(images.numpy(), rows.numpy(), strict=True):
            assert known[image.tobytes()] == row.argmax()


@pytest.mark.parametrize("distorted", [0, 6])
def test_the_same_seed_gives_the_same_batches(inputs, distorted):
    here, again, other = (collect(inputs, seed=seed, distorted=distorted)[0] for seed in (5, 5, 6))
    np.testing.assert_array_equal(here, again)
    assert not np.array_equal(here, other)


def test_only_the_first_batches_are_distorted(inputs):
    first, second, _ = collect(inputs, seed=0, distorted=3)
    _, plain, _ = collect(inputs, seed=0)
    assert not np.isin(first.sum(axis=(1, 2, 3)), inputs.sum(axis=(1, 2, 3))).any()
    np.testing.assert_array_equal(second, plain)


def test_each_image_is_distorted_differently_each_time(inputs):
    same = np.repeat(inputs[:1], 20, axis=0)
    distorted = digitrec.distort(same, seed=(0, 0)).numpy()
    again = digitrec.distort(same, seed=(0, 1)).numpy()
    assert len(np.unique(np.concatenate([distorted, again]), axis=0)) == 40


def test_distorted_images_are_still_digits_on_paper(inputs):
    """Range and shape stay, no ink is lost over the edge, and the amount of ink hardly moves."""
    distorted = digitrec.distort(inputs, seed=(0, 0)).numpy()
    assert distorted.shape == inputs.shape
    assert distorted.dtype == np.float32
    assert distorted.min() >= 0
    assert distorted.max() <= 1
    assert distorted.sum() == pytest.approx(inputs.sum(), rel=0.05)


def test_distorted_digits_are_still_read(inputs, mnist, network):
    (_, labels), _ = mnist
    distorted = digitrec.distort(inputs, seed=(0, 0)).numpy()
    assert digitrec.evaluate(network, distorted, labels[:300]).accuracy > 0.97


def test_blank_paper_stays_blank():
    blank = np.zeros((3, 28, 28, 1), np.float32)
    assert not digitrec.distort(blank, seed=(0, 0)).numpy().any()
