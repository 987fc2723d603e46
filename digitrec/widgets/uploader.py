"""A place to upload pictures, for the notebook; how predictions look is in `html`."""

import weakref
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
from digitrec.widgets import html, still
from digitrec.widgets.prepare import prepare
from digitrec.widgets.slices import Slices
from digitrec.widgets.style import show, styled
from digitrec.widgets.why import Why, close_all

MEGABYTES = MOST_BYTES // 1_000_000
MOST_STEPS = 100  # pictures whose steps are kept, the latest ones; of a photo they are 5 MB

# Why a file is not read: the browser may say so, or its slices may show it.
FAILURES = {
    "too large": f"is over {MEGABYTES} MB: save it as JPEG, or smaller",
    "incomplete": "did not arrive in full: upload it again",
    "unreadable": "cannot be read: choose a picture file, not a folder",
}


class DropZone(anywidget.AnyWidget):
    """Where files are chosen, dropped, pasted or, on a phone, photographed.

    Each comes in slices, as messages to the kernel.
    """

    _esm = Path(__file__).with_name("upload.js")
    most_bytes = traitlets.Int(MOST_BYTES).tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)


class ImageUploader:
    """A place for pictures, which are shown with what was read on them.

    They are chosen, dropped, or pasted while the mouse is over it; a phone can also take a photo.

    Args:
        model: As for `predict_digit`; None is the shipped one.

    Attributes:
        readings: What was read last on each picture, by its file's name; of all but the last
            MOST_STEPS pictures without the steps, which take memory.
        widget: What is shown.
    """

    def __init__(self, model: Model | None = None):
        self.model = model
        self.readings: dict[str, Reading] = {}
        self._slices = Slices(self._fail)
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
        show(self.widget, type(self).__name__, _still)
        prepare(self.model)

    _ipython_display_ = display

    def clear(self) -> None:
        """Take all pictures away, also those that are still being sent."""
        self._slices.clear()
        self.readings.clear()
        rows, self.results.children = self.results.children, ()
        for row in rows:
            close_all(row)
        self.clear_button.disabled = True

    def _receive(self, _: object, content: object, buffers: list[memoryview]) -> None:
        """What `upload.js` sends; anything else is ignored."""
        match content:
            case {
                "event": "slice",
                "id": str(transfer),
                "name": str(name),
                "last": bool(last),
                **rest,
            } if buffers:
                # A page from before an update does not tell where a slice begins.
                start = rest.get("start", self._slices.length(transfer))
                kept = self._slices.add(transfer, name, start, b"".join(buffers))
                if kept and last:
                    self._show(*self._read(name, self._slices.finish(transfer)))
            case {
                "event": "too large" | "unreadable" as reason,
                "id": str(transfer),
                "name": str(name),
            }:
                self._slices.forget(transfer)
                self._fail(name, reason)
        self.clear_button.disabled = not (self._slices or self.results.children)

    def _fail(self, name: str, reason: str) -> None:
        self._show(html.failed_upload(name, f"the file {FAILURES[reason]}"))

    def _read(self, name: str, content: bytes) -> tuple[str, Why | None]:
        self.readings.pop(name, None)
        try:
            rgb = open_picture(content)
            reading = read_digits(rgb, self.model)
        except PictureError as error:
            error.subject = "the file"
            return html.failed_upload(name, str(error)), None
        except Exception as error:  # an exception in a callback would vanish unseen
            return html.failed_upload(name, html.error_text(error)), None
        self.readings[name] = reading
        for old in list(self.readings)[-MOST_STEPS - 1 : -MOST_STEPS]:
            self.readings[old] = self.readings[old].without_steps()
        return html.upload(name, rgb, reading), self._why(reading)

    def _why(self, reading: Reading) -> Why:
        """Explains a reading with its steps, as long as these are kept."""
        complete, reduced = weakref.ref(reading), reading.without_steps()
        return Why(lambda: self.model, lambda: complete() or reduced)

    def _show(self, result: str, why: Why | None = None) -> None:
        # A name may have characters that no message to the browser can hold: halves of a pair.
        sendable = result.encode(errors="replace").decode()
        parts = [ipywidgets.HTML(sendable), *([why.widget] if why else [])]
        row = ipywidgets.VBox(parts)
        row.add_class("uploaded")
        self.results.children += (row,)


def _still() -> still.Still:
    return still.stacked([still.of_uploader()])
