import unicodedata

import numpy as np
import pytest

from digitrec.data.outliers import LETTERS, draw_outliers
from digitrec.data.scripts import SCRIPTS, draw_script, draw_script_outliers

every_script = pytest.mark.parametrize("script", SCRIPTS)


@every_script
def test_a_script_has_ten_digits_each_written_in_several_ways(script):
    digits, shapes = SCRIPTS[script].digits, SCRIPTS[script].shapes
    assert [unicodedata.numeric(digit) for digit in digits] == list(range(10))
    assert sorted(shapes) == list(range(10))
    assert all(len(set(ways)) == len(ways) >= 6 for ways in shapes.values())


@every_script
def test_digits_are_drawn_as_pictures_are_normalized(script):
    images, labels = draw_script(400, 0, script)
    assert images.shape == (400, 28, 28)
    assert images.dtype == labels.dtype == np.uint8
    assert np.bincount(labels, minlength=10).min() > 20
    for image in images[labels > 0]:  # a 0 may be a dot that keeps its size
        rows, columns = np.nonzero(image > 30)
        assert 18 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 20


@every_script
def test_no_two_are_alike_and_the_seed_decides(script):
    images, _ = draw_script(200, 1, script)
    assert len(np.unique(images, axis=0)) == 200
    np.testing.assert_array_equal(images, draw_script(200, 1, script)[0])
    assert not np.array_equal(images, draw_script(200, 2, script)[0])


@every_script
def test_letters_that_look_like_a_digit_are_no_outliers(script):
    """Among pictures of nothing but letters, those that are alike are as if never there."""
    alike = SCRIPTS[script].alike
    assert max(alike) < len(LETTERS)
    images, _ = draw_script(50, 0, script)
    drawn = draw_script_outliers(60, images, 3, script)
    others = [letter for place, letter in enumerate(LETTERS) if place not in alike]
    shares = SCRIPTS[script].shares
    np.testing.assert_array_equal(
        drawn, draw_outliers(60, images, 3, letters=others, shares=shares)
    )
    assert not np.array_equal(drawn, draw_outliers(60, images, 3, shares=shares))
