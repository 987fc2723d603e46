import time

import numpy as np
import pytest

from digitrec.widgets.sketch import Sketch


def dotted(*points):
    sketch = Sketch(pen=20)
    for point in points:
        sketch.press(*point)
        sketch.release()
    return sketch


def test_a_sketch_is_empty_until_something_is_drawn():
    sketch = Sketch(width=640, height=240)
    assert sketch.to_array().shape == (240, 640)
    assert sketch.to_array().dtype == np.uint8
    assert not sketch.to_array().any()


def test_a_stroke_is_as_wide_as_the_pen_and_round_at_its_ends():
    sketch = Sketch(pen=20)
    sketch.press(50, 100)
    sketch.move(150, 100)
    ink = sketch.to_array() > 127
    assert 19 <= ink[:, 100].sum() <= 22
    assert ink[100, 42:159].all()
    assert not ink[92, 41]  # a square end would have ink here


def test_joined_strokes_have_no_gap_at_a_sharp_corner():
    """The corner is round: full ink as far as half a pen around it."""
    sketch = Sketch(pen=20)
    sketch.press(50, 50)
    sketch.move(150, 150)
    sketch.move(50, 151)
    ink = sketch.to_array() > 127
    assert ink[150, 150 : 150 + 9].all()


def test_a_fast_circle_is_round_though_it_has_few_points():
    """Sixteen points, 31 pixels apart: its outline stays within 1.5 pixels of a circle."""
    sketch = Sketch(pen=20)
    angles = np.linspace(0, 2 * np.pi, 17)
    sketch.press(220, 140)
    for angle in angles[1:]:
        sketch.move(140 + 80 * np.cos(angle), 140 + 80 * np.sin(angle))
    rows, columns = np.nonzero(sketch.to_array() > 127)
    bearings = np.arctan2(rows - 140, columns - 140)
    away = np.hypot(rows - 140, columns - 140)
    outline = [away[abs(bearings - bearing) < 0.05].max() for bearing in np.linspace(-3, 3, 60)]
    assert np.ptp(outline) < 3


def test_a_stroke_drawn_on_in_parts_is_the_same():
    stroke = Sketch(pen=20)
    stroke.press(20, 20)
    points = [(60, 30), (90, 80), (40, 90), (30, 200)]
    path, bends = [(20, 20)], 0
    for point in points:
        stroke.move(*point)
        path += stroke.strokes[0].path(bends, ended=False)[1:]
        bends = len(stroke.strokes[0].points) - 1
    path += stroke.strokes[0].path(bends)[1:]
    assert path == stroke.strokes[0].path()


def pressed(*points):
    """A stroke of (x, y, share of the pen's width)."""
    sketch = Sketch(pen=20)
    sketch.press(*points[0])
    for point in points[1:]:
        sketch.move(*point)
    return sketch


def test_a_stroke_is_wider_where_the_pen_is_pressed_harder():
    ink = pressed((40, 140, 0.75), (140, 140, 0.75), (240, 140, 1.25)).to_array() > 127
    assert ink[:, 60].sum() == pytest.approx(15, abs=2)
    assert ink[:, 220].sum() == pytest.approx(25, abs=2)
    columns = np.nonzero(ink.any(axis=0))[0]
    assert (columns.min(), columns.max()) == pytest.approx((40 - 7.5, 240 + 12.5), abs=1)


def test_a_stroke_of_one_width_is_drawn_as_one_line():
    places = [(40, 40), (140, 100), (60, 200)]
    without, with_share = pressed(*places), pressed(*((*place, 1) for place in places))
    np.testing.assert_array_equal(without.to_array(), with_share.to_array())
    (stroke,) = with_share.strokes
    assert stroke.pieces(0, 3) == [(20, stroke.path())]


def test_the_pieces_of_a_stroke_are_its_path():
    sketch = pressed((40, 40, 0.8), (140, 100, 0.8), (60, 200, 1.2), (90, 30, 1), (9, 9, 1))
    (stroke,) = sketch.strokes
    pieces = stroke.pieces(0, 5)
    assert [width for width, _ in pieces] == [16, 24, 20]
    path = pieces[0][1][:1]
    for _, line in pieces:
        assert line[0] == path[-1]  # no gap
        path += line[1:]
    assert path == stroke.path()


@pytest.mark.parametrize(
    ("share", "width"), [(3, 25), (-1, 15), (10**400, 25), (np.float32(1), 20), (0, 15)]
)
def test_no_pressure_makes_more_of_a_pen_than_it_may(share, width):
    (stroke,) = pressed((40, 40, share), (90, 40, share)).strokes
    assert stroke.widths == [width, width]


