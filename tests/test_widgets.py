import datetime
import itertools

import ipywidgets
import numpy as np
import pytest
from conftest import ROOT
from traitlets import Bunch

import digitrec
from digitrec.widgets import SIDE, Sketch

SEVEN = [(80, 60), (200, 60), (130, 230)]


@pytest.fixture
def pad(network):
    return digitrec.DrawingCanvas(network)


def fire(pad, event, x=0.0, y=0.0):
    """What the browser would send."""
    place = {"x": x, "y": y}
    pad.canvas._handle_frontend_event(None, {"event": event, **place, "touches": [place]}, [])


def draw(pad, points, kind="mouse"):
    down, move, up = {
        "mouse": ("mouse_down", "mouse_move", "mouse_up"),
        "touch": ("touch_start", "touch_move", "touch_end"),
    }[kind]
    fire(pad, down, *points[0])
    for start, end in itertools.pairwise(points):
        for share in np.linspace(0, 1, 9)[1:]:
            fire(pad, move, *(np.array(start) * (1 - share) + np.array(end) * share))
    fire(pad, up, *points[-1])


# The sketch


def test_a_sketch_is_empty_until_something_is_drawn():
    assert not Sketch().to_array().any()
    assert Sketch().to_array().shape == (SIDE, SIDE)


def test_a_stroke_is_as_wide_as_the_pen_and_round_at_its_ends():
    sketch = Sketch(pen=20)
    sketch.press(50, 100)
    sketch.move(150, 100)
    ink = sketch.to_array() > 127
    assert 19 <= ink[:, 100].sum() <= 22
    assert ink[100, 42:159].all()
    assert not ink[92, 41]  # a square end would have ink here


def test_a_click_leaves_a_dot():
    sketch = Sketch(pen=20)
    sketch.press(30, 40)
    sketch.release()
    rows, columns = np.nonzero(sketch.to_array() > 127)
    assert (rows.mean().round(), columns.mean().round()) == (40, 30)
    assert np.ptp(rows) + 1 == pytest.approx(20, abs=2)


def test_moving_without_the_pen_down_draws_nothing():
    sketch = Sketch()
    sketch.move(10, 10)
    assert sketch.strokes == []


def test_two_sketches_share_no_ink():
    Sketch().press(10, 10)
    assert not Sketch().to_array().any()


# The pad


def test_a_blank_pad_asks_for_a_digit(pad):
    assert pad.prediction is None
    assert "Draw a digit" in pad.panel.value


@pytest.mark.parametrize("kind", ["mouse", "touch"])
def test_a_drawn_digit_is_read_and_shown(pad, kind):
    draw(pad, SEVEN, kind)
    assert pad.prediction.digit == 7
    assert f"{pad.prediction.confidence:.1%}" in pad.panel.value
    assert "data:image/png;base64," in pad.panel.value  # what the network saw


def test_prediction_follows_the_pen(pad, monkeypatch):
    """Also before the button is let go."""
    monkeypatch.setattr("digitrec.widgets.PAUSE", -1)
    fire(pad, "mouse_down", 140, 40)
    fire(pad, "mouse_move", 140, 220)
    assert pad.prediction.digit == 1


def test_moves_in_quick_succession_are_not_all_predicted(pad, monkeypatch):
    calls = []
    monkeypatch.setattr(pad, "predict", lambda: calls.append(1))
    monkeypatch.setattr("digitrec.widgets.time.monotonic", lambda: 100.0)
    pad._predicted = 100.0
    draw(pad, SEVEN)
    assert len(calls) == 1  # the one at the end of the stroke


def test_leaving_the_pad_ends_the_stroke(pad):
    fire(pad, "mouse_down", 100, 100)
    fire(pad, "mouse_move", 0, 100)
    fire(pad, "mouse_out", -1, 100)
    fire(pad, "mouse_move", 100, 200)
    assert len(pad.sketch.strokes) == 1
    assert pad.sketch.strokes[0][-1] == (0, 100)


