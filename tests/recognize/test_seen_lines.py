import cv2
import numpy as np
import pytest
from conftest import ROOT

import digitrec
from digitrec.recognize.ctc import likeliest_symbols


def digits_seen(line):
    """The line network's own word: 0 is no digit, and a digit is one more than its value."""
    return "".join(str(symbol - 1) for symbol in likeliest_symbols(line.probabilities)[0].symbols)


def test_every_line_of_a_page_is_seen_with_a_cut_on_either_side_of_each_digit():
    lines = digitrec.look_at_lines(ROOT / "test_images" / "desk_3805-99504.jpg")
    assert [digits_seen(line) for line in lines] == ["3805", "99504"]
    assert [line.cuts.shape for line in lines] == [(5, 32), (6, 32)]
    for strip, probabilities, cuts in lines:
        assert len(strip) == 32
        assert probabilities.shape == (-(-strip.shape[1] // 2), 12)
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
        assert (np.diff(cuts.mean(axis=1)) > 0).all()


def test_a_digit_is_seen_between_its_cuts():
    (line,) = digitrec.look_at_lines(ROOT / "test_images" / "cheque_12500.png")
    (reading, *_) = likeliest_symbols(line.probabilities)
    middles = 2 * np.array(reading.columns) + 1
    assert len(middles) == 5
    cuts = line.cuts.mean(axis=1)
    assert ((cuts[:-1] < middles) & (middles < cuts[1:])).all()


def test_cuts_lie_beside_the_ink_of_digits_that_stand_apart(mnist):
    _, (images, labels) = mnist
    two, seven = (np.pad(images[labels == digit][0], ((0, 0), (4, 4))) for digit in (2, 7))
    page = cv2.resize(255 - np.hstack([two, seven]), None, fx=5, fy=5)
    (line,) = digitrec.look_at_lines(page)
    assert len(line.cuts) == 3
    along = line.strip[np.arange(32), np.rint(line.cuts[1]).astype(int)]
    assert line.strip.max() > 200
    assert along.max() < 60


def test_a_blank_picture_has_no_lines():
    with pytest.raises(digitrec.PictureError, match="is blank"):
        digitrec.look_at_lines(np.full((100, 200), 255, np.uint8))
