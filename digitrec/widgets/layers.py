"""What each layer of a network makes of the digit on the pad, while it is being drawn.

The kernel sends a byte for each value; the browser colours them, so that a stroke costs no figure.
Imports TensorFlow, and so is imported only where layers are asked for.
"""

from pathlib import Path
from typing import Any

import anywidget
import matplotlib
import numpy as np
import traitlets
from matplotlib.figure import Figure

from digitrec import viz
from digitrec.data.drawn_digits import draw_digits
from digitrec.model.inputs import Model
from digitrec.model.inside import Activations, InnerView
from digitrec.model.storage import load_model
from digitrec.preprocess.normalize import SIDE
from digitrec.recognize.results import Reading

PAIRS = 6  # filters of the first layer that are shown with their maps
SAMPLES = 30  # drawn digits that say how bright a map can be, and which filters answer most

BRIGHTEST = 99.5  # percentile of a layer's values on these digits that is as bright as can be

BLANK = np.zeros((SIDE, SIDE), np.float32)


class LayersView(anywidget.AnyWidget):
    """The browser's side: what never changes, and the latest answer."""

    _esm = Path(__file__).with_name("layers.js")
    _css = Path(__file__).with_name("layers.css")
    network = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)


class Layers:
    """The layers of a network, beside a pad.

    Args:
        model: A Keras model with convolutions, as `build_model` gives it; None is the shipped one.

    Attributes:
        filters: The numbers of the filters that are shown with their maps: those of the first
            layer whose maps differ most from place to place on drawn digits.
        activations: What the network made of the digit shown last.
        widget: What is shown.

    Raises:
        ValueError: If the model cannot be looked into, or has no convolutions.
    """

    def __init__(self, model: Model | None = None):
        model = load_model() if model is None else model
        self._look = InnerView(model)
        samples = [self._look(image) for image in draw_digits(SAMPLES, seed=0)[0]]
        if not samples[0].maps:
            raise ValueError("the network has no convolutions: show it without layers")
        self.filters = _liveliest([each.maps[0] for each in samples])
        grids = zip(*map(self._layers, samples), strict=True)
        self._most = [float(np.percentile(each, BRIGHTEST)) for each in grids]
        self.activations = self._look(BLANK)
        most_sum = max(float(np.abs(each.sums).max()) for each in samples)
        self.widget = LayersView(
            network=self._describe(*_first_layer(model), most_sum), answer=self._answer()
        )

    def show(self, reading: Reading | None) -> None:
        """Show the layers for the digit that was read; None is a blank pad."""
        self.activations = self._look(reading.predictions[0].image if reading else BLANK)
        self.widget.answer = self._answer()

    def figure(self, reading: Reading) -> Figure:
        """Draw the layers for a digit that was read."""
        image = reading.predictions[0].image
        return viz.plot_layers(image, *self._look(image))

    def _layers(self, activations: Activations) -> list[np.ndarray]:
        """The chosen maps of the first convolution, all maps of the others, and the features."""
        first, *others = activations.maps
        return [first[..., self.filters], *others, activations.features.reshape(1, 1, -1)]

    def _answer(self) -> dict[str, Any]:
        first, *others = map(_to_bytes, self._layers(self.activations), self._most)
        return {
            "first": first,
            "others": others,
            "sums": self.activations.sums.tolist(),
            "probabilities": self.activations.probabilities.tolist(),
        }

    def _describe(self, kernels: np.ndarray, biases: np.ndarray, most_sum: float) -> dict[str, Any]:
        maps = [
            {"title": title, "side": grid.shape[0], "count": grid.shape[2]}
            for title, grid in zip(_titles(self.activations), self.activations.maps, strict=True)
        ]
        biases = biases.round(2) + 0.0  # no minus before 0
        count = len(self.activations.features)
        limit = np.abs(kernels[:, :, 0, self.filters]).max()
        filters = [
            {
                "caption": f"filter {number}, bias {biases[number]:+.2f}".replace("-", "−"),
                "colours": _colours("RdBu_r", kernels[:, :, 0, number] / limit / 2 + 0.5),
            }
            for number in self.filters
        ]
        return {
            "filters": filters,
            "maps": maps,
            "features": {"title": f"{count} features", "side": 1, "count": count},
            "most": most_sum,
            "palette": bytes(_colours("viridis", np.linspace(0, 1, 256))),
        }


def _first_layer(model: Any) -> tuple[np.ndarray, np.ndarray]:
    return next(layer.get_weights() for layer in model.layers if hasattr(layer, "kernel_size"))


def _titles(activations: Activations) -> list[str]:
    first, *others = activations.maps
    sides = [f"{grid.shape[2]} maps of {grid.shape[0]} × {grid.shape[1]}" for grid in others]
    titles = [f"convolution {number}: {text}" for number, text in enumerate(sides, start=2)]
    return [
        f"convolution 1: {min(PAIRS, first.shape[2])} of {first.shape[2]} filters, and their maps",
        *titles,
    ]


def _liveliest(maps: list[np.ndarray]) -> list[int]:
    """The filters whose maps vary most, in the order of their numbers."""
    spread = np.stack(maps).std(axis=(0, 1, 2))
    return sorted(spread.argsort()[-PAIRS:].tolist())


def _to_bytes(grid: np.ndarray, most: float) -> bytes:
    """A byte for each value, map by map; 255 is `most` and beyond."""
    levels = np.clip(grid / max(most, 1e-9), 0, 1) * 255
    return np.moveaxis(levels, -1, 0).astype(np.uint8).tobytes()


def _colours(name: str, shares: np.ndarray) -> list[int]:
    return matplotlib.colormaps[name](shares, bytes=True).ravel().tolist()
