import cv2
import numpy as np
import pytest

from digitrec.preprocess.connected import connected
from digitrec.preprocess.errors import PictureError
from digitrec.preprocess.ink import Page
from digitrec.preprocess.pieces import Box, Piece, box_around, find_pieces


def pieces_of(ink):
    rgb = np.repeat(255 - ink[..., np.newaxis], 3, axis=2)
    return find_pieces(Page(rgb, np.full_like(rgb, 255), ink))


@pytest.fixture
def ink():
    """A firm stroke in the middle."""
    ink = np.zeros((300, 400), np.uint8)
    cv2.line(ink, (200, 60), (200, 240), 255, 12)
    return ink


def test_dirt_is_not_a_piece(ink):
    ink[30:34, 300:304] = 255
    assert len(pieces_of(ink).kept) == 1


def test_what_lies_along_the_edge_is_not_a_piece(ink):
    ink[:40] = 255
    (piece,) = pieces_of(ink).kept
    assert piece.box.height > 150


def test_a_digit_may_touch_the_edge(ink):
    ink[:] = np.roll(ink, -54, axis=0)
    (piece,) = pieces_of(ink).kept
    assert piece.box.top == 0


def test_a_pale_part_belongs_to_its_stroke_but_is_nothing_alone(ink):
    ink[150:200][ink[150:200] > 0] = 70
    ink[100:160, 300:310] = 70
    (piece,) = pieces_of(ink).kept
    assert piece.box.height > 180


def test_blank_paper_is_an_error():
    with pytest.raises(PictureError, match="is blank"):
        pieces_of(np.zeros((50, 50), np.uint8))


def test_a_digit_is_cut_out_with_its_box_in_the_picture(ink):
    pieces = pieces_of(ink)
    digit = pieces.cut_out(pieces.kept, factor=0.5)
    assert digit.ink.max() == 255
    assert digit.page is pieces.page
    np.testing.assert_allclose(digit.box, (388, 108, 26, 386), atol=6)


def test_pieces_have_their_boxes_from_the_heaviest_to_the_lightest(ink):
    ink[100:201, 320:331] = 255
    first, second = pieces_of(ink).kept
    np.testing.assert_allclose(first.box, (194, 54, 13, 193), atol=2)
    assert second.box == Box(320, 100, 11, 101)


@pytest.mark.parametrize("places", [[], [(20, 30)], [(20, 30), (70, 5)], [(0, 0), (89, 79)]])
def test_labels_and_statistics_are_those_of_opencv(places):
    inked = np.zeros((100, 90), np.uint8)
    for top, left in places:
        inked[top : top + 11, left : left + 3] = inked[top + 4, left : left + 11] = 1
    found = connected(inked)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(inked)
    assert count == len(places) + 1
    np.testing.assert_array_equal(found.labels, labels)
    np.testing.assert_array_equal(found.boxes, stats[1:, :4])
    np.testing.assert_array_equal(found.areas, stats[1:, cv2.CC_STAT_AREA])


def test_the_box_around_pieces():
    pieces = [Piece(Box(10, 20, 5, 5), 1), Piece(Box(2, 30, 4, 10), 2)]
    assert box_around(pieces) == Box(2, 20, 13, 20)


@pytest.mark.parametrize("pale", [80, 130])
def test_a_stamp_half_as_dark_as_the_ink_is_nothing(ink, pale):
    cv2.circle(ink, (80, 150), 60, pale, 8)
    (piece,) = pieces_of(ink).kept
    assert piece.box.left > 180
