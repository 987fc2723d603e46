"""A live camera for the notebook: the browser shows it, the kernel reads its frames.

What a frame needs to be believed is in `digitrec.recognize.frame`; how many frames in a row have to
agree is in `camera.js`.
"""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import NamedTuple

import anywidget
import ipywidgets

from digitrec.model.inputs import Model
from digitrec.model.lite_copy import fastest
from digitrec.preprocess.errors import PictureError
from digitrec.preprocess.picture import open_picture
from digitrec.recognize.frame import read_frame
from digitrec.recognize.results import Reading
from digitrec.widgets import html, still
from digitrec.widgets.labels import KeepsSamples, Labels
from digitrec.widgets.panels import NumberPanel
from digitrec.widgets.prepare import prepare
from digitrec.widgets.sketch import Sketch
from digitrec.widgets.style import show, styled
from digitrec.widgets.turns import Gathering, in_turn
from digitrec.widgets.why import Why

EXAMPLE = still.example(Sketch(560, 280, 20)).to_array()


class Kept(NamedTuple):
    """A frame that was kept: a JPEG file, and what was read in it."""

    picture: bytes
    reading: Reading


class CameraView(anywidget.AnyWidget):
    """The browser's camera; each frame that it wants read comes as a message to the kernel."""

    _esm = Path(__file__).with_name("camera.js")
    _css = Path(__file__).with_name("camera.css")


class Camera(KeepsSamples):
    """A live camera: a number that is held into its frame is read as it moves.

    A reading is shown once several frames in a row agree on it. The button Keep keeps a frame as a
    picture with its reading, below which the correct number can be entered: its digits are then
    kept as samples. Pictures go to the kernel, and nowhere else.

    Args:
        model: As for `predict_digit`; None is the shipped one.

    Attributes:
        kept: The frames that were kept, with what was read in them; only the last reading has its
            steps, which take memory.
        view: What the browser shows of the camera.
        why: Explains the last reading that was kept, when its button is clicked.
        widget: What is shown.
    """

    def __init__(self, model: Model | None = None):
        self.model = model
        self.kept: list[Kept] = []
        self._kept_labels = Labels()
        self._example = read_frame(EXAMPLE, model)  # a model's first reading is slow
        self.view = CameraView()
        self.picture = ipywidgets.HTML()
        self.panel = NumberPanel(self._guarded(self.correct))
        self.panel.save.on_click(self._guarded(self._save))
        self.why = Why(lambda: self.model, lambda: self.reading, lambda: self._labels.current)
        parts = [self.picture, self.panel.widget, self.why.widget]
        self._below = ipywidgets.VBox(parts, layout={"display": "none"})
        self.widget = styled([self.view, self._below], flex_flow="column")
        self.view.on_msg(Gathering([self.panel.widget, self.why.widget]))
        self.view.on_msg(self._receive)

    def display(self) -> None:
        """Show it below the cell; the camera as a cell's last line does the same."""
        show(self.widget, type(self).__name__, self._still)
        prepare(self.model)

    _ipython_display_ = display

    @property
    def _labels(self) -> Labels:
        return self._kept_labels

    @property
    def reading(self) -> Reading | None:
        """What was read in the frame that was kept last; None without one."""
        return self.kept[-1].reading if self.kept else None

    @in_turn
    def keep(self, frame: bytes) -> None:
        """Keep a frame as a picture with its reading, and show it below the camera.

        Args:
            frame: A JPEG file.

        Raises:
            PictureError: If it is not a readable picture, or shows no digit.
        """
        reading = read_frame(frame, fastest(self.model))
        if not reading.predictions:
            raise PictureError("shows no number: hold one into the frame")
        self.kept = [Kept(old.picture, old.reading.without_steps()) for old in self.kept]
        self.kept.append(Kept(frame, reading))
        self._labels.current = ""
        self.picture.value = html.upload("Kept", open_picture(frame), reading)
        self.panel.show(reading)
        self.why.close()
        self._show_labels()

    @in_turn
    def correct(self, label: int | str) -> None:
        """Keep the digits of the frame kept last as samples of what they should be read as.

        Another label replaces the first one; the same label again takes them back.

        Args:
            label: The number, with as many digits as were found.

        Raises:
            ValueError: If no frame is kept, or the label does not fit.
        """
        if self.reading is None:
            raise ValueError("keep a frame first, then say what it shows")
        self._labels.keep(str(label), self.reading.predictions)
        self._show_labels()
        self.why.renew()

    def _receive(self, _: object, content: object, buffers: list[memoryview]) -> None:
        """What `camera.js` sends; anything else is ignored."""
        match content:
            case {"event": "hello"}:
                # Only a widget that was sent something is heard while a cell runs: see `turns`.
                self.view.send({})
            case {"event": "read", "frame": str(name)} if buffers:
                self.view.send({"frame": name, **self._answer(b"".join(buffers))})
            case {"event": "keep"} if buffers:
                self._guarded(self.keep)(b"".join(buffers))

    def _answer(self, frame: bytes) -> dict[str, object]:
        try:
            return {"reading": read_frame(frame, fastest(self.model)).as_dict()}
        except Exception as error:  # an exception in a callback would vanish unseen
            return {"error": html.error_text(error)}

    def _guarded(self, callback: Callable) -> Callable:
        """A callback whose exceptions are shown; they would vanish unseen."""

        @in_turn
        @wraps(callback)
        def guarded(*event: object) -> None:
            self._below.layout.display = ""
            try:
                callback(*event)
            except Exception as error:
                self.panel.mark(self._labels.current, html.error_text(error))

        return guarded

    def _save(self, _: ipywidgets.Button) -> None:
        file = self._labels.save()
        self.panel.mark(self._labels.current, f"Saved all of your digits in {file}")

    def _show_labels(self) -> None:
        self.panel.save.disabled = not self._labels.score
        self.panel.mark(self._labels.current, self._labels.score)

    def _still(self) -> still.Still:
        """What a page without a kernel shows: an example of a frame, as it is read."""
        invitation = "Run this cell in Jupyter to read with your camera"
        return still.stacked([still.of_pad(EXAMPLE, self._example, invitation)])
