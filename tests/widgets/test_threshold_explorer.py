import numpy as np
import pytest

import digitrec
from digitrec.model.risk import Outcome

LABELS = np.array([1, 2, 3, -1])
ANSWERS = np.zeros((4, 10))
ANSWERS[[0, 1, 2, 3], [1, 7, 3, 5]] = 0.9, 0.8, 0.8, 0.95
IMAGES = np.random.default_rng(0).integers(0, 256, (4, 28, 28), np.uint8)


@pytest.fixture
def explorer():
    return digitrec.ThresholdExplorer(ANSWERS, LABELS, IMAGES)


def shown(explorer):
    return explorer.widget.children[1].value


def test_it_begins_at_the_threshold_in_use(explorer):
    assert explorer.threshold.value == 0.85
    assert explorer.outcome == Outcome(correct=1, wrong=1, refused_correct=1, refused_wrong=1)


def test_errors_are_traded_for_refusals_as_the_slider_moves(explorer):
    before = shown(explorer)
    explorer.threshold.value = 0.5
    assert explorer.outcome == Outcome(2, 2, 0, 0)
    assert explorer.errors.tolist() == [3, 1]  # the most confident first
    assert shown(explorer) != before
    assert shown(explorer).count("<img") == 2
    assert "as 5" in shown(explorer)
    explorer.threshold.value = 1
    assert explorer.outcome == Outcome(0, 0, 2, 2)
    assert shown(explorer).count("<img") == 0


def test_images_are_optional():
    explorer = digitrec.ThresholdExplorer(ANSWERS, LABELS)
    assert "<img" not in shown(explorer)
    assert "accepted, wrong" in shown(explorer)


def test_a_curve_of_many_answers_has_few_points():
    rng = np.random.default_rng(0)
    explorer = digitrec.ThresholdExplorer(rng.random((20_000, 10)), rng.integers(0, 10, 20_000))
    assert len(shown(explorer)) < 10_000


@pytest.mark.parametrize("images", [IMAGES[:3], IMAGES[:0]])
def test_images_that_do_not_fit_are_named(images):
    with pytest.raises(ValueError, match="4 labels"):
        digitrec.ThresholdExplorer(ANSWERS, LABELS, images)
