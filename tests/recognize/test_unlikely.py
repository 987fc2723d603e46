"""What no page of digits holds, although each of its digits looks like one."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from conftest import ROOT

import digitrec
from digitrec.model.lite import LiteModel
from digitrec.model.storage import SHIPPED
from digitrec.preprocess.pieces import Box
from digitrec.recognize.results import UNLIKELY
from digitrec.recognize.unlikely import doubt_unlikely


@pytest.fixture(scope="module")
def number():
    """One line of five digits, none of them in doubt."""
    predictions = digitrec.read_digits(ROOT / "test_images" / "several_31415.png").predictions
    assert all(prediction.accepted for prediction in predictions)
    return predictions


def changed(number, place, **changes):
    line = list(number)
    line[place] = replace(line[place], **changes)
    return line


def doubted(lines, *, is_ruled=False):
    """The places of the digits that are in doubt now, and hardly digits."""
    (line,) = doubt_unlikely(lines, is_ruled=is_ruled)
    assert all(each.confidence < UNLIKELY for each in line if not each.accepted)
    return [place for place, each in enumerate(line) if not each.accepted]


def test_digits_as_people_write_them_are_not_doubted(number):
    assert doubt_unlikely([number], is_ruled=True) == [list(number)]


def test_a_digit_far_lower_than_its_neighbours_is_doubted(number):
    median = int(np.median([each.box.height for each in number]))
    low, lower = (number[1].box._replace(height=median // share) for share in (3, 10))
    assert doubted([changed(number, 1, box=low)]) == []
    assert doubted([changed(number, 1, box=lower)]) == [1]


def test_boxes_that_overlap_almost_wholly_are_doubted(number):
    inside = Box(*np.add(number[0].box, (2, 2, -4, -4)).tolist())
    beside = number[0].box._replace(left=number[0].box.left + number[0].box.width // 2)
    assert doubted([changed(number, 1, box=beside)]) == []
    assert doubted([changed(number, 1, box=inside)]) == [0, 1]


def test_the_boxes_of_different_lines_are_compared(number):
    one, other = doubt_unlikely([number[:2], number[1:2]], is_ruled=False)
    assert [each.accepted for each in (*one, *other)] == [True, False, False]


@pytest.mark.parametrize(
    ("width", "height", "is_doubted"),
    [(80, 19, True), (50, 90, True), (18, 90, True), (12, 90, False)],
)
def test_a_block_of_ink_is_doubted_unless_it_is_a_narrow_stroke(number, width, height, is_doubted):
    ink = np.pad(np.full((height, width), 255, np.uint8), 1)
    steps = {**number[2].steps, "digit": ink}
    assert doubted([changed(number, 2, steps=steps)]) == [2] * is_doubted


@pytest.mark.parametrize("pen", [8, 16, 25])
def test_a_one_of_one_thick_stroke_is_not_doubted(number, pen):
    """Its ends are round."""
    page = np.zeros((140, 60), np.uint8)
    cv2.line(page, (30, 30), (30, 110), 255, pen, cv2.LINE_AA)
    steps = {**number[2].steps, "digit": page}
    assert doubted([changed(number, 2, steps=steps)]) == []


def test_only_ones_beside_ruled_lines_are_doubted(number):
    ones = [each for each in number if each.digit == 1]
    assert doubted([ones]) == []
    assert doubted([ones], is_ruled=True) == [0, 1]


@pytest.mark.parametrize("width", [40, 79, 120])
def test_the_bars_of_a_chart_are_not_accepted(width):
    page = np.full((700, 600), 255, np.uint8)
    for left, top in ((40, 400), (180, 450), (320, 430), (460, 380)):
        cv2.rectangle(page, (left, top), (left + width, 620), 60, -1)
    reading = digitrec.read_digits(page)
    assert len(reading.predictions) > 1
    assert not reading.accepted


class Sure(LiteModel):
    """A network of another script, in which a dash is a digit."""

    def predict_on_batch(self, images):
        return np.eye(10, dtype=np.float32)[[5] * len(images)]


def test_what_is_no_digit_here_may_be_one_of_another_script():
    page = np.full((220, 560), 255, np.uint8)
    cv2.line(page, (200, 110), (260, 110), 0, 18, cv2.LINE_AA)
    other = Sure(SHIPPED.with_suffix(".tflite").read_bytes())
    assert digitrec.read_digits(page).confidence < UNLIKELY
    assert digitrec.read_digits(page, other).confidence > UNLIKELY
