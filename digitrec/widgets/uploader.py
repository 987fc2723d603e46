"""A place to upload pictures, for the notebook; how answers look is in `html`."""

from pathlib import Path

import anywidget
import ipywidgets
import traitlets
from IPython.display import display

from digitrec.preprocess.picture import FORMATS, MOST_BYTES, open_picture
from digitrec.recognize.digits import read_digits
from digitrec.recognize.results import Reading
from digitrec.widgets import html
from digitrec.widgets.panels import in_words, styled

SIZE, WIDE_SIZE = (280, 280), (560, 220)  # width and height of the pads, pixels
WIDE_PEN = 16  # width of the pen for numbers, whose digits are smaller, pixels
SHARP = 2  # pixels of the canvas to each of them, for high-density screens
FRAME = 0.015  # least time between two drawings, seconds
PAUSE = 0.05  # least time between two predictions while drawing, seconds
FAR = 40  # at this distance from the pen's tip a finger is another one, pixels
INK, PAPER, SURE, DOUBT = "black", "white", "#1f77b4", "#b35900"
FAILURES = {
    "too large": f"over {MOST_BYTES // 1_000_000} MB: save it as JPEG, or smaller",
    "unreadable": "cannot be read: choose a picture file, no folder",
}
HERE = Path(__file__).parent


class DropZone(anywidget.AnyWidget):
    """Where files are chosen or dropped; each comes in slices, as messages to the kernel."""

    _esm = HERE / "upload.js"
    most_bytes = traitlets.Int(MOST_BYTES).tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)


class ImageUploader:
    """A place to choose or drop pictures, which are shown with what was read on them.

    Args:
        model: As for `predict_digit`; None is the shipped one.

    Attributes:
        readings: What was read last on each picture, by its file's name.
    """

    def __init__(self, model=None):
        self.model = model
        self.readings: dict[str, Reading] = {}
        self._slices: dict[str, list[bytes]] = {}  # of files on their way
        hint = f"{', '.join(FORMATS)}, up to {MOST_BYTES // 1_000_000} MB each"
        self.drop_zone = DropZone(hint=hint)
        self.drop_zone.on_msg(self._arrived)
        self.clear_button = ipywidgets.Button(description="Clear", disabled=True)
        self.clear_button.on_click(lambda button: self.clear())
        self.results = ipywidgets.VBox()
        self.widget = styled(ipywidgets.VBox([self.drop_zone, self.results, self.clear_button]))

    def display(self) -> None:
        """Show it below the cell; the uploader as a cell's last line does the same."""
        display(self.widget)

    _ipython_display_ = display

    def clear(self) -> None:
        """Take all pictures away."""
        self.readings.clear()
        self.results.children = ()
        self.clear_button.disabled = True

    def _arrived(self, _, content: dict, buffers: list[memoryview]) -> None:
        name = content["name"]
        if content["event"] == "slice":
            slices = self._slices.setdefault(content["id"], [])
            slices += map(bytes, buffers)
            if not content["last"]:
                return
            self._show(self._read(name, b"".join(self._slices.pop(content["id"]))))
        else:
            self._slices.pop(content["id"], None)
            self._show(html.failure(name, FAILURES[content["event"]]))

    def _read(self, name: str, content: bytes) -> str:
        self.readings.pop(name, None)
        try:
            reading = read_digits(content, self.model)
            shown = html.upload(name, open_picture(content), reading)
        except Exception as error:  # a callback's exception would vanish unseen
            return html.failure(name, in_words(error).replace("the data", "the file"))
        self.readings[name] = reading
        return shown

    def _show(self, row: str) -> None:
        self.results.children += (ipywidgets.HTML(row),)
        self.clear_button.disabled = False
