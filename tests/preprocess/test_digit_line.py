import cv2
import numpy as np
import pytest

from digitrec.preprocess.digit_line import with_neighbours
from digitrec.preprocess.picture import open_picture
from digitrec.preprocess.segment import find_lines


def page_of(*lines: str, size: tuple[int, int] = (300, 600)) -> np.ndarray:
    page = np.full(size, 255, np.uint8)
    for number, text in enumerate(lines):
        cv2.putText(page, text, (40, 110 + 130 * number), cv2.FONT_HERSHEY_SIMPLEX, 3, 0, 10)
    return page


def lines_of(page: np.ndarray) -> list:
    return find_lines(open_picture(page))


def cut_apart(line, middles: list[float]) -> list:
    """All digits of a line, cut out."""
    return [line.cut_out(*place) for place in with_neighbours(middles)]


def middles_of(line) -> list[float]:
    left = line.box.left
    return [(digit.box.left + digit.box.width / 2 - left) * line.scale for digit in line.digits]


def test_a_strip_is_32_pixels_high_with_the_digits_between_margins():
    for line in lines_of(page_of("407", "31")):
        strip = line.strip()
        assert strip.shape[0] == 32
        assert strip.dtype == np.uint8
        rows = np.flatnonzero((strip > 127).any(axis=1))
        assert rows[0] == pytest.approx(4, abs=2)
        assert rows[-1] == pytest.approx(27, abs=2)


def test_a_line_has_no_ink_of_the_other_lines():
    page = page_of("407")
    cv2.putText(page, "7777", (40, 205), cv2.FONT_HERSHEY_SIMPLEX, 3, 0, 10)  # nearly touching
    first, second = lines_of(page)
    for line in (first, second):
        own = sum(int((digit.ink > 127).sum()) for digit in line.digits)
        assert int((line.ink > 127).sum()) == pytest.approx(own, rel=0.02)


def test_digits_that_touch_the_edge_belong_to_the_only_line():
    page = page_of("4071")[30:130, :430]
    cv2.circle(page, (425, 50), 30, 0, 10)  # a 0 that the picture cuts off
    (line,) = lines_of(page)
    assert line.box.right >= 430


def test_digits_are_cut_out_whole_where_they_do_not_touch():
    (line,) = lines_of(page_of("4071"))
    cut = cut_apart(line, middles_of(line))
    for digit, whole in zip(cut, line.digits, strict=True):
        assert digit.box == pytest.approx(whole.box, abs=2)
        assert int((digit.ink > 127).sum()) == pytest.approx(int((whole.ink > 127).sum()), rel=0.02)


def test_digits_that_touch_are_cut():
    page = np.full((300, 500), 255, np.uint8)
    cv2.ellipse(page, (130, 150), (70, 100), 0, 0, 360, 0, 20)
    cv2.ellipse(page, (270, 150), (70, 100), 0, 0, 360, 0, 20)
    (line,) = lines_of(page)
    assert len(line.digits) == 1
    middle = line.strip().shape[1] / 2
    left, right = cut_apart(line, [middle - 70 * line.scale, middle + 70 * line.scale])
    assert left.box.right == pytest.approx(200, abs=25)
    assert right.box.left == pytest.approx(200, abs=25)


def test_a_rule_below_and_a_dash_behind_are_left_behind():
    page = page_of("407", size=(160, 600))
    cv2.line(page, (0, 130), (600, 130), 0, 3)
    cv2.line(page, (330, 80), (420, 80), 0, 10)
    (line,) = lines_of(page)
    left, scale = line.box.left, line.scale
    cut = cut_apart(line, [(middle - left) * scale for middle in (68, 133, 198)])
    for digit in cut:
        assert digit.box.bottom < 128
        assert digit.box.right < 300


def test_nothing_is_cut_out_where_there_is_no_ink():
    (line,) = lines_of(page_of("4 7"))
    four, seven = middles_of(line)
    assert line.cut_out(four, (four + seven) / 2, seven) is None
