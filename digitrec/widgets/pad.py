"""A pad to draw digits on, for the notebook.

It connects parts that know nothing of each other: the `Hand` draws on the `Sketch`, the `Surface`
and the `Panel` show it, and the `Labels` keep what it should have been read as.
"""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

import ipywidgets

from digitrec.data.scripts import digits_of
from digitrec.model.inputs import Model
from digitrec.model.lite_copy import fastest
from digitrec.preprocess.errors import PictureError
from digitrec.recognize.results import Prediction, Reading
from digitrec.widgets import still
from digitrec.widgets.controls import MARGINS, Controls
from digitrec.widgets.hand import Hand
from digitrec.widgets.html import error_text
from digitrec.widgets.labels import KeepsSamples, Labels
from digitrec.widgets.panels import DigitPanel, NumberPanel, Panel
from digitrec.widgets.prepare import prepare
from digitrec.widgets.read_sketch import read_sketch
from digitrec.widgets.script_menu import ScriptMenu
from digitrec.widgets.sketch import Sketch
from digitrec.widgets.style import show, styled
from digitrec.widgets.surface import Surface
from digitrec.widgets.throttle import Throttle
from digitrec.widgets.turns import Gathering, in_turn
from digitrec.widgets.why import Why

if TYPE_CHECKING:
    from digitrec.widgets.layers import Layers

SIZE, WIDE_SIZE = (280, 280), (560, 220)  # width and height of the pads, pixels
WIDE_PEN = 16  # width of the pen for numbers, whose digits are smaller, pixels
FRAME = 0.015  # least time between two drawings, seconds: a screen shows 60 a second
PAUSE = 0.05  # least time between two predictions while drawing, seconds
LAYERS_PAUSE = 0.1  # from a prediction to its layers while drawing: the bars come first; seconds


