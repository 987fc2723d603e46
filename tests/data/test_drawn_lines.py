from collections import Counter

import numpy as np
import pytest

from digitrec.data.drawn_lines import LONGEST, OTHER, draw_lines


@pytest.fixture(scope="module")
def lines(mnist):
    (images, labels), _ = mnist
    return draw_lines(200, images, labels, seed=1)


def test_lines_look_like_what_the_line_network_reads(lines):
    for line in lines:
        assert line.ink.dtype == np.uint8
        assert line.ink.shape[0] == 32
        assert line.ink.max() > 200
        assert 1 <= len(line.digits) <= LONGEST


def test_all_digits_and_some_letters_are_on_them(lines):
    counts = Counter(digit for line in lines for digit in line.digits)
    assert set(counts) == {*range(10), OTHER}
    assert counts[OTHER] < min(counts[digit] for digit in range(10))


def test_more_digits_take_more_room(lines):
    def width(count):
        return np.mean([line.ink.shape[1] for line in lines if len(line.digits) == count])

    assert width(1) < width(3) < width(5)


def test_the_seed_decides(mnist, lines):
    (images, labels), _ = mnist
    again = draw_lines(20, images, labels, seed=1)
    for one, other in zip(lines, again, strict=False):
        assert one.digits == other.digits
        np.testing.assert_array_equal(one.ink, other.ink)
    different = draw_lines(20, images, labels, seed=2)
    assert [line.digits for line in different] != [line.digits for line in again]
