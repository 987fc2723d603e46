import cv2
import numpy as np
import pytest

from digitrec.preprocess.left_out import leave_out
from digitrec.preprocess.normalize import normalize
from digitrec.preprocess.segment import find_digit

STEPS = ["paper", "ink", "digit", "strokes", "28 × 28", "resized only"]


def seven(pen=12, paper=255, ink=0):
    page = np.full((280, 280), paper, np.uint8)
    points = np.array([(90, 80), (190, 80), (130, 220)])
    return cv2.polylines(page, [points], False, ink, pen, cv2.LINE_AA)


def left_out(grey):
    rgb = cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)
    digit = find_digit(rgb)
    return leave_out(digit.page, digit.ink), normalize(digit.ink)


def test_every_step_is_left_out_once():
    images, _ = left_out(seven())
    assert list(images) == STEPS
    for image in images.values():
        assert (image.shape, image.dtype) == ((28, 28), np.float32)
        assert 0 <= image.min() <= image.max() <= 1


def test_a_clean_drawing_needs_few_steps():
    images, prepared = left_out(seven())
    for step in ("paper", "digit"):
        assert np.abs(images[step] - prepared).mean() < 0.02


@pytest.mark.parametrize(("paper", "ink"), [(255, 0), (0, 255)])
def test_without_ink_dark_ink_stays_dark(paper, ink):
    images, prepared = left_out(seven(paper=paper, ink=ink))
    np.testing.assert_array_equal(images["ink"], 1 - prepared if ink == 0 else prepared)


def test_without_strokes_fat_ones_stay_fat():
    images, prepared = left_out(seven(pen=40))
    assert images["strokes"].sum() > 1.3 * prepared.sum()


def test_without_28_by_28_the_digit_reaches_every_edge():
    images, _ = left_out(seven())
    filled = images["28 × 28"] > 0.2
    assert all(edge.any() for edge in (filled[0], filled[-1], filled[:, 0], filled[:, -1]))


def test_only_resized_a_digit_stays_where_it_was():
    page = np.full((280, 280), 255, np.uint8)
    page[:140, :140] = cv2.resize(seven(), (140, 140))
    images, prepared = left_out(page)
    assert images["resized only"][:14, :14].sum() > 0.9 * images["resized only"].sum()
    assert prepared[:14, :14].sum() < 0.6 * prepared.sum()


def test_without_paper_a_shadow_counts_as_ink():
    shadow = np.linspace(1, 0.25, 280)
    images, prepared = left_out((seven() * shadow).astype(np.uint8))
    assert images["paper"] is None or np.abs(images["paper"] - prepared).mean() > 0.1


def test_what_cannot_be_found_is_none():
    """Red ink is as bright as green paper, and differs only in colour."""
    green, red = (0, 130, 0), (255, 0, 0)
    rgb = np.full((280, 280, 3), green, np.uint8)
    cv2.line(rgb, (140, 60), (140, 220), red, 12)
    digit = find_digit(rgb)
    assert leave_out(digit.page, digit.ink)["paper"] is None