def test_a_second_finger_starts_no_stroke(pad):
    fire(pad, "touch_start", 100, 100)
    fire(pad, "touch_start", 200, 200)
    assert len(pad.sketch.strokes) == 1


def test_clear_empties_pad_and_result(pad):
    draw(pad, SEVEN)
    pad.clear_button.click()
    assert pad.sketch.strokes == []
    assert pad.prediction is None
    assert "Draw a digit" in pad.panel.value


def test_predict_reads_again_with_the_present_weights(network, mnist):
    model = digitrec.build_model()
    pad = digitrec.DrawingCanvas(model)
    draw(pad, SEVEN)
    before = pad.prediction.probabilities
    model.set_weights(network.get_weights())
    pad.predict_button.click()
    assert pad.prediction.digit == 7
    assert not np.array_equal(pad.prediction.probabilities, before)


def test_two_pads_are_independent(network):
    one, other = digitrec.DrawingCanvas(network), digitrec.DrawingCanvas(network)
    draw(one, SEVEN)
    assert other.sketch.strokes == []
    assert other.prediction is None


def test_a_reload_of_the_page_keeps_the_drawing(pad):
    draw(pad, SEVEN)
    fire(pad, "client_ready")
    assert len(pad.sketch.strokes) == 1
    assert pad.prediction.digit == 7


def test_an_unexpected_error_is_shown_and_the_pad_goes_on(pad, monkeypatch):
    def fail(*_):
        raise RuntimeError("out of <memory>")

    with monkeypatch.context() as patch:
        patch.setattr("digitrec.widgets.predict_digit", fail)
        draw(pad, SEVEN)
        assert "out of &lt;memory&gt;" in pad.panel.value
    pad.predict_button.click()
    assert pad.prediction.digit == 7


def test_doubt_is_shown_as_doubt():
    pad = digitrec.DrawingCanvas(digitrec.build_model())
    draw(pad, SEVEN)
    assert "not sure:" in pad.panel.value


def test_pad_and_uploader_show_themselves_as_last_line_of_a_cell(pad, capsys):
    for widget in (pad, digitrec.ImageUploader()):
        assert isinstance(widget.widget, ipywidgets.Widget)
        widget._ipython_display_()
        assert type(widget.widget).__name__ in capsys.readouterr().out


# The uploader


def upload(uploader, name, content):
    record = {
        "name": name,
        "type": "",
        "size": len(content),
        "content": memoryview(content),
        "last_modified": datetime.datetime.now(datetime.UTC),
    }
    uploader.upload.value = (Bunch(record),)


def test_an_uploaded_picture_is_read_and_shown(network):
    uploader = digitrec.ImageUploader(network)
    upload(uploader, "photo_5.jpg", (ROOT / "test_images" / "photo_5.jpg").read_bytes())
    assert uploader.prediction.digit == 5
    assert "data:image/png;base64," in uploader.picture.value
    assert f"{uploader.prediction.confidence:.1%}" in uploader.panel.value


def test_the_same_file_can_be_chosen_twice(network):
    """The value is emptied, or the second choice would be no change."""
    uploader = digitrec.ImageUploader(network)
    for _ in range(2):
        upload(uploader, "7.png", (ROOT / "test_images" / "digit_7.png").read_bytes())
        assert uploader.upload.value == ()
        assert uploader.prediction.digit == 7


def test_a_bad_file_is_named_and_the_next_one_is_read(network):
    uploader = digitrec.ImageUploader(network)
    upload(uploader, "<b>notes</b>.txt", b"not a picture")
    assert uploader.prediction is None
    assert "&lt;b&gt;notes&lt;/b&gt;.txt" in uploader.panel.value
    assert "is no picture" in uploader.panel.value
    upload(uploader, "7.png", (ROOT / "test_images" / "digit_7.png").read_bytes())
    assert uploader.prediction.digit == 7
