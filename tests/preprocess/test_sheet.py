import cv2
import numpy as np
import pytest
from pages import five

from digitrec.preprocess.ink import PAPER_SIDE, reduce_to
from digitrec.preprocess.picture import open_picture
from digitrec.preprocess.segment import find_lines
from digitrec.preprocess.sheet import find_sheet, without_desk

HEIGHT, WIDTH = 600, 800
PLACES = [(240, 170), (380, 180), (520, 190)]  # left and top of three 5s


def plain(rng):
    return 90 + rng.normal(0, 3, (HEIGHT, WIDTH))


def wooden(rng):
    grain = np.sin(np.arange(HEIGHT) / 5)[:, np.newaxis] + rng.normal(0, 1, (HEIGHT, 1))
    return 110 + 12 * grain + rng.normal(0, 3, (HEIGHT, WIDTH))


def checked(rng):
    y, x = np.mgrid[:HEIGHT, :WIDTH] // 35
    return 235 - 70 * (x % 2 + y % 2) + rng.normal(0, 3, (HEIGHT, WIDTH))


def on_desk(desk=plain, turned=0, shadow=0, corner=(150, 90), size=(500, 400)):
    """A sheet with three 5s on a desk: shape (600, 800), uint8."""
    page = desk(np.random.default_rng(0))
    middle = corner[0] + size[0] / 2, corner[1] + size[1] / 2
    for moved, light in ((shadow, 40), (0, 230)):
        outline = cv2.boxPoints(((middle[0] + moved, middle[1] + moved), size, turned))
        cv2.fillConvexPoly(page, np.rint(outline).astype(np.int32), light)
    digit = cv2.resize(five()[55:235, 80:195], (64, 100)) / 255
    for left, top in PLACES:
        page[top : top + 100, left : left + 64] *= 1 - 0.8 * digit
    return cv2.GaussianBlur(page, (0, 0), 1).clip(0, 255).astype(np.uint8)


def boxes(page):
    return [digit.box for line in find_lines(open_picture(page)) for digit in line.digits]


def has_sheet(page):
    return find_sheet(reduce_to(PAPER_SIDE, open_picture(page))) is not None


@pytest.mark.parametrize("desk", [plain, wooden, checked])
@pytest.mark.parametrize("shadow", [0, 12])
@pytest.mark.parametrize("turned", [0, 6, -8])
def test_neither_the_desk_nor_the_edges_of_a_sheet_are_ink(desk, shadow, turned):
    found = boxes(on_desk(desk, turned, shadow))
    assert len(found) == 3
    np.testing.assert_allclose([box[:2] for box in found], PLACES, atol=8)


@pytest.mark.parametrize("corner", [(-300, -400), (200, -400), (-300, 100), (200, 100)])
def test_a_sheet_of_which_two_edges_show_is_found(corner):
    page = on_desk(corner=corner, size=(900, 900))
    assert has_sheet(page)
    assert len(boxes(page)) == 3


def test_the_picture_without_the_desk_is_all_paper():
    page = on_desk(wooden, shadow=12)
    without = without_desk(open_picture(page))
    assert without.shape == (HEIGHT, WIDTH, 3)
    assert without[:60].min() > 200
    np.testing.assert_array_equal(without[180:280, 240:600, 0], page[180:280, 240:600])


def test_paper_that_fills_the_picture_is_left_alone():
    rgb = open_picture(on_desk(corner=(-50, -50), size=(900, 900)))
    assert without_desk(rgb) is rgb


def test_uneven_light_has_no_edge():
    light = np.linspace(1, 0.3, WIDTH)[np.newaxis] * np.linspace(1, 0.5, HEIGHT)[:, np.newaxis]
    page = on_desk(corner=(-50, -50), size=(900, 900)) * light
    assert not has_sheet(page.astype(np.uint8))


def test_paper_half_in_the_shadow_of_a_book_is_one_sheet():
    page = on_desk(corner=(-50, -50), size=(900, 900))
    page[:, :400] //= 2
    assert not has_sheet(page)
    assert len(boxes(page)) == 3


def test_a_small_picture_is_no_desk():
    rgb = open_picture(cv2.resize(on_desk(), (280, 210)))
    assert without_desk(rgb) is rgb


def test_a_bright_0_is_no_sheet():
    page = np.zeros((300, 400), np.uint8)
    cv2.ellipse(page, (180, 150), (70, 100), 0, 0, 360, 255, 20)
    assert not has_sheet(page)


def test_a_pad_is_no_tablecloth():
    """Around a drawing there is one colour, and no camera sees that."""
    page = np.full((280, 840), 255, np.uint8)
    cv2.rectangle(page, (100, 40), (700, 240), 0, 8)
    assert not has_sheet(page)
