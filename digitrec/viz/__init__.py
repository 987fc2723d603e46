"""Figures: numbers and an optional Axes in, the Axes out.

Matplotlib only, which is loaded with this room. Nothing is computed here that someone might want
as a number. Never imports TensorFlow or Jupyter, nor a room after this one. Each file draws what
its name says; the names below are the room's public face.
"""

from digitrec.viz.axes import WIDTH
from digitrec.viz.convolution import plot_convolution, plot_pooling
from digitrec.viz.digits import plot_digits, plot_predictions, plot_probabilities
from digitrec.viz.evaluation import plot_confusion, plot_reliability, plot_risk_coverage
from digitrec.viz.explanation import plot_explanation
from digitrec.viz.layers import plot_layers
from digitrec.viz.line import plot_line
from digitrec.viz.map import plot_map
from digitrec.viz.network import plot_architecture, plot_feature_maps, plot_filters_and_maps
from digitrec.viz.reading import plot_picture, plot_reading, plot_steps
from digitrec.viz.training import (
    plot_history,
    plot_learning_curve,
    plot_learning_rate,
    plot_softmax,
)

__all__ = [
    "WIDTH",
    "plot_architecture",
    "plot_confusion",
    "plot_convolution",
    "plot_digits",
    "plot_explanation",
    "plot_feature_maps",
    "plot_filters_and_maps",
    "plot_history",
    "plot_layers",
    "plot_learning_curve",
    "plot_learning_rate",
    "plot_line",
    "plot_map",
    "plot_picture",
    "plot_pooling",
    "plot_predictions",
    "plot_probabilities",
    "plot_reading",
    "plot_reliability",
    "plot_risk_coverage",
    "plot_softmax",
    "plot_steps",
]
