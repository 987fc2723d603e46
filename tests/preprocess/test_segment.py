import cv2
import numpy as np
import pytest
from pages import PAGE, STANDARD, difference

from digitrec.preprocess.errors import PictureError
from digitrec.preprocess.normalize import normalize
from digitrec.preprocess.picture import open_picture
from digitrec.preprocess.segment import find_digit, find_lines


def page_of(*places, size=(700, 1000)):
    """A page with a small 5 at each (left, top, height)."""
    page = np.zeros(size, np.uint8)
    digit = PAGE[55:235, 80:195]
    for left, top, height in places:
        width = round(115 * height / 180)
        page[top : top + height, left : left + width] |= cv2.resize(digit, (width, height))
    return page


def digits_of(rgb):
    return [digit for line in find_lines(rgb) for digit in line.digits]


def boxes(page):
    return [[digit.box[:2] for digit in line.digits] for line in find_lines(open_picture(page))]


def test_rows_come_from_top_to_bottom_and_digits_from_left_to_right():
    places = [(700, 420, 100), (100, 60, 100), (400, 90, 100), (150, 400, 100), (650, 40, 100)]
    found = boxes(page_of(*places))
    expected = [[(100, 60), (400, 90), (650, 40)], [(150, 400), (700, 420)]]
    assert [len(row) for row in found] == [3, 2]
    np.testing.assert_allclose(np.vstack(found), np.vstack(expected), atol=12)


def test_a_row_may_slope():
    places = [(40 + 110 * number, 60 + 40 * number, 100) for number in range(8)]
    assert [len(row) for row in boxes(page_of(*places))] == [8]


def test_digits_of_a_row_may_differ_in_size():
    assert [
        len(row) for row in boxes(page_of((60, 100, 200), (300, 200, 100), (480, 60, 260)))
    ] == [3]


def test_a_single_digit_is_a_single_digit():
    (digit,) = digits_of(open_picture(PAGE))
    np.testing.assert_array_equal(normalize(digit.ink), STANDARD)


def test_pieces_of_one_digit_stay_together():
    """A 5 whose bar does not touch, and one that a bad pen has broken."""
    page = page_of((60, 100, 200), (400, 100, 200))
    page[135:143, 60:250] = 0
    page[200:208, 400:600] = 0
    assert [len(row) for row in boxes(page)] == [2]


def test_each_digit_is_cut_out_alone():
    """Boxes may overlap; what belongs to the neighbour is not on the picture."""
    page = np.zeros((300, 400), np.uint8)
    cv2.line(page, (40, 250), (160, 50), 255, 14)
    cv2.line(page, (110, 250), (230, 50), 255, 14)
    left, right = digits_of(open_picture(page))
    assert left.box.right > right.box.left
    for digit in (left, right):
        assert not digit.ink[: len(digit.ink) // 3, : digit.box.width // 3].any()
        assert not digit.ink[-len(digit.ink) // 3 :, -digit.box.width // 3 :].any()


def test_dots_and_dashes_between_digits_are_left_out():
    page = page_of((60, 100, 200), (400, 100, 200))
    cv2.circle(page, (300, 290), 9, 255, -1)
    assert [len(row) for row in boxes(page)] == [2]


def test_a_page_of_noise_has_a_limited_number_of_digits():
    noise = np.random.default_rng(0).integers(0, 256, (1000, 1000), np.uint8)
    assert sum(len(line.digits) for line in find_lines(open_picture(noise))) <= 1000


def test_the_box_is_in_pixels_of_the_picture():
    page = np.zeros((600, 2500), np.uint8)
    page[100:500, 2000:2080] = 255
    box = find_digit(open_picture(page)).box
    np.testing.assert_allclose(box, (2000, 100, 80, 400), atol=4)


@pytest.mark.parametrize("slope", [0, 0.05])
def test_ruled_lines_are_not_ink(slope):
    """Neither between the digits nor through them, where the strokes stay whole."""
    places = [(100, 60, 150), (400, 90, 150), (650, 300, 150)]
    plain, ruled = page_of(*places), page_of(*places)
    for top in range(20, 700, 60):
        cv2.line(ruled, (0, top), (999, round(top + 999 * slope)), 160, 2)
    expected, found = (digits_of(open_picture(page)) for page in (plain, ruled))
    assert len(found) == 3
    for one, other in zip(expected, found, strict=True):
        np.testing.assert_allclose(one.box, other.box, atol=3)
        assert difference(normalize(one.ink), normalize(other.ink)) < 0.25


def test_squared_paper_and_an_underline_are_not_ink():
    page = page_of((100, 100, 150), (400, 100, 150))
    cv2.line(page, (60, 300), (900, 308), 255, 8)
    page[10::40] = page[:, 10::40] = 120
    assert [len(row) for row in boxes(page)] == [2]


def test_squared_paper_alone_has_no_digits():
    page = 240 + np.random.default_rng(0).normal(0, 3, (700, 1000))
    for first in 10, 11:
        page[first::40] = page[:, first::40] = 150
    with pytest.raises(PictureError, match="no digits"):
        find_lines(open_picture(page.clip(0, 255).astype(np.uint8)))


def test_a_stroke_across_a_small_picture_is_not_a_line():
    """The bar of a 7 that fills the picture is as long as a line, but as thick as a stroke."""
    page = np.zeros((28, 28), np.uint8)
    cv2.line(page, (1, 3), (26, 3), 255, 1)
    cv2.line(page, (26, 3), (10, 26), 255, 1)
    assert find_digit(open_picture(page)).box[:2] == (1, 3)


def test_pale_strokes_of_a_digit_belong_to_it():
    """A pen that fades along the way leaves less than half of its ink."""
    page = PAGE.astype(float)
    page[:, 130:] *= 0.45
    (digit,) = digits_of(open_picture(page.astype(np.uint8)))
    assert difference(normalize(digit.ink), STANDARD) < 0.15


def test_a_wide_bar_above_a_5_belongs_to_it():
    page = page_of((100, 100, 200), (400, 100, 200))
    page[135:143, 60:250] = 0
    page[110:130, 150:260] = 255
    assert [len(row) for row in boxes(page)] == [2]


def test_many_crumbs_do_not_outvote_the_digits():
    page = page_of((300, 300, 100), (420, 300, 100), (540, 300, 100))
    for number in range(12):
        left, top = 60 + 220 * (number % 4), 60 + 250 * (number // 4)
        cv2.rectangle(page, (left, top), (left + 14, top + 14), 255, -1)
    assert [len(row) for row in boxes(page)] == [3]


@pytest.mark.parametrize("mirror", [1, -1])
def test_a_digit_that_touches_the_border_is_found_beside_others(mirror):
    """A 1 and a 0 that fill 28 pixels from edge to edge."""
    page = np.zeros((28, 28), np.uint8)
    cv2.line(page, (10, 4), (6, 23), 255, 2)
    cv2.ellipse(page, (20, 14), (6, 9), 0, 0, 360, 255, 2)
    page = page[:, ::mirror]
    assert len(digits_of(open_picture(page))) == 2
