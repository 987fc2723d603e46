from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import digitrec


@pytest.fixture(scope="module")
def numbers(mnist):
    """Pictures of numbers of one to eight digits, some touching: the network is asked of each."""
    _, (images, _) = mnist
    chance = np.random.default_rng(5)
    pictures = []
    for length in (1, 2, 3, 4, 5, 6, 7, 8):
        digits = images[chance.integers(0, len(images), length)]
        inside = digits[:, :, 4:24] if length % 2 else digits
        pictures.append(255 - np.pad(np.hstack(list(inside)), 8).repeat(3, 0).repeat(3, 1))
    return pictures


def test_several_threads_read_numbers_as_one_does(numbers):
    """Both networks are asked for inputs of other sizes by each."""
    pictures = 4 * numbers
    expected = [digitrec.read_digits(picture) for picture in pictures]
    with ThreadPoolExecutor(8) as threads:
        readings = list(threads.map(digitrec.read_digits, pictures))
    assert len({reading.text for reading in expected}) == len(numbers)
    assert [reading.text for reading in readings] == [reading.text for reading in expected]
    for one, other in zip(readings, expected, strict=True):
        assert one.confidence == pytest.approx(other.confidence, abs=1e-4)
