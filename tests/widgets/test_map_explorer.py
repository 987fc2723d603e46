import numpy as np
import pytest

import digitrec

POINTS = np.array([[0.0, 0.0], [1.0, 0.0], [10.0, 5.0]], np.float32)
IMAGES = np.random.default_rng(0).integers(0, 256, (3, 28, 28), np.uint8)
LABELS = np.array([3, 5, 7])


@pytest.fixture
def explorer():
    return digitrec.MapExplorer(POINTS, IMAGES, LABELS)


def shown(explorer):
    return explorer.widget.children[1].value


def captions(explorer):
    return [part.split("<")[0] for part in shown(explorer).split("<figcaption>")[1:]]


def test_it_invites_to_point_at_a_place(explorer):
    assert "Point at a place" in shown(explorer)


def test_the_digits_near_the_pointer_are_shown_the_nearest_first(explorer):
    explorer.view.near = 0
    assert captions(explorer) == ["3", "5", "7"]
    assert shown(explorer).count("<img") == 3


def test_points_fill_the_map_with_up_being_up(explorer):
    places = np.frombuffer(explorer.view.points, np.float32).reshape(-1, 2)
    assert (places > 0).all()
    assert (places < 1).all()
    assert places[2, 0] > 0.9 > 0.2 > places[2, 1]


def test_your_own_digit_is_marked_among_its_neighbours(explorer):
    explorer.mark(np.array([9.0, 5.0]))
    assert explorer.view.near == 2
    assert len(explorer.view.mark) == 8


@pytest.mark.parametrize("near", [-5, 3, 10**9])
def test_a_point_that_is_not_there_shows_nothing(explorer, near):
    explorer.view.near = near
    assert "<img" not in shown(explorer)


def test_what_does_not_fit_is_named():
    with pytest.raises(ValueError, match="3 points, 3 images and 2 labels"):
        digitrec.MapExplorer(POINTS, IMAGES, LABELS[:2])
