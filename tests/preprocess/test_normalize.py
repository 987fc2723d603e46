import cv2
import numpy as np
import pytest
from pages import PAGE, STANDARD, difference, five, read

from digitrec.preprocess.errors import PictureError
from digitrec.preprocess.normalize import normalize

# What MNIST images have in common


def test_the_field_is_that_of_mnist():
    assert STANDARD.shape == (28, 28)
    assert STANDARD.dtype == np.float32
    assert STANDARD.min() == 0
    assert STANDARD.max() == 1


def test_the_longer_side_is_20_pixels():
    for page in (PAGE, cv2.resize(PAGE, (280, 120)), cv2.resize(PAGE, (90, 280))):
        rows, columns = np.nonzero(read(page) > 0.1)
        assert max(np.ptp(rows), np.ptp(columns)) + 1 in (19, 20)


def test_the_centre_of_mass_is_in_the_middle():
    y, x = np.mgrid[:28, :28]
    assert abs((STANDARD * y).sum() / STANDARD.sum() - 14) <= 0.5
    assert abs((STANDARD * x).sum() / STANDARD.sum() - 14) <= 0.5


@pytest.mark.parametrize("factor", [0.25, 0.5, 2, 4, 12])
def test_size_does_not_matter(factor):
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    page = cv2.resize(PAGE, None, fx=factor, fy=factor, interpolation=method)
    assert difference(STANDARD, read(page)) < 0.2


@pytest.mark.parametrize("pen", [2, 6, 14, 36])
def test_thickness_of_the_pen_hardly_matters(pen):
    assert difference(STANDARD, read(five(pen=pen))) < 0.35


def test_a_hairline_on_a_large_page_does_not_fade():
    page = np.zeros((1400, 1400), np.uint8)
    cv2.ellipse(page, (700, 700), (400, 600), 0, 0, 360, 255, 2)
    image = read(page)
    assert image.max() == 1
    assert image.sum() == pytest.approx(read(five()).sum(), rel=0.5)


def test_holes_of_a_fat_digit_stay_open():
    page = np.zeros((280, 280), np.uint8)
    cv2.circle(page, (140, 140), 70, 255, 100)
    image = read(page)
    assert image[14, 14] < 0.1 < image[14].max()


# Input of the wrong kind


def test_normalize_wants_ink_in_two_dimensions():
    with pytest.raises(ValueError, match="2-D uint8"):
        normalize(np.zeros((28, 28, 3), np.uint8))
    with pytest.raises(ValueError, match="2-D uint8"):
        normalize(np.ones((28, 28)))
    with pytest.raises(PictureError, match="blank"):
        normalize(np.zeros((28, 28), np.uint8))