class DrawingCanvas(KeepsSamples):
    """A pad that reads what is drawn on it, while it is being drawn.

    Once it is clicked, the pad takes keys: Enter predicts, Backspace takes the last stroke
    back, Escape clears, and a digit keeps the drawing as what it should have been; the same digit
    again takes that back.

    Args:
        model: As for `predict_digit`; None is the shipped one.
        wide: Whether to read a number of several digits, with a box around each.
        layers: Whether to show what each layer of the network makes of the digit, instead of a menu
            of scripts; the model is then None or a Keras model, as `load_model` gives it.

    Attributes:
        model: Reads the script that is chosen.
        sketch: What is drawn.
        reading: What was read last; None while the pad is blank.
        why: Explains it, when its button is clicked.
        layers: What each layer makes of it; None if that is not shown.
        widget: What is shown.

    Raises:
        ValueError: If the layers cannot be shown: of this model, or of a number.
    """

    def __init__(self, model: Model | None = None, *, wide: bool = False, layers: bool = False):
        self.scripts = ScriptMenu(model)
        self.model = self.scripts.network()
        self.wide = wide
        self.sketch = Sketch(*WIDE_SIZE, WIDE_PEN) if wide else Sketch(*SIZE)
        self.reading: Reading | None = None
        self._labels_of: dict[str, Labels] = {}
        self.layers = self._layers_of(model) if layers else None
        self._surface = Surface(self.sketch, f"Draw {'a number' if wide else 'a digit'} here")
        self.canvas, self.ink = self._surface.canvas, self._surface.ink
        self.controls = Controls(self.sketch.pen, [] if layers else [self.scripts.widget])
        panel = NumberPanel if wide else DigitPanel
        self.panel: Panel = panel(self._guarded(self.keep))
        self.why = Why(lambda: self.model, lambda: self.reading, lambda: self._labels.current)
        self._draw_soon = Throttle(in_turn(self._surface.draw_on), FRAME)
        self._predict_soon = Throttle(self.predict, PAUSE)
        self._layers_soon = Throttle(self._guarded(self._show_layers), 0, LAYERS_PAUSE)
        self.widget = self._laid_out()
        self._listen()
        self._changed()

    def display(self) -> None:
        """Show the pad below the cell; the pad as a cell's last line does the same."""
        show(self.widget, type(self).__name__, self._still)
        prepare(self.model)

    _ipython_display_ = display

    @property
    def prediction(self) -> Prediction | None:
        """What was read last; None while the pad is blank, or for several digits."""
        return self.reading.predictions[0] if self.reading and not self.wide else None

    @in_turn
    def predict(self) -> None:
        """Read what is on the pad, and show it."""
        self._predict_soon.cancel()
        try:
            self.reading = self._read(self.sketch) if self.sketch.strokes else None
            self.panel.show(self.reading)
        except Exception as error:  # an exception in a callback would vanish unseen
            if isinstance(error, PictureError):
                error.subject = "The drawing"
            self.reading = None
            self.panel.say(error_text(error))
        if self.wide:
            self._redraw()  # with the boxes
        show_layers = self._layers_soon if self.sketch.drawing else self._layers_soon.now
        show_layers()

    @in_turn
    def undo(self) -> None:
        """Take the last stroke back."""
        self.sketch.undo()
        self._changed()

    @in_turn
    def clear(self) -> None:
        """Wipe the pad."""
        self.sketch.clear()
        self._changed()

    @in_turn
    def keep(self, label: int | str) -> None:
        """Keep the drawing as an example of what it should have been read as.

        Another label replaces the first one; the same label again takes the drawing back.

        Args:
            label: The digit; on a wide pad the number, with as many digits as were found.

        Raises:
            ValueError: If the pad is blank, or the label does not fit.
        """
        self.predict()  # it may be behind the pen
        self._labels.keep(str(label), self.reading.predictions if self.reading else ())
        self._show_labels()
        self.why.renew()

    def _still(self) -> still.Still:
        """What a page without a kernel shows: the drawing, or an example of one, as it is read."""
        sketch = self.sketch if self.reading else still.example(self.sketch)
        reading = self._read(sketch)
        layers = [self.layers.figure(reading)] if self.layers else []
        return still.stacked([still.of_pad(sketch.to_array(), reading), *layers])

    @property
    def _labels(self) -> Labels:
        return self._labels_of.setdefault(self.scripts.script, Labels())

    def _read(self, sketch: Sketch) -> Reading:
        return read_sketch(sketch, fastest(self.model), several=self.wide)

    def _laid_out(self) -> ipywidgets.Widget:
        width = {"width": f"{self.sketch.width + MARGINS}px"}
        pad = ipywidgets.VBox([self._surface.widget, self.controls.widget], layout=width)
        flow = "column" if self.wide else "row wrap"
        below = [self.layers.widget] if self.layers else []
        return styled([pad, self.panel.widget, self.why.widget, *below], flex_flow=flow)

    def _layers_of(self, model: Model | None) -> "Layers":
        if self.wide:
            raise ValueError("layers are shown for one digit: leave out `wide` or `layers`")
        from digitrec.widgets.layers import Layers  # needs TensorFlow, as the pad itself does not

        return Layers(model)

    def _show_layers(self) -> None:
        if self.layers:
            self.layers.show(self.reading)

    def _listen(self) -> None:
        guarded, controls = self._guarded, self.controls
        controls.predict.on_click(guarded(lambda button: self.predict()))
        controls.undo.on_click(guarded(lambda button: self.undo()))
        controls.clear.on_click(guarded(lambda button: self.clear()))
        self.panel.save.on_click(guarded(self._save))
        controls.pen.observe(guarded(self._choose_pen), "value")
        self.scripts.widget.observe(guarded(self._choose_script), "value")
        self.canvas.on_key_down(guarded(self._key))
        self.canvas.on_client_ready(guarded(self._redraw_after_reload))
        # In the browser, so that the pen can be chosen while the kernel is busy.
        ipywidgets.jslink((controls.pen, "value"), (self.ink, "pen"))
        self.ink.on_msg(
            Gathering([self.canvas, controls.widget, self.panel.widget, self.why.widget])
        )
        Hand(
            self.canvas,
            self.ink,
            self.sketch,
            guarded,
            started=self._stroke_started,
            moved=self._stroke_moved,
            ended=self._stroke_ended,
        )

    def _guarded(self, callback: Callable) -> Callable:
        """A callback whose exceptions are shown; they would vanish unseen."""

        @in_turn
        @wraps(callback)
        def guarded(*event: object) -> None:
            try:
                callback(*event)
            except Exception as error:
                self.panel.mark(self._labels.current, error_text(error))

        return guarded

    def _stroke_started(self) -> None:
        self.why.close()
        self._labels.current = ""
        self._show_labels()
        self._draw_soon.now()  # nothing else on the canvas changes
        self._predict_soon()

    def _stroke_moved(self) -> None:
        self._draw_soon()
        self._predict_soon()

    def _stroke_ended(self) -> None:
        self._draw_soon.now()
        self.predict()

    def _choose_pen(self, change: dict) -> None:
        self.sketch.pen = change["new"]

    def _choose_script(self, _: dict) -> None:
        self.model = self.scripts.network()
        self._changed()
        prepare(self.model)

    def _save(self, _: ipywidgets.Button) -> None:
        file = self._labels.save()
        count = len(self._labels.samples.labels)
        self.panel.mark(self._labels.current, f"Saved {count} of your digits in {file}")

    def _key(self, key: str, *modifiers: bool) -> None:
        known = {"Enter": self.predict, "Backspace": self.undo, "Escape": self.clear}
        if key.isdecimal() and not self.wide:
            self.keep(key)
        elif key in known:
            known[key]()
        # A canvas in focus swallows all keys: others would never reach the page.
        elif key == "Tab":
            self.controls.predict.focus()
        else:
            self.canvas.blur()

    def _changed(self) -> None:
        self.why.close()
        self._labels.current = ""
        self.panel.spell(digits_of(self.model))
        self._show_labels()
        self._redraw()
        self.predict()

    def _show_labels(self) -> None:
        self.panel.save.disabled = not self._labels.score
        self.panel.mark(self._labels.current, self._labels.score)

    @in_turn
    def _redraw(self) -> None:
        self._surface.redraw(self.reading.predictions if self.wide and self.reading else ())

    def _redraw_after_reload(self) -> None:
        self._surface.wake()
        self._redraw()
