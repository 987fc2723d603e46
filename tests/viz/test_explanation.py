from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from conftest import ROOT
from matplotlib.colors import same_color

import digitrec
from digitrec import viz
from digitrec.recognize.explanation import Explanation, LeftOut, Neighbours
from digitrec.viz.axes import RED

IMAGE = np.random.default_rng(0).uniform(0, 1, (28, 28)).astype(np.float32)
PROBABILITIES = np.full(10, 0.0001, np.float32)
PROBABILITIES[[7, 1]] = 0.6, 0.399
NEIGHBOURS = Neighbours(np.zeros((5, 28, 28), np.uint8), np.arange(5, 10), np.arange(5) / 2)
EXPLANATION = Explanation(
    image=IMAGE,
    probabilities=PROBABILITIES,
    true=1,
    read=7,
    place=(1, 1),
    without_ink=IMAGE * 0.5,
    with_ink=-IMAGE,
    change=IMAGE * 0.04,
    neighbours=NEIGHBOURS,
    neighbours_of_other=NEIGHBOURS,
    left_out=(LeftOut("paper", None, None, 0.0), LeftOut("ink", IMAGE, 7, 0.99996)),
)


def texts(figure):
    """All that is written on a figure."""
    (ax,) = figure.axes
    return [text for text in ax.texts if text.get_text()]


def written(explanation):
    return [text.get_text() for text in texts(viz.plot_explanation(explanation))]


def test_it_says_what_was_read_what_is_alike_and_what_would_change_it():
    words = written(EXPLANATION)
    for text in (
        "Why 7, when it is 1?",
        "7: 60.0%\n1: 39.9%",
        "by up to 4.0%\nof full ink",
        "Now it is a 1",
        "adversarial: specks,\nnot a stroke",
        "Most alike of the 1s",
        "5, at 0.0",
        "9, at 2.0",
        "paper\nnothing found",
        "ink\n7: >99.9%",
    ):
        assert text in words


def test_without_a_true_digit_it_asks_about_the_second_likeliest():
    assert "Why 7, and not 1?" in written(replace(EXPLANATION, true=None))
    assert "Why 7, and not 1?" in written(replace(EXPLANATION, true=7))


def test_it_says_which_digit_of_a_number_and_who_decided():
    assert "Digit 2 of 5: Why 7, when it is 1?" in written(replace(EXPLANATION, place=(2, 5)))
    (question, *_) = written(replace(EXPLANATION, read=1))
    assert "Read as 1: the line network decided" in question


def test_a_change_with_strokes_or_none_is_not_called_adversarial():
    words = written(replace(EXPLANATION, change=-IMAGE))
    assert "you can see it:\na stroke changes" in words
    words = written(replace(EXPLANATION, change=None))
    assert "none found" in words
    assert not any("adversarial" in text for text in words)


def test_another_answer_without_a_step_is_red():
    figure = viz.plot_explanation(EXPLANATION)
    colours = {text.get_text(): text.get_color() for text in texts(figure)}
    assert same_color(colours["paper\nnothing found"], RED)
    assert not same_color(colours["ink\n7: >99.9%"], RED)


def test_without_preparation_there_is_no_row_for_it():
    whole, short = map(viz.plot_explanation, (EXPLANATION, replace(EXPLANATION, left_out=())))
    assert len(short.axes[0].images) == len(whole.axes[0].images) - 2
    assert short.get_figheight() < whole.get_figheight()
    assert whole.get_figwidth() <= viz.WIDTH


@pytest.mark.parametrize("name", ["photo_5.jpg", "rotated_2.jpg", "digit_0.png"])
def test_no_text_covers_another_one_or_leaves_the_figure(name):
    figure = viz.plot_explanation(digitrec.explain(ROOT / "test_images" / name))
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in texts(figure)]
    assert len(boxes) > 20
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    frame = figure.bbox
    assert all(box.x0 >= frame.x0 and box.x1 <= frame.x1 for box in boxes)
    assert all(box.y0 >= frame.y0 and box.y1 <= frame.y1 for box in boxes)
