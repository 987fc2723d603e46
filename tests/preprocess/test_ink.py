import cv2
import numpy as np
import pytest
from pages import PAGE, STANDARD, difference, read

from digitrec.preprocess.ink import find_ink
from digitrec.preprocess.picture import open_picture

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


def test_polarity_does_not_matter():
    np.testing.assert_array_equal(read(255 - PAGE), STANDARD)


@pytest.mark.parametrize("border", [1, 20, 200, 1000])
def test_more_paper_around_does_not_matter(border):
    page = cv2.copyMakeBorder(PAGE, *4 * [border], cv2.BORDER_CONSTANT)
    assert difference(STANDARD, read(page)) < 0.1


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


@pytest.mark.parametrize("turns", range(4))
def test_the_sun_in_one_corner_does_not_turn_paper_into_ink(turns):
    """What the sun leaves dark is most of the page, and still paper."""
    light = np.full(PAGE.shape, 0.45)
    cv2.fillPoly(light, [np.array([(0, 0), (150, 0), (0, 120)])], 1.0)
    page = (255 - 0.8 * PAGE) * np.rot90(light, turns)
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


def test_find_ink_keeps_the_soft_edges():
    ink = find_ink(open_picture(255 - PAGE)).ink
    assert set(np.unique(ink)) > {0, 255}
    assert np.abs(ink.astype(int) - PAGE).mean() < 2


@pytest.mark.parametrize("contrast", np.linspace(0.1, 1, 19).round(2))
def test_paper_has_no_ink_at_all(contrast):
    """Else the box of a digit, and with it the digit, would be larger than its strokes."""
    page = (255 - contrast * PAGE).astype(np.uint8)
    assert not find_ink(open_picture(page)).ink[:40].any()


# Paper of one colour, as drawing programs leave it


@pytest.mark.parametrize(
    ("paper", "ink"),
    [
        (255, 0),
        (0, 255),
        (200, 60),
        (90, 230),
        ((250, 240, 200), (20, 30, 160)),
        ((20, 40, 60), (240, 230, 200)),
    ],
)
def test_paper_of_one_colour_is_taken_as_it_is_with_the_same_ink(paper, ink):
    """One pixel of another level makes it paper that has to be estimated."""
    paper, ink = np.broadcast_to(paper, 3), np.broadcast_to(ink, 3)
    share = PAGE[..., np.newaxis] / 255
    page = np.rint(paper + share * (ink - paper)).astype(np.uint8)
    estimated = page.copy()
    estimated[0, 0] = np.where(paper < 128, paper + 1, paper - 1)
    flat, uneven = find_ink(page), find_ink(estimated)
    assert (flat.paper == paper).all()
    assert not (uneven.paper == paper).all()
    np.testing.assert_allclose(flat.ink.astype(int), uneven.ink, atol=1)


def test_a_card_on_a_background_of_one_colour_is_not_ink():
    """It is wider than any stroke, and has ink of its own."""
    page = np.full((280, 280), 255, np.uint8)
    page[50:240, 70:250] = 150
    cv2.line(page, (160, 90), (160, 200), 20, 12)
    ink = find_ink(open_picture(page)).ink
    assert ink[100:190, 157:164].min() > 200
    assert not ink[100:190, 100:145].any()


@pytest.mark.parametrize(("column", "margin"), [([250, 0, 0, 250], 0), ([0, 0, 0, 0], 20)])
def test_four_rows_of_one_pixel_are_ink_like_any_others(column, margin):
    """OpenCV takes an array of that shape for a colour, of whatever picture."""
    page = np.pad(np.array([column], np.uint8).T, margin, constant_values=250)
    ink = find_ink(open_picture(page)).ink
    np.testing.assert_array_equal(ink, np.where(page == 0, 255, 0))
