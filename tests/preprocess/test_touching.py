import cv2
import numpy as np

from digitrec.preprocess.picture import open_picture
from digitrec.preprocess.segment import find_digits
from digitrec.preprocess.touching import cut_into_parts


def touching():
    """A 1 that touches a 0, found as one piece."""
    page = np.zeros((300, 400), np.uint8)
    cv2.line(page, (100, 50), (100, 250), 255, 20)
    cv2.ellipse(page, (180, 150), (70, 100), 0, 0, 360, 255, 20)
    ((digit,),) = find_digits(open_picture(page))
    return digit


def test_the_whole_is_among_the_parts():
    digit = touching()
    found = cut_into_parts(digit)
    assert found[0, max(end for _, end in found)] is digit


def test_two_parts_share_the_ink_and_none_is_lost():
    digit = touching()
    found = cut_into_parts(digit)
    last = max(end for _, end in found)
    pairs = [end for end in range(last) if (0, end) in found and (end, last) in found]
    assert pairs
    for end in pairs:
        ink = sum(int((found[key].ink > 127).sum()) for key in ((0, end), (end, last)))
        assert ink == int((digit.ink > 127).sum())


def test_some_cut_goes_between_the_digits():
    """The first part is then as high as the whole, and not much wider than the 1."""
    found = cut_into_parts(touching())
    firsts = [part.box for (start, _), part in found.items() if start == 0]
    assert any(box.width <= 50 and box.height >= 200 for box in firsts)


def test_a_narrow_digit_stays_whole():
    page = np.zeros((300, 200), np.uint8)
    cv2.line(page, (100, 50), (100, 250), 255, 20)
    ((digit,),) = find_digits(open_picture(page))
    assert list(cut_into_parts(digit)) == [(0, 1)]
