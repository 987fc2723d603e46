import cv2
import numpy as np
import pytest
from pages import five

from digitrec.preprocess.connected import connected
from digitrec.preprocess.frames import erase_frames
from digitrec.preprocess.picture import open_picture
from digitrec.preprocess.segment import find_lines

LEFTS = range(200, 700, 100)
TOP, HIGH, WIDE = 300, 80, 52


def fives(moved=0):
    """Five 5s on a page of 1000 x 700, uint8, 255 is ink."""
    page = np.zeros((700, 1000), np.uint8)
    digit = cv2.resize(five(14)[60:230, 80:195], (WIDE, HIGH), interpolation=cv2.INTER_AREA)
    for left in LEFTS:
        page[TOP : TOP + HIGH, left + moved : left + moved + WIDE] = digit
    return page


def boxes_of_a_form(page):
    cv2.rectangle(page, (175, 270), (675, 410), 255, 4)
    for left in range(275, 675, 100):
        cv2.line(page, (left, 270), (left, 410), 255, 4)


def comb(page):
    cv2.line(page, (175, 400), (675, 400), 255, 4)
    for left in range(175, 676, 100):
        cv2.line(page, (left, 360), (left, 400), 255, 4)


def circle(page):
    cv2.ellipse(page, (425, 340), (330, 95), 2, 0, 350, 255, 6)


def circle_around_one(page):
    cv2.ellipse(page, (225, 340), (46, 62), 0, 0, 360, 255, 6)


def underline(page):
    cv2.line(page, (180, 425), (670, 390), 255, 7)


def border(page):
    cv2.rectangle(page, (30, 30), (960, 660), 255, 6)


MARKS = [boxes_of_a_form, comb, circle, circle_around_one, underline, border]


def found(page):
    return [digit.box for line in find_lines(open_picture(255 - page)) for digit in line.digits]


@pytest.mark.parametrize("mark", MARKS)
def test_what_is_around_digits_or_below_them_is_no_digit(mark):
    plain, marked = fives(), fives()
    mark(marked)
    expected, boxes = found(plain), found(marked)
    assert len(expected) == len(boxes) == 5
    np.testing.assert_allclose(boxes, expected, atol=2)


@pytest.mark.parametrize("mark", [boxes_of_a_form, comb])
def test_a_digit_that_touches_a_box_stays(mark):
    plain, marked = fives(), fives()
    for page in plain, marked:
        page[TOP : TOP + HIGH, 400:460] = np.roll(page[TOP : TOP + HIGH, 400:460], -25, axis=1)
        page[TOP : TOP + HIGH, 360:400] |= page[TOP : TOP + HIGH, 420:460]
    mark(marked)
    assert len(found(plain)) == len(found(marked))


def test_a_digit_with_a_stroke_or_dirt_in_it_is_no_frame():
    """A 0 with a stroke through it, alone and in a line, and a 0 with a speck in it."""
    page = np.zeros((700, 1000), np.uint8)
    cv2.ellipse(page, (500, 350), (60, 90), 0, 0, 360, 255, 12)
    struck, dirty = page.copy(), page.copy()
    cv2.line(struck, (480, 390), (520, 310), 255, 12)
    cv2.circle(dirty, (500, 350), 10, 255, -1)
    in_a_line = struck | np.roll(struck, 200, axis=1) | np.roll(page, -200, axis=1)
    for ink, count in ((struck, 1), (dirty, 1), (in_a_line, 3)):
        boxes = found(ink)
        assert len(boxes) == count
        assert all(box.height > 170 for box in boxes)


def test_digits_without_frames_stay_as_they_are():
    inked = (fives() > 0).astype(np.uint8)
    assert erase_frames(inked, connected(inked)) is inked
