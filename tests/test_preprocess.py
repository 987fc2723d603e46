import cv2
import numpy as np
import pytest

from digitrec.picture import PictureError, open_picture
from digitrec.preprocess import find_ink, to_mnist
from digitrec.segment import find_digit


def five(pen=22):
    """A page with a 5 of a bar and two bows, uint8, 255 is ink."""
    page = np.zeros((280, 280), np.uint8)
    bow = cv2.ellipse2Poly((135, 170), (42, 45), 0, -110, 140, 5)
    points = np.array([(180, 75), (110, 75), (107, 135), *bow.tolist()])
    cv2.polylines(page, [points], False, 255, pen, cv2.LINE_AA)
    return page


def read(ink_or_rgb):
    return to_mnist(find_digit(open_picture(ink_or_rgb)).ink)


def difference(one, other):
    """Absolute difference as a share of the ink, wherever rounding put the centre of mass."""
    shifts = [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    return min(np.abs(one - np.roll(other, by, axis=(0, 1))).sum() for by in shifts) / one.sum()


PAGE = five()
STANDARD = read(PAGE)


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


# What must not matter


def test_the_measure_tells_digits_apart():
    """What the tests below call the same is far from what another digit would give."""
    other = np.zeros_like(PAGE)
    cv2.circle(other, (140, 140), 60, 255, 22)
    assert difference(STANDARD, read(other)) > 0.6
    assert difference(STANDARD, read(PAGE[:, ::-1])) > 0.6


@pytest.mark.parametrize("shift", [(-40, -60), (-30, 40), (40, 60), (45, -60)])
def test_position_on_the_page_does_not_matter(shift):
    np.testing.assert_array_equal(read(np.roll(PAGE, shift, axis=(0, 1))), STANDARD)


@pytest.mark.parametrize("factor", [0.25, 0.5, 2, 4, 12])
def test_size_does_not_matter(factor):
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    page = cv2.resize(PAGE, None, fx=factor, fy=factor, interpolation=method)
    assert difference(STANDARD, read(page)) < 0.2


def test_polarity_does_not_matter():
    np.testing.assert_array_equal(read(255 - PAGE), STANDARD)


@pytest.mark.parametrize("border", [1, 20, 200, 1000])
def test_more_paper_around_does_not_matter(border):
    page = cv2.copyMakeBorder(PAGE, *4 * [border], cv2.BORDER_CONSTANT)
    assert difference(STANDARD, read(page)) < 0.1


@pytest.mark.parametrize("pen", [2, 6, 14, 36])
def test_thickness_of_the_pen_hardly_matters(pen):
    assert difference(STANDARD, read(five(pen=pen))) < 0.35


def test_a_hairline_on_a_large_page_does_not_fade():
    page = np.zeros((1400, 1400), np.uint8)
    cv2.ellipse(page, (700, 700), (400, 600), 0, 0, 360, 255, 2)
    image = read(page)
    assert image.max() == 1
    assert image.sum() == pytest.approx(read(five()).sum(), rel=0.5)


@pytest.mark.parametrize("contrast", [0.12, 0.3, 0.7])
def test_contrast_does_not_matter(contrast):
    page = (200 - contrast * 200 * (PAGE / 255)).astype(np.uint8)
    assert difference(STANDARD, read(page)) < 0.1


@pytest.mark.parametrize("ink", [(20, 20, 160), (200, 30, 30), (250, 220, 40), (0, 130, 0)])
def test_colour_of_the_ink_does_not_matter(ink):
    share = PAGE[..., np.newaxis] / 255
    page = ((1 - share) * 250 + share * ink).astype(np.uint8)
    assert difference(STANDARD, read(page)) < 0.1


def test_uneven_light_does_not_matter():
    y, x = np.mgrid[:280, :280] / 280
    light = 1 - 0.6 * (x + y) / 2
    assert difference(STANDARD, read(((255 - 0.8 * PAGE) * light).astype(np.uint8))) < 0.15


def test_a_hard_shadow_does_not_matter():
    page = 255 - 0.8 * PAGE
    page[:, :90] *= 0.55
    assert difference(STANDARD, read(page.astype(np.uint8))) < 0.15


def test_a_dark_corner_does_not_turn_paper_into_ink():
    """A vignette can make more than half of a photo darker than its middle."""
    y, x = np.mgrid[-1:1:280j, -1:1:280j]
    light = 1 - 0.45 * (x**2 + y**2)
    assert difference(STANDARD, read(((255 - 0.8 * PAGE) * light).astype(np.uint8))) < 0.2


def test_a_table_beside_the_paper_is_not_ink():
    page = cv2.copyMakeBorder(255 - PAGE, 0, 90, 0, 0, cv2.BORDER_CONSTANT, value=25)
    assert difference(STANDARD, read(page)) < 0.1


def test_noise_and_specks_do_not_matter():
    noisy = 255 - 0.8 * PAGE + np.random.default_rng(0).normal(0, 6, PAGE.shape)
    noisy[250:253, 20:24] = 30
    assert difference(STANDARD, read(noisy.clip(0, 255).astype(np.uint8))) < 0.15


def test_the_edge_of_the_page_is_not_ink():
    page = 255 - PAGE
    page[:6] = 20
    page[:, -9:] = 40
    assert difference(STANDARD, read(page)) < 0.05


def test_holes_of_a_fat_digit_stay_open():
    page = np.zeros((280, 280), np.uint8)
    cv2.circle(page, (140, 140), 70, 255, 100)
    image = read(page)
    assert image[14, 14] < 0.1 < image[14].max()


# Input of the wrong kind


def test_to_mnist_wants_ink_in_two_dimensions():
    with pytest.raises(ValueError, match="2-D uint8"):
        to_mnist(np.zeros((28, 28, 3), np.uint8))
    with pytest.raises(ValueError, match="2-D uint8"):
        to_mnist(np.ones((28, 28)))
    with pytest.raises(PictureError, match="blank"):
        to_mnist(np.zeros((28, 28), np.uint8))


def test_find_ink_keeps_the_soft_edges():
    ink = find_ink(open_picture(255 - PAGE)).ink
    assert set(np.unique(ink)) > {0, 255}
    assert np.abs(ink.astype(int) - PAGE).mean() < 2


@pytest.mark.parametrize("contrast", np.linspace(0.1, 1, 19).round(2))
def test_paper_has_no_ink_at_all(contrast):
    """Else the box of a digit, and with it the digit, would be larger than its strokes."""
    page = (255 - contrast * PAGE).astype(np.uint8)
    assert not find_ink(open_picture(page)).ink[:40].any()
