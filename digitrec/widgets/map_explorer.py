"""A map of many digits: point at a place, and see the digits that are there."""

from pathlib import Path

import anywidget
import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
import traitlets

from digitrec import viz
from digitrec.data.mnist import scale
from digitrec.model.inputs import to_inputs
from digitrec.widgets import html, still
from digitrec.widgets.style import show, styled
from digitrec.widgets.throttle import Throttle

SHOWN = 10  # digits around a place
PAUSE = 0.05  # least time between two answers while the pointer moves, seconds
MARGIN = 0.04  # around the points, as a share of the map


class MapView(anywidget.AnyWidget):
    """The points, and which of them is nearest to the pointer."""

    _esm = Path(__file__).with_name("map.js")
    points = traitlets.Bytes().tag(sync=True)  # x and y of each, float32, as shares of the map
    labels = traitlets.Bytes().tag(sync=True)  # uint8
    mark = traitlets.Bytes(b"").tag(sync=True)  # x and y of the reader's own digit
    near = traitlets.Int(-1).tag(sync=True)


class MapExplorer:
    """Digits as points, a colour for each kind; those near the pointer are shown below.

    Args:
        points: Shape (n, 2), float, as `DigitMap.points` has them.
        images: Shape (n, 28, 28), uint8, or float in [0, 1].
        labels: Shape (n,), integers 0 to 9.

    Attributes:
        view: The map; `view.near` is the number of the chosen digit, or -1.
        widget: What is shown.

    Raises:
        ValueError: If there are not as many of each.
    """

    def __init__(self, points: np.ndarray, images: np.ndarray, labels: np.ndarray):
        if not len(points) == len(images) == len(labels):
            raise ValueError(
                f"{len(points)} points, {len(images)} images and {len(labels)} labels: give one of "
                "each for each digit"
            )
        inputs = to_inputs(images)[..., 0]
        self._images = scale(inputs) if inputs.dtype == np.uint8 else inputs
        self._labels = np.asarray(labels)
        self._low, self._size = points.min(axis=0), np.ptp(points, axis=0).clip(1e-9)
        self._points = self._on_view(points)
        self.view = MapView(points=self._points.tobytes(), labels=labels.astype(np.uint8).tobytes())
        self._digits = ipywidgets.HTML()
        self._show_soon = Throttle(self._show, PAUSE)
        self.view.observe(lambda change: self._show_soon(), "near")
        self.widget = styled([self.view, self._digits], flex_flow="column")
        self._show()

    def display(self) -> None:
        """Show it below the cell; the explorer as a cell's last line does the same."""
        show(self.widget, type(self).__name__, self._still)

    _ipython_display_ = display

    def mark(self, place: np.ndarray) -> None:
        """Mark the place of your own digit, shape (2,), as `DigitMap.place` gives it for one.

        The digits around it are shown.
        """
        on_view = self._on_view(np.asarray(place).reshape(1, 2))[0]
        self.view.mark = on_view.tobytes()
        self.view.near = int(self._around(on_view)[0])

    def _still(self) -> still.Still:
        upright = np.array([1, -1])  # on a figure, up is larger
        mark = np.frombuffer(self.view.mark, np.float32)
        marked = {"drawing": mark * upright, "neighbours": self._around(mark)} if len(mark) else {}
        figure = plt.figure(figsize=(0.8 * viz.WIDTH, 0.6 * viz.WIDTH), layout="constrained")
        viz.plot_map(self._points * upright, self._labels, **marked, ax=figure.subplots())
        return still.stacked([figure])

    def _on_view(self, points: np.ndarray) -> np.ndarray:
        """Places on the map as shares of it, from its upper left corner; float32."""
        shares = MARGIN + (1 - 2 * MARGIN) * (points - self._low) / self._size
        return np.column_stack([shares[:, 0], 1 - shares[:, 1]]).astype(np.float32)

    def _around(self, place: np.ndarray) -> np.ndarray:
        return np.argsort(np.linalg.norm(self._points - place, axis=1))[:SHOWN]

    def _show(self) -> None:
        near = self.view.near
        if not 0 <= near < len(self._points):
            self._digits.value = html.message("Point at a place on the map")
            return
        found = self._around(self._points[near])
        captions = [str(label) for label in self._labels[found]]
        self._digits.value = html.gallery(self._images[found], captions)
