"""A pad to draw a digit on and a button to upload one, for the notebook.

`Sketch` is what was drawn, as plain Python that needs no browser. `DrawingCanvas` and
`ImageUploader` only forward the browser's events to it and show what was read.
"""

import html
import time
from base64 import b64encode
from dataclasses import dataclass, field

import cv2
import ipywidgets
import numpy as np
from ipycanvas import Canvas, hold_canvas
from IPython.display import display

from digitrec.picture import Picture, PictureError, open_picture
from digitrec.preprocess import FIELD
from digitrec.recognize import Prediction, classify, predict_digit

SIDE = 280  # of the pad, pixels
PEN = 24  # width of the pen, pixels: as thick on the pad as MNIST's strokes on 28x28
PAUSE = 0.05  # least time between two predictions while drawing, seconds
INK, PAPER = "black", "white"
PANEL = (
    "width: 290px; padding-left: 16px; font-size: 14px; color: var(--jp-ui-font-color1, inherit)"
)

Point = tuple[float, float]


@dataclass
class Sketch:
    """Strokes as (x, y) canvas pixels, origin top left. No browser needed."""

    side: int = SIDE
    pen: int = PEN
    strokes: list[list[Point]] = field(default_factory=list)
    drawing: bool = False

    def press(self, x: float, y: float) -> None:
        """Put the pen down; where it is not moved, a dot stays."""
        self.strokes.append([(x, y)])
        self.drawing = True

    def move(self, x: float, y: float) -> None:
        """Draw on to (x, y), if the pen is down."""
        if self.drawing:
            self.strokes[-1].append((x, y))

    def release(self) -> None:
        self.drawing = False

    def clear(self) -> None:
        self.strokes.clear()
        self.drawing = False

    def to_array(self) -> np.ndarray:
        """Give the drawing as shape (side, side), uint8: 255 is ink."""
        ink = np.zeros((self.side, self.side), np.uint8)
        for stroke in self.strokes:
            points = np.rint(stroke).astype(np.int32)
            cv2.polylines(ink, [points], False, 255, self.pen, cv2.LINE_AA)
            for end in (points[0], points[-1]):
                cv2.circle(ink, end.tolist(), self.pen // 2, 255, -1, cv2.LINE_AA)
        return ink


class DrawingCanvas:
    """A pad that reads the digit drawn on it, while it is being drawn.

    Args:
        model: A Keras model as `build_model` gives it; None is the shipped one.

    Attributes:
        sketch: What was drawn.
        prediction: What was read last; None while the pad is blank.
    """

    def __init__(self, model=None):
        self.model = model
        self.sketch = Sketch()
        self.prediction: Prediction | None = None
        self._predicted = 0.0
        # A model's first call is slow; nobody should wait for it with the pen in hand.
        classify(np.zeros((1, FIELD, FIELD), np.float32), model)

        # Inside a box a canvas is stretched unless its layout has a size of its own.
        pixels = f"{SIDE}px"
        layout = ipywidgets.Layout(width=pixels, height=pixels, border="1px solid #9aa0a6")
        self.canvas = Canvas(width=SIDE, height=SIDE, layout=layout)
        self._wake = Canvas(width=1, height=1)
        self.panel = ipywidgets.HTML()
        self.predict_button = ipywidgets.Button(description="Predict", button_style="primary")
        self.clear_button = ipywidgets.Button(description="Clear")
        for button in (self.predict_button, self.clear_button):
            button.layout.width = f"{SIDE // 2 - 4}px"  # and a margin of 2 on each side
        buttons = ipywidgets.HBox([self.predict_button, self.clear_button])
        pad = ipywidgets.VBox([self.canvas, buttons], layout={"overflow": "hidden"})
        self.widget = ipywidgets.HBox([pad, self.panel])

        self._listen()
        self._redraw()
        self.predict()

    def display(self) -> None:
        """Show the pad below the cell; the pad as a cell's last line does the same."""
        display(self.widget)

    _ipython_display_ = display

    def predict(self) -> None:
        """Read what is on the pad and show it."""
        if self.sketch.strokes:
            self.prediction, self.panel.value = _read(self.sketch.to_array(), self.model)
        else:
            self.prediction, self.panel.value = None, _message("Draw a digit")
        self._predicted = time.monotonic()

    def clear(self) -> None:
        """Wipe the pad."""
        self.sketch.clear()
        self._redraw()
        self.predict()

    def _listen(self) -> None:
        self.predict_button.on_click(lambda button: self.predict())
        self.clear_button.on_click(lambda button: self.clear())
        canvas = self.canvas
        canvas.on_mouse_down(self._press)
        canvas.on_mouse_move(self._move)
        canvas.on_mouse_up(self._release)
        # Let go outside the pad, the button sends no event: leaving it ends the stroke.
        canvas.on_mouse_out(self._release)
        canvas.on_touch_start(lambda touches: self._press(*touches[0]))
        canvas.on_touch_move(lambda touches: self._move(*touches[0]))
        canvas.on_touch_end(lambda touches: self._release())
        canvas.on_touch_cancel(lambda touches: self._release())
        canvas.on_client_ready(self._redraw_after_reload)

    def _press(self, x: float, y: float) -> None:
        if self.sketch.drawing:  # a second finger
            return
        self.sketch.press(x, y)
        self.canvas.fill_style = INK
        self.canvas.fill_circle(x, y, PEN / 2)

    def _move(self, x: float, y: float) -> None:
        if not self.sketch.drawing:
            return
        start = self.sketch.strokes[-1][-1]
        self.sketch.move(x, y)
        self.canvas.stroke_line(*start, x, y)
        if time.monotonic() - self._predicted > PAUSE:
            self.predict()

    def _release(self, x: float = 0, y: float = 0) -> None:
        if self.sketch.drawing:
            self.sketch.release()
            self.predict()

    def _redraw(self) -> None:
        with hold_canvas():
            self.canvas.fill_style = PAPER
            self.canvas.fill_rect(0, 0, SIDE, SIDE)
            self.canvas.stroke_style = self.canvas.fill_style = INK
            self.canvas.line_width = PEN
            self.canvas.line_cap = self.canvas.line_join = "round"
            for stroke in self.sketch.strokes:
                self.canvas.fill_circle(*stroke[0], PEN / 2)
                self.canvas.stroke_lines(stroke)

    def _redraw_after_reload(self) -> None:
        # A canvas that draws first in this callback stays blank; another one has to draw before
        # it (https://github.com/jupyter-widgets-contrib/ipycanvas/issues/322).
        self._wake.clear()
        self._redraw()


class ImageUploader:
    """A button to choose a picture, which is shown with what was read on it.

    Args:
        model: A Keras model as `build_model` gives it; None is the shipped one.

    Attributes:
        prediction: What was read last; None if nothing was.
    """

    def __init__(self, model=None):
        self.model = model
        self.prediction: Prediction | None = None
        self.upload = ipywidgets.FileUpload(accept="image/*", description="Choose a picture")
        self.upload.layout.width = "180px"
        self.picture = ipywidgets.HTML()
        self.panel = ipywidgets.HTML(_message("PNG, JPEG, WebP, BMP, GIF or TIFF, up to 10 MB"))
        row = ipywidgets.HBox([self.picture, self.panel])
        self.widget = ipywidgets.VBox([self.upload, row])
        self.upload.observe(self._chosen, "value")

    def display(self) -> None:
        """Show the button below the cell; the uploader as a cell's last line does the same."""
        display(self.widget)

    _ipython_display_ = display

    def _chosen(self, change: dict) -> None:
        if not change["new"]:
            return
        (file,) = change["new"]
        content = file.content.tobytes()
        self.prediction, self.panel.value = _read(content, self.model, file.name)
        self.picture.value = _thumbnail(content) if self.prediction else ""
        # Otherwise choosing the same file again would be no change, and send nothing.
        self.upload.value = ()


def _read(picture: Picture, model, name: str = "") -> tuple[Prediction | None, str]:
    """The prediction, if there is one, and what to show of it."""
    try:
        prediction = predict_digit(picture, model)
    except PictureError as error:
        return None, _message(f"{name}: {error}" if name else str(error))
    except Exception as error:  # a callback's exception would vanish unseen
        return None, _message(f"That went wrong: {type(error).__name__}: {error}")
    return prediction, _result(prediction)


def _message(text: str) -> str:
    return f'<div style="{PANEL}; padding-top: 16px">{html.escape(text)}</div>'


def _result(prediction: Prediction) -> str:
    seen = _image_tag((prediction.image * 255).astype(np.uint8), 84)
    return (
        f'<div style="{PANEL}">'
        '<div style="display: flex; align-items: center; gap: 16px; height: 96px">'
        f'<span style="font-size: 72px; line-height: 96px; width: 48px">{prediction.digit}</span>'
        f'<span style="width: 110px; line-height: 1.4">{prediction.verdict}</span>{seen}</div>'
        f"{''.join(map(_bar, enumerate(prediction.probabilities)))}</div>"
    )


def _bar(row: tuple[int, float]) -> str:
    digit, probability = row
    return (
        '<div style="display: flex; align-items: center; height: 20px; line-height: 20px">'
        f'<span style="width: 20px">{digit}</span>'
        '<span style="width: 190px; height: 12px; background: rgba(128, 128, 128, 0.18)">'
        f'<span style="display: block; height: 12px; width: {probability:.1%}; '
        'background: #1f77b4"></span></span>'
        f'<span style="width: 60px; text-align: right">{probability:.1%}</span></div>'
    )


def _thumbnail(content: bytes) -> str:
    rgb = open_picture(content)
    factor = min(1, SIDE / max(rgb.shape[:2]))
    small = cv2.resize(rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return _image_tag(small[..., ::-1], SIDE)


def _image_tag(pixels: np.ndarray, height: int) -> str:
    png = b64encode(cv2.imencode(".png", pixels)[1]).decode()
    style = f"height: {height}px; image-rendering: pixelated; border: 1px solid #9aa0a6"
    return f'<img alt="" style="{style}" src="data:image/png;base64,{png}">'
