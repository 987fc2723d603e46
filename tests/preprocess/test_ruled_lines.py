import cv2
import numpy as np
import pytest

from digitrec.preprocess.picture import open_picture
from digitrec.preprocess.ruled_lines import erase_lines
from digitrec.preprocess.segment import find_digit, find_lines

PAPER = np.zeros((750, 1000), np.uint8)


def ruled(slope=0.0):
    page = PAPER.copy()
    for top in range(80, 750, 90):
        cv2.line(page, (0, top), (999, round(top + 999 * slope)), 1, 3)
    return page


def stroke(page):
    page = page.copy()
    cv2.line(page, (480, 200), (520, 420), 1, 14)
    return page


def test_ruled_lines_are_erased():
    assert not erase_lines(ruled()).any()


@pytest.mark.parametrize("slope", [0.05, -0.05, 0.15, -0.15])
def test_lines_may_slope_a_little(slope):
    page = ruled(slope)
    assert erase_lines(page).sum() < 0.1 * page.sum()


def test_lines_may_run_down_the_page():
    assert not erase_lines(np.ascontiguousarray(ruled().T)).any()


def test_a_stroke_across_the_lines_stays_whole():
    left = erase_lines(stroke(ruled()))
    wanted = stroke(PAPER)
    assert (left & wanted).sum() > 0.98 * wanted.sum()
    assert left.sum() < 1.05 * wanted.sum()
    assert cv2.connectedComponents(left)[0] == 2


def test_without_lines_nothing_changes():
    np.testing.assert_array_equal(erase_lines(stroke(PAPER)), stroke(PAPER))


def test_a_one_drawn_with_a_ruler_is_not_a_line():
    ink = PAPER.copy()
    cv2.line(ink, (500, 100), (500, 650), 1, 3)
    assert 500 < find_digit(open_picture(255 - 200 * ink)).box.height < 600


def test_nor_is_it_one_where_crumbs_lie_beside_it():
    ink = PAPER.copy()
    cv2.line(ink, (500, 100), (500, 650), 1, 3)
    for number in range(25):
        left, top = 100 + 170 * (number % 5), 60 + 140 * (number // 5)
        cv2.rectangle(ink, (left, top), (left + 6, top + 6), 1, -1)
    (line,) = find_lines(open_picture(255 - 200 * ink))
    (digit,) = line.digits
    assert 500 < digit.box.height < 600
