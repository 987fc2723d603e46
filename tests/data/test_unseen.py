import subprocess
import sys

import numpy as np
import pytest
from conftest import ROOT

import digitrec
from digitrec.recognize.classify import ACCEPTED, classify

DRAWS = {"glyphs": digitrec.draw_glyphs, "shapes": digitrec.draw_shapes}


@pytest.mark.parametrize("kind", DRAWS)
def test_pictures_look_like_any_prepared_picture_and_the_seed_decides(kind):
    images = DRAWS[kind](100, seed=0)
    assert (images.shape, images.dtype) == ((100, 28, 28), np.uint8)
    for image in images:
        rows, columns = np.nonzero(image)
        assert max(np.ptp(rows), np.ptp(columns)) == pytest.approx(19, abs=1)
    np.testing.assert_array_equal(images, DRAWS[kind](100, seed=0))
    assert not np.array_equal(images, DRAWS[kind](100, seed=1))
    assert len(np.unique(images, axis=0)) > 70


def test_a_font_writes_the_characters_that_are_asked_for():
    """Digits of twelve printed fonts; the network reads most of them."""
    for digit in (2, 8):
        images = digitrec.draw_glyphs(20, 0, str(digit)).astype(np.float32) / 255
        assert np.mean(classify(images).argmax(axis=1) == digit) > 0.8


@pytest.mark.parametrize("choice", [{"characters": ""}, {"fonts": []}])
def test_nothing_to_draw_is_named(choice):
    with pytest.raises(ValueError, match="at least one"):
        digitrec.draw_glyphs(1, 0, **choice)


def test_matplotlib_is_not_loaded_for_its_fonts():
    code = "import sys, digitrec; digitrec.draw_glyphs(1, 0); print('matplotlib' in sys.modules)"
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout == "False\n"


def test_upside_down_digits_stay_in_their_place(mnist):
    (images, _), _ = mnist
    turned = digitrec.upside_down(images[:200])
    assert turned.dtype == np.uint8
    np.testing.assert_array_equal(digitrec.upside_down(turned), images[:200])
    place = np.arange(28)
    for one, other in zip(images[:200], turned, strict=True):
        for axis in (0, 1):
            means = [(each.sum(axis=axis) @ place) / each.sum() for each in (one, other)]
            assert means[0] == pytest.approx(means[1], abs=1)


def test_the_shipped_network_knows_which_upside_down_digits_are_digits(mnist):
    _, (images, labels) = mnist

    def sure(digits):
        turned = digitrec.upside_down(images[np.isin(labels, digits)][:300])
        return classify(turned.astype(np.float32) / 255).max(axis=1) >= ACCEPTED

    assert sure([0, 1, 8]).mean() > 0.8
    assert sure([3, 4, 7]).mean() < 0.5
