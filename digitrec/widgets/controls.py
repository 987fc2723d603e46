"""What stands below a pad's canvas: three buttons, the width of the pen, and what else there is."""

from collections.abc import Sequence

import ipywidgets

from digitrec.widgets.sketch import PENS

WIDTH = 280  # of all controls side by side, pixels
MARGINS = 4  # of a canvas, left and right together, pixels


class Controls:
    """Buttons to predict, undo and clear, and a slider for the pen.

    Args:
        pen: Width of the pen at first, pixels.
        others: What else stands there.

    Attributes:
        widget: All of them, in a box that wraps where the page is narrow.
    """

    def __init__(self, pen: float, others: Sequence[ipywidgets.Widget] = ()):
        self.predict = ipywidgets.Button(description="Predict", button_style="primary")
        self.undo = ipywidgets.Button(description="Undo")
        self.clear = ipywidgets.Button(description="Clear")
        # A busy kernel would hear of the last of many changes only after the next stroke.
        self.pen = ipywidgets.IntSlider(
            pen, *PENS, description="Pen", readout=False, continuous_update=False
        )
        buttons = [self.predict, self.undo, self.clear]
        for button in buttons:
            button.layout = {"width": "auto", "flex": "1"}
        self.pen.style.description_width = "32px"
        self.pen.layout = {"width": f"{WIDTH - MARGINS}px"}
        self.widget = ipywidgets.Box(
            [ipywidgets.HBox(buttons, layout={"width": f"{WIDTH + MARGINS}px"}), self.pen, *others],
            layout={"flex_flow": "row wrap"},
        )