@pytest.mark.parametrize("share", [np.nan, np.inf, None, "1", [1], 1j])
def test_places_with_a_pressure_that_is_no_finite_number_leave_no_ink(share):
    sketch = pressed((40, 40, share), (90, 40))
    assert sketch.strokes == []
    sketch = pressed((40, 40), (60, 40, share), (90, 40))
    assert sketch.strokes[0].points == [(40, 40), (90, 40)]


def test_a_click_leaves_a_dot():
    sketch = dotted((30, 40))
    rows, columns = np.nonzero(sketch.to_array() > 127)
    assert (rows.mean().round(), columns.mean().round()) == (40, 30)
    assert np.ptp(rows) + 1 == pytest.approx(20, abs=2)


def test_moving_without_the_pen_down_draws_nothing():
    sketch = Sketch()
    sketch.move(10, 10)
    assert sketch.strokes == []


def test_another_pen_leaves_earlier_strokes_as_they_are():
    sketch = dotted((60, 60))
    before = sketch.to_array()
    sketch.pen = 40
    sketch.press(200, 200)
    after = sketch.to_array()
    np.testing.assert_array_equal(after[:120], before[:120])
    assert (after[180:] > 127).sum() > 3 * (before > 127).sum()


def test_undo_takes_the_last_stroke_and_clear_all():
    sketch = dotted((60, 60), (200, 200))
    sketch.undo()
    np.testing.assert_array_equal(sketch.to_array(), dotted((60, 60)).to_array())
    sketch.clear()
    sketch.undo()  # of nothing is nothing
    assert not sketch.to_array().any()


def test_undo_lifts_the_pen():
    sketch = Sketch()
    sketch.press(10, 10)
    sketch.undo()
    sketch.move(20, 20)
    assert sketch.strokes == []


def test_two_sketches_share_no_ink():
    Sketch().press(10, 10)
    assert not Sketch().to_array().any()


@pytest.mark.parametrize(
    "place", [(np.nan, 10), (10, np.inf), (-np.inf, 10), (None, 10), ("10", 10), (10, 1j)]
)
def test_places_that_are_no_finite_numbers_leave_no_ink(place):
    sketch = Sketch()
    sketch.press(*place)
    assert not sketch.drawing
    sketch.press(100, 100)
    sketch.move(*place)
    sketch.move(200, 100)
    assert sketch.strokes[0].points == [(100, 100), (200, 100)]


@pytest.mark.parametrize(
    "far", [1e308, -1e308, 3e9, 10**400], ids=["far", "far left", "far enough", "farther"]
)
def test_a_line_to_a_place_far_away_leaves_the_paper_straight(far):
    sketch = Sketch(pen=20)
    sketch.press(140, 100)
    sketch.move(far, 100)
    ink = sketch.to_array() > 127
    rows, columns = np.nonzero(ink)
    assert (rows.min(), rows.max()) == (90, 110)
    outwards = columns.max() if far > 0 else 279 - columns.min()
    assert outwards == 279


def scribble(sketch, count):
    """So many points in one stroke, round and round."""
    for number in range(count):
        angle, radius = number / 20, 90 + 30 * np.sin(number / 700)
        place = float(140 + radius * np.cos(angle)), float(140 + radius * np.sin(angle))
        (sketch.move if number else sketch.press)(*place)


def test_a_drawing_looked_at_while_it_grows_is_the_same():
    """Ink of earlier looks is kept; also of a stroke that has not ended, and of one taken back."""
    watched, other = Sketch(pen=20), Sketch(pen=20)
    for number in range(3):
        for sketch in (watched, other):
            sketch.pen = 10 + 5 * number
            sketch.press(20, 40 + 60 * number)
            for x in range(30, 270, 20):
                sketch.move(x, 40 + 60 * number + x % 7, 0.6 + x % 11 // 4 / 5)
                if sketch is watched:
                    watched.to_array()[:] = 7  # a copy: whoever looks may write on it
            sketch.release()
            if number == 1:
                sketch.undo()
    np.testing.assert_array_equal(watched.to_array(), other.to_array())
    assert len(watched.strokes) == 2


def test_a_hundred_thousand_points_of_one_stroke_are_drawn_once():
    """In 1 second of processor time; each look at the drawing used to take 9."""
    sketch = Sketch()
    started = time.process_time()
    scribble(sketch, 100_000)
    for x in range(20):
        sketch.move(x, 140)
        assert sketch.to_array().any()
    assert time.process_time() - started < 15


def test_ten_thousand_strokes_are_drawn_once():
    """In 1 second of processor time, which each look at the drawing used to take."""
    sketch = Sketch()
    started = time.process_time()
    for number in range(10_000):
        sketch.press(number % 280, 20)
        for y in range(40, 240, 20):
            sketch.move(number % 280, y)
        sketch.release()
        if number % 100 == 0:
            assert sketch.to_array().any()
    assert time.process_time() - started < 15
