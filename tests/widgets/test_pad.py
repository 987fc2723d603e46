import asyncio
import itertools
import sys
import threading
import time
from html import unescape
from types import SimpleNamespace

import cv2
import ipywidgets
import numpy as np
import pytest
from clock import Clock

import digitrec
from digitrec.widgets.html import PIXEL_RATIO

SEVEN = [(80, 60), (200, 60), (130, 230)]


@pytest.fixture
def pad(network):
    return digitrec.DrawingCanvas(network)


@pytest.fixture
def wide(network):
    return digitrec.DrawingCanvas(network, wide=True)


def fire(pad, event, *places):
    """What the browser would send; the places are pixels of the pad."""
    touches = [{"x": PIXEL_RATIO * x, "y": PIXEL_RATIO * y} for x, y in places]
    content = {"event": event, "touches": touches, **(touches or [{}])[0]}
    pad.canvas._handle_frontend_event(None, content, [])


def press(pad, key):
    keys = {"key": key, "shift_key": False, "ctrl_key": False, "meta_key": False}
    pad.canvas._handle_frontend_event(None, {"event": "key_down", **keys}, [])


def draw(pad, points, kind="mouse"):
    down, move, up = {
        "mouse": ("mouse_down", "mouse_move", "mouse_up"),
        "touch": ("touch_start", "touch_move", "touch_end"),
    }[kind]
    fire(pad, down, points[0])
    for start, end in itertools.pairwise(points):
        for share in np.linspace(0, 1, 9)[1:]:
            fire(pad, move, tuple(np.array(start) * (1 - share) + np.array(end) * share))
    fire(pad, up, *([points[-1]] if kind == "mouse" else []))


def shown(pad):
    """All that stands beside the pad."""
    widgets = parts(pad.panel.widget)
    return "".join(widget.value for widget in widgets if isinstance(widget, ipywidgets.HTML))


