import cv2
import numpy as np

from digitrec.preprocess.picture import open_picture
from digitrec.preprocess.segment import find_digit, find_lines


def page(*strokes, size=(400, 700), pen=8):
    ink = np.zeros(size, np.uint8)
    for points in strokes:
        cv2.polylines(ink, [np.array(points)], False, 255, pen, cv2.LINE_AA)
    return open_picture(255 - ink)


def boxes(rgb):
    return [[digit.box[:2] for digit in line.digits] for line in find_lines(rgb, keep_lines=True)]


TWO = [(120, 100), (180, 98)], [(100, 170), (200, 168)]
THREE = [(320, 90), (380, 90)], [(320, 130), (380, 130)], [(300, 180), (400, 180)]
EIGHT = [(520, 90), (490, 180)], [(550, 90), (590, 180)]


def test_strokes_that_lie_apart_are_one_digit():
    (line,) = boxes(page(*TWO, *THREE, *EIGHT))
    assert len(line) == 3
    assert [left // 100 for left, _ in line] == [0, 2, 4]  # each starts half a pen further left


def test_a_level_stroke_stands_in_the_line_of_its_neighbours():
    dash = ([(100, 150), (200, 150)],)
    assert [len(line) for line in boxes(page(*dash, *THREE, *EIGHT))] == [3]


def test_two_lines_stay_two():
    lower = [[(x, y + 160) for x, y in stroke] for stroke in THREE]
    assert [len(line) for line in boxes(page(*TWO, *THREE, *lower))] == [2, 1]


def test_a_line_across_the_picture_may_be_a_digit():
    """On paper with ruled lines it would be one of those."""
    rgb = page(*[[(20, y), (680, y)] for y in (60, 150, 240)], pen=6)
    digit = find_digit(rgb, keep_lines=True)
    assert digit.box.height > 180
    assert cv2.connectedComponents((digit.ink > 127).astype(np.uint8))[0] == 4


def test_a_dot_is_a_digit_where_a_script_has_dots():
    five = [(100, 100), (60, 150), (100, 200), (140, 150), (100, 100)]
    dot = [(250, 150), (252, 150)]
    rgb = page(five, dot, [(350, 100), (360, 200)], pen=14)
    assert [len(line.digits) for line in find_lines(rgb)] == [2]
    assert [len(line.digits) for line in find_lines(rgb, smallest=0.1)] == [3]
