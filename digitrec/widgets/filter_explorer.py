"""Slide a filter of the first layer over a digit, and follow one number through the layers."""

from typing import Any

import ipywidgets
import numpy as np
from matplotlib.figure import Figure

from digitrec import viz
from digitrec.data.mnist import load_mnist
from digitrec.model.convolution import ReceptiveField, convolve, receptive_fields
from digitrec.model.inputs import Model, check_model, scaled, to_inputs
from digitrec.model.storage import load_model
from digitrec.preprocess.normalize import SIDE
from digitrec.widgets import html, still
from digitrec.widgets.style import show, styled
from digitrec.widgets.throttle import Throttle

DOTS = 130  # to an inch of a figure, for high-density screens
EDGE = 6  # pixels; so far from the picture's edge the explorer begins
PAUSE = 0.03  # least time between two figures while a slider moves, seconds


class FilterExplorer:
    """Sliders for a filter and a place; one convolution, ReLU and pooling there with all numbers.

    Args:
        model: A Keras model that begins with a convolution, as `build_model` gives it; None is
            the shipped one.
        image: Shape (28, 28), uint8 or float32 in [0, 1]; None is a 7 of MNIST.

    Attributes:
        filter: A slider for the filter's number.
        row: A slider for the place on the filter's map.
        column: The same, from left to right.
        widget: What is shown.

    Raises:
        ValueError: If the model does not begin with a convolution of 3 x 3 without padding, or
            the image has another shape.
    """

    def __init__(self, model: Model | None = None, image: np.ndarray | None = None):
        model = load_model() if model is None else model
        image = load_mnist()[1][0][0] if image is None else np.asarray(image)
        self._image = scaled(to_inputs(image[np.newaxis]))[0, :, :, 0]
        self._kernels, self._biases = _first_filters(model)
        fields = receptive_fields(model)
        last = fields[0].side - 1
        self.filter = _slider("Filter", len(self._biases) - 1)
        self.row, self.column = _slider("Row", last), _slider("Column", last)
        self._choose_most_active()
        self._convolution, self._pooling = ipywidgets.HTML(), ipywidgets.HTML()
        self._redraw_soon = Throttle(self._redraw, PAUSE)
        sliders = [self.filter, self.row, self.column]
        for slider in sliders:
            slider.observe(lambda change: self._redraw_soon(), "value")
        self.widget = styled(
            [
                ipywidgets.Box(sliders, layout={"flex_flow": "row wrap"}),
                self._convolution,
                self._pooling,
                ipywidgets.HTML(_facts(fields)),
            ],
            flex_flow="column",
        )
        self._redraw()

    def display(self) -> None:
        """Show it below the cell; the explorer as a cell's last line does the same."""
        show(self.widget, type(self).__name__, self._still)

    _ipython_display_ = display

    @property
    def sums(self) -> np.ndarray:
        """The chosen filter's map before ReLU, shape (26, 26), float."""
        number = self.filter.value
        return convolve(self._image, self._kernels[..., number], float(self._biases[number]))

    def _choose_most_active(self) -> None:
        """The filter and the place of the largest value in the middle of the digit."""
        middle = self._image[EDGE:-EDGE, EDGE:-EDGE]
        sums = [
            convolve(middle, self._kernels[..., number], bias)
            for number, bias in enumerate(self._biases)
        ]
        number, row, column = map(int, np.unravel_index(np.argmax(sums), np.shape(sums)))
        self.filter.value, self.row.value, self.column.value = number, row + EDGE, column + EDGE

    def _figures(self) -> tuple[Figure, Figure]:
        number, row, column = self.filter.value, self.row.value, self.column.value
        kernel, bias = self._kernels[..., number], float(self._biases[number])
        return (
            viz.plot_convolution(self._image, kernel, bias, row, column),
            viz.plot_pooling(self.sums, row, column),
        )

    def _still(self) -> still.Still:
        return still.stacked(self._figures())

    def _redraw(self) -> None:
        pictures = self._convolution, self._pooling
        for picture, figure in zip(pictures, self._figures(), strict=True):
            picture.value = html.figure(still.png(figure, DOTS), str(figure.get_label()))


def _first_filters(model: Any) -> tuple[np.ndarray, np.ndarray]:
    """Weights (3, 3, n) and biases (n,) of the first layer."""
    check_model(model)
    first = getattr(model, "layers", [None])[0]
    if getattr(first, "kernel_size", None) != (3, 3):
        raise ValueError(
            "the model does not begin with a convolution of 3 x 3: give a Keras model, as "
            "`digitrec.build_model()` or `digitrec.load_model()` gives it"
        )
    kernels, biases = first.get_weights()
    return kernels[:, :, 0], biases


def _slider(name: str, last: int) -> ipywidgets.IntSlider:
    return ipywidgets.IntSlider(0, 0, last, description=name, layout={"width": "280px"})


def _facts(fields: list[ReceptiveField]) -> str:
    """What each layer sees of the digit, and a riddle, as HTML."""
    first = fields[0]
    rows = "".join(
        _table_row(
            field.layer,
            f"{field.side} × {field.side}",
            f"{field.sees} × {field.sees}",
            "1 pixel" if field.step == 1 else f"{field.step} pixels",
        )
        for field in fields
    )
    head = _table_row(
        "<b>layer</b>", "<b>map</b>", "<b>one value sees</b>", "<b>the next is off by</b>"
    )
    return (
        f"<p>The filter fits into {SIDE} pixels at {first.side} places side by side: it moves by "
        f"{first.step} pixel (<b>stride</b> {first.step}) and never reaches beyond the picture (no "
        "<b>padding</b>, which Keras calls “valid”). The farther back a layer, the more pixels "
        "each of its values depends on, its <b>receptive field</b>:</p>"
        f"<table>{head}{rows}</table>{_riddle(fields[-1].covered)}"
    )


def _table_row(*texts: str) -> str:
    cells = "".join(f'<td style="padding-right: 20px">{text}</td>' for text in texts)
    return f"<tr>{cells}</tr>"


def _riddle(covered: int) -> str:
    if covered == SIDE:
        unseen = "None: each pixel has its part in some value of the last map."
    else:
        numbers = " and ".join(map(str, range(covered, SIDE)))
        unseen = (
            f"Those in the rows {numbers} and in the columns {numbers}. The last map sees only the "
            f"upper left {covered} × {covered} pixels, since pooling leaves out an odd row and "
            "column at the end. Whatever stands beyond has exactly 0 effect on the answer."
        )
    question = "Riddle: which pixels can this network never see?"
    return f"<details><summary>{question}</summary><p>{unseen}</p></details>"