def parts(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from parts(child)


# The pad


def test_a_blank_pad_asks_for_a_digit(pad, wide):
    assert pad.prediction is None
    assert "Draw a digit" in shown(pad)
    assert wide.reading is None
    assert "Draw a number" in shown(wide)


@pytest.mark.parametrize("kind", ["mouse", "touch"])
def test_a_drawn_digit_is_read_and_shown(pad, kind):
    draw(pad, SEVEN, kind)
    assert pad.prediction.digit == 7
    assert pad.reading.text == "7"
    assert pad.prediction.verdict in unescape(shown(pad))
    assert "data:image/png;base64," in shown(pad)  # what the network saw


def test_prediction_follows_the_pen(network, monkeypatch):
    """Also before the button is let go, and the last movement is not left out."""

    clock = Clock()
    monkeypatch.setattr("digitrec.widgets.throttle.time", clock)
    pad = digitrec.DrawingCanvas(network)

    async def draw_down():
        fire(pad, "mouse_down", (140, 40))
        for y in range(40, 240, 10):
            fire(pad, "mouse_move", (140, y))
        await asyncio.sleep(0.5)

    clock.run(draw_down())
    assert pad.sketch.drawing
    assert pad.prediction.digit == 1
    np.testing.assert_array_equal(
        pad.prediction.image, digitrec.predict_digit(pad.sketch.to_array(), pad.model).image
    )


def test_moves_in_quick_succession_are_not_all_predicted(pad, monkeypatch):
    """But the end of a stroke always is."""
    calls = []
    predict_digit = digitrec.predict_digit

    def counted(*arguments):
        calls.append(arguments)
        return predict_digit(*arguments)

    monkeypatch.setattr("digitrec.widgets.read_sketch.predict_digit", counted)
    monkeypatch.setattr("digitrec.widgets.throttle.time.monotonic", lambda: 1e6)
    draw(pad, SEVEN)
    assert len(calls) == 2  # at its beginning and at its end
    assert pad.prediction.digit == 7


def test_ink_at_the_very_edge_is_not_taken_for_a_shadow(pad):
    """A long stroke along the edge would be taken for one in a photo."""
    draw(pad, [(2, 20), (2, 260)])
    assert pad.prediction.digit == 1


@pytest.mark.parametrize("last", ["mouse_out", "mouse_up"])
def test_the_end_of_a_stroke_is_part_of_it(pad, last):
    """Leaving the pad ends it: let go outside, the button sends no event."""
    fire(pad, "mouse_down", (100, 100))
    fire(pad, "mouse_move", (40, 100))
    fire(pad, last, (-1, 100))
    fire(pad, "mouse_move", (100, 200))
    (stroke,) = pad.sketch.strokes
    assert stroke.points == [(100, 100), (40, 100), (-1, 100)]


def test_a_second_mouse_button_starts_no_stroke(pad):
    fire(pad, "mouse_down", (100, 100))
    fire(pad, "mouse_down", (200, 200))
    assert len(pad.sketch.strokes) == 1


def test_more_fingers_do_not_scramble_the_stroke(pad):
    """It follows the finger that began it, whatever order they are told in."""
    fire(pad, "touch_start", (100, 100))
    fire(pad, "touch_start", (100, 100), (250, 250))
    fire(pad, "touch_move", (250, 240), (110, 110))
    fire(pad, "touch_end", (110, 110))  # the other one was taken up
    fire(pad, "touch_move", (120, 120))
    fire(pad, "touch_start", (120, 120), (20, 250))
    fire(pad, "touch_end", (20, 250))  # and now the one that draws
    fire(pad, "touch_move", (30, 240))
    (stroke,) = pad.sketch.strokes
    assert stroke.points == [(100, 100), (110, 110), (120, 120)]


def test_a_cancelled_touch_ends_the_stroke(pad):
    fire(pad, "touch_start", (100, 100))
    fire(pad, "touch_cancel")
    fire(pad, "touch_move", (200, 200))
    assert pad.sketch.strokes[0].points == [(100, 100)]


def test_undo_takes_the_last_stroke_and_reads_again(pad):
    draw(pad, [(140, 40), (140, 240)])
    before = pad.prediction.probabilities
    draw(pad, [(60, 40), (220, 40)])
    pad.controls.undo.click()
    np.testing.assert_array_equal(pad.prediction.probabilities, before)
    pad.controls.undo.click()
    assert pad.prediction is None
    assert "Draw a digit" in shown(pad)


def test_clear_empties_pad_and_result(pad):
    draw(pad, SEVEN)
    pad.controls.clear.click()
    assert pad.sketch.strokes == []
    assert pad.prediction is None
    assert "Draw a digit" in shown(pad)


def test_the_pen_can_be_chosen(pad):
    draw(pad, SEVEN)
    pad.controls.pen.value = 40
    draw(pad, SEVEN)
    assert [stroke.pen for stroke in pad.sketch.strokes] == [24, 40]


def test_keys_do_what_the_buttons_do(pad):
    draw(pad, SEVEN)
    draw(pad, SEVEN)
    press(pad, "Backspace")
    assert len(pad.sketch.strokes) == 1
    pad.reading = None
    press(pad, "Enter")
    assert pad.prediction.digit == 7
    press(pad, "7")
    assert pad.samples.labels.tolist() == [7]
    press(pad, "Escape")
    assert pad.sketch.strokes == []


def test_other_keys_do_nothing(pad):
    draw(pad, SEVEN)
    for key in ["z", "F5", "Control", "½", "Tab"]:
        press(pad, key)
    assert len(pad.sketch.strokes) == 1
    assert len(pad.samples.labels) == 0


def test_another_script_can_be_chosen_while_something_is_drawn(pad):
    draw(pad, SEVEN)
    assert pad.reading.text == "7"
    pad.scripts.widget.value = "devanagari"
    assert pad.reading.text in "०१२३४५६७८९"
    assert [choice.description for choice in pad.panel.choices] == list("०१२३४५६७८९")
    pad.scripts.widget.value = "western"
    assert pad.reading.text == "7"


def test_digits_are_kept_apart_by_script(pad):
    draw(pad, SEVEN)
    pad.keep(7)
    pad.scripts.widget.value = "arabic"
    assert len(pad.samples.labels) == 0
    pad.panel.choices[6].click()
    assert pad.samples.labels.tolist() == [6]
    assert [choice.button_style for choice in pad.panel.choices][5:8] == ["", "success", ""]
    pad.keep("٦")
    assert len(pad.samples.labels) == 0
    pad.scripts.widget.value = "western"
    assert pad.samples.labels.tolist() == [7]


def test_the_menu_begins_with_the_script_of_the_model():
    pad = digitrec.DrawingCanvas(digitrec.load_model("chinese"))
    assert pad.scripts.widget.value == "chinese"
    assert pad.panel.choices[7].description == "七"


def test_there_is_no_menu_beside_the_layers(network):
    pad = digitrec.DrawingCanvas(network, layers=True)
    assert pad.scripts.widget not in parts(pad.widget)


def test_predict_reads_again_with_the_present_weights(network):
    model = digitrec.build_model()
    pad = digitrec.DrawingCanvas(model)
    draw(pad, SEVEN)
    before = pad.prediction.probabilities
    model.set_weights(network.get_weights())
    pad.controls.predict.click()
    assert pad.prediction.digit == 7
    assert not np.array_equal(pad.prediction.probabilities, before)


def test_two_pads_are_independent(network):
    one, other = digitrec.DrawingCanvas(network), digitrec.DrawingCanvas(network)
    draw(one, SEVEN)
    one.keep(7)
    assert other.sketch.strokes == []
    assert other.prediction is None
    assert len(other.samples.labels) == 0


def test_a_reload_of_the_page_keeps_the_drawing(pad):
    draw(pad, SEVEN)
    fire(pad, "client_ready")
    assert len(pad.sketch.strokes) == 1
    assert pad.prediction.digit == 7


def test_a_long_line_on_the_wide_pad_is_no_number(wide):
    draw(wide, [(20, 100), (540, 100)])
    assert wide.reading is None
    assert "The drawing shows lines but no digits" in shown(wide)
    wide.clear()
    draw(wide, SEVEN)
    assert wide.reading.text == "7"


def test_an_unexpected_error_is_shown_and_the_pad_goes_on(pad, monkeypatch):
    def fail(*_):
        raise RuntimeError("out of <memory>")

    with monkeypatch.context() as patch:
        patch.setattr("digitrec.widgets.read_sketch.predict_digit", fail)
        draw(pad, SEVEN)
        assert "out of &lt;memory&gt;" in shown(pad)
        assert pad.prediction is None
    pad.controls.predict.click()
    assert pad.prediction.digit == 7


def test_an_error_while_drawing_does_not_stop_all_drawing(pad, monkeypatch):
    """As an exception inside of ipycanvas's `hold_canvas` would."""

    def fail(*_, **__):
        raise ArithmeticError("no path")

    fire(pad, "mouse_down", (100, 100))
    with monkeypatch.context() as patch:
        patch.setattr("digitrec.widgets.sketch.Stroke.path", fail)
        fire(pad, "mouse_move", (150, 150))
        fire(pad, "client_ready")
    assert "no path" in shown(pad)
    sent = []
    monkeypatch.setattr(pad.canvas._canvas_manager, "send", lambda *_, **__: sent.append(1))
    fire(pad, "mouse_up", (200, 200))  # draws the stroke's end, and nothing else again
    assert sent


def test_an_error_outside_of_prediction_is_shown_as_well(pad, monkeypatch):
    def fail(*_):
        raise OSError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(pad.sketch, "undo", fail)
        pad.controls.undo.click()
    assert "no room" in shown(pad)


def test_doubt_is_shown_as_doubt():
    pad = digitrec.DrawingCanvas(digitrec.build_model())
    draw(pad, SEVEN)
    assert "no digit?" in shown(pad)
    assert '<span class="digit">?</span>' in shown(pad)


def test_the_canvas_is_neither_stretched_nor_sent_back(pad):
    """Its picture would double the traffic; what is drawn is in the sketch."""
    assert (pad.canvas.layout.width, pad.canvas.layout.height) == ("280px", "280px")
    assert pad.canvas.sync_image_data is False


def test_the_controls_have_names(pad, wide):
    """For those who cannot see them."""
    names = {widget.description for widget in parts(pad.widget) if hasattr(widget, "description")}
    assert {"Predict", "Undo", "Clear", "Pen", *"0123456789"} <= names
    assert pad.canvas.tooltip == "Draw a digit here"
    assert wide.canvas.tooltip == "Draw a number here"


def test_pad_and_uploader_show_themselves_as_last_line_of_a_cell(pad, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipykernel", SimpleNamespace(version_info=(7, 0)))
    for widget in (pad, digitrec.ImageUploader()):
        assert isinstance(widget.widget, ipywidgets.Widget)
        widget._ipython_display_()
        assert type(widget).__name__ in capsys.readouterr().out


def test_outside_a_notebook_they_say_where_they_can_be_seen(pad, capsys, monkeypatch):
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    for widget, name in ((pad, "DrawingCanvas"), (digitrec.ImageUploader(), "ImageUploader")):
        widget.display()
        assert capsys.readouterr().out.startswith(f"{name} can only be seen in a notebook: ")


# What the browser draws before the kernel does


def send(pad, points, stroke="a", start=0, ended=False):
    """What `live_ink.js` would send of a stroke."""
    part = {"view": "v", "part": 1, "stroke": stroke, "start": start}
    pad.ink._handle_custom_msg({**part, "points": [*map(list, points)], "ended": ended}, [])


@pytest.fixture
def answered(pad, monkeypatch):
    answers = []
    monkeypatch.setattr(pad.ink, "send", answers.append)
    return answers


def test_a_stroke_that_waited_is_drawn_in_full(pad, answered):
    """As after a long cell: it comes in one message."""
    send(pad, SEVEN, ended=True)
    assert [stroke.points for stroke in pad.sketch.strokes] == [SEVEN]
    assert not pad.sketch.drawing
    assert pad.prediction.digit == 7
    assert answered == [{"view": "v", "part": 1}]


def test_a_stroke_comes_in_parts(pad, answered):
    send(pad, SEVEN[:1])
    send(pad, SEVEN[1:2], start=1)
    assert pad.sketch.drawing
    send(pad, SEVEN[2:], start=2, ended=True)
    assert [stroke.points for stroke in pad.sketch.strokes] == [SEVEN]
    assert pad.prediction.digit == 7
    assert len(answered) == 3


PRESSED = [(x, 140 - x // 3, 0.7 + x % 57 / 100) for x in range(40, 240, 15)]


@pytest.fixture
def painted(pad, monkeypatch):
    """The ink of all lines that the pad's canvas is told to draw."""
    ink = np.zeros((280, 280), np.uint8)

    def paint(paths):
        for path in paths:
            places, width = np.rint(np.array(path) * 16).astype(int), round(pad.canvas.line_width)
            cv2.polylines(ink, [places.astype(np.int32)], False, 255, width, cv2.LINE_AA, 4)

    monkeypatch.setattr(pad.canvas, "stroke_lines", lambda path: paint([path]))
    monkeypatch.setattr(pad.canvas, "stroke_line_segments", paint)
    return ink


def test_the_canvas_shows_how_hard_the_pen_was_pressed(pad, painted):
    """As it is drawn, and once it is drawn anew, what is read."""
    for start in range(len(PRESSED)):
        send(pad, PRESSED[start : start + 1], start=start)
    send(pad, [], start=len(PRESSED), ended=True)
    draw(pad, SEVEN)
    read = pad.sketch.to_array()
    assert len({width for stroke in pad.sketch.strokes for width in stroke.widths}) > 5
    assert (abs(painted.astype(int) - read) > 127).sum() < 20
    painted[:] = 0
    fire(pad, "client_ready")
    assert (abs(painted.astype(int) - read) > 127).sum() < 20


def test_a_part_is_answered_when_it_has_been_drawn(pad, monkeypatch):
    """Then the browser takes its own ink away."""
    sent = []
    monkeypatch.setattr(pad.canvas._canvas_manager, "send", lambda *_, **__: sent.append("ink"))
    monkeypatch.setattr(pad.ink, "send", lambda _: sent.append("answer"))
    send(pad, SEVEN, ended=True)
    assert sent[-1] == "answer"
    assert "ink" in sent


def test_a_part_is_answered_also_after_an_error(pad, answered, monkeypatch):
    def fail(*_, **__):
        raise ArithmeticError("no path")

    with monkeypatch.context() as patch:
        patch.setattr("digitrec.widgets.sketch.Stroke.path", fail)
        send(pad, SEVEN)
    assert "no path" in shown(pad)
    assert len(answered) == 1


def test_a_stroke_that_was_cleared_does_not_come_back(pad):
    send(pad, SEVEN[:2])
    pad.clear()
    send(pad, SEVEN[2:], start=2)
    send(pad, [], start=3, ended=True)
    assert pad.sketch.strokes == []
    send(pad, SEVEN, stroke="b", ended=True)
    assert pad.prediction.digit == 7


def test_a_stroke_whose_end_was_lost_does_not_swallow_the_next(pad):
    """Its page was closed with the pen down."""
    send(pad, SEVEN[:2])
    send(pad, SEVEN, stroke="b", ended=True)
    assert [stroke.points for stroke in pad.sketch.strokes] == [SEVEN[:2], SEVEN]
    assert not pad.sketch.drawing


def test_a_click_waits_until_another_threads_event_has_been_handled(pad, monkeypatch):
    """The kernel may hand the pad's events to several threads."""
    draw(pad, SEVEN)
    clearing = threading.Thread(target=pad.controls.clear.click)
    predict_digit = digitrec.predict_digit

    def slow(*arguments):
        clearing.start()
        for _ in range(1000):
            time.sleep(0)  # lets the other thread run
        return predict_digit(*arguments)

    monkeypatch.setattr("digitrec.widgets.read_sketch.predict_digit", slow)
    press(pad, "Enter")
    clearing.join()
    assert pad.prediction is None
    assert "Draw a digit" in shown(pad)


def test_buttons_and_keys_come_to_the_thread_that_draws(pad, monkeypatch):
    """To the one that has sent something to their widgets while it handled a stroke."""
    sent = []
    monkeypatch.setattr(ipywidgets.Widget, "send", lambda widget, *_: sent.append(widget))
    send(pad, SEVEN[:1])
    buttons = {part for part in parts(pad.widget) if isinstance(part, ipywidgets.Button)}
    assert {pad.canvas, pad.controls.pen, *buttons} <= set(sent)
    count = len(sent)
    send(pad, SEVEN[1:], start=1)
    assert sent[count:] == [pad.ink]  # once is enough
    other = threading.Thread(target=send, args=(pad, SEVEN, "b"))
    other.start()
    other.join()
    assert sent.count(pad.controls.clear) == 2


def test_the_browser_knows_the_pen_and_the_paper(pad, wide):
    assert (pad.ink.width, pad.ink.height, pad.ink.pen) == (280, 280, pad.sketch.pen)
    assert (wide.ink.width, wide.ink.height, wide.ink.pen) == (560, 220, wide.sketch.pen)


# What a browser should not send

NO_PLACES = [
    (np.nan, 100),
    (100, np.inf),
    (-np.inf, np.nan),
    ("100", 100),
    (None, None),
    ([], {}),
]

NO_SHARES = [(1, 2, np.nan), (1, 2, np.inf), (1, 2, "1"), (1, 2, None), (1, 2, [1])]


@pytest.mark.parametrize("place", NO_PLACES, ids=repr)
def test_places_that_are_no_numbers_are_ignored(pad, place):
    def fire_there(event):
        """Past `fire`, which would compute with them."""
        touch = {"x": place[0], "y": place[1]}
        content = {"event": event, "touches": [touch], **touch}
        pad.canvas._handle_frontend_event(None, content, [])

    for event in ("mouse_down", "touch_start"):
        fire_there(event)
    assert pad.sketch.strokes == []
    fire(pad, "mouse_down", (140, 40))
    for event in ("mouse_move", "touch_move", "mouse_down", "touch_start"):
        fire_there(event)
    fire(pad, "mouse_move", (140, 240))
    fire_there("mouse_up")
    assert [stroke.points for stroke in pad.sketch.strokes] == [[(140, 40), (140, 240)]]
    assert not pad.sketch.drawing
    assert pad.prediction.digit == 1
    assert "went wrong" not in shown(pad)


@pytest.mark.parametrize("place", [*NO_PLACES, *NO_SHARES, (), (1,), (1, 2, 1, 1)], ids=repr)
def test_points_that_are_no_numbers_are_left_out(pad, place):
    send(pad, [place])
    assert pad.sketch.strokes == []
    send(pad, [(140, 40), place, (140, 240)], ended=True)
    assert [stroke.points for stroke in pad.sketch.strokes] == [[(140, 40), (140, 240)]]
    assert "went wrong" not in shown(pad)


@pytest.mark.parametrize("name", ["view", "part", "stroke", "start", "points", "ended"])
def test_a_part_that_lacks_something_is_ignored(pad, name):
    part = {"view": "v", "part": 1, "stroke": "a", "start": 0, "points": [[1, 1]], "ended": True}
    for wrong in ({**part, name: None}, {key: part[key] for key in part if key != name}, None, 1):
        pad.ink._handle_custom_msg(wrong, [])
    assert pad.sketch.strokes == []


def test_touches_that_tell_no_place_are_ignored(pad):
    fire(pad, "touch_start")
    fire(pad, "touch_start", (140, 40))
    fire(pad, "touch_move")
    fire(pad, "touch_move", (140, 240))
    fire(pad, "touch_end")
    assert [stroke.points for stroke in pad.sketch.strokes] == [[(140, 40), (140, 240)]]
    assert "went wrong" not in shown(pad)


@pytest.mark.parametrize("far", [1e308, -1e308, 10**400], ids=["far", "far left", "farther"])
def test_a_place_far_away_is_drawn_to_in_no_time(pad, far):
    fire(pad, "mouse_down", (100, 110))
    content = {"event": "mouse_move", "x": far, "y": 2 * 110}
    started = time.process_time()
    pad.canvas._handle_frontend_event(None, content, [])
    fire(pad, "mouse_up", (200, 110))
    assert time.process_time() - started < 2
    assert np.isfinite(pad.sketch.strokes[0].points).all()
    assert "went wrong" not in shown(pad)


def test_a_stroke_costs_no_more_after_a_thousand_others(pad, monkeypatch):
    """Each is drawn on the canvas once: what is sent is its dot and its line."""
    sent = []
    monkeypatch.setattr(
        pad.canvas._canvas_manager,
        "send",
        lambda _, buffers=(), **__: sent.append(sum(memoryview(each).nbytes for each in buffers)),
    )
    for number in range(1000):
        pad.sketch.press(140, 40 + number / 5)
        pad.sketch.release()
    pad._redraw()
    sent.clear()
    draw(pad, [(60, 60), (220, 60)])
    assert sum(sent) < 5000


# The pad for numbers


def draw_seventy_one(wide):
    draw(wide, [(100, 60), (190, 60), (130, 200)])
    draw(wide, [(300, 60), (220, 90), (220, 180), (310, 180), (300, 62)])
    draw(wide, [(420, 60), (420, 200)])


def test_a_number_is_read_and_each_digit_boxed(wide):
    draw_seventy_one(wide)
    assert wide.reading.text == "701"
    assert wide.prediction is None
    lefts = [prediction.box.left for prediction in wide.reading.predictions]
    assert lefts == pytest.approx([92, 212, 412], abs=3)
    assert "not sure" not in shown(wide)


LEVEL = {
    "dash": [((200, 110), (300, 110))],
    "short dash": [((200, 110), (260, 110))],
    "row of dashes": [((left, 110), (left + 60, 110)) for left in (40, 160, 280, 400)],
    "equals sign": [((200, 80), (360, 80)), ((200, 150), (360, 150))],
    "stack": [((200, top), (300, top)) for top in (40, 85, 130, 175)],
    "sloping bar": [((100, 110), (460, 135))],
}


@pytest.mark.parametrize("name", LEVEL)
def test_level_bars_are_no_digit(name):
    wide = digitrec.DrawingCanvas(wide=True)
    for stroke in LEVEL[name]:
        draw(wide, stroke)
    assert wide.reading.predictions
    assert not any(prediction.accepted for prediction in wide.reading.predictions)
    assert "<figcaption>?</figcaption>" in shown(wide)
    assert "no digit?" in shown(wide)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_bars_across_the_pad_are_lines(count):
    wide = digitrec.DrawingCanvas(wide=True)
    for number in range(count):
        draw(wide, [(40, 50 + 60 * number), (520, 50 + 60 * number)])
    assert wide.reading is None
    assert "shows lines but no digits" in shown(wide)


def test_the_right_number_is_kept_digit_by_digit(wide):
    draw_seventy_one(wide)
    wide.panel.entry.value = "101"
    assert wide.samples.labels.tolist() == [1, 0, 1]
    assert "2 of 3 of your digits read correctly" in shown(wide)


@pytest.mark.parametrize("entered", ["70", "7011", "7o1", "-701"])
def test_a_number_that_does_not_fit_is_not_kept(wide, entered):
    draw_seventy_one(wide)
    wide.panel.entry.value = entered
    assert len(wide.samples.labels) == 0
    assert "3 digits were found" in shown(wide)


# Digits kept


def choose(pad, digit):
    pad.panel.choices[digit].click()


def test_a_click_on_the_right_digit_keeps_the_drawing(pad):
    draw(pad, SEVEN)
    choose(pad, 1)
    images, labels = pad.samples
    assert (images.shape, images.dtype) == ((1, 28, 28), np.uint8)
    assert (labels.tolist(), labels.dtype) == ([1], np.uint8)
    np.testing.assert_array_equal(images[0], np.rint(pad.prediction.image * 255))
    assert "0 of 1 of your digits read correctly" in shown(pad)


def test_another_digit_replaces_the_first_and_the_same_takes_it_back(pad):
    draw(pad, SEVEN)
    choose(pad, 1)
    choose(pad, 7)
    assert pad.samples.labels.tolist() == [7]
    assert pad.panel.choices[7].button_style == "success"
    assert pad.panel.choices[1].button_style == ""
    choose(pad, 7)
    assert len(pad.samples.labels) == 0
    assert pad.panel.choices[7].button_style == ""


def test_how_to_take_a_label_back_is_told(pad):
    draw(pad, SEVEN)
    assert "press its key" in shown(pad)
    press(pad, "1")
    assert "Kept as 1; the same again takes it back" in shown(pad)
    press(pad, "1")
    assert len(pad.samples.labels) == 0
    assert "press its key" in shown(pad)


def test_whoever_empties_the_field_takes_the_number_back(wide):
    draw_seventy_one(wide)
    wide.panel.entry.value = "701"
    assert wide.samples.labels.tolist() == [7, 0, 1]
    wide.panel.entry.value = ""
    assert len(wide.samples.labels) == 0


def test_a_blank_field_does_not_look_like_an_answer(wide):
    entry = wide.panel.entry
    assert not any(letter.isdecimal() for letter in entry.description + entry.placeholder)


def test_save_saves_and_tells_where(pad, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert pad.panel.save.disabled
    draw(pad, SEVEN)
    choose(pad, 7)
    pad.panel.save.click()
    file = tmp_path / "models" / "my_digits.npz"
    assert f"Saved 1 of your digits in {file.relative_to(tmp_path)}" in shown(pad)
    assert digitrec.load_samples(file).labels.tolist() == [7]
    draw(pad, SEVEN)
    choose(pad, 1)
    pad.panel.save.click()  # replaces its own file
    assert digitrec.load_samples(file).labels.tolist() == [7, 1]


def test_save_replaces_no_other_file(pad, network, tmp_path, monkeypatch):
    """Of another pad, or of an earlier day."""
    monkeypatch.chdir(tmp_path)
    for number in range(3):
        other = digitrec.DrawingCanvas(network)
        draw(other, SEVEN)
        choose(other, number)
        other.panel.save.click()
    files = [f"models/my_digits{end}.npz" for end in ("", "_2", "_3")]
    assert [digitrec.load_samples(file).labels.tolist() for file in files] == [[0], [1], [2]]


def test_a_save_that_fails_is_told(pad, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models").write_bytes(b"no folder")
    draw(pad, SEVEN)
    choose(pad, 7)
    pad.panel.save.click()
    assert "went wrong" in shown(pad)
    assert (tmp_path / "models").read_bytes() == b"no folder"


def test_each_drawing_is_kept_once(pad):
    for digit in (7, 1):
        draw(pad, SEVEN)
        choose(pad, digit)
        pad.controls.clear.click()
    assert pad.samples.labels.tolist() == [7, 1]
    assert "1 of 2 of your digits read correctly" in shown(pad)


def test_nothing_is_kept_of_a_blank_pad(pad):
    choose(pad, 7)
    assert len(pad.samples.images) == 0
    assert "draw first" in shown(pad)
    with pytest.raises(ValueError, match="draw first"):
        pad.keep(7)


def test_kept_digits_come_back_from_their_file(pad, network, tmp_path):
    """With the drawing of another pad after them, and its model's predictions counted."""
    draw(pad, SEVEN)
    choose(pad, 7)
    pad.save_samples(tmp_path / "mine.npz")

    other = digitrec.DrawingCanvas(network)
    draw(other, SEVEN)
    choose(other, 1)
    other.load_samples(tmp_path / "mine.npz")
    assert other.samples.labels.tolist() == [1, 7]
    assert "1 of 2 of your digits read correctly" in shown(other)
    choose(other, 2)  # keeps the drawing once more, and takes nothing of the file away
    assert other.samples.labels.tolist() == [1, 7, 2]


def test_a_file_without_samples_is_refused(pad, tmp_path):
    (tmp_path / "mine.npz").write_bytes(b"none")
    with pytest.raises(ValueError, match="no samples"):
        pad.load_samples(tmp_path / "mine.npz")


def test_an_empty_collection_can_be_saved_and_loaded(pad, tmp_path):
    pad.save_samples(tmp_path / "none.npz")
    pad.load_samples(tmp_path / "none.npz")
    assert pad.samples.images.shape == (0, 28, 28)
