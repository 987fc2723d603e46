"""A place to upload pictures, for the notebook; how predictions look is in `html`."""

from pathlib import Path

import anywidget
import ipywidgets
import traitlets

from digitrec.model.inputs import Model
from digitrec.preprocess.errors import PictureError
from digitrec.preprocess.image_file import FORMATS
from digitrec.preprocess.picture import MOST_BYTES, open_picture
from digitrec.recognize.digits import read_digits
from digitrec.recognize.results import Reading
from digitrec.widgets import html
from digitrec.widgets.style import show, styled

MEGABYTES = MOST_BYTES // 1_000_000

# What the browser tells of files that it cannot send.
FAILURES = {
    "too large": f"is over {MEGABYTES} MB: save it as JPEG, or smaller",
    "unreadable": "cannot be read: choose a picture file, not a folder",
}


class DropZone(anywidget.AnyWidget):
    """Where files are chosen or dropped; each comes in slices, as messages to the kernel."""

    _esm = Path(__file__).with_name("upload.js")
    most_bytes = traitlets.Int(MOST_BYTES).tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)


class ImageUploader:
    """A place to choose or drop pictures, which are shown with what was read on them.

    Args:
        model: As for `predict_digit`; None is the shipped one.

    Attributes:
        readings: What was read last on each picture, by its file's name.
        widget: What is shown.
    """

    def __init__(self, model: Model | None = None):
        self.model = model
        self.readings: dict[str, Reading] = {}
        self._slices: dict[str, list[bytes]] = {}  # of files that are still being sent
        self.drop_zone = DropZone(hint=f"{', '.join(FORMATS)}, up to {MEGABYTES} MB each")
        self.drop_zone.on_msg(self._receive)
        self.clear_button = ipywidgets.Button(description="Clear", disabled=True)
        self.clear_button.on_click(lambda button: self.clear())
        self.results = ipywidgets.VBox()
        self.widget = styled(
            [self.drop_zone, self.results, self.clear_button],
            flex_flow="column",
            align_items="stretch",
        )

    def display(self) -> None:
        """Show it below the cell; the uploader as a cell's last line does the same."""
        show(self.widget, type(self).__name__)

    _ipython_display_ = display

    def clear(self) -> None:
        """Take all pictures away."""
        self.readings.clear()
        self.results.children = ()
        self.clear_button.disabled = True

    def _receive(self, _: object, content: dict, buffers: list[memoryview]) -> None:
        name = content["name"]
        if content["event"] == "slice":
            slices = self._slices.setdefault(content["id"], [])
            slices += map(bytes, buffers)
            if not content["last"]:
                return
            self._show(self._read(name, b"".join(self._slices.pop(content["id"]))))
        else:
            self._slices.pop(content["id"], None)
            self._show(html.failed_upload(name, f"the file {FAILURES[content['event']]}"))

    def _read(self, name: str, content: bytes) -> str:
        self.readings.pop(name, None)
        try:
            rgb = open_picture(content)
            reading = read_digits(rgb, self.model)
        except PictureError as error:
            error.subject = "the file"
            return html.failed_upload(name, str(error))
        except Exception as error:  # an exception in a callback would vanish unseen
            return html.failed_upload(name, html.error_text(error))
        self.readings[name] = reading
        return html.upload(name, rgb, reading)

    def _show(self, result: str) -> None:
        self.results.children += (ipywidgets.HTML(result),)
        self.clear_button.disabled = False
