import cv2
import numpy as np

from digitrec.preprocess.touching import cheapest_path


def test_a_cut_between_digits_that_touch_goes_through_the_least_ink():
    """A 1 that leans on a 0: the only ink on the way is where they touch."""
    ink = np.zeros((300, 400), np.uint8)
    cv2.line(ink, (100, 50), (100, 250), 255, 20)
    cv2.ellipse(ink, (180, 150), (70, 100), 0, 0, 360, 255, 20)
    path = np.rint(cheapest_path(ink, 100, 180)).astype(int)
    assert ((path > 100) & (path < 180)).all()
    assert np.mean(ink[np.arange(300), path] > 127) < 0.2


def test_a_cut_bends_around_slanted_digits():
    ink = np.zeros((200, 400), np.uint8)
    for foot in (100, 160):
        cv2.line(ink, (foot, 190), (foot + 90, 10), 255, 12)
    path = np.rint(cheapest_path(ink, 145, 205)).astype(int)
    assert not ink[np.arange(200), path].any()
    assert path[0] > path[-1]


def test_without_ink_a_cut_is_halfway():
    path = cheapest_path(np.zeros((80, 200), np.uint8), 40, 120)
    np.testing.assert_allclose(path, 80, atol=2)


def test_at_the_edge_there_is_room_for_a_cut():
    """Of the first and of the last digit the neighbour would be beyond the picture."""
    ink = np.full((40, 60), 255, np.uint8)
    for left, right in ((-30, 5), (50, 90), (70, 90)):
        path = cheapest_path(ink, left, right)
        assert (path >= 0).all()
        assert (path <= 60).all()
