"""A pad to draw digits on, for the notebook.

It only forwards the browser's events and shows what was read. What is drawn is a
`sketch.Sketch`; what stands beside it a `panels.Panel`; how answers look is in `html`.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path

import ipywidgets
import numpy as np
import traitlets
from ipycanvas import Canvas, hold_canvas
from IPython.display import display

from digitrec.data.samples import Collection, Samples, load_samples, save_samples
from digitrec.preprocess.normalize import FIELD
from digitrec.preprocess.pieces import Box
from digitrec.recognize.digits import classify, predict_digit, read_digits
from digitrec.recognize.results import Prediction, Reading
from digitrec.widgets.panels import DigitPanel, NumberPanel, in_words, styled
from digitrec.widgets.sketch import PENS, Point, Sketch, Stroke
from digitrec.widgets.throttle import Throttle

SIZE, WIDE_SIZE = (280, 280), (560, 220)  # width and height of the pads, pixels
WIDE_PEN = 16  # width of the pen for numbers, whose digits are smaller, pixels
SHARP = 2  # pixels of the canvas to each of them, for high-density screens
FRAME = 0.015  # least time between two drawings, seconds
PAUSE = 0.05  # least time between two predictions while drawing, seconds
FAR = 40  # at this distance from the pen's tip a finger is another one, pixels
INK, PAPER, SURE, DOUBT = "black", "white", "#1f77b4", "#b35900"


class Sheet(Canvas):
    """A canvas that may have a tooltip, and so a name for those who cannot see it."""

    # Jupyter's widgets look whether there is a description before they show a tooltip.
    description = traitlets.Unicode().tag(sync=True)


class DrawingCanvas:
    """A pad that reads what is drawn on it, while it is being drawn.

    Once it is clicked, the pad takes keys: Enter predicts, Backspace takes the last stroke
    back, Escape clears, and a digit keeps the drawing as what it should have been.

    Args:
        model: As for `predict_digit`; None is the shipped one.
        wide: Whether to read a number of several digits, with a box around each.

    Attributes:
        sketch: What was drawn.
        reading: What was read last; None while the pad is blank.
    """

    def __init__(self, model=None, *, wide: bool = False):
        self.model = model
        self.wide = wide
        self.sketch = Sketch(*WIDE_SIZE, WIDE_PEN) if wide else Sketch(*SIZE)
        self.reading: Reading | None = None
        self._collection = Collection()
        self._kept_as = ""  # the present drawing's label in it
        self._drawn = 0  # of the last stroke's bends, how many are on the canvas
        self._draw_soon = Throttle(self._draw, FRAME)
        self._predict_soon = Throttle(self.predict, PAUSE)
        # A model's first call is slow; nobody should wait for it with the pen in hand.
        classify(np.zeros((1, FIELD, FIELD), np.float32), model)

        width, height = self.sketch.width, self.sketch.height
        # Inside a box a canvas is stretched unless its layout has a size of its own.
        layout = {"width": f"{width}px", "height": f"{height}px"}
        self.canvas = Sheet(width=SHARP * width, height=SHARP * height, layout=layout)
        self.canvas.tooltip = f"Draw {'a number' if wide else 'a digit'} here"
        self.canvas.add_class("sheet")
        self._wake = Canvas(width=1, height=1)
        self.predict_button = ipywidgets.Button(description="Predict", button_style="primary")
        self.undo_button = ipywidgets.Button(description="Undo")
        self.clear_button = ipywidgets.Button(description="Clear")
        self.pen_slider = ipywidgets.IntSlider(
            self.sketch.pen, *PENS, description="Pen", readout=False
        )
        self.panel = (NumberPanel if wide else DigitPanel)(self._shown(self.keep))
        self.widget = self._laid_out()

        self._listen()
        self._changed()
        self.predict()

    def display(self) -> None:
        """Show the pad below the cell; the pad as a cell's last line does the same."""
        display(self.widget)

    _ipython_display_ = display

    @property
    def prediction(self) -> Prediction | None:
        """What was read last; None while the pad is blank, or for several digits."""
        return self.reading.predictions[0] if self.reading and not self.wide else None

    def predict(self) -> None:
        """Read what is on the pad, and show it."""
        self._predict_soon.cancel()
        try:
            self.reading = self._read() if self.sketch.strokes else None
            self.panel.show(self.reading)
        except Exception as error:  # a callback's exception would vanish unseen
            self.reading = None
            self.panel.say(in_words(error))
        if self.wide:
            self._redraw()  # with the boxes

    def undo(self) -> None:
        """Take the last stroke back."""
        self.sketch.undo()
        self._changed()
        self.predict()

    def clear(self) -> None:
        """Wipe the pad."""
        self.sketch.clear()
        self._changed()
        self.predict()

    def keep(self, label: int | str) -> None:
        """Keep the drawing as an example of what it should have been read as.

        Another label replaces the first one; the same a second time takes the drawing back.

        Args:
            label: The digit; on a wide pad the number, with as many digits as were found.

        Raises:
            ValueError: If the pad is blank, or the label does not fit.
        """
        label = str(label)
        self.predict()  # it may be behind the pen
        predictions = self.reading.predictions if self.reading else ()
        if not predictions:
            raise ValueError("draw first, then say what it is")
        if not label.isdecimal() or len(label) != len(predictions):
            raise ValueError(f"{len(predictions)} digits were found: enter as many")
        again = label == self._kept_as
        self._collection.take_back(len(self._kept_as))
        self._kept_as = "" if again else label
        if self._kept_as:
            self._collection.add(
                [prediction.image for prediction in predictions],
                [int(digit) for digit in label],
                [prediction.digit for prediction in predictions],
            )
        self.panel.mark(self._kept_as, self._collection.score)

    @property
    def samples(self) -> Samples:
        """The digits kept so far: images (n, 28, 28) and labels (n,), uint8."""
        return self._collection.samples

    def save_samples(self, path: str | Path) -> None:
        """Save the digits kept so far; errors as `digitrec.save_samples`.

        Args:
            path: Ends in `.npz`.
        """
        save_samples(self.samples, path)

    def load_samples(self, path: str | Path) -> None:
        """Add saved digits to those of this pad; errors as `digitrec.load_samples`."""
        images, labels = load_samples(path)
        if len(images):
            images = images.astype(np.float32) / 255
            self._collection.add(images, labels, classify(images, self.model).argmax(axis=1))
        self._kept_as = ""  # the last ones are not of the present drawing any more
        self.panel.mark("", self._collection.score)

    def _read(self) -> Reading:
        # Beyond the pad's edge there is paper too: ink that touches it is no shadow.
        margin = self.sketch.pen
        picture = np.pad(self.sketch.to_array(), margin)
        if not self.wide:
            prediction = predict_digit(picture, self.model)
            return Reading(str(prediction.digit), (prediction,))
        reading = read_digits(picture, self.model)
        predictions = [
            replace(prediction, box=_shifted(prediction.box, -margin))
            for prediction in reading.predictions
        ]
        return Reading(reading.text, tuple(predictions))

    def _laid_out(self) -> ipywidgets.Widget:
        buttons = [self.predict_button, self.undo_button, self.clear_button]
        for button in buttons:
            button.layout = {"width": "auto", "flex": "1"}
        self.pen_slider.style.description_width = "32px"
        narrow = {"width": f"{SIZE[0] + 4}px"}  # the canvas's margins are 2 pixels
        self.pen_slider.layout = {"width": f"{SIZE[0] - 4}px"}
        controls = ipywidgets.Box(
            [ipywidgets.HBox(buttons, layout=narrow), self.pen_slider],
            layout={"flex_flow": "row wrap"},
        )
        pad = ipywidgets.VBox(
            [self.canvas, controls], layout={"width": f"{self.sketch.width + 4}px"}
        )
        flow = "column" if self.wide else "row wrap"
        return styled(ipywidgets.Box([pad, self.panel.widget], layout={"flex_flow": flow}))

    def _listen(self) -> None:
        shown = self._shown
        self.predict_button.on_click(shown(lambda button: self.predict()))
        self.undo_button.on_click(shown(lambda button: self.undo()))
        self.clear_button.on_click(shown(lambda button: self.clear()))
        self.pen_slider.observe(shown(self._choose_pen), "value")
        canvas = self.canvas
        canvas.on_mouse_down(shown(self._press))
        canvas.on_mouse_move(shown(self._move))
        canvas.on_mouse_up(shown(self._release))
        # Let go outside the pad, the button sends no event: leaving it ends the stroke.
        canvas.on_mouse_out(shown(self._release))
        canvas.on_touch_start(shown(self._touch))
        canvas.on_touch_move(shown(self._touch_move))
        canvas.on_touch_end(shown(self._touch_end))
        canvas.on_touch_cancel(shown(self._touch_end))
        canvas.on_key_down(shown(self._key))
        canvas.on_client_ready(shown(self._redraw_after_reload))

    def _shown(self, callback: Callable) -> Callable:
        """Let the callback's exceptions be shown, where they would vanish unseen."""

        @wraps(callback)
        def shown(*event) -> None:
            try:
                callback(*event)
            except Exception as error:
                self.panel.mark(self._kept_as, in_words(error))

        return shown

    def _press(self, x: float, y: float) -> None:
        if self.sketch.drawing:  # another button, or another finger
            return
        self.sketch.press(x / SHARP, y / SHARP)
        self._changed()
        self._predict_soon()

    def _move(self, x: float, y: float) -> None:
        if self.sketch.drawing:
            self.sketch.move(x / SHARP, y / SHARP)
            self._draw_soon()
            self._predict_soon()

    def _release(self, x: float, y: float) -> None:
        if self.sketch.drawing:
            self.sketch.move(x / SHARP, y / SHARP)
            self._end_stroke()

    def _end_stroke(self) -> None:
        self.sketch.release()
        self._draw_soon.now()
        self.predict()

    def _touch(self, touches: list[Point]) -> None:
        self._press(*touches[-1])  # the latest finger

    def _touch_move(self, touches: list[Point]) -> None:
        if self.sketch.drawing:
            self._move(*min(touches, key=self._from_tip))

    def _touch_end(self, touches: list[Point]) -> None:
        """A finger was taken up; these are still on the pad, maybe the one that draws."""
        if self.sketch.drawing and min(map(self._from_tip, touches), default=FAR) >= FAR:
            self._end_stroke()

    def _from_tip(self, touch: Point) -> float:
        return np.hypot(*np.subtract(np.divide(touch, SHARP), self.sketch.tip))

    def _choose_pen(self, change: dict) -> None:
        self.sketch.pen = change["new"]

    def _key(self, key: str, *modifiers: bool) -> None:
        if key == "Enter":
            self.predict()
        elif key == "Backspace":
            self.undo()
        elif key == "Escape":
            self.clear()
        elif key.isdecimal() and not self.wide:
            self.keep(key)
        # A canvas in focus swallows all keys: others would never reach the page.
        elif key == "Tab":
            self.predict_button.focus()
        else:
            self.canvas.blur()

    def _changed(self) -> None:
        self._kept_as = ""
        self.panel.mark("", self._collection.score)
        self._redraw()

    def _draw(self) -> None:
        """Draw on from where the last stroke on the canvas ends."""
        if self.sketch.strokes:
            path, bends = self._path(self.sketch.strokes[-1], self._drawn)
            self.canvas.stroke_lines(path)
            self._drawn = bends

    def _path(self, stroke: Stroke, first: int = 0) -> tuple[list[Point], int]:
        """The stroke's path from its first bend on, and how many bends it has so far."""
        ended = stroke is not self.sketch.strokes[-1] or not self.sketch.drawing
        return stroke.path(first, ended=ended), len(stroke.points) - (not ended)

    def _redraw(self) -> None:
        boxes = self.reading.predictions if self.wide and self.reading else ()
        strokes = self.sketch.strokes
        paths = [self._path(stroke) for stroke in strokes]
        # An exception inside would stop all drawing for good: nothing is computed in there.
        with hold_canvas():
            canvas = self.canvas
            canvas.set_transform(SHARP, 0, 0, SHARP, 0, 0)
            canvas.fill_style = PAPER
            canvas.fill_rect(0, 0, self.sketch.width, self.sketch.height)
            canvas.line_width = 1
            for prediction in boxes:
                canvas.stroke_style = SURE if prediction.accepted else DOUBT
                canvas.stroke_rect(*prediction.box)
            canvas.stroke_style = canvas.fill_style = INK
            canvas.line_cap = canvas.line_join = "round"
            for stroke, (path, _) in zip(strokes, paths, strict=True):
                canvas.line_width = stroke.pen
                canvas.fill_circle(*stroke.points[0], stroke.pen / 2)
                canvas.stroke_lines(path)
        self._drawn = paths[-1][1] if paths else 0

    def _redraw_after_reload(self) -> None:
        # A canvas that draws first in this callback stays blank; another one has to draw before
        # it (https://github.com/jupyter-widgets-contrib/ipycanvas/issues/322).
        self._wake.clear()
        self._redraw()


def _shifted(box: Box, by: int) -> Box:
    return box._replace(left=box.left + by, top=box.top + by)
